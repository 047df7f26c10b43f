"""Retrieval at 100,000 chunks: ours hybrid with an access filter, the peer dense only; both embed the question."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import large
from benchmarks.bench import Bench, environment, percentile, timed
from benchmarks.ingest import BESIDE, PEER
from benchmarks.library import folder, sample_library
from benchmarks.results import Row
from vedette.app import open_knowledge
from vedette.records import Query
from vedette.services import Knowledge
from vedette.settings import load

QUESTIONS = 200
_FORMS = ("{title}", "How do I detect {title}?", "What is {title} and how is it mitigated?", "controls against {title}")


def rows(bench: Bench) -> Iterator[Row]:
    python = bench.peer_python()
    questions = _questions(bench)
    ours, theirs = _stores(bench, python)
    with open_knowledge(load({}, ours)) as knowledge, _peer(python, theirs) as ask:
        _asked(questions, knowledge, ask)  # brings both stores from the disk into memory
        spent = _asked(questions, knowledge, ask)
    yield from _written(spent)


def _asked(questions: Sequence[str], knowledge: Knowledge, ask: Any) -> dict[str, list[float]]:
    """Every question four times in turns: milliseconds of each, embedding included."""
    spent: dict[str, list[float]] = {"ours": [], "ours unfiltered": [], "peer": [], "peer filtered": []}
    for number, question in enumerate(questions):
        group = large.group(number)
        asked = {"question": question, "k": 10}
        spent["ours"].append(_milliseconds(knowledge, Query(question, large.COLLECTION, 10, {"group": group})))
        spent["peer"].append(ask(asked)["ms"])
        spent["ours unfiltered"].append(_milliseconds(knowledge, Query(question, large.COLLECTION, 10)))
        spent["peer filtered"].append(ask(asked | {"filter": {"group": group}})["ms"])
    return spent


def _written(spent: dict[str, list[float]]) -> Iterator[Row]:
    all_of_them = "; ".join(
        f"{name} {percentile(values, 0.5):.1f} / {percentile(values, 0.95):.1f}" for name, values in spent.items()
    )
    note = (
        f"{large.CHUNKS} chunks: those of the sample library and splices of two of them, whose vectors are mixed from "
        f"theirs with noise of their covariance, the same in both stores; {QUESTIONS} questions in turns after as "
        f"many to warm both, query embedding included, k 10, the filter leaves a tenth; ms p50 / p95: {all_of_them}"
    )
    wanted = (("p50", 0.5, 8.0), ("p95", 0.95, 20.0))
    for name, share, target in wanted:
        yield Row(
            name=f"latency: retrieve at 100,000 chunks, hybrid, filtered, {name}",
            ours=percentile(spent["ours"], share),
            unit="ms",
            better="lower",
            target=target,
            times=2 if name == "p50" else None,
            peer=percentile(spent["peer"], share),
            beside=f"{BESIDE}, dense only, no filter",
            note=note,
        )
    yield Row(
        name="latency: the same, peer filtered too, p50",
        ours=percentile(spent["ours"], 0.5),
        unit="ms",
        better="lower",
        peer=percentile(spent["peer filtered"], 0.5),
        beside=f"{BESIDE}, dense only, filtered",
        note=note,
    )


def _questions(bench: Bench) -> list[str]:
    """About titles of the sample library, in four forms."""
    with sample_library(bench) as knowledge:
        titles = sorted({info.title for info in knowledge.documents("default")})
    drawn = random.Random(0).choices(titles, k=QUESTIONS)
    return [_FORMS[number % len(_FORMS)].format(title=title) for number, title in enumerate(drawn)]


def _stores(bench: Bench, python: Path) -> tuple[Path, Path]:
    """Our library and the peer's store, made when they are not there."""
    ours, theirs = bench.work / "large", bench.work / "large-peer"
    if not (ours / "chunks.jsonl").exists():
        bench.say("  making a library of 100,000 chunks")
        large.make(folder(bench), ours)
        shutil.rmtree(theirs, ignore_errors=True)
    if not (theirs / "filled").exists():
        bench.say("  making the peer's store of 100,000 chunks")
        shutil.rmtree(theirs, ignore_errors=True)
        timed([str(python), str(PEER), "fill", str(theirs), str(ours / "chunks.jsonl"), str(ours / "vectors.npy")])
        (theirs / "filled").touch()
    return ours, theirs


@contextmanager
def _peer(python: Path, store: Path) -> Iterator[Any]:
    """Ask the peer's process: a record for each record."""
    process = subprocess.Popen(
        [str(python), str(PEER), "serve", str(store)],
        env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    into, out = process.stdin, process.stdout
    out.readline()

    def ask(asked: dict[str, Any]) -> Any:
        into.write(json.dumps(asked) + "\n")
        into.flush()
        return json.loads(out.readline())

    try:
        yield ask
    finally:
        into.close()
        process.wait(30)


def _milliseconds(knowledge: Knowledge, query: Query) -> float:
    started = time.perf_counter()
    knowledge.retrieve(query)
    return (time.perf_counter() - started) * 1000
