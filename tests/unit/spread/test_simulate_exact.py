"""Worlds against the probabilities of all states of small graphs, computed with a matrix exponential."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import lambertw
from scipy.stats import norm

from fakes.chains import Chain
from vedette.spread.graph import Graph, graph_of
from vedette.spread.outbreak import ByDay, Model, Outbreak, Phase, Run
from vedette.spread.simulate import simulate

WORLDS = 40_000
DAYS = (0.0, 0.4, 1.0, 2.5, 6.0)
# A difference this many standard errors wide is chance less than once in a million; some 100 are looked at.
WIDEST = float(norm.isf(5e-7))


def small(hosts: int, seed: int) -> Graph:
    """Some links, each with its own rate, either way or both; hosts each with their own recovery and onset."""
    random = np.random.default_rng(seed)
    sources, targets = np.nonzero((random.random((hosts, hosts)) < 0.6) & ~np.eye(hosts, dtype=bool))
    onset = np.where(np.arange(hosts) == 1, np.inf, random.uniform(0.5, 3, hosts))
    recovery = np.where(np.arange(hosts) == 2, 0, random.uniform(0.2, 2, hosts))
    return graph_of(hosts, sources, targets, random.uniform(0.1, 1.5, len(sources)), recovery, onset)


def far(counted: np.ndarray, expected: np.ndarray, worlds: int = WORLDS) -> float:
    """By how many standard errors the farthest of some shares is off."""
    error = np.maximum(np.sqrt(expected * (1 - expected) / worlds), 1 / worlds)
    return float(np.abs((counted / worlds - expected) / error).max())


def check(graph: Graph, outbreak: Outbreak) -> None:
    once, now = Chain(graph, outbreak).at(DAYS)
    course = simulate(graph, outbreak, ByDay(DAYS), Run(WORLDS, seed=7))
    assert far(course.ever, once) < WIDEST
    error = np.maximum(course.active.std(axis=0) / np.sqrt(WORLDS), 1 / WORLDS)
    assert (np.abs(course.active.mean(axis=0) - now.sum(axis=1)) < WIDEST * error).all()
    assert course.total.sum(axis=0).tolist() == course.ever.sum(axis=1).tolist()


@pytest.mark.parametrize(
    ("model", "hosts", "immune"),
    [
        ("SI", 8, ()),
        ("SI", 6, (3,)),
        ("SIR", 7, ()),
        ("SIR", 5, (3,)),
        ("SEIR", 5, ()),
        ("SIS", 5, ()),
        ("SIS", 5, (3,)),
    ],
)
def test_every_state_of_a_small_graph(model: Model, hosts: int, immune: tuple[int, ...]) -> None:
    check(small(hosts, seed=hosts), Outbreak(np.array([0, 4]), model, immune=np.array(immune, dtype=np.int32)))


@pytest.mark.parametrize(("model", "hosts"), [("SI", 6), ("SIR", 5), ("SEIR", 4), ("SIS", 5)])
def test_rates_that_change_with_time(model: Model, hosts: int) -> None:
    graph = small(hosts, seed=hosts + 20)
    by_link = np.linspace(0, 3, graph.links, dtype=np.float32)
    by_host = np.linspace(4, 0, graph.hosts, dtype=np.float32)
    phases = (Phase(0.3, 2.0, 0.5), Phase(0.7, 0.0), Phase(1.2, by_link, by_host), Phase(3.0, 0.5, 1.5))
    check(graph, Outbreak(np.array([0]), model, phases=phases))


def test_final_size_on_complete_graphs() -> None:
    """A large outbreak among all reaches the share z = 1 - exp(-R0 z) (Kermack and McKendrick, 1927)."""
    hosts, ratio = 400, 2.0
    sources, targets = np.nonzero(~np.eye(hosts, dtype=bool))
    graph = graph_of(hosts, sources, targets, ratio / hosts, recovery=1.0)
    sizes = simulate(graph, Outbreak(np.arange(20)), ByDay((1000.0,)), Run(200)).total / hosts
    entries = 20 / hosts  # solves log(s / (1 - entries)) = -R0 (1 - s)
    left = -np.real(lambertw(-ratio * (1 - entries) * np.exp(-ratio))) / ratio
    assert abs(sizes.mean() - (1 - left)) < 0.02
