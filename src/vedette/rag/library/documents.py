"""Documents, their versions, and what they are about.

A document enters in three steps, so that a kill at any moment leaves all of it or nothing: `stage` (pending), chunks
into the index, `publish` (ready; the version before is retired). Searches join their hits with the ready versions.
`leftovers` names what a killed process left in the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.errors import NotFound
from vedette.rag.library.collections import Collections
from vedette.rag.library.database import CORPUS_VERSION, Database
from vedette.rag.library.packing import pack, squeeze, unpack, unsqueeze
from vedette.records import Document, DocumentInfo, StoredDocument

INFO = "id, collection, source, title, kind, language, media_type, pages, chunks, characters, version, ingested_at"


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


class Documents:
    """The documents in a database, counted into its collections."""

    def __init__(self, database: Database, collections: Collections) -> None:
        self._database = database
        self._collections = collections

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def stage(self, staged: Sequence[Staged]) -> None:
        """Write documents as pending: nobody sees them yet."""
        with self._database.transaction() as db:
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
        with self._database.transaction() as db:
            for item in staged:
                info = item.info
                if self.has(info.id, info.content_hash):
                    continue
                retired += self._retire(db, info.id)
                db.execute(
                    "UPDATE documents SET state = 'ready' WHERE id = ? AND version = ?", (info.id, info.content_hash)
                )
                keys = [(info.collection, key, info.id) for key in item.keys]
                db.executemany("INSERT OR IGNORE INTO subjects VALUES (?, ?, ?)", keys)
                self._collections.count(info.collection, item.terms, info.chunks)
            self._database.add(CORPUS_VERSION, 1)
        return retired

    def retire(self, documents: Iterable[str]) -> list[tuple[str, str]]:
        """Take documents out of every answer at once; returns the (id, version) pairs to remove from the index."""
        with self._database.transaction() as db:
            retired = [pair for document in documents for pair in self._retire(db, document)]
            if retired:
                self._database.add(CORPUS_VERSION, 1)
        return retired

    def forget(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Drop retired or pending versions whose chunks are no longer in the index."""
        with self._database.transaction() as db:
            db.executemany("DELETE FROM documents WHERE id = ? AND version = ? AND state != 'ready'", list(pairs))

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def leftovers(self) -> list[tuple[str, str]]:
        """(id, version) of pending and retired documents: their chunks do not belong in the index."""
        rows = self._database.read("SELECT id, version FROM documents WHERE state != 'ready'")
        return [(row[0], row[1]) for row in rows]

    def has(self, document: str, version: str) -> bool:
        return bool(
            self._database.read(
                "SELECT 1 FROM documents WHERE id = ? AND version = ? AND state = 'ready'", document, version
            )
        )

    def headers(self, documents: Iterable[str]) -> dict[str, Header]:
        """The ready version of each document that has one."""
        wanted = list(dict.fromkeys(documents))
        marks = ",".join("?" * len(wanted))
        rows = self._database.read(
            f"SELECT id, version, title, kind, language FROM documents WHERE state = 'ready' AND id IN ({marks})",
            *wanted,
        )
        return {row[0]: Header(*row) for row in rows}

    def of_file(self, collection: str, file: str) -> set[str]:
        rows = self._database.read(
            "SELECT id FROM documents WHERE collection = ? AND file = ? AND state = 'ready'", collection, file
        )
        return {row[0] for row in rows}

    def file_of(self, document: str) -> tuple[str, str]:
        """(collection, file source) of a document. Raises NotFound."""
        row = self._ready("collection, file", document)
        return row[0], row[1]

    def infos(self, collection: str | None) -> tuple[DocumentInfo, ...]:
        rows = self._database.read(
            f"SELECT {INFO} FROM documents WHERE state = 'ready' AND (? IS NULL OR collection = ?) "
            "ORDER BY collection, source",
            collection, collection,
        )  # fmt: skip
        return tuple(DocumentInfo(*row) for row in rows)

    def read(self, document: str) -> StoredDocument:
        """The ready version of a document. Raises NotFound."""
        *info, body = self._ready(f"{INFO}, body", document)
        return StoredDocument(DocumentInfo(*info), unsqueeze(body))

    def about(self, collection: str, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Folded key -> documents that are about it."""
        found: dict[str, tuple[str, ...]] = {}
        marks = ",".join("?" * len(keys))
        rows = self._database.read(
            f"SELECT key, document FROM subjects WHERE collection = ? AND key IN ({marks})", collection, *keys
        )
        for key, document in rows:
            found[key] = (*found.get(key, ()), document)
        return found

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _retire(self, db: sqlite3.Connection, document: str) -> list[tuple[str, str]]:
        rows = db.execute(
            "SELECT version, collection, chunks, terms FROM documents WHERE id = ? AND state = 'ready'", (document,)
        ).fetchall()
        for version, collection, chunks, terms in rows:
            db.execute("UPDATE documents SET state = 'retired' WHERE id = ? AND version = ?", (document, version))
            db.execute("DELETE FROM subjects WHERE document = ?", (document,))
            self._collections.count(collection, {term: -count for term, count in unpack(terms).items()}, -chunks)
        return [(document, row[0]) for row in rows]

    def _ready(self, columns: str, document: str) -> tuple[Any, ...]:
        rows = self._database.read(f"SELECT {columns} FROM documents WHERE id = ? AND state = 'ready'", document)
        if not rows:
            raise NotFound(f"There is no document '{document}'; `vedette documents list` shows the ids.")
        return rows[0]
