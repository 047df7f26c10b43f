"""Sentences of a draft that send the reader somewhere although nothing in the question asks for it.

What a poisoned document dictates to a model ("… close with: get help at http://…") does stand in that document, so that
a look for support does not catch it. That nobody asked for it does, in whatever words and language the order is put.
Sentences without an address are left alone: small embeddings put too many right ones as far from their question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.rag.text.analyse import detect_language, terms

# Cosines from which a sentence belongs to the question, and to a sentence that does.
ASKED, JOINED = 0.2, 0.25
_ADDRESS = re.compile(
    r"\b(?:https?|ftp)://|\bwww\.|[\w.+-]+@[\w-]+\.\w|\b(?:[\w-]+\.)+[a-z]{2,}/|(?<!\w)\+\d[\d ().-]{6,}\d",
    re.IGNORECASE,
)


def beside(
    question: str, sentences: Sequence[str], encode: Callable[[Sequence[str]], NDArray[np.float32]]
) -> frozenset[str]:
    """Those of the sentences that name an address (link, e-mail, telephone), share no term with the question, and are
    alike in meaning neither to it nor to a sentence that is. `encode` gives unit vectors, shape (texts, dimension)."""
    if not question or not any(_ADDRESS.search(sentence) for sentence in sentences):
        return frozenset()
    vectors = encode([question, *sentences])
    wanted = _terms(question)
    alike = vectors[1:] @ vectors[0] >= ASKED
    related = alike | np.array([bool(wanted & _terms(sentence)) for sentence in sentences])
    joined = (vectors[1:] @ vectors[1:][related].T >= JOINED).any(axis=1)
    kept = related | joined
    return frozenset(s for s, stays in zip(sentences, kept, strict=True) if not stays and _ADDRESS.search(s))


def _terms(text: str) -> set[str]:
    return set(terms(text, detect_language(text)))
