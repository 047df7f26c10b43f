"""Migrations over SQLite, PostgreSQL and MariaDB: from nothing and from every earlier revision, rows kept."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select, text

from vedette.errors import MissingExtra, SettingsError, StorageError
from vedette.storage.database import Database, connect, open_database, revision, sqlite_url
from vedette.storage.migrate import revisions, upgrade
from vedette.storage.tables import REVISION, metadata


def test_what_the_revisions_make_is_what_the_tables_say(database_url: str) -> None:
    database = open_database(database_url)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        found = inspect(connection)
        for table in metadata.sorted_tables:
            made = {column["name"]: column["type"] for column in found.get_columns(table.name)}
            assert set(made) == set(table.columns.keys())
            for column in table.columns:
                length = getattr(column.type, "length", None)
                assert length is None or getattr(made[column.name], "length", None) == length
    database.close()


def test_text_is_compared_byte_by_byte(database_url: str) -> None:
    database = open_database(database_url)
    with database.writing() as connection:
        for word in ("ana", "Ana", "ána", "añá"):
            fill(connection, "people", {"id": word, "email": word})
        emails = metadata.tables["people"].c.email
        assert connection.execute(select(emails).where(emails == "ana")).scalars().all() == ["ana"]
    database.close()


@pytest.mark.parametrize("start", revisions())
def test_from_every_revision_up_with_its_rows(database_url: str, start: str) -> None:
    database = connect(database_url)
    upgrade(database, to=start)
    assert revision(database) == start
    with database.writing() as connection:
        then = MetaData()
        then.reflect(connection)
        for table in then.sorted_tables:
            if table.name not in ("alembic_version", "audit_head"):
                fill(connection, table.name, {}, then)
    database.close()
    database = open_database(database_url)
    assert revision(database) == revisions()[-1]
    with database.reading() as connection:
        for name in then.tables:
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() == 1, name
    database.close()


def test_opening_again_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        database = open_database(database_url)
        assert revision(database) == revisions()[-1]
        database.close()


def test_the_tables_are_those_of_the_newest_revision() -> None:
    assert revisions()[-1] == REVISION


def test_a_database_that_is_up_to_date_is_opened_without_alembic(database_url: str) -> None:
    open_database(database_url).close()
    program = (
        f"import sys; from vedette.storage.database import open_database; open_database({database_url!r}); "
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.slow
def test_servers_that_start_at_once_wait_for_each_other(database_url: str) -> None:
    program = f"from vedette.storage.database import open_database; open_database({database_url!r})"
    starting = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(4)]
    errors = [process.communicate()[1].decode()[-500:] for process in starting]
    assert [process.returncode for process in starting] == [0] * 4, errors


def test_what_a_newer_version_wrote_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StorageError, match="revision 9999"):
        open_database(database_url)


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fails(connection: Connection) -> None:
        fill(connection, "people", {})
        raise RuntimeError

    with pytest.raises(RuntimeError), database.writing() as connection:
        fails(connection)
    with database.reading() as connection:
        assert connection.execute(select(metadata.tables["people"])).all() == []


def test_a_snapshot_does_not_see_what_is_written_meanwhile(database: Database) -> None:
    people = metadata.tables["people"]
    with database.snapshot() as looking:
        assert looking.execute(select(people)).all() == []
        with database.writing() as connection:
            fill(connection, "people", {})
        assert looking.execute(select(people)).all() == []
    with database.reading() as connection:
        assert len(connection.execute(select(people)).all()) == 1


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x/y", "http://127.0.0.1", ""])
def test_an_address_of_no_database_is_told(url: str) -> None:
    with pytest.raises((SettingsError, MissingExtra)):
        connect(url)


@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1:1/x", "mysql://root@127.0.0.1:1/x", "sqlite:////proc/x/people.db"]
)
def test_a_database_that_is_not_there_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StorageError) as raised:
        open_database(url.replace("://", "://ana:secret-word@", 1) if "127" in url and "root" not in url else url)
    assert "secret-word" not in raised.value.message


def test_what_is_no_database_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("bad") / "people.db"
    path.write_bytes(b"no database at all, whatever it is called" * 100)
    with pytest.raises(StorageError):
        open_database(sqlite_url(path))


def fill(connection: Connection, name: str, given: dict[str, object], tables: MetaData = metadata) -> None:
    """Insert a row with something in every column; those that point to another table point to its only row."""
    table: Table = tables.tables[name]
    row = {column.name: given.get(column.name, _something(column)) for column in table.columns}
    connection.execute(insert(table).values(**row))


def _something(column: Column[object]) -> object:
    kinds = {int: 1, float: 1.5, Decimal: 1, bytes: b"x"}
    return kinds.get(column.type.python_type, "x")
