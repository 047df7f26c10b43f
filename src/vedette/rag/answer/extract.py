"""Answer without a model: choose the sentences of the best passages that answer the question.

A sentence is scored by what it shares with the question (rare terms count more, those of the headings over it count
less), by its likeness in meaning, by its passage, and by whether it holds the type of thing that is asked for. A line
that introduces a list brings its items. Every sentence is a span of its document.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vedette.rag.answer.advice import advice
from vedette.rag.answer.candidates import Candidate, candidates
from vedette.rag.answer.cards import cards
from vedette.rag.answer.define import defined
from vedette.rag.answer.lists import list_of
from vedette.rag.answer.typed import contrasts, holds, judges, obliges, year_within
from vedette.rag.text.analyse import query_terms, terms
from vedette.rag.text.facts import facts, missing, words_of
from vedette.rag.text.outline import cite, headed, plain, units
from vedette.rag.understand.asked import AnswerType, answer_type, one_word, section_wanted, topic, yes_or_no
from vedette.records import Document, Draft, Passage, Question, Source, Understanding

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

PROVIDER = "extractive"
_PASSAGES, _CANDIDATES, _ROWS, _COMPARED = 12, 60, 8, 2
# Weights and shares fitted on the development sets for Spanish extraction and security questions.
_LEXICAL, _DENSE, _PASSAGE, _CUE = 0.50, 0.25, 0.25, 0.12
_HEADING_SHARE, _NEIGHBOUR_SHARE = 0.75, 0.25
_SPECIFIC, _SERIES = 2.0, 2.0
_DENSE_ALONE = 0.40
"""What meaning counts more where no sentence shares a term with the question."""
_MOST: Mapping[AnswerType, int] = {
    "person": 1,
    "time": 1,
    "place": 1,
    "number": 2,
    "version": 2,
    "fact": 2,
    "definition": 2,
}
_MOST_OTHERS = 4
_ROW_SHARE = 0.8
_SHORT_LIST = 5  # lead-in and items: fewer are a detail of what a whole document is about
_KEPT, _KEPT_FACT, _ALIKE = 0.75, 0.85, 0.88
_ANAPHOR = re.compile(
    r"(it|they|this|these|those|he|she|such|that|however|therefore|also|ell[oa]s?|est[oae]s?)\b", re.IGNORECASE
)


def extract(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
    naming: Sequence[str] = (),
) -> Draft:
    """One to five sentences, or a list with its lead-in, out of the best passages; an empty draft when none will do.

    `documents` holds the documents of the passages by id. `naming`: what each sentence has to name, all of it.
    """
    kind = "other" if naming else answer_type(question.text)
    outlines = {passage.document: units(documents[passage.document]) for passage in passages[:_PASSAGES]}
    if kind == "definition":
        said = defined(question.text, passages[:_PASSAGES], documents, outlines, encode)
        if said:
            return _drawn(said, documents)
    found = list(candidates(passages[:_PASSAGES], documents, outlines, question.text))
    languages = {passage.document: passage.language or understanding.language for passage in passages}
    asked = query_terms(one_word(topic(question.text)), understanding.language, sorted(set(languages.values())))
    titles = {passage.document: passage.title for passage in passages}
    ranked = _rank(question.text, kind, _scored(found, asked, languages, documents), titles, encode)
    for thing in naming:
        ranked = [item for item in ranked if _names(item.text, thing, languages[item.document])]
    if naming:
        return _drawn(_contrast(ranked), documents) if ranked else Draft("", PROVIDER)
    if yes_or_no(question.text):
        ranked = [item for item in ranked if _names_all(question.text, item, documents)]
    if not ranked:
        return Draft("", PROVIDER)
    listed = list_of(question.text, kind, ranked, documents, outlines)
    if kind == "method" and len(listed) < _SHORT_LIST:
        listed = advice(question.text, ranked, documents, outlines) or listed
    chosen = listed or _spread(question.text, ranked, kind, encode)
    return _drawn(chosen, documents)


def explain(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
) -> Draft:
    """What a thing is: the card of its record, or the sentences that define it; an empty draft when none does."""
    card = cards(question, understanding, documents)
    if card is not None:
        return card
    outlines = {passage.document: units(documents[passage.document]) for passage in passages[:_PASSAGES]}
    return _drawn(defined(question.text, passages[:_PASSAGES], documents, outlines, encode), documents)


def _contrast(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The rows of the best table that compares, else the two best sentences, such as set one against the other."""
    first = next((item for item in ranked if item.unit.kind == "table_row"), ranked[0])
    rows = [item for item in ranked if (item.document, item.unit.headings) == (first.document, first.unit.headings)]
    if first.unit.kind == "table_row" and len(rows) > 1:
        return sorted((item for item in rows if item.unit.kind == "table_row"), key=lambda item: item.start)[:_ROWS]
    best = ([item for item in ranked if contrasts(item.text)] or list(ranked))[:_COMPARED]
    return sorted(best, key=lambda item: (item.document != best[0].document, item.start))


def _names(text: str, thing: str, language: str) -> bool:
    return set(terms(thing, language)) <= set(terms(text, language))


def render(spans: Sequence[Source], kinds: Sequence[str]) -> Draft:
    """The Markdown of chosen spans: sentences of one document flow, list items are bullets, `[n]` numbers the span."""
    lines: list[str] = []
    bullets = [kind in ("list_item", "table_row") for kind in kinds]
    for number, (span, bullet) in enumerate(zip(spans, bullets, strict=True), start=1):
        before = number - 2
        if number > 1 and (spans[before].document != span.document or bullets[before] != bullet):
            lines.append("")
        lines.append(f"{'- ' if bullet else ''}{plain(span.quote)} [{number}]")
    return Draft("\n".join(lines), PROVIDER, spans=tuple(spans))


def _scored(
    found: Sequence[Candidate],
    asked: Mapping[str, float],
    languages: Mapping[str, str],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """The candidates with the part of their score that comes of shared terms and of their passage."""
    years = {term for term in asked if re.fullmatch(r"(19|20)\d\d", term)}
    own = [
        set(terms(one_word(item.text), languages[item.document])) & asked.keys()
        | {year for year in years if year_within(year, _dated(item))}
        for item in found
    ]
    counts = Counter(term for have in own for term in have)
    weight = {
        term: times * math.log(1 + len(found) / (0.5 + counts[term])) * (_SPECIFIC if _is_specific(term) else 1.0)
        for term, times in asked.items()
    }
    total = sum(weight.values()) or 1.0
    scored: list[Candidate] = []
    for place, (item, have) in enumerate(zip(found, own, strict=True)):
        over = " ".join((documents[item.document].title, *item.unit.headings))
        above = (set(terms(over, languages[item.document])) & asked.keys()) - have
        before = found[place - 1] if place else item
        follows = before.document == item.document and item.start > before.start and before.unit == item.unit
        near = own[place - 1] - have - above if follows else set()
        shared = sum(weight[term] for term in have)
        shared += _HEADING_SHARE * sum(weight[term] for term in above)
        shared += _NEIGHBOUR_SHARE * sum(weight[term] for term in near)
        score = _LEXICAL * shared / total + _PASSAGE * item.passage
        scored.append(replace(item, score=score, shared=min(1.0, shared / total)))
    return scored


def _is_specific(term: str) -> bool:
    """Whether a term is a designation, of letters and digits: `aal2`, `t1110`."""
    return any(c.isdigit() for c in term) and any(c.isalpha() for c in term)


def _dated(item: Candidate) -> str:
    """A sentence with the nearest heading, which may hold the years that it speaks of."""
    return " ".join((item.text, *item.unit.headings[-1:]))


def _rank(
    question: str, kind: AnswerType, found: Sequence[Candidate], titles: Mapping[str, str], encode: Encode
) -> list[Candidate]:
    """The candidates by score, best first; the meaning is compared for the best by the cheap parts only."""
    if not found:
        return []
    cheap = [replace(item, score=item.score + _CUE * _cue(question, kind, item)) for item in found]
    cheap = sorted(cheap, key=lambda item: -item.score)[:_CANDIDATES]
    over = [headed(titles[item.document], item.unit.headings) for item in cheap]
    places = {heading: place for place, heading in enumerate(dict.fromkeys(over), start=1 + len(cheap))}
    texts = [f"{heading}: {item.text}" for heading, item in zip(over, cheap, strict=True)]
    vectors = encode([question, *texts, *places])
    likeness = vectors @ vectors[0]
    weight = _DENSE + _DENSE_ALONE * (1.0 - max(item.shared for item in cheap))
    scored = [
        replace(c, score=c.score + weight * float(likeness[i]), topical=float(likeness[places[heading]]))
        for i, (c, heading) in enumerate(zip(cheap, over, strict=True), start=1)
    ]
    return sorted(scored, key=lambda item: -item.score)


def _names_all(question: str, item: Candidate, documents: Mapping[str, Document]) -> bool:
    """Whether a sentence, or what stands over it, names all that the question names: else it is no yes and no no."""
    around = " ".join((documents[item.document].title, *item.unit.headings, item.text))
    asked = replace(facts(question), numbers=frozenset(), dates=frozenset())
    return not missing(asked, facts(around), words_of(around))


def _cue(question: str, kind: AnswerType, item: Candidate) -> float:
    """How far the form of a sentence fits the question: about -1..3."""
    fits = 1.0 if holds(kind, question, item.text) else 0.0
    fits *= _SERIES if kind == "list" else 1.0
    if item.unit.kind == "heading":
        fits += 2.0
    elif year_within(question, _dated(item)):
        fits += 1.0
    if section_wanted(question, item.unit.headings):
        fits += 1.5
    if obliges(question) and obliges(item.text):
        fits += 1.0
    if yes_or_no(question) and judges(item.text):
        fits += 1.0
    if item.unit.kind == "paragraph" and _ANAPHOR.match(item.text):
        fits -= 0.5
    if item.text.endswith("?"):
        fits -= 1.0
    return fits


def _spread(question: str, ranked: Sequence[Candidate], kind: AnswerType, encode: Encode) -> list[Candidate]:
    """The best sentence, then others that are nearly as good and say something else; grouped by document, in its
    order, the document of the best sentence first, and that sentence first of all for a fact or a definition."""
    most = _MOST.get(kind, _MOST_OTHERS)
    floor = ranked[0].score * (_KEPT if most > 2 else _KEPT_FACT)
    close = [item for item in ranked[: 3 * most] if item.score >= floor and not item.text.endswith(":")]
    if most <= 2:
        close = [item for item in close if item.document == close[0].document]
    close = _rows_alike(close) or [ranked[0]]
    exact = {number for number in facts(question).numbers if number in facts(close[0].text).numbers}
    close = [item for item in close if exact <= facts(item.text).numbers]
    vectors = encode([item.text for item in close])
    chosen: list[int] = []
    for place in range(len(close)):
        if len(chosen) < most and all(float(vectors[place] @ vectors[other]) < _ALIKE for other in chosen):
            chosen.append(place)
    order = list(dict.fromkeys(close[place].document for place in chosen))
    first = close[0] if kind in _MOST or yes_or_no(question) else None
    return sorted(
        (close[place] for place in chosen),
        key=lambda item: (item is not first, order.index(item.document), item.start),
    )


def _rows_alike(close: Sequence[Candidate]) -> list[Candidate]:
    """Without the rows that share clearly less with the question than the row that shares most: each row of a table is
    a record of its own, and what its neighbours hold it does not."""
    rows = [item for item in close if item.unit.kind == "table_row" and item.end == item.unit.end]
    most = max((item.shared for item in rows), default=0.0)
    return [item for item in close if item not in rows or item.shared >= _ROW_SHARE * most]


def _drawn(chosen: Sequence[Candidate], documents: Mapping[str, Document]) -> Draft:
    spans = (cite(item.document, documents[item.document], item.start, item.end, item.score) for item in chosen)
    return render(tuple(spans), tuple(item.unit.kind for item in chosen))
