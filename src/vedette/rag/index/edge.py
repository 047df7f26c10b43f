"""The embedded engine: Qdrant Edge, one folder, owned by one process.

The engine keeps Python's global lock while it builds its graph, which would stop a server for as long. So a copy of the
folder is built in a process of its own (`edge_build`), what was written meanwhile is brought over, and the copy takes
the place of the first. Each such generation is a numbered folder; one that is not finished carries a mark and is
cleared away when the index is opened, so that a kill at any moment leaves the older one valid.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import Conflict, StorageError
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

# How many points a search of the graph keeps in view. The engine's own 100 take half as long again at 100,000 chunks
# and miss one less of the ten best in 25 searches.
IN_VIEW = 80
UNFINISHED = "unfinished"  # the mark of a generation that is being built


class EdgeIndex:
    """An `Index` in the folder `folder`. Raises Conflict where another process has it or another model made it."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import qdrant_edge as edge

        self._edge = edge
        self._write = threading.RLock()  # held to change what is stored, and while one generation follows another
        self._read = threading.Lock()  # held for each call: the engine serialises them anyway
        self._changed: set[str] | None = None  # documents changed since a copy was taken; None when none is
        self._builder: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._folder = folder
        self._config = edge.EdgeConfig(
            vectors={DENSE: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Dot)},
            sparse_vectors={LEXICAL: edge.EdgeSparseVectorParams()},
        )
        try:
            self._here, self._shard = self._opened()
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
        self._update(self._edge.UpdateOperation.upsert_points(points), {entry.document for entry, _ in entries})

    def search(self, searches: Sequence[Search]) -> list[list[Hit]]:
        asked = self._edge.QueryBatchRequest([self._request(search) for search in searches if not search.empty])
        with self._read:
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
        with self._read:
            records, _ = self._shard.scroll(request)
        return [int(found.id) for found in records]

    def fetch(self, points: Sequence[int]) -> dict[int, Entry]:
        with self._read:
            found = self._shard.retrieve(list(points), True, False)
        return {int(record.id): entry_of(record.payload) for record in found}

    def dense(self, points: Sequence[int]) -> NDArray[np.float32]:
        with self._read:
            found = self._shard.retrieve(list(points), False, True)
        return np.array([vectors_of(record.vector).dense for record in found], dtype=np.float32)

    def lexical(self, points: Sequence[int]) -> dict[int, tuple[Entry, SparseVector]]:
        with self._read:
            found = self._shard.retrieve(list(points), True, [LEXICAL])
        return {int(record.id): (entry_of(record.payload), lexical_of(record.vector)) for record in found}

    def label(self, document: str, readers: Sequence[str], tlp: str) -> None:
        change = self._edge.UpdateOperation.set_payload_by_filter(self._of(document, None), labels(readers, tlp))
        self._update(change, {document})

    def delete(self, document: str, version: str | None = None) -> None:
        self._update(self._edge.UpdateOperation.delete_points_by_filter(self._of(document, version)), {document})

    def count(self, document: str | None = None, version: str | None = None) -> int:
        with self._read:
            return int(self._shard.count(self._edge.CountRequest(filter=self._of(document, version), exact=True)))

    def scan(self, batch: int = 256) -> Iterator[list[tuple[Entry, Vectors]]]:
        for records in self._records(None, batch):
            yield [(entry_of(record.payload), vectors_of(record.vector)) for record in records]

    def unindexed(self) -> int:
        with self._read:
            info = self._shard.info()
        # The engine counts a point once for its lexical vector, which always has an index, and once for its dense one.
        return int(2 * info.points_count - info.indexed_vectors_count)

    def optimize(self) -> None:
        with self._write:
            if self._changed is not None:
                return  # another thread is at it
            self._changed = set()
        taken = max(int(path.name) for path in self._folder.glob("[0-9]*"))
        copy = self._folder / f"{taken + 1:06d}"
        try:
            self._copy(copy)
            if self._built(copy):
                self._follow(copy)
        except OSError as error:
            raise StorageError(
                f"The index cannot be optimised ({error}); make room and ingest again: searches are slower until then."
            ) from error
        finally:
            self._changed = None
            if self._here != copy:
                shutil.rmtree(copy, ignore_errors=True)

    def close(self) -> None:
        self._closing = True
        with self._write, self._read:
            if self._builder is not None:
                self._builder.kill()
            self._shard.flush()
            self._shard.close()

    def _opened(self) -> tuple[Path, Any]:
        """The folder of the newest finished generation and the engine over it; the first one when there is none."""
        generations = sorted(path for path in self._folder.glob("[0-9]*") if path.is_dir())
        finished = [path for path in generations if not (path / UNFINISHED).exists()]
        here = finished[-1] if finished else self._folder / f"{1:06d}"
        if (here / "segments").exists():
            shard = self._edge.EdgeShard.load(str(here), self._config)
        else:
            here.mkdir(parents=True, exist_ok=True)
            shard = self._edge.EdgeShard.create(str(here), self._config)
        self._complete(shard)
        for path in generations:  # only now: another process that owns the index would have been in the way
            if path != here:
                shutil.rmtree(path, ignore_errors=True)
        return here, shard

    def _complete(self, shard: Any) -> None:
        """Add the fields that a new index, or one of an older version, does not have yet, each with its index."""
        known = shard.info().payload_schema
        missing = [name for name in KEYWORDS if name not in known]
        if known and not OPEN.keys().isdisjoint(missing):
            without = self._edge.Filter(must=[self._edge.IsEmptyCondition("readers")])
            shard.update(self._edge.UpdateOperation.set_payload_by_filter(without, dict(OPEN)))
        for name in missing:
            shard.update(self._edge.UpdateOperation.create_field_index(name, self._edge.PayloadSchemaType.Keyword))

    def _copy(self, copy: Path) -> None:
        """The folder as it stands, under another name and marked as unfinished. Writes wait meanwhile."""
        copy.mkdir()
        (copy / UNFINISHED).touch()
        with self._write:
            self._shard.flush()
            shutil.copytree(self._here, copy, dirs_exist_ok=True)
            self._changed = set()

    def _built(self, copy: Path) -> bool:
        """Have the graph of the copy built; False when this index was closed meanwhile. Raises StorageError."""
        paths = os.pathsep.join(path for path in sys.path if path)
        line = [sys.executable, "-B", "-m", "vedette.rag.index.edge_build", str(copy)]
        with self._write:
            if self._closing:
                return False
            environment = {"PYTHONPATH": paths, "PATH": os.defpath}
            self._builder = subprocess.Popen(line, stdin=subprocess.DEVNULL, env=environment)
        code = self._builder.wait()
        if code and not self._closing:
            raise StorageError(
                f"The index was not optimised (its process ended with {code}); see that memory and disk suffice and "
                "ingest again: nothing is lost, searches are slower until then."
            )
        return not self._closing

    def _follow(self, copy: Path) -> None:
        """Let the copy take the place of the generation in use, with what changed there since it was taken."""
        with self._write:
            if self._closing:
                return
            fresh = self._edge.EdgeShard.load(str(copy), self._config)
            for document in self._changed or ():
                of = self._of(document, None)
                fresh.update(self._edge.UpdateOperation.delete_points_by_filter(of))
                for records in self._records(of, 256):
                    points = [self._edge.Point(record.id, record.vector, record.payload) for record in records]
                    fresh.update(self._edge.UpdateOperation.upsert_points(points))
            fresh.flush()
            (copy / UNFINISHED).unlink()
            with self._read:
                before, self._shard = self._shard, fresh
                before.close()
            shutil.rmtree(self._here, ignore_errors=True)
            self._here = copy

    def _records(self, of: Any, batch: int) -> Iterator[list[Any]]:
        """Stored points with payload and vectors, all or those of a filter, in batches."""
        offset = None
        while True:
            request = self._edge.ScrollRequest(
                offset=offset, limit=batch, filter=of, with_payload=True, with_vector=True
            )
            with self._read:
                records, offset = self._shard.scroll(request)
            if records:
                yield records
            if offset is None:
                return

    def _update(self, operation: Any, documents: set[str]) -> None:
        try:
            with self._write:
                self._shard.update(operation)
                if self._changed is not None:
                    self._changed |= documents
        except Exception as error:  # the engine raises one class for everything
            raise StorageError(f"The index cannot be written ({error}); check free space and permissions.") from error

    def _of(self, document: str | None, version: str | None) -> Any:
        known = {"document": document, "version": version}
        given = ((key, (value,)) for key, value in known.items() if value is not None)
        return self._edge.Filter(must=self._matches(given))

    def _matches(self, wanted: Iterable[tuple[str, Sequence[str]]]) -> list[Any]:
        return [
            self._edge.FieldCondition(
                key, match=self._edge.MatchAny(list(any_)) if len(any_) > 1 else self._edge.MatchValue(any_[0])
            )
            for key, any_ in wanted
        ]

    def _request(self, search: Search) -> Any:
        must = self._matches(conditions(search.scope))
        if search.within is not None:
            must.append(self._edge.HasIdCondition(set(search.within)))
        if isinstance(search.vector, SparseVector):
            nearest = self._edge.Query.Nearest(self._sparse(search.vector), using=LEXICAL)
        else:
            nearest = self._edge.Query.Nearest(search.vector.tolist(), using=DENSE)
        return self._edge.QueryRequest(
            limit=search.limit,
            query=nearest,
            filter=self._edge.Filter(must=must),
            params=self._edge.SearchParams(hnsw_ef=max(IN_VIEW, search.limit)),
            with_payload=False,
        )

    def _sparse(self, vector: SparseVector) -> Any:
        return self._edge.SparseVector(vector.indices.tolist(), vector.values.tolist())


def _opening_error(folder: Path, dimension: int, error: Exception) -> Exception:
    text = str(error)
    if "No space left" in text:
        return StorageError(f"The disk of {folder} is full; make room and run it again: nothing stored is lost.")
    if "lock" in text.lower() or "WouldBlock" in text:
        return Conflict(f"The index in {folder} is in use by another process; stop it, or ask the running server.")
    if "size" in text or "incompatible" in text.lower():
        return Conflict(
            f"The index in {folder} was made with another embedding model (this one has {dimension} dimensions); "
            "ingest into another data folder, or remove this one and ingest again."
        )
    return StorageError(f"The index in {folder} cannot be opened ({text}); restore it from a backup or ingest again.")
