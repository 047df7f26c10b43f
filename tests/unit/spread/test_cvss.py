"""CVSS vectors against scores that their publishers gave, and against the numbers of the specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vedette.errors import BadInput
from vedette.spread import cvss

EXAMPLES = Path(__file__).parents[3] / "examples" / "security"


def published() -> Iterator[tuple[str, float]]:
    """(vector, base score) of every rating of v2 to v3.1 in the sample library."""

    def walk(value: object) -> Iterator[tuple[str, float]]:
        if isinstance(value, dict):
            vector, score = value.get("vectorString"), value.get("baseScore")
            if isinstance(vector, str) and isinstance(score, (int, float)) and not vector.startswith("CVSS:4"):
                yield vector, float(score)
            for inner in value.values():
                yield from walk(inner)
        if isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    for path in sorted([*EXAMPLES.glob("cve/*.json"), *EXAMPLES.glob("csaf/*.json")]):
        yield from walk(json.loads(path.read_text(encoding="utf-8")))


def test_scores_are_those_that_were_published() -> None:
    seen = dict(published())
    assert len(seen) > 15
    assert {vector: cvss.parse(vector).score for vector in seen} == seen


def test_scores_of_version_2() -> None:
    assert cvss.parse("AV:N/AC:L/Au:N/C:C/I:C/A:C").score == 10.0
    assert cvss.parse("(AV:N/AC:M/Au:N/C:P/I:P/A:P)").score == 6.8
    assert cvss.parse("AV:L/AC:L/Au:N/C:N/I:N/A:N").score == 0.0


def test_factors_are_the_specifications_numbers_over_the_easiest() -> None:
    hard = cvss.parse("CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:H/I:N/A:N")
    assert dict(hard.factors) == pytest.approx(
        {"AV:N": 1.0, "AC:H": 0.44 / 0.77, "PR:L": 0.62 / 0.85, "UI:R": 0.62 / 0.85}
    )
    changed = cvss.parse("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:N/A:N")
    assert dict(changed.factors)["PR:H"] == pytest.approx(0.5 / 0.85)
    newest = cvss.parse("CVSS:4.0/AV:A/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
    assert (newest.reach, newest.score) == ("adjacent", None)
    assert dict(newest.factors)["AT:P"] == pytest.approx(0.44 / 0.77)


def test_only_a_standstill_gives_no_control() -> None:
    assert not cvss.parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H").controls
    assert cvss.parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N").controls
    assert not cvss.parse("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N").controls


@pytest.mark.parametrize(
    ("vector", "word"),
    [
        ("9.8", "no CVSS vector"),
        ("CVSS:5.0/AV:N", "no CVSS vector"),
        ("CVSS:3.1/AV:N/AC:L", "lacks PR, UI, S, C, I, A"),
        ("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV:X; it can be one of N, A, L, P"),
        ("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV twice"),
    ],
)
def test_what_is_no_vector_is_named(vector: str, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        cvss.parse(vector)


@given(some.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cvss.parse(text)
    except BadInput as error:
        assert error.message.endswith(".")  # noqa: PT017


@pytest.mark.parametrize(("score", "name"), [(10.0, "critical"), (8.9, "high"), (6.9, "medium"), (0.1, "low")])
def test_ratings(score: float, name: str) -> None:
    assert cvss.severity(score) == name
