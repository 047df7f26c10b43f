"""Files, URLs and objects that were read into a library, and what could not be read of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.rag.library.collections import Collections
from vedette.rag.library.database import Database
from vedette.records import Failure


@dataclass(frozen=True, slots=True)
class File:
    """A file, URL or object that was read. `root` is the target it was found under."""

    source: str
    root: str
    fingerprint: str
    sha256: str
    media_type: str


class Files:
    """The files in a database, each in one of its collections."""

    def __init__(self, database: Database, collections: Collections) -> None:
        self._database = database
        self._collections = collections

    def claim(self, collection: str, roots: Mapping[str, str]) -> None:
        """Take the names of files about to be read (name -> root), those known already left as they are."""
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO files VALUES (?, ?, ?, '', '', '')",
                [(collection, source, root) for source, root in roots.items()],
            )

    def finish(self, collection: str, file: File, failures: Sequence[Failure], now: str) -> None:
        """A file was read to its end: the next run skips it while its fingerprint is the same."""
        with self._database.transaction() as db:
            self._collections.add(collection)
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                (collection, file.source, file.root, file.fingerprint, file.sha256, file.media_type),
            )
            _fail(db, collection, file.source, failures, now)

    def quarantine(self, collection: str, source: str, failures: Sequence[Failure], now: str) -> None:
        """Nothing of a file could be read: the next run tries again, and what it gave before still answers."""
        with self._database.transaction() as db:
            _fail(db, collection, source, failures, now)

    def remove(self, collection: str, source: str) -> None:
        """Forget a file and its failures; its documents are retired with it by `Catalog.remove_file`."""
        with self._database.transaction() as db:
            for table in ("files", "failures"):
                db.execute(f"DELETE FROM {table} WHERE collection = ? AND source = ?", (collection, source))

    def find(self, collection: str, source: str) -> File | None:
        rows = self._database.read(
            "SELECT source, root, fingerprint, sha256, media_type FROM files WHERE collection = ? AND source = ?",
            collection, source,
        )  # fmt: skip
        return File(*rows[0]) if rows else None

    def refers(self, sha256: str) -> bool:
        """Whether any file of any collection has these bytes."""
        return bool(self._database.read("SELECT 1 FROM files WHERE sha256 = ? LIMIT 1", sha256))

    def roots(self, collection: str) -> dict[str, str]:
        """The target that each file of the collection was found under."""
        return dict(self._database.read("SELECT source, root FROM files WHERE collection = ?", collection))

    def failures(self, collection: str | None) -> tuple[Failure, ...]:
        rows = self._database.read(
            "SELECT source, reason, page FROM failures WHERE ? IS NULL OR collection = ? ORDER BY source, page",
            collection, collection,
        )  # fmt: skip
        return tuple(Failure(*row) for row in rows)


def _fail(db: sqlite3.Connection, collection: str, source: str, failures: Sequence[Failure], now: str) -> None:
    """What could not be read of a file; replaces what was known before."""
    db.execute("DELETE FROM failures WHERE collection = ? AND source = ?", (collection, source))
    db.executemany(
        "INSERT INTO failures VALUES (?, ?, ?, ?, ?)",
        [(collection, source, failure.page, failure.reason, now) for failure in failures],
    )
