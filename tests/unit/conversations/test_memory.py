"""Memory: what is told of earlier turns stays within its budget, whatever was said."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.turns import TOOLS, turn
from vedette.conversations.memory import Budget, clipped, extract, overdue, recall, summary
from vedette.records import Conversation, ConversationInfo, ConversationTurn, Turn

INFO = ConversationInfo("c" * 32, "", "default", 0, "2026", "2026")
WORDS = st.sampled_from(
    ["Log4j", "T1110", "the", "passwords.", "Ana Ruiz", "CVE-2021-44228,", "[s1]", "ñandú", "\n", "is"]
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


def conversation(*said: tuple[str, str]) -> Conversation:
    return Conversation(INFO, tuple(turn(number, *pair) for number, pair in enumerate(said, start=1)))


def cost(turns: tuple[Turn, ...]) -> int:
    return sum(TOOLS.tokens(one.question) + TOOLS.tokens(one.answer) for one in turns)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXTS.map(lambda text: text[:200] or "Why?"), TEXTS), min_size=1, max_size=12))
def test_memory_stays_within_its_budget(said: list[tuple[str, str]]) -> None:
    budget = Budget(summary=25, verbatim=60)
    told = conversation(*said)
    upto = overdue(told, budget, TOOLS)
    assert 0 <= upto < len(said), "the last turn is never summarised"
    text = summary(told, upto, budget, TOOLS)
    assert TOOLS.tokens(text) <= budget.summary
    assert bool(text) <= bool(upto)
    remembered = recall(replace(told, summary=text, summarised=upto), budget, TOOLS)
    questions = TOOLS.tokens(said[-1][0])
    assert cost(remembered) <= budget.summary + max(budget.verbatim, questions + 1)
    assert overdue(replace(told, summary=text, summarised=upto), budget, TOOLS) == upto, "it is done once"


def test_the_extract_keeps_what_carries_identifiers_names_and_the_subject() -> None:
    answer = (
        "There are several things to know here. CVE-2021-44228 was fixed by Apache in Log4j 2.17.1. "
        "It rained. Opinions differ about many of the other aspects of this."
    )
    text = extract("", [Turn("What fixes Log4Shell?", answer)], 18, TOOLS)
    assert text == "What fixes Log4Shell?\nCVE-2021-44228 was fixed by Apache in Log4j 2.17.1."


def test_what_is_old_fades() -> None:
    earlier = "What is T1110?\nT1110 is Brute Force."
    fresh = [Turn("What is T1566?", "T1566 is Phishing."), Turn("What is T1003?", "T1003 is Credential Dumping.")]
    text = extract(earlier, fresh, 12, TOOLS)
    assert "T1566" in text
    assert "T1003" in text
    assert "T1110" not in text


def test_a_sentence_comes_only_with_its_question() -> None:
    said = Turn("What is to be known of the things that were said before about all of it?", "T1110 is Brute Force.")
    assert extract("", [said], 6, TOOLS) == ""


def test_only_answered_turns_are_remembered() -> None:
    told = conversation(("What is T1110?", "Brute force. [s1]"), ("Who?", "x"), ("Why?", "y"))
    failed = replace(told.turns[1], state="failed", answer=None)
    pending: ConversationTurn = replace(told.turns[2], state="pending", answer=None)
    mixed = replace(told, turns=(told.turns[0], failed, pending))
    assert recall(mixed, Budget(), TOOLS) == (Turn("What is T1110?", "Brute force."),)
    assert overdue(mixed, Budget(1, 1), TOOLS) == 0


def test_a_long_last_answer_is_cut() -> None:
    told = conversation(("What is T1110?", " ".join(f"w{number}" for number in range(100))))
    (only,) = recall(told, Budget(10, 20), TOOLS)
    assert only.answer == clipped(told.turns[0].answer.text if told.turns[0].answer else "", 17, TOOLS)
    assert only.answer.endswith("w15 …")
