"""Kill -9 in the middle of an ingest, many times: what was acknowledged is there, the rest is redone, nothing is half.

A killed process loses nothing that the system has been handed. What a loss of power does is not tested here: SQLite
runs with synchronous = NORMAL and the engine does not wait for the disk.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes.process import clean_environment
from fakes.shelf import recount
from vedette.app import opened
from vedette.records import DocumentInfo, IngestReport, IngestRequest, Query
from vedette.services import Knowledge
from vedette.settings import load

pytestmark = pytest.mark.slow

FILES, CHANGED = 60, 20
# What `vedette ingest` does, telling each acknowledged file on a line of its own as soon as it is.
CHILD = """
import sys
from pathlib import Path
from vedette.app import opened
from vedette.records import IngestRequest
from vedette.settings import load
with opened(load({}, Path(sys.argv[1]))) as services:
    print("open", flush=True)
    for step in services.knowledge.ingest(IngestRequest((sys.argv[2],))):
        if named := getattr(step, "current", "done"):
            print(named, flush=True)
"""
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def text_of(number: int, edition: int) -> str:
    """A note of one to four parts, each about a chunk long, no two of them alike."""
    dice = random.Random(f"{number} {edition}")

    def line(n: int) -> str:
        return f"Bird {n} is called {' '.join(''.join(dice.choices(SYLLABLES, k=3)) for _ in range(4))}."

    parts = [f"## Part {part}\n\n{' '.join(map(line, range(18)))}" for part in range(1 + number % 4)]
    return "\n\n".join([f"# Note {number} of edition {edition}", *parts])


def write_files(folder: Path, edition: int) -> Path:
    """Edition 2 changes the first files, removes the last one and adds one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(FILES):
        if edition == 1 or number < CHANGED:
            (folder / f"{number:02}.md").write_text(text_of(number, edition))
    if edition == 2:
        (folder / f"{FILES - 1:02}.md").unlink()
        (folder / f"{FILES:02}.md").write_text(text_of(FILES, edition))
    return folder


def content(data: Path) -> dict[str, Any]:
    """Everything in the catalogue that an answer could depend on."""
    counts = recount(data / "catalog.db")
    assert counts["stored"] == counts["recounted"]
    connection = sqlite3.connect(data / "catalog.db")
    documents = connection.execute("SELECT id, version, source, chunks FROM documents WHERE state = 'ready'").fetchall()
    files = connection.execute("SELECT source, root, fingerprint, sha256 FROM files").fetchall()
    subjects = connection.execute("SELECT * FROM subjects").fetchall()
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    left = connection.execute("SELECT count(*) FROM documents WHERE state != 'ready'").fetchone()[0]
    calibrated = bool(connection.execute("SELECT 1 FROM collections WHERE calibration IS NOT NULL").fetchall())
    chunks = sum(document[3] for document in documents)
    connection.close()
    originals = {path.name for path in (data / "originals").glob("*/*")}
    return {
        "documents": set(documents),
        "files": set(files),
        "subjects": set(subjects),
        "terms": counts["stored"],
        "originals": originals,
        "left over": left,
        "calibrated": calibrated and int(meta["changed in default"]) < 0.1 * chunks,
    }


def whole(knowledge: Knowledge, info: DocumentInfo, text: str) -> bool:
    """Whether a document is there to its last word, and each of its chunks is found."""
    stored = knowledge.document(info.id).document.text
    found = knowledge.retrieve(Query("bird of the marsh", k=50, filters={"document": info.id})).passages
    lines = [line for line in text.splitlines() if line.startswith("Bird")]
    return {passage.chunk.ordinal for passage in found} == set(range(info.chunks)) and all(
        line in stored for line in lines
    )


@dataclass
class Run:
    """A child that ingests, and what it has said so far."""

    process: subprocess.Popen[str]
    said: list[str]

    def read_until(self, enough: Callable[[list[str]], bool]) -> None:
        assert self.process.stdout is not None
        while not enough(self.said) and (line := self.process.stdout.readline()):
            self.said.append(line.strip())

    def kill(self) -> list[str]:
        """Kill it as the system does when memory runs out; the files it had acknowledged."""
        self.process.send_signal(signal.SIGKILL)
        rest, _ = self.process.communicate()
        self.said += rest.split()
        return [line for line in self.said if line.endswith(".md")]


def start(data: Path, docs: Path) -> Run:
    line = [sys.executable, "-c", CHILD, str(data), str(docs)]
    return Run(subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=clean_environment()), [])


def ingested(data: Path, docs: Path) -> IngestReport:
    with opened(load({}, data)) as services:
        *_, report = services.knowledge.ingest(IngestRequest((str(docs),)))
    assert isinstance(report, IngestReport)
    return report


def pending(data: Path) -> bool:
    """Whether a document stands half-way at this moment: staged or retired, and not yet published or cleared away."""
    connection = sqlite3.connect(f"file:{data / 'catalog.db'}?mode=ro", uri=True, timeout=1)
    try:
        return bool(connection.execute("SELECT 1 FROM documents WHERE state != 'ready' LIMIT 1").fetchall())
    finally:
        connection.close()


def kill_half_way(run: Run, data: Path, seconds: float = 20.0) -> list[str]:
    """Kill at a moment when a document is half-way in; where none is seen, at the end."""
    limit = time.monotonic() + seconds
    while run.process.poll() is None and time.monotonic() < limit:
        if (data / "catalog.db").exists() and pending(data):
            break
    return run.kill()


def kill_after_lines(run: Run, lines: int, wait: float) -> list[str]:
    run.read_until(lambda said: len(said) >= lines)
    time.sleep(wait)
    return run.kill()


def check(data: Path, docs: Path, acknowledged: list[str], edition: int) -> None:
    """After a kill: sound, all that was acknowledged is there whole, and no document is half."""
    with opened(load({}, data)) as services:
        knowledge = services.knowledge
        report = knowledge.verify()
        assert report.sound, report
        infos = {info.source: info for info in knowledge.documents()}
        assert set(acknowledged) <= set(infos)
        for source in acknowledged:
            number = int(source[:2])
            changed = edition == 2 and (number < CHANGED or number == FILES)
            assert whole(knowledge, infos[source], text_of(number, 2 if changed else 1)), source
        assert report.chunks == sum(info.chunks for info in infos.values())
    assert content(data)["left over"] == 0


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, dict[str, Any]]]:
    """The folder, and what the catalogue holds after each edition of it was ingested without interruption."""
    base = tmp_path_factory.mktemp("birds")
    expected = {}
    for edition in (1, 2):
        docs = write_files(base / "docs", edition)
        assert ingested(base / "data", docs).failed == ()
        expected[edition] = content(base / "data")
    return base / "docs", expected


def test_killed_at_any_moment(editions: tuple[Path, dict[int, dict[str, Any]]], tmp_path: Path) -> None:
    docs, expected = editions
    moments = random.Random(1998)
    kills = 0
    data = tmp_path / "data"
    for edition in (1, 2):
        for name in docs.iterdir():
            name.unlink()
        write_files(docs, 1)
        if edition == 2:
            write_files(docs, 2)
        known: set[str] = set()
        for step in range(7):
            run = start(data, docs)
            if step % 2:
                acknowledged = kill_half_way(run, data)
            else:
                acknowledged = kill_after_lines(run, [0, 1, 3, 8][step // 2], moments.uniform(0, 0.6))
            kills += run.process.returncode == -signal.SIGKILL
            known |= set(acknowledged)
            check(data, docs, sorted(known), edition)
        report = ingested(data, docs)
        assert (report.failed, expected[edition]["calibrated"]) == ((), True)
        assert len(known) <= report.documents + report.skipped == len(expected[edition]["documents"])
        assert content(data) == expected[edition]
        again = ingested(data, docs)
        assert (again.documents, again.skipped, again.corpus_version) == (
            0, report.documents + report.skipped, report.corpus_version,
        )  # fmt: skip
    assert kills >= 12
