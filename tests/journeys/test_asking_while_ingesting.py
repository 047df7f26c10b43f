"""Questions are answered while documents come in."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from fakes.small_library import write_library
from vedette.app import opened
from vedette.records import IngestProgress, IngestRequest, Query, Question
from vedette.settings import load


def test_an_answer_comes_between_two_files_and_from_another_thread(tmp_path: Path) -> None:
    docs = tmp_path / "more"
    docs.mkdir()
    words = np.random.default_rng(1)
    for number in range(60):
        text = " ".join(f"word{n}" for n in words.integers(0, 5000, 200))
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
