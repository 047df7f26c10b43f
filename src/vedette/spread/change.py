"""What-ifs: the same links with other rates, now or over time."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput, NotFound
from vedette.records import Changes
from vedette.sentences.catalogue import say
from vedette.spread.graph import Floats, Graph
from vedette.spread.network import Names
from vedette.spread.outbreak import Phase
from vedette.spread.prepared import Doubles, Prepared

MOST_PHASES = 30


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """The graph of day 0, and how its rates change later."""

    graph: Graph
    phases: tuple[Phase, ...] = ()
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """Changes in places: `gone` bool (n) hosts cut off, `patched` bool (w) exposures, `given` the rates by hand."""

    gone: npt.NDArray[np.bool_]
    patched: npt.NDArray[np.bool_]
    given: dict[int, float]


def apply(prepared: Prepared, changes: Changes, days: float = math.inf) -> Applied:
    """The network after the changes. Hosts that are isolated lose all links. Vulnerabilities are patched from day
    `patch_from` on, on a share `patch_share` of the hosts that have one each day, at the beginning of the day, in an
    order by chance that is always the same; what falls after `days` is left out. Rates given by hand stay as they are.
    A patch campaign of more than `MOST_PHASES` days goes in as many steps. No rate rises but by hand.

    Raises NotFound for a host, vulnerability or link that is not in the network, BadInput for numbers that none can be.
    """
    wanted = _wanted(prepared, changes)
    said = list(_said(prepared, changes))
    steps = list(_steps(prepared, wanted, changes, days)) if changes.patch else []
    rates = _rates(prepared, wanted, steps[0][1] if steps and steps[0][0] <= 0 else None)
    phases = tuple(
        Phase(start, transmission=_ratio(_rates(prepared, wanted, patched), rates))
        for start, patched in steps
        if start > 0
    )
    return Applied(prepared.graph.with_rates(rates), phases, tuple(said))


def _rates(prepared: Prepared, wanted: _Wanted, patched: npt.NDArray[np.bool_] | None) -> Floats:
    """float32 (m), with some exposures patched."""
    rates: Doubles | Floats = prepared.graph.rates if patched is None else prepared.rates_without(patched)
    found = np.minimum(rates, prepared.graph.rates).astype(np.float32)  # sums in another order are not higher
    for place, rate in wanted.given.items():
        found[place] = rate
    if wanted.gone.any():
        found[wanted.gone[prepared.graph.sources()] | wanted.gone[prepared.graph.targets]] = 0
    return found


def _ratio(rates: Floats, before: Floats) -> Floats:
    return np.divide(rates, before, out=np.ones_like(before), where=before > 0)


def _steps(
    prepared: Prepared, wanted: _Wanted, changes: Changes, days: float
) -> Iterator[tuple[float, npt.NDArray[np.bool_]]]:
    """(day, exposures that are patched from then on), in order."""
    seen = prepared.exposures
    hosts = np.unique(seen.host[wanted.patched])
    order = sorted(hosts, key=lambda host: hashlib.sha256(prepared.network.assets[host].id.encode()).digest())
    share = np.ones(len(prepared.network.assets))
    share[np.array(order, dtype=np.int64)] = (np.arange(len(order)) + 0.5) / max(1, len(order))
    number = max(1, math.ceil(1 / changes.patch_share - 1e-9))
    each = math.ceil(number / MOST_PHASES)
    for step in range(0, number, each):
        start = changes.patch_from + step
        if start > 0 and start >= days:
            return
        done = min(1.0, (step + each) * changes.patch_share)
        yield start, wanted.patched & (share[seen.host] <= done)


def _wanted(prepared: Prepared, changes: Changes) -> _Wanted:
    network = prepared.network
    names = Names(network.assets)
    place = {asset.id: number for number, asset in enumerate(network.assets)}
    gone = np.zeros(len(network.assets), dtype=bool)
    gone[[place[names.host(host)] for host in changes.isolate]] = True
    if not (math.isfinite(changes.patch_from) and changes.patch_from >= 0):
        raise BadInput(f"Patching begins on day {changes.patch_from}; give a day of 0 or more.")
    if not 0 < changes.patch_share <= 1:
        raise BadInput(f"A share of {changes.patch_share} of the hosts is patched a day; give more than 0, at most 1.")
    keys = prepared.graph.sources().astype(np.int64) * prepared.graph.hosts + prepared.graph.targets
    given: dict[int, float] = {}
    for source, target, rate in changes.rates:
        ends = names.host(source), names.host(target)
        key = place[ends[0]] * prepared.graph.hosts + place[ends[1]]
        at = int(np.searchsorted(keys, key))
        if at == len(keys) or keys[at] != key:
            raise NotFound(
                f"No link leads from {ends[0]} to {ends[1]}; add it to the network, with the rate 0 if need be."
            )
        if not (math.isfinite(rate) and rate >= 0):
            raise BadInput(f"The rate from {ends[0]} to {ends[1]} is {rate}; give a number a day of 0 or more.")
        given[at] = rate
    cves = {cve.strip().upper() for cve in changes.patch}
    numbers = [number for number, cve in enumerate(prepared.exposures.cves) if cve.upper() in cves]
    return _Wanted(gone, np.isin(prepared.exposures.cve, numbers), given)


def _said(prepared: Prepared, changes: Changes) -> Iterator[str]:
    there = {weakness.cve.upper() for asset in prepared.network.assets for weakness in asset.weaknesses}
    spreading = {cve.upper() for cve in prepared.cves}
    for cve in dict.fromkeys(one.strip().upper() for one in changes.patch):
        if cve not in there:
            raise NotFound(f"No asset of the network has {cve}; patch one of {', '.join(prepared.cves[:3]) or 'none'}.")
        if cve not in spreading:
            yield say("patch.nothing", cve=cve)
    if changes.patch and changes.patch_share < 1:
        yield say("patch.order")
