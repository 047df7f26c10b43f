"""Brings a database to the tables that this version needs, with Alembic, revision by revision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from vedette.errors import StorageError
from vedette.storage.database import Database, revision

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_303_014


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    return [script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()][::-1]


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to a revision. Raises StorageError, also for one that a newer Vedette wrote."""
    at = revision(database)
    if at is not None and at == (revisions()[-1] if to == "head" else to):
        return
    with database.writing() as connection, _alone(connection):
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, to)
        except CommandError as error:
            raise StorageError(
                f"The database of people and conversations is at revision {at}, which this version of Vedette does "
                "not know; run the newer version that wrote it."
            ) from error


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Of several servers that start at once one migrates, the others wait; SQLite's write lock does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    elif connection.dialect.name != "sqlite":
        connection.execute(text(f"SELECT GET_LOCK('{LOCK}', 60)"))
    try:
        yield
    finally:
        if connection.dialect.name in ("mysql", "mariadb"):
            connection.execute(text(f"SELECT RELEASE_LOCK('{LOCK}')"))
