"""Answer without a model: a card for records, numbered steps for incidents, else the sentences that answer.

question, understanding, passages -> cards | steps | listing | imprint | extract -> Draft -> verify
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vedette.rag.answer.cards import cards, related_identifiers
from vedette.rag.answer.extract import Encode, extract
from vedette.rag.answer.imprint import imprint
from vedette.rag.answer.listing import listing, wanted_kinds
from vedette.rag.answer.steps import steps, wants_steps
from vedette.rag.understand.asked import aspects
from vedette.rag.understand.gloss import in_words_of_documents
from vedette.records import Document, Draft, Passage, Question, Understanding


def compose(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
) -> Draft:
    """The offline answer, every line a span of a document; its `text` is empty when nothing answers.

    `documents`, by id: those of the passages, every record about an identifier or name of the question, and those about
    or tagged with `related_identifiers`.
    """
    if wants_steps(question.text, understanding):
        found = steps(question, understanding, passages, documents, encode)
        if found is not None:
            return found
    tagged = related_identifiers(question, understanding, documents)
    ways: list[Callable[[], Draft | None]] = [
        lambda: cards(question, understanding, documents),
        lambda: listing(question, passages, documents, tagged),
    ]
    for way in reversed(ways) if _wants_records(question, understanding) else ways:
        found = way()
        if found is not None:
            return found
    said = imprint(question, passages, documents)
    if said is not None:
        return said
    return extract(*in_words_of_documents(question, understanding), passages, documents, encode)


def _wants_records(question: Question, understanding: Understanding) -> bool:
    """Whether a list of records is asked for rather than a part of one: "Which controls require …"."""
    kinds = wanted_kinds(question.text)
    parts = set(aspects(question.text)) - {"controls"}
    return kinds == ("sigma",) or (bool(kinds) and not parts and not understanding.identifiers)
