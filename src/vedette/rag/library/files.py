"""Files, URLs and objects that were read into a library, and what could not be read of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.errors import NotFound
from vedette.rag.library.audiences import OPEN, Audiences
from vedette.rag.library.collections import Collections
from vedette.rag.library.database import Database
from vedette.records import OWNER, Access, Failure, Quarantined, Sharing


@dataclass(frozen=True, slots=True)
class File:
    """A file, URL or object that was read. `root` is the target it was found under."""

    source: str
    root: str
    fingerprint: str
    sha256: str
    media_type: str


class Files:
    """The files in a database, each in one of its collections. Failures are told as far as `access` allows."""

    def __init__(
        self, database: Database, collections: Collections, audiences: Audiences, access: Access = OWNER
    ) -> None:
        self._database = database
        self._collections = collections
        self._audiences = audiences
        self._access = access

    def seen_by(self, access: Access) -> Files:
        """The same files for somebody else."""
        return Files(self._database, self._collections, self._audiences, access)

    def claim(self, collection: str, roots: Mapping[str, str]) -> None:
        """Take the names of files about to be read (name -> root), those known already left as they are."""
        with self._database.transaction() as db:
            db.executemany(
                "INSERT OR IGNORE INTO files VALUES (?, ?, ?, '', '', '')",
                [(collection, source, root) for source, root in roots.items()],
            )

    def finish(
        self, collection: str, file: File, failures: Sequence[Failure], now: str, sharing: Sharing = OPEN
    ) -> None:
        """A file was read to its end: the next run skips it while its fingerprint is the same. `sharing` is who may
        know of the failures."""
        with self._database.transaction() as db:
            self._collections.add(collection)
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
                (collection, file.source, file.root, file.fingerprint, file.sha256, file.media_type),
            )
            self._fail(db, (collection, file.source), failures, now, sharing)

    def quarantine(
        self, collection: str, source: str, failures: Sequence[Failure], now: str, sharing: Sharing = OPEN
    ) -> None:
        """Nothing of a file could be read: the next run tries again, and what it gave before still answers."""
        with self._database.transaction() as db:
            self._fail(db, (collection, source), failures, now, sharing)

    def remove(self, collection: str, source: str) -> None:
        """Forget a file and its failures; its documents are retired with it by `Catalog.remove_file`."""
        with self._database.transaction() as db:
            for table in ("files", "failures"):
                db.execute(f"DELETE FROM {table} WHERE collection = ? AND source = ?", (collection, source))

    def dismiss(self, collection: str, source: str) -> None:
        """Forget what could not be read of a file, and the file where nothing of it could. Raises NotFound."""
        with self._database.transaction() as db:
            if source not in (failure.path for failure in self.failures(collection)):
                raise NotFound(
                    f"Nothing of '{source}' failed in '{collection}'; `vedette documents list --failed` shows what did."
                )
            db.execute("DELETE FROM failures WHERE collection = ? AND source = ?", (collection, source))
            db.execute(
                "DELETE FROM files WHERE collection = ?1 AND source = ?2 AND fingerprint = '' "
                "AND NOT EXISTS (SELECT 1 FROM documents WHERE collection = ?1 AND file = ?2 AND state = 'ready')",
                (collection, source),
            )

    def find(self, collection: str, source: str) -> File | None:
        rows = self._database.read(
            "SELECT source, root, fingerprint, sha256, media_type FROM files WHERE collection = ? AND source = ?",
            collection, source,
        )  # fmt: skip
        return File(*rows[0]) if rows else None

    def originals(self) -> list[tuple[str, str]]:
        """(source, sha256) of every file of any collection whose bytes were kept."""
        return self._database.read("SELECT source, sha256 FROM files WHERE sha256 != '' ORDER BY collection, source")

    def refers(self, sha256: str) -> bool:
        """Whether any file of any collection has these bytes."""
        return bool(self._database.read("SELECT 1 FROM files WHERE sha256 = ? LIMIT 1", sha256))

    def roots(self, collection: str) -> dict[str, str]:
        """The target that each file of the collection was found under."""
        return dict(self._database.read("SELECT source, root FROM files WHERE collection = ?", collection))

    def failures(self, collection: str | None) -> tuple[Quarantined, ...]:
        seen = self._audiences.documents(self._access)
        rows = self._database.read(
            "SELECT collection, source, reason, page FROM failures "
            f"WHERE (? IS NULL OR collection = ?){seen.sql} ORDER BY source, collection, page",
            collection, collection, *seen.values,
        )  # fmt: skip
        hidden = self._partly_hidden(collection)
        return tuple(Quarantined(*row) for row in rows if row[:2] not in hidden)

    def hidden(self, collection: str) -> frozenset[str]:
        """The names of files that the access may not read, or not all of."""
        seen = self._audiences.documents(self._access)
        if not seen.sql:
            return frozenset()
        failed = self._database.read(
            "SELECT source FROM failures WHERE collection = ? AND source NOT IN "
            f"(SELECT source FROM failures WHERE collection = ?{seen.sql})",
            collection, collection, *seen.values,
        )  # fmt: skip
        return frozenset((*(row[0] for row in failed), *(file for _, file in self._partly_hidden(collection))))

    def _partly_hidden(self, collection: str | None) -> frozenset[tuple[str, str]]:
        """(collection, file) of the files that have a document which the access may not read."""
        seen = self._audiences.documents(self._access)
        if not seen.sql:
            return frozenset()
        return frozenset(
            self._database.read(
                "SELECT DISTINCT collection, file FROM documents "
                "WHERE state = 'ready' AND (? IS NULL OR collection = ?) "
                f"AND id NOT IN (SELECT id FROM documents WHERE state = 'ready'{seen.sql})",
                collection, collection, *seen.values,
            )
        )  # fmt: skip

    def _fail(
        self, db: sqlite3.Connection, file: tuple[str, str], failures: Sequence[Failure], now: str, sharing: Sharing
    ) -> None:
        """What could not be read of a file (collection, source); replaces what was known before."""
        audience = self._audiences.number(sharing)
        db.execute("DELETE FROM failures WHERE collection = ? AND source = ?", file)
        db.executemany(
            "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)",
            [(*file, failure.page, failure.reason, now, audience) for failure in failures],
        )
