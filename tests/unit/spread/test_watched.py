"""Work as an iterator: progress, result, errors, cancelling."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from vedette.errors import BadInput, Cancelled
from vedette.records import ForecastProgress
from vedette.spread.watched import Watch, watched


def test_progress_comes_before_the_result() -> None:
    def work(watch: Watch) -> str:
        watch.stage("worlds")(1, 2)
        return "result"

    assert list(watched(work)) == [ForecastProgress("worlds", 1, 2), "result"]


def test_an_error_is_raised_where_it_is_waited_for() -> None:
    def work(watch: Watch) -> str:
        watch.told("rates", 0, 1)
        raise BadInput("no")

    steps = watched(work)
    assert next(steps) == ForecastProgress("rates", 0, 1)
    with pytest.raises(BadInput, match="no"):
        next(steps)


def test_closing_stops_the_work_and_waits_for_it() -> None:
    ended = threading.Event()

    def work(watch: Watch) -> str:
        watch.told("worlds", 0, 2)
        for _ in range(1000):
            if watch.cancelled():
                ended.set()
                raise Cancelled
            threading.Event().wait(0.01)
        return "never"

    with closing(watched(work)) as steps:
        next(steps)
    assert ended.is_set()


def test_who_is_silent_is_heard_of_all_the_same() -> None:
    def work(watch: Watch) -> str:
        watch.told("learning", 1, 3)
        threading.Event().wait(0.3)
        return "result"

    steps = list(watched(work, beat_s=0.05))
    assert steps[-1] == "result"
    assert steps[:3] == [ForecastProgress("learning", 1, 3)] * 3
