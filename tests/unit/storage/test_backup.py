"""Backup, wipe, restore, compare: from each database into each other, and what is damaged is refused whole."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fakes.bureau import HERE, Bureau
from vedette.errors import BadInput, Conflict, NotFound
from vedette.storage import backup
from vedette.storage.database import Database, open_database, sqlite_url
from vedette.storage.tables import metadata

MADE = "2026-11-21T12:00:00+00:00"
FILES = {"catalog.db": b"catalogue", "originals/ab/1": b"%PDF", "index/segments/0": bytes(range(256)) * 2000}


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.snapshot() as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)
            for table in metadata.sorted_tables
        }


def files(data: Path) -> dict[str, bytes]:
    found = {path.relative_to(data).as_posix(): path.read_bytes() for path in data.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if not name.startswith("people.db")}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with something in it, and what does not belong into a backup."""
    folder = tmp_path / "data"
    for name, content in {**FILES, "secret.key": b"secret", "logs/x.json": b"log", "server.json": b"{}"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def full(database: Database) -> Bureau:
    """A database with people, sessions, keys, a log, a long text and a conversation."""
    bureau = Bureau(database)
    for number in range(3):
        person = bureau.person(f"añá{number}@example.org", "admin")
        bureau.sign_in(person.email)
        bureau.accounts.make_key(person, "💥 key")
    with database.writing() as connection:
        told = {"id": "c", "person": person.id, "collection": "default", "title": "Straße", "searched": "x" * 70_000}
        times = {"created": MADE, "changed": MADE, "summary": "", "summarised": 0}
        connection.execute(metadata.tables["conversations"].insert().values(**told, **times))
    return bureau


@pytest.fixture
def empty_database(tmp_path: Path) -> Database:
    return open_database(sqlite_url(tmp_path / "elsewhere" / "people.db"))


def test_what_was_backed_up_comes_back_elsewhere(
    full: Bureau, data: Path, tmp_path: Path, empty_database: Database
) -> None:
    file = tmp_path / "backup.tar.gz"
    made = backup.write(file, data, full.database, MADE)
    assert set(made.files) == {"people.db", *(f"data/{name}" for name in FILES)}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    assert backup.restore(file, elsewhere, empty_database, replace=False) == made
    assert files(elsewhere) == FILES
    assert rows(empty_database) == rows(full.database)
    assert Bureau(empty_database).accounts.verify_audit().broken is None
    assert Bureau(empty_database).accounts.sign_in("añá1@example.org", "correct horse battery", HERE)


def test_a_backup_is_restored_into_any_database(
    full: Bureau, data: Path, tmp_path: Path, empty_database: Database
) -> None:
    before = rows(full.database)
    first = tmp_path / "1.tar.gz"
    backup.write(first, data, full.database, MADE)
    full.person("bob@example.org")
    (data / "originals/ab/2").write_bytes(b"later")
    with pytest.raises(Conflict, match="replace"):
        backup.restore(first, data, full.database, replace=False)
    backup.restore(first, data, full.database, replace=True)
    assert rows(full.database) == before
    assert files(data) == {**FILES, "secret.key": b"secret", "logs/x.json": b"log", "server.json": b"{}"}
    assert [path.name for path in data.iterdir() if path.name.startswith("restore-")] == []


def test_a_backup_is_never_written_over_another(full: Bureau, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    file.write_text("mine")
    with pytest.raises(Conflict):
        backup.write(file, data, full.database, MADE)
    assert file.read_text() == "mine"
    with pytest.raises(NotFound):
        backup.restore(tmp_path / "none", data, full.database, replace=True)


class TestDamage:
    """A damaged archive is refused before anything is touched."""

    @pytest.fixture
    def archive(self, data: Path, tmp_path: Path) -> Path:
        database = open_database(sqlite_url(tmp_path / "source" / "people.db"))
        Bureau(database).person()
        file = tmp_path / "backup.tar.gz"
        backup.write(file, data, database, MADE)
        database.close()
        return file

    def refused(self, archive: Path, tmp_path: Path) -> str:
        target = tmp_path / "target"
        database = open_database(sqlite_url(target / "people.db"))
        (target / "catalog.db").write_bytes(b"precious")
        Bureau(database).person("precious@example.org")
        before = rows(database)
        with pytest.raises(BadInput) as raised:
            backup.restore(archive, target, database, replace=True)
        assert (rows(database), files(target)) == (before, {"catalog.db": b"precious"})
        return raised.value.message

    @pytest.mark.parametrize("keep", [0.0, 0.1, 0.5, 0.9])
    def test_cut(self, archive: Path, tmp_path: Path, keep: float) -> None:
        whole = archive.read_bytes()
        archive.write_bytes(whole[: int(len(whole) * keep)])
        self.refused(archive, tmp_path)

    @pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
    def test_a_bit_turned(self, archive: Path, tmp_path: Path, place: float) -> None:
        unpacked = bytearray(gzip.decompress(archive.read_bytes()))
        spot = unpacked.index(b"catalogue") if place == 0.2 else int(len(unpacked) * place)
        unpacked[spot] ^= 1
        archive.write_bytes(gzip.compress(bytes(unpacked)))
        self.refused(archive, tmp_path)

    @pytest.mark.parametrize("name", ["data/more", "../../outside", "/outside"])
    def test_a_file_put_in(self, archive: Path, tmp_path: Path, name: str) -> None:
        with tarfile.open(archive) as old:
            members = [(member, old.extractfile(member)) for member in old.getmembers()]
            with tarfile.open(tmp_path / "new", "w:gz") as new:
                for member, content in [*members, (tarfile.TarInfo(name), io.BytesIO(b""))]:
                    new.addfile(member, content)
        self.refused(tmp_path / "new", tmp_path)
        assert not (tmp_path.parent / "outside").exists()

    def test_not_a_backup(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("not an archive")
        assert "no complete backup" in self.refused(tmp_path / "x", tmp_path)
