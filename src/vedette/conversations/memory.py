"""What a model is told of earlier turns: the last ones word for word, those before in a summary, within a budget.

Without a model the summary is made of the questions and of those sentences of the answers that carry identifiers,
names, or what was asked for: extractive summarisation by coverage, the best first (Edmundson 1969, "New Methods in
Automatic Extracting": cue words, title words).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vedette.conversations.tools import TextTools
from vedette.errors import VedetteError
from vedette.records import Conversation, ConversationTurn, Turn

Summarise = Callable[[Sequence[Turn]], str]
"""A summary of turns by a model; the first of them may be what an earlier summary said, under an empty question."""

_MARKER = re.compile(r"\s?\[s?\d+\]")
_NAME = re.compile(r"(?<=[\w,;:)] )[A-ZÁÉÍÓÚÑÀÂÇÈÊÎÔ][\w.-]+")
_AGED = 0.7  # what each summary leaves of the weight of the one before: what is old fades


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens of the summary, and of the turns that are kept word for word. Together they stay below the quarter of the
    prompt that the flow of answers gives to earlier turns."""

    summary: int = 160
    verbatim: int = 360


@dataclass(frozen=True, slots=True)
class _Unit:
    """A question or sentence that may come into the summary; `turn` and `place` say where it stood."""

    turn: int
    place: int
    text: str
    weight: float


def recall(conversation: Conversation, budget: Budget, tools: TextTools) -> tuple[Turn, ...]:
    """The summary, under an empty question, then the last turns; all of it within the budget."""
    said = _said(conversation.turns[conversation.summarised :])
    kept = said[len(said) - _fitting(said, budget, tools) :]
    if kept and _cost(kept[-1], tools) > budget.verbatim:
        left = budget.verbatim - tools.tokens(kept[-1].question)
        kept = (Turn(kept[-1].question, clipped(kept[-1].answer, left, tools)),)
    return (Turn("", conversation.summary), *kept) if conversation.summary else kept


def overdue(conversation: Conversation, budget: Budget, tools: TextTools) -> int:
    """How many of the first turns should be summarised now: those that do not fit among the last."""
    settled = [turn for turn in conversation.turns if turn.state != "pending"]
    said = _said(settled[conversation.summarised :])
    if not said:
        return conversation.summarised
    fitting = _fitting(said, budget, tools)
    answered = [turn.number for turn in settled[conversation.summarised :] if turn.state == "done"]
    return answered[len(answered) - fitting] - 1


def summary(
    conversation: Conversation, upto: int, budget: Budget, tools: TextTools, summarise: Summarise | None = None
) -> str:
    """What the first `upto` turns said, in at most `budget.summary` tokens: by the model where there is one and it
    answers, else extractively."""
    fresh = _said(conversation.turns[conversation.summarised : upto])
    if summarise is not None:
        earlier = (Turn("", conversation.summary),) if conversation.summary else ()
        try:
            said = "\n".join(f"{turn.question}\n{turn.answer}" for turn in (*earlier, *fresh))
            written = " ".join(tools.harmless(_MARKER.sub("", summarise((*earlier, *fresh))), said).split())
        except VedetteError:  # no model answers now: the extract does
            written = ""
        if written:
            return clipped(written, budget.summary, tools)
    return extract(conversation.summary, fresh, budget.summary, tools)


def extract(earlier: str, fresh: Sequence[Turn], room: int, tools: TextTools) -> str:
    """Lines of the earlier summary, questions and sentences, the weightiest first until `room` tokens are full; in the
    order in which they were said. A sentence comes in only with its question."""
    kept: list[_Unit] = []
    units = [unit for unit in _units(earlier, fresh, tools) if unit.weight > 0]
    for unit in sorted(units, key=lambda unit: -unit.weight):
        led = unit.place <= 0 or any(one.turn == unit.turn and one.place == 0 for one in kept)
        if led and tools.tokens(_lines([*kept, unit])) <= room:
            kept.append(unit)
    return _lines(kept)


def clipped(text: str, room: int, tools: TextTools) -> str:
    """A text cut between words so that it fits in `room` tokens; empty where nothing does."""
    if tools.tokens(text) <= room:
        return text
    words = text.split()
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if tools.tokens(" ".join(words[:middle]) + " …") <= room:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low]) + " …" if low else ""


def _said(found: Sequence[ConversationTurn]) -> tuple[Turn, ...]:
    """The answered turns, as the questions that were searched for and the answers without their markers."""
    return tuple(
        Turn(turn.standalone, _MARKER.sub("", turn.answer.text).strip()) for turn in found if turn.answer is not None
    )


def _fitting(said: Sequence[Turn], budget: Budget, tools: TextTools) -> int:
    """How many of the last turns fit; the last always counts."""
    left, number = budget.verbatim, 0
    for turn in reversed(said):
        left -= _cost(turn, tools)
        if left < 0 and number:
            break
        number += 1
    return number


def _cost(turn: Turn, tools: TextTools) -> int:
    return tools.tokens(turn.question) + tools.tokens(turn.answer)


def _units(earlier: str, fresh: Sequence[Turn], tools: TextTools) -> list[_Unit]:
    old = [line for line in earlier.split("\n") if line.strip()]
    units = [_Unit(-1, place - len(old), line, _AGED * _weight(line, (), tools)) for place, line in enumerate(old)]
    for number, turn in enumerate(fresh):
        asked = tools.content_words(turn.question)
        units.append(_Unit(number, 0, turn.question, 2.0 + _weight(turn.question, (), tools)))
        for place, (start, end) in enumerate(tools.sentences(turn.answer), start=1):
            sentence = " ".join(turn.answer[start:end].split())
            units.append(_Unit(number, place, sentence, _weight(sentence, asked, tools) / (1 + place / 10)))
    return units


def _weight(text: str, asked: Sequence[str], tools: TextTools) -> float:
    """Identifiers count most, then names, then the words of the question; a long sentence has to carry more."""
    words = tools.content_words(text)
    shared = len(set(words) & set(asked))
    found = 2.0 * len(tools.identifiers(text)) + len(_NAME.findall(text)) + shared
    return found / math.sqrt(4.0 + len(words))


def _lines(units: Sequence[_Unit]) -> str:
    return "\n".join(unit.text for unit in sorted(units, key=lambda unit: (unit.turn, unit.place)))
