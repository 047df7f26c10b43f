"""Who computes and who waits: with more threads at once than cores, everybody is late."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets `at_once` threads compute, all but one of them to check answers. The others wait in the order they came;
    whoever begins an answer goes before who checks one, for somebody waits for its first word. No turn is held while a
    provider writes."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._for_checks = max(1, at_once - 1)
        self._lock = threading.Lock()
        self._beginning: deque[threading.Event] = deque()
        self._checking: deque[threading.Event] = deque()

    @contextmanager
    def to_begin(self) -> Iterator[None]:
        """A turn to find what an answer is made of."""
        self._wait_in(self._beginning)
        try:
            yield
        finally:
            self._give_back(for_checks=0)

    @contextmanager
    def to_check(self) -> Iterator[None]:
        """A turn to make or check the answer."""
        self._wait_in(self._checking)
        try:
            yield
        finally:
            self._give_back(for_checks=1)

    def _wait_in(self, queue: deque[threading.Event]) -> None:
        mine = threading.Event()
        with self._lock:
            queue.append(mine)
            self._admit()
        mine.wait()

    def _give_back(self, for_checks: int) -> None:
        with self._lock:
            self._free += 1
            self._for_checks += for_checks
            self._admit()

    def _admit(self) -> None:
        while self._free and self._beginning:
            self._free -= 1
            self._beginning.popleft().set()
        while self._free and self._for_checks and self._checking:
            self._free -= 1
            self._for_checks -= 1
            self._checking.popleft().set()
