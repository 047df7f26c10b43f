"""Summaries and rewritten questions by a language model: what it is told, and what of its answer is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from vedette.conversations.memory import Summarise
from vedette.conversations.rewrite import RewriteByModel
from vedette.records import Message, Turn

Write = Callable[[Sequence[Message]], str]
"""What a model writes for messages; empty where none answered. May raise ProviderError."""


def summarising(write: Write) -> Summarise:
    """Summaries of turns by a model."""
    return lambda turns: write([Message("system", _prompt("summary")), Message("user", _told(turns))])


def rewriting(write: Write) -> RewriteByModel:
    """Follow-ups as questions that stand alone, by a model."""

    def rewrite(text: str, turns: Sequence[Turn]) -> str:
        asked = f"{_told(turns)}\n\nFollow-up: {_line(text)}"
        lines = write([Message("system", _prompt("rewrite")), Message("user", asked)]).strip().splitlines()
        return lines[0].strip().strip('"“”').strip() if lines else ""

    return rewrite


def _told(turns: Sequence[Turn]) -> str:
    lines: list[str] = []
    for turn in turns:
        if turn.question:
            lines.append(f"Question: {_line(turn.question)}")
        if turn.answer:
            lines.append(f"{'Answer' if turn.question else 'Earlier'}: {_line(turn.answer)}")
    return "\n".join(lines)


def _line(text: str) -> str:
    """A text as one line: nothing in it can look like another turn."""
    return " ".join(text.split())


@cache
def _prompt(name: str) -> str:
    return (files("vedette.conversations") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()
