"""OpenAI's API over Vedette: a model for each collection, chats that are answered from its documents alone.

Source: OpenAI API reference, "Create chat completion", "The chat completion chunk object", "List models". What differs
is said in docs/how-to/openai-clients.md: above all, nothing is streamed before it was checked.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypeVar

from fastapi import Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute, APIRouter
from starlette.exceptions import HTTPException

from vedette.errors import BadInput, NotFound, VedetteError
from vedette.records import Answer, AnswerEvent, Question
from vedette.records_json import answer_json
from vedette.web.numbered import numbered, sentences, tokens
from vedette.web.openai_wire import openai_body
from vedette.web.parts import TOLD, Handed, Visit, reply
from vedette.web.schemas_openai import ChatBody, CompletionBody, Model, ModelsBody, OpenAiErrorBody
from vedette.web.security import error_headers
from vedette.web.streams import HEARTBEAT, UNBUFFERED, answered

T = TypeVar("T")
MODEL, DEFAULT = "vedette", "default"
DONE = "data: [DONE]\n\n"


class OpenAiRoute(APIRoute):
    """A route whose errors have OpenAI's shape, those of its dependencies and of its validation too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except VedetteError as error:
                return _refused(error)
            except RequestValidationError as error:
                found = error.errors()[0]
                where = ".".join(str(part) for part in found["loc"] if part != "body") or "the body"
                return _refused(BadInput(f"{where}: {found['msg']}; see /docs."))
            except HTTPException as error:
                if isinstance(error.__cause__, VedetteError):
                    return _refused(error.__cause__)
                raise

        return told


def _errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    described: dict[int | str, dict[str, Any]] = {
        code: {"model": OpenAiErrorBody, "description": TOLD[code][1]} for code in (401, 403, 429, *codes)
    }
    return {**described, "default": {"model": OpenAiErrorBody, "description": "Any other error, with what to do."}}


router = APIRouter(tags=["OpenAI-compatible"], route_class=OpenAiRoute)
STREAM = {"schema": {"type": "string"}, "example": 'data: {"object": "chat.completion.chunk"}\n\ndata: [DONE]\n\n'}


@router.get("/v1/models", summary="List models", responses={200: {"model": ModelsBody}, **_errors()})
def models(visit: Handed) -> Response:
    """A model for each collection that you may read; `vedette` is the default collection."""
    return reply(ModelsBody(data=[Model(id=name) for name in _models(visit)]).model_dump())


@router.get("/v1/models/{model:path}", summary="Show a model", responses={200: {"model": Model}, **_errors(404)})
def model(model: Annotated[str, Path(description="Its id.", max_length=300)], visit: Handed) -> Response:
    """One of the models."""
    if model not in _models(visit):
        raise no_model(model)
    return reply(Model(id=model).model_dump())


@router.post(
    "/v1/chat/completions",
    summary="Answer a chat",
    responses={
        200: {"model": CompletionBody, "content": {"text/event-stream": STREAM}},
        **_errors(400, 404, 413),
    },
)
async def chat(body: ChatBody, request: Request, visit: Handed) -> Response:
    """An answer from the documents of a collection to the last user message, its sources under it and in `vedette`.

    System messages do not change what Vedette answers from. With `stream`, the checked answer comes by sentences.
    """
    collection = collection_of(body.model)
    question = body.question(collection)
    make = _asking(question, body.model, visit)
    spoken = Spoken(body.model, sum(tokens(message.words()) for message in body.messages))
    if not body.stream:
        answer = await answered(visit.answering(make, 1.0), request)
        visit.metrics.answered(answer)
        return reply(spoken.completion(answer))
    events = visit.answering(make)
    first = await anext(events)
    if isinstance(first, VedetteError):
        raise first
    chunks = _chunks(_from(first, events), spoken, body.usage_wanted, visit)
    return StreamingResponse(chunks, media_type="text/event-stream", headers=UNBUFFERED)


def collection_of(model: str) -> str:
    """The collection that a model is. Raises NotFound.

    >>> collection_of("vedette"), collection_of("vedette/cv")
    ('default', 'cv')
    """
    if model == MODEL:
        return DEFAULT
    name, _, collection = model.partition("/")
    if name != MODEL or not collection:
        raise no_model(model)
    return collection


def no_model(model: str) -> NotFound:
    """What is told of a model that there is not, or not for this caller."""
    return NotFound(f"There is no model {model[:100]!r}; GET /v1/models lists those that there are.")


def _models(visit: Visit) -> list[str]:
    names = [info.name for info in visit.knowledge.collections()]
    return [*([MODEL] if DEFAULT in names else []), *(f"{MODEL}/{name}" for name in names)]


def _asking(question: Question, model: str, visit: Visit) -> Callable[[], Iterator[AnswerEvent]]:
    """Ask, a follow-up as a question that stands alone."""

    def ask() -> Iterator[AnswerEvent]:
        rewritten = visit.conversations.standalone(question.text, question.history)
        try:
            yield from visit.knowledge.ask(replace(question, text=rewritten.text))
        except NotFound as error:
            raise no_model(model) from error

    return ask


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is the same in every part of one completion."""

    model: str
    prompt_tokens: int
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def completion(self, answer: Answer) -> dict[str, Any]:
        """The whole completion."""
        text = numbered(answer)
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": self.usage(text),
            "vedette": answer_json(answer),
        }

    def chunk(self, delta: dict[str, str], reason: str | None = None, **more: Any) -> str:
        """One event of the stream."""
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return _data({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def counted(self, text: str) -> str:
        """The event that tells the usage, where it is wanted."""
        return _data({**self._head("chat.completion.chunk"), "choices": [], "usage": self.usage(text)})

    def usage(self, text: str) -> dict[str, int]:
        written = tokens(text)
        total = self.prompt_tokens + written
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": written, "total_tokens": total}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


async def _from(first: T, rest: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """A stream whose first item was looked at."""
    async with aclosing(rest):
        yield first
        async for item in rest:
            yield item


async def _chunks(
    events: AsyncGenerator[AnswerEvent | VedetteError | None], spoken: Spoken, usage_wanted: bool, visit: Visit
) -> AsyncIterator[str]:
    """A comment whenever nothing comes, then the checked answer by sentences, `[DONE]` at the end.

    The draft's own tokens are not sent: until the answer is there, they are not checked.
    """
    async with aclosing(events):
        yield spoken.chunk({"role": "assistant", "content": ""})
        async for item in events:
            if item is None:
                yield HEARTBEAT
            elif isinstance(item, VedetteError):
                yield _data(openai_body(item))
                return
            elif item.answer is not None:
                visit.metrics.answered(item.answer)
                text = numbered(item.answer)
                for piece in sentences(text):
                    yield spoken.chunk({"content": piece})
                yield spoken.chunk({}, "stop", vedette=answer_json(item.answer))
                if usage_wanted:
                    yield spoken.counted(text)
                yield DONE


def _data(record: dict[str, Any]) -> str:
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"


def _refused(error: VedetteError) -> JSONResponse:
    return JSONResponse(openai_body(error), error.status, error_headers(error))
