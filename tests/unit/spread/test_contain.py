"""Hosts to isolate and vulnerabilities to patch: against removing them one by one, and against all choices."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import BadInput, Cancelled
from vedette.spread.contain import Contained, Group, Wish, contain
from vedette.spread.graph import Graph, graph_of
from vedette.spread.kernels.dominators import spared, weighed
from vedette.spread.kernels.livelinks import Left
from vedette.spread.kernels.queue import queue_of
from vedette.spread.loss import estimate, losses
from vedette.spread.outbreak import Outbreak, Phase, Reach, Run, Times
from vedette.spread.sampled import Sampled
from vedette.spread.simulate import simulate

ENTRY = Outbreak(np.array([0], np.int32))
RUN, FRESH = Run(300, seed=1), Run(300, seed=2)


def drawn(hosts: int, links: int, seed: int) -> Graph:
    chance = np.random.default_rng(seed)
    sources, targets = chance.integers(hosts, size=(2, links))
    kept = sources != targets
    rates = chance.choice([0.0, 0.3, 1.0, 3.0], links)
    recovery = np.where(chance.random(hosts) < 0.1, 0.0, chance.uniform(0.3, 2, hosts))
    return graph_of(hosts, sources[kept], targets[kept], rates[kept], recovery, chance.uniform(0.5, 3, hosts))


def reached(after: dict[int, list[int]], starts: Iterable[int], gone: int = -1) -> set[int]:
    """Who is reached when a host passes nothing on; unless a start, it is not reached either."""
    starts = set(starts)
    seen, todo = set(starts), list(starts - {gone})
    while todo:
        for end in after[todo.pop()]:
            if end not in seen and end != gone:
                seen.add(end)
                todo.append(end)
    return seen


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 25), st.floats(0.2, 3.0), st.integers(1, 4), st.integers(0, 2**32))
def test_what_each_host_would_spare(hosts: int, degree: float, entries: int, seed: int) -> None:
    """The dominator tree against isolating the hosts one after the other."""
    chance = np.random.default_rng(seed)
    pairs = chance.integers(hosts, size=(int(degree * hosts), 2))
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    begins = np.searchsorted(pairs[:, 0], np.arange(hosts + 1)).astype(np.int64)
    left = Left(begins, pairs[:, 1].astype(np.int32), np.zeros(hosts, np.float32), queue_of(1, 1))
    starts = chance.choice(hosts, min(entries, hosts), replace=False).astype(np.int32)
    weights, gains = chance.integers(1, 6, hosts).astype(np.float64), np.empty(hosts)
    after = {host: pairs[pairs[:, 0] == host, 1].tolist() for host in range(hosts)}
    whole = weights[list(reached(after, starts))].sum()
    assert spared(left, starts, weights, gains) == whole == weighed(left, starts, weights)
    for host in range(hosts):
        assert gains[host] == whole - weights[list(reached(after, starts, host))].sum()


@pytest.mark.parametrize("outbreak", [ENTRY, replace(ENTRY, until=2.5), replace(ENTRY, model="SEIR", until=10.0)])
def test_sampled_worlds_are_those_of_events(outbreak: Outbreak) -> None:
    """World by world: as they are, at lower rates, and once hosts are isolated."""
    graph, run = drawn(60, 240, 3), Run(400, seed=9, first=5)
    weights = np.linspace(1, 2, 60)
    worlds = Sampled(graph, replace(outbreak, immune=np.array([5])), weights, run)

    def simulated(changed: Graph) -> np.ndarray:
        days = simulate(changed, replace(outbreak, immune=np.array([5])), Times(), run).days
        return np.isfinite(days) @ weights

    slower = graph.with_rates(graph.rates * np.random.default_rng(1).choice([0.0, 0.4, 1.0], graph.links))
    for changed in (graph, slower):
        assert np.mean(np.abs(worlds.lost(changed.rates) - simulated(changed)) < 1e-6) > 0.99  # but for rounding
    gone = np.zeros(60, np.bool_)
    gone[[7, 8, 9]] = True
    for host, whole in ((7, graph), (20, graph.without([7, 8, 9]))):
        before = simulated(whole)
        spared_by = before - simulated(graph.without([7, 8, 9, host] if host > 9 else [host]))
        looked = worlds.spared(range(400), gone if host > 9 else np.zeros(60, np.bool_))
        gains = np.array([gain[hosts == host].sum() for hosts, gain in looked])
        # Later compromises can be too late as well: a tree of one world cannot know, and tells too little then.
        near = np.abs(gains - spared_by) < 1e-6 if outbreak.until == np.inf else gains <= spared_by + 1e-6
        assert near.mean() > 0.99
        assert gains.sum() > 0


def test_only_as_many_worlds_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = drawn(60, 200, 4)
    monkeypatch.setattr("vedette.spread.sampled._ROOM", 20_000)
    few = Sampled(graph, ENTRY, np.ones(60), RUN)
    monkeypatch.undo()
    assert 16 <= few.number < 100
    assert (
        few.lost(graph.rates).tolist()
        == Sampled(graph, ENTRY, np.ones(60), RUN).lost(graph.rates)[: few.number].tolist()
    )


def test_scales_multiply_rates() -> None:
    graph = drawn(60, 200, 4)
    scales = np.repeat(np.array([[0.5, 1.0], [2.0, 0.5]], np.float32), 150, axis=0)
    run = replace(RUN, scales=scales)
    found = Sampled(graph, ENTRY, np.ones(60), run).lost(graph.rates)
    days = simulate(graph, ENTRY, Times(), run).days
    assert np.mean(found == np.isfinite(days).sum(axis=1)) > 0.99


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_best_of_all_single_hosts_and_pairs(seed: int) -> None:
    graph = drawn(9, 22, seed)
    found = contain(graph, ENTRY, Wish(k=2), RUN, FRESH)

    def left(hosts: tuple[int, ...]) -> float:
        return float(np.isfinite(simulate(graph.without(list(hosts)), ENTRY, Times(), RUN).days).sum(axis=1).mean())

    alone = {host: left(()) - left((host,)) for host in range(1, 9)}
    assert found.steps[0].gain == pytest.approx(max(alone.values()), abs=0.02)
    assert alone[found.steps[0].target] == pytest.approx(max(alone.values()), abs=0.02)
    pairs = [left(()) - left(pair) for pair in itertools.combinations(range(1, 9), 2)]
    assert sum(step.gain for step in found.steps) > 0.85 * max(pairs)
    assert found.drop.low < found.before.mean - found.after.mean < found.drop.high


def test_both_ends_of_an_estate() -> None:
    """Two stars behind gateways 1 and 2: both are found, in the order of their size, and the drop is what was said."""
    graph = graph_of(33, [0, 0] + [1] * 20 + [2] * 10, [1, 2, *range(3, 33)], 5.0, recovery=1.0)
    found = contain(graph, ENTRY, Wish(k=3), RUN, Run(2000, seed=2))
    assert [step.target for step in found.steps[:2]] == [1, 2]
    assert found.after == estimate(np.ones(2000))
    assert found.steps[0].gain == pytest.approx(5 / 6 * (1 + 20 * 5 / 6), rel=0.1)
    assert found.before.low < 1 + 5 / 6 * (2 + 30 * 5 / 6) < found.before.high
    assert found.busiest.mean == found.after.mean  # here, they are the best connected ones too
    assert len(found.steps) == 2  # a third spares nothing


def test_entries_forbidden_hosts_and_weights() -> None:
    graph = graph_of(7, [0, 1, 1, 0, 2, 2], [1, 3, 4, 2, 5, 6], 50.0, recovery=0.0)

    def first(wish: Wish) -> int:
        return contain(graph, ENTRY, wish, RUN, FRESH).steps[0].target

    assert first(Wish(k=1)) == 1
    assert first(Wish(k=1, forbidden=(1,))) == 2
    assert first(Wish(k=1, weights=np.array([1, 1, 1, 1, 1, 1, 9.0]))) == 2
    assert first(Wish(k=1, entries=True)) == 0
    assert contain(graph, ENTRY, Wish(k=1, entries=True), RUN, FRESH).after.mean == 1  # it stays compromised
    assert contain(graph, ENTRY, Wish(k=1, forbidden=tuple(range(7))), RUN, FRESH).steps == ()


def test_costs() -> None:
    """Gateway 1 spares most, but 2 and 3 together more for its cost; a gateway beyond the budget is out of reach."""
    links = [(0, 1), (0, 2), (0, 3), *((1, end) for end in range(4, 10)), *((2, end) for end in range(10, 14))]
    links += [(3, end) for end in range(14, 18)]
    sources, targets = np.array(links).T
    graph = graph_of(18, sources, targets, 50.0, recovery=0.0)

    def chosen(budget: float, *costs: float) -> list[int]:
        wish = Wish(k=3, costs=np.array([1.0, *costs, *[9.0] * 14]), budget=budget)
        return [step.target for step in contain(graph, ENTRY, wish, RUN, FRESH).steps]

    assert chosen(2.0, 2.0, 1.0, 1.0) == [2, 3]
    assert chosen(1.0, 2.0, 1.0, 1.0) == [2]
    assert chosen(3.0, 3.0, 3.0, 3.0) == [1]
    # Cheapest for its worth first would leave no money for what is worth more.
    assert chosen(3.0, 3.0, 1.0, 2.5) == [1]
    assert chosen(0.5, 2.0, 1.0, 1.0) == []


def groups_of(graph: Graph, *left: dict[int, float]) -> list[Group]:
    return [Group(np.array([*one], np.int32), np.array([*one.values()], np.float32)) for one in left]


def test_vulnerabilities() -> None:
    """Host 1 is open by either of two, host 2 by one: patching both of host 1 spares most, but neither alone much."""
    graph = graph_of(23, [0, 0] + [1] * 15 + [2] * 5, [1, 2, *range(3, 23)], [60.0, 30.0] + [50.0] * 20, recovery=0.001)
    both = groups_of(graph, {0: 30.0}, {0: 30.0}, {1: 0.0}, {2: 0.0}, {1: 0.0, 0: 60.0})
    assert contain(graph, ENTRY, Wish(3, both), RUN, FRESH).steps[0].target in (2, 4)
    found = contain(graph, ENTRY, Wish(3, both, forbidden=(4,)), RUN, FRESH)
    assert found.steps[0].target == 2
    assert found.after.mean <= found.before.mean - 5
    # Once the first is chosen, the second spares far more than it did, and than the third, which closes one leaf.
    halves = groups_of(graph, {0: 0.004}, {0: 59.996}, {2: 0.0})
    found = contain(graph, ENTRY, Wish(2, halves), RUN, FRESH)
    assert [step.target for step in found.steps] == [0, 1]
    assert found.after.mean < 8
    assert found.steps[1].gain > 2 * found.steps[0].gain
    assert found.before.mean > 20


def test_vulnerabilities_against_all_pairs() -> None:
    graph = drawn(12, 50, 5)
    chance = np.random.default_rng(2)
    groups = [
        Group(places, (graph.rates[places] * chance.choice([0.0, 0.5], 8)).astype(np.float32))
        for places in (chance.choice(graph.links, 8, replace=False).astype(np.int32) for _ in range(6))
    ]
    worlds = Sampled(graph, ENTRY, np.ones(12), RUN)

    def lost(*chosen: int) -> float:
        taken = np.zeros(graph.links)
        for one in chosen:
            taken[groups[one].places] += graph.rates[groups[one].places] - groups[one].rates
        return float(worlds.lost(np.maximum(graph.rates - taken, 0).astype(np.float32)).mean())

    found = contain(graph, ENTRY, Wish(2, groups), RUN, FRESH)
    assert found.steps[0].target == int(np.argmin([lost(one) for one in range(6)]))
    best = min(lost(*pair) for pair in itertools.combinations(range(6), 2))
    assert lost() - sum(step.gain for step in found.steps) == pytest.approx(lost(*(s.target for s in found.steps)))
    assert lost() - best <= 1.1 * sum(step.gain for step in found.steps)


def test_an_end_phases_and_who_is_compromised_again() -> None:
    graph = drawn(40, 200, 6)
    for outbreak in (
        replace(ENTRY, until=2.0),
        replace(ENTRY, model="SIS", until=2.0),
        replace(ENTRY, phases=(Phase(1.0, 0.1),)),
    ):
        found = contain(graph, outbreak, Wish(k=3), RUN, FRESH)
        assert found.before == estimate(losses(graph, outbreak, np.ones(40), FRESH))
        changed = graph.without([step.target for step in found.steps])
        assert found.after.mean == losses(changed, outbreak, np.ones(40), FRESH).mean()
        assert found.drop.low > 0


def test_losses_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, outbreak = drawn(40, 200, 6), replace(ENTRY, until=2.0)
    weights = np.linspace(1, 2, 40)
    whole = losses(graph, outbreak, weights, RUN)
    assert whole.sum() == pytest.approx(weights @ simulate(graph, outbreak, Reach(), RUN).hosts)
    assert losses(graph, outbreak, np.full(40, 3.0), RUN).sum() == 3 * losses(graph, outbreak, np.ones(40), RUN).sum()
    monkeypatch.setattr("vedette.spread.loss._CELLS", 40 * 70)
    told: list[int] = []
    assert losses(graph, outbreak, weights, replace(RUN, told=told.append)).tolist() == whole.tolist()
    assert told == sorted(told)
    assert told[-1] == 300


def test_draws_of_a_posterior_widen_the_interval() -> None:
    values, draws = np.repeat([1.0, 5.0, 3.0], 100), np.repeat([[1.0, 1], [2, 1], [3, 1]], 100, axis=0)
    alone, together = estimate(values), estimate(values, draws.astype(np.float32))
    assert alone.mean == together.mean == 3
    assert together.high - together.low > 5 * (alone.high - alone.low)


def test_progress_and_cancel() -> None:
    graph, chosen, judged = drawn(40, 200, 6), list[int](), list[int]()
    contain(graph, ENTRY, Wish(k=1), replace(RUN, told=chosen.append), replace(FRESH, told=judged.append))
    for told in (chosen, judged):
        assert told == sorted(told)
        assert told[-1] == 300
    calls = iter(range(10**6))
    late = replace(FRESH, cancelled=lambda: next(calls) > 2)
    for runs in ((replace(RUN, cancelled=lambda: True), FRESH), (RUN, late)):
        with pytest.raises(Cancelled):
            contain(graph, ENTRY, Wish(k=1), *runs)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(k=0),
        Wish(k=5),
        Wish(k=1, forbidden=(4,)),
        Wish(k=1, costs=np.zeros(4)),
        Wish(k=1, costs=np.ones(3)),
        Wish(k=1, budget=-1.0),
        Wish(k=1, weights=np.array([1, 1, 1, np.nan])),
        Wish(k=2, groups=[Group(np.array([0]), np.array([0.0]))]),
        Wish(k=1, groups=[Group(np.array([3]), np.array([0.0]))]),
        Wish(k=1, groups=[Group(np.array([0, 0]), np.array([0.0, 0.0]))]),
        Wish(k=1, groups=[Group(np.array([0]), np.array([1.5]))]),
    ],
)
def test_wishes_that_make_no_sense(wish: Wish) -> None:
    graph = graph_of(4, [0, 1, 2], [1, 2, 3], 1.0, recovery=1.0)
    with pytest.raises(BadInput):
        contain(graph, ENTRY, wish, RUN, FRESH)


def test_worlds_that_were_chosen_on_are_no_judges() -> None:
    graph = graph_of(4, [0, 1, 2], [1, 2, 3], 1.0, recovery=1.0)
    with pytest.raises(BadInput, match="seed"):
        contain(graph, ENTRY, Wish(k=1), RUN, RUN)
    with pytest.raises(BadInput, match="Host 9"):
        contain(graph, Outbreak(np.array([9])), Wish(k=1), RUN, FRESH)
    found: Contained = contain(graph, ENTRY, Wish(k=1), RUN, FRESH)
    assert found.steps[0].target == 1
