"""The arithmetic of `evaluate_scope`, over decisions that are given."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from vedette.errors import BadInput, LoadError, NotFound
from vedette.learning.evaluate_scope import area, evaluate_scope, read_questions
from vedette.records import Question, ScopeDecision
from vedette.services import Knowledge


class Decided:
    """Gives each question the probability that the test wrote down."""

    def __init__(self, probabilities: dict[str, float]) -> None:
        self.probabilities = probabilities
        self.collections: set[str] = set()

    def scope(self, question: Question) -> ScopeDecision:
        self.collections.add(question.collection)
        probability = self.probabilities[question.text]
        return ScopeDecision(probability >= 0.5, probability)


ON = {"APT29": 0.9, "what is kerberoasting?": 0.8, "password storage": 0.4, "how do I store passwords of users": 0.95}
OFF = {"pizza": 0.1, "who won the world cup in the year 1998": 0.6}


def test_rates_area_and_slices() -> None:
    known = Decided({**ON, **OFF})
    done: list[int] = []
    report = evaluate_scope(cast(Knowledge, known), list(ON), list(OFF), "cv", done.append)
    assert known.collections == {"cv"}
    assert done == [1, 2, 3, 4, 5, 6]
    assert report.refused_on.value == 0.25
    assert report.refused_off.value == 0.5
    assert report.auroc.value == pytest.approx(7 / 8)
    assert report.missed == ("who won the world cup in the year 1998",)
    assert report.wronged == ("password storage",)
    assert [(part.name, part.questions, part.refused) for part in report.slices_off] == [
        ("up to 4 words", 1, 1.0),
        ("over 4 words", 1, 0.0),
    ]


def test_the_interval_holds_the_figure_and_narrows_with_more_questions() -> None:
    few = evaluate_scope(cast(Knowledge, Decided({**ON, **OFF})), list(ON), list(OFF))
    many = evaluate_scope(cast(Knowledge, Decided({**ON, **OFF})), list(ON) * 50, list(OFF) * 50)
    for report in (few, many):
        assert report.refused_off.low <= report.refused_off.value <= report.refused_off.high
        assert report.auroc.low <= report.auroc.value <= report.auroc.high
    assert many.refused_off.high - many.refused_off.low < few.refused_off.high - few.refused_off.low
    none = evaluate_scope(cast(Knowledge, Decided({"APT29": 0.9, "pizza": 0.1})), ["APT29"] * 40, ["pizza"])
    assert none.refused_on.low == 0.0 < none.refused_on.high < 0.1


def test_area_is_half_when_nothing_is_told_apart() -> None:
    assert area(np.array([0.3, 0.3]), np.array([0.3])) == 0.5


def test_a_side_without_questions_is_refused() -> None:
    with pytest.raises(BadInput, match="off-topic"):
        evaluate_scope(cast(Knowledge, Decided(ON)), list(ON), [])


def test_questions_are_read_from_text_and_json_lines(tmp_path: Path) -> None:
    text, lines = tmp_path / "on.txt", tmp_path / "off.jsonl"
    text.write_text("APT29\n\n ¿Qué es SSRF? \n", encoding="utf-8")
    lines.write_text('{"_id": "1", "text": "pizza"}\n', encoding="utf-8")
    assert read_questions(text) == ["APT29", "¿Qué es SSRF?"]
    assert read_questions(lines) == ["pizza"]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "off.jsonl"
    broken.write_text('{"question": "pizza"}\n', encoding="utf-8")
    with pytest.raises(LoadError, match=r"off\.jsonl"):
        read_questions(broken)
    with pytest.raises(NotFound, match="no file"):
        read_questions(tmp_path / "absent.txt")
