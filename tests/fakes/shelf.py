"""A library in a temporary folder, read from files in memory: the real catalogue, engine and embedder, no parsing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from vedette.errors import LoadError
from vedette.rag.embed import Embedder
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.ingest import Parse, Reader, ingest
from vedette.rag.library import shelf
from vedette.rag.library.catalog import open_catalog
from vedette.rag.library.packing import unpack
from vedette.rag.library.shelf import ChunkOptions, Library
from vedette.rag.load.discover import Found
from vedette.rag.retrieve.search import Stopwatch, search
from vedette.records import Document, Failure, IngestReport, IngestRequest, Query, Understanding

BROKEN = "!"


@dataclass
class Shelf:
    """`files`: target -> name -> text, where "---" separates the records of a file and "!" is what cannot be read.
    `refused`: the files of each target that cannot be opened, `closed`: the targets that cannot, each with why."""

    library: Library
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    parsed: list[str] = field(default_factory=list)

    def ingest(self, *targets: str, collection: str = "default", prune: bool = True) -> IngestReport:
        *_, report = ingest(IngestRequest(targets, collection, prune), self.library, self.reader())
        assert isinstance(report, IngestReport)
        return report

    def reader(self) -> Reader:
        @contextmanager
        def parser() -> Iterator[Parse]:
            yield self._parse

        return Reader(self._discover, parser, max_bytes=10_000)

    def passages(self, text: str, collection: str = "default") -> list[str]:
        """The texts that retrieval gives, best first."""
        understanding = Understanding((), "en", "question")
        embedding = partial(self.library.embedder.embed_query, text)
        found = search(Query(text, collection), understanding, embedding, self.library, Stopwatch())
        return [passage.chunk.text for passage in found.passages]

    def sources(self, collection: str | None = "default") -> list[str]:
        return [info.source for info in self.library.catalog.documents.infos(collection)]

    def failed(self) -> list[tuple[str, str]]:
        return [(failure.path, failure.reason) for failure in self.library.catalog.files.failures(None)]

    def _discover(self, target: str) -> Iterator[Found | Failure]:
        if target in self.closed:
            raise LoadError(self.closed[target])
        for name, text in sorted(self.files.get(target, {}).items()):
            data = text.encode()
            yield Found(name, len(data), lambda data=data: data)  # type: ignore[misc]
        yield from (Failure(name, reason) for name, reason in self.refused.items())

    def _parse(self, found: Found) -> Iterator[Document | Failure]:
        self.parsed.append(found.source)
        if found.size > 10_000:
            yield Failure(found.source, "It is too large.")
            return
        records = found.read().decode().split("\n---\n")
        for number, text in enumerate(records):
            source = found.source if len(records) == 1 else f"{found.source}#{text.split()[0]}"
            if text == BROKEN:
                yield Failure(source, f"Record {number} cannot be read.")
            else:
                yield Document(source, text.split("\n")[0], text, "text/plain", language="en")


@contextmanager
def open_shelf(folder: Path, embedder: Embedder) -> Iterator[Shelf]:
    """A shelf over `folder`, closed at the end; what a kill left behind is cleared first, as the application does."""
    index = EdgeIndex(folder / "index", embedder.dimension)
    catalog = open_catalog(folder / "catalog.db", embedder.name)
    now = lambda: datetime(2026, 1, 1, tzinfo=UTC)  # noqa: E731
    library = Library(catalog, index, embedder, folder / "originals", ChunkOptions(), now)
    shelf.recover(library)
    try:
        yield Shelf(library)
    finally:
        index.close()
        catalog.close()


def recount(database: Path) -> dict[str, dict[tuple[str, int, int], int]]:
    """The frequencies of each collection and audience as stored, and as the ready documents give them."""
    connection = sqlite3.connect(database)
    ready: Counter[tuple[str, int, int]] = Counter()
    for collection, audience, terms in connection.execute(
        "SELECT collection, audience, terms FROM documents WHERE state = 'ready'"
    ):
        ready.update({(collection, term, audience): number for term, number in unpack(terms).items()})
    stored = {row[:3]: row[3] for row in connection.execute("SELECT * FROM terms")}
    connection.close()
    return {"stored": stored, "recounted": dict(ready)}
