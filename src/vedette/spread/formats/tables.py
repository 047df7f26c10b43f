"""CSV: tables of assets, links, weaknesses and services, told apart by their columns; or links alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vedette.errors import BadInput
from vedette.records import Asset, Link, Network, NetworkService, Weakness
from vedette.sentences.catalogue import say
from vedette.spread.formats import attributes
from vedette.spread.network import Names, within

_ROLES = {
    "links": attributes.LINK_NAMES,
    "weaknesses": attributes.WEAKNESS_NAMES,
    "services": attributes.SERVICE_NAMES,
    "assets": attributes.ASSET_NAMES,
}
_NEEDED = {
    "links": ("source", "target"),
    "weaknesses": ("host", "cve"),
    "services": ("host", "port"),
    "assets": ("id",),
}
Row = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class _Found:
    assets: list[Asset] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    weaknesses: list[tuple[str, str, Weakness]] = field(default_factory=list)
    services: list[tuple[str, str, NetworkService]] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)


def read(files: Mapping[str, bytes], name: str) -> Network:
    """Tables by their columns. Without a table of assets, they are the ends of the links. Raises BadInput naming the
    file and line that does not fit."""
    found = _Found()
    for file, content in files.items():
        role = _role(file, content)
        unknown: dict[str, None] = {}
        for where, given in rows(content, file, _ROLES[role], unknown):
            _keep(found, role, where, given)
        found.assumptions += attributes.left_out(unknown, "file", file=file)
    if not found.assets:
        found.assets = _ends(found)
    return Network(name, _joined(found), tuple(found.links), tuple(found.assumptions))


def rows(content: bytes, file: str, names: Mapping[str, tuple[str, ...]], unknown: dict[str, None]) -> Iterator[Row]:
    """(where it stands, attributes by our names) of each line. Raises BadInput naming the line that does not fit."""
    reader = csv.reader(io.StringIO(_text(content, file), None), delimiter=_delimiter(content), strict=True)
    try:
        header = next(reader, [])
        if len({column.strip().lower() for column in header}) < len(header):
            raise BadInput(f"{file} has a column twice in its first line; give each a name of its own.")
        named = attributes.ours({column: place + 1 for place, column in enumerate(header)}, names, unknown)
        for row in reader:
            if any(row):
                where = f"{file}, line {reader.line_num}"
                if len(row) > len(header):
                    raise BadInput(
                        f"{where} has {len(row)} values for {len(header)} columns; put quotes around commas."
                    )
                yield (
                    where,
                    {our: said for our, place in named.items() if (said := "".join(row[place - 1 : place]).strip())},
                )
    except csv.Error as error:
        raise BadInput(f"{file}, line {reader.line_num} is not CSV: {error}.") from error


def columns(content: bytes, file: str) -> list[str]:
    """The names in the first line, in lower case."""
    begin = io.StringIO(_text(content[:65_536], file, "ignore"), None)
    try:
        line = next(csv.reader(begin, delimiter=_delimiter(content)), [])
    except csv.Error as error:
        raise BadInput(f"{file}, line 1 is not CSV: {error}.") from error
    return [column.strip().lower() for column in line]


def has(needed: Iterable[str], names: Mapping[str, tuple[str, ...]], given: Iterable[str]) -> bool:
    """Each needed column is there, by one of its names."""
    listed = set(given)
    return all(listed.intersection(names[one]) for one in needed)


def _role(file: str, content: bytes) -> str:
    given = columns(content, file)
    for role, names in _ROLES.items():
        if has(_NEEDED[role], names, given):
            return role
    raise BadInput(
        f"{file} has the columns {', '.join(given)[:120] or '(none)'}; a table of assets needs id, of links source and "
        "target, of weaknesses host and cve, of services host and port."
    )


def _keep(found: _Found, role: str, where: str, given: dict[str, Any]) -> None:
    if role == "assets":
        found.assets.append(attributes.asset(given, where))
    elif role == "links":
        found.links.append(attributes.link(given, where))
    elif not given.get("host"):
        raise BadInput(f"{where} lacks its host; give the id of an asset.")
    elif role == "weaknesses":
        found.weaknesses.append((where, given["host"], attributes.weakness(given, where)))
    else:
        found.services.append((where, given["host"], attributes.service(given, where)))
    if len(found.assets) + len(found.links) & 0xFFFF == 0:
        within(len(found.assets), len(found.links))


def _ends(found: _Found) -> list[Asset]:
    ends = dict.fromkeys(end for link in found.links for end in (link.source, link.target))
    if ends:
        found.assumptions.append(say("table.links_only"))
    return [Asset(end) for end in ends]


def _joined(found: _Found) -> tuple[Asset, ...]:
    """The assets with their services and weaknesses."""
    names = Names(found.assets)
    weaknesses: dict[str, list[Weakness]] = {}
    services: dict[str, list[NetworkService]] = {}
    for where, host, weakness in found.weaknesses:
        weaknesses.setdefault(names.host(host, where), []).append(weakness)
    for where, host, service in found.services:
        services.setdefault(names.host(host, where), []).append(service)
    return tuple(
        replace(
            asset,
            weaknesses=(*asset.weaknesses, *weaknesses.get(asset.id, ())),
            services=(*asset.services, *services.get(asset.id, ())),
        )
        for asset in found.assets
    )


def _text(content: bytes, file: str, errors: str = "strict") -> str:
    try:
        return content.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadInput(f"{file}, line {line} is not UTF-8 text; save it as UTF-8.") from error


def _delimiter(content: bytes) -> str:
    first = content.split(b"\n", 1)[0]
    return max(",;\t", key=lambda mark: first.count(mark.encode()))
