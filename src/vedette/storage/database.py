"""A database and its transactions: SQLite in the data folder, or PostgreSQL, MariaDB or MySQL by URL.

SQLAlchemy Core without the ORM: tables stand in `vedette.storage.tables`, statements where they are needed.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from vedette.errors import MissingExtra, SettingsError, StorageError
from vedette.storage.tables import REVISION, metadata

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
EXTRAS = {"psycopg": "postgresql", "pymysql": "mysql"}
BUSY_MS = 30_000
SCRUB_MS = 1_000
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"busy_timeout = {BUSY_MS}",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
)


class Database:
    """Transactions over one engine; safe to use from several threads. `open_database` makes one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def kind(self) -> str:
        """`sqlite`, `postgresql`, `mysql` or `mariadb`."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises StorageError."""
        with _translated(self), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees nothing that others write meanwhile. Raises StorageError."""
        # SQLite's read transactions are snapshots as they are.
        level: dict[str, Any] = {} if self.kind == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with _translated(self), self.engine.execution_options(**level).connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: stored for good when the block ends, undone when it raises.

        Raises StorageError; `sqlalchemy.exc.IntegrityError` passes, for whoever can say what was there already."""
        options = {"vedette_begins": "BEGIN IMMEDIATE"}
        with _translated(self), self.engine.execution_options(**options).connect() as connection, connection.begin():
            yield connection

    def scrub(self) -> None:
        """Empty SQLite's log, which holds what was deleted until somebody writes over it; the file itself does not
        (`secure_delete`). Servers keep such things by rules of their own. Raises StorageError."""
        if self.kind == "sqlite":
            # Not within a transaction. Writers wait meanwhile, so a long reader is left be; the next one empties it.
            with _translated(self), self.engine.execution_options(vedette_begins="").connect() as connection:
                for pragma in (f"busy_timeout = {SCRUB_MS}", "wal_checkpoint(TRUNCATE)", f"busy_timeout = {BUSY_MS}"):
                    connection.exec_driver_sql(f"PRAGMA {pragma}").all()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def connect(url: str) -> Database:
    """The database at a URL, as it is. Raises SettingsError, MissingExtra, StorageError."""
    try:
        address = make_url(url)
        address = address.set(drivername=DRIVERS.get(address.drivername, address.drivername))
        engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _server(address)
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingsError(
            "database.url is no address of a database; give one such as postgresql://user:password@host/name, "
            "mysql://user:password@host/name or sqlite:////path/people.db."
        ) from error
    except ModuleNotFoundError as error:
        raise MissingExtra.of(str(error.name), EXTRAS.get(str(error.name), str(error.name))) from error
    return Database(engine)


def open_database(url: str) -> Database:
    """The database at a URL, with its tables brought to what this version needs. Raises as `connect`."""
    database = connect(url)
    try:
        if revision(database) != REVISION:
            # Here and not above: Alembic takes time and 10 MB, and once the tables are there nobody needs it.
            from vedette.storage.migrate import upgrade

            upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


def database_in_memory() -> Database:
    """An empty one with all tables, gone when it is closed; for one thread at a time."""
    # One connection: another would have a database of its own.
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    metadata.create_all(engine)
    return Database(engine)


def revision(database: Database) -> str | None:
    """The revision of the tables that a database has; None for an empty one. Raises StorageError."""
    with database.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def _server(address: URL) -> Engine:
    # READ COMMITTED everywhere: MariaDB's own default would keep showing a transaction the rows of its first read.
    return create_engine(
        address,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,
    )


def _sqlite(address: URL) -> Engine:
    path = Path(address.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _require_file(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}; check the folder's rights.") from error
    engine = create_engine(address, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # transactions begin below, not where the driver thinks
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        # A deferred transaction that turns to writing can fail at once when another has written meanwhile.
        begins = connection.get_execution_options().get("vedette_begins", "BEGIN")
        if begins:
            connection.exec_driver_sql(begins)

    return engine


def _require_file(path: Path) -> None:
    """A file that may be written, made for its owner alone where there is none. Raises OSError."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        # Not opened to find out: to close any handle ends all locks that this process has on the file. The next visitor
        # takes it for left, and its log away with all that is written from then on (sqlite.org/howtocorrupt.html, 2.2).
        if path.is_dir() or not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


@contextmanager
def _translated(database: Database) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StorageError(
            f"The {database.kind} database of people and conversations failed ({cause}); check that it runs and that "
            "its disk has room."
        ) from error
