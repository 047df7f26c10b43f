"""Answer without a model: a card for records, numbered steps for incidents, else the sentences that answer.

    question, understanding, passages -> cards | steps | listing | extract -> Draft -> verify
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vedette.rag.cards import cards, listing
from vedette.rag.extract import Encode, extract
from vedette.rag.steps import steps
from vedette.records import Document, Draft, Passage, Question, Understanding

_RESPONSE = re.compile(
    r"\b(respond|response|playbook|incident|contain|eradicat\w+|recover|handle|infected|breached|compromised|"
    r"responder|respuesta|incidente|contener|recuperar\w*|r[eé]agir|r[eé]ponse)\b",
    re.IGNORECASE,
)


def compose(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
) -> Draft:
    """The offline answer, every line a span of a document; its `text` is empty when nothing answers.

    `documents`, by id: those of the passages, and every record about an identifier or name of the question.
    """
    if understanding.intent == "incident" and _RESPONSE.search(question.text) and not understanding.identifiers:
        found = steps(question, understanding, passages, documents)
        if found is not None:
            return found
    for draft in (cards(question, understanding, documents), listing(question, passages, documents)):
        if draft is not None:
            return draft
    return extract(question, understanding, passages, documents, encode)
