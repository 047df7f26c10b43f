"""Cards: the parts of security records that a question asks for, each line a span of its record.

A record is the subject when the question names its identifier, or its name and little else. Which lines and sections
answer is read off their labels ("Due date: …") and headings ("Mitigations"), so one table serves every kind of record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from vedette.rag.text import phrases
from vedette.rag.text.outline import Unit, cite, plain, section, units
from vedette.rag.text.sentences import sentences
from vedette.rag.understand.asked import answer_type, aspects, content_words, is_aspect_word
from vedette.records import Document, Draft, Question, Source, Understanding

PROVIDER = "extractive"
MOST_RECORDS, MOST_ITEMS, MOST_LINES, _ITEM_CHARACTERS = 5, 12, 20, 420

_LABELS: Mapping[str, str] = {
    "action": r"required action|remediation.*|workaround.*|solution.*|mitigation.*|fix(ed)?\b.*|recommend.*",
    "due": r"due date|deadline",
    "ransomware": r".*ransomware.*",
    "exploited": r"added to kev|in cisa kev.*|.*ransomware.*|exploit.*|known exploited",
    "severity": r".*(cvss|severity|score|level|technical impact).*",
    "affected": r"(affected|vendor|product|versions?|fixed).*",
    "versions": r"(affected|versions?|fixed).*",
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
    "versions": r"(affected|products?|versions?).*",
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
_URGENT = frozenset(("action", "due", "exploited", "ransomware"))
_ORDER = ("kev", "cve", "csaf")
_ITEM = re.compile(r"[A-Z]{1,2}\d{4}(?:\.\d{3})?\b")
_ITEM_PREFIX: Mapping[str, str] = {"groups": "G", "software": "S", "campaigns": "C"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: a span of its record, as a bullet of a depth from 1, or running text (0)."""

    start: int
    end: int
    depth: int


Answered = tuple[str, Document, Sequence["Line"]]
"""A record by id, and the lines of it that answer."""


def cards(question: Question, understanding: Understanding, records: Mapping[str, Document]) -> Draft | None:
    """The card for the records that the question is about, by document id; None when it is about none.

    `records` may hold more than is wanted: documents of passages, every record about an identifier or name of the
    question, and those of `related_identifiers`.
    """
    asked = _asked(question, understanding)
    subjects = subjects_of(question, understanding, records)
    if "users" in asked:
        subjects += [i for i in _children(subjects, records) if i not in subjects]
    every = ((i, records[i], _lines(records[i], asked, question.text, understanding)) for i in subjects)
    answers: list[Answered] = [answer for answer in every if answer[2]]
    direct = [answer for answer in answers if _answered(answer[1], asked) or not asked]
    direct.sort(key=lambda answer: -_answered(answer[1], asked))
    direct += _rules(subjects, records) if "detection" in asked else []
    if not answers and not direct:
        return None
    card = compose_card(*_once((direct or answers)[:MOST_RECORDS]))
    if direct:
        return card
    return replace(card, notices=(phrases.not_that_part(understanding.language), *card.notices))


def related_identifiers(question: Question, understanding: Understanding, records: Mapping[str, Document]) -> list[str]:
    """Identifiers whose records the card needs besides: the sub-techniques of a technique whose users are asked for,
    and a technique whose detection rules are."""
    asked = _asked(question, understanding)
    subjects = [records[i] for i in subjects_of(question, understanding, records)]
    techniques = [document for document in subjects if document.kind == "attack-technique"]
    found = [name for document in techniques for name in document.identifiers[:1] if "detection" in asked]
    if "users" in asked or "detection" in asked:
        items = (document.text[u.start : u.end] for document in techniques for u in section(document, "Sub-techniques"))
        found += [item.split()[0] for item in items]
    return list(dict.fromkeys(found))


def is_record(document: Document) -> bool:
    """Whether a document is a security record rather than prose."""
    return document.kind != "prose"


def subjects_of(question: Question, understanding: Understanding, records: Mapping[str, Document]) -> list[str]:
    """Ids of the records a question is about: by identifier, else by the longest name that it consists of. A control
    or rule that is called like a general term does not define it.
    """
    values = {found.value.casefold() for found in understanding.identifiers}
    about = [i for i, d in records.items() if is_record(d) and values & {name.casefold() for name in _about(d)}]
    if values:
        subjects = [i for i in about if records[i].kind != "sigma"] or about
        return sorted(subjects, key=lambda i: _ORDER.index(records[i].kind) if records[i].kind in _ORDER else -1)
    general = ("oscal-control", "sigma") if answer_type(question.text) == "definition" else ()
    own = {i: document for i, document in records.items() if is_record(document) and document.kind not in general}
    names = ((i, name) for i, document in own.items() for name in document.names)
    named = [(i, len(name)) for i, name in names if _named(question.text, name)]
    longest = max((length for _, length in named), default=0)
    return list(dict.fromkeys(i for i, length in named if length == longest))


def _asked(question: Question, understanding: Understanding) -> tuple[str, ...]:
    """The parts asked for. "Controls" are the mitigations of what an identifier names, else a kind of record."""
    asked = aspects(question.text)
    return (*asked, "mitigations") if "controls" in asked and understanding.identifiers else asked


def _rules(subjects: Sequence[str], records: Mapping[str, Document]) -> list[Answered]:
    """The detection rules that are tagged with a technique among the subjects, or with a sub-technique of it."""
    names = [name for i in subjects if records[i].kind == "attack-technique" for name in records[i].identifiers]
    tagged = ((i, d) for i, d in records.items() if any(tag.startswith(name) for tag in tags(d) for name in names))
    return [(identity, document, opening_of(document, 1)) for identity, document in tagged]


def tags(document: Document) -> tuple[str, ...]:
    """The ATT&CK ids that a detection rule is tagged with."""
    found = document.metadata.get("attack", ()) if document.kind == "sigma" else ()
    return found if isinstance(found, tuple) else ()


def _about(document: Document) -> tuple[str, ...]:
    """What a record is about; an advisory, the vulnerabilities it treats too."""
    treated = document.metadata.get("cves", ())
    return (*document.identifiers, *treated) if isinstance(treated, tuple) else document.identifiers


def _children(subjects: Sequence[str], records: Mapping[str, Document]) -> list[str]:
    """The records of sub-techniques of the subjects."""
    parents = tuple(f"{name}." for i in subjects for name in records[i].identifiers)
    return [i for i, d in records.items() if parents and any(name.startswith(parents) for name in d.identifiers)]


def _once(answers: Sequence[Answered]) -> tuple[list[Answered], int]:
    """The answers without a list item that an earlier record had (a group stands under one technique), and how many
    list items found no room."""
    seen: set[str] = set()
    shown: list[Answered] = []
    left_out = 0
    room = MOST_ITEMS if len(answers) > 1 else MOST_LINES
    for identity, document, lines in answers:
        kept: list[Line] = []
        for line in lines:
            found = _ITEM.match(document.text, line.start, line.end)
            if found and (found.group() in seen or len(seen) >= room):
                left_out += found.group() not in seen
                continue
            seen |= {found.group()} if found else set()
            kept.append(line)
        if kept:
            shown.append((identity, document, kept))
    return shown, left_out


def _named(question: str, name: str) -> bool:
    """Whether a question holds a name, as a name, and asks for little but it.

    >>> _named("What is kerberoasting?", "Kerberoasting"), _named("Who won at chess?", "at")
    (True, False)
    """
    exactly = len(name) < 5
    flags = 0 if exactly else re.IGNORECASE
    found = re.search(rf"(?<![\w-]){re.escape(name)}(?:e?s)?(?![\w-])", question, flags)
    if not found or is_aspect_word(name.casefold()):
        return False
    rest = content_words(question[: found.start()] + " " + question[found.end() :])
    spare = 0 if exactly or not aspects(question) else 1
    return sum(not is_aspect_word(word) for word in rest) <= spare


def _answered(document: Document, asked: Sequence[str]) -> int:
    """How many of the parts that are asked for a record has."""
    every = units(document)
    return sum(bool(_matching(document.text, every, aspect)) for aspect in asked)


def _lines(document: Document, asked: Sequence[str], question: str, understanding: Understanding) -> list[Line]:
    """The lines of a record that answer, the parts asked for first; its opening when none is asked for by name."""
    text, every = document.text, _of_subject(document, understanding)
    chosen = [unit for aspect in asked for unit in _matching(text, every, aspect)]
    lines = _filtered(text, [_line(text, unit) for unit in dict.fromkeys(chosen)], question)
    if document.kind == "oscal-control" and not lines:
        return [_line(text, unit) for unit in every if len(unit.headings) == 1 and unit.kind != "heading"][:MOST_LINES]
    first = _introduced(document, question, understanding)
    if lines and document.kind not in _ORDER:
        return [*opening_of(document, 2), *lines] if first else lines
    standard = () if lines and not _URGENT & {*asked} else _STANDARD.get(document.kind, ())
    wanted = (unit for aspect in standard for unit in _matching(text, every, aspect))
    rest = [_line(text, u) for u in dict.fromkeys(wanted) if u.kind == "table_row" and u not in chosen]
    opening = opening_of(document, 1 if lines or rest else 3)
    return [*lines, *rest, *opening] if lines and not first else [*opening, *lines, *rest]


def _introduced(document: Document, question: str, understanding: Understanding) -> bool:
    """Whether a question asks what the record is about, besides parts of it: "What is Ryuk and who uses it?"."""
    found = [document.identifiers[:1], document.names, (found.value for found in understanding.identifiers)]
    names = "|".join(re.escape(name) for part in found for name in part)
    asks = r"(?:what|who)(?:'s| is| are| was)|(?:qu[eé]|qui[eé]n) (?:es|son)|qu'est-ce que?|define|explain|describe"
    return bool(
        names and re.search(rf"\b(?:{asks}) (?:an? |the |el |la |un |une )?(?:{names})\b", question, re.IGNORECASE)
    )


def _of_subject(document: Document, understanding: Understanding) -> list[Unit]:
    """The units of a record; of an advisory on many vulnerabilities, only what is said of the one asked about."""
    every = list(units(document))
    values = [found.value for found in understanding.identifiers if found.kind == "cve"]
    if document.kind != "csaf" or not values:
        return every
    text = document.text
    return [
        unit
        for unit in every
        if any(value in " ".join((*unit.headings[1:], text[unit.start : unit.end])) for value in values)
    ]


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
        and any(character.isalpha() for character in text[unit.start : unit.end])
        and re.fullmatch(heading, unit.headings[-1], re.I)
    ]  # fmt: skip
    return [*rows, *items]


def _filtered(text: str, lines: Sequence[Line], question: str) -> list[Line]:
    """Of groups, software and campaigns only what is asked for by that word; no more than fit on a card."""
    asked = {letter for word, letter in _ITEM_PREFIX.items() if re.search(rf"\b{word}?\b", question, re.IGNORECASE)}
    items = [line for line in lines if _ITEM.match(text, line.start) and text[line.start] in _ITEM_PREFIX.values()]
    barred = {line for line in items if text[line.start] not in asked}
    if len(barred) < len(items):
        lines = [line for line in lines if line not in barred]
    return list(lines[:MOST_LINES])


def _line(text: str, unit: Unit) -> Line:
    """A unit as a line, cut after a sentence where it is long."""
    end = unit.end
    if unit.kind != "table_row" and end - unit.start > _ITEM_CHARACTERS:
        spans = sentences(text[unit.start : unit.end], unit.start)
        end = max((stop for _, stop in spans if stop - unit.start <= _ITEM_CHARACTERS), default=spans[0][1])
    return Line(unit.start, end, {"table_row": 1, "list_item": max(1, unit.level)}.get(unit.kind, 0))


def opening_of(document: Document, count: int) -> list[Line]:
    """The first sentences of a record's running text."""
    paragraphs = (unit for unit in units(document) if unit.kind == "paragraph")
    spans = (span for unit in paragraphs for span in sentences(document.text[unit.start : unit.end], unit.start))
    whole = (span for span in spans if document.text[span[1] - 1] != ":")
    return [Line(start, end, 0) for start, end in islice(whole, count)]


def compose_card(answers: Iterable[Answered], left_out: int = 0) -> Draft:
    """The Markdown of a card: the title of each record over its lines, `[n]` numbering the spans."""
    text: list[str] = []
    spans: list[Source] = []
    for identity, document, lines in answers:
        text += ["", f"**{plain(document.title)}**", ""] if text else [f"**{plain(document.title)}**", ""]
        before = lines[0].depth if lines else 0
        for line in lines:
            if bool(line.depth) != bool(before):
                text.append("")
            spans.append(cite(identity, document, line.start, line.end))
            bullet = "  " * (line.depth - 1) + "- " if line.depth else ""
            text.append(f"{bullet}{plain(spans[-1].quote)} [{len(spans)}]")
            before = line.depth
    more = "1 more entry stands" if left_out == 1 else f"{left_out} more entries stand"
    notices = (f"{more} in the records.",) if left_out else ()
    return Draft("\n".join(text), PROVIDER, spans=tuple(spans), notices=notices)
