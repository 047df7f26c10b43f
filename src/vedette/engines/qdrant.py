"""A Qdrant server or cluster by URL, through qdrant-client: the same entries and vectors as the embedded engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import BadInput, Conflict, MissingExtra, StorageError, VedetteError
from vedette.rag.index.contract import (
    DENSE,
    KEYWORDS,
    LEXICAL,
    OPEN,
    Entry,
    Hit,
    Scope,
    Search,
    Vectors,
    conditions,
    entry_of,
    labels,
    lexical_of,
    payload,
    vectors_of,
)
from vedette.rag.text.analyse import SparseVector

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

TIMEOUT_S = 30
LONGEST_REASON = 300
# In the collection's metadata: the library whose entries it holds.
OWNER = "vedette_library"


def connect(url: str, key: str) -> QdrantClient:
    """A client for a server. Raises MissingExtra without qdrant-client, BadInput for a URL that is none."""
    try:
        from qdrant_client import QdrantClient
    except ImportError as error:
        raise MissingExtra.of("qdrant-client", "qdrant") from error
    try:
        return QdrantClient(url=url, api_key=key or None, timeout=TIMEOUT_S, check_compatibility=False)
    except ValueError as error:
        raise BadInput(
            f"{url} is not the address of a Qdrant server ({error}); give it as http://host:6333."
        ) from error


class QdrantIndex:
    """An `Index` in the collection `name` of a Qdrant server; created when it is not there, and marked as `library`'s.

    Any number of processes may use it for that library; every write waits until the server has it. Raises Conflict for
    a collection of another library or embedding model, StorageError. (Servers before 1.16 keep no mark.)
    """

    def __init__(self, client: QdrantClient, name: str, dimension: int, library: str) -> None:
        from qdrant_client import models

        self._client, self._name, self._models = client, name, models
        try:
            if self._call(client.collection_exists, name):
                self._claim(dimension, library)
            else:
                self._create(dimension, library)
        except VedetteError:
            client.close()
            raise

    def _create(self, dimension: int, library: str) -> None:
        self._call(
            self._client.create_collection,
            self._name,
            vectors_config={DENSE: self._models.VectorParams(size=dimension, distance=self._models.Distance.DOT)},
            sparse_vectors_config={LEXICAL: self._models.SparseVectorParams()},
            metadata={OWNER: library},
        )
        self._complete(())

    def _complete(self, known: Collection[str]) -> None:
        """Add the fields that a new collection, or one of an older version, does not have yet, each with its index."""
        missing = [name for name in KEYWORDS if name not in known]
        if not OPEN.keys().isdisjoint(missing):
            empty = self._models.IsEmptyCondition(is_empty=self._models.PayloadField(key="readers"))
            selector = self._models.FilterSelector(filter=self._models.Filter(must=[empty]))
            self._call(self._client.set_payload, self._name, dict(OPEN), selector, wait=True)
        for name in missing:
            self._call(self._client.create_payload_index, self._name, name, self._models.PayloadSchemaType.KEYWORD)

    def _claim(self, dimension: int, library: str) -> None:
        """Refuse a collection that is not ours; one without a mark, of an older version, becomes ours."""
        stored = self._call(self._client.get_collection, self._name)
        config = stored.config
        size = config.params.vectors[DENSE].size
        if size != dimension:
            raise Conflict(
                f"The collection '{self._name}' on the Qdrant server was made with another embedding model ({size} "
                f"dimensions, this one has {dimension}); choose another VEDETTE_INDEX_PREFIX."
            )
        owner = (config.metadata or {}).get(OWNER)
        if owner is None:
            self._call(self._client.update_collection, self._name, metadata={OWNER: library})
        elif owner != library:
            raise Conflict(
                f"The collection '{self._name}' on the Qdrant server belongs to the library of another data folder; "
                "choose another VEDETTE_INDEX_PREFIX (for a move: --prefix), or delete the collection there if that "
                "library is gone."
            )
        self._complete(stored.payload_schema)

    def upsert(self, entries: Sequence[tuple[Entry, Vectors]]) -> None:
        if not entries:
            return
        points = [
            self._models.PointStruct(
                id=entry.point,
                vector={DENSE: vectors.dense.tolist(), LEXICAL: self._sparse(vectors.lexical)},
                payload=payload(entry),
            )
            for entry, vectors in entries
        ]
        self._call(self._client.upsert, self._name, points, wait=True)

    def search(self, searches: Sequence[Search]) -> list[list[Hit]]:
        asked = [self._request(search) for search in searches if not search.empty]
        found = iter(self._call(self._client.query_batch_points, self._name, asked) if asked else ())
        return [
            [] if search.empty else [Hit(int(point.id), point.score) for point in next(found).points]
            for search in searches
        ]

    def matching(self, field: str, values: Sequence[str], scope: Scope, limit: int) -> list[int]:
        if not values:
            return []
        wanted = self._models.FieldCondition(key=field, match=self._models.MatchAny(any=list(values)))
        must = [*self._matches(conditions(scope)), wanted]
        found, _ = self._call(
            self._client.scroll,
            self._name,
            scroll_filter=self._models.Filter(must=must),
            limit=limit,
            with_payload=False,
        )
        return [int(record.id) for record in found]

    def fetch(self, points: Sequence[int]) -> dict[int, Entry]:
        if not points:
            return {}
        found = self._call(self._client.retrieve, self._name, list(points), with_payload=True)
        return {int(record.id): entry_of(record.payload) for record in found}

    def dense(self, points: Sequence[int]) -> NDArray[np.float32]:
        found = self._call(self._client.retrieve, self._name, list(points), with_payload=False, with_vectors=[DENSE])
        return np.array([record.vector[DENSE] for record in found], dtype=np.float32)

    def lexical(self, points: Sequence[int]) -> dict[int, tuple[Entry, SparseVector]]:
        if not points:
            return {}
        found = self._call(self._client.retrieve, self._name, list(points), with_payload=True, with_vectors=[LEXICAL])
        return {int(record.id): (entry_of(record.payload), lexical_of(record.vector)) for record in found}

    def label(self, document: str, readers: Sequence[str], tlp: str) -> None:
        selector = self._models.FilterSelector(filter=self._of(document, None))
        self._call(self._client.set_payload, self._name, labels(readers, tlp), selector, wait=True)

    def delete(self, document: str, version: str | None = None) -> None:
        selector = self._models.FilterSelector(filter=self._of(document, version))
        self._call(self._client.delete, self._name, selector, wait=True)

    def count(self, document: str | None = None, version: str | None = None) -> int:
        found = self._call(self._client.count, self._name, count_filter=self._of(document, version), exact=True)
        return int(found.count)

    def scan(self, batch: int = 256) -> Iterator[list[tuple[Entry, Vectors]]]:
        offset = None
        while True:
            records, offset = self._call(
                self._client.scroll, self._name, limit=batch, offset=offset, with_payload=True, with_vectors=True
            )
            if records:
                yield [(entry_of(record.payload), vectors_of(record.vector)) for record in records]
            if offset is None:
                return

    def unindexed(self) -> int:
        """None: a server searches its segments as it sees fit."""
        return 0

    def optimize(self) -> None:
        """Nothing to do: a server optimises by itself."""

    def close(self) -> None:
        self._client.close()

    def _call(self, method: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return method(*arguments, **named)
        except Exception as error:  # the client raises its transport's classes, by protocol
            reason = " ".join(str(error).split())[:LONGEST_REASON]
            raise StorageError(
                f"The Qdrant server did not do what it was asked ({reason}); check its address (VEDETTE_INDEX_URL) "
                "and its log."
            ) from error

    def _of(self, document: str | None, version: str | None) -> Any:
        known = {"document": document, "version": version}
        given = ((key, (value,)) for key, value in known.items() if value is not None)
        return self._models.Filter(must=self._matches(given))

    def _matches(self, wanted: Iterable[tuple[str, Sequence[str]]]) -> list[Any]:
        return [
            self._models.FieldCondition(
                key=key,
                match=self._models.MatchAny(any=list(any_))
                if len(any_) > 1
                else self._models.MatchValue(value=any_[0]),
            )
            for key, any_ in wanted
        ]

    def _request(self, search: Search) -> Any:
        must = self._matches(conditions(search.scope))
        if search.within is not None:
            must.append(self._models.HasIdCondition(has_id=list(search.within)))
        lexical = isinstance(search.vector, SparseVector)
        return self._models.QueryRequest(
            query=self._sparse(search.vector) if isinstance(search.vector, SparseVector) else search.vector.tolist(),
            using=LEXICAL if lexical else DENSE,
            filter=self._models.Filter(must=must),
            limit=search.limit,
            with_payload=False,
        )

    def _sparse(self, vector: SparseVector) -> Any:
        return self._models.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())
