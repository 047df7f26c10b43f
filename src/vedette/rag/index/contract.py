"""index: chunks with their dense and lexical vectors, in an engine that searches both.

An `Index` does four things: keep entries, score them by one lane at a time, fetch them, forget them. Fusion, names,
titles and the question of which version of a document is valid are not its business (`retrieve`, `catalog`), so that
the embedded engine and a server rank alike: both only compute dot products of vectors that Vedette made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vedette.rag.text.analyse import SparseVector
from vedette.records import OWNER, Access, Chunk, MetadataValue

DENSE, LEXICAL = "dense", "lexical"
# Fields that the engine keeps an index of. `facets` are all metadata as "name=value": without an index a filter on one
# field is twenty times slower at 20,000 chunks, and nobody can list the fields before the documents are there.
KEYWORDS = (
    "collection", "document", "version", "source", "kind", "language", "identifiers", "facets", "readers", "tlp",
)  # fmt: skip
ANYBODY = "*"
"""The reader of an entry whose document names none: whoever may read its collection."""
# What an index of a version without permissions is taken to have said: its documents were open.
OPEN: Mapping[str, Any] = {"readers": [ANYBODY], "tlp": ""}


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as indexed. `identifiers`: those that it mentions or its document is about. `readers`, `tlp`: as in
    `Sharing`."""

    chunk: Chunk
    collection: str
    document: str
    version: str
    kind: str = "prose"
    language: str = ""
    identifiers: tuple[str, ...] = ()
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    readers: tuple[str, ...] = ()
    tlp: str = ""

    @property
    def point(self) -> int:
        """The 63-bit id of this entry in the engine: one for each version of a chunk of a document."""
        digest = hashlib.sha256(f"{self.document}\0{self.version}\0{self.chunk.ordinal}".encode()).digest()
        return int.from_bytes(digest[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Vectors:
    """The two views of a chunk: a unit vector of float32, and BM25 term weights."""

    dense: NDArray[np.float32]
    lexical: SparseVector


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search may see: one collection, exact matches on fields that must all hold, and what `access` allows.

    Whether a collection may be seen at all is not the index's business: `Library.scope` makes scopes.
    """

    collection: str
    filters: Mapping[str, str] = field(default_factory=dict)
    access: Access = OWNER

    def narrowed(self, name: str, value: str) -> Scope:
        """This scope with one more condition."""
        return replace(self, filters={**self.filters, name: value})


@dataclass(frozen=True, slots=True)
class Search:
    """The best `limit` points by one lane's vector in a scope; only points of `within` when it is given."""

    vector: NDArray[np.float32] | SparseVector
    scope: Scope
    limit: int
    within: Sequence[int] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing can be found: no points are left to score."""
        return self.within is not None and not self.within


class Hit(NamedTuple):
    """A point that a search found, and the dot product."""

    point: int
    score: float


class Index(Protocol):
    """Keeps entries and scores them. Every write is durable when the call returns (survives kill -9)."""

    def upsert(self, entries: Sequence[tuple[Entry, Vectors]]) -> None:
        """Add or replace entries, all or none. Raises StorageError."""
        ...

    def search(self, searches: Sequence[Search]) -> list[list[Hit]]:
        """What each of the searches finds, best first, all in one request. What a point holds is not read: that
        takes longer than finding it."""
        ...

    def matching(self, field: str, values: Sequence[str], scope: Scope, limit: int) -> list[int]:
        """Points of which a keyword field has any of the values, in ascending order: in effect a random one."""
        ...

    def fetch(self, points: Sequence[int]) -> dict[int, Entry]:
        """The entries of the points that exist."""
        ...

    def dense(self, points: Sequence[int]) -> NDArray[np.float32]:
        """The dense vectors of those points that exist, shape (n, dimension), in no particular order."""
        ...

    def lexical(self, points: Sequence[int]) -> dict[int, tuple[Entry, SparseVector]]:
        """The entry and the lexical vector of each of the points that exist."""
        ...

    def label(self, document: str, readers: Sequence[str], tlp: str) -> None:
        """Say anew who may read a document, of all its entries; nothing is embedded again. Raises StorageError."""
        ...

    def delete(self, document: str, version: str | None = None) -> None:
        """Forget a document, or one version of it."""
        ...

    def count(self, document: str | None = None, version: str | None = None) -> int:
        """How many entries there are, of all or of one document (version)."""
        ...

    def scan(self, batch: int = 256) -> Iterator[list[tuple[Entry, Vectors]]]:
        """Everything, in batches, for moving and verifying."""
        ...

    def unindexed(self) -> int:
        """How many entries a dense search looks at one by one, because no graph leads to them."""
        ...

    def optimize(self) -> None:
        """Build the graph (HNSW) that makes dense searches fast, while searches and writes go on; takes seconds for
        each 10,000 entries. Raises StorageError; nothing is lost then."""
        ...

    def close(self) -> None:
        """Write everything down and release the store."""
        ...


def payload(entry: Entry) -> dict[str, Any]:
    """The entry as the engine stores it: the same keys in the embedded engine and on a server."""
    chunk = entry.chunk
    return {
        "collection": entry.collection,
        "document": entry.document,
        "version": entry.version,
        "kind": entry.kind,
        "language": entry.language,
        "identifiers": list(entry.identifiers),
        "facets": [f"{key}={one}" for key, value in entry.metadata.items() for one in _values(value)],
        "meta": {key: list(value) if isinstance(value, tuple) else value for key, value in entry.metadata.items()},
        "id": chunk.id,
        "source": chunk.source,
        "page": chunk.page,
        "ordinal": chunk.ordinal,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "headings": list(chunk.headings),
        **labels(entry.readers, entry.tlp),
    }


def labels(readers: Sequence[str], tlp: str) -> dict[str, Any]:
    """The part of a payload that says who may read."""
    return {"readers": list(readers) or [ANYBODY], "tlp": tlp}


def entry_of(stored: Any) -> Entry:
    """The entry of a stored payload."""
    chunk = Chunk(
        id=stored["id"],
        source=stored["source"],
        page=stored["page"],
        ordinal=stored["ordinal"],
        start=stored["start"],
        end=stored["end"],
        text=stored["text"],
        headings=tuple(stored["headings"]),
    )
    return Entry(
        chunk=chunk,
        collection=stored["collection"],
        document=stored["document"],
        version=stored["version"],
        kind=stored["kind"],
        language=stored["language"],
        identifiers=tuple(stored["identifiers"]),
        metadata={key: tuple(value) if isinstance(value, list) else value for key, value in stored["meta"].items()},
        readers=tuple(tag for tag in stored["readers"] if tag != ANYBODY),
        tlp=stored["tlp"],
    )


def vectors_of(stored: Any) -> Vectors:
    """The vectors of a stored point."""
    return Vectors(dense=np.asarray(stored[DENSE], dtype=np.float32), lexical=lexical_of(stored))


def lexical_of(stored: Any) -> SparseVector:
    """The lexical vector of a stored point."""
    lexical = stored[LEXICAL]
    return SparseVector(np.asarray(lexical.indices, dtype=np.uint32), np.asarray(lexical.values, dtype=np.float32))


def conditions(scope: Scope) -> list[tuple[str, tuple[str, ...]]]:
    """Fields and the values of which each must have one: the collection, filters on own fields or on facets, and the
    readers and labels that the access allows."""
    own = {"kind", "language", "document", "source"}
    filters = [(key, value) if key in own else ("facets", f"{key}={value}") for key, value in scope.filters.items()]
    exact: list[tuple[str, tuple[str, ...]]]
    exact = [(key, (value,)) for key, value in (("collection", scope.collection), *sorted(filters))]
    if scope.access.everything:
        return exact
    return [*exact, ("readers", (ANYBODY, *scope.access.tags)), ("tlp", scope.access.labels)]


def _values(value: MetadataValue) -> tuple[MetadataValue, ...]:
    return value if isinstance(value, tuple) else (value,)
