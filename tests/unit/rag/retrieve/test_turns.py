"""Turns: never more at once than allowed, in order, beginners first, and none is lost when the work fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from vedette.rag.retrieve.turns import Turns


def started(turn: Callable[[], AbstractContextManager[None]], done: list[str], name: str) -> threading.Thread:
    def work() -> None:
        with turn():
            done.append(name)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.05)  # in the queue before the next one comes
    return thread


def test_beginners_go_first_and_each_kind_in_its_order() -> None:
    turns, done = Turns(1), list[str]()
    with turns.to_check():
        kinds = ((turns.to_check, "check 1"), (turns.to_begin, "begin 1"), (turns.to_check, "check 2"))
        waiting = [started(turn, done, name) for turn, name in (*kinds, (turns.to_begin, "begin 2"))]
        assert done == []
    for thread in waiting:
        thread.join(5)
    assert done == ["begin 1", "begin 2", "check 1", "check 2"]


def test_never_more_at_once_than_allowed() -> None:
    turns, lock = Turns(2), threading.Lock()
    now, most = 0, 0

    def work(turn: Callable[[], AbstractContextManager[None]]) -> None:
        nonlocal now, most
        for _ in range(30):
            with turn():
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0.0005)
                with lock:
                    now -= 1

    threads = [threading.Thread(target=work, args=(turn,)) for turn in (turns.to_begin, turns.to_check) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (now, most) == (0, 2)


def test_checks_leave_a_turn_for_a_beginner() -> None:
    turns, done = Turns(2), list[str]()
    with turns.to_check():
        check = started(turns.to_check, done, "check")
        assert done == []
        started(turns.to_begin, done, "begin").join(5)
        assert done == ["begin"]
    check.join(5)
    assert done == ["begin", "check"]


def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns(1)
    with pytest.raises(RuntimeError), turns.to_begin():
        raise RuntimeError
    with turns.to_check():
        pass
