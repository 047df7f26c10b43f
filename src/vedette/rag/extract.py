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

from vedette.rag.analyse import query_terms, terms
from vedette.rag.asked import AnswerType, answer_type, section_wanted, topic, yes_or_no
from vedette.rag.candidates import Candidate, candidates, pieces
from vedette.rag.facts import facts, missing, words_of
from vedette.rag.outline import Unit, cite, plain, units
from vedette.rag.typed import heads, holds, obliges, year_within
from vedette.records import Document, Draft, Passage, Question, Source, Understanding

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

PROVIDER = "extractive"
_PASSAGES, _CANDIDATES, _ITEMS = 8, 40, 8
# Weights and shares fitted on the development sets for Spanish extraction and security questions.
_LEXICAL, _DENSE, _PASSAGE, _CUE = 0.50, 0.25, 0.25, 0.12
_HEADING_SHARE, _NEIGHBOUR_SHARE = 0.75, 0.25
_SPECIFIC = 2.0
_DENSE_ALONE = 0.40
"""What meaning counts more where no sentence shares a term with the question."""
_MOST: Mapping[AnswerType, int] = {"person": 1, "time": 1, "place": 1, "number": 2, "fact": 2, "definition": 3}
_MOST_OTHERS = 4
_KEPT, _KEPT_FACT, _ALIKE = 0.75, 0.80, 0.88
_DEFINES = 2.5
_LIST_FLOOR, _ADVISING, _LEADING = 0.75, 0.4, 5
_ANAPHOR = re.compile(
    r"(it|they|this|these|those|he|she|such|that|however|therefore|also|ell[oa]s?|est[oae]s?)\b", re.IGNORECASE
)


def extract(
    question: Question,
    understanding: Understanding,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    encode: Encode,
) -> Draft:
    """One to five sentences, or a list with its lead-in, out of the best passages; an empty draft when none will do.

    `documents` holds the documents of the passages by id.
    """
    kind = answer_type(question.text)
    outlines = {passage.document: units(documents[passage.document]) for passage in passages[:_PASSAGES]}
    found = list(candidates(passages[:_PASSAGES], documents, outlines, question.text))
    languages = {passage.document: passage.language or understanding.language for passage in passages}
    asked = query_terms(topic(question.text), understanding.language, sorted(set(languages.values())))
    titles = {passage.document: passage.title for passage in passages}
    ranked = _rank(question.text, kind, _scored(found, asked, languages, documents), titles, encode)
    if yes_or_no(question.text):
        ranked = [item for item in ranked if _names_all(question.text, item, documents)]
    if not ranked:
        return Draft("", PROVIDER)
    listed = _list_of(ranked, kind, documents, outlines)
    chosen = listed or _spread(ranked, kind, encode)
    return render(tuple(_source(item, documents) for item in chosen), tuple(item.unit.kind for item in chosen))


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
        set(terms(item.text, languages[item.document])) & asked.keys()
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
    over = [_over(item, titles) for item in cheap]
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


def _over(item: Candidate, titles: Mapping[str, str]) -> str:
    """Title and nearest heading, without which "Use 12 or more" means nothing."""
    return " - ".join(dict.fromkeys((titles[item.document], *item.unit.headings[-1:])))


def _cue(question: str, kind: AnswerType, item: Candidate) -> float:
    """How far the form of a sentence fits the question: about -1..3."""
    near = item.unit.headings[-1:]
    fits = 1.0 if holds(kind, question, item.text) else 0.0
    if kind == "definition" and fits:
        fits = _DEFINES
    elif kind == "definition" and item.unit.kind == "paragraph" and near and heads(question, near[0]):
        fits = 1.0
    if item.unit.kind == "heading":
        fits += 2.0
    elif year_within(question, _dated(item)):
        fits += 1.0
    if section_wanted(question, item.unit.headings):
        fits += 1.5
    if obliges(question) and obliges(item.text):
        fits += 0.5
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
    """The list that answers a question for more than one thing, its lead-in first; empty when a sentence is better.
    Lists of records are left to their cards.

    Its best sentence, lead-in included, counts half; the rest is the mean of its items, what its headings are about,
    and the share of its items that give advice.
    """
    if kind not in ("method", "list"):
        return []
    scores = {(item.document, item.index): item for item in reversed(ranked)}
    best: tuple[float, list[Candidate]] = (_LIST_FLOOR * ranked[0].score, [])
    tried: set[tuple[str, int]] = set()
    for item in ranked:
        outline = outlines[item.document]
        lead, members = list_around(outline, item.index)
        record = documents[item.document].kind != "prose"
        if record or len(members) < 2 or (item.document, members[0]) in tried:
            continue
        tried.add((item.document, members[0]))
        known = [scores[item.document, place].score for place in members if (item.document, place) in scores]
        leads = [scores[item.document, lead].score] if (item.document, lead) in scores else []
        top = max([*known, *leads], default=0.0)
        text = documents[item.document].text
        advice = sum(holds(kind, "", text[outline[place].start : outline[place].end]) for place in members)
        led = any((item.document, lead) == (other.document, other.index) for other in ranked[:_LEADING])
        if kind == "method" and advice < _ADVISING * len(members) and not led:
            continue
        worth = 0.5 * top + 0.3 * sum(known) / len(members) + 0.2 * item.topical + 0.2 * advice / len(members)
        if worth > best[0]:
            best = (worth, _members(item, text, outline, lead, members))
    return _after_statement(ranked[0], best[1])


def _after_statement(first: Candidate, chosen: list[Candidate]) -> list[Candidate]:
    """The list, after the best sentence of all where that stands before it in the same document."""
    if not chosen or first.document != chosen[0].document or first.end > chosen[0].start:
        return chosen
    return [first, *chosen] if first.unit.kind == "paragraph" and not first.text.endswith(":") else chosen


def list_around(outline: Sequence[Unit], index: int) -> tuple[int, list[int]]:
    """The list that the unit at `index` is an item of, or introduces: the place of its lead-in (-1: none), and of its
    items of the same depth."""
    if outline[index].kind == "paragraph":
        index += 1
    if index >= len(outline) or outline[index].kind != "list_item":
        return -1, []
    level, members = outline[index].level, [index]
    for step in (-1, 1):
        place = index + step
        while 0 <= place < len(outline) and outline[place].kind == "list_item" and outline[place].level >= level:
            if outline[place].level == level:
                members.append(place)
            place += step
    members.sort()
    before = members[0] - 1
    leads = before >= 0 and outline[before].kind == "paragraph" and outline[before].headings == outline[index].headings
    return (before if leads else -1), members


def _members(item: Candidate, text: str, outline: Sequence[Unit], lead: int, members: Sequence[int]) -> list[Candidate]:
    """The candidates of a list: the last sentence of its lead-in, then the items nearest to the one that was found."""
    near = sorted(sorted(members, key=lambda place: abs(place - item.index))[:_ITEMS])
    spans = [(*pieces(text, outline[lead])[-1], lead)] if lead >= 0 else []
    spans += [(outline[place].start, outline[place].end, place) for place in near]
    return [
        replace(item, start=start, end=end, text=plain(text[start:end]), unit=outline[place], index=place)
        for start, end, place in spans
    ]


def _spread(ranked: Sequence[Candidate], kind: AnswerType, encode: Encode) -> list[Candidate]:
    """The best sentence, then others that are nearly as good and say something else; grouped by document, in its
    order, the document of the best sentence first, and that sentence first of all for a fact or a definition."""
    most = _MOST.get(kind, _MOST_OTHERS)
    floor = ranked[0].score * (_KEPT if most > 2 else _KEPT_FACT)
    close = [item for item in ranked[: 3 * most] if item.score >= floor and not item.text.endswith(":")]
    if most <= 2:
        close = [item for item in close if item.document == close[0].document]
    close = close or [ranked[0]]
    vectors = encode([item.text for item in close])
    chosen: list[int] = []
    for place in range(len(close)):
        if len(chosen) < most and all(float(vectors[place] @ vectors[other]) < _ALIKE for other in chosen):
            chosen.append(place)
    order = list(dict.fromkeys(close[place].document for place in chosen))
    first = close[0] if kind in _MOST else None
    return sorted(
        (close[place] for place in chosen),
        key=lambda item: (item is not first, order.index(item.document), item.start),
    )


def _source(item: Candidate, documents: Mapping[str, Document]) -> Source:
    return cite(item.document, documents[item.document], item.start, item.end, item.score)
