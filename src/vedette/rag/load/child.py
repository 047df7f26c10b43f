"""The parsing process: bytes in, documents out, over its standard input and output. `sandbox` starts it.

It is handed bytes, never paths, has no environment to speak of, and may write no file. A frame is a length of four
bytes, big-endian, and as many bytes of JSON; after a request follow the bytes of the file.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from vedette.errors import VedetteError
from vedette.rag.load.limits import MB, Job, Limits
from vedette.rag.load.registry import reader_for
from vedette.rag.load.wire import to_json
from vedette.records import Document, Failure

_BATCH_CHARACTERS = 500_000
_LENGTH = struct.Struct(">I")


def main() -> None:
    """Answer requests until the input ends."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    # What a library prints must not land between the frames.
    with open(os.devnull, "rb+") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    first = True
    while (request := receive(source)) is not None:
        limits = Limits(**request["limits"])
        if first:
            confine(limits)
            first = False
        data = source.read(request["size"])
        serve(request, data, limits, sink)


def serve(request: Mapping[str, Any], data: bytes, limits: Limits, sink: BinaryIO) -> None:
    """Read one file and send frames: `page` as pages begin, `records` in batches, at the end `done`."""
    name = request["source"]

    def at_page(number: int) -> None:
        send(sink, {"page": number})

    batch: list[dict[str, Any]] = []
    weight = 0
    try:
        for record in _records(request, Job(data, name, limits, at_page)):
            batch.append(to_json(record))
            weight += len(record.text) if isinstance(record, Document) else 0
            if weight > _BATCH_CHARACTERS:
                send(sink, {"records": batch})
                batch, weight = [], 0
    except VedetteError as error:
        batch.append(to_json(Failure(name, error.message, getattr(error, "page", None))))
    except MemoryError:
        batch.clear()
        batch.append(to_json(Failure(name, too_much_memory(name, limits))))
    except RecursionError:
        batch.append(to_json(Failure(name, f"{name} is nested too deep to be read; flatten it and ingest it again.")))
    except Exception as error:  # noqa: BLE001 - any fault of a parser on hostile bytes is that file's failure
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        reason = f"{name} cannot be read ({what[:200]}); open it in its own program and save it again."
        batch.append(to_json(Failure(name, reason)))
    send(sink, {"records": batch, "done": True})


def too_much_memory(name: str, limits: Limits) -> str:
    return f"{name} needs more than {limits.max_memory_mb} MB to parse; split it or raise ingest.max_memory_mb."


def confine(limits: Limits) -> None:
    """Bound the memory of this process, and forbid it to write files and leave core dumps, where the system can.

    OCR hands pages to tesseract in temporary files, so with OCR files may be written.
    """
    try:
        import resource
    except ImportError:  # Windows has no limits of this kind; the parent watches the memory there.
        return
    memory = limits.max_memory_mb * MB
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if not limits.ocr:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def send(sink: BinaryIO, frame: Mapping[str, Any]) -> None:
    """Write one frame."""
    data = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")
    sink.write(_LENGTH.pack(len(data)) + data)
    sink.flush()


def receive(source: BinaryIO) -> dict[str, Any] | None:
    """Read one frame; None where the other end has closed. Raises EOFError where it breaks off inside a frame."""
    head = source.read(_LENGTH.size)
    if not head:
        return None
    data = source.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if len(head) < _LENGTH.size or len(data) < _LENGTH.unpack(head)[0]:
        raise EOFError("the pipe broke off inside a frame")
    frame: dict[str, Any] = json.loads(data)
    return frame


def _records(request: Mapping[str, Any], job: Job) -> Iterator[Document | Failure]:
    reader = reader_for(job.data, job.source, request["media_type"], request["readers"])
    empty = True
    for record in reader(job):
        empty = False
        yield record
    if empty:
        yield Failure(job.source, f"{job.source} has nothing in it to answer from.")


if __name__ == "__main__":
    main()
