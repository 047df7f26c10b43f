"""Parsing in a process of its own, which is killed when it takes too long or too much.

The process is kept from file to file, so that a file costs its parsing and not the start of an interpreter. One that
was killed or has crashed is replaced at the next file; the file it held becomes a `Failure`, the others go on.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import Any

import psutil

from vedette.errors import VedetteError
from vedette.rag.load.child import receive, send, too_much_memory
from vedette.rag.load.discover import Found
from vedette.rag.load.limits import MB, Limits
from vedette.rag.load.registry import READERS
from vedette.rag.load.wire import from_json
from vedette.records import Document, Failure

_LOOK_EVERY_S = 0.1
_FRAMES_AHEAD = 4


class Sandbox:
    """`parse` one file after the other; use as a context manager. One thread at a time.

    `readers` maps endings to `module:function`, as `registry.READERS` does.
    """

    def __init__(
        self,
        limits: Limits,
        readers: Mapping[str, str] = READERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._readers = dict(readers)
        self._clock = clock
        self._worker: _Worker | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the parsing process."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def parse(self, found: Found) -> Iterator[Document | Failure]:
        """The documents of a file as they are read, and a failure for what could not be; raises for no file."""
        if found.size > self._limits.max_file_mb * MB:
            yield Failure(
                found.source,
                f"{found.source} has {found.size / MB:.1f} MB, over the limit of {self._limits.max_file_mb} MB; "
                "split it or raise ingest.max_file_mb.",
            )
            return
        try:
            data = found.read()
        except VedetteError as error:
            yield Failure(found.source, error.message)
            return
        except OSError as error:
            reason = f"{found.source} cannot be opened ({error.strerror or error}); check its permissions."
            yield Failure(found.source, reason)
            return
        if not data:
            yield Failure(found.source, f"{found.source} is empty; there is nothing to answer from.")
            return
        yield from self._ask(found, data)

    def _ask(self, found: Found, data: bytes) -> Iterator[Document | Failure]:
        request = {
            "source": found.source,
            "media_type": found.media_type,
            "size": len(data),
            "limits": asdict(self._limits),
            "readers": self._readers,
        }
        worker = self._worker = self._worker or _Worker()
        worker.ask(request, data)
        deadline = self._clock() + self._limits.max_seconds
        page: int | None = None
        finished = False
        try:
            while not finished:
                frame, trouble = self._next(worker, found.source, deadline)
                if frame is None:
                    yield Failure(found.source, trouble, page)
                    return
                page = frame.get("page", page)
                waited = self._clock()
                for value in frame.get("records", ()):
                    yield from_json(value)
                # The time that the caller spends on a document is not the parser's.
                deadline += self._clock() - waited
                finished = "done" in frame
        finally:
            if not finished:
                self.close()

    def _next(self, worker: _Worker, name: str, deadline: float) -> tuple[dict[str, Any] | None, str]:
        """The next frame, or None and the sentence that says what became of the parser."""
        while True:
            if self._clock() > deadline:
                return None, (
                    f"{name} was given up after {self._limits.max_seconds} s of parsing; "
                    "split it or raise ingest.max_seconds."
                )
            try:
                frame = worker.frames.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                if worker.memory() > self._limits.max_memory_mb * MB:
                    return None, too_much_memory(name, self._limits)
                continue
            if frame is None:
                return None, (
                    f"The parser crashed on {name} ({worker.ending()}): it is damaged or needs more than "
                    f"{self._limits.max_memory_mb} MB; save it again in its own program."
                )
            return frame, ""


class _Worker:
    """One parsing process, and a thread that gathers the frames it sends; the last frame is None."""

    def __init__(self) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "vedette.rag.load.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Nothing of this process's environment: it may hold keys, and the child reads hostile bytes.
            env={"PYTHONPATH": paths, "PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        )
        self.frames: queue.Queue[dict[str, Any] | None] = queue.Queue(_FRAMES_AHEAD)
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._gather, daemon=True, name="parser-frames")]
        self._threads[0].start()

    def ask(self, request: Mapping[str, Any], data: bytes) -> None:
        feed = threading.Thread(target=self._send, args=(request, data), daemon=True, name="parser-feed")
        self._threads[1:] = [feed]
        feed.start()

    def memory(self) -> int:
        """Resident bytes; 0 once it is gone."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def ending(self) -> str:
        """How the process ended."""
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def kill(self) -> None:
        self._stopped.set()
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _send(self, request: Mapping[str, Any], data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, request)  # type: ignore[arg-type]
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except (OSError, ValueError):
            return  # The process has died: the gathering thread sees its output end and says so.

    def _gather(self) -> None:
        assert self._process.stdout is not None
        frame: dict[str, Any] | None = {}
        while frame is not None and not self._stopped.is_set():
            try:
                frame = receive(self._process.stdout)  # type: ignore[arg-type]
            except (EOFError, OSError, ValueError):
                frame = None
            while not self._stopped.is_set():
                try:
                    self.frames.put(frame, timeout=_LOOK_EVERY_S)
                    break
                except queue.Full:
                    continue
