"""A synchronous iterator of a service as an asynchronous stream, with heartbeats, closed when the client goes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing
from typing import Any, TypeVar, cast

import anyio
import anyio.from_thread
import anyio.to_thread

from vedette.errors import VedetteError

T = TypeVar("T")

log = logging.getLogger(__name__)


async def relay(
    make: Callable[[], Iterator[T]], limiter: anyio.CapacityLimiter, heartbeat_s: float
) -> AsyncGenerator[T | VedetteError | None]:
    """Each item of `make()`, made in a thread; None for every `heartbeat_s` without one; a raised error as last item.

    When this stream is closed, the thread's next item fails to send and its iterator is closed.
    """
    sender, receiver = anyio.create_memory_object_stream[T | VedetteError](16)

    def finish(error: VedetteError) -> None:
        try:
            anyio.from_thread.run(sender.send, error)
        except anyio.BrokenResourceError:
            log.info("client gone before it could be told: %s", error.message)

    def produce() -> None:
        try:
            with closing(cast("Generator[T, None, None]", make())) as items:
                for item in items:
                    anyio.from_thread.run(sender.send, item)
        except anyio.BrokenResourceError:
            log.info("client gone, work stopped")
        except VedetteError as error:
            finish(error)
        except Exception:
            log.exception("stream failed")
            finish(VedetteError("Something broke in Vedette while answering; its log tells what."))
        finally:
            anyio.from_thread.run_sync(sender.close)

    work = asyncio.ensure_future(anyio.to_thread.run_sync(produce, limiter=limiter))
    try:
        while True:
            item: T | VedetteError | None = None
            with anyio.move_on_after(heartbeat_s):
                item = await receiver.receive()
            yield item
    except anyio.EndOfStream:
        await work
    finally:
        receiver.close()


def event(name: str, data: Any) -> str:
    """One server-sent event with JSON data (WHATWG HTML).

    >>> event("token", {"text": "a"})
    'event: token\\ndata: {"text": "a"}\\n\\n'
    """
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def line(data: Any) -> str:
    """One line of NDJSON."""
    return json.dumps(data, ensure_ascii=False) + "\n"
