"""Who wrote a document and when it came out: the lines of its first pages that say so.

A title page says it in no sentence, and in none of the question's words: "August 2012" under a title. So the document
is found by its title, and the lines by their form; the author that a PDF's metadata names tells a line of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from vedette.rag.answer.candidates import pieces
from vedette.rag.answer.cards import PROVIDER, Line, compose_card, is_record
from vedette.rag.answer.typed import holds
from vedette.rag.text.analyse import terms
from vedette.rag.text.outline import Unit, plain, units
from vedette.records import Document, Draft, Passage, Question

Wanted = Literal["date", "author", "publisher"]

_ISSUED = r"(?:published|released|issued|updated|revised|publicad[oa]|publi[eé]e?)"
_ASKS: tuple[tuple[Wanted, str], ...] = (
    (
        "date",
        rf"\b(?:when|what year|which year|what date|on what date|since when)\b.*\b(?:{_ISSUED}|written|come out)\b",
    ),
    ("date", r"\b(?:publication|release|issue) (?:date|year)\b|\b(?:date|year) of (?:publication|release|issue)\b"),
    ("date", r"\b(?:cu[aá]ndo|en qu[eé] a[nñ]o|quand)\b.*\b(?:publi\w+|escribi\w+)|\bfecha de publicaci[oó]n\b"),
    ("author", r"\b(?:who|whom)\b.*\b(?:wrote|written|authored|authors?)\b|\bauthors? of\b|\bqui a [eé]crit\b"),
    ("author", r"\bqui[eé]n(?:es)?\b.*\b(?:escribi\w+|redact\w+|autor(?:es)?)\b|\bautor(?:es)? (?:de|del)\b"),
    ("publisher", rf"\b(?:who|which \w+|what \w+)\b.*\b{_ISSUED}\b|\bqui[eé]n(?:es)?\b.*\bpubli\w+"),
)
_ASKING = re.compile(
    rf"\b(?:{_ISSUED}|written|wrote|authored|authors?|come out|dates?|years?|publications?|documents?|papers?|reports?|"
    r"guides?|release|issue|institution|organi[sz]ation|agency|agencies|body|first|last|originally|joint|"
    r"publi\w+|escribi\w+|redact\w+|autor(?:es)?|fecha|documento|gu[ií]a|[eé]crit)\b",
    re.IGNORECASE,
)
_OF_ISSUE = re.compile(r"\b(?:publish\w+|publication|releas\w+|issued?|publica\w+)\b", re.IGNORECASE)
_OF_UPDATE = re.compile(r"\b(?:updated?|revised|actualizad[oa])\b", re.IGNORECASE)
_SAID_OF_AUTHOR = re.compile(
    r"\b(?:co-?)?(?:authored|written|prepared|developed|published|issued|produced) by\b|\bauthors (?=[A-Z])|"
    r"\b(?:escrit|elaborad|redactad|publicad)[oa] por\b"
)
_NO_PERSON = re.compile(
    r"\b(?:institute|division|department|agency|laborator\w+|technolog\w+|security|universit\w+|publication|revision|"
    r"recommendations?|national|standards?|special|version|secretary|director|foundation|available|charge|advisory|"
    r"guide|team|center|office|introduction|contents|summary|abstract)\b|\d|@|://",
    re.IGNORECASE,
)
_MONTH = re.compile(r"[^\W\d_]{3,}\.?(?: \d{1,2},?)?(?: de)? \d{4}|\d{4}-\d\d|\d{1,2}/\d{1,2}/\d{2,4}")
_FRONT_PAGES, _FRONT = 4, 4000  # pages, and characters where a document has none
_COVERED = 0.6  # share of the subject's terms that a title must have
_MOST, _LONGEST = 3, 9  # documents, and words of a line that is little more than a date


def imprint(question: Question, passages: Sequence[Passage], documents: Mapping[str, Document]) -> Draft | None:
    """The date, or the authors, of the documents whose title the question gives; None for other questions. No line of
    their first pages may say it: of who wrote them nothing else does, and the draft is empty."""
    wanted = asks_imprint(question.text)
    if wanted is None:
        return None
    named = _named(question.text, passages, documents)
    found = [(name, documents[name], _lines(documents[name], wanted)) for name in named]
    answers = [answer for answer in found if answer[2]]
    if answers:
        return compose_card(answers[:_MOST])
    return Draft("", PROVIDER) if named and wanted == "author" else None


def asks_imprint(question: str) -> Wanted | None:
    """What a question wants to know of how a document came out.

    >>> asks_imprint("When was NIST SP 800-61 published?"), asks_imprint("Who wrote the guide?")
    ('date', 'author')
    >>> asks_imprint("When was CVE-2021-44228 added?")
    """
    return next((kind for kind, pattern in _ASKS if re.search(pattern, question, re.IGNORECASE)), None)


def _named(question: str, passages: Sequence[Passage], documents: Mapping[str, Document]) -> list[str]:
    """The documents of the passages whose titles have most of what the question names, in the order of passages."""
    shares: dict[str, float] = {}
    for passage in passages:
        document = documents[passage.document]
        language = document.language or "en"
        subject = _designations(terms(_ASKING.sub(" ", question), language))
        title = _designations(terms(" ".join((document.title, *document.names)), language))
        if subject and not is_record(document):
            shares[passage.document] = len(subject & title) / len(subject)
    most = max(shares.values(), default=0.0)
    return [name for name, share in shares.items() if share == most and share >= _COVERED]


def _designations(found: Sequence[str]) -> set[str]:
    """Terms, a revision's number left off a designation: what is said of 800-61 is asked of 800-61r2."""
    return {re.sub(r"(?<=\d)r(?:ev)?\d+$", "", term) for term in found}


def _lines(document: Document, wanted: Wanted) -> list[Line]:
    front = list(_front(document))
    if wanted == "date":
        return _dated(front)
    said = [line for line, text in front if _SAID_OF_AUTHOR.search(text)][:1]
    by = list(_by_line(document))
    return (said or by) if wanted == "publisher" else (by or said)


def _front(document: Document) -> Iterator[tuple[Line, str]]:
    """The sentences of the first pages, headings included."""
    for unit in _first(document):
        for start, end in pieces(document.text, unit):
            yield Line(start, end, 0), plain(document.text[start:end])


def _first(document: Document) -> list[Unit]:
    stop = document.pages[:_FRONT_PAGES][-1].end if document.pages else _FRONT
    return [unit for unit in units(document) if unit.start < stop]


def _dated(front: Sequence[tuple[Line, str]]) -> list[Line]:
    """The first line that is little more than a date, rather one that says that it came out; then when it changed."""
    short = [
        (line, text)
        for line, text in front
        if len(text.split()) <= _LONGEST and _MONTH.search(text) and holds("time", "", text)
    ]
    changed = [line for line, text in short if _OF_UPDATE.search(text)]
    issued = [line for line, text in short if _OF_ISSUE.search(text) and line not in changed]
    return [*(issued or [line for line, _ in short if line not in changed])[:1], *changed[:1]]


def _by_line(document: Document) -> Iterator[Line]:
    """The first line of names: those of the metadata where it has any, else nothing but capitalised words."""
    author = document.metadata.get("author", "")
    known = {word.casefold() for word in re.findall(r"\w{3,}", str(author))}
    persons = not _NO_PERSON.search(str(author))
    title = {word.casefold() for word in document.title.split()}
    for unit in _first(document):
        text = plain(document.text[unit.start : unit.end])
        words = re.findall(r"[^\W\d_][\w'’.-]+", text)
        names = 2 <= len(words) <= 16 and all(word[0].isupper() for word in words) and not _NO_PERSON.search(text)
        if not names or title & {word.casefold() for word in words}:
            continue
        if known & {word.casefold() for word in words} if persons and known else len(words) % 2 == 0 and document.pages:
            yield Line(unit.start, unit.end, 0)
            return
