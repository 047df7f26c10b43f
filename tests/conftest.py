"""Servers that many tests share: each starts at the first test that wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from fakes import queue
from servers import databases, mongodb
from vedette.questions.contract import QuestionStore
from vedette.storage.database import Database, open_database, sqlite_url
from vedette.storage.tables import audit_head, metadata, questions

SERVERS = ("postgresql_url", "mariadb_url", "redis_url", "_mongodb_url")
EVERY_DAY = ("test_answers.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes of its own is slow, whatever it tests: a database server, and nearly every journey."""
    for item in items:
        wanted = {*getattr(item, "fixturenames", ()), *_indirect(item)}
        journey = "journeys" in item.path.parts and item.path.name not in EVERY_DAY
        if journey or wanted & set(SERVERS):
            item.add_marker(pytest.mark.slow)


def _indirect(item: pytest.Item) -> set[str]:
    """The servers that the parameters of a test name ("postgresql" is had by `postgresql_url`)."""
    given = getattr(item, "callspec", None)
    kinds = [str(value) for value in given.params.values()] if given else []
    return {name for name in SERVERS if any(name.strip("_") == f"{kind}_url" for kind in kinds)}


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


@pytest.fixture(scope="session")
def _mongodb_url() -> Iterator[str]:
    with mongodb.mongodb() as url:
        yield url


@pytest.fixture
def mongodb_url(_mongodb_url: str) -> str:
    """The URL of a MongoDB database without collections."""
    mongodb.empty(_mongodb_url)
    return _mongodb_url


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


@pytest.fixture(params=["sqlite", "postgresql", "mariadb", "mongodb"])
def questions_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store without questions, of each kind in turn: `fakes.queue.opened` opens it."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "people.db")
    url: str = request.getfixturevalue(f"{request.param}_url")
    if request.param != "mongodb":
        with closing(open_database(url)) as opened, opened.writing() as connection:
            connection.execute(questions.delete())
    return url


@pytest.fixture
def store(questions_url: str) -> Iterator[QuestionStore]:
    """A store without questions, of each kind in turn."""
    with queue.opened(questions_url) as opened:
        yield opened
