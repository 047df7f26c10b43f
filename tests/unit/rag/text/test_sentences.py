"""Sentence borders, en, es and fr, and that no character is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.rag.text.sentences import sentences

CASES = [
    ["The U.S. Government said so.", "In the U.S.", "The agency, Acme Inc. of Ohio, said no.", "J. Smith left."],
    ["Use TLS 1.3 (cf. Sec. 3.2), e.g. with v1.2.", "See https://a.example/x.y.", "Then go!", '"Yes."', "He went."],
    ["No. 5 is it.", "I said no.", "Run node.js.", "It costs 3.50 a day, i.e. Nothing."],
    ["Véase la pág. 3 y p. ej. Juan.", "¿Qué hace?", "El Sr. Pérez llegó.", "¡Basta!"],
    ["M. Dupont a dit.", "L’attaque (cf. Fig. 3) est finie.", "« Oui. »", "C'est tout"],
    ["Is it known?", "Wait...", "It is.", "APT29 (a.k.a. Cozy Bear) et al.", "The group is Russian."],
    ["日本語です。", "次の文。"],
]
LINES = [
    ("Specify:\n1. Authorized users;\n2. Groups.", ["Specify:", "1. Authorized users;", "2. Groups."]),
    ("Due date: 2021-12-24\nAdded to KEV: 2021-12-10", ["Due date: 2021-12-24", "Added to KEV: 2021-12-10"]),
    ("A wrapped line near\nNew York goes on.\n\nNext", ["A wrapped line near\nNew York goes on.", "Next"]),
    ("- one item\n* another\n| a | b |\n# Title", ["- one item", "* another", "| a | b |", "# Title"]),
    ("a. Define types;\nb. Assign managers.", ["a. Define types;", "b. Assign managers."]),
]


@pytest.mark.parametrize("expected", CASES)
def test_prose(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_lines(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_start_is_added() -> None:
    assert sentences(" One. Two.", start=100) == [(101, 105), (106, 110)]


@given(st.text(alphabet="aB1. \n:-!?\u00a0\f。'(", max_size=120))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in found) == "".join(text.split())
    assert all(left[1] <= right[0] for left, right in pairwise(found))
    assert all(text[a:b] == text[a:b].strip() for a, b in found)
