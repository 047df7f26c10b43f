"""identifier -> card: what the records of a collection say of it, and what they name beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from vedette.errors import NotFound
from vedette.rag.answer.cards import is_record, opening_of, subjects_of, tags
from vedette.rag.answer.reading import read_documents
from vedette.rag.library.shelf import Library
from vedette.rag.text import analyse
from vedette.rag.text.identifiers import find_identifiers, normalise
from vedette.rag.text.outline import plain, units
from vedette.records import CardLine, Document, Identifier, IdentifierCard, Question, Understanding

MOST_RECORDS, MOST_RELATED, OPENING = 24, 200, 2
_BY_SECTION: Mapping[str, str] = {
    "sub-techniques": "sub-technique",
    "mitigations": "mitigation",
    "techniques mitigated": "technique",
    "techniques used": "technique",
    "techniques": "technique",
    "procedure examples": "used by",
    "used by": "used by",
    "software used": "software",
}
_BY_LABEL: Mapping[str, str] = {
    "tactics": "tactic",
    "sub-technique of": "technique",
    "weaknesses": "weakness",
    "weakness": "weakness",
    "vulnerabilities": "vulnerability",
    "related controls": "control",
    "attributed to": "group",
}
_LEFT_OUT = frozenset(("references", "rule", "author", "catalogue", "status"))
_NAMED = frozenset(("cve", "cwe", "capec", "attack", "ghsa", "icsa", "control"))

Related = tuple[str, str, str]


def identifier_card(value: str, collection: str, library: Library) -> IdentifierCard:
    """The card. Raises NotFound for an unknown collection, and for an identifier that no record is about."""
    scope = library.scope(collection)
    wanted = normalise(value)
    found = find_identifiers(wanted)
    named = found[0] if len(found) == 1 and found[0].value == wanted else None
    records = _records(named, scope.collection, library) if named else {}
    if named is None or not records:
        raise NotFound(f"No record in '{collection}' is about '{value}'.")
    asked = Question(named.value, collection)
    order = subjects_of(asked, Understanding((named,), "en", "question"), records)
    subjects = {name: records[name] for name in order if records[name].kind != "sigma"} or records
    lines = tuple(line for name, document in subjects.items() for line in _lines(name, document))
    first = next(iter(subjects.values()))
    related = [*_titled(_named_beside(subjects, named), collection, library), *_rules(named, collection, library)]
    return IdentifierCard(named.value, named.kind, first.title, lines, tuple(dict.fromkeys(related))[:MOST_RELATED])


def _records(named: Identifier, collection: str, library: Library) -> dict[str, Document]:
    """The records about an identifier, and the advisories that treat it."""
    about = library.catalog.documents.about(collection, [analyse.subject_key(named.value)])
    advisories = library.index.matching(
        "identifiers", [named.value], library.scope(collection, {"kind": "csaf"}), MOST_RECORDS
    )
    entries = library.index.fetch(advisories).values()
    names = (*(name for names in about.values() for name in names), *(entry.document for entry in entries))
    read = read_documents(dict.fromkeys(names), library)
    return {name: document for name, document in list(read.items())[:MOST_RECORDS] if is_record(document)}


def _lines(name: str, document: Document) -> Iterator[CardLine]:
    """How the record begins, and its labelled lines."""
    opening = " ".join(plain(document.text[line.start : line.end]) for line in opening_of(document, OPENING))
    if opening:
        yield CardLine("Description", opening, name)
    for label, said in _labelled(document):
        if label.casefold() not in _LEFT_OUT:
            yield CardLine(label, said, name)


def _labelled(document: Document) -> Iterator[tuple[str, str]]:
    """Label and value of the lines "Label: value"."""
    for unit in units(document):
        if unit.kind == "table_row" and len(unit.headings) < 2:
            label, colon, said = document.text[unit.start : unit.end].partition(":")
            if colon:
                yield plain(label), plain(said)


def _named_beside(records: Mapping[str, Document], named: Identifier) -> Iterator[tuple[str, str]]:
    """Relation and identifier of what the records name."""
    for document in records.values():
        for label, said in _labelled(document):
            relation = _BY_LABEL.get(label.casefold())
            yield from ((relation, other) for other in _identifiers(said) if relation and other != named.value)
        for unit in units(document):
            relation = _BY_SECTION.get(unit.headings[-1].casefold()) if unit.headings else None
            if relation and unit.kind == "list_item":
                begins = re.match(r"\S+", document.text[unit.start : unit.end])
                yield from ((relation, other) for other in _identifiers(begins[0] if begins else ""))


def _identifiers(text: str) -> list[str]:
    return [found.value for found in find_identifiers(text) if found.kind in _NAMED]


def _titled(beside: Iterator[tuple[str, str]], collection: str, library: Library) -> list[Related]:
    """With the title of the record about each, where there is one."""
    pairs = list(dict.fromkeys(beside))
    keys = {other: analyse.subject_key(other) for _, other in pairs}
    about = library.catalog.documents.about(collection, list(dict.fromkeys(keys.values())))
    headers = library.catalog.documents.headers(name for names in about.values() for name in names)
    titles = {
        other: next((headers[name].title for name in about.get(key, ()) if name in headers), "")
        for other, key in keys.items()
    }
    return [(relation, other, titles[other].removeprefix(f"{other} ")) for relation, other in pairs]


def _rules(named: Identifier, collection: str, library: Library) -> Sequence[Related]:
    """The detection rules that are tagged with it, or with a part of it."""
    scope = library.scope(collection, {"kind": "sigma"})
    points = library.index.matching("identifiers", [named.value], scope, MOST_RECORDS)
    names = dict.fromkeys(entry.document for entry in library.index.fetch(points).values())
    rules = read_documents(names, library).items()
    return [("sigma rule", name, rule.title) for name, rule in rules if named.value in {*tags(rule), *rule.identifiers}]
