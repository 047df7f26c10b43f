"""How many files are parsed at once: each parser is a process with memory of its own, and anybody may upload."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from vedette.rag.load.discover import Found
from vedette.rag.load.sandbox import Sandbox
from vedette.records import Document, Failure


class Seats:
    """Lets `at_once` files be parsed; the others wait in the order they came. `open_sandbox` makes what parses."""

    def __init__(self, at_once: int, open_sandbox: Callable[[], Sandbox]) -> None:
        self._free = at_once
        self._open_sandbox = open_sandbox
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def parser(self) -> Iterator[Callable[[Found], Iterator[Document | Failure]]]:
        """A sandbox that parses one file after the other, each in a seat, which is free again after the file, and when
        the block ends within one. Where somebody waits, no process is kept for the next file."""
        with self._open_sandbox() as sandbox, ExitStack() as seat:

            def parse(found: Found) -> Iterator[Document | Failure]:
                seat.enter_context(self._seat())
                try:
                    yield from sandbox.parse(found)
                finally:
                    if self._waiting:
                        sandbox.close()
                    seat.close()

            yield parse

    @contextmanager
    def _seat(self) -> Iterator[None]:
        mine = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                mine.set()
            else:
                self._waiting.append(mine)
        mine.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._free += 1
