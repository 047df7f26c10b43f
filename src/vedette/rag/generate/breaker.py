"""A circuit breaker: leaves a failing provider alone for a while, then lets one request try it.

    closed ── N failures in a row ──> open ── after S seconds ──> half-open ── the probe succeeds ──> closed
                                       ^                              └────── the probe fails ──┐
                                       └────────────────────────────────────────────────────────┘

Source: M. Nygard, "Release It!", 2nd ed., ch. 5 (Circuit Breaker).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Breaker:
    """One provider's breaker, shared by all threads. `clock` gives monotonic seconds.

    Every `allow()` that returns True must be followed by exactly one of `succeeded`, `failed` or `abandoned`.
    """

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float]) -> None:
        self._limit = max(1, failures)
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._shut_until = float("-inf")
        self._probing = False

    @property
    def state(self) -> State:
        with self._lock:
            return self._state()

    @property
    def tripped(self) -> bool:
        """Whether the provider failed so often in a row that it is left out, and has not answered since."""
        with self._lock:
            return self._failures >= self._limit

    @property
    def wait_s(self) -> float:
        """Seconds until a request may be tried again; 0 when it may be now."""
        with self._lock:
            return max(0.0, self._shut_until - self._clock())

    def allow(self) -> bool:
        """Whether a request may go out now; in the half-open state only one may, until its result is told."""
        with self._lock:
            state = self._state()
            if state == "open" or (state == "half-open" and self._probing):
                return False
            self._probing = state == "half-open"
            return True

    def succeeded(self) -> None:
        """The provider answered."""
        with self._lock:
            self._failures = 0
            self._probing = False
            self._shut_until = float("-inf")

    def failed(self, retry_after_s: float = 0.0) -> None:
        """The provider failed; `retry_after_s` is the pause that it asked for itself, and is kept to."""
        with self._lock:
            self._failures += 1
            self._probing = False
            pause = self._seconds if self._failures >= self._limit else 0.0
            if max(pause, retry_after_s) > 0.0:
                self._shut_until = max(self._shut_until, self._clock() + max(pause, retry_after_s))

    def abandoned(self) -> None:
        """The caller went away before the provider could answer or fail: nothing is known."""
        with self._lock:
            self._probing = False

    def _state(self) -> State:
        if self._clock() < self._shut_until:
            return "open"
        return "half-open" if self._failures >= self._limit else "closed"
