"""Rates from the times of hosts: those that were simulated with, as surely as is said, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from vedette.errors import BadInput
from vedette.records import Incident
from vedette.spread.calibrate.likelihood import Observed, fit, observed
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import Graph, graph_of
from vedette.spread.simulate import Outbreak, Run, Times, simulate

CHANCE = np.random.default_rng(11)
WATCHED = 15.0


def _graph(recovery: float = 0.0) -> Graph:
    ends = np.random.default_rng(4).integers(150, size=(900, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    return graph_of(150, ends[:, 0], ends[:, 1], 0.03, recovery)


def _history(graph: Graph, scale: float, number: int, seed: int) -> tuple[Observed, ...]:
    made = []
    for one in range(number):
        outbreak = Outbreak(np.array([one * 7 % graph.hosts], np.int32), "SIR", until=WATCHED)
        run = Run(1, seed=seed * 100 + one, scales=np.array([[scale, 1.0]], np.float32))
        days = simulate(graph, outbreak, Times(), run).days[0].astype(np.float64)
        hosts = np.argsort(days)[: int(np.isfinite(days).sum())]
        made.append(Observed(hosts, days[hosts], np.full(len(hosts), np.nan), WATCHED))
    return tuple(made)


def test_the_interval_of_the_links_covers_the_truth_as_often_as_it_says() -> None:
    """50 histories of 3 outbreaks, rates drawn from the prior: within binomial limits of 95 %, missed once in 1,000."""
    graph, within, widths = _graph(), 0, []
    for repetition in range(50):
        scale = float(np.exp(0.8 * CHANCE.standard_normal()))
        found = fit(graph, _history(graph, scale, 3, repetition), Priors(), seed=repetition)
        within += found.links_interval[0] <= scale <= found.links_interval[1]
        widths.append(np.log(found.links_interval[1] / found.links_interval[0]))
    assert within >= binom.ppf(0.001, 50, 0.95)
    assert np.median(widths) < 1.0, "two standard deviations of the prior either way are 3.1"


def test_recovery_is_learned_where_cleaning_is_known() -> None:
    graph = _graph(recovery=0.1)
    hosts = np.arange(120)
    days = np.sort(CHANCE.uniform(0, 5, 120))
    days[0] = 0.0
    found = fit(graph, (Observed(hosts, days, days + CHANCE.exponential(1 / 0.25, 120), 60.0),), Priors())
    assert found.cleanings == 120
    assert found.recovery == pytest.approx(2.5, rel=0.25)
    assert found.recovery_interval[0] < 2.5 < found.recovery_interval[1]
    assert found.scales(5, 1).shape == (5, 2)
    assert (found.scales(5, 1) == found.scales(5, 1)).all()


def test_compromises_from_outside_are_background() -> None:
    """No link carries; hosts fall at 0.01 a day."""
    graph = _graph()
    days = CHANCE.exponential(1 / 0.01, graph.hosts)
    days[0] = 0.0
    hosts = np.argsort(days)[: int((days < 30).sum())]
    quiet = Observed(hosts, days[hosts], np.full(len(hosts), np.nan), 30.0)
    found = fit(graph.with_rates(graph.rates / 30), (quiet,), Priors())
    assert found.background == pytest.approx(0.01, rel=0.4)


def test_what_is_known_to_the_day_is_close() -> None:
    graph = _graph()
    history = tuple(replace(one, days=np.floor(one.days), until=WATCHED + 1) for one in _history(graph, 1.0, 8, 77))
    assert fit(graph, history, Priors()).links == pytest.approx(1.0, rel=0.3)


def test_outbreaks_that_never_spread_say_that_rates_are_low() -> None:
    alone = tuple(Observed(np.array([host]), np.zeros(1), np.full(1, np.nan), 200.0) for host in range(20))
    found = fit(_graph(), alone, Priors())
    assert found.compromises == 0
    assert found.links_interval[1] < 0.3


def test_a_history_that_contradicts_the_graph_is_refused() -> None:
    graph = graph_of(6, [0, 1], [1, 2], 1.0)
    places = {name: place for place, name in enumerate("abcdef")}
    believed = [Incident("a", 0.0), Incident("b", 0.5), Incident("c", 1.2)]
    assert fit(graph, observed(believed, places), Priors()).explained == 1
    backwards = [Incident("c", 0.0), Incident("f", 0.5), Incident("e", 1.5)]
    with pytest.raises(BadInput, match="contradicts the network: 2 of 2"):
        fit(graph, observed(backwards, places), Priors())
    with pytest.raises(BadInput, match="No link leads"):
        fit(graph, observed([Incident("f", 0.0)], places), Priors())


@pytest.mark.parametrize(
    ("incidents", "said"),
    [
        ([Incident("z", 0.0)], "does not have"),
        ([Incident("a", 3.0, cleaned=1.0)], "cleaned before"),
        ([Incident("a", 0.0), Incident("a", 2.0)], "twice"),
        ([Incident("a", float("nan"))], "on no day"),
    ],
)
def test_incidents_that_cannot_be_true(incidents: list[Incident], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        observed(incidents, {"a": 0})


def test_outbreaks_are_kept_apart_and_watched_until_they_are_over() -> None:
    cleaned = [Incident("a", 5.0, "one", cleaned=6.0), Incident("b", 7.5, "one", cleaned=9.0)]
    half = [Incident("a", 5.0, "three", cleaned=6.0), Incident("b", 7.5, "three")]
    one, three, two = observed([*cleaned, *half, Incident("a", 0.0, "two")], {"a": 0, "b": 1}, quiet=10.0)
    assert one.days.tolist() == [0.0, 2.5]
    assert (one.until, two.until) == (14.0, 10.0)
    assert three.until == 2.5, "who is not clean was not when the watch ended"
