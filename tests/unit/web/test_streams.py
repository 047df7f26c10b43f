"""The relay from a thread to the event loop: order, heartbeats, waiting for a slot, and clients that go."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import aclosing
from itertools import count, pairwise

import anyio
import pytest

from vedette.errors import NotFound, Unauthorized, VedetteError
from vedette.web.streams import ROOM, Watch, relay


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


def test_who_may_no_longer_be_here_is_told_and_hears_no_more() -> None:
    closed, looks = threading.Event(), 0

    def endless() -> Iterator[int]:
        try:
            while True:
                time.sleep(0.005)
                yield 1
        finally:
            closed.set()

    def look() -> None:
        nonlocal looks
        assert threading.current_thread() is not threading.main_thread()
        looks += 1
        if looks == 3:
            raise Unauthorized("The session was ended.")

    async def run() -> list[object]:
        events = relay(endless, anyio.CapacityLimiter(1), 5.0, Watch(look, 0.05))
        with anyio.fail_after(5):
            heard: list[object] = [item async for item in events]
            while not closed.is_set():
                await anyio.sleep(0.01)
        await anyio.sleep(0.2)
        return heard

    *items, error = anyio.run(run)
    assert set(items) == {1}
    assert (type(error), looks) == (Unauthorized, 3)


def test_a_stalled_writer_does_not_hold_up_the_end() -> None:
    go = threading.Event()

    def stalled() -> Iterator[str]:
        go.wait(10)
        yield "too late"

    def look() -> None:
        raise Unauthorized

    async def run() -> list[object]:
        events = relay(stalled, anyio.CapacityLimiter(1), 5.0, Watch(look, 0.05))
        with anyio.fail_after(3):
            heard: list[object] = [item async for item in events]
        go.set()
        return heard

    (error,) = anyio.run(run)
    assert isinstance(error, Unauthorized)


def test_where_nobody_can_be_asked_the_stream_ends(caplog: pytest.LogCaptureFixture) -> None:
    def look() -> None:
        raise RuntimeError("secret internals")

    async def run() -> list[object]:
        endless = (time.sleep(0.005) or 1 for _ in count())  # type: ignore[func-returns-value]
        events = relay(lambda: endless, anyio.CapacityLimiter(1), 5.0, Watch(look, 0.05))
        with anyio.fail_after(5):
            return [item async for item in events if item != 1]

    (error,) = anyio.run(run)
    assert "secret" not in str(error)
    assert "secret internals" in caplog.text


def test_a_short_stream_is_not_looked_after_and_a_long_one_seldom() -> None:
    looks: list[float] = []

    async def run() -> None:
        watch = Watch(lambda: looks.append(time.monotonic()), 0.1)
        quick = relay(lambda: iter(n for n in range(5 * ROOM)), anyio.CapacityLimiter(1), 5.0, Watch(go_wrong, 5.0))
        assert len([item async for item in quick]) == 5 * ROOM

        def slow() -> Iterator[int]:
            for number in range(100):
                time.sleep(0.005)
                yield number

        assert len([item async for item in relay(slow, anyio.CapacityLimiter(1), 5.0, watch)]) == 100
        at_end = len(looks)
        await anyio.sleep(0.3)
        assert len(looks) == at_end  # and not after its end

    def go_wrong() -> None:
        raise Unauthorized

    anyio.run(run)
    assert looks
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(looks))


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
