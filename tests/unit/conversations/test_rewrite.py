"""Follow-ups become questions that stand alone; questions that stand alone are left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from fakes.turns import TOOLS, turns
from vedette.conversations.rewrite import Rewriter
from vedette.errors import ProviderBusy
from vedette.records import Turn

HERE = Path(__file__).parent
# How many follow-ups of each set the rules are known to get wrong; how they did on those that they had not seen stands
# at the top of each file.
WRONG = {"followups": 0, "followups_2": 0, "followups_3": 1, "followups_4": 2}
SETS: dict[str, dict[str, Any]] = {
    name: yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8")) for name in WRONG
}
LOG4J = SETS["followups"]["contexts"]["log4j"]


def rewritten(name: str, context: str, asked: str) -> str:
    """What the rewriting makes of a question after a conversation that it rewrote itself."""
    rewriter, before = Rewriter(TOOLS), []
    for turn in turns(SETS[name]["contexts"][context]):
        before.append(replace(turn, standalone=rewriter.rewrite(turn.asked, before).text))
    return rewriter.rewrite(asked, before).text


def fits(name: str, row: Sequence[str]) -> bool:
    """Whether the new form has what it must have (one of those parted by a bar) and nothing that it must not."""
    text = rewritten(name, row[0], row[1]).casefold()
    has = all(any(one.casefold() in text for one in part.split("|")) for part in row[2].split(","))
    return has and not (len(row) > 3 and any(part.casefold() in text for part in row[3].split(",")))


@pytest.mark.parametrize("name", SETS)
def test_follow_ups_stand_alone(name: str) -> None:
    rows = SETS[name]["followups"]
    wrong = [f"{row[1]} -> {rewritten(name, row[0], row[1])}" for row in rows if not fits(name, row)]
    assert len(wrong) <= WRONG[name], wrong


@pytest.mark.parametrize(
    ("name", "row"), [(name, row) for name in SETS for row in SETS[name]["standalone"]], ids=lambda part: str(part)
)
def test_a_question_that_stands_alone_is_left_as_it_is(name: str, row: Sequence[str]) -> None:
    assert rewritten(name, row[0], row[1]) == row[1]


@pytest.mark.parametrize("asked", ["How do I mitigate it?", "Why?", "And for Linux?", "¿y cómo se detecta?"])
def test_without_anything_before_nothing_is_changed(asked: str) -> None:
    assert Rewriter(TOOLS).rewrite(asked, []).text == asked
    pending = [replace(turns(LOG4J)[0], state="pending", answer=None)]
    assert Rewriter(TOOLS).rewrite(asked, pending).text == asked


@pytest.mark.parametrize(
    ("context", "asked", "because"),
    [
        ("log4j", "How do I mitigate it?", "“it” was read as “CVE-2021-44228”, which the conversation is about."),
        ("es_log4j", "¿Cómo lo mitigo?", "«lo» se ha leído como «CVE-2021-44228», de lo que trata la conversación."),
        (
            "fr_log4j",
            "Quelles versions sont affectées ?",
            "La question ne nomme pas son sujet ; elle a été lue comme portant sur « CVE-2021-44228 ».",
        ),
        ("log4j_fix", "What about CVE-2023-1234?", "It was read as the question before, asked of “CVE-2023-1234”."),
    ],
)
def test_it_says_why(context: str, asked: str, because: str) -> None:
    found = Rewriter(TOOLS).rewrite(asked, turns(SETS["followups"]["contexts"][context]))
    assert found.because == because


def test_a_model_writes_the_form_of_what_leans_and_of_nothing_else() -> None:
    asked: list[tuple[str, Sequence[Turn]]] = []

    def model(text: str, earlier: Sequence[Turn]) -> str:
        asked.append((text, earlier))
        return "How is  Log4Shell\nmitigated?"

    rewriter = Rewriter(TOOLS, model)
    assert rewriter.rewrite("What is phishing?", turns(LOG4J)).text == "What is phishing?"
    assert asked == []
    assert rewriter.rewrite("How do I mitigate it?", turns(LOG4J)).text == "How is Log4Shell mitigated?"
    assert asked[0][1][0].question == "What is CVE-2021-44228?"


@pytest.mark.parametrize("written", ["", "  ", "x" * 5000, None])
def test_the_rules_do_where_the_model_fails(written: str | None) -> None:
    def model(text: str, earlier: Sequence[Turn]) -> str:
        if written is None:
            raise ProviderBusy
        return written

    found = Rewriter(TOOLS, model).rewrite("How do I mitigate it?", turns(LOG4J))
    assert found.text == "How do I mitigate CVE-2021-44228?"


def test_a_subject_too_long_to_search_for_is_left_out() -> None:
    said = turns([["What is " + "x" * 3990 + "?", "A word. [s1]", "X"]])
    assert Rewriter(TOOLS).rewrite("How do I detect it?", said).text == "How do I detect it?"
