"""Question, passages and earlier turns as the messages for a language model. The words stand in `prompts/*.md`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from vedette.errors import TooLarge
from vedette.rag.text.injection import suspicion, visible
from vedette.records import Message, Passage, Question, Turn, Understanding

NOT_IN_PASSAGES = "NOT_IN_PASSAGES"
_LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "pt": "Portuguese",
    "ca": "Catalan",
    "nl": "Dutch",
}
_MARKER = re.compile(r"\s?\[s?\d+\]")


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """How many tokens all messages together may have, and how they are counted."""

    tokens: int
    count: Callable[[str], int]


def build_messages(
    question: Question, understanding: Understanding, passages: Sequence[Passage], budget: TokenBudget, nonce: str
) -> list[Message]:
    """The prompt: rules, earlier turns (the latest first to be kept, in a quarter of the room), passages and question.

    Passage `i` is numbered `i + 1`, also when others are left out for want of room; best first. `nonce` is random for
    each request, so that no document can write the line that ends its quotation. Raises TooLarge when the question
    leaves no room for a passage.
    """
    language = question.language or understanding.language
    values = {
        "language": _LANGUAGES.get(language, "the language of the question"),
        "sentinel": NOT_IN_PASSAGES,
        "nonce": nonce,
        "form": _prompt("incident" if understanding.intent == "incident" else "answer").template.strip(),
    }
    system = _prompt("system").substitute(values).strip()
    asked = _prompt("question").substitute(values, passages="", question=visible(question.text)).strip()
    room = budget.tokens - budget.count(system) - budget.count(asked)
    history = _history(question.history, TokenBudget(room // 4, budget.count))
    room -= sum(budget.count(message.content) for message in history)
    quoted = _quoted(passages, TokenBudget(room, budget.count), nonce)
    if passages and not quoted:
        raise TooLarge("The question leaves no room for a passage; ask a shorter one or raise answer.context_tokens.")
    user = _prompt("question").substitute(values, passages=quoted, question=visible(question.text)).strip()
    return [Message("system", system), *history, Message("user", user)]


def says_not_in_passages(text: str) -> bool:
    """Whether the model says that the passages do not answer, also where it could not help adding a word or two.

    >>> says_not_in_passages("**NOT_IN_PASSAGES**."), says_not_in_passages("Use Argon2id [1].")
    (True, False)
    """
    return NOT_IN_PASSAGES in text and len(text.strip()) < len(NOT_IN_PASSAGES) + 40


def _history(turns: Sequence[Turn], budget: TokenBudget) -> list[Message]:
    """The last turns that fit, in order; their citation markers, which number other passages, removed."""
    kept: list[Message] = []
    left = budget.tokens
    for turn in reversed(turns):
        pair = [Message("user", turn.question), Message("assistant", _MARKER.sub("", turn.answer))]
        left -= sum(budget.count(message.content) for message in pair)
        if left < 0:
            break
        kept = pair + kept
    return [message for message in kept if message.content.strip()]


def _quoted(passages: Sequence[Passage], budget: TokenBudget, nonce: str) -> str:
    """The passages that fit; the first one is shortened rather than left out."""
    blocks: list[str] = []
    left = budget.tokens
    for number, passage in enumerate(passages, start=1):
        text = visible(passage.chunk.text)
        block = _block(number, passage, text, nonce)
        if number == 1 and budget.count(block) + 1 > left:
            block = _shortened(passage, text, left, budget, nonce)
        cost = budget.count(block) + 1 if block else 0
        if block and cost <= left:
            blocks.append(block)
            left -= cost
    return "\n".join(blocks)


def _shortened(passage: Passage, text: str, left: int, budget: TokenBudget, nonce: str) -> str:
    """The first passage cut at a blank so that it fits in `left` tokens; empty when not even a piece of it does."""
    while text:
        block = _block(1, passage, f"{text} …", nonce)
        if budget.count(block) + 1 <= left:
            return block
        text = text[: len(text) * 3 // 4].rpartition(" ")[0]
    return ""


def _block(number: int, passage: Passage, text: str, nonce: str) -> str:
    title = " ".join(visible(" > ".join((passage.title, *passage.chunk.headings))).split())
    page = f", page {passage.chunk.page}" if passage.chunk.page else ""
    mark = ", suspicious" if suspicion(passage.chunk.text) else ""
    return f"passage-{nonce} [{number}] {title}{page}{mark}\n{text}\npassage-{nonce} end"


@cache
def _prompt(name: str) -> Template:
    return Template((files("vedette.rag.generate") / "prompts" / f"{name}.md").read_text(encoding="utf-8"))
