"""Work that tells how far it is, as an iterator: progress as it goes, the result last."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from vedette.records import ForecastProgress

T = TypeVar("T")
BEAT_S = 15.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What long work is handed: it tells a stage and how much of it is done, and stops once `cancelled()`."""

    told: Callable[[str, int, int], None] = lambda stage, done, total: None
    cancelled: Callable[[], bool] = lambda: False

    def stage(self, name: str) -> Callable[[int, int], None]:
        """Hears how much of a stage is done."""
        return lambda done, total: self.told(name, done, total)


def watched(work: Callable[[Watch], T], beat_s: float = BEAT_S) -> Generator[ForecastProgress | T, None, None]:
    """Do `work` in a thread of its own; closing the generator cancels it, and waits until it has stopped. Who says
    nothing for `beat_s` is told again as far as it was: whoever listens knows that it is still at it.

    >>> [str(step) for step in watched(lambda watch: watch.told("rates", 1, 2) or "done")][-1]
    'done'
    """
    told: queue.SimpleQueue[ForecastProgress | None] = queue.SimpleQueue()
    stop = threading.Event()
    ended: list[T] = []
    broken: list[BaseException] = []

    def run() -> None:
        try:
            ended.append(work(Watch(lambda *step: told.put(ForecastProgress(*step)), stop.is_set)))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            broken.append(error)
        finally:
            told.put(None)

    thread = threading.Thread(target=run, name="forecast work", daemon=True)
    thread.start()
    try:
        last = ForecastProgress("begin", 0, 1)
        while (step := _next(told, last, beat_s)) is not None:
            last = step
            yield step
    finally:
        stop.set()
        thread.join()
    if broken:
        raise broken[0]
    yield ended[0]


def _next(
    told: queue.SimpleQueue[ForecastProgress | None], last: ForecastProgress, beat_s: float
) -> ForecastProgress | None:
    try:
        return told.get(timeout=beat_s)
    except queue.Empty:
        return last
