"""Questions to begin with, made of what a collection holds: its kinds of records, the titles and headings of its texts.

Nothing is looked up or embedded for them, and nothing is in them that their reader may not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from vedette.rag.answer.reading import read_documents
from vedette.rag.library.shelf import Library
from vedette.rag.text.outline import plain, units
from vedette.records import CollectionInfo, Document, DocumentInfo

MOST = 3
_SHORTEST, _LONGEST = 6, 60
# One of each kind, the most telling first; what is put in is the record's identifier or name.
_OF_KIND: Mapping[str, Mapping[str, str]] = {
    "kev": {
        "en": "By when must {} be remediated?",
        "es": "¿Cuál es la fecha límite para corregir {}?",
        "fr": "Quelle est la date limite pour corriger {} ?",
    },
    "attack-technique": {
        "en": "How is {} mitigated?",
        "es": "¿Cómo se mitiga {}?",
        "fr": "Comment atténuer {} ?",
    },
    "oscal-control": {"en": "What does {} require?", "es": "¿Qué exige {}?", "fr": "Qu'exige {} ?"},
    "attack-group": {"en": "Who is {}?", "es": "¿Quién es {}?", "fr": "Qui est {} ?"},
    "cve": {"en": "What is {}?", "es": "¿Qué es {}?", "fr": "Qu'est-ce que {} ?"},
    "csaf": {"en": "What does {} say?", "es": "¿Qué dice {}?", "fr": "Que dit {} ?"},
}
_OF_TEXT: Mapping[str, str] = {
    "en": "What does “{}” say about {}?",
    "es": "¿Qué dice «{}» sobre {}?",
    "fr": "Que dit « {} » sur {} ?",
}
# Headings that say nothing of a text.
_EMPTY = re.compile(
    r"introducti?on|introducción|overview|summary|(table of )?contents?|references|background|context|version|about|"
    r"contenidos?|resumen|descripción|índice|referencias|bienvenid.*|welcome.*|sommaire|résumé|références",
    re.IGNORECASE,
)


def suggestions(collection: CollectionInfo, library: Library) -> tuple[str, ...]:
    """Up to three questions in the main language of a collection (English, Spanish, French; else English)."""
    infos = library.catalog.documents.infos(collection.name)
    spoken = collection.main_languages[0] if collection.main_languages else "en"
    language = spoken if spoken in _OF_TEXT else "en"
    asked = [*_of_records(infos, language, library)[: MOST - 1], *_of_texts(infos, language, library)]
    return tuple(dict.fromkeys((*asked, *_of_records(infos, language, library))))[:MOST]


def _of_records(infos: Sequence[DocumentInfo], language: str, library: Library) -> list[str]:
    middle = {kind: [info.id for info in infos if info.kind == kind] for kind in _OF_KIND}
    names = {kind: found[len(found) // 2] for kind, found in middle.items() if found}
    read = read_documents(names.values(), library)
    return [
        _OF_KIND[kind][language].format(_name(read[name]))
        for kind, name in names.items()
        if name in read and _name(read[name])
    ]


def _name(record: Document) -> str:
    """What a record is asked for by."""
    named = record.kind in ("attack-technique", "attack-group") and record.names
    return (record.names if named else record.identifiers or ("",))[0]


def _of_texts(infos: Sequence[DocumentInfo], language: str, library: Library) -> list[str]:
    """The texts that say the most come first."""
    longest = sorted((info for info in infos if info.kind == "prose"), key=lambda info: (-info.chunks, info.source))
    found = read_documents((info.id for info in longest[: 2 * MOST]), library)
    headings = {document.title: tuple(_headings(document)) for document in found.values()}
    counts = Counter(heading for own in headings.values() for heading in dict.fromkeys(own))
    asked = ((title, next((one for one in own if counts[one] == 1), "")) for title, own in headings.items())
    return [_OF_TEXT[language].format(title, heading) for title, heading in asked if title and heading][:MOST]


def _headings(document: Document) -> Iterator[str]:
    """The headings of a text that name something."""
    for unit in units(document):
        heading = plain(document.text[unit.start : unit.end]).lstrip("0123456789.:- ").rstrip(".: -")
        named = unit.kind == "heading" and len(unit.headings) > 1 and heading != document.title
        if named and _SHORTEST <= len(heading) <= _LONGEST and not _EMPTY.fullmatch(heading):
            yield heading
