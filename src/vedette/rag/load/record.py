"""What the readers of security records share: safe access to their JSON, and text that reads like a page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from vedette.rag.load.text import Assembly, clean, one_line
from vedette.rag.text.identifiers import normalise
from vedette.records import Document, Failure

Json = Mapping[str, Any]

_CITATION = re.compile(r"\s*\((?:Citation|Quelle): [^()]*(?:\([^()]*\)[^()]*)*\)")
_LINK = re.compile(r"\[([^\]\[]+)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_TAG = re.compile(r"</?(?:code|p|b|i|em|strong|ul|ol|a|span|div|li)(?:\s[^<>]{0,200})?/?>|<br\s*/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:p|ul|ol|div)\b|<br|<li\b", re.IGNORECASE)
_WRAPPED = 65  # characters; a shorter line was ended on purpose
_BULLET = re.compile(r"[ \t]*([-*•]|\d{1,2}[.)])[ \t]+(?=\S)")


class Page(Assembly):
    """A record as a page: a title, headings, paragraphs, labelled lines and list items, in that order of size."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = one_line(title)
        self.add("heading", self.title, 1)

    def prose(self, text: str) -> None:
        """Paragraphs and bullets of Markdown or HTML, without citations, link targets and tags."""
        for one in _joined(plain(text).split("\n")):
            bullet = _BULLET.match(one)
            if bullet:
                self.item(one[bullet.end() :], marker=f"{bullet[1]} ")
            else:
                self.add("paragraph", one_line(one))

    def fields(self, values: Mapping[str, object]) -> None:
        """One line `Label: value` for each value that is not empty; several values are joined by commas."""
        for label, value in values.items():
            line = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            if line.strip():
                self.add("table_row", f"{label}: {one_line(line)}")

    def section(self, heading: str, items: Iterable[str]) -> None:
        """A heading and its list items; nothing where there are no items."""
        items = list(items)
        if items:
            self.add("heading", heading, 2)
        for item in items:
            self.item(item)

    def item(self, text: str, level: int = 1, marker: str = "- ") -> None:
        self.add("list_item", one_line(text), level, marker)


def _joined(lines: Iterable[str]) -> list[str]:
    """Lines as their author meant them: one that goes on with a small letter, or was wrapped, joins the one before."""
    found: list[str] = []
    gap = False
    for one in lines:
        if not one.strip():
            gap = True
            continue
        before = found[-1].rstrip() if found else "."
        unfinished = before[-1] not in ".!?:;" and not _BULLET.match(one)
        if unfinished and (one.lstrip()[:1].islower() or (len(before) >= _WRAPPED and not gap)):
            found[-1] = f"{before} {one.strip()}"
        else:
            found.append(one)
        gap = False
    return found


def plain(text: str) -> str:
    """Text without citations, link targets, tags and entities; line breaks stay.

    >>> plain("[APT29](https://x.org/G0016) ran <code>net use</code> &amp; more.(Citation: FireEye (2020))")
    'APT29 ran net use & more.'
    """
    text = _LINK.sub(r"\1", _CITATION.sub("", text))
    text = _TAG.sub(lambda tag: "\n\n" if _BLOCK_TAG.match(tag[0]) else "", text)
    text = html.unescape(text).replace("\xa0", " ").replace("**", "")
    return re.sub(r"[ \t]+([.,;:])(?=\s|$)", r"\1", text).strip()


def line(text: str) -> str:
    """`plain` text on one line."""
    return one_line(plain(text))


def words(value: Json, *path: str) -> str:
    """The text at a path of keys, or "" where there is none."""
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return clean(found).strip() if isinstance(found, str) else str(found) if isinstance(found, int | float) else ""


def table(value: Json, *path: str) -> Json:
    """The object at a path of keys, or an empty one."""
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def rows(value: Json, key: str) -> list[Json]:
    """The objects in the list under a key; anything else in it is left out."""
    found = value.get(key)
    return [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []


def strings(value: Json, key: str) -> tuple[str, ...]:
    """The texts in the list under a key, in order, each once."""
    found = value.get(key)
    entries = found if isinstance(found, list) else [found]
    return unique(clean(entry).strip() for entry in entries if isinstance(entry, str))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Every value that is not empty, once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def hosts(urls: Iterable[str]) -> tuple[str, ...]:
    """The hosts of web addresses, each once: what a reader needs to know of a reference.

    >>> hosts(["https://www.cisa.gov/x", "https://cisa.gov/y", "n/a"])
    ('cisa.gov',)
    """
    found = []
    for url in urls:
        try:
            found.append((urlsplit(url).hostname or "").removeprefix("www."))
        except ValueError:  # a broken address names no host
            continue
    return unique(found)


def guarded(
    records: Iterable[Any], source: str, key: str, build: Callable[[Json], Document]
) -> Iterator[Document | Failure]:
    """Build every record; one that is garbled becomes a Failure naming it by its `key`, and the others go on."""
    for number, record in enumerate(records, 1):
        try:
            if not isinstance(record, Mapping):
                raise TypeError("it is not an object")
            yield build(record)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            label = (words(record, key) if isinstance(record, Mapping) else "") or f"number {number}"
            what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
            yield Failure(source, f"Record {label} is garbled: {what}; correct it and ingest the file again.")


def identity(record: Json, key: str, prefix: str = "") -> str:
    """The identifier of a record, normalised. Raises KeyError without one, ValueError where it has another form.

    >>> identity({"cveID": "cve-2021-44228"}, "cveID", "CVE-")
    'CVE-2021-44228'
    """
    found = normalise(words(record, key))
    if not found:
        raise KeyError(key)
    if not found.startswith(prefix):
        raise ValueError(f"{found!r} is no identifier that begins with {prefix}")
    return found
