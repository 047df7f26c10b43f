"""The catalogue beside the index: documents, their valid version, frequencies of terms, failures (SQLite).

A document enters in three steps, so that a kill at any moment leaves all of it or nothing: `stage` (pending), chunks
into the index, `publish` (ready; the version before is retired). Searches join their hits with the ready versions.
`leftovers` names what a killed process left in the index.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import Conflict, NotFound, StorageError
from vedette.rag.library.packing import pack, squeeze, unpack, unsqueeze
from vedette.records import CollectionInfo, Document, DocumentInfo, Failure, StoredDocument

SCHEMA = "1"
MAIN_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Staged:
    """A document ready to be written. `terms`: term id -> in how many of its chunks it stands; `keys`: its subjects."""

    info: DocumentInfo
    file: str
    document: Document
    terms: Mapping[int, int]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What a search needs to know of a document."""

    id: str
    version: str
    title: str
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class File:
    """A file, URL or object that was read. `root` is the target it was found under."""

    source: str
    root: str
    fingerprint: str
    sha256: str
    media_type: str


class Catalog:
    """One SQLite file, WAL; safe to use from several threads of one process.

    `embedder` names the model of the index's vectors, `library` this library for good. Raises StorageError, Conflict
    for a library of another model.
    """

    def __init__(self, path: Path, embedder: str) -> None:
        self._lock = threading.RLock()
        self._counted: tuple[int, tuple[CollectionInfo, ...]] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(resources.files("vedette.rag.library").joinpath("catalog.sql").read_text("utf-8"))
            self._db.execute(
                "INSERT OR IGNORE INTO meta VALUES ('schema', ?), ('corpus_version', '0'), ('embedder', ?)",
                (SCHEMA, embedder),
            )
            self._check(path, embedder)
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"The catalogue {path} cannot be opened ({error}); check the data folder.") from error

    def close(self) -> None:
        self._db.close()

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def stage(self, staged: Sequence[Staged]) -> None:
        """Write documents as pending: nobody sees them yet."""
        with self._transaction() as db:
            for item in staged:
                info = item.info
                row = (
                    info.id, info.content_hash, info.collection, item.file, info.source, info.title, info.kind,
                    info.language, info.media_type, info.pages, info.chunks, info.characters, info.ingested_at,
                    pack(item.terms), squeeze(item.document),
                )  # fmt: skip
                # A version that is ready already (two ingests of one file at once) stays as it is.
                db.execute(
                    "INSERT OR IGNORE INTO documents VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    row,
                )

    def publish(self, staged: Sequence[Staged]) -> list[tuple[str, str]]:
        """Make documents ready in one step; returns the (id, version) pairs that they replace, now retired."""
        retired: list[tuple[str, str]] = []
        with self._transaction() as db:
            for item in staged:
                if self.has(item.info.id, item.info.content_hash):
                    continue
                retired += self._retire(db, item.info.id)
                db.execute(
                    "UPDATE documents SET state = 'ready' WHERE id = ? AND version = ?",
                    (item.info.id, item.info.content_hash),
                )
                keys = [(item.info.collection, key, item.info.id) for key in item.keys]
                db.executemany("INSERT OR IGNORE INTO subjects VALUES (?, ?, ?)", keys)
                self._count(db, item.info.collection, item.terms, item.info.chunks)
            self._bump(db)
        return retired

    def retire(self, documents: Sequence[str]) -> list[tuple[str, str]]:
        """Take documents out of every answer at once; returns the (id, version) pairs to remove from the index."""
        with self._transaction() as db:
            retired = [pair for document in documents for pair in self._retire(db, document)]
            if retired:
                self._bump(db)
        return retired

    def forget(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Drop retired or pending versions whose chunks are no longer in the index."""
        with self._transaction() as db:
            db.executemany("DELETE FROM documents WHERE id = ? AND version = ? AND state != 'ready'", list(pairs))

    def claim(self, collection: str, roots: Mapping[str, str]) -> None:
        """Take the names of files about to be read (name -> root), those known already left as they are."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO files VALUES (?, ?, ?, '', '', '')",
                [(collection, source, root) for source, root in roots.items()],
            )

    def finish_file(self, collection: str, file: File, failures: Sequence[Failure], now: str) -> None:
        """A file was read to its end: the next run skips it while its fingerprint is the same."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (collection,))
            self._counted = None
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                (collection, file.source, file.root, file.fingerprint, file.sha256, file.media_type),
            )
            self._fail(db, collection, file.source, failures, now)

    def quarantine(self, collection: str, source: str, failures: Sequence[Failure], now: str) -> None:
        """Nothing of a file could be read: the next run tries again, and what it gave before still answers."""
        with self._transaction() as db:
            self._fail(db, collection, source, failures, now)

    def remove_file(self, collection: str, source: str) -> list[tuple[str, str]]:
        """Take a file and all its documents out at once; returns the (id, version) pairs to remove from the index."""
        with self._transaction() as db:
            documents = sorted(self.documents_of_file(collection, source))
            retired = [pair for document in documents for pair in self._retire(db, document)]
            for table in ("files", "failures"):
                db.execute(f"DELETE FROM {table} WHERE collection = ? AND source = ?", (collection, source))
            if retired:
                self._bump(db)
        return retired

    def calibrate(self, collection: str, calibration: str, changed: int) -> None:
        """Keep the scope calibration of a collection (JSON), made when `changed` chunks had changed since the last."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO collections (name, calibration) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET calibration = excluded.calibration",
                (collection, calibration),
            )
            _add(db, f"changed in {collection}", -changed)
            self._counted = None

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def corpus_version(self) -> int:
        """Rises with every change that an answer could show."""
        return int(self._all("SELECT value FROM meta WHERE key = 'corpus_version'")[0][0])

    def leftovers(self) -> list[tuple[str, str]]:
        """(id, version) of pending and retired documents: their chunks do not belong in the index."""
        return [(row[0], row[1]) for row in self._all("SELECT id, version FROM documents WHERE state != 'ready'")]

    def has(self, document: str, version: str) -> bool:
        return bool(
            self._all("SELECT 1 FROM documents WHERE id = ? AND version = ? AND state = 'ready'", document, version)
        )

    def headers(self, documents: Iterable[str]) -> dict[str, Header]:
        """The ready version of each document that has one."""
        wanted = list(dict.fromkeys(documents))
        marks = ",".join("?" * len(wanted))
        rows = self._all(
            f"SELECT id, version, title, kind, language FROM documents WHERE state = 'ready' AND id IN ({marks})",
            *wanted,
        )
        return {row[0]: Header(*row) for row in rows}

    def file(self, collection: str, source: str) -> File | None:
        rows = self._all(
            "SELECT source, root, fingerprint, sha256, media_type FROM files WHERE collection = ? AND source = ?",
            collection, source,
        )  # fmt: skip
        return File(*rows[0]) if rows else None

    def refers(self, sha256: str) -> bool:
        """Whether any file of any collection has these bytes."""
        return bool(self._all("SELECT 1 FROM files WHERE sha256 = ? LIMIT 1", sha256))

    def roots(self, collection: str) -> dict[str, str]:
        """The target that each file of the collection was found under."""
        return dict(self._all("SELECT source, root FROM files WHERE collection = ?", collection))

    def documents_of_file(self, collection: str, file: str) -> set[str]:
        rows = self._all(
            "SELECT id FROM documents WHERE collection = ? AND file = ? AND state = 'ready'", collection, file
        )
        return {row[0] for row in rows}

    def file_of(self, document: str) -> tuple[str, str]:
        """(collection, file source) of a document. Raises NotFound."""
        rows = self._all("SELECT collection, file FROM documents WHERE id = ? AND state = 'ready'", document)
        if not rows:
            raise NotFound(f"There is no document '{document}'; `vedette documents list` shows the ids.")
        return rows[0][0], rows[0][1]

    def infos(self, collection: str | None) -> tuple[DocumentInfo, ...]:
        rows = self._all(
            f"SELECT {INFO} FROM documents WHERE state = 'ready' AND (? IS NULL OR collection = ?) "
            "ORDER BY collection, source",
            collection, collection,
        )  # fmt: skip
        return tuple(DocumentInfo(*row) for row in rows)

    def read(self, document: str) -> StoredDocument:
        """The ready version of a document. Raises NotFound."""
        rows = self._all(f"SELECT {INFO}, body FROM documents WHERE id = ? AND state = 'ready'", document)
        if not rows:
            raise NotFound(f"There is no document '{document}'; `vedette documents list` shows the ids.")
        return StoredDocument(DocumentInfo(*rows[0][:-1]), unsqueeze(rows[0][-1]))

    def failures(self, collection: str | None) -> tuple[Failure, ...]:
        rows = self._all(
            "SELECT source, reason, page FROM failures WHERE ? IS NULL OR collection = ? ORDER BY source, page",
            collection, collection,
        )  # fmt: skip
        return tuple(Failure(*row) for row in rows)

    def about(self, collection: str, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Folded key -> documents that are about it."""
        found: dict[str, tuple[str, ...]] = {}
        marks = ",".join("?" * len(keys))
        rows = self._all(
            f"SELECT key, document FROM subjects WHERE collection = ? AND key IN ({marks})", collection, *keys
        )
        for key, document in rows:
            found[key] = (*found.get(key, ()), document)
        return found

    def frequencies(self, collection: str, terms: NDArray[np.uint32]) -> NDArray[np.float64]:
        """In how many chunks of the collection each term stands, shape (len(terms),)."""
        wanted = [int(term) for term in terms]
        marks = ",".join("?" * len(wanted))
        rows = self._all(
            f"SELECT term, chunks FROM terms WHERE collection = ? AND term IN ({marks})", collection, *wanted
        )
        known = dict(rows)
        return np.array([known.get(term, 0) for term in wanted], dtype=np.float64)

    def collection(self, name: str) -> CollectionInfo:
        """A collection by name. Raises NotFound."""
        known = self.collections()
        for info in known:
            if info.name == name:
                return info
        names = ", ".join(info.name for info in known) or "none yet; `vedette ingest PATH` makes one"
        raise NotFound(f"There is no collection '{name}' (there is: {names}).")

    def calibration(self, collection: str) -> str | None:
        rows = self._all("SELECT calibration FROM collections WHERE name = ?", collection)
        return str(rows[0][0]) if rows and rows[0][0] is not None else None

    def changed(self, collection: str) -> int:
        """How many chunks came or went since the collection was calibrated."""
        rows = self._all("SELECT value FROM meta WHERE key = ?", f"changed in {collection}")
        return int(rows[0][0]) if rows else 0

    def collections(self) -> tuple[CollectionInfo, ...]:
        """All collections by name; counted once for each corpus version, since every question asks."""
        version = self.corpus_version()
        if self._counted is None or self._counted[0] != version:
            counts = self._all(
                "SELECT collection, language, COUNT(*) FROM documents WHERE state = 'ready' "
                "GROUP BY collection, language ORDER BY COUNT(*) DESC, language"
            )
            spoken: dict[str, dict[str, int]] = {}
            for name, language, count in counts:
                spoken.setdefault(name, {})[language] = count
            rows = self._all("SELECT name, chunks, calibration IS NOT NULL FROM collections ORDER BY name")
            infos = tuple(_info(name, chunks, bool(made), spoken.get(name, {})) for name, chunks, made in rows)
            self._counted = (version, infos)
        return self._counted[1]

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _retire(self, db: sqlite3.Connection, document: str) -> list[tuple[str, str]]:
        rows = db.execute(
            "SELECT version, collection, chunks, terms FROM documents WHERE id = ? AND state = 'ready'", (document,)
        ).fetchall()
        for version, collection, chunks, terms in rows:
            db.execute("UPDATE documents SET state = 'retired' WHERE id = ? AND version = ?", (document, version))
            db.execute("DELETE FROM subjects WHERE document = ?", (document,))
            held = unpack(terms)
            self._count(db, collection, {term: -count for term, count in held.items()}, -chunks)
            db.executemany(
                "DELETE FROM terms WHERE collection = ? AND term = ? AND chunks = 0",
                [(collection, term) for term in held],
            )
        return [(document, row[0]) for row in rows]

    def _fail(
        self, db: sqlite3.Connection, collection: str, source: str, failures: Sequence[Failure], now: str
    ) -> None:
        """What could not be read of a file; replaces what was known before."""
        db.execute("DELETE FROM failures WHERE collection = ? AND source = ?", (collection, source))
        db.executemany(
            "INSERT INTO failures VALUES (?, ?, ?, ?, ?)",
            [(collection, source, failure.page, failure.reason, now) for failure in failures],
        )

    def _count(self, db: sqlite3.Connection, collection: str, terms: Mapping[int, int], chunks: int) -> None:
        db.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (collection,))
        db.execute("UPDATE collections SET chunks = chunks + ? WHERE name = ?", (chunks, collection))
        _add(db, f"changed in {collection}", abs(chunks))
        db.executemany(
            "INSERT INTO terms VALUES (?, ?, ?) "
            "ON CONFLICT (collection, term) DO UPDATE SET chunks = chunks + excluded.chunks",
            [(collection, term, count) for term, count in terms.items()],
        )

    def _bump(self, db: sqlite3.Connection) -> None:
        _add(db, "corpus_version", 1)

    def _check(self, path: Path, embedder: str) -> None:
        made = dict(self._all("SELECT key, value FROM meta"))
        self.library: str = made["library"]
        if made["schema"] != SCHEMA:
            raise StorageError(
                f"The catalogue {path} has format {made['schema']}, this version of Vedette reads {SCHEMA}; "
                "ingest into a new data folder."
            )
        if made["embedder"] != embedder:
            raise Conflict(
                f"The library in {path.parent} was embedded with {made['embedder']}, not with {embedder}, and "
                "vectors of two models do not compare; set the model back, or ingest into a new data folder."
            )

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise StorageError(f"The catalogue cannot be written ({error}); check free space.") from error
                raise


def _add(db: sqlite3.Connection, key: str, amount: int) -> None:
    sql = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value"
    db.execute(sql, (key, amount))


def _info(name: str, chunks: int, calibrated: bool, spoken: Mapping[str, int]) -> CollectionInfo:
    documents = sum(spoken.values())
    known = [language for language in spoken if language]
    main = tuple(language for language in known if spoken[language] >= MAIN_SHARE * documents)
    return CollectionInfo(name, documents, chunks, tuple(known), calibrated, main)


INFO = "id, collection, source, title, kind, language, media_type, pages, chunks, characters, version, ingested_at"
