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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.spread.graph import Floats, Graph, Hosts
from vedette.spread.loss import Estimate, estimate, losses
from vedette.spread.outbreak import Outbreak, Run
from vedette.spread.sampled import Doubles, Sampled, sampled


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

    Phases of the outbreak are left out of the choice, though not of the judgement. Progress counts worlds of both runs.
    Raises BadInput, Cancelled.

    >>> from vedette.spread.graph import graph_of
    >>> star = graph_of(5, [0, 1, 1, 1], [1, 2, 3, 4], 100.0, recovery=1.0)
    >>> found = contain(star, Outbreak(np.array([0], np.int32)), Wish(k=1), Run(worlds=100), Run(worlds=100, seed=1))
    >>> found.steps[0].target, found.after.mean
    (1, 1.0)
    """
    _check(graph, wish, run, fresh)
    weights = np.ones(graph.hosts) if wish.weights is None else np.asarray(wish.weights, dtype=np.float64)
    worlds = sampled(graph, outbreak, weights, run)
    allowed = _allowed(graph, outbreak, wish)
    choose = _hosts if wish.groups is None else _groups
    steps = choose(graph, wish, allowed, worlds)
    if wish.costs is not None and np.isfinite(wish.budget):
        # The most for its cost can be far from best where one dear step is worth more than all cheap ones.
        dear = choose(graph, replace(wish, costs=None), allowed, worlds, wish)
    told = lambda done: fresh.told(run.worlds + done)  # noqa: E731
    return steps
