"""One at a time: of all processes over a database, one does a thing. Whoever dies, however it dies, holds nothing."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from vedette.errors import StorageError
from vedette.storage.database import Database


@contextmanager
def alone(database: Database, what: str) -> Iterator[bool]:
    """Whether nobody else does `what` as long as the block runs; False at once where somebody does.

    Beside SQLite's file another is locked, which the kernel undoes when a process ends; a server locks for a
    connection, and undoes it when that ends. There is no lease, and no clock is asked. Raises StorageError."""
    if database.kind == "sqlite":
        with _file(Path(f"{database.engine.url.database}.{what}.lock")) as first:
            yield first
        return
    with database.reading() as connection:
        if database.kind == "postgresql":
            taken = text(f"SELECT pg_try_advisory_xact_lock({zlib.crc32(what.encode())})")
            yield bool(connection.scalar(taken))
            return
        # Its names hold for all databases of a server.
        name = f"CONCAT(DATABASE(), '.{what}')"
        first = connection.scalar(text(f"SELECT GET_LOCK({name}, 0)")) == 1
        try:
            yield first
        finally:
            if first:
                connection.execute(text(f"SELECT RELEASE_LOCK({name})"))


@contextmanager
def _file(path: Path) -> Iterator[bool]:
    import fcntl

    try:
        handle = path.open("a")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}; check the folder's rights.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            first = True
        except BlockingIOError:
            first = False
        yield first
