"""Routes of conversations, each person's own: list, ask, ask again, rate, export."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from fastapi.responses import Response
from fastapi.routing import APIRouter

from vedette.errors import NotFound
from vedette.records import Conversation, ConversationInfo, TurnEvent
from vedette.records_json import Json, conversation_json, encode, turn_json
from vedette.web.config import check_collection, check_question
from vedette.web.metrics import Metrics
from vedette.web.parts import Handed, Visit, errors, json_of, reply
from vedette.web.routes_knowledge import told
from vedette.web.schemas_people import (
    AgainBody,
    BeginBody,
    ConversationBody,
    ConversationsBody,
    RatingBody,
    TextBody,
    TitleBody,
    TurnBodyOut,
)
from vedette.web.streams import event, streamed

router = APIRouter(tags=["conversations"])
ConversationId = Annotated[str, Path(description="Id of one of your conversations.", max_length=64)]
TurnId = Annotated[str, Path(description="Id of one of its turns.", max_length=64)]
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, as they come.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: rewritten\ndata: {"text": "What mitigates T1110?", "because": "…"}\n\n'
                'event: token\ndata: {"text": "Use "}\n\nevent: answer\ndata: {"answer": "…"}\n\n'
                'event: turn\ndata: {"id": "…", "state": "done"}\n\n',
            }
        },
    }
}


@router.get(
    "/v1/conversations",
    summary="List my conversations",
    responses={**json_of(ConversationsBody), **errors()},
)
def conversations(
    visit: Handed, search: Annotated[str, Query(description="Words that stand in them.", max_length=200)] = ""
) -> Response:
    """One's own, the last changed first; with `search`, those that contain all of its words."""
    return reply({"conversations": encode(visit.conversations.list(visit.visitor.id, search))})


@router.post(
    "/v1/conversations",
    summary="Begin a conversation",
    status_code=201,
    responses={201: {"model": ConversationInfo, "description": "Begun."}, **errors(400)},
)
def begin(visit: Handed, body: BeginBody | None = None) -> Response:
    """A new, empty one; its first question becomes its title."""
    collection = check_collection(body.collection if body else "default")
    return reply(encode(visit.conversations.begin(visit.visitor.id, collection)), 201)


@router.get(
    "/v1/conversations/{conversation}",
    summary="Read a conversation",
    responses={**json_of(ConversationBody), **errors(404)},
)
def conversation(conversation: ConversationId, visit: Handed) -> Response:
    """All its turns, oldest first, each answer as `POST /v1/ask` gives it."""
    return reply(conversation_json(visit.conversations.get(visit.visitor.id, conversation)))


@router.patch(
    "/v1/conversations/{conversation}",
    summary="Rename a conversation",
    responses={**json_of(ConversationInfo), **errors(400, 404)},
)
def rename(conversation: ConversationId, body: TitleBody, visit: Handed) -> Response:
    """Give it another title."""
    return reply(encode(visit.conversations.rename(visit.visitor.id, conversation, body.title)))


@router.delete(
    "/v1/conversations/{conversation}",
    summary="Delete a conversation",
    status_code=204,
    response_class=Response,
    responses=errors(404),
)
def remove(conversation: ConversationId, visit: Handed) -> Response:
    """Delete it with all its turns."""
    visit.conversations.remove(visit.visitor.id, conversation)
    return Response(status_code=204)


@router.post(
    "/v1/conversations/{conversation}/ask",
    summary="Ask in a conversation",
    response_class=Response,
    responses={**EVENTS, **errors(400, 404, 413)},
)
async def ask(conversation: ConversationId, body: TextBody, visit: Handed) -> Response:
    """The answer as events: `rewritten` (`{"text", "because"}`, the question as it is searched for), `stage` and
    `token` (`{"text"}`), `answer`, then `turn` as it is stored; or `error`. Whoever goes away stops the answer."""
    text, person = check_question(body.text), visit.visitor.id
    return await _stream(visit, lambda: visit.conversations.ask(person, conversation, text, visit.knowledge))


@router.post(
    "/v1/conversations/{conversation}/turns/{turn}/again",
    summary="Ask a turn again",
    response_class=Response,
    responses={**EVENTS, **errors(400, 404, 413)},
)
async def again(conversation: ConversationId, turn: TurnId, body: AgainBody, visit: Handed) -> Response:
    """Ask it anew, in other words where a text is given; it and all turns after it are replaced. Events as of `ask`."""
    text, person = check_question(body.text) if body.text else "", visit.visitor.id
    return await _stream(visit, lambda: visit.conversations.again(person, conversation, turn, text, visit.knowledge))


@router.post(
    "/v1/conversations/{conversation}/turns/{turn}/rating",
    summary="Rate an answer",
    responses={**json_of(TurnBodyOut), **errors(400, 404)},
)
def rate(conversation: ConversationId, turn: TurnId, body: RatingBody, visit: Handed) -> Response:
    """Thumbs up or down, with a reason; an empty thumb takes it back."""
    found = visit.conversations.rate(visit.visitor.id, conversation, turn, body.thumb, body.reason)
    return reply(turn_json(found))


@router.get(
    "/v1/conversations/{conversation}/export",
    summary="Export a conversation",
    response_class=Response,
    responses={
        200: {"description": "A file.", "content": {"text/markdown": {}, "application/json": {}}},
        **errors(400, 404),
    },
)
def export(
    conversation: ConversationId,
    visit: Handed,
    form: Annotated[Literal["markdown", "evidence"], Query(description="A text to read, or all that was checked.")] = (
        "markdown"
    ),
) -> Response:
    """`markdown`: questions, answers and sources as a text. `evidence`: JSON with the passages and checks of each
    answer, and the hash of each document that it cites."""
    if form == "markdown":
        text = visit.conversations.export(visit.visitor.id, conversation)
        return _file(text, "text/markdown; charset=utf-8", "conversation.md")
    found = visit.conversations.get(visit.visitor.id, conversation)
    return _file(json.dumps(_evidence(found, visit), indent=2, ensure_ascii=False), "application/json", "evidence.json")


def _evidence(conversation: Conversation, visit: Visit) -> Json:
    answers = [turn.answer for turn in conversation.turns if turn.answer is not None]
    documents = []
    for document in sorted({source.document for answer in answers for source in answer.sources}):
        try:
            documents.append(encode(visit.knowledge.document(document).info))
        except NotFound:
            documents.append({"id": document, "removed": True})
    return {"version": visit.config.version, **conversation_json(conversation, evidence=True), "documents": documents}


def _file(text: str, media_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)


async def _stream(visit: Visit, make: Callable[[], Iterator[TurnEvent]]) -> Response:
    return await streamed(visit.answering(make), partial(_told, visit.metrics))


def _told(metrics: Metrics, item: TurnEvent) -> str:
    if item.rewritten is not None:
        return event("rewritten", encode(item.rewritten))
    if item.event is not None:
        return told(metrics, False, item.event)
    assert item.turn is not None
    return event("turn", turn_json(item.turn))
