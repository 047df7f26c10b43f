"""Originals: the bytes of what was read, under their hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import NotFound, StorageError
from vedette.rag.library import originals


def test_what_is_kept_is_read_back_until_it_is_dropped(tmp_path: Path) -> None:
    name = originals.keep(b"data", tmp_path)
    assert originals.keep(b"data", tmp_path) == name
    assert originals.read(name, tmp_path) == b"data"
    (tmp_path / name[:2] / f"{originals.HALF_WRITTEN}x").write_bytes(b"half")
    originals.drop_half_written(tmp_path)
    assert [path.name for path in tmp_path.glob("*/*")] == [name]
    originals.drop(name, tmp_path)
    originals.drop(name, tmp_path)
    with pytest.raises(NotFound, match="no longer in the data folder"):
        originals.read(name, tmp_path)


def test_an_original_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder belongs")
    with pytest.raises(StorageError, match="check free space"):
        originals.keep(b"data", tmp_path / "file")
