"""Answer without a model: choose the sentences of the best passages that answer the question.

A sentence is scored by what it shares with the question (rare terms count more, those of the headings over it count
less), by its likeness in meaning, by its passage, and by whether it holds the type of thing that is asked for. A line
that introduces a list brings its items. Every sentence is a span of its document.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette.rag.asked import AnswerType, answer_type
from vedette.rag.outline import Unit, cite, plain, units
from vedette.rag.sentences import sentences
from vedette.rag.typed import holds, year_within
from vedette.records import Document, Draft, Passage, Question, Source, Understanding

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""
Terms = Callable[[str], Sequence[str]]
"""Index terms of a text: folded, stemmed, without stop words."""

PROVIDER = "extractive"
_PASSAGES, _CANDIDATES, _ITEMS = 8, 40, 8
_LEXICAL, _DENSE, _PASSAGE, _CUE = 0.40, 0.35, 0.15, 0.10
_HEADING_SHARE = 0.6
_MOST: Mapping[AnswerType, int] = {"person": 1, "time": 1, "place": 1, "number": 1, "definition": 3}
_MOST_OTHERS = 4
_KEPT, _ALIKE = 0.72, 0.88
_LONGEST = 700
_NOISE = re.compile(
    r"\bTODO\b|all rights reserved|intentionally (left )?blank|\.{5,}|^(figure|table|source|see also|note to)\b[^.]*$"
    r"|^\W*(https?://\S+\W*)+$|^_?this section is (normative|informative)",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(r"(it|they|this|these|those|he|she|such|that|however|therefore|also|ell[oa]s?|est[oae]s?)\b", re.I)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer. `index` is the place of its unit among the document's; `score` is about 0..1."""

    document: str
    start: int
    end: int
    text: str
    unit: Unit
    index: int
    passage: float
    score: float = 0.0


def extract(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
    terms: Terms,
) -> Draft:
    """One to five sentences, or a list with its lead-in, out of the best passages; an empty draft when none will do.

    `documents` holds the documents of the passages by id.
    """
    kind = answer_type(question.text)
    outlines = {passage.document: units(documents[passage.document]) for passage in passages[:_PASSAGES]}
    found = list(_candidates(passages[:_PASSAGES], documents, outlines, question.text))
    ranked = _rank(question.text, kind, found, encode, terms)
    if not ranked:
        return Draft("", PROVIDER)
    listed = _list_of(ranked, kind, documents, outlines)
    chosen = listed or _spread(ranked, kind, encode)
    return render(tuple(_source(item, documents) for item in chosen), tuple(item.unit.kind for item in chosen))


def render(spans: Sequence[Source], kinds: Sequence[str]) -> Draft:
    """The Markdown of chosen spans: sentences of one document flow, list items are bullets, `[n]` numbers the span."""
    lines: list[str] = []
    for number, (span, kind) in enumerate(zip(spans, kinds, strict=True), start=1):
        item = kind in ("list_item", "table_row")
        if number > 1 and (spans[number - 2].document != span.document or item != (kinds[number - 2] == kind and item)):
            lines.append("")
        lines.append(f"{'- ' if item else ''}{plain(span.quote)} [{number}]")
    return Draft("\n".join(lines), PROVIDER, spans=tuple(spans))


def _candidates(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
    question: str,
) -> Iterator[Candidate]:
    seen: set[tuple[str, int]] = set()
    for passage in passages:
        text, chunk = documents[passage.document].text, passage.chunk
        for index, unit in enumerate(outlines[passage.document]):
            if unit.end <= chunk.start or unit.start >= chunk.end or (unit.kind == "code"):
                continue
            if unit.kind == "heading" and not year_within(question, text[unit.start : unit.end]):
                continue
            for start, end in _pieces(text, unit):
                key = (passage.document, start)
                if end > chunk.start and start < chunk.end and key not in seen:
                    seen.add(key)
                    shown = plain(text[start:end])
                    if _readable(shown, unit):
                        yield Candidate(passage.document, start, end, shown, unit, index, passage.scores.final)


def _pieces(text: str, unit: Unit) -> list[tuple[int, int]]:
    """The sentences of a unit; a short list item or row stays whole."""
    piece = text[unit.start : unit.end]
    if unit.kind != "paragraph" and len(piece) <= _LONGEST // 2:
        return [(unit.start, unit.end)]
    return [(unit.start + start, unit.start + end) for start, end in sentences(piece)]


def _readable(text: str, unit: Unit) -> bool:
    """Whether a span can stand in an answer: not boilerplate, not a fragment, not a page of text without a stop."""
    if _NOISE.search(text) or len(text) > _LONGEST:
        return False
    letters = sum(character.isalpha() for character in text)
    if unit.kind != "paragraph":
        return letters >= 2
    return letters >= 12 and letters >= len(text) / 2 and len(text.split()) >= 3 and not text[0].islower()


def _rank(
    question: str, kind: AnswerType, found: Sequence[Candidate], encode: Encode, terms: Terms
) -> list[Candidate]:
    """The candidates by score, best first; the meaning is compared for the best by the cheap parts only."""
    if not found:
        return []
    wanted = set(terms(question))
    own = [set(terms(item.text)) for item in found]
    above = [set(terms(" ".join(item.unit.headings))) for item in found]
    counts = Counter(term for have in own for term in have & wanted)
    weight = {term: math.log(1 + len(found) / (0.5 + counts[term])) for term in wanted}
    total = sum(weight.values()) or 1.0
    best = max(item.passage for item in found) or 1.0
    cheap: list[Candidate] = []
    for item, have, over in zip(found, own, above, strict=True):
        shared = sum(weight[t] * (1.0 if t in have else _HEADING_SHARE) for t in wanted & (have | over)) / total
        cue = _cue(question, kind, item)
        cheap.append(replace(item, score=_LEXICAL * shared + _PASSAGE * item.passage / best + _CUE * cue))
    cheap = sorted(cheap, key=lambda item: -item.score)[:_CANDIDATES]
    vectors = encode([question, *(_in_context(item) for item in cheap)])
    likeness = vectors[1:] @ vectors[0]
    scored = [replace(c, score=c.score + _DENSE * float(s)) for c, s in zip(cheap, likeness, strict=True)]
    return sorted(scored, key=lambda item: -item.score)


def _in_context(item: Candidate) -> str:
    return f"{item.unit.headings[-1]}: {item.text}" if item.unit.headings else item.text


def _cue(question: str, kind: AnswerType, item: Candidate) -> float:
    """How far the form of a sentence fits the question: -1..2."""
    fits = 1.0 if holds(kind, question, item.text) else 0.0
    fits += 1.0 if year_within(question, " ".join((item.text, *item.unit.headings[-1:]))) else 0.0
    if item.unit.kind == "paragraph" and _ANAPHOR.match(item.text):
        fits -= 0.5
    if item.text.endswith("?"):
        fits -= 1.0
    return fits


def _list_of(
    ranked: Sequence[Candidate],
    kind: AnswerType,
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
) -> list[Candidate]:
    """The list that the best sentence introduces or belongs to, where the question wants more than one thing."""
    best = ranked[0]
    outline = outlines[best.document]
    introduces = best.text.endswith(":") and best.index + 1 < len(outline)
    if kind in ("person", "time", "place", "number", "definition") and not introduces:
        return []
    first = best.index + 1 if introduces else best.index
    if outline[first].kind != "list_item":
        return []
    model, members = outline[first], [first]
    for step in (-1, 1):
        place = first + step
        while 0 <= place < len(outline) and outline[place].kind == "list_item" and outline[place].level >= model.level:
            if outline[place].level == model.level:
                members.append(place)
            place += step
    if len(members) < 2:
        return []
    text = documents[best.document].text
    near = sorted(sorted(members, key=lambda place: abs(place - first))[:_ITEMS])
    spans = [(outline[place].start, outline[place].end, outline[place]) for place in near]
    if introduces:
        spans.insert(0, (best.start, best.end, best.unit))
    elif model.lead is not None:
        lead_unit = next(unit for unit in outline if unit.start <= model.lead[0] < unit.end)
        start, end = _pieces(text, lead_unit)[-1]
        spans.insert(0, (start, end, replace(lead_unit, kind="paragraph")))
    return [
        replace(best, start=start, end=end, text=plain(text[start:end]), unit=unit) for start, end, unit in spans
    ]


def _spread(ranked: Sequence[Candidate], kind: AnswerType, encode: Encode) -> list[Candidate]:
    """The best sentence, then others that are nearly as good and say something else; grouped by document, in its
    order, the document of the best sentence first, and that sentence first of all for a short fact."""
    most = _MOST.get(kind, _MOST_OTHERS)
    floor = ranked[0].score * _KEPT
    close = [item for item in ranked[: 3 * most] if item.score >= floor]
    vectors = encode([item.text for item in close])
    chosen: list[int] = []
    for place in range(len(close)):
        if len(chosen) < most and all(float(vectors[place] @ vectors[other]) < _ALIKE for other in chosen):
            chosen.append(place)
    order = list(dict.fromkeys(close[place].document for place in chosen))
    return sorted((close[place] for place in chosen), key=lambda item: (order.index(item.document), item.start))


def _source(item: Candidate, documents: Mapping[str, Document]) -> Source:
    return cite(item.document, documents[item.document], item.start, item.end, item.score)
