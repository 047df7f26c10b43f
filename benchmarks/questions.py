"""The line of questions: how many are stored for good in a second, and how long one waits to be claimed when 100,000
stand in it. The peer is procrastinate, over the same PostgreSQL; it knows no quotas, numbers, places and fairness."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, make_url, select, text, update

from benchmarks.bench import ROOT, Absent, Bench, environment, percentile, timed
from benchmarks.question_clients import TEXT, opened, stamp
from benchmarks.results import Row
from vedette.questions import rows as fields
from vedette.questions.contract import NewQuestion
from vedette.records import Submission
from vedette.storage.database import open_database, sqlite_url
from vedette.storage.tables import questions as table

SECONDS = 10
PROCESSES, CLIENTS = 2, 4
LINE, PEOPLE = 100_000, 1_000
CLAIMS = 500
BESIDE = "procrastinate"
DURABLE = {
    "sqlite": "synchronous FULL",
    "postgresql": "fsync and synchronous_commit on",
    "mariadb": "innodb_flush_log_at_trx_commit 1",
}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
Measure = dict[str, Any]


def rows(bench: Bench) -> Iterator[Row]:
    for name, clients in (("8 clients", 8), ("1 client", 1)):
        with _store(bench, "sqlite") as url:
            yield _stored(f"questions: stored on SQLite, {name}", "sqlite", _clients("add", url, 1, clients), 250)
    with _store(bench, "postgresql") as url:
        yield from _beside_the_peer(bench, url)
    for kind in NAMES:
        with _store(bench, kind) as url:
            yield from _long_line(bench, kind, url)


def _beside_the_peer(bench: Bench, url: str) -> Iterator[Row]:
    """In turns over one server, from empty tables, each three times; the middle one counts."""
    _peer(bench, "schema", url)
    ways: Mapping[str, Callable[[], Measure]] = {
        "ours": lambda: _clients("add", url, PROCESSES, CLIENTS),
        "peer": lambda: _peers(bench, "add", url),
        "batch": lambda: _peers(bench, "batch", url),
    }
    found: dict[str, list[Measure]] = {name: [] for name in ways}
    for _ in range(3):
        for name, measure in ways.items():
            with closing(open_database(url)) as database, database.writing() as connection:
                connection.execute(text("TRUNCATE questions, procrastinate_jobs CASCADE"))
            found[name].append(measure())
    middle = {name: sorted(some, key=_rate)[1] for name, some in found.items()}
    row = _stored("questions: stored on PostgreSQL, 8 clients", "postgresql", middle["ours"], 1000)
    note = (
        f"{row.note}; {PROCESSES} processes of {CLIENTS} clients, ours threads, the peer's asynchronous; it counts no "
        "quotas and tells no place; middle of three"
    )
    yield replace(row, note=note, peer=_rate(middle["peer"]), beside=f"{BESIDE}, one at a time")
    batch = replace(row, note=note, peer=_rate(middle["batch"]), beside=f"{BESIDE}, 100 in a batch")
    yield replace(batch, name="questions: the same, peer in batches", target=None)


def _stored(name: str, kind: str, measure: Measure, target: int) -> Row:
    note = (
        f"`QuestionStore.add` for {SECONDS} s into an empty table, quotas counted and the place told; ten questions of "
        f"each person, {len(TEXT)} letters each; acknowledged when they are on the disk ({DURABLE[kind]})"
    )
    return Row(name, _rate(measure), "/s", "higher", note, target)


def _long_line(bench: Bench, kind: str, url: str) -> Iterator[Row]:
    _fill(url)
    name = f"100,000 waiting on {NAMES[kind]}"
    note = f"{LINE} questions of {PEOPLE} people; one client, {CLAIMS} claims, each on the disk ({DURABLE[kind]})"
    peer: Sequence[float] = ()
    if kind == "postgresql":
        _peer(bench, "schema", url)
        _peer(bench, "fill", url, LINE)
        peer = [1000 * one for one in _peer(bench, "fetch", url, CLAIMS)["seconds"]]
        note += "; the peer's `fetch_job` over as many jobs"
    with opened(url) as store:
        last = _ids(url, 50)
        yield _spent(
            f"questions: place in the line, {name}, p95", _timed(lambda: store.get(last.pop()), 50), note, None
        )
        claims = _timed(lambda: store.claim("bench"), CLAIMS)
        yield _spent(f"questions: claim, {name}, p95", claims, note, 20, peer)
        _answered(url)
        claims = _timed(lambda: store.claim("bench"), CLAIMS)
        after = note + "; half of them answered at one blow right before"
        yield _spent(f"questions: claim, {name}, 50,000 answered, p95", claims, after, 20)
    yield from _workers(bench, kind, url)


def _workers(bench: Bench, kind: str, url: str) -> Iterator[Row]:
    ours = _clients("work", url, PROCESSES, CLIENTS)
    peer = _peers(bench, "work", url) if kind == "postgresql" else None
    note = (
        f"{PROCESSES} processes of {CLIENTS} workers for {SECONDS} s, an answer of {5 * len(TEXT)} letters and a "
        f"waiting letter each, {ours['left']} still waiting; errors: {len(ours['errors'])}"
    )
    name = f"questions: claimed and finished by 8 workers on {NAMES[kind]}"
    yield Row(
        name, _rate(ours), "/s", "higher", note, peer=_rate(peer) if peer else None, beside=BESIDE if peer else ""
    )
    told = "; ".join(sorted(set(ours["errors"]))[:2])
    yield Row(f"{name}, errors", len(ours["errors"]), "errors", "lower", f"deadlocks are errors. {told}".strip(), 0)


def _spent(name: str, ours: Sequence[float], note: str, target: float | None, peer: Sequence[float] = ()) -> Row:
    told = f"{note}; ms p50 / p95: {percentile(ours, 0.5):.2f} / {percentile(ours, 0.95):.2f}"
    if peer:
        told += f", peer {percentile(peer, 0.5):.2f} / {percentile(peer, 0.95):.2f}"
    beside = {"peer": percentile(peer, 0.95), "beside": BESIDE} if peer else {}
    return Row(name, percentile(ours, 0.95), "ms", "lower", told, target, **beside)


def _timed(step: Callable[[], object], times: int) -> list[float]:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        spent.append(1000 * (time.perf_counter() - began))
    return spent


def _fill(url: str) -> None:
    """A long line, as if its people had asked in turns."""
    at, question = stamp(), Submission(TEXT, by_mail=True, origin="page")
    with closing(open_database(url)) as database:
        for number in range(LINE // PEOPLE):
            news = (NewQuestion(uuid4().hex, f"{person:032x}", 1, at, question) for person in range(PEOPLE))
            values = [fields.first_values(new, number + 1, number + 1) for new in news]
            with database.writing() as connection:
                connection.execute(insert(table), values)


def _answered(url: str) -> None:
    """The first half of the line, answered; what an index keeps of it stands before the other half."""
    with closing(open_database(url)) as database, database.writing() as connection:
        half = table.c.tag <= LINE // PEOPLE // 2
        connection.execute(update(table).where(table.c.state == "waiting", half).values(state="answered"))


def _ids(url: str, number: int) -> list[str]:
    """The last ones of the line."""
    with closing(open_database(url)) as database, database.reading() as connection:
        return list(connection.execute(select(table.c.id).order_by(table.c.tag.desc()).limit(number)).scalars())


def _rate(measure: Measure) -> float:
    return float(measure["done"] / measure["seconds"])


def _clients(command: str, url: str, processes: int, clients: int) -> Measure:
    python = [sys.executable, "-m", "benchmarks.question_clients"]
    found = _together([*python, command, url, str(clients), str(SECONDS)], processes)
    with opened(url) as store:
        return found | {"left": store.counts().waiting}


def _peers(bench: Bench, command: str, url: str) -> Measure:
    return _together([*_peer_command(bench, command, url), str(CLIENTS), str(SECONDS)], PROCESSES)


def _peer(bench: Bench, command: str, url: str, *given: int) -> Measure:
    said = timed([*_peer_command(bench, command, url), *map(str, given)]).output
    return json.loads(said) if said else {}


def _peer_command(bench: Bench, command: str, url: str) -> list[str]:
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    program = Path(__file__).parent / "peer_queue.py"
    return [str(bench.queue_python()), str(program), command, dsn]


def _together(command: Sequence[str], processes: int) -> Measure:
    """What several processes that begin together have done, all in all."""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=ROOT, env=environment(), **pipes) for _ in range(processes)]
    for process in running:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{' '.join(command[:5])} did not begin")
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.communicate()[0]) for process in running]
    return {
        "done": sum(one["done"] for one in said),
        "seconds": max(one["seconds"] for one in said),
        "errors": [error for one in said for error in one.get("errors", ())],
    }


@contextmanager
def _store(bench: Bench, kind: str) -> Iterator[str]:
    """The URL of an empty store that says of nothing that it is stored before it is on the disk."""
    folder = bench.work / "questions"
    shutil.rmtree(folder, ignore_errors=True)
    if kind == "sqlite":
        yield sqlite_url(folder / "people.db")
        return
    sys.path.append(str(ROOT / "tests"))
    from servers import databases

    try:
        with getattr(databases, kind)(durable=True) as url:
            yield url
    except pytest.skip.Exception as missing:
        raise Absent(str(missing)) from missing
