"""The database alone: transactions, and what makes it refuse to open."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vedette.errors import Conflict, StorageError
from vedette.rag.library.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "catalog.db", "model")


def add_twice(database: Database, then: BaseException | None) -> None:
    """Add to "birds" in a transaction, and once more in one inside it."""
    with database.transaction():
        database.add("birds", 1)
        with database.transaction():
            database.add("birds", 1)
        assert database.counter("birds") == 2
        if then is not None:
            raise then


def test_a_transaction_inside_another_stands_and_falls_with_it(database: Database) -> None:
    for cut_off in (KeyboardInterrupt(), ValueError()):
        with pytest.raises(type(cut_off)):
            add_twice(database, cut_off)
        assert database.counter("birds") == 0
    add_twice(database, None)
    assert database.counter("birds") == 2


def test_what_cannot_be_written_is_told_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        add_twice(database, sqlite3.OperationalError("database or disk is full"))
    assert database.counter("birds") == 0


def test_another_model_another_format_and_what_is_no_catalogue_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    Database(path, "model").close()
    with pytest.raises(Conflict, match="embedded with model, not with other"):
        Database(path, "other")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    with pytest.raises(StorageError, match="format 999"):
        Database(path, "model")
    (tmp_path / "other.db").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StorageError, match="cannot be opened"):
        Database(tmp_path / "other.db", "model")
