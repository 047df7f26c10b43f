"""What would change a forecast most: the most telling measures, each tried alone over the same worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from vedette.records import Changes, Forecast
from vedette.sentences.catalogue import say
from vedette.spread.risk import risk_of
from vedette.spread.scenario import Case
from vedette.spread.watched import Watch

TRIED, TOLD, WORLDS = 4, 3, 400
LEAST = 0.05
"""Hosts saved below which nothing is told: it would read as 0.0."""
LARGEST = 20_000
"""Hosts of a network above which nothing is tried: `contain` answers there."""


def levers_of(case: Case, made: Forecast, watch: Watch) -> tuple[str, ...]:
    """Sentences, the largest effect first. Each measure is tried over the same worlds, with and without."""
    if case.prepared.graph.hosts > LARGEST:
        return ()
    draws = max(1, min(len(case.scales), WORLDS // 20))
    small = replace(case, scales=case.scales[:draws], scenario=replace(case.scenario, worlds=max(draws, WORLDS)))
    quiet = replace(watch, told=lambda stage, done, total: None)
    now = case.scenario.changes
    before = _totals(small, now, quiet)
    found = []
    candidates = list(_candidates(case, made))
    for number, (told, changes) in enumerate(candidates, 1):
        saved = before - _totals(small, changes, quiet)
        # The worlds of one draw are no independent witnesses of what the rates are.
        each = saved.reshape(draws, -1).mean(axis=1)
        error = 1.96 * float(each.std(ddof=1)) / np.sqrt(draws) if draws > 1 else 0.0
        if each.mean() > max(error, LEAST):
            found.append((float(each.mean()), told(saved=f"{each.mean():.1f}", error=f"{error:.1f}")))
        watch.told("levers", number, len(candidates))
    found.sort(key=lambda one: -one[0])
    return tuple(sentence for _, sentence in found[:TOLD])


def _totals(case: Case, changes: Changes, watch: Watch) -> np.ndarray:
    graph, outbreak, _ = case.after(changes)
    none = np.zeros(0, dtype=np.int32)
    return risk_of(graph, outbreak, case.scenario.days, none, case.chances(watch, "")).total[:, -1].astype(np.float64)


def _candidates(case: Case, made: Forecast) -> Iterator[tuple[Callable[..., str], Changes]]:
    """Patches and isolations of those by which most is passed on, each with its sentence, which lacks its effect."""
    now = case.scenario.changes
    probable = {risk.host: risk.probability[-1] for risk in made.hosts}
    cves: dict[str, float] = {}
    hosts: dict[str, float] = {}
    for line in made.rates:
        weight = line.rate * probable.get(line.source, 0.0)
        if line.cve.startswith("CVE-") and line.cve not in now.patch:
            cves[line.cve] = cves.get(line.cve, 0.0) + weight
        if line.source not in case.entries and line.source not in now.isolate:
            hosts[line.source] = hosts.get(line.source, 0.0) + weight
    for cve in sorted(cves, key=lambda one: -cves[one])[:TRIED]:
        patched = replace(now, patch=(*now.patch, cve), patch_from=0.0, patch_share=1.0)
        yield partial(say, "lever.patch", cve=cve), patched
    for host in sorted(hosts, key=lambda one: -hosts[one])[:TRIED]:
        yield partial(say, "lever.isolate", host=host), replace(now, isolate=(*now.isolate, host))
