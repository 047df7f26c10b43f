"""JSON of our own shape: the records of a network, field by field; and node-link JSON, as networkx and d3 write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from vedette.errors import BadInput
from vedette.records import Asset, Link, Network, NetworkService, Weakness
from vedette.records_json import decode, encode
from vedette.spread.formats import attributes, graphs
from vedette.spread.network import within

_LINK_FIELDS = {item.name for item in fields(Link)}


def loads(content: bytes, file: str) -> Any:
    """Raises BadInput naming the place where it stops being JSON."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text; save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadInput(f"{file} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise BadInput(f"{file} is nested too deeply to be a network.") from error
    except ValueError as error:
        raise BadInput(f"{file} has a number that is too long to be read: {error}.") from error


def dumps(network: Network) -> str:
    """The network as JSON that `read` reads; what says nothing is left out, and each asset and link has a line."""
    lines = {
        "assets": [_short(encode(asset), Asset("")) for asset in network.assets],
        "links": [_short(encode(link), Link("", "")) for link in network.links],
    }
    parts = [f'"name": {json.dumps(network.name, ensure_ascii=False)}']
    if network.assumptions:
        parts.append(f'"assumptions": {json.dumps(list(network.assumptions), ensure_ascii=False)}')
    for name, rows in lines.items():
        inside = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f'"{name}": [\n{inside}\n]' if rows else f'"{name}": []')
    return "{" + ",\n".join(parts) + "}\n"


def _short(shape: dict[str, Any], empty: Asset | Link) -> dict[str, Any]:
    bare = encode(empty)
    kept = {key: value for key, value in shape.items() if value != bare[key]}
    for key, example in (("services", NetworkService(0)), ("weaknesses", Weakness(""))):
        if key in kept:
            plain = encode(example)
            kept[key] = [{k: v for k, v in one.items() if v != plain[k]} for one in kept[key]]
    return kept


def read(files: Mapping[str, bytes], name: str) -> Network:
    """One file. Raises BadInput naming the asset or link that does not fit."""
    if len(files) != 1:
        raise BadInput(f"A network in JSON is one file, not {len(files)}: {', '.join(files)}.")
    ((file, content),) = files.items()
    return of_json(loads(content, file), name)


def of_json(data: Any, name: str) -> Network:
    """The network of our own shape, or of node-link's. Raises BadInput."""
    if isinstance(data, Mapping) and isinstance(data.get("nodes"), list):
        return graphs.of_node_link(data, name)
    if not isinstance(data, Mapping) or not isinstance(data.get("assets"), list):
        raise BadInput('This JSON is no network; it needs {"assets": [...], "links": [...]}, or "nodes" and "links".')
    links = data.get("links", [])
    if not isinstance(links, list):
        raise BadInput('"links" of a network is a list of {"source": ..., "target": ...}.')
    within(len(data["assets"]), len(links))
    unknown: dict[str, None] = {}
    assets = tuple(_asset(one, place, unknown) for place, one in enumerate(data["assets"]))
    read_links = tuple(_link(one, place, unknown) for place, one in enumerate(links))
    assumed = decode(Network, {"name": "", "assets": [], "links": [], "assumptions": data.get("assumptions", [])})
    said = (*assumed.assumptions, *attributes.left_out(unknown, "json"))
    return Network(name or attributes.text(data.get("name", ""), "The network: its name"), assets, read_links, said)


def _asset(data: Any, place: int, unknown: dict[str, None]) -> Asset:
    known: dict[str, type] = {"": Asset, "services": NetworkService, "weaknesses": Weakness}
    where = f"Asset {place + 1}"
    if isinstance(data, Mapping):
        where += f" ({data.get('id', 'without id')})"
        for part, kind in known.items():
            rows = data.get(part) if part else [data]
            names = {item.name for item in fields(kind)}
            for row in rows if isinstance(rows, list) else []:
                extra = [key for key in row if key not in names] if isinstance(row, Mapping) else []
                unknown.update(dict.fromkeys(f"{part or 'assets'}.{key}" for key in extra))
    try:
        return decode(Asset, data)
    except BadInput as error:
        raise BadInput(f"{where}: {error.message}") from error


def _link(data: Any, place: int, unknown: dict[str, None]) -> Link:
    try:
        source, target, kind = data["source"], data["target"], data.get("kind", "reach")
        port, rate = data.get("port", 0), data.get("rate")
    except (AttributeError, KeyError, TypeError) as error:
        raise BadInput(f"Link {place + 1} lacks its source or target: {str(data)[:80]}.") from error
    if len(data) > 2 and not data.keys() <= _LINK_FIELDS:
        unknown.update(dict.fromkeys(f"links.{key}" for key in data if key not in _LINK_FIELDS))
    if type(source) is str and type(target) is str and type(port) is int and rate is None:
        return Link(source, target, kind, port)  # what `decode` would make of it, ten times as fast
    try:
        return decode(Link, data)
    except BadInput as error:
        raise BadInput(f"Link {place + 1} ({source} → {target}): {error.message}") from error
