"""OSCAL catalogues and resolved baselines: one document per control and per control enhancement.

Format: NIST OSCAL 1.x, catalog model. Parameters are filled in as NIST prints them: `[Assignment: …]`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from vedette.rag.load.record import Json, Page, guarded, line, rows, strings, table, unique, words
from vedette.rag.text.identifiers import normalise
from vedette.records import Document, Failure

_INSERT = re.compile(r"\{\{\s*(?:insert:\s*param,\s*)?([\w.-]+)\s*\}\}")
_MOVED = {"incorporated-into", "moved-to"}


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What one control needs of the whole. `replaces` maps the id of a control to those withdrawn in its favour."""

    title: str
    parameters: Mapping[str, Json]
    names: Mapping[str, str]
    replaces: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a control stands: its family, and the control that it enhances."""

    family: str
    parent: str = ""


def recognises(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(table(value, "catalog", "metadata"))


def read(value: Json, source: str) -> Iterator[Document | Failure]:
    """The documents of a catalogue, sources `source#AC-2(1)`, in its order."""
    found = list(_controls(table(value, "catalog"), _Place("")))
    replaces: dict[str, list[str]] = defaultdict(list)
    for control, _ in found:
        for link in rows(control, "links"):
            if _withdrawn(control) and words(link, "rel") in _MOVED:
                replaces[_number(words(link, "href").lstrip("#").partition("_")[0])].append(
                    _number(words(control, "id"))
                )
    catalogue = _Catalogue(
        line(words(value, "catalog", "metadata", "title")),
        {words(one, "id"): one for control, _ in found for one in _parameters(control)},
        {words(control, "id"): words(control, "title") for control, _ in found},
        replaces,
    )
    for control, place in found:
        if not (_withdrawn(control) and any(_number(words(control, "id")) in old for old in replaces.values())):
            yield from guarded([control], source, "id", partial(_document, catalogue, source, place))


def _controls(parent: Json, place: _Place) -> Iterator[tuple[Json, _Place]]:
    """Controls of a catalogue, a group or a control, each with its place, depth first."""
    for group in rows(parent, "groups"):
        yield from _controls(group, _Place(words(group, "title")))
    for control in rows(parent, "controls"):
        yield control, place
        yield from _controls(control, _Place(place.family, words(control, "id")))


def _parameters(control: Json) -> Iterator[Json]:
    for one in rows(control, "params"):
        yield one
        for prop in rows(one, "props"):
            if words(prop, "name") == "alt-identifier":
                yield {**one, "id": words(prop, "value")}


def _withdrawn(control: Json) -> bool:
    return any(
        words(p, "name") == "status" and words(p, "value").lower() == "withdrawn" for p in rows(control, "props")
    )


def _number(identity: str) -> str:
    """`ac-2.1` is AC-2(1); an id of another catalogue stays, in capitals.

    >>> _number("ac-2.1"), _number("at-2"), _number("a.5.1")
    ('AC-2(1)', 'AT-2', 'A.5.1')
    """
    return normalise(identity.upper())


def _document(catalogue: _Catalogue, source: str, place: _Place, control: Json) -> Document:
    number, title = _number(words(control, "id")), line(words(control, "title"))
    if not number or not title:
        raise KeyError("title" if number else "id")
    parent = catalogue.names.get(place.parent, "")
    page = Page(f"{number} {parent}: {title}" if parent else f"{number} {title}")
    replaced = unique(catalogue.replaces.get(number, ()))
    if replaced:
        page.prose(f"Replaces {', '.join(replaced)}.")
    if _withdrawn(control):
        page.prose(f"{number} has been withdrawn.")
    for part in rows(control, "parts"):
        if words(part, "name") == "statement":
            _statement(page, part, catalogue.parameters, 0)
    for part in rows(control, "parts"):
        if words(part, "name") == "guidance":
            page.add("heading", "Guidance", 2)
            page.prose(_filled(words(part, "prose"), catalogue.parameters))
    related = _linked(control, "related")
    below = [words(one, "id") for one in rows(control, "controls")]
    page.fields(
        {
            "Related controls": related,
            "Enhancement of": f"{_number(place.parent)} {parent}" if parent else "",
            "Family": place.family,
            "Catalogue": catalogue.title,
        }
    )
    page.section("Control enhancements", [f"{_number(one)} {catalogue.names.get(one, '')}" for one in below])
    return Document(
        source=f"{source}#{number}",
        title=page.title,
        text=page.text,
        media_type="application/json",
        kind="oscal-control",
        language="en",
        blocks=tuple(page.blocks),
        identifiers=unique((number, *replaced)),
        names=unique((title, f"{parent}: {title}" if parent else "")),
        metadata={"family": place.family, "catalogue": catalogue.title, "related": related},
    )


def _linked(control: Json, relation: str) -> tuple[str, ...]:
    return unique(
        _number(words(one, "href").lstrip("#")) for one in rows(control, "links") if words(one, "rel") == relation
    )


def _statement(page: Page, part: Json, parameters: Mapping[str, Json], level: int) -> None:
    prose = line(_filled(words(part, "prose"), parameters))
    labels = [words(prop, "value") for prop in rows(part, "props") if words(prop, "name") == "label"]
    if level and prose:
        page.item(prose, level, f"{'  ' * (level - 1)}{labels[0] if labels else '-'} ")
    elif prose:
        page.add("paragraph", prose)
    for below in rows(part, "parts"):
        if words(below, "name") == "item":
            _statement(page, below, parameters, level + 1)


def _filled(prose: str, parameters: Mapping[str, Json], depth: int = 0) -> str:
    """The prose with its parameters; a choice may hold parameters of its own."""
    if depth > 4:
        return prose
    return _INSERT.sub(lambda found: _parameter(parameters.get(found[1], {}), parameters, depth + 1), prose)


def _parameter(one: Json, parameters: Mapping[str, Json], depth: int) -> str:
    values = strings(one, "values")
    if values:
        return ", ".join(values)
    choices = strings(table(one, "select"), "choice")
    if choices:
        count = " (one or more)" if words(one, "select", "how-many") == "one-or-more" else ""
        return f"[Selection{count}: {'; '.join(_filled(choice, parameters, depth) for choice in choices)}]"
    label = words(one, "label").removeprefix("organization-defined ") or "value"
    return f"[Assignment: organization-defined {label}]"
