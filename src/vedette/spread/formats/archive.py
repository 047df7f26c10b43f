"""Zips of JSON files, unpacked in memory: what is in them comes from strangers."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from vedette.errors import BadInput, TooLarge

MOST_MEMBERS = 1000
MOST_RATIO = 200
"""A collection becomes some fifty times smaller, a bomb a thousand times."""
_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = zipfile.BadZipFile, RuntimeError, EOFError, ValueError, zlib.error


def is_zip(content: bytes) -> bool:
    """Whether a file begins as a zip does."""
    return content[:4] in _BEGINS


def unpacked(file: str, content: bytes, most: int) -> Iterator[tuple[str, bytes]]:
    """The JSON files in a zip by their names, one after another; folders in it mean nothing, since nothing is written.
    Raises BadInput, TooLarge where they have more than `most` bytes, are too many, or shrank as only bombs do."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.infolist() if _wanted(one)]
            _check(file, inside, len(content), most)
            for one in inside:
                # Never longer than the size that it names, which was counted above.
                yield f"{file}/{PurePosixPath(one.filename).name}", archive.read(one)
    except _BROKEN as error:
        raise BadInput(f"{file} cannot be unpacked: {error}; unpack it yourself and give its JSON files.") from error


def _wanted(one: zipfile.ZipInfo) -> bool:
    # A Mac puts a second file of every name beside it.
    name = PurePosixPath(one.filename).name
    return name.lower().endswith(".json") and not name.startswith("._") and not one.is_dir()


def _check(file: str, inside: list[zipfile.ZipInfo], packed: int, most: int) -> None:
    if not inside:
        raise BadInput(f"{file} has no JSON file in it; give the zip of a collection of BloodHound.")
    if any(one.compress_type not in _METHODS for one in inside):  # others take memory as the zip says, up to 4 GB
        raise BadInput(f"{file} is packed in an unusual way; unpack it and give its JSON files.")
    if len(inside) > MOST_MEMBERS:
        raise TooLarge(f"{file} has more than {MOST_MEMBERS:,} JSON files; give those of one collection.")
    size = sum(one.file_size for one in inside)
    if size > most:
        raise TooLarge(
            f"{file} unpacks to more than {most // 1_000_000:,} MB; collect by domain or OU, or raise a server's limit "
            "with VEDETTE_INGEST_MAX_EXPANSION_MB."
        )
    if size > MOST_RATIO * packed:
        raise TooLarge(f"{file} unpacks to more than {MOST_RATIO} times its size; unpack it and give its JSON files.")
