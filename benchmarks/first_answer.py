"""From the start of a process to its first answer, on libraries of the sample PDFs that are there already."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.bench import Bench, Run, median, timed, vedette
from benchmarks.ingest import BESIDE, PEER, data, read_ours, read_theirs, store
from benchmarks.results import Row

ROUNDS = 5
QUESTION = "What are the phases of incident response?"


def rows(bench: Bench) -> Iterator[Row]:
    python = bench.peer_python()
    if not data(bench).is_dir():
        read_ours(data(bench))
    if not store(bench).is_dir():
        read_theirs(python, store(bench))
    ours: list[Run] = []
    theirs: list[Run] = []
    for _ in range(ROUNDS + 1):
        ours.append(timed(vedette("--data", str(data(bench)), "ask", QUESTION, "--json")))
        theirs.append(timed([str(python), str(PEER), "first", str(store(bench)), QUESTION]))
    refused = json.loads(ours[-1].output)["refused"]
    yield Row(
        name="first_answer: process start to first answer",
        ours=median([run.seconds for run in ours[1:]]),
        unit="s",
        better="lower",
        times=5,
        peer=median([run.seconds for run in theirs[1:]]),
        beside=BESIDE,
        note=(
            f"wall time of a whole process, median of {ROUNDS} rounds in turns after one to warm the disk; ours "
            f"`vedette ask`, without a language model, retrieved, {'refused' if refused else 'answered and verified'}; "
            f"peer: model and store opened, first 4 similar chunks printed"
        ),
    )
