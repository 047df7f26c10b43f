"""index: chunks with their dense and lexical vectors, in an engine that searches both.

An `Index` does four things: keep entries, score them by one lane at a time, fetch them, forget them. Fusion, names,
titles and the question of which version of a document is valid are not its business (`retrieve`, `catalog`), so that
the embedded engine and a server rank alike: both only compute dot products of vectors that Vedette made.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vedette.errors import Conflict, StorageError
from vedette.records import Chunk, MetadataValue

DENSE, LEXICAL = "dense", "lexical"
# Fields that the engine keeps an index of. `facets` are all metadata as "name=value": without an index a filter on one
# field is twenty times slower at 20,000 chunks, and nobody can list the fields before the documents are there.
KEYWORDS = ("collection", "document", "version", "source", "kind", "language", "identifiers", "facets")


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term ids (u32) and their weights (f32), same length, ids unique."""

    indices: NDArray[np.uint32]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as indexed. `identifiers`: those that it mentions or its document is about."""

    chunk: Chunk
    collection: str
    document: str
    version: str
    kind: str = "prose"
    language: str = ""
    identifiers: tuple[str, ...] = ()
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)

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
    """What a search may see: one collection, and exact matches on fields that must all hold."""

    collection: str
    filters: Mapping[str, str] = field(default_factory=dict)

    def narrowed(self, name: str, value: str) -> Scope:
        """This scope with one more condition."""
        return Scope(self.collection, {**self.filters, name: value})


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

    def delete(self, document: str, version: str | None = None) -> None:
        """Forget a document, or one version of it."""
        ...

    def count(self, document: str | None = None, version: str | None = None) -> int:
        """How many entries there are, of all or of one document (version)."""
        ...

    def scan(self, batch: int = 256) -> Iterator[list[tuple[Entry, Vectors]]]:
        """Everything, in batches, for moving and verifying."""
        ...

    def optimize(self) -> None:
        """Build what makes searches fast (HNSW) where enough was added; may take seconds for each 10,000 entries."""
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
    }


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
    )


def conditions(scope: Scope) -> list[tuple[str, str]]:
    """The (field, value) pairs that must all match: the collection, and filters on own fields or on facets."""
    own = {"kind", "language", "document", "source"}
    filters = [(key, value) if key in own else ("facets", f"{key}={value}") for key, value in scope.filters.items()]
    return [("collection", scope.collection), *sorted(filters)]


def _values(value: MetadataValue) -> tuple[MetadataValue, ...]:
    return value if isinstance(value, tuple) else (value,)


class EdgeIndex:
    """The embedded engine: Qdrant Edge, one folder, owned by one process."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import qdrant_edge as edge

        self._edge = edge
        self._write = threading.Lock()
        config = edge.EdgeConfig(
            vectors={DENSE: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Dot)},
            sparse_vectors={LEXICAL: edge.EdgeSparseVectorParams()},
        )
        try:
            if (folder / "segments").exists():
                self._shard = edge.EdgeShard.load(str(folder), config)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                self._shard = edge.EdgeShard.create(str(folder), config)
                for name in KEYWORDS:
                    self._update(edge.UpdateOperation.create_field_index(name, edge.PayloadSchemaType.Keyword))
        except Exception as error:  # the engine raises one class for everything
            raise _opening_error(folder, dimension, error) from error

    def upsert(self, entries: Sequence[tuple[Entry, Vectors]]) -> None:
        if not entries:
            return
        points = [
            self._edge.Point(
                entry.point,
                {DENSE: vectors.dense.tolist(), LEXICAL: self._sparse(vectors.lexical)},
                payload(entry),
            )
            for entry, vectors in entries
        ]
        self._update(self._edge.UpdateOperation.upsert_points(points))

    def search(self, searches: Sequence[Search]) -> list[list[Hit]]:
        asked = self._edge.QueryBatchRequest([self._request(search) for search in searches if not search.empty])
        found = iter(self._shard.query_batch(asked))
        return [[] if search.empty else [Hit(int(hit.id), hit.score) for hit in next(found)] for search in searches]

    def matching(self, field: str, values: Sequence[str], scope: Scope, limit: int) -> list[int]:
        if not values:
            return []
        wanted = self._edge.FieldCondition(field, match=self._edge.MatchAny(list(values)))
        must = [*self._matches(conditions(scope)), wanted]
        request = self._edge.ScrollRequest(
            limit=limit, filter=self._edge.Filter(must=must), with_payload=False, with_vector=False
        )
        return [int(found.id) for found in self._shard.scroll(request)[0]]

    def fetch(self, points: Sequence[int]) -> dict[int, Entry]:
        found = self._shard.retrieve(list(points), True, False)
        return {int(record.id): entry_of(record.payload) for record in found}

    def dense(self, points: Sequence[int]) -> NDArray[np.float32]:
        found = self._shard.retrieve(list(points), False, True)
        return np.array([_vectors(record.vector).dense for record in found], dtype=np.float32)

    def delete(self, document: str, version: str | None = None) -> None:
        self._update(self._edge.UpdateOperation.delete_points_by_filter(self._of(document, version)))

    def count(self, document: str | None = None, version: str | None = None) -> int:
        return int(self._shard.count(self._edge.CountRequest(filter=self._of(document, version), exact=True)))

    def scan(self, batch: int = 256) -> Iterator[list[tuple[Entry, Vectors]]]:
        offset = None
        while True:
            request = self._edge.ScrollRequest(offset=offset, limit=batch, with_payload=True, with_vector=True)
            records, offset = self._shard.scroll(request)
            if records:
                yield [(entry_of(record.payload), _vectors(record.vector)) for record in records]
            if offset is None:
                return

    def optimize(self) -> None:
        """As the Protocol says; the engine keeps Python's global lock meanwhile, so that the whole process waits."""
        self._shard.optimize()

    def close(self) -> None:
        with self._write:
            self._shard.flush()
            self._shard.close()

    def _update(self, operation: Any) -> None:
        try:
            with self._write:
                self._shard.update(operation)
        except Exception as error:  # the engine raises one class for everything
            raise StorageError(f"The index cannot be written ({error}); check free space and permissions.") from error

    def _of(self, document: str | None, version: str | None) -> Any:
        known = {"document": document, "version": version}
        return self._edge.Filter(must=self._matches((key, value) for key, value in known.items() if value is not None))

    def _matches(self, wanted: Iterable[tuple[str, str]]) -> list[Any]:
        return [self._edge.FieldCondition(key, match=self._edge.MatchValue(value)) for key, value in wanted]

    def _request(self, search: Search) -> Any:
        must = self._matches(conditions(search.scope))
        if search.within is not None:
            must.append(self._edge.HasIdCondition(set(search.within)))
        if isinstance(search.vector, SparseVector):
            nearest = self._edge.Query.Nearest(self._sparse(search.vector), using=LEXICAL)
        else:
            nearest = self._edge.Query.Nearest(search.vector.tolist(), using=DENSE)
        return self._edge.QueryRequest(
            limit=search.limit, query=nearest, filter=self._edge.Filter(must=must), with_payload=False
        )

    def _sparse(self, vector: SparseVector) -> Any:
        return self._edge.SparseVector(vector.indices.tolist(), vector.values.tolist())


def _vectors(stored: Any) -> Vectors:
    lexical = stored[LEXICAL]
    return Vectors(
        dense=np.asarray(stored[DENSE], dtype=np.float32),
        lexical=SparseVector(
            np.asarray(lexical.indices, dtype=np.uint32), np.asarray(lexical.values, dtype=np.float32)
        ),
    )


def _opening_error(folder: Path, dimension: int, error: Exception) -> Exception:
    text = str(error)
    if "lock" in text.lower() or "WouldBlock" in text:
        return Conflict(f"The index in {folder} is in use by another process; stop it, or ask the running server.")
    if "size" in text or "incompatible" in text.lower():
        return Conflict(
            f"The index in {folder} was made with another embedding model (this one has {dimension} dimensions); "
            "ingest into another data folder, or remove this one and ingest again."
        )
    return StorageError(f"The index in {folder} cannot be opened ({text}); restore it from a backup or ingest again.")
