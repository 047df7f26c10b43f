"""Routes that read the knowledge: ask, retrieve, preprocess."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Path, Request
from fastapi import Query as QueryParameter
from fastapi.responses import Response
from fastapi.routing import APIRouter

from vedette.errors import Forbidden
from vedette.records import AnswerEvent, IdentifierCard, Preprocessed, Query, Rewritten, ScopeDecision, Turn
from vedette.records_json import answer_json, encode, retrieval_json
from vedette.web.config import check_question
from vedette.web.metrics import Metrics
from vedette.web.parts import Handed, errors, founding_name, json_of, reply
from vedette.web.schemas import AnswerBody, AskBody, PreprocessBody, RetrievalBody, RetrieveBody, StandaloneBody
from vedette.web.streams import answered, event, streamed

router = APIRouter(tags=["knowledge"])
STREAMED = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "example": 'event: stage\ndata: {"text": "retrieve"}\n\nevent: answer\ndata: {"answer": "…"}\n\n',
    }
}


async def ask(body: AskBody, request: Request, visit: Handed) -> Response:
    """An answer from the documents alone, each sentence with its source; or a refusal that says why.

    With `Accept: text/event-stream` it comes as events: `stage` and `token` (each `{"text"}`; tokens are the unchecked
    draft), then `answer` with the JSON of this route, or `error`.
    """
    check_question(body.question)
    if body.patience_s and not visit.visitor.may("admin"):
        raise Forbidden("Only the owner and admins may give a question more time; leave patience_s out.")
    question = body.record()
    if "text/event-stream" in request.headers.get("accept", ""):
        tell = partial(told, visit.metrics, body.evidence)
        return await streamed(visit.answering(lambda: visit.knowledge.ask(question)), tell)
    answer = await answered(visit.answering(lambda: visit.knowledge.ask(question), 1.0), request)
    visit.metrics.answered(answer)
    return reply(answer_json(answer, body.evidence))


def told(metrics: Metrics, evidence: bool, item: AnswerEvent) -> str:
    """An event of an answer as a server-sent event; the answer is counted."""
    if item.answer is None:
        return event(item.kind, {"text": item.text})
    metrics.answered(item.answer)
    return event("answer", answer_json(item.answer, evidence))


def retrieve(body: RetrieveBody, visit: Handed) -> Response:
    """The best passages, best first, with their scores in every lane."""
    query = Query(check_question(body.query), body.collection, body.k, body.filters)
    found = visit.knowledge.retrieve(query)
    visit.metrics.timed(found.timings_ms)
    return reply(retrieval_json(found))


def scope(body: AskBody, visit: Handed) -> Response:
    """Whether the documents hold enough to answer, without answering."""
    check_question(body.question)
    return reply(encode(visit.knowledge.scope(body.record())))


def standalone(body: StandaloneBody, visit: Handed) -> Response:
    """A question after others, as the one that stands alone and is searched for, and why it differs. Nothing is
    stored."""
    turns = tuple(Turn(turn.question, turn.answer) for turn in body.history)
    return reply(encode(visit.conversations.standalone(check_question(body.text), turns)))


def preprocess(body: PreprocessBody, visit: Handed) -> Response:
    """What would be indexed of a text: language, identifiers, chunks. Nothing is stored."""
    return reply(encode(visit.knowledge.preprocess(body.text)))


@router.get(
    "/v1/identifiers/{value}",
    summary="Look an identifier up",
    responses={**json_of(IdentifierCard), **errors(404)},
)
def identifier(
    value: Annotated[str, Path(description="Such as CVE-2021-44228 or T1110.", max_length=200)],
    visit: Handed,
    collection: Annotated[str, QueryParameter(description="Whose records to read.", max_length=100)] = "default",
) -> Response:
    """What the records say of a CVE, CWE, ATT&CK id or control, each line with the document it stands in."""
    return reply(encode(visit.knowledge.identifier(value, collection)))


ASKED = json_of(AnswerBody)
ASKED[200]["content"] = STREAMED
router.post("/v1/ask", summary="Ask a question", responses={**ASKED, **errors(400, 404, 413)})(ask)
router.post("/v1/retrieve", summary="Find passages", responses={**json_of(RetrievalBody), **errors(400, 404, 413)})(
    retrieve
)
router.post("/v1/scope", summary="Can it be answered", responses={**json_of(ScopeDecision), **errors(400, 404, 413)})(
    scope
)
router.post(
    "/v1/standalone", summary="Make a follow-up stand alone", responses={**json_of(Rewritten), **errors(400, 413)}
)(standalone)
router.post("/v1/preprocess", summary="Show what is indexed", responses={**json_of(Preprocessed), **errors(400, 413)})(
    preprocess
)
founding_name(router, "/chat", "POST /v1/ask", ask)
founding_name(router, "/retrieve", "POST /v1/retrieve", retrieve)
founding_name(router, "/preprocess", "POST /v1/preprocess", preprocess)
