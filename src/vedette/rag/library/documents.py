"""Documents, their versions, and what they are about.

A document enters in three steps, so that a kill at any moment leaves all of it or nothing: `stage` (pending), chunks
into the index, `publish` (ready; the version before is retired). Searches join their hits with the ready versions.
`leftovers` names what a killed process left in the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vedette.errors import NotFound
from vedette.rag.library.audiences import Audiences, Part, sharing_of
from vedette.rag.library.collections import Collections
from vedette.rag.library.database import CORPUS_VERSION, Database
from vedette.rag.library.packing import pack, squeeze, unpack, unsqueeze
from vedette.records import OWNER, Access, Document, DocumentInfo, Sharing, StoredDocument

INFO = "id, collection, source, title, kind, language, media_type, pages, chunks, characters, version, ingested_at"
# Of each document the sharing too, as the last two columns.
SHARED = "(SELECT readers FROM audiences WHERE id = audience), (SELECT tlp FROM audiences WHERE id = audience)"


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
    """The documents in a database, counted into its collections. What is read is read as far as `access` allows."""

    def __init__(
        self, database: Database, collections: Collections, audiences: Audiences, access: Access = OWNER
    ) -> None:
        self._database = database
        self._collections = collections
        self._audiences = audiences
        self._access = access

    def seen_by(self, access: Access) -> Documents:
        """The same documents for somebody else."""
        return Documents(self._database, self._collections, self._audiences, access)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def stage(self, staged: Sequence[Staged]) -> None:
        """Write documents as pending: nobody sees them yet."""
        with self._database.transaction() as db:
            for item in staged:
                info = item.info
                row = (
                    info.id, info.content_hash, info.collection, item.file, info.source, info.title, info.kind,
                    info.language, info.media_type, info.pages, info.chunks, info.characters, info.ingested_at,
                    pack(item.terms), squeeze(item.document), self._audiences.number(info.sharing),
                )  # fmt: skip
                # A version that is ready already (two ingests of one file at once) stays as it is.
                db.execute(
                    "INSERT OR IGNORE INTO documents "
                    "VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                audience = self._audiences.number(info.sharing)
                db.execute(
                    "UPDATE documents SET state = 'ready', audience = ? WHERE id = ? AND version = ?",
                    (audience, info.id, info.content_hash),
                )
                keys = [(info.collection, key, info.id) for key in item.keys]
                db.executemany("INSERT OR IGNORE INTO subjects VALUES (?, ?, ?)", keys)
                self._collections.count(info.collection, item.terms, info.chunks, audience)
            self._database.add(CORPUS_VERSION, 1)
        return retired

    def share(self, document: str, sharing: Sharing) -> None:
        """Say who may read a document, from this moment on; it is `unlabelled` until the index says so too. Raises
        NotFound."""
        with self._database.transaction() as db:
            version, collection, terms, before = self._ready("version, collection, terms, audience", document)
            audience = self._audiences.number(sharing)
            if audience == before:
                return
            counts = unpack(terms)
            self._collections.move(collection, {term: -count for term, count in counts.items()}, before)
            self._collections.move(collection, counts, audience)
            db.execute("UPDATE documents SET audience = ? WHERE id = ? AND version = ?", (audience, document, version))
            db.execute("INSERT OR IGNORE INTO unlabelled VALUES (?)", (document,))
            self._database.add(CORPUS_VERSION, 1)

    def labelled(self, document: str) -> None:
        """The index says who may read a document."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM unlabelled WHERE document = ?", (document,))

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

    def unlabelled(self) -> list[tuple[str, Sharing]]:
        """The documents of which the index does not say yet who may read them, and who may."""
        rows = self._database.read(
            f"SELECT id, {SHARED} FROM documents WHERE state = 'ready' AND id IN (SELECT document FROM unlabelled)"
        )
        return [(row[0], sharing_of(row[1], row[2])) for row in rows]

    def sharing(self, document: str) -> Sharing | None:
        """Who may read a document, whoever asks; None where there is none."""
        rows = self._database.read(f"SELECT {SHARED} FROM documents WHERE id = ? AND state = 'ready'", document)
        return sharing_of(*rows[0]) if rows else None

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
        seen = self._seen
        rows = self._database.read(
            "SELECT id, version, title, kind, language FROM documents "
            f"WHERE state = 'ready' AND id IN ({marks}){seen.sql}",
            *wanted, *seen.values,
        )  # fmt: skip
        return {row[0]: Header(*row) for row in rows}

    def of_file(self, collection: str, file: str) -> set[str]:
        seen = self._seen
        sql = f"SELECT id FROM documents WHERE collection = ? AND file = ? AND state = 'ready'{seen.sql}"
        rows = self._database.read(sql, collection, file, *seen.values)
        return {row[0] for row in rows}

    def file_of(self, document: str) -> tuple[str, str]:
        """(collection, file source) of a document. Raises NotFound."""
        row = self._ready("collection, file", document)
        return row[0], row[1]

    def infos(self, collection: str | None) -> tuple[DocumentInfo, ...]:
        seen = self._seen
        rows = self._database.read(
            f"SELECT {INFO}, {SHARED} FROM documents WHERE state = 'ready' AND (? IS NULL OR collection = ?){seen.sql} "
            "ORDER BY collection, source",
            collection, collection, *seen.values,
        )  # fmt: skip
        return tuple(_info(row) for row in rows)

    def titles(self, collection: str) -> Iterator[str]:
        """The titles of a collection, looked up when the first is wanted."""
        seen = self._seen
        sql = f"SELECT title FROM documents WHERE collection = ? AND state = 'ready'{seen.sql} ORDER BY source"
        for row in self._database.read(sql, collection, *seen.values):
            yield row[0]

    def info(self, document: str) -> DocumentInfo:
        """A line of the list. Raises NotFound."""
        return _info(self._ready(f"{INFO}, {SHARED}", document))

    def read(self, document: str) -> StoredDocument:
        """The ready version of a document. Raises NotFound."""
        *info, body = self._ready(f"{INFO}, {SHARED}, body", document)
        return StoredDocument(_info(info), unsqueeze(body))

    def about(self, collection: str, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Folded key -> documents that are about it."""
        found: dict[str, tuple[str, ...]] = {}
        marks = ",".join("?" * len(keys))
        seen = self._seen
        sql = f"SELECT key, document FROM subjects WHERE collection = ? AND key IN ({marks})"
        if seen.sql:
            sql += f" AND EXISTS (SELECT 1 FROM documents WHERE id = subjects.document AND state = 'ready'{seen.sql})"
        rows = self._database.read(sql, collection, *keys, *seen.values)
        for key, document in rows:
            found[key] = (*found.get(key, ()), document)
        return found

    # ── inside ───────────────────────────────────────────────────────────────────────────────────

    def _retire(self, db: sqlite3.Connection, document: str) -> list[tuple[str, str]]:
        rows = db.execute(
            "SELECT version, collection, chunks, terms, audience FROM documents WHERE id = ? AND state = 'ready'",
            (document,),
        ).fetchall()
        for version, collection, chunks, terms, audience in rows:
            db.execute("UPDATE documents SET state = 'retired' WHERE id = ? AND version = ?", (document, version))
            db.execute("DELETE FROM subjects WHERE document = ?", (document,))
            counts = {term: -count for term, count in unpack(terms).items()}
            self._collections.count(collection, counts, -chunks, audience)
        return [(document, row[0]) for row in rows]

    @property
    def _seen(self) -> Part:
        return self._audiences.documents(self._access)

    def _ready(self, columns: str, document: str) -> tuple[Any, ...]:
        seen = self._seen
        sql = f"SELECT {columns} FROM documents WHERE id = ? AND state = 'ready'{seen.sql}"
        rows = self._database.read(sql, document, *seen.values)
        if not rows:
            raise NotFound(f"There is no document '{document}'; `vedette documents list` shows the ids.")
        return rows[0]


def _info(row: Sequence[Any]) -> DocumentInfo:
    *info, readers, tlp = row
    return replace(DocumentInfo(*info), sharing=sharing_of(readers, tlp))
