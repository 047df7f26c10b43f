"""What only MongoDB can do to questions; everything else is in the tests that all stores share."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from servers import databases, mongodb
from vedette.engines.mongodb import MongoQuestions
from vedette.errors import BadInput, MissingExtra, StorageError
from vedette.questions.contract import NewQuestion, Quota
from vedette.records import Submission

FAST_MS = 500


def new(name: str, person: str) -> NewQuestion:
    return NewQuestion(name, person, 1, "2026-11-21T12:00:00.000000+00:00", Submission("Since when?"))


def ask_until_it_fails(questions: MongoQuestions, person: str, stored: list[str], claimed: list[str]) -> None:
    try:
        while True:
            name = f"{person}{len(stored)}"
            questions.add(new(name, person), Quota(waiting=1_000_000))
            stored.append(name)
            claim = questions.claim(person)
            assert claim is not None
            claimed.append(claim.question.id)
    except StorageError:
        return


@pytest.mark.slow
def test_what_was_stored_is_there_after_the_server_was_killed() -> None:
    stored: list[str] = []
    claimed: list[str] = []
    with databases.own_folder() as folder:
        with mongodb.serving(folder) as (url, server):
            questions = MongoQuestions(url, FAST_MS)
            people = [
                threading.Thread(target=ask_until_it_fails, args=(questions, person, stored, claimed))
                for person in ("anna", "bela", "cleo", "dora")
            ]
            for person in people:
                person.start()
            while len(claimed) < 100:
                assert any(person.is_alive() for person in people)
                time.sleep(0.01)
            server.kill()
            for person in people:
                person.join()
            questions.close()
        with mongodb.serving(folder) as (url, _):
            again = MongoQuestions(url)
            kept = {one.id: one for one in again.list(limit=1_000_000)}
            again.close()
    assert set(stored) <= set(kept)
    assert all(kept[name].state == "answering" and kept[name].tries == 1 for name in claimed)
    assert len(set(claimed)) == len(claimed)


def test_a_server_that_is_not_there_and_no_word_of_the_password() -> None:
    with pytest.raises(StorageError, match=r"The MongoDB server of the questions failed \(.*refused\)") as told:
        MongoQuestions(f"mongodb://vedette:geheim@127.0.0.1:{databases.free_port()}/vedette", FAST_MS)
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize("url", ["redis://host", "mongodb://a:geheim:c@host", "mongodb://host:99999", "mongodb://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(BadInput, match="mongodb://host:27017/vedette") as told:
        MongoQuestions(url)
    assert "geheim" not in str(told.value)


def test_a_missing_library_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymongo", None)
    with pytest.raises(MissingExtra, match=r"pip install 'vedette\[mongodb\]'"):
        MongoQuestions("mongodb://127.0.0.1/vedette")
