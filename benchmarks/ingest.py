"""Reading the PDFs of the sample library: pages a second and peak memory, whole processes, in turns with the peer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import SAMPLES, Bench, Run, median, timed, vedette
from benchmarks.results import Row

ROUNDS = 2
PDFS = SAMPLES / "pdf"
PEER = Path(__file__).with_name("peer_langchain.py")
BESIDE = "LangChain + sentence-transformers + Chroma"


def rows(bench: Bench) -> Iterator[Row]:
    python = bench.peer_python()
    ours: list[Run] = []
    theirs: list[Run] = []
    for number in range(ROUNDS):
        ours.append(read_ours(data(bench)))
        theirs.append(read_theirs(python, store(bench)))
        bench.say(f"  round {number + 1}: ours {ours[-1].seconds:.1f} s, peer {theirs[-1].seconds:.1f} s")
    told = json.loads(theirs[-1].output)
    chunks, pages = json.loads(ours[-1].output)["chunks"], told["pages"]
    note = (
        f"{pages} pages of {len(list(PDFS.glob('*.pdf')))} PDFs, from the start of the process to its end, "
        f"median of {ROUNDS} rounds in turns, same cores; ours int8, {chunks} chunks; "
        f"peer fp32, PyPDFLoader, RecursiveCharacterTextSplitter 300/50, {told['chunks']} chunks"
    )
    yield Row(
        name="ingest: sample PDFs",
        ours=pages / median([run.seconds for run in ours]),
        unit="pages/s",
        better="higher",
        times=5,
        peer=pages / median([run.seconds for run in theirs]),
        beside=BESIDE,
        note=note,
    )
    yield Row(
        name="ingest: peak memory, sample PDFs",
        ours=max(run.peak_mb for run in ours),
        unit="MB",
        better="lower",
        peer=max(run.peak_mb for run in theirs),
        beside=BESIDE,
        note=f"resident, with child processes, looked at every 0.1 s; {note}",
    )


def data(bench: Bench) -> Path:
    """Our library of the PDFs."""
    return bench.work / "pdfs"


def store(bench: Bench) -> Path:
    """The peer's library of the PDFs."""
    return bench.work / "pdfs-peer"


def read_ours(folder: Path) -> Run:
    """Read the PDFs into a new library."""
    shutil.rmtree(folder, ignore_errors=True)
    return timed(vedette("--data", str(folder), "ingest", str(PDFS), "--json"))


def read_theirs(python: Path, folder: Path) -> Run:
    """Read the PDFs into a new store of the peer."""
    shutil.rmtree(folder, ignore_errors=True)
    return timed([str(python), str(PEER), "ingest", str(folder), str(PDFS)])
