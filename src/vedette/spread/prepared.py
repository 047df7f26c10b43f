"""A network with its rates as arrays, ready to be simulated, and why each rate is what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from vedette.errors import TooLarge
from vedette.records import Network, RateLine, Weakness
from vedette.sentences.catalogue import counted, listed, say
from vedette.spread.graph import Floats, Graph, Hosts, graph_of
from vedette.spread.rates import (
    CveFacts,
    Danger,
    Factor,
    Facts,
    RateRules,
    danger,
    host_factors,
    product,
    recovery,
)

Doubles = npt.NDArray[np.float64]
MOST_CHANNELS = 100_000_000
_BLOCK = 4_000_000  # channels looked at in one go: about 100 MB of scratch


@dataclass(frozen=True, slots=True, eq=False)
class Exposures:
    """All weaknesses by which somebody gets in, `w` of them, those of one host together. `begin` int64 (n + 1): where
    those of each host begin. Of each: `port`, `cve` (place in `cves`), `adjacent`, `rate` (1/day, controls and factor
    of its host included) and `danger` (place in `dangers`)."""

    begin: npt.NDArray[np.int64]
    host: Hosts
    port: Hosts
    cve: Hosts
    adjacent: npt.NDArray[np.bool_]
    rate: Doubles
    danger: Hosts
    cves: tuple[str, ...]
    dangers: tuple[Danger, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """`graph.rates[place]` = `fixed[place]` (credentials, rates given by hand) + the rates of its channels. Channel `i`
    is the exposure `rows[i]` as seen over the link `places[i]`; they are sorted by place, and a CVE counts once for a
    link. `links` are the places of the network's links, in order; `weights` are criticalities, float32 (n); `facts` are
    those of the library that were found, by CVE. `bare`: the network says nothing but who reaches whom."""

    network: Network
    rules: RateRules
    graph: Graph
    weights: Floats
    bare: bool
    links: Hosts
    fixed: Doubles
    places: Hosts
    rows: Hosts
    exposures: Exposures
    facts: Mapping[str, CveFacts]
    assumptions: tuple[str, ...]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The id of each host of the graph."""
        return tuple(asset.id for asset in self.network.assets)

    @property
    def cves(self) -> tuple[str, ...]:
        """Those that carry the threat over some link, in order."""
        carrying = np.unique(self.exposures.cve[self.rows])
        return tuple(sorted(self.exposures.cves[number] for number in carrying))

    def rates_without(self, patched: npt.NDArray[np.bool_]) -> Doubles:
        """The rates of all links, float64 (m), once some exposures, bool (w), are gone."""
        left = np.where(patched, 0.0, self.exposures.rate)[self.rows]
        return self.fixed + np.bincount(self.places, weights=left, minlength=self.graph.links)

    def groups(self) -> dict[str, tuple[Hosts, Floats]]:
        """For each CVE that carries the threat: the links it does so over, in order, and their rates without it."""
        total = self.fixed + np.bincount(
            self.places, weights=self.exposures.rate[self.rows], minlength=self.graph.links
        )
        alone = np.bincount(self.places, minlength=self.graph.links) == 1
        numbers = self.exposures.cve[self.rows]
        order = np.argsort(numbers, kind="stable")
        found: dict[str, tuple[Hosts, Floats]] = {}
        for part in np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1):
            if len(part):
                places, fixed = self.places[part], self.fixed[self.places[part]]
                rest = np.maximum(total[places] - self.exposures.rate[self.rows[part]], fixed)
                rest = np.where(alone[places], fixed, rest).astype(np.float32)
                found[self.exposures.cves[numbers[part[0]]]] = (places, np.minimum(rest, self.graph.rates[places]))
        return dict(sorted(found.items()))

    def lines(self, places: Iterable[int]) -> Iterator[RateLine]:
        """Why some links have their rates: one line for each channel of theirs; none for a closed link."""
        sources = self.graph.sources()
        for place in places:
            source, target = self.hosts_of(sources, int(place))
            for number in range(*np.searchsorted(self.links, [place, place + 1])):
                link = self.network.links[number]
                if link.rate is not None:
                    yield RateLine(source, target, "override", link.rate, ((say("factor.given"), link.rate),))
                elif link.kind == "credential" or self.bare:
                    factors = fixed_factors(self.network, self.rules, link.kind, int(self.graph.targets[place]))
                    way = "credential" if link.kind == "credential" else "plain"
                    yield RateLine(source, target, way, product(factors), factors)
            for number in range(*np.searchsorted(self.places, [place, place + 1])):
                yield self._channel(source, target, int(self.rows[number]))

    def hosts_of(self, sources: Hosts, place: int) -> tuple[str, str]:
        """The ids of both ends of a link, whose `sources` are those of the graph."""
        assets = self.network.assets
        return assets[sources[place]].id, assets[self.graph.targets[place]].id

    def _channel(self, source: str, target: str, row: int) -> RateLine:
        seen = self.exposures
        asset = self.network.assets[seen.host[row]]
        factors = (*seen.dangers[seen.danger[row]].factors, *host_factors(asset, self.rules, "reach"))
        return RateLine(source, target, seen.cves[seen.cve[row]], float(seen.rate[row]), factors)


def graph_of_network(network: Network, rules: RateRules, facts: Facts, cve: str = "") -> Prepared:
    """The rates of a checked network, all vulnerabilities as they are known, but for `cve`: its exploit works.

    Takes memory of about 100 bytes a link and 8 bytes for each weakness seen over each link. Raises TooLarge above
    `MOST_CHANNELS` of these.
    """
    known = {name: fact for name in _cves(network) if (fact := facts(name)) is not None}
    exposures, taken = _exposures(network, rules, known, cve.strip().upper())
    ends = _Ends(network)
    bare = bool(ends.open.all()) and not any(asset.weaknesses for asset in network.assets)
    keys, place = np.unique(ends.source * len(network.assets) + ends.target, return_inverse=True)
    fixed = np.bincount(place, weights=_fixed(network, rules, ends, bare), minlength=len(keys)).astype(np.float64)
    places, rows = _channels(ends, place, exposures)
    total = fixed + np.bincount(places, weights=exposures.rate[rows], minlength=len(keys))
    hosts = len(network.assets)
    graph = graph_of(
        hosts,
        keys // hosts,
        keys % hosts,
        total,
        [recovery(asset, rules) for asset in network.assets],
        rules.onset,
    )
    weights = np.array([asset.criticality for asset in network.assets], dtype=np.float32)
    said = (*taken, *_said(network, rules, graph, cve.strip().upper()))
    if bare and len(keys):
        said += (say("rates.plain", rate=f"{rules.plain:g}"),)
    links = place.astype(np.int32)
    return Prepared(network, rules, graph, weights, bare, links, fixed, places, rows, exposures, known, said)


def rate_lines(network: Network, rules: RateRules, facts: Facts, cve: str = "") -> tuple[RateLine, ...]:
    """Every rate with its reasons, link by link. For large networks, ask `Prepared.lines` for some links."""
    prepared = graph_of_network(network, rules, facts, cve)
    return tuple(prepared.lines(range(prepared.graph.links)))


def fixed_factors(network: Network, rules: RateRules, kind: str, host: int) -> tuple[Factor, ...]:
    """Why a link into a host carries what it does, whatever is weak there."""
    credential = kind == "credential"
    first = (say("factor.credential"), rules.credential) if credential else (say("factor.plain"), rules.plain)
    return (first, *host_factors(network.assets[host], rules, kind))


# ── arrays ───────────────────────────────────────────────────────────────────────────────────────


class _Ends:
    """The links of a network as arrays: int64 `source`, `target`, int32 `port`, float64 `rate` by hand (nan: none),
    bool `open` (a reach link whose rate comes from weaknesses) and `near` (both ends in one group)."""

    def __init__(self, network: Network) -> None:
        index = {asset.id: number for number, asset in enumerate(network.assets)}
        number, links = len(network.links), network.links
        self.source = np.fromiter(map(index.__getitem__, map(attrgetter("source"), links)), np.int64, number)
        self.target = np.fromiter(map(index.__getitem__, map(attrgetter("target"), links)), np.int64, number)
        self.port = np.fromiter(map(attrgetter("port"), links), np.int32, number)
        self.rate = np.array(list(map(attrgetter("rate"), links)), dtype=np.float64)  # None becomes nan
        self.open = np.fromiter(map("reach".__eq__, map(attrgetter("kind"), links)), bool, number) & np.isnan(self.rate)
        codes: dict[str, int] = {}
        group = np.array([codes.setdefault(asset.group, len(codes)) if asset.group else -1 for asset in network.assets])
        self.near = (group[self.source] == group[self.target]) & (group[self.source] >= 0)


def _fixed(network: Network, rules: RateRules, ends: _Ends, bare: bool) -> Doubles:
    """What each link carries whatever is weak at its target, 1/day."""
    kind = "reach" if bare else "credential"
    opened = np.array([product(fixed_factors(network, rules, kind, host)) for host in range(len(network.assets))])
    given = np.where(ends.open & (not bare), 0.0, opened[ends.target])
    return np.where(np.isnan(ends.rate), given, ends.rate)


def _cves(network: Network) -> list[str]:
    return sorted({weakness.cve for asset in network.assets for weakness in asset.weaknesses})


def _exposures(
    network: Network, rules: RateRules, known: Mapping[str, CveFacts], exploited: str
) -> tuple[Exposures, list[str]]:
    """Weaknesses that spread, and sentences on what was assumed of them and of the others."""
    dangers: dict[Weakness, int] = {}
    listed: list[Danger] = []
    taken: dict[str, dict[str, None]] = {}
    cves: dict[str, int] = {}
    columns: list[tuple[int, int, int, bool, float, int]] = []
    for host, asset in enumerate(network.assets):
        scale = product(host_factors(asset, rules, "reach"))
        for weakness in asset.weaknesses:
            number = dangers.get(weakness)
            if number is None:
                number = dangers[weakness] = len(listed)
                listed.append(danger(weakness, known.get(weakness.cve), rules, weakness.cve == exploited))
                for what in listed[-1].taken:
                    taken.setdefault(what, {})[weakness.cve] = None
            found = listed[number]
            if found.rate * scale > 0:
                cve = cves.setdefault(weakness.cve, len(cves))
                columns.append((host, weakness.port, cve, found.adjacent, found.rate * scale, number))
    table = np.array(columns, dtype=np.float64).reshape(-1, 6)
    host_column, port, cve_column, number_column = (table[:, at].astype(np.int32) for at in (0, 1, 2, 5))
    begin = np.searchsorted(host_column, np.arange(len(network.assets) + 1)).astype(np.int64)
    exposures = Exposures(
        begin, host_column, port, cve_column, table[:, 3] > 0, table[:, 4], number_column, tuple(cves), tuple(listed)
    )
    return exposures, [_sentence(list(names), what) for what, names in taken.items()]


def _sentence(names: Sequence[str], what: str) -> str:
    return say(f"weakness.{what}.{'many' if len(names) > 1 else 'one'}", cves=listed(names, 3))


def _channels(ends: _Ends, place: npt.NDArray[np.int64], seen: Exposures) -> tuple[Hosts, Hosts]:
    """(place, exposure) for every exposure that a link lets through, by place. A CVE counts once for a place, at its
    highest rate: one exploit that works is enough."""
    links = np.flatnonzero(ends.open & (np.diff(seen.begin)[ends.target] > 0))
    number = np.diff(seen.begin)[ends.target[links]]
    total = np.cumsum(number)
    if len(total) and total[-1] > MOST_CHANNELS:
        raise TooLarge(
            f"The weaknesses of all hosts are seen {total[-1]:,} times over the links, of at most {MOST_CHANNELS:,}; "
            "leave out weaknesses that nobody exploits, or links that say the same."
        )
    blocks = np.split(np.arange(len(links)), np.searchsorted(total, np.arange(_BLOCK, total[-1:].sum(), _BLOCK)))
    parts = [_let_through(ends, place, seen, links[block]) for block in blocks]
    places = np.concatenate([part[0] for part in parts])
    rows = np.concatenate([part[1] for part in parts])
    once = np.lexsort((rows, -seen.rate[rows], seen.cve[rows], places)) if len(rows) else rows
    places, rows = places[once], rows[once]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (places[1:] != places[:-1]) | (seen.cve[rows[1:]] != seen.cve[rows[:-1]])
    return places[first], rows[first]


def _let_through(
    ends: _Ends, place: npt.NDArray[np.int64], seen: Exposures, links: npt.NDArray[np.int64]
) -> tuple[Hosts, Hosts]:
    begin = seen.begin[ends.target[links]]
    number = seen.begin[ends.target[links] + 1] - begin
    over = np.repeat(links, number)
    rows = np.arange(len(over)) - np.repeat(np.cumsum(number) - number, number) + np.repeat(begin, number)
    port = ends.port[over]
    passes = (port == 0) | (seen.port[rows] == 0) | (seen.port[rows] == port)
    passes &= ~seen.adjacent[rows] | ends.near[over]
    return place[over[passes]].astype(np.int32), rows[passes].astype(np.int32)


def _said(network: Network, rules: RateRules, graph: Graph, exploited: str) -> Iterator[str]:
    """Sentences on what else was taken for granted."""
    unknown = dict.fromkeys(c for asset in network.assets for c in asset.controls if c not in rules.controls)
    if unknown:
        yield say("controls.unknown", controls=listed(list(unknown), 5))
    if exploited and not any(w.cve == exploited for asset in network.assets for w in asset.weaknesses):
        yield say("weakness.absent", cve=exploited)
    parts = _parts(graph)
    if parts > 1:
        yield say("links.parts", parts=parts)
    closed = int((graph.rates == 0).sum())
    if closed:
        yield counted("links.closed", closed)


def _parts(graph: Graph) -> int:
    """How many sets of two hosts or more no link joins, whatever its direction and rate."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    joined = csr_array((np.ones(graph.links, dtype=np.int8), graph.targets, graph.offsets), shape=(graph.hosts,) * 2)
    _, part = connected_components(joined, directed=True, connection="weak")
    return int((np.bincount(part) > 1).sum())
