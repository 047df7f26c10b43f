"""load -> split -> embed -> index: read targets into a collection, file by file.

A file whose bytes and way of reading are unchanged is skipped without being parsed; of a changed file only the changed
documents are written. While two threads embed a batch, the next one is parsed, split and analysed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from vedette.errors import VedetteError
from vedette.rag.embed import Vectors
from vedette.rag.library import originals, shelf
from vedette.rag.library.files import File
from vedette.rag.library.shelf import Library, Prepared
from vedette.rag.load.discover import Found
from vedette.rag.load.registry import media_type_of
from vedette.rag.load.targets import Discover, Listing, list_files, look
from vedette.records import Access, Document, Failure, IngestProgress, IngestReport, IngestRequest, Sharing

# Chunks embedded and written together: large enough that a file of 1,400 short records is not 1,400 transactions.
BATCH = 64

Parse = Callable[[Found], Iterator[Document | Failure]]


@dataclass(frozen=True, slots=True)
class Reader:
    """How targets become documents: `discover` finds files, `parser` opens the sandbox that reads them.

    A file of more than `max_bytes` is not read here: the parser says why.
    """

    discover: Discover
    parser: Callable[[], AbstractContextManager[Parse]]
    max_bytes: int


@dataclass(slots=True)
class _Tally:
    """What an ingest has done so far."""

    documents: int = 0
    chunks: int = 0
    skipped: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    files_done: int = 0
    bytes_done: int = 0


@dataclass(frozen=True, slots=True)
class _FileEnd:
    """Stands in the stream after the last document of a file. `file` is None when it did not change and was not parsed;
    `unchanged` is then how many documents it has."""

    found: Found
    file: File | None = None
    documents: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """Stands in the stream for a document of a changed file that did not change."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """An open parser and the size up to which files are hashed and kept."""

    parse: Parse
    max_bytes: int


_Item: TypeAlias = Prepared | _Unchanged | _FileEnd
_Batch: TypeAlias = Sequence[_Item]


def ingest(request: IngestRequest, library: Library, reader: Reader) -> Iterator[IngestProgress | IngestReport]:
    """Progress after every file and within long ones, the report last; a file is safe when a progress names it.

    A collection that is not there yet can be read by whoever makes it. What the library's access does not allow to
    read is not touched. Raises Conflict for the name of a hidden collection.
    """
    started = time.monotonic()
    hidden = library.catalog.files.hidden(request.collection)
    listing = _listed(request, library, reader, hidden)
    library = library.whole
    total = sum(listed.found.size for listed in listing.files)
    tally = _Tally()
    last = ""
    _refuse(listing, request, library, tally)
    with reader.parser() as parse:
        items = _stream(request.collection, listing, library, _Reading(parse, reader.max_bytes))
        for end in _written(_batches(items), request.sharing, library, tally):
            if end is not None:
                _finish(end, request, library, tally)
                last = end.found.source
            yield IngestProgress(
                files_done=tally.files_done,
                files_total=len(listing.files),
                bytes_done=tally.bytes_done,
                bytes_total=total,
                documents=tally.documents,
                chunks=tally.chunks,
                current=last,
                seconds=time.monotonic() - started,
            )
    if request.prune:
        gone = listing.gone(library.catalog.files.roots(request.collection))
        for source in (source for source in gone if source not in hidden):
            tally.removed += shelf.remove_file(request.collection, source, library)
    yield IngestReport(
        collection=request.collection,
        documents=tally.documents,
        chunks=tally.chunks,
        skipped=tally.skipped,
        removed=tally.removed,
        failed=tuple(tally.failed),
        seconds=round(time.monotonic() - started, 3),
        corpus_version=library.catalog.corpus_version(),
    )


def _listed(request: IngestRequest, library: Library, reader: Reader, hidden: Collection[str]) -> Listing:
    """The files of the targets under their names, which are taken from here on: another ingest may run beside this."""
    found = look(request.targets, reader.discover)
    if not library.access.everything:
        library.catalog.collections.take(request.collection, library.access.own)
    found = {_apart(target, items, hidden, library.access): items for target, items in found.items()}
    with library.writing:
        listing = list_files(found, library.catalog.files.roots(request.collection))
        library.catalog.files.claim(request.collection, listing.roots())
    return listing


def _apart(target: str, items: Iterable[Found | Failure], hidden: Collection[str], access: Access) -> str:
    """The target, or one of the caller's own where a file that they may not read has a name of it."""
    names = (item.path if isinstance(item, Failure) else item.source for item in items)
    return f"{target} ({' '.join(access.own)})" if any(name in hidden for name in names) else target


def _refuse(listing: Listing, request: IngestRequest, library: Library, tally: _Tally) -> None:
    now, sharing = library.now().isoformat(timespec="seconds"), request.sharing or Sharing()
    for refused in listing.refused:
        library.catalog.files.quarantine(request.collection, refused.failure.path, [refused.failure], now, sharing)
        tally.failed.append(refused.failure)


def _stream(collection: str, listing: Listing, library: Library, reading: _Reading) -> Iterator[_Item]:
    """The new documents of every file, prepared, each file closed by its `_FileEnd`."""
    for listed in listing.files:
        found = listed.found
        data = _bytes(found, reading.max_bytes)
        # Of what is unchanged too: an original that was lost comes back.
        sha256 = originals.keep(data, library.originals) if data else ""
        media_type = media_type_of(found.source, found.media_type)
        file = File(found.source, listed.root, f"{sha256}/{library.reading}", sha256, media_type)
        known = library.catalog.files.find(collection, file.source)
        if data and known is not None and known.fingerprint == file.fingerprint:
            unchanged = len(library.catalog.documents.of_file(collection, file.source))
            yield _FileEnd(found, unchanged=unchanged)
            continue
        if data:
            found = replace(found, size=len(data), read=partial(bytes, data))
        yield from _documents(found, file, collection, library, reading.parse(found))


def _documents(
    found: Found, file: File, collection: str, library: Library, parsed: Iterable[Document | Failure]
) -> Iterator[_Item]:
    seen: set[str] = set()
    failures: list[Failure] = []
    name = file.source
    for item in parsed:
        if isinstance(item, Failure):
            failures.append(item)
        elif shelf.identity(item, collection) in seen:
            failures.append(Failure(item.source, f"This record stands twice in {name}; the first one is kept."))
        else:
            seen.add(shelf.identity(item, collection))
            if shelf.unchanged(item, collection, library):
                yield _Unchanged()
            else:
                yield shelf.prepare(item, collection, name, library)
    yield _FileEnd(found, file, frozenset(seen), tuple(failures))


def _bytes(found: Found, most: int) -> bytes:
    """The file's bytes; none when it is too large or cannot be opened: the parser then says why."""
    if found.size > most:
        return b""
    try:
        return found.read()
    except (OSError, VedetteError):
        return b""


def _batches(items: Iterable[_Item]) -> Iterator[_Batch]:
    batch: list[_Item] = []
    chunks = 0
    for item in items:
        batch.append(item)
        chunks += len(item.entries) if isinstance(item, Prepared) else 0
        if chunks >= BATCH:
            yield batch
            batch, chunks = [], 0
    if batch:
        yield batch


def _written(
    batches: Iterable[_Batch], sharing: Sharing | None, library: Library, tally: _Tally
) -> Iterator[_FileEnd | None]:
    """Embed and write batch after batch, one ahead; gives back the ends of files whose documents are all written, and
    None for a batch with which no file ends."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest") as worker:
        ahead: deque[tuple[_Batch, Future[Vectors]]] = deque()
        for batch in batches:
            texts = [text for item in batch if isinstance(item, Prepared) for text in item.texts]
            ahead.append((batch, worker.submit(library.embedder.embed, texts)))
            if len(ahead) > 1:
                yield from _write(*ahead.popleft(), sharing, library, tally)
        while ahead:
            yield from _write(*ahead.popleft(), sharing, library, tally)


def _write(
    batch: _Batch, vectors: Future[Vectors], sharing: Sharing | None, library: Library, tally: _Tally
) -> Iterator[_FileEnd | None]:
    prepared = [item for item in batch if isinstance(item, Prepared)]
    if prepared:
        shelf.write(prepared, vectors.result(), library, sharing)
    tally.documents += len(prepared)
    tally.chunks += sum(len(item.entries) for item in prepared)
    tally.skipped += sum(isinstance(item, _Unchanged) for item in batch)
    ends = [item for item in batch if isinstance(item, _FileEnd)]
    yield from ends or (None,)


def _finish(end: _FileEnd, request: IngestRequest, library: Library, tally: _Tally) -> None:
    collection = request.collection
    if request.sharing is not None:  # of what did not change too
        for document in library.catalog.documents.of_file(collection, end.found.source):
            shelf.share(document, request.sharing, library)
    tally.files_done += 1
    tally.bytes_done += end.found.size
    tally.failed.extend(end.failures)
    tally.skipped += end.unchanged
    if end.file is None:
        return
    now, sharing = library.now().isoformat(timespec="seconds"), request.sharing or Sharing()
    if end.failures and not end.documents:
        library.catalog.files.quarantine(collection, end.file.source, end.failures, now, sharing)
        shelf.drop_original(end.file.sha256, library)
        return
    with library.writing:
        gone = library.catalog.documents.of_file(collection, end.file.source) - end.documents
        shelf.forget(library.catalog.documents.retire(sorted(gone)), library)
        before = library.catalog.files.find(collection, end.file.source)
        library.catalog.files.finish(collection, end.file, end.failures, now, sharing)
    tally.removed += len(gone)
    if before is not None and before.sha256 != end.file.sha256:
        shelf.drop_original(before.sha256, library)
