"""The embedded engine while its graph is built: searches and writes go on, and a kill leaves what was acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from vedette.errors import StorageError
from vedette.rag.index import edge
from vedette.rag.index.contract import Entry, Scope, Search, Vectors
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.text.analyse import SparseVector
from vedette.records import Chunk

DIMENSION, ENTRIES = 1024, 3000  # 12 MB of vectors: enough for the engine to build a graph
LIBRARY = Scope("library")


def entry(number: int, version: str = "v1") -> Entry:
    name = f"d{number:05d}"
    return Entry(Chunk(f"{name}:0:0", name, 0, 0, 0, 4, "text"), "library", name, version)


def vectors(number: int) -> Vectors:
    dense = np.random.default_rng(number).normal(size=DIMENSION).astype(np.float32)
    return Vectors(dense / np.linalg.norm(dense), SparseVector(np.array([number], np.uint32), np.ones(1, np.float32)))


def fill(index: EdgeIndex, first: int = 0, count: int = ENTRIES) -> None:
    for at in range(first, first + count, 500):
        index.upsert([(entry(n), vectors(n)) for n in range(at, min(at + 500, first + count))])


def nearest(index: EdgeIndex, number: int) -> int:
    ((hit, *_),) = index.search([Search(vectors(number).dense, LIBRARY, 3)])
    return hit.point


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.mark.slow
def test_searches_and_writes_go_on_while_the_graph_is_built(folder: Path) -> None:
    index = EdgeIndex(folder, DIMENSION)
    fill(index)
    assert index.unindexed() == ENTRIES
    building = threading.Thread(target=index.optimize)
    building.start()
    slowest, asked, written = 0.0, 0, ENTRIES
    while building.is_alive():
        started = time.perf_counter()
        assert nearest(index, asked % ENTRIES) == entry(asked % ENTRIES).point
        slowest = max(slowest, time.perf_counter() - started)
        if asked % 20 == 0:
            index.upsert([(entry(written), vectors(written))])
            index.delete(entry(asked).document)
            index.upsert([(entry(asked, "v2"), vectors(asked))])
            index.delete(entry(asked, "v2").document)
            index.upsert([(entry(asked), vectors(asked))])
            written += 1
        asked += 1
        time.sleep(0.01)
    building.join()
    assert asked > 20
    assert slowest < 2.0, f"a search waited {slowest:.2f} s"
    assert index.unindexed() < 3 * (written - ENTRIES) + 1, "only what was written meanwhile has no graph yet"
    assert index.count() == written
    assert nearest(index, written - 1) == entry(written - 1).point
    assert nearest(index, 0) == entry(0).point
    assert [path.name for path in folder.iterdir()] == ["000002"]
    index.close()
    again = EdgeIndex(folder, DIMENSION)
    assert again.count() == written
    again.close()


@pytest.mark.slow
def test_what_was_deleted_while_the_graph_is_built_stays_deleted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = EdgeIndex(folder, DIMENSION)
    fill(index, count=50)
    built = index._built

    def meanwhile(copy: Path) -> bool:
        index.delete("d00007")
        index.upsert([(entry(8, "v2"), vectors(8))])
        return built(copy)

    monkeypatch.setattr(index, "_built", meanwhile)
    index.optimize()
    assert (index.count(), index.count("d00007"), index.count("d00008")) == (50, 0, 2)
    index.close()


@pytest.mark.slow
def test_a_build_that_dies_is_said_and_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = EdgeIndex(folder, DIMENSION)
    fill(index, count=50)
    monkeypatch.setattr(edge.sys, "executable", "/bin/false")
    with pytest.raises(StorageError, match="nothing is lost"):
        index.optimize()
    assert [path.name for path in folder.iterdir()] == ["000001"]
    assert index.count() == 50
    monkeypatch.undo()
    index.optimize()
    assert index.count() == 50
    index.close()


@pytest.mark.slow
def test_closing_ends_a_build(folder: Path) -> None:
    index = EdgeIndex(folder, DIMENSION)
    fill(index)
    building = threading.Thread(target=index.optimize)
    building.start()
    while index._builder is None:
        time.sleep(0.01)
    index.close()
    building.join(10)
    assert not building.is_alive()
    again = EdgeIndex(folder, DIMENSION)
    assert again.count() == ENTRIES
    again.close()


_BUILD = """
import sys
from pathlib import Path
from vedette.rag.index.edge import EdgeIndex
index = EdgeIndex(Path(sys.argv[1]), int(sys.argv[2]))
print("open", flush=True)
index.optimize()
print("built", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.02, 0.3, 1.0])
def test_kill_9_while_the_graph_is_built_loses_nothing(folder: Path, after_s: float) -> None:
    index = EdgeIndex(folder, DIMENSION)
    fill(index)
    index.close()
    process = subprocess.Popen(
        [sys.executable, "-c", _BUILD, str(folder), str(DIMENSION)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    again = EdgeIndex(folder, DIMENSION)
    assert again.count() == ENTRIES
    assert nearest(again, 17) == entry(17).point
    assert len(list(folder.iterdir())) == 1
    again.optimize()
    assert again.count() == ENTRIES
    again.close()
