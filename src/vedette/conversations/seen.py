"""What of a conversation may still be read: nothing of documents that are gone, were changed, or are no longer shared.

A stored answer quotes its sources. Who loses a document loses these quotations too, in the page, in exports and in what
a model is told of earlier turns. What is stored stays as it is: who gets the document back reads everything again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from vedette.errors import NotFound
from vedette.records import Answer, Conversation, ConversationTurn
from vedette.services import Knowledge

LEFT_OUT = "Left out here: what stood on a document that was removed or changed, or is no longer shared with you."
_MARKER = re.compile(r"\[(s\d+)\]")
# A sentence with the markers behind it, or the end of a line that has none.
_PIECE = re.compile(r".*?\[s\d+\](?:\s*\[s\d+\])*|.+$")

Stands = Callable[[str, str], bool]
"""Whether a document is there to be read and holds a text."""


def as_seen(conversation: Conversation, knowledge: Knowledge) -> Conversation:
    """The conversation without what `knowledge` does not hold; the very same where it holds everything."""
    stands, whole = _standing(knowledge), True
    turns: list[ConversationTurn] = []
    for turn in conversation.turns:
        seen = turn_as_seen(turn, stands)
        # A follow-up was completed with words of the answers before it.
        turns.append(seen if whole else replace(seen, standalone=seen.asked, because=""))
        whole = whole and seen is turn
    if whole:
        return conversation
    told = conversation.turns[: conversation.summarised] == tuple(turns[: conversation.summarised])
    kept = (conversation.summary, conversation.summarised) if told else ("", 0)
    return Conversation(conversation.info, tuple(turns), *kept)


def turn_as_seen(turn: ConversationTurn, stands: Stands) -> ConversationTurn:
    """The turn without what stood on texts that do not stand; the very same where all do."""
    seen = turn.answer and answer_as_seen(turn.answer, stands)
    return turn if seen is turn.answer else replace(turn, answer=seen)


def answer_as_seen(answer: Answer, stands: Stands) -> Answer:
    """The answer without what stood on texts that do not stand; the very same where all do."""
    sources = tuple(one for one in answer.sources if stands(one.document, one.quote))
    passages = tuple(one for one in answer.passages if stands(one.document, one.chunk.text))
    if (sources, passages) == (answer.sources, answer.passages):
        return answer
    known = {source.id for source in sources}
    claims = tuple(claim for claim in answer.claims if known.issuperset(claim.sources))
    bare = replace(answer, topics=(), notices=(), checks=(), forecast=None)
    kept = replace(bare, claims=claims, sources=sources, passages=passages)
    return kept if answer.refused else replace(kept, text=_text(answer, known))


def unmarked(text: str) -> str:
    """The text of an answer for whoever has none of its sources at hand.

    >>> unmarked("Use a salt. [s1] [s2]\\nRotate it [s3].")
    'Use a salt.\\nRotate it.'
    """
    return re.sub(rf"\s?{_MARKER.pattern}", "", text)


def seen_by(knowledge: Knowledge) -> Callable[[ConversationTurn], ConversationTurn]:
    """`turn_as_seen` for turns of several conversations."""
    stands = _standing(knowledge)
    return lambda turn: turn_as_seen(turn, stands)


def answers_seen_by(knowledge: Knowledge) -> Callable[[Answer], Answer]:
    """`answer_as_seen` for several answers."""
    stands = _standing(knowledge)
    return lambda answer: answer_as_seen(answer, stands)


def _standing(knowledge: Knowledge) -> Stands:
    @cache
    def text(document: str) -> str:
        try:
            return knowledge.document(document).document.text
        except NotFound:
            return ""

    return lambda document, quote: bool(text(document)) and quote in text(document)


def _text(answer: Answer, known: set[str]) -> str:
    """The lines with the sentences whose every source is known. What carries no marker, headings and code, may come
    from any passage, and goes."""
    lines: list[str] = []
    for line in answer.text.splitlines():
        pieces = _PIECE.findall(line)
        told = "".join(piece for piece in pieces if known.issuperset(_MARKER.findall(piece) or [""]))
        if told or not line.strip():
            lines.append(told if line.startswith(told) else told.strip())
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return kept if kept == answer.text else f"{kept}\n\n{LEFT_OUT}".lstrip("\n")
