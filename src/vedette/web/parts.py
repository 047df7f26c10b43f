"""What every route is handed: the services as its caller may use them, never a global and never the whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRouter

from vedette.errors import VedetteError
from vedette.records import Caller, PartHealth, Person
from vedette.services import Accounts, Conversations, Counsel, Forecasting, Knowledge, Notices, Questions, Services
from vedette.web.auth import Visitor, admitted, caller, no_accounts
from vedette.web.config import WebConfig
from vedette.web.limits import RateLimits
from vedette.web.metrics import Metrics
from vedette.web.schemas import ErrorBody
from vedette.web.streams import Watch, relay

T = TypeVar("T", bound=Callable[..., Any])
Item = TypeVar("Item")

TOLD = {
    400: ("BadInput", "The question is empty; write what you want to know."),
    401: ("Unauthorized", "Sign in first, or send an API key as 'Authorization: Bearer KEY'."),
    403: ("Forbidden", "This needs the role editor; yours is reader. Ask an admin."),
    404: ("NotFound", "There is no document '0123456789abcdef'; `vedette documents list` shows what there is."),
    409: ("Conflict", "There is an account with this address already; choose another one."),
    413: ("TooLarge", "The question has 9000 characters; the limit is 4000, so shorten it."),
    429: ("TooMany", "Too many attempts; wait a few minutes and try again."),
    500: ("VedetteError", "Something broke in Vedette; its log tells what, under the request id 5f0c."),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """One server. Routes are handed a `Visit` instead."""

    services: Services
    config: WebConfig
    metrics: Metrics
    limits: RateLimits
    streams: anyio.CapacityLimiter
    background: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, from a caller who was let in. `knowledge`, `conversations`, `questions` and `forecasting` hold
    only what they may see."""

    visitor: Visitor
    caller: Caller
    knowledge: Knowledge
    conversations: Conversations
    questions: Questions
    forecasting: Forecasting
    config: WebConfig
    metrics: Metrics
    streams: anyio.CapacityLimiter
    _parts: Parts

    @property
    def counsel(self) -> Counsel:
        """What a tool may ask for the caller."""
        return Counsel(self.knowledge, self.forecasting, self.visitor.id)

    @property
    def sign_in(self) -> bool:
        """Whether people sign in here."""
        return self._parts.services.accounts is not None

    @property
    def accounts(self) -> Accounts:
        """Raises NotFound where nobody signs in."""
        if self._parts.services.accounts is None:
            raise no_accounts()
        return self._parts.services.accounts

    @property
    def watched(self) -> tuple[PartHealth, ...]:
        """How the parts are that have no service of their own."""
        return tuple(look() for look in self._parts.services.watched)

    @property
    def notices(self) -> Notices | None:
        """None where no rule names anybody."""
        return self._parts.services.notices

    @property
    def person(self) -> Person:
        """Who is signed in, on a route whose rule is `self`."""
        if self.visitor.person is None:
            raise no_accounts()
        return self.visitor.person

    @property
    def watch(self) -> Watch | None:
        """Looks whether who sent this request may still be here; the owner always may."""
        accounts = self._parts.services.accounts
        if accounts is None or self.visitor.person is None:
            return None
        return Watch(partial(accounts.recheck, self.visitor.token), self.config.watch_s)

    def answering(
        self, make: Callable[[], Iterator[Item]], heartbeat_s: float | None = None
    ) -> AsyncGenerator[Item | VedetteError | None]:
        """`relay` for this caller: it ends with Unauthorized when their session ends or they are kept out."""
        return relay(make, self.streams, heartbeat_s or self.config.heartbeat_s, self.watch)

    def note(self, action: str, target: str, **details: str) -> None:
        """Add a line to the audit log, where there is one."""
        if self._parts.services.accounts is not None:
            self._parts.services.accounts.note(self.visitor.id, action, target, **details)

    def go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Let work go on after the answer to this request."""
        task = asyncio.create_task(work)
        self._parts.background.add(task)
        task.add_done_callback(self._parts.background.discard)


async def visit(request: Request) -> Visit:
    """The visit that a request is. Raises Unauthorized, Forbidden, NotFound, TooMany."""
    parts: Parts = request.app.state.parts
    visitor = await admitted(request, parts.services.accounts, parts.config)
    if visitor.person is not None:
        await parts.limits.person(visitor.id)
    knowledge = parts.services.knowledge.seen_by(visitor.access)
    return Visit(
        visitor=visitor,
        caller=caller(request),
        knowledge=knowledge,
        conversations=parts.services.conversations.seen_by(knowledge),
        questions=parts.services.questions.seen_by(knowledge),
        forecasting=parts.services.forecasting.seen_by(visitor.access, knowledge),
        config=parts.config,
        metrics=parts.metrics,
        streams=parts.streams,
        _parts=parts,
    )


Handed = Annotated[Visit, Depends(visit)]


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route, for OpenAPI, each with an example."""
    described: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        name, message = TOLD[code]
        example = {"error": {"class": name, "message": message, "retry": False}}
        described[code] = {
            "model": ErrorBody,
            "description": message,
            "content": {"application/json": {"example": example}},
        }
    described["default"] = {"model": ErrorBody, "description": "Any other error, with what to do."}
    return described


def json_of(model: Any, example: Any | None = None) -> dict[int | str, dict[str, Any]]:
    """The 200 response of a route, for OpenAPI."""
    shown = {"content": {"application/json": {"example": example}}} if example is not None else {}
    return {200: {"model": model, "description": "Done.", **shown}}


def founding_name(router: APIRouter, path: str, of: str, handler: T, **more: Any) -> None:
    """The name that a route had in the founding systems, as a documented alias."""
    about = f"The name that `{of}` had in the founding systems; it does the same."
    router.add_api_route(
        path, handler, methods=["POST"], summary=f"Alias of {of}", description=about, tags=["founding names"],
        response_class=Response, responses=errors(400, 404, 413), **more,
    )  # fmt: skip


def reply(data: Any, status: int = 200) -> JSONResponse:
    """JSON that is already of its public shape; it is not validated a second time."""
    return JSONResponse(data, status)
