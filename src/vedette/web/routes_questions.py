"""Routes of the questions that are answered later, each person's own; and the whole line, for admins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import Response
from fastapi.routing import APIRouter

from vedette.records import Asker, QueuedQuestion, QueueFilter, Submission
from vedette.records_json import encode, queued_json
from vedette.web.config import check_collection, check_question
from vedette.web.parts import Handed, Visit, errors, json_of, reply
from vedette.web.schemas_people import RatingBody
from vedette.web.schemas_questions import (
    DataDeletedBody,
    DeletedBody,
    QueueBody,
    QueuedBody,
    QueuedListBody,
    SubmitBody,
)

router = APIRouter(tags=["questions"])
QuestionId = Annotated[str, Path(description="Id of one of your questions.", max_length=64)]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
TAKEN: dict[int | str, dict[str, Any]] = {
    202: {"model": QueuedBody, "description": "It is stored, and stands in the line."}
}


def submit(body: SubmitBody, visit: Handed) -> Response:
    """Put a question into the line. Once this is answered it is stored; its answer is read here, and mailed."""
    asker = _asker(visit)
    by_mail = bool(asker.address) and visit.questions.terms().mail if body.by_mail is None else body.by_mail
    submission = Submission(
        text=check_question(body.text),
        collection=check_collection(body.collection),
        language=body.language,
        by_mail=by_mail,
        training=body.training,
        key=body.key,
    )
    return reply(queued_json(visit.questions.submit(asker, submission)), 202)


def read(question: QuestionId, visit: Handed) -> Response:
    """Where it stands; its answer once there is one."""
    return reply(queued_json(visit.questions.get(visit.visitor.id, question)))


@router.get("/v1/questions", summary="List my questions", responses={**json_of(QueuedListBody), **errors()})
def questions(
    visit: Handed,
    limit: Limit = 100,
    before: Annotated[str, Query(max_length=40, description="Only those asked before this time.")] = "",
) -> Response:
    """One's own, the last asked first, without their answers."""
    return _list(visit.questions.list(visit.visitor.id, limit, before))


@router.delete("/v1/questions", summary="Delete my questions", responses={**json_of(DeletedBody), **errors()})
def forget(visit: Handed) -> Response:
    """Delete all one's own, with their answers, for good."""
    deleted = visit.questions.forget(visit.visitor.id)
    visit.note("questions.remove", visit.visitor.id)
    return reply({"deleted": deleted})


@router.post(
    "/v1/questions/{question}/cancel",
    summary="Cancel a question",
    responses={**json_of(QueuedBody), **errors(404, 409)},
)
def cancel(question: QuestionId, visit: Handed) -> Response:
    """Take it out of the line; an answer that is under way is not stored."""
    return reply(queued_json(visit.questions.cancel(visit.visitor.id, question)))


@router.post(
    "/v1/questions/{question}/retry",
    summary="Try a question again",
    responses={**json_of(QueuedBody), **errors(404, 409)},
)
def retry(question: QuestionId, visit: Handed) -> Response:
    """Put one that was given up or cancelled back into the line; mail an answer again whose mail failed."""
    return reply(queued_json(visit.questions.retry(visit.visitor.id, question)))


@router.post(
    "/v1/questions/{question}/rating",
    summary="Rate the answer of a question",
    responses={**json_of(QueuedBody), **errors(400, 404, 409)},
)
def rate(question: QuestionId, body: RatingBody, visit: Handed) -> Response:
    """Thumbs up or down, with a reason; an empty thumb takes it back."""
    return reply(queued_json(visit.questions.rate(visit.visitor.id, question, body.thumb, body.reason)))


@router.delete("/v1/me/data", summary="Delete my data", responses={**json_of(DataDeletedBody), **errors(404)})
def forget_everything(visit: Handed) -> Response:
    """Delete all one's own conversations, questions, answers, ratings and forecasts for good. The account stays."""
    person = visit.person.id
    conversations = len(visit.conversations.list(person))
    visit.conversations.forget(person)
    deleted = visit.questions.forget(person)
    forecasts = visit.forecasting.forget(person)
    visit.note("data.remove", person)
    return reply({"conversations": conversations, "questions": deleted, "forecasts": forecasts})


@router.get("/v1/admin/questions", summary="Watch the line", responses={**json_of(QueueBody), **errors(400)})
def queue(
    visit: Handed,
    state: Annotated[QueueFilter | None, Query(description="Only those that stand there.")] = None,
    limit: Limit = 100,
) -> Response:
    """Everybody's questions, the last asked first, without what they ask; and how many stand where."""
    found = visit.questions.queue(state, limit)
    return reply({"questions": [queued_json(one) for one in found], "counts": encode(visit.questions.counts())})


@router.post(
    "/v1/admin/questions/{question}/retry",
    summary="Try anybody's question again",
    responses={**json_of(QueuedBody), **errors(404, 409)},
)
def retry_any(question: QuestionId, visit: Handed) -> Response:
    """As for one's own."""
    found = visit.questions.retry_any(question)
    visit.note("question.retry", question)
    return reply(queued_json(found))


def _asker(visit: Visit) -> Asker:
    visitor, person = visit.visitor, visit.visitor.person
    if person is None:
        return Asker(visitor.id, staff=True)
    return Asker(visitor.id, visitor.may("editor"), person.email, person.language)


def _list(found: tuple[QueuedQuestion, ...]) -> Response:
    return reply({"questions": [queued_json(one) for one in found]})


router.post(
    "/v1/questions",
    summary="Ask, to be answered later",
    status_code=202,
    responses={**TAKEN, **errors(400, 413, 429)},
)(submit)
router.get("/v1/questions/{question}", summary="Read a question", responses={**json_of(QueuedBody), **errors(404)})(
    read
)
router.post(
    "/prompts",
    summary="Create a prompt",
    description="The name that `POST /v1/questions` had in the founding systems; it does the same.",
    status_code=202,
    tags=["founding names"],
    responses={**TAKEN, **errors(400, 413, 429)},
)(submit)
router.get(
    "/prompts/{question}",
    summary="Receive the answer of a prompt",
    description="The name that `GET /v1/questions/{question}` had in the founding systems; it does the same.",
    tags=["founding names"],
    responses={**json_of(QueuedBody), **errors(404)},
)(read)
