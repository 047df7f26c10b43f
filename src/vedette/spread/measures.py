"""wish -> containment: names to arrays and back around `contain`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vedette.errors import BadInput, NotFound
from vedette.records import Band, Containment, ContainWish, Measure
from vedette.spread.contain import Contained, Group, Wish, contain
from vedette.spread.graph import Floats
from vedette.spread.loss import Estimate
from vedette.spread.network import Names, digest
from vedette.spread.outbreak import Run
from vedette.spread.scenario import Case
from vedette.spread.watched import Watch

CHOSEN_ON, JUDGED_ON = 400, 1000
"""Worlds."""
MOST_MEASURES = 100


def containment(case: Case, wish: ContainWish, watch: Watch) -> Containment:
    """What to do first. Raises BadInput, NotFound for a host or CVE that the network has not, Cancelled."""
    if not 1 <= wish.k <= MOST_MEASURES:
        raise BadInput(f"1 to {MOST_MEASURES} measures can be chosen, not {wish.k}.")
    begun = time.monotonic()
    graph, outbreak, said = case.after(case.scenario.changes)
    targets, groups = _targets(case, wish, graph.rates)
    number = {target: at for at, target in enumerate(targets)}
    terms = Wish(
        k=wish.k,
        groups=groups,
        entries=wish.entries,
        forbidden=tuple(number[name] for name in _named(case, wish, wish.forbidden, number)),
        costs=_costs(case, wish, number),
        budget=wish.budget or np.inf,
    )
    found = contain(graph, outbreak, terms, _run(case, CHOSEN_ON, 0, watch), _run(case, JUDGED_ON, 1, watch))
    return replace(_told(case, wish, targets, found, said), seconds=round(time.monotonic() - begun, 3))


def _targets(case: Case, wish: ContainWish, rates: Floats) -> tuple[tuple[str, ...], list[Group] | None]:
    """What can be chosen, by place."""
    if wish.by == "host":
        return case.prepared.hosts, None
    found = case.prepared.groups()
    groups = [Group(places, np.minimum(left, rates[places])) for places, left in found.values()]
    if not groups:
        raise BadInput("No vulnerability carries the threat in this network; choose hosts instead.")
    return tuple(found), groups


def _named(case: Case, wish: ContainWish, given: tuple[str, ...], number: Mapping[str, int]) -> tuple[str, ...]:
    if wish.by == "host":
        names = Names(case.ground.network.assets)
        return tuple(names.host(name) for name in given)
    for name in given:
        if name.upper() not in number:
            raise NotFound(f"{name} carries the threat nowhere in this network; leave it out.")
    return tuple(name.upper() for name in given)


def _costs(case: Case, wish: ContainWish, number: Mapping[str, int]) -> np.ndarray | None:
    if not wish.costs:
        return None
    costs = np.ones(len(number))
    for name, cost in wish.costs.items():
        if not (np.isfinite(cost) and cost > 0):
            raise BadInput(f"The cost of {name} is {cost}; give a number above 0.")
    for name, cost in zip(_named(case, wish, tuple(wish.costs), number), wish.costs.values(), strict=True):
        costs[number[name]] = cost
    return costs


def _run(case: Case, worlds: int, more: int, watch: Watch) -> Run:
    """Each world has rates of its own draw."""
    scales = case.scales[np.arange(worlds) % len(case.scales)]
    stage = watch.stage("choosing" if not more else "judging")
    return Run(
        worlds=worlds,
        seed=case.scenario.seed + more,
        scales=np.ascontiguousarray(scales, dtype=np.float32),
        told=lambda done: stage(done, worlds),
        cancelled=watch.cancelled,
    )


def _told(
    case: Case, wish: ContainWish, targets: tuple[str, ...], found: Contained, said: tuple[str, ...]
) -> Containment:
    return Containment(
        wish=replace(wish, scenario=case.scenario),
        measures=tuple(Measure(targets[step.target], round(step.gain, 3), step.cost) for step in found.steps),
        before=_band(found.before),
        after=_band(found.after),
        drop=_band(found.drop),
        busiest=_band(found.busiest),
        assumptions=(*case.assumptions, *said),
        digest=digest(case.ground.network),
    )


def _band(estimate: Estimate) -> Band:
    """How well an expectation is known; of a normal error."""
    near = (estimate.high - estimate.low) / 2 * 1.2816 / 1.96
    numbers = (estimate.mean, estimate.mean - near, estimate.mean + near, estimate.low, estimate.high)
    return Band(*(round(max(0.0, number), 3) for number in numbers))
