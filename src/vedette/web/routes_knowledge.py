"""Routes that read the knowledge: ask, retrieve, preprocess."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRouter

from vedette.errors import VedetteError
from vedette.records import AnswerEvent, Preprocessed, Query, ScopeDecision
from vedette.records_json import answer_json, encode, retrieval_json
from vedette.web.config import check_question
from vedette.web.parts import Handed, Parts, errors, founding_name, json_of, reply
from vedette.web.schemas import AnswerBody, AskBody, PreprocessBody, RetrievalBody, RetrieveBody
from vedette.web.security import error_body
from vedette.web.streams import event, relay

router = APIRouter(tags=["knowledge"])
STREAMED = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "example": 'event: stage\ndata: {"text": "retrieve"}\n\nevent: answer\ndata: {"answer": "…"}\n\n',
    }
}


async def ask(body: AskBody, request: Request, parts: Handed) -> Response:
    """An answer from the documents alone, each sentence with its source; or a refusal that says why.

    With `Accept: text/event-stream` it comes as events: `stage` and `token` (each `{"text"}`; tokens are the unchecked
    draft), then `answer` with the JSON of this route, or `error`.
    """
    check_question(body.question)
    streamed = "text/event-stream" in request.headers.get("accept", "")
    heartbeat_s = parts.config.heartbeat_s if streamed else 1.0
    events = relay(lambda: parts.services.knowledge.ask(body.record()), parts.streams, heartbeat_s)
    if not streamed:
        return reply(await _answer(events, request, body.evidence, parts))
    first = await anext(events)
    if isinstance(first, VedetteError):
        raise first
    return StreamingResponse(_as_events(first, events, body.evidence, parts), media_type="text/event-stream")


async def _answer(
    events: AsyncGenerator[AnswerEvent | VedetteError | None], request: Request, evidence: bool, parts: Parts
) -> dict[str, Any]:
    async with aclosing(events):
        async for item in events:
            if isinstance(item, VedetteError):
                raise item
            if item is not None and item.answer is not None:
                parts.metrics.answered(item.answer)
                return answer_json(item.answer, evidence)
            if await request.is_disconnected():
                break
    raise VedetteError("The question ended without an answer; ask it again.")


async def _as_events(
    first: AnswerEvent | None,
    rest: AsyncGenerator[AnswerEvent | VedetteError | None],
    evidence: bool,
    parts: Parts,
) -> AsyncIterator[str]:
    async with aclosing(rest):
        yield _as_event(first, evidence, parts)
        async for item in rest:
            yield _as_event(item, evidence, parts)


def _as_event(item: AnswerEvent | VedetteError | None, evidence: bool, parts: Parts) -> str:
    if item is None:
        return ": still working\n\n"
    if isinstance(item, VedetteError):
        return event("error", error_body(item))
    if item.answer is None:
        return event(item.kind, {"text": item.text})
    parts.metrics.answered(item.answer)
    return event("answer", answer_json(item.answer, evidence))


def retrieve(body: RetrieveBody, parts: Handed) -> Response:
    """The best passages, best first, with their scores in every lane."""
    query = Query(check_question(body.query), body.collection, body.k, body.filters)
    found = parts.services.knowledge.retrieve(query)
    parts.metrics.timed(found.timings_ms)
    return reply(retrieval_json(found))


def scope(body: AskBody, parts: Handed) -> Response:
    """Whether the documents hold enough to answer, without answering."""
    check_question(body.question)
    return reply(encode(parts.services.knowledge.scope(body.record())))


def preprocess(body: PreprocessBody, parts: Handed) -> Response:
    """What would be indexed of a text: language, identifiers, chunks. Nothing is stored."""
    return reply(encode(parts.services.knowledge.preprocess(body.text)))


ASKED = json_of(AnswerBody)
ASKED[200]["content"] = STREAMED
router.post("/v1/ask", summary="Ask a question", responses={**ASKED, **errors(400, 404, 413)})(ask)
router.post("/v1/retrieve", summary="Find passages", responses={**json_of(RetrievalBody), **errors(400, 404, 413)})(
    retrieve
)
router.post("/v1/scope", summary="Can it be answered", responses={**json_of(ScopeDecision), **errors(400, 404, 413)})(
    scope
)
router.post("/v1/preprocess", summary="Show what is indexed", responses={**json_of(Preprocessed), **errors(400, 413)})(
    preprocess
)
founding_name(router, "/chat", "POST /v1/ask", ask)
founding_name(router, "/retrieve", "POST /v1/retrieve", retrieve)
founding_name(router, "/preprocess", "POST /v1/preprocess", preprocess)
