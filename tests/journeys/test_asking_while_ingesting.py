"""Questions are answered while documents come in and while the index is being built."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from fakes.small_library import write_library
from vedette.app import opened
from vedette.rag.index import EdgeIndex, Entry, Scope, SparseVector, Vectors
from vedette.records import Chunk, IngestProgress, IngestRequest, Query, Question
from vedette.settings import load

DIMENSION = 384


def test_an_answer_comes_between_two_files_and_from_another_thread(tmp_path: Path) -> None:
    docs = tmp_path / "more"
    docs.mkdir()
    words = np.random.default_rng(1)
    for number in range(60):
        text = " ".join(f"word{n}" for n in words.integers(0, 5000, 900))
        (docs / f"{number:02}.txt").write_text(f"Note {number}\n\n{text}\n")
    with opened(load({}, tmp_path / "data")) as services:
        knowledge = services.knowledge
        list(knowledge.ingest(IngestRequest((str(write_library(tmp_path / "docs")),))))
        going, done = threading.Event(), threading.Event()

        def ingest() -> None:
            for step in knowledge.ingest(IngestRequest((str(docs),))):
                if isinstance(step, IngestProgress):
                    going.set()
            done.set()

        thread = threading.Thread(target=ingest)
        thread.start()
        assert going.wait(120)
        answered = 0
        while not done.is_set():
            *_, last = knowledge.ask(Question("What is used to store passwords?"))
            assert last.answer is not None
            assert "Argon2id" in last.answer.text
            answered += not done.is_set()
        thread.join()
        assert answered >= 2
        assert len(knowledge.documents()) == 64
        assert knowledge.retrieve(Query("Note 59")).passages


@pytest.mark.slow
def test_a_search_does_not_wait_until_the_index_is_built(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path / "index", DIMENSION)
    random = np.random.default_rng(7)
    for start in range(0, 20_000, 1000):
        dense = random.normal(size=(1000, DIMENSION)).astype(np.float32)
        dense /= np.linalg.norm(dense, axis=1, keepdims=True)
        index.upsert([(entry(start + n), Vectors(dense[n], sparse(random))) for n in range(1000)])
    query, scope = dense[0], Scope("library")
    building = threading.Thread(target=index.optimize)
    building.start()
    during = 0
    while building.is_alive():
        assert len(index.search(query, scope, 10)) == 10
        during += building.is_alive()
    building.join()
    assert during >= 5
    assert index.count() == 20_000
    index.close()


def entry(number: int) -> Entry:
    chunk = Chunk(f"d{number}:0:0", f"d{number}", 0, 0, 0, 4, "text")
    return Entry(chunk=chunk, collection="library", document=f"d{number}", version="v1")


def sparse(random: np.random.Generator) -> SparseVector:
    terms = random.choice(5000, 8, replace=False)
    return SparseVector(terms.astype(np.uint32), random.random(8).astype(np.float32))
