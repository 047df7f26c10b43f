"""Whether a passage supports a sentence, and where in it.

The best window of one to three neighbouring sentences is sought by the share of the claim's terms it holds; it must
hold every number, date, identifier and name of the claim, with the same polarity, and be alike in meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.rag.text.facts import Terms, altered, contradicts, facts, missing, words_of
from vedette.rag.text.injection import orders, suspicion
from vedette.rag.text.sentences import sentences
from vedette.records import Document, Support

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

FULL, SOME = 0.75, 0.6
"""Shares of a claim's terms in its window from which it is supported, or weakly so."""
NEAR = 0.62
"""Cosine of claim and window from which a paraphrase with a share of at least `SOME` is supported."""
_WINDOW, _LONGEST, _TRIED, _NEARLY = 3, 900, 3, 0.8
_RANK = {"supported": 2, "weak": 1, "unsupported": 0}


@dataclass(frozen=True, slots=True)
class Finding:
    """How a span `[start, end)` of a document stands to a claim: the `share` of its terms that stand there, 0..1, and
    the `reason` when that is not enough."""

    support: Support
    start: int
    end: int
    share: float
    reason: str = ""

    @property
    def rank(self) -> tuple[int, float]:
        return _RANK[self.support], self.share


@dataclass(frozen=True, slots=True)
class Place:
    """A passage to look in: its document and the span of its chunk."""

    document: Document
    start: int
    end: int
    headings: tuple[str, ...] = ()


def judge(claim: str, place: Place, encode: Encode, terms: Terms) -> Finding:
    """The best finding for a claim in one passage."""
    wanted = set(terms(claim))
    document = place.document
    over = " ".join((document.title, *place.headings, *document.identifiers, *document.names))
    above = set(terms(over))
    scored: list[tuple[float, int, int]] = []
    for start, end in _windows(place, claim):
        have = set(terms(document.text[start:end]))
        share = len(wanted & (have | above)) / len(wanted) if wanted else 0.0
        own = len(wanted & have) / len(wanted) if wanted else 0.0
        scored.append((0.5 * share + 0.5 * own - 0.00004 * (end - start), start, end))
    best = sorted(scored, reverse=True)[:_TRIED]
    if not best:
        return Finding("unsupported", place.start, place.start, 0.0, "empty passage")
    vectors = encode([claim, *(document.text[start:end] for _, start, end in best)])
    likeness = vectors[1:] @ vectors[0]
    sought = _Sought(claim, wanted, over, terms)
    findings = [
        _decide(sought, document.text[start:end], (start, end), float(alike))
        for (_, start, end), alike in zip(best, likeness, strict=True)
    ]
    return max(findings, key=lambda finding: finding.rank)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A claim, its terms, and what stands over the passage: title, headings, names."""

    claim: str
    wanted: set[str]
    over: str
    terms: Terms


def _decide(sought: _Sought, window: str, span: tuple[int, int], alike: float) -> Finding:
    claim, wanted, terms = sought.claim, sought.wanted, sought.terms
    around = f"{sought.over}. {window}"
    share = len(wanted & set(terms(around))) / len(wanted) if wanted else 0.0
    lost = missing(facts(claim), facts(around, inside=True), words_of(around))
    if lost:
        return Finding("unsupported", *span, share, f"not in the source: {', '.join(lost)}")
    against = contradicts(claim, _nearest(wanted, window, terms), terms) if share >= SOME else ""
    if against:
        return Finding("unsupported", *span, share, f"the source says otherwise ({against})")
    change = altered(claim, window)
    if change:
        return Finding("unsupported", *span, share, f"not what the source says ({change})")
    if share >= FULL or (share >= SOME and alike >= NEAR):
        return Finding("supported", *span, share)
    if share >= SOME:
        return Finding("weak", *span, share, f"{share:.0%} of its words stand in the source")
    return Finding("unsupported", *span, share, "no sentence of the source says it")


def _nearest(wanted: set[str], window: str, terms: Terms) -> str:
    """The sentence of a window that holds nearly all that the window holds of a claim, else the window."""
    held = {window[start:end]: len(wanted & set(terms(window[start:end]))) for start, end in sentences(window)}
    best = max(held, key=lambda text: held[text], default=window)
    return best if held.get(best, 0) >= _NEARLY * len(wanted & set(terms(window))) else window


def _windows(place: Place, claim: str) -> Iterator[tuple[int, int]]:
    """Spans of one to three sentences. What a document dictates to a model is no evidence for a claim that follows it;
    a claim that shows the order itself ("an example is 'ignore all …'") reports it, and may."""
    text = place.document.text[place.start : place.end]
    spans = sentences(text, place.start)
    barred = () if suspicion(claim) else tuple((a + place.start, b + place.start) for a, b in orders(text))
    for first in range(len(spans)):
        for last in range(first, min(first + _WINDOW, len(spans))):
            start, end = spans[first][0], spans[last][1]
            clean = not any(a < end and start < b for a, b in barred)
            if clean and (last == first or end - start <= _LONGEST):
                yield start, end
