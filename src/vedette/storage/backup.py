"""Backup and restore: the data folder and the database of people and conversations, in one compressed archive.

The database goes in as a SQLite file whatever it is, so a backup of one kind is restored into another. The manifest
comes last and holds the digest of every file: an archive that was cut or changed is refused before anything is touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select

from vedette.errors import BadInput, Conflict, NotFound, StorageError
from vedette.storage.database import Database, open_database, sqlite_url
from vedette.storage.tables import metadata

MANIFEST, PEOPLE, FOLDER = "manifest.json", "people.db", "data/"
FORMAT = 1
BATCH = 500
# What is made anew, belongs to one machine, or holds secrets that a backup must not carry.
LEFT_OUT = ("owner.lock", "server.json", "secret.key", "vedette.toml", "logs")
PASSING = ("people.db", "evaluate-", "restore-")


@dataclass(frozen=True, slots=True)
class Backup:
    """What an archive holds: `files` by SHA-256, `rows` of the database, when it was made (ISO 8601 UTC)."""

    made: str
    files: dict[str, str]
    rows: int
    format: int = FORMAT


def write(file: Path, data: Path, database: Database, made: str) -> Backup:
    """Back up a data folder that nobody works on. Raises StorageError, Conflict when the file exists."""
    if file.exists():
        raise Conflict(f"{file} exists already; give the backup another name, or remove it.")
    draft = file.with_name(file.name + ".tmp")
    digests: dict[str, str] = {}
    try:
        with TemporaryDirectory(prefix="restore-", dir=data) as folder, _private(draft) as archive:
            copied = Path(folder) / PEOPLE
            with _opened(copied) as target:
                rows = copy(database, target)
            for path, name in [(copied, PEOPLE), *_parts(data)]:
                digests[name] = _digest(path)
                archive.add(path, name, recursive=False)
            backup = Backup(made, digests, rows)
            told = json.dumps(asdict(backup), sort_keys=True).encode()
            member = tarfile.TarInfo(MANIFEST)
            member.size = len(told)
            archive.addfile(member, BytesIO(told))
        draft.replace(file)
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror}; check free space and rights.") from error
    finally:
        draft.unlink(missing_ok=True)
    return backup


def restore(file: Path, data: Path, database: Database, replace: bool) -> Backup:
    """Put a backup where it came from, or anywhere else; with `replace` over what is there, which is gone then.

    Raises NotFound, BadInput for an archive that is damaged, Conflict when there is something without `replace`."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}; give a backup that `vedette backup` wrote.")
    if not replace and (_parts(data) or _filled(database)):
        raise Conflict(f"{data} or its database holds something; restore into an empty one, or add --replace.")
    try:
        with TemporaryDirectory(prefix="restore-", dir=data) as folder:
            backup = _unpack(file, Path(folder))
            with _opened(Path(folder) / PEOPLE) as source:
                copy(source, database)
            (Path(folder) / FOLDER).mkdir(exist_ok=True)
            _exchange(Path(folder), data)
    except OSError as error:
        raise StorageError(f"{file} cannot be restored: {error.strerror or error}; check free space.") from error
    return backup


def copy(source: Database, target: Database) -> int:
    """Make the rows of one database those of another, in one transaction; returns how many there are."""
    count = 0
    with source.snapshot() as reading, target.writing() as writing:
        for table in reversed(metadata.sorted_tables):
            writing.execute(table.delete())
        for table in metadata.sorted_tables:
            for page in reading.execution_options(yield_per=BATCH).execute(select(table)).mappings().partitions():
                writing.execute(insert(table), [dict(row) for row in page])
                count += len(page)
    return count


def _filled(database: Database) -> bool:
    with database.reading() as connection:
        tables = [table for table in metadata.sorted_tables if table.name != "audit_head"]
        return any(connection.execute(select(table).limit(1)).first() is not None for table in tables)


def _parts(data: Path) -> list[tuple[Path, str]]:
    """(file, its name in the archive) of everything in the data folder that belongs into a backup."""
    found = []
    for top in sorted(data.iterdir()):
        if top.name in LEFT_OUT or top.name.startswith(PASSING):
            continue
        inside = sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]
        found += [(path, FOLDER + path.relative_to(data).as_posix()) for path in inside]
    return found


def _unpack(file: Path, folder: Path) -> Backup:
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        backup = Backup(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError) as error:
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, FileNotFoundError):
            raise
        raise BadInput(f"{file} is no complete backup of Vedette ({error}); take another one.") from error
    if backup.format != FORMAT:
        raise BadInput(f"{file} is a backup of format {backup.format}; restore it with the Vedette that wrote it.")
    inside = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    damaged = inside ^ set(backup.files) or {
        name for name, digest in backup.files.items() if _digest(folder / name) != digest
    }
    if damaged:
        raise BadInput(f"{file} is damaged: {min(damaged)} is not as it was written; take another backup.")
    return backup


def _exchange(folder: Path, data: Path) -> None:
    """Move what was unpacked into the data folder, and what was there before into `folder`, which goes away."""
    before = folder / "before"
    before.mkdir()
    for path in [*data.iterdir()]:
        if path.name not in LEFT_OUT and not path.name.startswith(PASSING):
            path.rename(before / path.name)
    for path in (folder / FOLDER).iterdir():
        path.rename(data / path.name)


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    database = open_database(sqlite_url(path))
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _private(draft: Path) -> Iterator[tarfile.TarFile]:
    """A new archive that only its owner may read; written through to the disk."""
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as archive:
            yield archive
        raw.flush()
        os.fsync(raw.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
