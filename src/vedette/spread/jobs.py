"""Long runs: begun at once, looked at later, cancelled when nobody wants them any more."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vedette.errors import Cancelled, TooMany, VedetteError
from vedette.records import ForecastJob, ForecastProgress, ForecastRequest, ForecastResult, JobState
from vedette.spread.store import ForecastStore

log = logging.getLogger(__name__)
BROKEN = "Something went wrong in Vedette; its log tells what."
STOPPED = "It was stopped."
# How often a job tells how far it is, and after how long without a word it is taken for dead.
TELL_S, SILENT_S = 1.0, 120.0
Steps = Generator[ForecastProgress | ForecastResult, None, None]
Perform = Callable[[ForecastRequest], Steps]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs run at once here, and how many of one person may run or wait."""

    at_once: int = 1
    each: int = 3


class Jobs:
    """`now` gives the time in UTC, `new_id` 32 random hexadecimal digits. May be used by many threads."""

    def __init__(
        self, store: ForecastStore, limits: Limits, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._limits = limits
        self._now = now
        self._new_id = new_id
        self._pool = ThreadPoolExecutor(limits.at_once, thread_name_prefix="forecast")
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def submit(self, person: str, request: ForecastRequest, perform: Perform) -> ForecastJob:
        """Begin, as soon as there is room. Raises TooMany."""
        if sum(job.unfinished for job in self.list(person)) >= self._limits.each:
            raise TooMany(f"{self._limits.each} of your forecasts are under way; wait for one, or cancel it.")
        progress = ForecastProgress("waiting", 0, 1)
        job = ForecastJob(self._new_id(), person, "waiting", self._stamp(), request, progress)
        self._store.begin(job)
        stop = threading.Event()
        with self._lock:
            self._stops[job.id] = stop
        future = self._pool.submit(self._run, job, perform, stop)
        future.add_done_callback(lambda done: self._ended(job, done))
        return job

    def get(self, person: str, job: str) -> ForecastJob:
        """Raises NotFound."""
        return self._store.job(person, job, self._stamp(-SILENT_S))

    def list(self, person: str) -> tuple[ForecastJob, ...]:
        """A person's, the last first, without results."""
        return self._store.jobs(person, self._stamp(-SILENT_S))

    def cancel(self, person: str, job: str) -> None:
        """Stop what runs, and forget it. Raises NotFound."""
        found = self.get(person, job)
        self._store.forget(person, found.id)
        self._stop(found.id)

    def forget(self, person: str) -> int:
        """Stop and delete all of a person; returns how many there were."""
        for job in self.list(person):
            self._stop(job.id)
        return self._store.forget(person)

    def counts(self) -> Mapping[JobState, int]:
        """How many there are in each state, of everybody."""
        return self._store.counts(self._stamp(-SILENT_S))

    def close(self) -> None:
        """Stop what runs here, and say so of it."""
        with self._lock:
            stops = list(self._stops.values())
        for stop in stops:
            stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: ForecastJob, perform: Perform, stop: threading.Event) -> None:
        running = replace(job, state="running")
        ended = replace(running, state="failed", error=BROKEN, error_class=VedetteError.__name__)
        try:
            done = self._performed(running, perform, stop)
            ended = done or _stopped(running)
        except VedetteError as error:
            ended = replace(running, state="failed", error=error.message, error_class=type(error).__name__)
        except Exception:  # who asked is told, and the log says what it was
            log.exception("a forecast broke", extra={"job": job.id})
        finally:
            self._store.tell(ended, self._stamp())

    def _performed(self, job: ForecastJob, perform: Perform, stop: threading.Event) -> ForecastJob | None:
        """The job when it is done; None when it was stopped."""
        told = 0.0
        with closing(perform(job.request)) as steps:
            for step in steps:
                if stop.is_set():
                    return None
                if not isinstance(step, ForecastProgress):
                    return replace(job, state="done", progress=ForecastProgress("done", 1, 1), result=step)
                if time.monotonic() - told >= TELL_S:
                    told = time.monotonic()
                    if not self._store.tell(replace(job, progress=step), self._stamp()):
                        return None
        raise VedetteError("The forecast ended without a result; run it again.")

    def _ended(self, job: ForecastJob, done: Future[None]) -> None:
        with self._lock:
            self._stops.pop(job.id, None)
        if done.cancelled():  # it never began
            self._store.tell(_stopped(job), self._stamp())

    def _stop(self, job: str) -> None:
        with self._lock:
            stop = self._stops.get(job)
        if stop is not None:
            stop.set()

    def _stamp(self, in_s: float = 0.0) -> str:
        return (self._now() + timedelta(seconds=in_s)).isoformat(timespec="microseconds")


def _stopped(job: ForecastJob) -> ForecastJob:
    return replace(job, state="cancelled", error=STOPPED, error_class=Cancelled.__name__)
