"""Seats: never more files parsed at once than allowed, the rest in their order, and none lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from vedette.rag.load.discover import Found
from vedette.rag.load.limits import Limits
from vedette.rag.load.sandbox import Sandbox
from vedette.rag.load.seats import Seats
from vedette.records import Document, Failure

NOTE = Found("note.md", 12, lambda: b"# Note\n\ntext")


@pytest.fixture
def seats() -> Seats:
    return Seats(2, lambda: Sandbox(Limits()))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def begun(seats: Seats, stack: ExitStack) -> Iterator[Document | Failure]:
    """A file of which the first record is there and the end is not: it holds its seat."""
    parsing = stack.enter_context(seats.parser())(NOTE)
    assert isinstance(next(parsing), Document)
    return parsing


def later(seats: Seats, name: str, read: list[str]) -> threading.Thread:
    """Somebody else who parses, once there is a seat."""

    def work() -> None:
        with seats.parser() as parse:
            read.extend(name for record in parse(NOTE) if isinstance(record, Document))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.3)
    return thread


def parsers() -> int:
    return len(psutil.Process().children())


@pytest.mark.slow
def test_a_third_waits_until_one_of_two_is_done_and_then_in_order(seats: Seats, stack: ExitStack) -> None:
    before, read = parsers(), list[str]()
    first, _ = begun(seats, stack), begun(seats, stack)
    waiting = [later(seats, name, read) for name in ("third", "fourth")]
    assert (read, parsers() - before) == ([], 2)
    assert list(first) == []
    for thread in waiting:
        thread.join(30)
    assert read == ["third", "fourth"]
    assert parsers() - before == 1, "the process of the first went to those who waited"


@pytest.mark.slow
def test_whoever_breaks_off_within_a_file_gives_the_seat_back_once(seats: Seats) -> None:
    read: list[str] = []
    with ExitStack() as stack:
        broken_off = [begun(seats, stack), begun(seats, stack)]
        waiting = later(seats, "third", read)
        assert read == []
    waiting.join(30)
    assert read == ["third"]
    del broken_off
    with ExitStack() as stack:
        held = [begun(seats, stack), begun(seats, stack)]
        waiting = later(seats, "sixth", read)
        assert (len(held), read) == (2, ["third"])
    waiting.join(30)
    assert read == ["third", "sixth"]


def test_one_after_the_other_is_parsed_by_the_same_process(seats: Seats) -> None:
    with seats.parser() as parse:
        processes = [(len(list(parse(NOTE))), *psutil.Process().children()) for _ in range(3)]
    assert len(set(processes)) == 1
