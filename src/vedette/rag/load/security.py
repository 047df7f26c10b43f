"""JSON and YAML: find out by its content which security format a file has, and read its records.

What is no known format becomes one readable document: headings, `key: value` lines, list items.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import yaml

from vedette.errors import LoadError, TooLarge
from vedette.rag.load import attack, csaf, cve, kev, oscal, sigma
from vedette.rag.load.plain import decode
from vedette.rag.load.record import Page, words
from vedette.rag.load.text import clean, title_from_name
from vedette.records import BlockKind, Document, Failure

Records = Iterator[Document | Failure]

_FORMATS = (attack, kev, cve, csaf, oscal)
_DEEPEST = 40
_EXPANSION = 20  # a readable rendering may be this many times as long as its file: YAML aliases can repeat without end
_ALLOWANCE = 100_000


def read_json(data: bytes, source: str) -> Records:
    """The records of a JSON file. Raises LoadError where it is not JSON, or holds nothing."""
    text, _ = decode(data, source)
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise LoadError(f"{source} is nested too deeply to be read; flatten it or leave it out.") from error
    except ValueError as error:
        raise LoadError(f"{source} is not valid JSON ({error}); correct it and ingest it again.") from error
    return _read(value if isinstance(value, list) else [value], source, "application/json", len(data))


def read_yaml(data: bytes, source: str) -> Records:
    """The records of a YAML file of one or several documents. Raises LoadError where it is not YAML, or holds nothing.

    Scalars stay the text that stands in the file: `no` is no false, `2019-10-12` is no date.
    """
    text, _ = decode(data, source)
    try:
        values = [value for value in yaml.load_all(text, yaml.CBaseLoader) if value]
    except RecursionError as error:
        raise LoadError(f"{source} is nested too deeply to be read; flatten it or leave it out.") from error
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise LoadError(f"{source} is not valid YAML ({where}); correct it and ingest it again.") from error
    return _read(values, source, "application/yaml", len(data))


def _read(values: Sequence[Any], source: str, media_type: str, size: int) -> Records:
    if values and all(sigma.recognises(value) for value in values):
        return _distinct(sigma.read(values, source), source, False)
    readers = [_reader(value) for value in values]
    if values and all(readers):
        found = (reader(value, source) for reader, value in zip(readers, values, strict=True) if reader)
        return _distinct(chain.from_iterable(found), source, len(values) > 1)
    return iter([_rendered(values[0] if len(values) == 1 else values, source, media_type, size)])


def _reader(value: Any) -> Callable[[Any, str], Records] | None:
    return next((module.read for module in _FORMATS if module.recognises(value)), None)


def _distinct(records: Iterable[Document | Failure], source: str, several: bool) -> Records:
    """Every document with a source of its own, also where a file repeats an id or joins several records."""
    seen: Counter[str] = Counter()
    for record in records:
        if isinstance(record, Document):
            own = f"{source}#{record.identifiers[0]}" if several and record.source == source else record.source
            seen[own] += 1
            record = replace(record, source=own if seen[own] == 1 else f"{own}~{seen[own]}")
        yield record


def _rendered(value: Any, source: str, media_type: str, size: int) -> Document:
    named = isinstance(value, Mapping) and (words(value, "title") or words(value, "name"))
    page = Page(str(named) if named else title_from_name(source))
    left = size * _EXPANSION + _ALLOWANCE
    for kind, text, level in _outline(value, 2):
        left -= len(text)
        if left < 0:
            raise TooLarge(f"{source} repeats itself without end when it is written out; leave it out.")
        if kind == "list_item":
            page.item(text, level)
        else:
            page.add(kind, clean(text), level)
    if len(page.blocks) < 2:
        raise LoadError(f"{source} has no text in it; there is nothing to answer from.")
    return Document(source, page.title, page.text, media_type, blocks=tuple(page.blocks))


def _outline(value: Any, level: int) -> Iterator[tuple[BlockKind, str, int]]:
    """Blocks of a value: scalars first, then what is nested, each under a heading of its own."""
    if level > _DEEPEST:
        raise LoadError("The file is nested too deeply to be read; flatten it or leave it out.")
    if isinstance(value, Mapping):
        entries = [(str(key), below) for key, below in value.items() if below not in (None, "", [], {})]
        for key, below in entries:
            if not isinstance(below, Mapping | list):
                yield "table_row", f"{key}: {below}", 0
        for key, below in entries:
            if isinstance(below, Mapping | list):
                yield "heading", key, level
                yield from _outline(below, level + 1)
    elif isinstance(value, list):
        for number, entry in enumerate(value, 1):
            if isinstance(entry, Mapping):
                yield (
                    "heading",
                    next(filter(None, (words(entry, k) for k in ("title", "name", "id"))), str(number)),
                    level,
                )
                yield from _outline(entry, level + 1)
            elif isinstance(entry, list):
                yield from _outline(entry, level + 1)
            else:
                yield "list_item", str(entry), 1
    elif str(value or "").strip():
        yield "paragraph", str(value), 0
