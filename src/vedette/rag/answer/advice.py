"""Advice that a document spreads over its sections: the rules that its headings number, else its list of good practice.

"How do I secure a Docker container?" is answered by no sentence of a guide to it, but by its headings "Rule 1 …".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vedette.rag.answer.candidates import Candidate
from vedette.rag.text.analyse import terms
from vedette.rag.text.outline import Unit, plain
from vedette.rag.understand.asked import aspects, content_words, is_aspect_word, topic
from vedette.records import Document

_SECURES = re.compile(r"\b(?:secur(?:e|ing)|asegur\w+|s[eé]curis\w+)\b", re.IGNORECASE)
_RULE = re.compile(
    r"(?:rule|step|(?:defen[cs]e )?option|tip|practice|recommendation|measure|regla|paso|opci[oó]n|consejo|medida|"
    r"r[eè]gle|[eé]tape|mesure)\W{0,3}\d+\w?\b\W+\w",
    re.IGNORECASE,
)
_PRACTICE = re.compile(
    r"\b(?:best practices|checklist|recommendations|how to prevent|prevention|buenas pr[aá]cticas|recomendaciones|"
    r"c[oó]mo se previene|prevenci[oó]n|bonnes pratiques|recommandations)\b",
    re.IGNORECASE,
)
_COVERED, _LEAST, _RULES, _ITEMS = 0.5, 3, 16, 10


def advice(
    question: str,
    ranked: Sequence[Candidate],
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
) -> list[Candidate]:
    """The rules, or else the good practice, of the document whose title bears what a question wants to secure or
    prevent; nothing for other questions."""
    if "mitigations" not in aspects(question) and not _SECURES.search(question):
        return []
    name = _titled(question, ranked, documents)
    first = next((item for item in ranked if item.document == name), None)
    if first is None:
        return []
    outline, text = outlines[name], documents[name].text
    units = list(_rules(text, outline))[:_RULES] or list(_practice(documents[name].title, outline))[:_ITEMS]
    shown = ((place, replace(unit, kind="list_item")) for place, unit in units)
    return [Candidate(name, u.start, u.end, plain(text[u.start : u.end]), u, i, first.passage) for i, u in shown]


def _titled(question: str, ranked: Sequence[Candidate], documents: Mapping[str, Document]) -> str:
    """The prose document whose title has most of what the question is about, and at least half; "" for none."""
    words = [word for word in content_words(topic(question)) if not is_aspect_word(word) and not _SECURES.match(word)]
    shares: dict[str, float] = {}
    for item in ranked:
        document = documents[item.document]
        language = document.language or "en"
        subject = set(terms(" ".join(words), language))
        if subject and document.kind == "prose" and item.document not in shares:
            shares[item.document] = len(subject & set(terms(document.title, language))) / len(subject)
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] >= _COVERED else ""


def _rules(text: str, outline: Sequence[Unit]) -> Iterator[tuple[int, Unit]]:
    """The numbered headings of one section, with their places: of the first that has enough of them."""
    sections: dict[tuple[str, ...], list[tuple[int, Unit]]] = {}
    for place, unit in enumerate(outline):
        if unit.kind == "heading" and _RULE.match(plain(text[unit.start : unit.end]).replace("\\", "")):
            sections.setdefault(unit.headings[:-1], []).append((place, unit))
    yield from next((found for found in sections.values() if len(found) >= _LEAST), ())


def _practice(title: str, outline: Sequence[Unit]) -> Iterator[tuple[int, Unit]]:
    """The outermost list items under the first of the document's main headings that promises good practice for all of
    it, with their places."""
    sections: dict[str, list[tuple[int, Unit]]] = {}
    for place, unit in enumerate(outline):
        over = next((name for name in unit.headings[:2] if name != title and _PRACTICE.search(name)), None)
        if over and unit.kind == "list_item" and unit.level <= 1:
            sections.setdefault(over, []).append((place, unit))
    yield from next((found for found in sections.values() if len(found) >= _LEAST), ())
