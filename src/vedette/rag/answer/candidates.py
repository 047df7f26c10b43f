"""The sentences of the best passages that can stand in an answer: no headings, no boilerplate, no fragments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vedette.rag.answer.typed import holds, year_within
from vedette.rag.text.facts import facts, words_of
from vedette.rag.text.injection import orders, suspicion
from vedette.rag.text.outline import Unit, plain
from vedette.rag.text.sentences import sentences
from vedette.rag.understand.asked import answer_type, yes_or_no
from vedette.records import Chunk, Document, Passage

LONGEST = 700
_LIST_REST = 12
_NOISE = re.compile(
    r"\bTODO\b|all rights reserved|intentionally (left )?blank|\.{5,}|^(figure|table|source|see also|note to)\b[^.]*$"
    r"|^\W*(https?://\S+\W*)+$|^_?this section is (normative|informative)",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\d{1,3} [A-Z][a-z]*\b")
_APPENDIX = re.compile(
    r"[\d.\s]*(references?|(additional )?resources|further reading|see also|bibliography|(table of )?contents|"
    r"referencias|bibliograf[ií]a|[ií]ndice|lista de cwes mapeadas|r[eé]f[eé]rences?|change ?log|acknowledge?ments?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer. `index` is the place of its unit among the document's; `score` is about 0..1.2;
    `topical` the cosine of the question and the title and heading over it; `shared` the part of the question's terms
    that it holds, 0..1."""

    document: str
    start: int
    end: int
    text: str
    unit: Unit
    index: int
    passage: float
    score: float = 0.0
    topical: float = 0.0
    shared: float = 0.0


def candidates(
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
    question: str,
) -> Iterator[Candidate]:
    """Every sentence of the passages that can be shown, once, in reading order within each passage.

    A heading counts where it holds the years that the question asks about, or what a yes-or-no question names.
    """
    seen: set[tuple[str, int]] = set()
    worth = _worth(passages)
    for passage in passages:
        text, outline = documents[passage.document].text, outlines[passage.document]
        dictated = [
            (passage.chunk.start + start, passage.chunk.start + end) for start, end in orders(passage.chunk.text)
        ]
        for index in _within(outline, passage.chunk):
            unit = outline[index]
            if unit.kind == "heading" and not _answers(question, text[unit.start : unit.end]):
                continue
            for start, end in pieces(text, unit):
                key = (passage.document, start)
                if key in seen or any(first <= start < last for first, last in dictated):
                    continue
                seen.add(key)
                shown = plain(text[start:end])
                if readable(shown, unit):
                    yield Candidate(passage.document, start, end, shown, unit, index, worth[passage.chunk.id])


def _answers(question: str, heading: str) -> bool:
    dated = holds("time", question, heading)
    named = facts(question).names if dated and (yes_or_no(question) or answer_type(question) == "time") else frozenset()
    return year_within(question, heading) or bool(named and named <= words_of(heading))


def _worth(passages: Sequence[Passage]) -> dict[str, float]:
    """What a passage is worth, 0..1: half of it for itself, half for all that was found of its document."""
    best = max((passage.scores.final for passage in passages), default=1.0) or 1.0
    sums: dict[str, float] = {}
    for passage in passages:
        sums[passage.document] = sums.get(passage.document, 0.0) + passage.scores.final
    most = max(sums.values(), default=1.0) or 1.0
    return {p.chunk.id: 0.5 * p.scores.final / best + 0.5 * sums[p.document] / most for p in passages}


def _within(outline: Sequence[Unit], chunk: Chunk) -> Iterator[int]:
    """The places of the units that a chunk touches, of the heading over them, and of the rest of a list that it cuts;
    code is left out."""
    touched = [i for i, unit in enumerate(outline) if unit.end > chunk.start and unit.start < chunk.end]
    if not touched:
        return
    first, last = touched[0], touched[-1]
    stop = min(len(outline), last + _LIST_REST)
    while last + 1 < stop and outline[last + 1].kind == "list_item":
        last += 1
    begin = max(0, first - _LIST_REST)
    while first > begin and outline[first].kind == "list_item":
        first -= 1
    over = next((i for i in range(first - 1, -1, -1) if outline[i].kind == "heading"), first)
    yield from (index for index in (over, *range(first + (over == first), last + 1)) if outline[index].kind != "code")


def pieces(text: str, unit: Unit) -> list[tuple[int, int]]:
    """The sentences of a unit; a short list item or row stays whole."""
    piece = text[unit.start : unit.end]
    if unit.kind != "paragraph" and len(piece) <= LONGEST // 2:
        return [(unit.start, unit.end)]
    return [(unit.start + start, unit.start + end) for start, end in sentences(piece)]


def readable(text: str, unit: Unit) -> bool:
    """Whether a span can stand in an answer: not boilerplate, not a fragment, not a page of text without a stop."""
    if _NOISE.search(text) or len(text) > LONGEST or suspicion(text) or any(map(_APPENDIX.fullmatch, unit.headings)):
        return False
    letters = sum(character.isalpha() for character in text)
    if unit.kind != "paragraph":
        return letters >= 2
    if _FOOTNOTE.match(text):
        return False
    few = len(text.split()) < 3 and ":" not in text
    return letters >= 10 and letters >= len(text) / 2 and not few and not text[0].islower()
