"""Databases that are stopped, and killed, in the middle of the work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.line import Line, opened_line
from fakes.workforce import employed, notes
from servers import databases, mongodb
from vedette.errors import StorageError
from vedette.records import Submission

pytestmark = pytest.mark.slow

QUESTIONS, OUTAGES, OUTAGE_S = 150, 3, 1.0


@contextmanager
def _mongodb() -> Iterator[tuple[str, databases.Server]]:
    with databases.own_folder() as folder, mongodb.serving(folder) as found:
        yield found


KINDS = {
    "postgresql": lambda: databases.postgresql_server(durable=True),
    "mariadb": lambda: databases.mariadb_server(durable=True),
    "mongodb": _mongodb,
}


@pytest.fixture(scope="module", params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def server(kind: str) -> Iterator[tuple[str, databases.Server]]:
    with KINDS[kind]() as found:
        yield found


@pytest.fixture
def fragile(
    server: tuple[str, databases.Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> Iterator[tuple[Line, databases.Server]]:
    url, program = server
    (mongodb if url.startswith("mongodb") else databases).empty(url)
    with opened_line(url, tmp_path) as line:
        record_property("server", line.server)
        yield line, program


def insist(line: Line, number: int) -> int:
    """Ask as somebody does who sends a question again, with its key, until it is taken; how often it was not."""
    refused = 0
    for count in range(number):
        while True:
            asked = Submission(f"Why {count}?", by_mail=True, key=f"key {count}")
            try:
                line.acknowledged.append(line.service.submit(line.askers[count % 4], asked).id)
                break
            except StorageError:
                refused += 1
                time.sleep(0.1)
        time.sleep(0.02)
    return refused


@pytest.mark.fault("database {way} three times in the middle", "nothing acknowledged is lost; work goes on by itself")
@pytest.mark.parametrize("way", ["stopped", "killed"])
def test_a_database_that_goes_and_comes_back(
    fragile: tuple[Line, databases.Server], way: str, seen: Callable[..., None]
) -> None:
    line, server = fragile
    back: list[float] = []
    with employed(replace(line.orders, answer_s=0.02)), ThreadPoolExecutor(1) as pool:
        asking = pool.submit(insist, line, QUESTIONS)
        for _ in range(OUTAGES):
            time.sleep(1.5)
            server.kill() if way == "killed" else server.stop()
            time.sleep(OUTAGE_S)
            server.start()
            back.append(time.monotonic())
        refused = asking.result(120)
        line.wait()
    sums = line.reckon()
    assert (sums.lost, sums.stale, sums.unsent, sums.outside) == (0, 0, 0, 0), sums
    assert len(line.questions()) == len(set(line.acknowledged)) == QUESTIONS
    finished = [note.at for note in notes(line.orders) if note.what == "finish"]
    again = max(min((at for at in finished if at > since), default=since) - since for since in back)
    seen(
        questions=QUESTIONS,
        outages=OUTAGES,
        submissions_refused_and_sent_again=refused,
        lost=sums.lost,
        stale=sums.stale,
        letters_twice_outside=sums.outside,
        inside=sums.inside,
        answering_again_after=again,
    )
