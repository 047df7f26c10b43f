"""Zips from strangers: what is in them is read, and nothing that is wrong with them is more than a sentence."""

from __future__ import annotations

import random
import zipfile

import pytest

from fakes.networks import COLLECTION, zipped
from vedette.errors import BadInput, TooLarge
from vedette.spread import formats
from vedette.spread.formats import archive

COMPUTERS = COLLECTION["computers.json"]


@pytest.mark.parametrize(
    "name", ["computers.json", "../../etc/computers.json", "/computers.json", "C:\\x\\Computers.JSON"]
)
def test_folders_and_what_is_no_json_mean_nothing(name: str) -> None:
    other = {"__MACOSX/._computers.json": b"\0\xff", "notes.txt": b"x", "a.json/": b""}
    assert formats.read({"c.zip": zipped({name: COMPUTERS, **other})}).assets[0].id == "pc.corp"


def test_the_file_in_the_zip_that_is_wrong_is_named() -> None:
    with pytest.raises(BadInput, match=r"^c\.zip/users\.json is not JSON"):
        formats.read({"c.zip": zipped({**COLLECTION, "../users.json": b"{"})})


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method: int) -> None:
    with pytest.raises(BadInput, match="packed in an unusual way"):
        formats.read({"c.zip": zipped(COLLECTION, method)})


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_zip_is_a_sentence(method: int) -> None:
    whole, chance = zipped({"computers.json": COMPUTERS * 3}, method), random.Random(7)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            broken[chance.randrange(4, len(whole))] = chance.randrange(256)
        with pytest.raises(BadInput):  # as it is, it is no JSON
            formats.read({"c.zip": bytes(broken[: chance.choice((len(whole), chance.randrange(4, len(whole))))])})


def test_a_zip_of_anything_else_is_refused() -> None:
    for packed in (zipped({}), zipped({"xl/workbook.xml": b"<x/>"})):
        with pytest.raises(BadInput, match="no JSON file in it"):
            formats.read({"c.zip": packed})


def test_a_locked_zip_is_refused() -> None:
    locked = bytearray(zipped(COLLECTION))
    for place in (6, locked.index(b"PK\x01\x02") + 8):
        locked[place] |= 1
    with pytest.raises(BadInput, match=r"cannot be unpacked.*encrypted"):
        formats.read({"c.zip": bytes(locked)})


def test_bombs_are_refused_before_they_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="200 times"):
        formats.read({"c.zip": zipped({"computers.json": b" " * 1_000_000})})
    packed = zipped({"computers.json": COMPUTERS, "users.json": b'{"data": [], "meta": {"type": "users"}}'})
    room = len(COMPUTERS) + 39
    assert formats.read({"c.zip": packed}, unpacked=room).assets
    for files, most in (({"c.zip": packed}, room - 1), ({"c.zip": packed, "d.zip": packed}, 2 * room - 1)):
        with pytest.raises(TooLarge, match="unpacks to more than"):
            formats.read(files, unpacked=most)
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    with pytest.raises(TooLarge, match="more than 1 JSON files"):
        formats.read({"c.zip": packed})


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    packed = bytearray(zipped({"computers.json": b" " * 10_000}))
    where = packed.index(b"PK\x01\x02") + 24
    packed[where : where + 4] = (100).to_bytes(4, "little")
    with pytest.raises(BadInput):
        list(archive.unpacked("c.zip", bytes(packed), 1000))
