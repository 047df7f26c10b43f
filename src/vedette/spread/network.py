"""Networks: what is wrong with one is said before anything is computed on it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from operator import attrgetter

from vedette.errors import BadInput, NotFound, TooLarge
from vedette.records import Asset, Link, Network, NetworkService, Weakness
from vedette.sentences.catalogue import counted
from vedette.spread import cvss

MOST_ASSETS = 1_000_000
MOST_LINKS = 5_000_000
MOST_PORT = 65_535
_KINDS = ("reach", "credential")
_LONGEST_ID = 300
_CVE = re.compile(r"cve-\d{4}-\d{4,}", re.IGNORECASE)
_ENDS = attrgetter("source", "target", "kind", "port")
_HIDDEN = re.compile(r"[\x00-\x1f\x7f]")


def checked(network: Network) -> Network:
    """The network with its assets in the order of their ids and its links in that of (source, target, kind, port).

    What is harmless is put right and said in `assumptions`: links to themselves and links given twice are left out,
    ends of links given by name or address become ids, hosts without links stay. Raises BadInput, in a sentence that
    names the asset or link, for everything else; TooLarge above `MOST_ASSETS` or `MOST_LINKS`.
    """
    if not network.name.strip() or _HIDDEN.search(network.name) or len(network.name) > _LONGEST_ID:
        raise BadInput("The network needs a name of up to 300 printable characters; give it one.")
    if not network.assets:
        raise BadInput("The network has no assets; give at least one, such as {'id': 'web-1'}.")
    within(len(network.assets), len(network.links))
    assets, notes = _assets(network.assets)
    links, said = _links(network.links, assets)
    everything = dict.fromkeys((*network.assumptions, *notes, *said))
    return Network(network.name.strip(), assets, links, tuple(everything))


def within(assets: int, links: int) -> None:
    """Raises TooLarge for more than Vedette keeps: readers ask before they have made them all."""
    if assets > MOST_ASSETS:
        raise TooLarge(f"The network has more than {MOST_ASSETS:,} assets; give those of one site or of one domain.")
    if links > MOST_LINKS:
        raise TooLarge(
            f"The network has more than {MOST_LINKS:,} links; give one link with port 0 in place of one for each port, "
            "or one asset in place of many of the same kind."
        )


def digest(network: Network) -> str:
    """SHA-256 of all assets and links, 64 hexadecimal digits; name and assumptions do not count, the order does not."""
    hashed = hashlib.sha256()
    for asset in sorted(network.assets, key=_by_id):
        services = [(s.port, s.protocol, s.name, s.product, s.version) for s in asset.services]
        weaknesses = [(w.cve, w.port, w.vector, w.epss, w.kev, w.score) for w in asset.weaknesses]
        plain = (asset.id, asset.name, asset.kind, asset.group, asset.criticality, asset.factor, asset.recovery)
        hashed.update(json.dumps([plain, asset.addresses, services, weaknesses, asset.controls]).encode())
    lines = sorted(f"{x.source}\x00{x.target}\x00{x.kind}\x00{x.port}\x00{x.rate}\n" for x in network.links)
    for begin in range(0, len(lines), 10_000):
        hashed.update("".join(lines[begin : begin + 10_000]).encode())
    return hashed.hexdigest()


def jewels(network: Network) -> tuple[str, ...]:
    """Ids of the crown jewels: criticality 1, or the most critical where none has 1; none where all have 0.

    >>> jewels(Network("n", (Asset("a", criticality=0.2), Asset("b", criticality=0.7)), ()))
    ('b',)
    """
    most = max((asset.criticality for asset in network.assets), default=0.0)
    return tuple(asset.id for asset in network.assets if asset.criticality == most > 0)


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def names(assets: Iterable[Asset]) -> dict[str, str]:
    """Id, name and address of each asset, in lower case, to its id; "" where two share it. An id comes before a name,
    and a name before an address."""
    found: dict[str, str] = {}
    listed = list(assets)
    layers: tuple[Iterable[tuple[str, str]], ...] = (
        ((asset.id, asset.id) for asset in listed),
        ((asset.name, asset.id) for asset in listed),
        ((address, asset.id) for asset in listed for address in asset.addresses),
    )
    for layer in layers:
        fresh: dict[str, str] = {}
        for text, identity in layer:
            key = text.strip().lower()
            if key and key not in found:
                fresh[key] = identity if fresh.get(key, identity) == identity else ""
        found |= fresh
    return found


class Names:
    """The names of assets: of each its id, name and addresses.

    >>> Names((Asset("h1", "web-1"),)).host("WEB-1")
    'h1'
    """

    def __init__(self, assets: Iterable[Asset]) -> None:
        listed = list(assets)
        self._exact = {asset.id for asset in listed}
        self._names = names(listed)

    def host(self, text: str, where: str = "") -> str:
        """The id of the asset with this id, name or address, whatever its case. Raises NotFound with the nearest ones,
        in a sentence that begins with `where` the text stands."""
        if text in self._exact:
            return text
        found = self._names.get(text.strip().lower())
        if found:
            return found
        begin = f"{where} names" if where else "This is"
        if found == "":
            raise NotFound(f"{begin} {text!r}, which several assets are called; give the id of one.")
        near = get_close_matches(text.strip().lower(), self._names, n=3, cutoff=0.5)
        ids = dict.fromkeys(self._names[name] or name for name in near)
        hint = f"did you mean {' or '.join(ids)}?" if ids else "add it to the assets, or leave it out."
        what = "an asset that is not in the network" if where else "no asset of the network"
        raise NotFound(f"{begin} {what}: {text!r}; {hint}" if where else f"{text!r} is {what}; {hint}")


# ── assets ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Notes:
    """What was put right, to be counted: keys `read.…` of sentences, with the first three of whom they speak."""

    seen: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str, whom: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        first = self.seen.setdefault(what, [])
        if len(first) < 3:
            first.append(whom)

    def sentences(self) -> Iterator[str]:
        for what, first in self.seen.items():
            count = self.counts[what]
            yield counted(f"read.{what}", count, examples=", ".join(first) + (", …" if count > len(first) else ""))


def _by_id(asset: Asset) -> str:
    return asset.id


def _assets(given: tuple[Asset, ...]) -> tuple[tuple[Asset, ...], list[str]]:
    notes, kept = _Notes(), dict[str, Asset]()
    for place, asset in enumerate(given):
        good = _asset(asset, place, notes)
        before = kept.setdefault(good.id, good)
        if before is not good:
            if before != good:
                raise BadInput(f"Asset {good.id} is given twice with different content; merge the two into one.")
            notes.note("asset_twice", good.id)
    return tuple(sorted(kept.values(), key=_by_id)), list(notes.sentences())


def _asset(asset: Asset, place: int, notes: _Notes) -> Asset:
    name = asset.id.strip()
    if not name or len(name) > _LONGEST_ID or _HIDDEN.search(name):
        raise BadInput(f"Asset {place + 1} needs an id of 1 to {_LONGEST_ID} printable characters, not {name[:40]!r}.")
    if not 0 <= asset.criticality <= 1:
        raise BadInput(f"Asset {name}: its criticality is {asset.criticality}; give a number from 0 to 1.")
    if not (math.isfinite(asset.factor) and asset.factor >= 0):
        raise BadInput(f"Asset {name}: its factor is {asset.factor}; give a number of 0 or more, 1 for no change.")
    if asset.recovery is not None and not (math.isfinite(asset.recovery) and asset.recovery >= 0):
        raise BadInput(f"Asset {name}: its recovery is {asset.recovery}; give a rate a day of 0 or more, or none.")
    for service in asset.services:
        if not 1 <= service.port <= MOST_PORT:
            raise BadInput(f"Asset {name}: a service listens on port {service.port}; give a port from 1 to 65535.")
    weaknesses = tuple(_weaknesses(asset, name))
    ports = {service.port for service in asset.services}
    if ports and any(weakness.port and weakness.port not in ports for weakness in weaknesses):
        notes.note("weakness_port", name)
    return replace(
        asset,
        id=name,
        services=tuple(sorted(set(asset.services), key=_service_order)),
        weaknesses=weaknesses,
        controls=tuple(dict.fromkeys(control.strip().lower() for control in asset.controls if control.strip())),
        addresses=tuple(dict.fromkeys(asset.addresses)),
    )


def _service_order(service: NetworkService) -> tuple[int, str, str, str, str]:
    return service.port, service.protocol, service.name, service.product, service.version


def _weaknesses(asset: Asset, name: str) -> Iterator[Weakness]:
    kept: dict[tuple[str, int], Weakness] = {}
    for weakness in asset.weaknesses:
        cve = weakness.cve.strip()
        if not cve or len(cve) > 100 or _HIDDEN.search(cve):
            raise BadInput(f"Asset {name}: a weakness has no id; give its CVE, such as CVE-2021-44228.")
        name_of_it = cve.upper() if _CVE.fullmatch(cve) else cve
        good = weakness if name_of_it == weakness.cve else replace(weakness, cve=name_of_it)
        _check_weakness(good, name)
        before = kept.setdefault((good.cve, good.port), good)
        if before != good:
            port = f" on port {good.port}" if good.port else ""
            raise BadInput(f"Asset {name}: {good.cve}{port} is given twice with different facts; keep one of the two.")
    yield from sorted(kept.values(), key=lambda weakness: (weakness.cve, weakness.port))


def _check_weakness(weakness: Weakness, name: str) -> None:
    if not 0 <= weakness.port <= MOST_PORT:
        raise BadInput(f"Asset {name}: {weakness.cve} is on port {weakness.port}; give 1 to 65535, or 0 for no port.")
    if weakness.epss is not None and not 0 <= weakness.epss <= 1:
        raise BadInput(f"Asset {name}: the EPSS of {weakness.cve} is {weakness.epss}; it is a probability, 0 to 1.")
    if weakness.score is not None and not 0 <= weakness.score <= 10:
        raise BadInput(f"Asset {name}: the CVSS score of {weakness.cve} is {weakness.score}; it lies from 0 to 10.")
    if weakness.vector:
        try:
            cvss.parse(weakness.vector)
        except BadInput as error:
            raise BadInput(f"Asset {name}, {weakness.cve}: {error.message}") from error


# ── links ────────────────────────────────────────────────────────────────────────────────────────


def _links(given: tuple[Link, ...], assets: tuple[Asset, ...]) -> tuple[tuple[Link, ...], list[str]]:
    notes = _Notes()
    ids: Mapping[str, str] = {asset.id: asset.id for asset in assets}
    known: Names | None = None
    whole: list[Link] = []
    for link in given:
        if link.source not in ids or link.target not in ids:
            known = known or Names(assets)
            link = _resolved(link, known, notes)
        if link.source == link.target:
            notes.note("link_to_itself", link.source)
            continue
        _check_link(link)
        whole.append(link)
    whole.sort(key=_ENDS)
    kept = whole[:1]
    for link in whole[1:]:
        if _ENDS(link) == _ENDS(kept[-1]):
            _check_twice(kept[-1], link)
            notes.note("link_twice", _arrow(link))
        else:
            kept.append(link)
    linked = {link.source for link in kept} | {link.target for link in kept}
    for asset in assets:
        if asset.id not in linked:
            notes.note("host_alone", asset.id)
    return tuple(kept), list(notes.sentences())


def _arrow(link: Link) -> str:
    return f"{link.source} → {link.target}"


def _resolved(link: Link, known: Names, notes: _Notes) -> Link:
    ends = [known.host(end, f"The link {_arrow(link)}") for end in (link.source, link.target)]
    notes.note("link_by_name", _arrow(link))
    return replace(link, source=ends[0], target=ends[1])


def _check_link(link: Link) -> None:
    if link.rate is None and link.kind in _KINDS and 0 <= link.port <= MOST_PORT:
        return
    if link.kind not in _KINDS:
        raise BadInput(f"The link {_arrow(link)} is of the kind {link.kind!r}; give reach or credential.")
    if not 0 <= link.port <= MOST_PORT:
        raise BadInput(f"The link {_arrow(link)} goes to port {link.port}; give 1 to 65535, or 0 for all ports.")
    if link.rate is not None and not (math.isfinite(link.rate) and link.rate >= 0):
        raise BadInput(f"The link {_arrow(link)} has the rate {link.rate}; give a number a day of 0 or more, or none.")


def _check_twice(before: Link, link: Link) -> None:
    if before.rate != link.rate:
        raise BadInput(
            f"The link {_arrow(link)} ({link.kind}, port {link.port}) is given twice, with the rates {before.rate} and "
            f"{link.rate}; keep one of the two."
        )
