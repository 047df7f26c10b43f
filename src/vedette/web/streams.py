"""A synchronous iterator of a service as an asynchronous stream, with heartbeats, closed when the client goes."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import anyio
import anyio.to_thread
from fastapi import Request
from fastapi.responses import StreamingResponse

from vedette.errors import VedetteError
from vedette.records import Answer, AnswerEvent
from vedette.web.security import error_body

T = TypeVar("T")
HEARTBEAT = ": still working\n\n"
# Proxies such as nginx would gather the events before they pass them on.
UNBUFFERED = {"x-accel-buffering": "no"}
ROOM = 256

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """`look` raises when the caller may no longer be here; it runs in a thread, every `every_s`."""

    look: Callable[[], None]
    every_s: float


class _Gone(Exception):
    """Nobody listens any more."""


class _Pipe(Generic[T]):
    """Items from a thread to the event loop: one wake-up each, no answer waited for, `ROOM` of them unread at most."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[T | VedetteError | None] = asyncio.Queue()
        self._room = threading.Semaphore(ROOM)
        self.closed = False

    def put(self, item: T | VedetteError | None) -> None:
        """From the thread; None is the end. Raises _Gone."""
        self._room.acquire()
        if self.closed:
            raise _Gone
        try:
            self._loop.call_soon_threadsafe(self._items.put_nowait, item)
        except RuntimeError as error:  # the loop has ended, and with it the server
            raise _Gone from error

    async def get(self) -> T | VedetteError | None:
        item = await self._items.get()
        self._room.release()
        return item

    def end(self, error: VedetteError) -> None:
        """From the loop: `error` is the last item, whatever the thread still makes."""
        self._items.put_nowait(error)
        self._items.put_nowait(None)
        self.close()

    def close(self) -> None:
        """What is put from now on fails, what waits for room too."""
        self.closed = True
        self._room.release()


def _produce(make: Callable[[], Iterator[T]], pipe: _Pipe[T]) -> None:
    """Put each item of `make()`, or why there are no more, and the end."""
    try:
        if pipe.closed:  # the client went while this waited for its turn
            return
        with closing(cast("Generator[T, None, None]", make())) as items:
            for item in items:
                pipe.put(item)
        pipe.put(None)
    except _Gone:
        log.info("client gone, work stopped")
    except VedetteError as error:
        _finish(error, pipe)
    except Exception:
        log.exception("stream failed")
        _finish(VedetteError("Something broke in Vedette while answering; its log tells what."), pipe)


def _finish(error: VedetteError, pipe: _Pipe[T]) -> None:
    try:
        pipe.put(error)
        pipe.put(None)
    except _Gone:
        log.info("client gone before it could be told: %s", error.message)


async def _watched(watch: Watch, pipe: _Pipe[T]) -> None:
    """End the pipe with what `look` raises; also where it fails, since nobody knows then who is listening."""
    try:
        while True:
            await asyncio.sleep(watch.every_s)
            await anyio.to_thread.run_sync(watch.look)
    except VedetteError as error:
        pipe.end(error)
    except Exception:
        log.exception("nobody knows whether the caller of a stream may still be here")
        pipe.end(VedetteError("Something broke in Vedette while answering; its log tells what."))


async def relay(
    make: Callable[[], Iterator[T]], limiter: anyio.CapacityLimiter, heartbeat_s: float, watch: Watch | None = None
) -> AsyncGenerator[T | VedetteError | None]:
    """Each item of `make()`, made in a thread; None for every `heartbeat_s` without one; a raised error as last item,
    or what `watch` raises.

    Whoever has no slot of `limiter` yet waits without a thread, and hears heartbeats. When this stream is closed, the
    thread's next item fails to be put and its iterator is closed.
    """
    pipe = _Pipe[T]()
    work = asyncio.ensure_future(anyio.to_thread.run_sync(_produce, make, pipe, limiter=limiter))
    watching = asyncio.ensure_future(_watched(watch, pipe)) if watch else None
    try:
        while True:
            item: T | VedetteError | None = None
            with anyio.move_on_after(heartbeat_s):
                item = await pipe.get()
                if item is None:
                    break
            yield item
        if not pipe.closed:  # else the thread may be at its next item for a long time yet
            await work
    finally:
        if watching:
            watching.cancel()
        pipe.close()


async def answered(events: AsyncGenerator[AnswerEvent | VedetteError | None], request: Request) -> Answer:
    """The answer that a stream of events ends with. Raises what it ends with instead."""
    async with aclosing(events):
        async for item in events:
            if isinstance(item, VedetteError):
                raise item
            if item is not None and item.answer is not None:
                return item.answer
            if await request.is_disconnected():
                break
    raise VedetteError("The question ended without an answer; ask it again.")


def event(name: str, data: Any) -> str:
    """One server-sent event with JSON data (WHATWG HTML).

    >>> event("token", {"text": "a"})
    'event: token\\ndata: {"text": "a"}\\n\\n'
    """
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def line(data: Any) -> str:
    """One line of NDJSON."""
    return json.dumps(data, ensure_ascii=False) + "\n"


async def streamed(items: AsyncGenerator[T | VedetteError | None], tell: Callable[[T], str]) -> StreamingResponse:
    """What a relay gives as server-sent events, told by `tell`; an error before the first of them is raised."""
    first = await anext(items)
    if isinstance(first, VedetteError):
        raise first
    return StreamingResponse(_events(first, items, tell), media_type="text/event-stream", headers=UNBUFFERED)


async def _events(
    first: T | None, rest: AsyncGenerator[T | VedetteError | None], tell: Callable[[T], str]
) -> AsyncIterator[str]:
    async with aclosing(rest):
        yield tell(first) if first is not None else HEARTBEAT
        async for item in rest:
            if item is None:
                yield HEARTBEAT
            elif isinstance(item, VedetteError):
                yield event("error", error_body(item))
            else:
                yield tell(item)
