"""Turns and tools for tests of conversations: the tools are the real ones of the questions' own flow."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.conversations.tools import TextTools
from vedette.rag.text.analyse import detect_language
from vedette.rag.text.identifiers import find_identifiers
from vedette.rag.text.sentences import sentences
from vedette.rag.understand.asked import content_words, is_aspect_word
from vedette.rag.verify.harmless import harmless
from vedette.records import Answer, ConversationTurn, Source

TOOLS = TextTools(
    identifiers=find_identifiers,
    sentences=sentences,
    language=detect_language,
    tokens=lambda text: len(text.split()),
    content_words=content_words,
    is_aspect=is_aspect_word,
    harmless=lambda text, said: harmless(text, said)[0],
)


def answered(text: str, *titles: str) -> Answer:
    """An answer with a source for each title."""
    sources = tuple(
        Source(f"s{number}", f"d{number}", title, f"{title}.md", number, 0, 5, "quote", 0.9)
        for number, title in enumerate(titles, start=1)
    )
    return Answer(text, False, "", (), sources, "extractive", 1, {"total": 1.0})


def turn(number: int, question: str, text: str, *titles: str) -> ConversationTurn:
    """An answered turn."""
    return ConversationTurn(
        f"{number:032x}", number, question, question, "done", f"2026-01-01T00:00:{number:02}", answered(text, *titles)
    )


def turns(rows: Sequence[Sequence[str]]) -> list[ConversationTurn]:
    """Turns from rows of question, answer, titles."""
    return [turn(number, *row) for number, row in enumerate(rows, start=1)]
