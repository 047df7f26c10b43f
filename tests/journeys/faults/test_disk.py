"""A disk that runs full while questions come and are answered."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.line import Line, opened_line
from fakes.workforce import employed
from vedette.errors import StorageError
from vedette.storage.database import sqlite_url

pytestmark = pytest.mark.slow


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB in memory; mounting one needs root."""
    place = tmp_path / "small"
    place.mkdir()
    try:
        mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True)
    except OSError as error:
        pytest.skip(f"NOT TESTED: questions on a full disk ({error})")
    if mounting.returncode:
        pytest.skip(f"NOT TESTED: questions on a full disk ({mounting.stderr.decode().strip()})")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take all the room that is left."""
    with (place / "fill").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(place).free)
    return place / "fill"


def asked_until_refused(line: Line) -> tuple[int, str]:
    """How many more were taken, and the sentence of the refusal."""
    before = len(line.acknowledged)
    try:
        for _ in range(10_000):
            line.submit(1)
    except StorageError as error:
        return len(line.acknowledged) - before, error.message
    raise AssertionError("there is room without end")


@pytest.mark.fault(
    "disk full while questions come and are answered",
    "submitting is refused with what to do; nothing acknowledged is lost; it goes on once there is room",
    store="SQLite",
)
def test_a_full_disk(
    small: Path, tmp_path: Path, seen: Callable[..., None], record_property: Callable[[str, object], None]
) -> None:
    with opened_line(sqlite_url(small / "people.db"), tmp_path) as line:
        record_property("server", line.server)
        line.submit(20)
        with employed(replace(line.orders, answer_s=0.1)):
            line.wait(lambda: line.store.counts().answered >= 3)
            filled = fill(small)
            _, sentence = asked_until_refused(line)
            assert "check that it runs and that its disk has room" in sentence
            waiting = len(line.acknowledged) - line.store.counts().answered
            log = Path(line.orders.notes).with_suffix(".log")
            line.wait(lambda: log.exists() and "cannot be" in log.read_text(encoding="utf-8"))
            filled.unlink()
            line.submit(5)
            took = line.wait()
        sums = line.reckon()
        assert waiting, "it was full too late"
        assert (sums.lost, sums.stale, sums.unsent, sums.outside, sums.inside) == (0, 0, 0, 0, 0), sums
        assert set(line.acknowledged) == set(line.questions())
        seen(
            questions=len(line.acknowledged),
            waiting_when_it_was_full=waiting,
            lost=sums.lost,
            stale=sums.stale,
            letters_twice=sums.outside + sums.inside,
            all_done_after=took,
        )
