"""Questions by their founding names: put one in, read its answer later. Each is a conversation of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import Path
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRouter

from vedette.errors import NotFound, VedetteError
from vedette.records import Conversation, TurnEvent
from vedette.records_json import turn_json
from vedette.web.config import check_collection, check_question
from vedette.web.parts import Handed, Visit, errors, json_of, reply
from vedette.web.schemas_people import PromptBody, PromptState
from vedette.web.streams import relay

router = APIRouter(tags=["founding names"])
Events = AsyncGenerator[TurnEvent | VedetteError | None]


@router.post(
    "/prompts",
    summary="Create a prompt",
    status_code=202,
    responses={202: {"model": PromptState, "description": "It is being answered."}, **errors(400, 413)},
)
async def create_prompt(body: PromptBody, visit: Handed) -> Response:
    """Ask without waiting: the answer is read at `GET /prompts/{id}`, and as the conversation of the same id."""
    text, person = check_question(body.text), visit.visitor.id
    collection = check_collection(body.collection)
    made = await run_in_threadpool(visit.conversations.begin, person, collection)
    events = relay(
        lambda: visit.conversations.ask(person, made.id, text, visit.knowledge), visit.streams, visit.config.heartbeat_s
    )
    await _begun(events)
    visit.go_on(_finish(events, visit))
    return _state(await run_in_threadpool(visit.conversations.get, person, made.id), 202)


@router.get("/prompts/{prompt}", summary="Read the answer", responses={**json_of(PromptState), **errors(404)})
def read_answer(prompt: Annotated[str, Path(max_length=64)], visit: Handed) -> Response:
    """The answer of a prompt, null while it is `pending`."""
    return _state(visit.conversations.get(visit.visitor.id, prompt), 200)


def _state(conversation: Conversation, status: int) -> Response:
    if not conversation.turns:
        raise NotFound("There is no such prompt.")
    turn = turn_json(conversation.turns[0])
    return reply(
        {
            "id": conversation.info.id,
            "text": turn["asked"],
            "state": turn["state"],
            "answer": turn["answer"],
            "error": turn["error"],
        },
        status,
    )


async def _begun(events: Events) -> None:
    """Wait until the question is stored. Raises what went wrong before."""
    async for item in events:
        if isinstance(item, VedetteError):
            raise item
        if item is not None:
            return


async def _finish(events: Events, visit: Visit) -> None:
    async with aclosing(events):
        async for item in events:
            if isinstance(item, TurnEvent) and item.event is not None and item.event.answer is not None:
                visit.metrics.answered(item.event.answer)
