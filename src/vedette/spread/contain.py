"""Which few hosts to isolate, or vulnerabilities to patch, so that least is lost.

Both are chosen one after the other, each for the most that it spares, on the same sampled worlds, and judged on others
afterwards. For hosts, dominator trees give what every host would spare, exactly for a world; after each choice only the
worlds it touched are looked at again. Vulnerabilities are groups of links: what each spares is worked out in every
world, in the order of what it last did ("CELF", Leskovec et al., KDD 2007), and anew for those that share links with
one that was chosen. What is spared is not submodular (two ways into one subnet spare nothing until both are closed), so
no share of the best choice is promised.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.spread.arrays import hosts_of
from vedette.spread.graph import Floats, Graph, Hosts
from vedette.spread.loss import Estimate, estimate, losses
from vedette.spread.outbreak import Outbreak, Run
from vedette.spread.sampled import Doubles, Sampled

Flags = npt.NDArray[np.bool_]

_NOTHING = 1e-9  # a gain that is only rounding
_ROUNDING = 1e-6  # of the rate of a link


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Links that a measure makes slower: their `places` in the graph, each once, and their `rates` with it, which are
    not higher than those without. What two groups take from one link adds up."""

    places: Hosts
    rates: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """At most `k` hosts to isolate, or with `groups` at most `k` of these. `forbidden` ones (hosts, or places in
    `groups`) stay, and so do the entries unless `entries` may be isolated, which leaves them compromised. `costs`,
    float64, one for each host or group, 1 for None, must not exceed `budget` together. `weights`, float64 (n), are what
    is lost with each host; 1 for None."""

    k: int
    groups: Sequence[Group] | None = None
    entries: bool = False
    forbidden: tuple[int, ...] = ()
    costs: Doubles | None = None
    budget: float = np.inf
    weights: Doubles | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Host or group `target` spares `gain` on top of the steps before it, on average over the worlds it was chosen
    on."""

    target: int
    gain: float
    cost: float


@dataclass(frozen=True, slots=True)
class Contained:
    """`steps` in the order they were chosen. `before`, `after` and the drop between them are of worlds that nothing was
    chosen on; `busiest` is what would be lost with as many of the best connected hosts, or widest groups, instead."""

    steps: tuple[Step, ...]
    before: Estimate
    after: Estimate
    drop: Estimate
    busiest: Estimate


def contain(graph: Graph, outbreak: Outbreak, wish: Wish, run: Run, fresh: Run) -> Contained:
    """Choose on the worlds of `run`, judge on those of `fresh`, whose seed is another.

    Phases of the outbreak are left out of the choice, though not of the judgement, and a host compromised again
    counts once. Where the outbreak has an end, `Step.gain` of a host leaves out who would merely be reached too late.
    Raises BadInput, Cancelled.

    >>> from vedette.spread.graph import graph_of
    >>> star = graph_of(5, [0, 1, 1, 1], [1, 2, 3, 4], 100.0, recovery=1.0)
    >>> found = contain(star, Outbreak(np.array([0], np.int32)), Wish(k=1), Run(worlds=100), Run(worlds=100, seed=1))
    >>> found.steps[0].target, found.after.mean
    (1, 1.0)
    """
    weights, allowed = _weights(graph, wish), _allowed(graph, outbreak, wish)
    costs = _costs(wish, len(allowed))
    _check(graph, wish.groups or ())
    if fresh.seed == run.seed:
        raise BadInput("The worlds to choose on and those to judge on have one seed; take two.")
    worlds = Sampled(graph, outbreak, weights, run)
    choose = _choose_hosts if wish.groups is None else _choose_groups
    steps = choose(graph, wish, allowed, costs, worlds)
    if wish.costs is not None:
        # The most for its cost can be far from best where one dear step is worth more than all cheap ones.
        dear = choose(graph, replace(wish, costs=None), allowed, costs, worlds)
        steps = max(steps, dear, key=lambda found: sum(step.gain for step in found))
    busiest = _busiest(graph, wish, allowed, costs, len(steps))
    before, after, instead = (
        losses(_after(graph, wish, chosen), outbreak, weights, _third(fresh, number))
        for number, chosen in enumerate(((), [step.target for step in steps], busiest))
    )
    judged = (estimate(each, fresh.scales) for each in (before, after, before - after, instead))
    return Contained(steps, *judged)


def _third(run: Run, number: int) -> Run:
    """The same, of which a third of the progress is told."""
    return replace(run, told=lambda done: run.told((number * run.worlds + done) // 3))


def _choose_hosts(graph: Graph, wish: Wish, allowed: Flags, costs: Doubles, worlds: Sampled) -> tuple[Step, ...]:
    gone, gains = np.zeros(graph.hosts, np.bool_), np.zeros(graph.hosts)
    known = worlds.spared(range(worlds.number), gone)
    for hosts, gain in known:
        gains[hosts] += gain
    steps: list[Step] = []
    left = wish.budget
    while len(steps) < wish.k:
        open_to = allowed & ~gone & (costs <= left)
        worth = np.where(open_to, gains / (costs if wish.costs is not None else 1.0), -1.0)
        best = int(worth.argmax())
        if worth[best] <= _NOTHING:
            break
        steps.append(Step(best, float(gains[best]) / worlds.number, float(costs[best])))
        gone[best], left = True, left - costs[best]
        touched = worlds.with_host(best)
        for row, (hosts, gain) in zip(touched, worlds.spared(touched, gone), strict=True):
            gains[hosts] += gain - known[row][1]
            known[row] = hosts, gain
    return tuple(steps)


def _choose_groups(graph: Graph, wish: Wish, allowed: Flags, costs: Doubles, worlds: Sampled) -> tuple[Step, ...]:
    groups = wish.groups or ()
    taken = np.zeros(graph.links)
    lost = float(worlds.lost(graph.rates).mean())
    waiting = [_Guess(-np.inf, group, -1, 0.0) for group in np.flatnonzero(allowed).tolist()]
    steps: list[Step] = []
    left = wish.budget
    while len(steps) < wish.k and waiting:
        guess = heapq.heappop(waiting)
        best = guess.group
        if costs[best] > left:
            continue
        if guess.steps < len(steps):
            gain = lost - float(worlds.lost(_slower(graph, taken + _taken(graph, groups[best]))).mean())
            worth = gain / (costs[best] if wish.costs is not None else 1.0)
            heapq.heappush(waiting, _Guess(-worth, best, len(steps), gain))
            continue
        if guess.gain <= _NOTHING:
            break
        steps.append(Step(best, guess.gain, float(costs[best])))
        taken, lost, left = taken + _taken(graph, groups[best]), lost - guess.gain, left - costs[best]
        slower = np.zeros(graph.links, np.bool_)
        slower[groups[best].places] = True
        shared = [slower[groups[one.group].places].any() for one in waiting]
        waiting = [one._replace(worth=-np.inf) if again else one for one, again in zip(waiting, shared, strict=True)]
        heapq.heapify(waiting)
    return tuple(steps)


class _Guess(NamedTuple):
    """What a group spared for its cost, negative as the least comes first, and how many steps there were then."""

    worth: float
    group: int
    steps: int
    gain: float


def _taken(graph: Graph, group: Group) -> Doubles:
    """What a group takes from the rate of each link: float64 (m)."""
    taken = np.zeros(graph.links)
    taken[group.places] = graph.rates[group.places].astype(np.float64) - group.rates
    return taken


def _slower(graph: Graph, taken: Doubles) -> Floats:
    """The rates once so much is taken; what is left by rounding alone is nothing."""
    left = np.clip(graph.rates - taken, 0, graph.rates)
    return np.where(left < _ROUNDING * graph.rates, 0, left).astype(np.float32)


def _busiest(graph: Graph, wish: Wish, allowed: Flags, costs: Doubles, number: int) -> tuple[int, ...]:
    """The allowed hosts with most open links, or groups with most links, that the budget is enough for."""
    if wish.groups is None:
        passable = graph.rates > 0
        size = np.bincount(graph.sources()[passable], minlength=graph.hosts)
        size += np.bincount(graph.targets[passable], minlength=graph.hosts)
    else:
        size = np.array([len(group.places) for group in wish.groups])
    chosen: list[int] = []
    left = wish.budget
    for one in np.argsort(-size, kind="stable").tolist():
        if len(chosen) < number and allowed[one] and costs[one] <= left:
            chosen.append(one)
            left -= costs[one]
    return tuple(chosen)


def _after(graph: Graph, wish: Wish, chosen: Iterable[int]) -> Graph:
    if wish.groups is None:
        return graph.without(list(chosen))
    taken = sum((_taken(graph, wish.groups[one]) for one in chosen), np.zeros(graph.links))
    return graph.with_rates(_slower(graph, taken))


def _allowed(graph: Graph, outbreak: Outbreak, wish: Wish) -> Flags:
    """Which hosts, or groups, may be chosen. Raises BadInput."""
    number, name = (graph.hosts, "hosts") if wish.groups is None else (len(wish.groups), "groups of links")
    if not 1 <= wish.k <= number:
        raise BadInput(f"{wish.k} measures are asked for; ask for 1 to {number}, as there are {number} {name}.")
    forbidden = np.asarray(wish.forbidden, dtype=np.int64)
    outside = forbidden[(forbidden < 0) | (forbidden >= number)]
    if len(outside):
        raise BadInput(f"{outside[0]} is forbidden, but there are only {number} {name}, from 0 on.")
    allowed = np.ones(number, np.bool_)
    allowed[forbidden] = False
    if wish.groups is None:
        allowed[hosts_of(graph, outbreak.immune, "immune")] = False
        if not wish.entries:
            allowed[hosts_of(graph, outbreak.entries, "compromised at first")] = False
    return allowed


def _costs(wish: Wish, number: int) -> Doubles:
    """Raises BadInput."""
    costs = np.ones(number) if wish.costs is None else np.asarray(wish.costs, dtype=np.float64)
    if costs.shape != (number,) or not np.isfinite(costs).all() or (costs <= 0).any():
        raise BadInput(f"A cost is a number above 0, one for each of {number}.")
    if not wish.budget >= 0:
        raise BadInput("The budget is a number of 0 or more.")
    return costs


def _weights(graph: Graph, wish: Wish) -> Doubles:
    """Raises BadInput."""
    weights = np.ones(graph.hosts) if wish.weights is None else np.asarray(wish.weights, dtype=np.float64)
    if weights.shape != (graph.hosts,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise BadInput(f"A weight is a number of 0 or more, one for each of {graph.hosts} hosts.")
    return weights


def _check(graph: Graph, groups: Sequence[Group]) -> None:
    """Raises BadInput."""
    for number, group in enumerate(groups):
        places, rates = np.asarray(group.places), np.asarray(group.rates)
        if len(places) != len(rates) or len(np.unique(places)) != len(places):
            raise BadInput(f"Group {number} names a link twice, or not one rate for each link.")
        if len(places) and not (places.min() >= 0 and places.max() < graph.links):
            raise BadInput(f"Group {number} has a link outside 0 to {graph.links - 1}.")
        if not ((rates >= 0) & (rates <= graph.rates[places])).all():
            raise BadInput(f"Group {number} has a rate below 0 or above that of its link; patches make no link faster.")
