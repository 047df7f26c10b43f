"""The one SQLite file under the catalogue: its connection, its transactions, and whose library it is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from vedette.errors import Conflict, StorageError
from vedette.rag.library.upgrade import upgrade

SCHEMA = "2"
CORPUS_VERSION = "corpus_version"


class Database:
    """One file, WAL; safe to use from several threads of one process.

    `embedder` names the model of the index's vectors, `library` this library for good. Raises StorageError, Conflict
    for a library of another model.
    """

    def __init__(self, path: Path, embedder: str) -> None:
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            upgrade(self._db)
            self._db.executescript(resources.files("vedette.rag.library").joinpath("catalog.sql").read_text("utf-8"))
            self._db.execute(
                "INSERT OR IGNORE INTO meta VALUES ('schema', ?), (?, '0'), ('embedder', ?)",
                (SCHEMA, CORPUS_VERSION, embedder),
            )
            made = dict(self.read("SELECT key, value FROM meta"))
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"The catalogue {path} cannot be opened ({error}); check the data folder.") from error
        _check(made, path, embedder)
        self.library: str = made["library"]

    def close(self) -> None:
        self._db.close()

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is written inside is stored wholly or not at all. Raises StorageError.

        Inside another transaction it is a part of that one: only the outermost commits or rolls back.
        """
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
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

    def changes(self) -> int:
        """How many rows this process has written: while it stays the same, what was read still holds."""
        return self._db.total_changes

    def counter(self, name: str) -> int:
        """A number that is kept under a name, 0 until something was added to it."""
        rows = self.read("SELECT value FROM meta WHERE key = ?", name)
        return int(rows[0][0]) if rows else 0

    def add(self, name: str, amount: int) -> None:
        sql = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value"
        with self.transaction() as db:
            db.execute(sql, (name, amount))


def _check(made: dict[str, str], path: Path, embedder: str) -> None:
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
