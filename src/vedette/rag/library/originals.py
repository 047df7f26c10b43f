"""The bytes of every file that was read, in a folder, each under its SHA-256."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from vedette.errors import NotFound, StorageError

HALF_WRITTEN = "half-"  # begins the name of an original that is not written to its end


def keep(data: bytes, folder: Path) -> str:
    """Store the bytes of a file under their SHA-256, which is returned. Raises StorageError."""
    name = hashlib.sha256(data).hexdigest()
    path = _place(name, folder)
    if path.exists():
        return name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=HALF_WRITTEN, delete=False) as handle:
            handle.write(data)
        os.replace(handle.name, path)
    except OSError as error:
        raise StorageError(f"The original cannot be kept in {path.parent} ({error}); check free space.") from error
    return name


def read(sha256: str, folder: Path) -> bytes:
    """The bytes of an original. Raises NotFound."""
    try:
        return _place(sha256, folder).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("The original of this document is no longer in the data folder; ingest it again.") from error


def kept(sha256: str, folder: Path) -> bool:
    """Whether the bytes of an original are there."""
    return _place(sha256, folder).exists()


def drop(sha256: str, folder: Path) -> None:
    """Delete an original, if it is there."""
    _place(sha256, folder).unlink(missing_ok=True)


def drop_half_written(folder: Path) -> None:
    """Delete what a killed process did not write to its end."""
    for half in folder.glob(f"*/{HALF_WRITTEN}*"):
        half.unlink(missing_ok=True)


def _place(sha256: str, folder: Path) -> Path:
    return folder / sha256[:2] / sha256
