"""Jobs: done, failed, cancelled, stopped, forgotten."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vedette.errors import BadInput, NotFound, TooMany
from vedette.records import Backtest, ForecastJob, ForecastProgress, ForecastRequest, ForecastResult
from vedette.spread.jobs import BROKEN, Jobs, Limits
from vedette.spread.store import ForecastStore
from vedette.storage.database import open_database, sqlite_url

REQUEST = ForecastRequest("backtest", network="acme")
RESULT = Backtest("acme", 3, (), "Nothing is better.")
Steps = Generator[ForecastProgress | ForecastResult, None, None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ForecastStore]:
    database = open_database(sqlite_url(tmp_path / "people.db"))
    yield ForecastStore(database)
    database.close()


@pytest.fixture
def jobs(store: ForecastStore) -> Iterator[Jobs]:
    counted = itertools.count(1)
    opened = Jobs(store, Limits(at_once=1, each=2), lambda: datetime.now(UTC), lambda: f"{next(counted):032d}")
    yield opened
    opened.close()


def ended(jobs: Jobs, job: ForecastJob) -> ForecastJob:
    until = time.monotonic() + 10
    while (found := jobs.get("ana", job.id)).state in ("waiting", "running"):
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


class Endless:
    """Work that goes on until it is stopped."""

    def __init__(self) -> None:
        self.begun, self.closed = threading.Event(), threading.Event()

    def __call__(self, request: ForecastRequest) -> Steps:
        try:
            while True:
                self.begun.set()
                time.sleep(0.01)
                yield ForecastProgress("worlds", 1, 2)
        finally:
            self.closed.set()


def at_once(request: ForecastRequest) -> Steps:
    yield ForecastProgress("origins", 1, 3)
    yield RESULT


def test_a_job_is_done(jobs: Jobs) -> None:
    job = jobs.submit("ana", REQUEST, at_once)
    done = ended(jobs, job)
    assert (done.state, done.result, done.error) == ("done", RESULT, "")
    assert jobs.list("ana")[0].id == job.id


def test_what_goes_wrong_is_told(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    def wrong(request: ForecastRequest) -> Steps:
        yield ForecastProgress("rates", 0, 1)
        raise BadInput("The network has no assets.")

    def broken(request: ForecastRequest) -> Steps:
        yield ForecastProgress("rates", 0, 1)
        raise ZeroDivisionError

    told = ended(jobs, jobs.submit("ana", REQUEST, wrong))
    assert (told.error, told.error_class) == ("The network has no assets.", "BadInput")
    failed = ended(jobs, jobs.submit("ana", REQUEST, broken))
    assert (failed.state, failed.error, failed.error_class) == ("failed", BROKEN, "VedetteError")
    assert "a forecast broke" in caplog.text


def test_a_job_is_cancelled_and_forgotten(jobs: Jobs) -> None:
    work = Endless()
    job = jobs.submit("ana", REQUEST, work)
    assert work.begun.wait(10)
    with pytest.raises(NotFound):
        jobs.cancel("bob", job.id)
    jobs.cancel("ana", job.id)
    assert work.closed.wait(10)
    with pytest.raises(NotFound):
        jobs.get("ana", job.id)


def test_a_person_has_so_many_at_once(jobs: Jobs) -> None:
    work = Endless()
    jobs.submit("ana", REQUEST, work)
    waiting = jobs.submit("ana", REQUEST, work)
    with pytest.raises(TooMany, match="2 of your forecasts"):
        jobs.submit("ana", REQUEST, work)
    jobs.submit("bob", REQUEST, at_once)
    assert jobs.get("ana", waiting.id).state == "waiting"
    assert jobs.forget("ana") == 2
    assert work.closed.wait(10)


def test_closing_stops_what_runs_and_says_so(store: ForecastStore) -> None:
    opened = Jobs(store, Limits(at_once=1), lambda: datetime.now(UTC), iter("12").__next__)
    work = Endless()
    running, waiting = opened.submit("ana", REQUEST, work), opened.submit("ana", REQUEST, work)
    assert work.begun.wait(10)
    opened.close()
    told = [opened.get("ana", job.id) for job in (running, waiting)]
    assert [(job.state, job.error_class) for job in told] == [("cancelled", "Cancelled")] * 2
    assert work.closed.is_set()
