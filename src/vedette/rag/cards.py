"""Cards: the parts of security records that a question asks for, each line a span of its record.

A record is the subject when the question names its identifier, or its name and little else. Which lines and sections
answer is read off their labels ("Due date: …") and headings ("Mitigations"), so one table serves every kind of record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from vedette.rag.asked import aspects, content_words, is_aspect_word
from vedette.rag.outline import Unit, cite, plain, units
from vedette.rag.sentences import sentences
from vedette.records import Document, Draft, Passage, Question, Source, Understanding

PROVIDER = "extractive"
MOST_RECORDS, MOST_ITEMS, _ITEM_CHARACTERS = 4, 12, 420

_LABELS: Mapping[str, str] = {
    "action": r"required action|remediation.*|workaround.*|solution.*|mitigation.*|fix(ed)?\b.*|recommend.*",
    "due": r"due date|deadline",
    "ransomware": r".*ransomware.*",
    "exploited": r"added to kev|.*ransomware.*|exploit.*|ssvc.*|known exploited",
    "severity": r".*(cvss|severity|score|level|technical impact).*",
    "affected": r"(affected|vendor|product|versions?|fixed).*",
    "weakness": r"(weakness|cwe).*",
    "aliases": r"(alias|also known|associated|other name).*",
    "platforms": r"platform.*",
    "techniques": r"(tactic|technique).*",
    "mitigations": r"required action|mitigation.*|remediation.*|workaround.*",
    "detection": r"(log ?source|detection|condition|level|false ?positive|data source).*",
}
_SECTIONS: Mapping[str, str] = {
    "mitigations": r"(mitigation|remediation|workaround|recommend|countermeasure|addressed by).*",
    "action": r"(remediation|workaround|mitigation|solution|recommend|required action).*",
    "detection": r"(detection|sigma|log source).*",
    "users": r"(procedure|groups?|used by|campaigns?|examples?).*",
    "software": r"(software|malware|tools?|procedure).*",
    "techniques": r"techniques?.*",
    "subtechniques": r"sub-?techniques?.*",
    "affected": r"(affected|products?|versions?).*",
    "severity": r"(severity|cvss|scores?).*",
    "exploited": r"(exploitation|ssvc).*",
    "aliases": r"(alias|associated).*",
}
_STANDARD: Mapping[str, tuple[str, ...]] = {
    "kev": ("action", "due", "ransomware"),
    "cve": ("severity", "affected"),
    "csaf": ("severity", "action"),
    "sigma": ("detection",),
    "attack-group": ("aliases",),
}
_STATEMENT = re.compile(r"(control )?statement|requirements?|control", re.IGNORECASE)
_ORDER = ("kev", "cve", "csaf")
_ITEM_PREFIX: Mapping[str, str] = {"groups": "G", "software": "S", "campaigns": "C"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: a span of its record, shown as a bullet unless it is running text."""

    start: int
    end: int
    bullet: bool


def cards(question: Question, understanding: Understanding, records: Mapping[str, Document]) -> Draft | None:
    """The card for the records that the question is about, by document id; None when it is about none.

    `records` may hold more than is wanted: documents of passages, and every record about an identifier of the question.
    """
    asked = aspects(question.text)
    subjects = _subjects(question.text, understanding, records)
    answers = [(identity, records[identity], _lines(records[identity], asked, question.text)) for identity in subjects]
    answers = [answer for answer in answers if answer[2]]
    direct = [answer for answer in answers if _answers(answer[1], asked)]
    return _compose((direct or answers)[:MOST_RECORDS]) if answers else None


def listing(question: Question, passages: Sequence[Passage], documents: Mapping[str, Document]) -> Draft | None:
    """The best records of the kind that the question wants a list of ("Which Sigma rules …"); None for other questions."""
    kinds = _wanted_kinds(question.text)
    found = [passage for passage in passages if passage.kind in kinds]
    if not found or passages.index(found[0]) > 2:
        return None
    floor = 0.6 * found[0].scores.final
    names = list(dict.fromkeys(passage.document for passage in found if passage.scores.final >= floor))[:6]
    return _compose([(name, documents[name], _opening(documents[name], 1)) for name in names])


def is_record(document: Document) -> bool:
    """Whether a document is a security record rather than prose."""
    return document.kind != "prose"


def _subjects(question: str, understanding: Understanding, records: Mapping[str, Document]) -> list[str]:
    """Ids of the records a question is about: by identifier, else by the longest name that it consists of."""
    values = {found.value.casefold() for found in understanding.identifiers}
    about = [i for i, d in records.items() if is_record(d) and values & {name.casefold() for name in d.identifiers}]
    if values:
        own = [i for i in about if records[i].kind != "sigma"]
        return sorted(own or about, key=lambda i: _ORDER.index(records[i].kind) if records[i].kind in _ORDER else -1)
    named = [(len(name), i) for i, d in records.items() if is_record(d) for name in d.names if _named(question, name)]
    longest = max((length for length, _ in named), default=0)
    return list(dict.fromkeys(i for length, i in named if length == longest))


def _named(question: str, name: str) -> bool:
    """Whether a question holds a name, as a name, and asks for little but it.

    >>> _named("What is kerberoasting?", "Kerberoasting"), _named("Who won at chess?", "at")
    (True, False)
    """
    exactly = len(name) < 5
    flags = 0 if exactly else re.IGNORECASE
    found = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", question, flags)
    if not found:
        return False
    rest = content_words(question[: found.start()] + " " + question[found.end() :])
    return sum(not is_aspect_word(word) for word in rest) <= (0 if exactly else 1)


def _answers(document: Document, asked: Sequence[str]) -> bool:
    every = units(document)
    return not asked or any(_matching(document.text, every, aspect) for aspect in asked)


def _lines(document: Document, asked: Sequence[str], question: str) -> list[Line]:
    """The lines of a record that answer, the parts asked for first; its opening when none is asked for by name."""
    every = units(document)
    text = document.text
    chosen = [unit for aspect in asked for unit in _matching(text, every, aspect)]
    lines = _filtered(text, [_line(text, unit) for unit in dict.fromkeys(chosen)], question)
    if document.kind == "oscal-control" and not lines:
        return _opening(document, 1) + [_line(text, unit) for unit in _statement(every)]
    if lines and document.kind not in _ORDER:
        return lines
    standard = [unit for a in _STANDARD.get(document.kind, ()) for unit in _matching(text, every, a) if unit.kind == "table_row"]
    rest = [_line(text, unit) for unit in dict.fromkeys(standard) if unit not in chosen]
    opening = _opening(document, 1 if lines or rest else 3)
    return [*lines, *rest, *opening] if lines else [*opening, *rest]


def _matching(text: str, every: Sequence[Unit], aspect: str) -> list[Unit]:
    """The labelled lines and the section items of a record for one aspect, lines first."""
    label, heading = _LABELS.get(aspect), _SECTIONS.get(aspect)
    rows = [
        unit
        for unit in every
        if label and unit.kind == "table_row" and re.fullmatch(label, text[unit.start : unit.end].split(":")[0], re.I)
    ]
    items = [
        unit
        for unit in every
        if heading and unit.kind in ("list_item", "paragraph") and len(unit.headings) > 1
        and re.fullmatch(heading, unit.headings[-1], re.I)
    ]  # fmt: skip
    return [*rows, *items]


def _filtered(text: str, lines: Sequence[Line], question: str) -> list[Line]:
    """Only groups where groups are asked for, and so on; no more than fit on a card."""
    for word, letter in _ITEM_PREFIX.items():
        if re.search(rf"\b{word}?\b", question, re.IGNORECASE):
            kept = [line for line in lines if re.match(rf"{letter}\d{{4}}\b", text[line.start : line.end])]
            if kept:
                return kept[:MOST_ITEMS]
    return list(lines[:MOST_ITEMS])


def _statement(every: Sequence[Unit]) -> list[Unit]:
    under = [u for u in every if u.kind == "list_item" and u.headings and _STATEMENT.fullmatch(u.headings[-1])]
    return (under or [unit for unit in every if unit.kind == "list_item"])[:MOST_ITEMS]


def _line(text: str, unit: Unit) -> Line:
    """A unit as a line, cut after a sentence where it is long."""
    end = unit.end
    if unit.kind != "table_row" and end - unit.start > _ITEM_CHARACTERS:
        spans = sentences(text[unit.start : unit.end], unit.start)
        end = max((stop for _, stop in spans if stop - unit.start <= _ITEM_CHARACTERS), default=spans[0][1])
    return Line(unit.start, end, True)


def _opening(document: Document, count: int) -> list[Line]:
    """The first sentences of a record's running text."""
    paragraphs = (unit for unit in units(document) if unit.kind == "paragraph")
    spans = (span for unit in paragraphs for span in sentences(document.text[unit.start : unit.end], unit.start))
    return [Line(start, end, False) for start, end in islice(spans, count)]


def _compose(answers: Iterable[tuple[str, Document, Sequence[Line]]]) -> Draft:
    text: list[str] = []
    spans: list[Source] = []
    for identity, document, lines in answers:
        text += ["", f"**{plain(document.title)}**", ""] if text else [f"**{plain(document.title)}**", ""]
        before = True
        for line in lines:
            if line.bullet != before and text[-1]:
                text.append("")
            spans.append(cite(identity, document, line.start, line.end))
            text.append(f"{'- ' if line.bullet else ''}{plain(spans[-1].quote)} [{len(spans)}]")
            before = line.bullet
    return Draft("\n".join(text), PROVIDER, spans=tuple(spans))


_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(sigma|detection) rules?|reglas? sigma|rules? (detect|for|that)", ("sigma",)),
    (r"(security )?controls?|controles?", ("oscal-control", "attack-mitigation")),
    (r"mitigations?|mitigaciones", ("attack-mitigation",)),
    (r"techniques?|t[eé]cnicas?", ("attack-technique",)),
    (r"(threat )?(groups?|actors?)|grupos?", ("attack-group",)),
    (r"malware|tools?|software", ("attack-software",)),
    (r"cves?|vulnerabilit(y|ies)|kev|vulnerabilidad(es)?", ("kev", "cve")),
    (r"advisor(y|ies)|avisos?", ("csaf",)),
)


def _wanted_kinds(question: str) -> tuple[str, ...]:
    """The kinds of record that a "which …" question wants listed."""
    for pattern, kinds in _KINDS:
        if re.search(rf"^\W*(which|what|list|show|name|cu[aá]les|qu[eé])\b(?:\W+\w+){{0,3}}?\W+(?:{pattern})\b", question, re.I):
            return kinds
    return ()
