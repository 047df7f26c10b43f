"""Lists that answer: items with their lead-in, paragraphs that each begin with a title, and the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vedette.rag.answer.candidates import Candidate, pieces
from vedette.rag.answer.typed import holds
from vedette.rag.text.analyse import terms
from vedette.rag.text.facts import facts, words_of
from vedette.rag.text.outline import Unit, plain
from vedette.rag.understand.asked import AnswerType, section_wanted, yes_or_no
from vedette.records import Document

_ITEMS, _ROWS, _SECTION = 8, 20, 6
_FLOOR, _ADVISING, _LEADING = 0.75, 0.4, 5
# Share of the question's terms that a lead-in must have, with what stands over it, to be the list that is asked for.
_NAMED = 0.6
_ASIDE = re.compile(
    r"\W*(notes?|(for )?examples?|references?|see also|notas?|(por )?ejemplos?|(par )?exemples?)\W*$", re.IGNORECASE
)
# What a lead-in says of a list that is the gist of its document.
_GIST = re.compile(
    r"\b(sum up|summary|in short|recommendations?|best practices?|guidelines?|principles?|need to|"
    r"resumen|recomendaciones|buenas pr[aá]cticas|r[eé]sum[eé]|recommandations?)\b",
    re.IGNORECASE,
)
_OF_GIST = 0.15
_ENTRY = re.compile(r"[A-ZÁÉÍÓÚÑ][^.:\n]{2,60}\.\s+\S")
_FOOTNOTE = re.compile(r"\d{1,3}\s")


def list_of(
    question: str,
    kind: AnswerType,
    ranked: Sequence[Candidate],
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
) -> list[Candidate]:
    """The list that answers a question for more than one thing, its lead-in first; empty when a sentence is better.
    Lists of records are left to their cards."""
    first = ranked[0]
    outline, document = outlines[first.document], documents[first.document]
    if kind == "list" and first.unit.kind == "table_row" and _columns_asked(question, first, document):
        return _placed(first, document.text, outline, _rows(outline, first.index)[:_ROWS])
    if first.unit.kind == "list_item" and kind != "time" and _section_asked(question, first):
        _, members = list_around(document.text, outline, first.index)
        known = [one for one in ranked if one.document == first.document and one.index in members]
        whole = len(members) <= _SECTION and not _alone(known, [])
        return _placed(first, document.text, outline, members) if whole else []
    return _best(kind, ranked, documents, outlines) if kind in ("method", "list") else []


def _best(
    kind: AnswerType,
    ranked: Sequence[Candidate],
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
) -> list[Candidate]:
    """The list that is worth most. Its best sentence, lead-in included, counts half; the rest is the mean of its items,
    what its headings are about, and the share of its items that give advice. One that its lead-in names goes first."""
    scores = {(item.document, item.index): item for item in reversed(ranked)}
    best: tuple[float, list[Candidate]] = (_FLOOR * ranked[0].score, [])
    tried: set[tuple[str, int]] = set()
    for item in ranked:
        outline, text = outlines[item.document], documents[item.document].text
        lead, members = list_around(text, outline, item.index)
        record = documents[item.document].kind != "prose"
        if record or len(members) < 2 or (item.document, members[0]) in tried:
            continue
        tried.add((item.document, members[0]))
        known = [scores[item.document, place] for place in members if (item.document, place) in scores]
        leads = [scores[item.document, lead]] if (item.document, lead) in scores else []
        aside = lead >= 0 and _ASIDE.match(plain(text[outline[lead].start : outline[lead].end]))
        if aside or (kind == "list" and _alone(known, leads)):
            continue
        top = max([one.score for one in (*known, *leads)], default=0.0)
        given = [holds(kind, "", text[outline[place].start : outline[place].end]) for place in members]
        advice = sum(given) / len(members) if kind == "method" else 0.0
        led = any((item.document, lead) == (other.document, other.index) for other in ranked[:_LEADING])
        if kind == "method" and advice < _ADVISING and not led:
            continue
        worth = 0.5 * top + 0.3 * sum(one.score for one in known) / len(members) + 0.2 * item.topical + 0.2 * advice
        if kind == "method" and lead >= 0 and _GIST.search(text, outline[lead].start, outline[lead].end):
            worth += _OF_GIST
        if kind == "list" and leads and leads[0].shared >= _NAMED and leads[0].text.endswith(":"):
            worth += 1.0
        if worth > best[0]:
            best = (worth, _members(item, text, outline, lead, members))
    return _after_statement(ranked[0], best[1])


def _alone(known: Sequence[Candidate], leads: Sequence[Candidate]) -> bool:
    """Whether one item has what is asked for by itself: twice as much of it as its neighbours and the lead-in."""
    shared = sorted((one.shared for one in known), reverse=True)
    return len(shared) > 1 and shared[0] > 2 * max([shared[1], *(lead.shared for lead in leads)])


def _section_asked(question: str, item: Candidate) -> bool:
    """Whether all that stands beside an item is asked for: a section of a CV, or one with the name of the question."""
    if yes_or_no(question):
        return False
    named = facts(question).names
    over = words_of(" ".join(item.unit.headings[-1:]))
    return section_wanted(question, item.unit.headings) or bool(named and named <= over)


def _columns_asked(question: str, row: Candidate, document: Document) -> bool:
    """Whether the first column of a row is what the question wants all of: "the weeks and their topics"."""
    language = document.language or "en"
    column = set(terms(row.text.split(":")[0], language))
    return bool(column) and column <= set(terms(question, language)) and not re.search(r"\d", question)


def _rows(outline: Sequence[Unit], index: int) -> list[int]:
    first = last = index
    while first and outline[first - 1].kind == "table_row":
        first -= 1
    while last + 1 < len(outline) and outline[last + 1].kind == "table_row":
        last += 1
    return list(range(first, last + 1))


def _after_statement(first: Candidate, chosen: list[Candidate]) -> list[Candidate]:
    """The list, after the best sentence of all where that stands before it in the same document."""
    if not chosen or first.document != chosen[0].document or first.end > chosen[0].start:
        return chosen
    return [first, *chosen] if first.unit.kind == "paragraph" and not first.text.endswith(":") else chosen


def list_around(text: str, outline: Sequence[Unit], index: int) -> tuple[int, list[int]]:
    """The list that the unit at `index` is an item of, or introduces: the place of its lead-in (-1: none), and of its
    items of the same depth."""
    titled = _titled_around(text, outline, index)
    if titled[1]:
        return titled
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


def _titled_around(text: str, outline: Sequence[Unit], index: int) -> tuple[int, list[int]]:
    """The lead-in that ends with a colon at or before a paragraph, and the paragraphs after it that begin with a title
    of their own ("Resource pooling. The provider's ..."), footnotes between them left out."""
    lead = index
    while lead >= 0 and outline[lead].kind == "paragraph" and text[outline[lead].end - 1] != ":":
        lead -= 1
    if lead < 0 or outline[lead].kind != "paragraph":
        return -1, []
    members: list[int] = []
    for place in range(lead + 1, len(outline)):
        unit = outline[place]
        if unit.kind != "paragraph" or text[unit.end - 1] == ":" or unit.headings != outline[lead].headings:
            break
        if _ENTRY.match(text, unit.start, unit.end):
            members.append(place)
        elif not _FOOTNOTE.match(text, unit.start):
            break
    return (lead, members) if len(members) > 1 and index <= members[-1] else (-1, [])


def _members(item: Candidate, text: str, outline: Sequence[Unit], lead: int, members: Sequence[int]) -> list[Candidate]:
    """The candidates of a list: the last sentence of its lead-in, then the items nearest to the one that was found."""
    near = sorted(sorted(members, key=lambda place: abs(place - item.index))[:_ITEMS])
    led: list[Candidate] = []
    if lead >= 0:
        start, end = pieces(text, outline[lead])[-1]
        led = [replace(item, start=start, end=end, text=plain(text[start:end]), unit=outline[lead], index=lead)]
    return [*led, *_placed(item, text, outline, near)]


def _placed(item: Candidate, text: str, outline: Sequence[Unit], places: Sequence[int]) -> list[Candidate]:
    """Whole units as candidates; of a titled paragraph, the title with the sentence after it."""
    found = []
    for place in places:
        unit = outline[place]
        start, end = unit.start, unit.end
        if unit.kind == "paragraph" and _ENTRY.match(text, start, end):
            end = pieces(text, unit)[:2][-1][1]
            unit = replace(unit, kind="list_item")
        found.append(replace(item, start=start, end=end, text=plain(text[start:end]), unit=unit, index=place))
    return found
