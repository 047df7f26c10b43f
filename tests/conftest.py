"""Servers that many tests share: each starts at the first test that wants it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from servers import databases
from vedette.storage.database import Database, open_database, sqlite_url
from vedette.storage.tables import audit_head, metadata


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    with databases.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    with databases.mariadb() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with databases.redis() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def _server_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> str:
    if database_kind == "sqlite":
        return sqlite_url(tmp_path / "people.db")
    url: str = request.getfixturevalue(f"{database_kind}_url")
    return url


@pytest.fixture
def database_url(_server_url: str, database_kind: str) -> Iterator[str]:
    """The URL of a database without tables, of each kind in turn."""
    if database_kind != "sqlite":
        databases.empty(_server_url)
    yield _server_url
    if database_kind != "sqlite":
        databases.empty(_server_url)


@pytest.fixture
def database(_server_url: str) -> Iterator[Database]:
    """A database with all tables and nothing in them, of each kind in turn."""
    opened = open_database(_server_url)
    with opened.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(insert(audit_head).values(id=1, number=0, hash=""))
    yield opened
    opened.close()
