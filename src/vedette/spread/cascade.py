"""Who is compromised next, learned from cascades that were observed: links that carried, and hosts that fall anyway.

A link's probability is how often its source's compromise was followed by its target's, the credit shared among all
sources that had a link (Goyal, Bonchi and Lakshmanan, "Learning influence probabilities in social networks", WSDM
2010), shrunk towards that of all links: most links were tried a few times. Beside the links, every host has a base
rate. Both are hazards, which add up; how much each counts is fitted on cascades that they were not learned from, so
that a network which carries no signal gets no weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.sentences.catalogue import say
from vedette.spread.graph import Graph

Array = npt.NDArray[np.float64]
Hosts = npt.NDArray[np.int64]
_FEWEST = 10  # cascades: eight to learn from, and two to weigh on
_VALIDATED = 0.25
_CERTAIN = 1 - 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """The `hosts` of one cascade, each once, int64 (k), in the order of their `days`, float64 (k)."""

    hosts: Hosts
    days: Array

    def until(self, number: int) -> Cascade:
        """Its first hosts."""
        return Cascade(self.hosts[:number], self.days[:number])


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """As how many cascades the prior counts, for a link and for a host. `seen`: the share of a cascade after which the
    rest of it is to be told, on which the weights are fitted."""

    link: float = 5.0
    host: float = 2.0
    seen: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class NextHosts:
    """Learned: `links` (m) how probable it is that a link of the graph carries, `base` (n) that a host is part of a
    cascade at all; hazards count `weights` = (links, base) times."""

    graph: Graph
    links: Array
    base: Array
    weights: tuple[float, float]

    def probabilities(self, compromised: Hosts) -> Array:
        """That each host is compromised in the rest of the cascade: (n), 0 for those which are."""
        exposed, usual = _hazards(self.graph, self.links, self.base, compromised)
        probability = -np.expm1(-self.weights[0] * exposed - self.weights[1] * usual)
        probability[compromised] = 0
        return np.asarray(probability)

    def base_rate(self, compromised: Hosts) -> Array:
        """The first baseline: how often a host was part of a cascade, whatever is seen of this one: (n)."""
        usual = self.base.copy()
        usual[compromised] = 0
        return usual

    def exposure(self, compromised: Hosts) -> Array:
        """The second: how many compromised hosts have a link to it: (n). A score, not a probability."""
        return exposure(self.graph, compromised)


def exposure(graph: Graph, compromised: Hosts) -> Array:
    """How many of some hosts have an open link to each other one: float64 (n), 0 for themselves."""
    link, _ = graph.links_from(compromised)
    number = np.bincount(graph.targets[link[graph.rates[link] > 0]], minlength=graph.hosts).astype(np.float64)
    number[compromised] = 0
    return number


def learn(graph: Graph, cascades: Sequence[Cascade], shrinkage: Shrinkage = Shrinkage()) -> NextHosts:
    """From cascades in the order of their time: the last quarter decides on the weights. Then probabilities are learned
    again from all of them. Raises BadInput."""
    if len(cascades) < _FEWEST:
        raise BadInput(say("next.too_few", needed=_FEWEST, there=len(cascades)))
    for cascade in cascades:
        if len(np.unique(cascade.hosts)) != len(cascade.hosts) or len(cascade.hosts) != len(cascade.days):
            raise BadInput("A cascade names each of its hosts once, with its day.")
        if len(cascade.hosts) and not 0 <= cascade.hosts.min() <= cascade.hosts.max() < graph.hosts:
            raise BadInput(f"A cascade names a host outside 0 to {graph.hosts - 1}.")
        if (np.diff(cascade.days) < 0).any():
            raise BadInput("The hosts of a cascade stand in the order of their days.")
    first = round(len(cascades) * (1 - _VALIDATED))
    links, base = _rates(graph, cascades[:first], shrinkage)
    weights = _weights(graph, (links, base), cascades[first:], shrinkage.seen)
    return NextHosts(graph, *_rates(graph, cascades, shrinkage), weights)


def _rates(graph: Graph, cascades: Sequence[Cascade], shrinkage: Shrinkage) -> tuple[Array, Array]:
    """How probable it is that each link carries, and that each host is in a cascade."""
    credit, tried, part = np.zeros(graph.links), np.zeros(graph.links), np.zeros(graph.hosts)
    for cascade in cascades:
        part[cascade.hosts] += 1
        when = np.full(graph.hosts, np.inf)
        when[cascade.hosts] = cascade.days
        link, source = graph.links_from(cascade.hosts)
        target = graph.targets[link]
        before = cascade.days[source] < when[target]
        tried[link[before]] += 1
        carried = before & np.isfinite(when[target])
        sources = np.bincount(target[carried], minlength=graph.hosts)
        credit[link[carried]] += 1 / sources[target[carried]]
    usual = credit.sum() / max(tried.sum(), 1)
    links = (credit + shrinkage.link * usual) / (tried + shrinkage.link)
    often = part.sum() / max(len(cascades) * graph.hosts, 1)
    return links, (part + shrinkage.host * often) / (len(cascades) + shrinkage.host)


def _weights(
    graph: Graph, learned: tuple[Array, Array], cascades: Sequence[Cascade], seen: float
) -> tuple[float, float]:
    """Those with which the rest of some cascades was most probable; a convex problem in two numbers."""
    from scipy.optimize import minimize

    exposed, usual, happened = [], [], []
    for cascade in cascades:
        known = cascade.until(max(1, int(len(cascade.hosts) * seen))).hosts
        rest = np.ones(graph.hosts, dtype=bool)
        rest[known] = False
        later = np.zeros(graph.hosts, dtype=bool)
        later[cascade.hosts] = True
        both = _hazards(graph, *learned, known)
        exposed.append(both[0][rest])
        usual.append(both[1][rest])
        happened.append(later[rest])
    hazards = np.column_stack([np.concatenate(exposed), np.concatenate(usual)])
    fell = np.concatenate(happened)
    spared, felled = hazards[~fell].sum(axis=0), hazards[fell] + 1e-12

    def surprise(weights: Array) -> tuple[float, Array]:
        total = felled @ weights
        chance = -np.expm1(-total)
        slope = spared - ((1 - chance) / chance) @ felled
        return float(spared @ weights - np.log(chance).sum()), slope

    found = minimize(surprise, np.array([0.5, 0.5]), jac=True, bounds=[(1e-6, 20.0)] * 2, method="L-BFGS-B")
    return float(found.x[0]), float(found.x[1])


def _hazards(graph: Graph, links: Array, base: Array, compromised: Hosts) -> tuple[Array, Array]:
    link, _ = graph.links_from(compromised)
    hazard = np.zeros(graph.hosts)
    np.add.at(hazard, graph.targets[link], -np.log1p(-np.minimum(links[link], _CERTAIN)))
    return hazard, -np.log1p(-np.minimum(base, _CERTAIN))
