"""Assets and links out of loose attributes: columns of a table, attributes of nodes and edges in a graph."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from vedette.errors import BadInput
from vedette.records import Asset, Link, NetworkService, Weakness
from vedette.records_json import decode
from vedette.sentences.catalogue import listed, say

Attributes = Mapping[str, Any]

# What people and tools call the attributes, by our names for them.
ASSET_NAMES = {
    "id": ("id", "asset", "host"),
    "name": ("name", "label", "hostname"),
    "kind": ("kind", "type"),
    "addresses": ("addresses", "address", "ip"),
    "group": ("group", "zone", "segment", "subnet"),
    "criticality": ("criticality",),
    "services": ("services", "ports"),
    "weaknesses": ("weaknesses", "cves", "vulnerabilities"),
    "controls": ("controls",),
    "factor": ("factor",),
    "recovery": ("recovery",),
}
LINK_NAMES = {
    "source": ("source", "from", "src"),
    "target": ("target", "to", "dst"),
    "kind": ("kind", "type"),
    "port": ("port",),
    "rate": ("rate",),
}
WEAKNESS_NAMES = {
    "host": ("host", "asset", "id"),
    "cve": ("cve", "weakness", "vulnerability"),
    "port": ("port",),
    "vector": ("vector", "cvss_vector"),
    "epss": ("epss",),
    "kev": ("kev",),
    "score": ("score", "cvss", "cvss_score"),
}
SERVICE_NAMES = {
    "host": ("host", "asset", "id"),
    "port": ("port",),
    "protocol": ("protocol",),
    "name": ("name", "service"),
    "product": ("product",),
    "version": ("version",),
}
_KINDS = {"": "reach", "reach": "reach", "credential": "credential", "credentials": "credential"}
_YES, _NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")


def ours(given: Attributes, names: Mapping[str, tuple[str, ...]], unknown: dict[str, None]) -> dict[str, Any]:
    """Attributes by our names, those without a value left out; what we have no name for is added to `unknown`."""
    by_theirs = {their: our for our, all_theirs in names.items() for their in all_theirs}
    found: dict[str, Any] = {}
    for key, value in given.items():
        our = by_theirs.get(str(key).strip().lower())
        if our is None:
            unknown[str(key)] = None
        elif our not in found and value is not None and not (isinstance(value, str) and not value.strip()):
            found[our] = value.strip() if isinstance(value, str) else value
    return found


def asset(given: Mapping[str, Any], where: str) -> Asset:
    """The asset of attributes with our names, `id` among them. Raises BadInput; `where` begins its sentence."""
    return Asset(
        id=text(given.get("id", ""), f"{where}: its id"),
        name=text(given.get("name", ""), f"{where}: its name"),
        kind=text(given.get("kind", "host"), f"{where}: its kind"),
        addresses=words(given.get("addresses", ""), f"{where}: its addresses"),
        group=text(given.get("group", ""), f"{where}: its group"),
        criticality=number(given.get("criticality", 0.0), f"{where}: its criticality"),
        services=tuple(_service(one, where) for one in _several(given.get("services", ()))),
        weaknesses=tuple(_weakness(one, where) for one in _several(given.get("weaknesses", ()))),
        controls=words(given.get("controls", ""), f"{where}: its controls"),
        factor=number(given.get("factor", 1.0), f"{where}: its factor"),
        recovery=number(given["recovery"], f"{where}: its recovery") if "recovery" in given else None,
    )


def link(given: Mapping[str, Any], where: str) -> Link:
    """The link of attributes with our names. Raises BadInput; `where` begins its sentence."""
    ends = [text(given.get(end, ""), f"{where}: its {end}") for end in ("source", "target")]
    if not all(ends):
        raise BadInput(f"{where} lacks its {'target' if ends[0] else 'source'}; give both ends of the link.")
    kind = _KINDS.get(str(given.get("kind", "")).lower())
    if kind is None:
        raise BadInput(f"{where}: its kind is {given['kind']!r}; give reach or credential.")
    return Link(
        source=ends[0],
        target=ends[1],
        kind="credential" if kind == "credential" else "reach",
        port=whole(given.get("port", 0), f"{where}: its port"),
        rate=number(given["rate"], f"{where}: its rate") if "rate" in given else None,
    )


def weakness(given: Mapping[str, Any], where: str) -> Weakness:
    """The weakness of attributes with our names. Raises BadInput; `where` begins its sentence."""
    return Weakness(
        cve=text(given.get("cve", ""), f"{where}: its CVE"),
        port=whole(given.get("port", 0), f"{where}: its port"),
        vector=text(given["vector"], f"{where}: its vector") if "vector" in given else None,
        epss=number(given["epss"], f"{where}: its EPSS") if "epss" in given else None,
        kev=yes(given["kev"], f"{where}: kev") if "kev" in given else None,
        score=number(given["score"], f"{where}: its score") if "score" in given else None,
    )


def service(given: Mapping[str, Any], where: str) -> NetworkService:
    """The service of attributes with our names. Raises BadInput; `where` begins its sentence."""
    plain = {name: text(given[name], f"{where}: its {name}") for name in SERVICE_NAMES if name in given}
    plain.pop("host", None)
    port = whole(given.get("port", 0), f"{where}: its port")
    return NetworkService(**{**plain, "port": port})  # type: ignore[arg-type]


def left_out(unknown: Iterable[str], of: str, **named: str) -> tuple[str, ...]:
    """The assumption that says which attributes `of` something (see `fields.…` of the sentences) were not read."""
    names = list(unknown)
    return (say(f"fields.{of}", fields=listed(names, 5), **named),) if names else ()


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def text(value: Any, where: str) -> str:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value).strip()
    raise BadInput(f"{where} cannot be {type(value).__name__} {str(value)[:40]!r}; give a text.")


def words(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts, or one text in which `;` separates them."""
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)):
        raise BadInput(f"{where} cannot be {str(value)[:40]!r}; give texts with ; between them.")
    return tuple(filter(None, (text(part, where) for part in parts)))


def number(value: Any, where: str) -> float:
    try:
        found = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if math.isnan(found):
        raise BadInput(f"{where} is {str(value)[:40]!r}; give a number, with a point where it has decimals.")
    return found


def whole(value: Any, where: str) -> int:
    found = number(value, where)
    if not math.isfinite(found) or found != int(found):
        raise BadInput(f"{where} is {value!r}; give a whole number.")
    return int(found)


def yes(value: Any, where: str) -> bool:
    said = str(value).strip().lower()
    if said not in _YES and said not in _NO:
        raise BadInput(f"{where} is {str(value)[:40]!r}; give yes or no.")
    return said in _YES


def _several(value: Any) -> tuple[Any, ...]:
    """A list, also where it is written as text: JSON, or with `;` between its parts."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                return tuple(json.loads(value))
            except ValueError:
                return (value,)
        return tuple(filter(None, (part.strip() for part in re.split(r"[;,\s]+", value))))
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _weakness(given: Any, where: str) -> Weakness:
    """A record, or `CVE-2021-44228@8080`."""
    if isinstance(given, Mapping):
        return decode(Weakness, given)
    cve, _, port = text(given, f"{where}: a weakness").partition("@")
    return Weakness(cve, whole(port or 0, f"{where}: the port of {cve}"))


def _service(given: Any, where: str) -> NetworkService:
    """A record, or `443/tcp`, or `443`."""
    if isinstance(given, Mapping):
        return decode(NetworkService, given)
    port, _, protocol = text(given, f"{where}: a service").partition("/")
    return NetworkService(whole(port, f"{where}: the port of a service"), protocol or "tcp")
