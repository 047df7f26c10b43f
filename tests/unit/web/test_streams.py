"""The relay from a thread to the event loop: order, heartbeats, waiting for a slot, and clients that go."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import aclosing

import anyio
import pytest

from vedette.errors import NotFound, VedetteError
from vedette.web.streams import ROOM, relay


async def gathered(make: object, slots: int = 1, heartbeat_s: float = 5.0) -> list[object]:
    events = relay(make, anyio.CapacityLimiter(slots), heartbeat_s)  # type: ignore[arg-type]
    return [item async for item in events]


def test_items_come_in_order_however_many() -> None:
    many = list(range(5 * ROOM))
    assert anyio.run(gathered, lambda: (number for number in many)) == many


def test_an_error_is_the_last_item() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise NotFound("There is none.")

    first, error = anyio.run(gathered, make)
    assert (first, str(error)) == (1, "There is none.")


def test_what_nobody_foresaw_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    def make() -> Iterator[int]:
        raise RuntimeError("secret internals")
        yield 1

    (error,) = anyio.run(gathered, make)
    assert isinstance(error, VedetteError)
    assert "secret" not in str(error)
    assert "secret internals" in caplog.text


def test_who_waits_for_a_slot_holds_no_thread_and_hears_heartbeats() -> None:
    go = threading.Event()

    def slow() -> Iterator[str]:
        go.wait(10)
        yield "done"

    async def run() -> None:
        limiter = anyio.CapacityLimiter(2)
        threads = threading.active_count()
        async with anyio.create_task_group() as group:
            heard: list[list[object]] = [[] for _ in range(100)]

            async def listen(mine: list[object]) -> None:
                async for item in relay(slow, limiter, 0.05):
                    mine.append(item)

            for mine in heard:
                group.start_soon(listen, mine)
            await anyio.sleep(0.5)
            assert threading.active_count() <= threads + 2
            assert all(None in mine for mine in heard)
            go.set()
        assert all(mine[-1] == "done" for mine in heard)

    anyio.run(run)


def test_a_client_that_goes_stops_the_work_and_frees_the_slot() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                time.sleep(0.005)
                yield 1
        finally:
            closed.set()

    async def run() -> None:
        limiter = anyio.CapacityLimiter(1)
        async with aclosing(relay(endless, limiter, 5.0)) as events:
            await anext(events)
        with anyio.fail_after(5):
            assert [item async for item in relay(lambda: (n for n in (1,)), limiter, 5.0)] == [1]
        assert closed.is_set()

    anyio.run(run)


def test_a_client_that_reads_nothing_stops_a_writer_that_has_no_end() -> None:
    written = 0

    def endless() -> Iterator[int]:
        nonlocal written
        while True:
            written += 1
            yield written

    async def run() -> None:
        async with aclosing(relay(endless, anyio.CapacityLimiter(1), 5.0)) as events:
            await anext(events)
            await anyio.sleep(0.3)
            assert written <= ROOM + 3

    anyio.run(run)


def test_a_client_that_goes_before_its_turn_costs_nothing() -> None:
    made: list[str] = []
    go = threading.Event()

    def first() -> Iterator[str]:
        go.wait(10)
        yield "first"

    def second() -> Iterator[str]:
        made.append("second")
        yield "second"

    async def run() -> None:
        limiter = anyio.CapacityLimiter(1)
        async with aclosing(relay(first, limiter, 0.05)) as one:
            assert await anext(one) is None
            async with aclosing(relay(second, limiter, 0.05)) as two:
                assert await anext(two) is None
            go.set()
            assert [item async for item in one if item] == ["first"]
        assert [item async for item in relay(lambda: (n for n in (1,)), limiter, 5.0)] == [1]
        assert made == []

    anyio.run(run)
