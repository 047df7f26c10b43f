"""Who computes and who waits: with more threads at once than cores, everybody is late."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets `at_once` threads compute. The others wait in the order they came; whoever begins an answer goes before who
    checks one, for somebody waits for its first word. No turn is held while a provider writes."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._lock = threading.Lock()
        self._beginning: deque[threading.Event] = deque()
        self._checking: deque[threading.Event] = deque()

    @contextmanager
    def to_begin(self) -> Iterator[None]:
        """A turn to find what an answer is made of."""
        with self._turn(self._beginning):
            yield

    @contextmanager
    def to_check(self) -> Iterator[None]:
        """A turn to make or check the answer."""
        with self._turn(self._checking):
            yield

    @contextmanager
    def _turn(self, waiting: deque[threading.Event]) -> Iterator[None]:
        with self._lock:
            mine = None if self._free else threading.Event()
            if mine is None:
                self._free -= 1
            else:
                waiting.append(mine)
        if mine is not None:
            mine.wait()
        try:
            yield
        finally:
            self._hand_over()

    def _hand_over(self) -> None:
        with self._lock:
            waiting = self._beginning or self._checking
            if waiting:
                waiting.popleft().set()
            else:
                self._free += 1
