"""Runs the asynchronous clients of language models for synchronous callers, and holds them to their time limits.

A provider that sends a byte now and then never trips a read timeout. So every request is a task on one event loop in
one thread: a task can be cancelled wherever it waits, and its connection is closed when it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace

from vedette.errors import ProviderError, ProviderTimeout
from vedette.rag.generate.chain import Limits
from vedette.records import Message

# A model may read for minutes before its first word; whoever waits for it looks this often whether they still should.
ALIVE_S = 1.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is served and how to ask it. Without `proxy` the environment's proxies are not used either.

    `timeout_s` limits one whole answer. `context_window` is in tokens and is sent where the wire can ask for it.
    With `system_role` false the system message is put in front of the first user message.
    """

    name: str
    url: str
    model: str
    key: str = ""
    temperature: float = 0.0
    max_tokens: int = 700
    timeout_s: float = 30.0
    context_window: int = 8192
    system_role: bool = True
    proxy: str = ""


def own_limits(limits: Limits, endpoint: Endpoint) -> Limits:
    """The limits of a request, with the endpoint's own for one answer where nobody is patient."""
    return limits if limits.patient else replace(limits, total_s=min(limits.total_s, endpoint.timeout_s))


def wire_messages(messages: Sequence[Message], endpoint: Endpoint) -> list[dict[str, str]]:
    """The messages as both wires write them, the system message folded into the next one where it must be."""
    sent = [{"role": message.role, "content": message.content} for message in messages]
    if not endpoint.system_role and len(sent) > 1 and sent[0]["role"] == "system":
        system = sent.pop(0)
        sent[0]["content"] = f"{system['content']}\n\n{sent[0]['content']}"
    return sent


async def drain(rest: AsyncIterator[object]) -> None:
    """Read what follows the end of an answer, so that the connection can be used again. It no longer matters what comes
    or breaks there; it is given a second."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(1.0):
            while await anext(rest, None) is not None:
                pass


class LoopThread:
    """An event loop in a daemon thread, started by its first request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stream(self, name: str, pieces: AsyncGenerator[str, None], limits: Limits) -> Iterator[str]:
        """The pieces of an asynchronous generator, in the calling thread, with an empty one for every second without.
        Closing the iterator cancels the request.

        Raises ProviderTimeout when a limit is passed, and what the generator raises.
        """
        arrived: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(_pump(name, pieces, limits, arrived.put), self._running())
        task.add_done_callback(lambda _: arrived.put(None))
        try:
            while (piece := _next(arrived)) is not None:
                yield piece
            task.result()
        except CancelledError as error:
            raise ProviderError(f"{name} was not waited for: Vedette stops.", "stopped") from error
        finally:
            task.cancel()

    def close(self) -> None:
        """Cancel what is under way and stop the thread."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(timeout=5)
            loop.call_soon_threadsafe(loop.stop)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(self._loop,), name="vedette-providers", daemon=True).start()
            return self._loop


def _next(arrived: queue.SimpleQueue[str | None]) -> str | None:
    try:
        return arrived.get(timeout=ALIVE_S)
    except queue.Empty:
        return ""


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(name: str, pieces: AsyncGenerator[str, None], limits: Limits, deliver: Callable[[str], None]) -> None:
    """Deliver the pieces that are not empty; an empty piece is no sign of life."""
    now = asyncio.get_running_loop().time
    end = now() + limits.total_s
    due = now() + limits.first_token_s
    begun = False
    async with contextlib.aclosing(pieces):
        while True:
            try:
                async with asyncio.timeout_at(min(due, end)):
                    piece = await anext(pieces, None)
            except TimeoutError as error:
                raise ProviderTimeout(*_late(name, limits, begun, now() >= end)) from error
            if piece is None:
                return
            if piece:
                begun, due = True, now() + limits.stall_s
                deliver(piece)


def _late(name: str, limits: Limits, begun: bool, ended: bool) -> tuple[str, str]:
    if ended:
        return (
            f"{name} did not finish within {limits.total_s:g} s; raise its timeout_s or use a faster model.",
            "too slow",
        )
    if begun:
        return f"{name} stopped in the middle of its answer for {limits.stall_s:g} s; see its log.", "stopped midway"
    return f"{name} sent no text within {limits.first_token_s:g} s; is the model loaded?", "no answer in time"
