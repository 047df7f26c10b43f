"""The measures of answers against values worked out by hand, and a question set through the real library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vedette.app import opened
from vedette.errors import LoadError, NotFound
from vedette.learning.evaluate_answers import citations, evaluate_answers, report, supported
from vedette.learning.squad import contains, exact_match, f1, read_squad, words
from vedette.records import Answer, Claim, Question, Source
from vedette.services import Knowledge
from vedette.settings import load

PARAGRAPH = "Backups are written every night at two. A restore is rehearsed every quarter by Mary Jones."
OTHER = "Passwords are stored with Argon2id and a salt of sixteen bytes."


def entry(name: str, question: str, *answers: str) -> dict[str, Any]:
    given = [{"text": answer, "answer_start": 0} for answer in answers]
    return {"id": name, "question": question, "answers": given, "is_impossible": not answers}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    paragraphs = [
        {"context": PARAGRAPH, "qas": [entry("1", "Who rehearses a restore of backups?", "Mary Jones", "Jones")]},
        {"context": OTHER, "qas": [entry("2", "Who won the 1998 World Cup?")]},
    ]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"data": [{"title": "Operations_plan", "paragraphs": paragraphs}]}), encoding="utf-8")
    return path


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    with opened(load({}, data=tmp_path / "data")) as services:
        yield services.knowledge


def test_words_are_compared_as_squad_does() -> None:
    assert words("The «Ávila» Bridge, a bridge!") == ["avila", "bridge", "bridge"]
    assert (exact_match("the Mary Jones.", ("Jones", "mary jones")), exact_match("Mary", ("Jones",))) == (1.0, 0.0)
    assert f1("by Mary Jones", ("Mary Jones",)) == pytest.approx(2 * 2 / 5)
    assert (f1("", ()), f1("Mary", ()), f1("", ("Mary",)), exact_match("", ())) == (1.0, 0.0, 0.0, 1.0)
    assert contains("by Mary Jones, quarterly", ("mary jones",))
    assert not contains("by Mary and Jones", ("Mary Jones",))


def test_reading(squad: Path) -> None:
    read = read_squad(squad)
    assert [(one.title, one.text) for one in read.paragraphs] == [
        ("Operations plan", PARAGRAPH), ("Operations plan", OTHER),
    ]  # fmt: skip
    assert [(one.paragraph, one.answers) for one in read.questions] == [("p0", ("Mary Jones", "Jones")), ("p1", ())]


def test_broken_sets_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.json"):
        read_squad(tmp_path / "none.json")
    for text in ("{", "[]", '{"data": [{"paragraphs": [{"qas": []}]}]}', '{"data": []}'):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        with pytest.raises(LoadError, match=r"bad\.json"):
            read_squad(tmp_path / "bad.json")


@pytest.mark.slow
def test_a_set_through_the_library(squad: Path, knowledge: Knowledge, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    measured = evaluate_answers(
        knowledge, read_squad(squad), tmp_path / "pages", "set", lambda *step: told.append(step)
    )
    assert (measured.documents, measured.questions, measured.unanswerable) == (2, 2, 1)
    assert told[-1] == ("questions", 2, 2)
    for whole in (measured.answered, measured.answer_in_answer, measured.abstained, measured.citations_valid):
        assert whole is not None
        assert whole.value == 1.0
    assert measured.sentences_supported is not None
    assert measured.sentences_supported.value == 1.0
    # The refusal is right; the sentence "A restore is rehearsed every quarter by Mary Jones." is not the bare name.
    assert measured.exact_match.value == 0.5
    assert 0.5 < measured.f1.value < 1.0


@pytest.mark.slow
def test_what_is_broken_is_seen(squad: Path, knowledge: Knowledge, tmp_path: Path) -> None:
    asked = read_squad(squad)
    evaluate_answers(knowledge, asked, tmp_path / "pages", "set")
    answers = []
    for question in asked.questions:
        *_, last = knowledge.ask(Question(question.text, "set"))
        assert last.answer is not None
        answers.append(last.answer)
    good = answers[0]
    assert all(citations(knowledge, good))

    moved = replace(good, sources=tuple(replace(source, start=source.start + 1) for source in good.sources))
    assert not all(citations(knowledge, moved))
    assert not all(citations(knowledge, replace(good, text=good.text + " [s9]")))
    bare = tuple(Claim(claim.text, claim.support, ()) for claim in good.claims)
    assert not all(citations(knowledge, replace(good, claims=bare)))

    talkative = replace(good, refused=False)
    measured = report(knowledge, asked, [moved, talkative])
    assert measured.abstained is not None
    assert measured.abstained.value == 0.0
    assert measured.citations_valid is not None
    assert measured.citations_valid.value < 1.0


def test_support_is_the_words_of_what_is_cited() -> None:
    source = Source("s1", "d", "", "", 0, 0, 1, "Backups are written every night.", 1.0)
    answer = Answer("", False, "", (), (source,), "", 1, {})
    assert supported(Claim("Backups are written every night.", "supported", ("s1",)), answer)
    assert not supported(Claim("Backups are sold to strangers.", "supported", ("s1",)), answer)
    assert not supported(Claim("Backups are written every night.", "supported", ()), answer)
