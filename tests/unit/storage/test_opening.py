"""Opening a SQLite file: what it needs, and that it takes nothing from whoever has it open already."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from vedette.errors import StorageError
from vedette.storage.database import connect, sqlite_url

VISIT = """
import sqlite3, sys
visit = sqlite3.connect(sys.argv[1])
visit.execute("SELECT count(*) FROM notes").fetchall()
visit.close()
"""


def test_opened_twice_in_a_process_it_outlives_visitors(tmp_path: Path) -> None:
    """The locks of a process on a file end as soon as it closes any handle of that file (POSIX). A visitor that then
    thinks it is the last one takes the log away, and what is written from then on is nobody's."""
    path = tmp_path / "people.db"
    with closing(connect(sqlite_url(path))) as first:
        with first.writing() as connection:
            connection.execute(text("CREATE TABLE notes (text TEXT)"))
        with closing(connect(sqlite_url(path))) as second:
            subprocess.run([sys.executable, "-c", VISIT, str(path)], check=True)
            with first.writing() as connection:
                connection.execute(text("INSERT INTO notes VALUES ('mine')"))
            with second.reading() as connection:
                assert connection.execute(text("SELECT text FROM notes")).scalar() == "mine"


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "people.db"
    connect(sqlite_url(path)).close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["people.db", "people.db/inside.db"])
def test_what_cannot_be_a_database(tmp_path: Path, place: str) -> None:
    (tmp_path / "people.db").mkdir() if place == "people.db" else (tmp_path / "people.db").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        connect(sqlite_url(tmp_path / place))
