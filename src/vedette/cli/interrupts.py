"""Ctrl-C that is not lost: Python raises it wherever it is, and a library may swallow it (a bare `except`)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def insisting() -> Iterator[Callable[[], None]]:
    """Within, Ctrl-C raises KeyboardInterrupt as ever; what is given raises it once more if that was swallowed."""
    seen = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    ours = before is signal.default_int_handler and threading.current_thread() is threading.main_thread()

    def note(number: int, frame: FrameType | None) -> None:
        seen.set()
        signal.default_int_handler(number, frame)

    def insist() -> None:
        if seen.is_set():
            raise KeyboardInterrupt

    if ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield insist
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
