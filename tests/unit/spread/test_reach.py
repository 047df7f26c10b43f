"""Who is ever compromised: worlds one by one and 512 at once, against all states, the events, and each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, norm

from fakes.chains import Chain
from vedette.errors import BadInput, Cancelled
from vedette.spread import reach as reaching
from vedette.spread.graph import Graph, graph_of
from vedette.spread.outbreak import ByDay, Model, Outbreak, Phase, Reach, Run, Times
from vedette.spread.reach import Kernel, losses, reach
from vedette.spread.simulate import simulate

KERNELS: tuple[Kernel, ...] = ("scalar", "bits")
WIDEST = float(norm.isf(5e-7))  # standard errors


def drawn(hosts: int, links: int, seed: int) -> Graph:
    """Links by chance with rates of a few classes, some closed; every tenth host never recovers or never attacks."""
    chance = np.random.default_rng(seed)
    sources, targets = chance.integers(hosts, size=(2, links))
    kept = sources != targets
    rates = chance.choice([0.0, 0.05, 0.4, 1.3, 20.0], links)
    recovery = np.where(chance.random(hosts) < 0.1, 0.0, chance.uniform(0.2, 3, hosts))
    onset = np.where(chance.random(hosts) < 0.1, 0.0, np.inf)
    return graph_of(hosts, sources[kept], targets[kept], rates[kept], recovery, onset)


def scale_free(hosts: int, rate: float) -> Graph:
    """Four links of each host to earlier ones, the more the more links those have; both ways."""
    chance = np.random.default_rng(1)
    ends = [0, 1, 2, 3, 4, 4, 4, 4]
    for host in range(5, hosts):
        for other in {ends[place] for place in chance.integers(len(ends), size=4)}:
            ends += [host, other]
    pairs = np.array(ends[8:]).reshape(-1, 2)
    return graph_of(hosts, np.r_[pairs[:, 0], pairs[:, 1]], np.r_[pairs[:, 1], pairs[:, 0]], rate, recovery=1.0)


@pytest.mark.parametrize(("model", "hosts", "seed"), [("SIR", 5, 1), ("SIR", 6, 2), ("SEIR", 4, 3)])
def test_every_state_of_a_small_graph(model: Model, hosts: int, seed: int) -> None:
    graph = drawn(hosts, 3 * hosts, seed)
    onset = np.linspace(0, 1, hosts, dtype=np.float32)  # an entry attacks all the same
    immune = np.array([3]) if seed == 2 else np.zeros(0, np.int32)
    outbreak, graph = Outbreak(np.array([0, 1]), model, immune=immune), replace(graph, onset=onset)
    expected = Chain(graph, outbreak).at((400.0,))[0][0]
    worlds = 40_000
    for kernel in KERNELS:
        found = reach(graph, outbreak, Run(worlds, seed=seed), kernel).hosts / worlds
        error = np.maximum(np.sqrt(expected * (1 - expected) / worlds), 1 / worlds)
        assert (np.abs(found - expected) < WIDEST * error).all()
    assert 0.05 < expected[2:].mean() < 0.95, "nothing was looked at"


@pytest.mark.parametrize("exposure", [1e-4, 0.03, 0.5, 4.0, 50.0])
def test_the_chance_of_one_link(exposure: float) -> None:
    """Over many links side by side in many worlds; their hosts' durations are their own."""
    hosts, worlds = 4000, 512
    graph = graph_of(2 * hosts, np.arange(hosts), np.arange(hosts) + hosts, exposure, recovery=1.0)
    found = reach(graph, Outbreak(np.arange(hosts)), Run(worlds), "bits").hosts[hosts:].sum() / (hosts * worlds)
    expected = exposure / (exposure + 1)
    assert abs(found - expected) < WIDEST * np.sqrt(expected * (1 - expected) / (hosts * worlds))


def test_links_of_a_host_share_its_duration() -> None:
    """Two links of rate 1 of a host of recovery 1 are both open with the chance 1 - 2/2 + 1/3, more often than 1/4."""
    graph = graph_of(3, [0, 0], [1, 2], 1.0, recovery=1.0)
    for kernel in KERNELS:
        sizes = reach(graph, Outbreak(np.array([0])), Run(50_000), kernel).sizes
        assert abs((sizes == 3).mean() - 1 / 3) < WIDEST * np.sqrt(2 / 9 / 50_000)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 60), st.integers(0, 200), st.integers(1, 700), st.booleans())
def test_one_by_one_or_512_at_once(seed: int, hosts: int, first: int, worlds: int, scaled: bool) -> None:
    graph = drawn(hosts, 4 * hosts, seed % 1000)
    outbreak = Outbreak(np.array([0]), "SEIR", immune=np.array([1]) if seed % 2 else np.zeros(0, np.int32))
    scales = np.random.default_rng(seed).choice([0.0, 0.3, 1.0, 4.0], (worlds, 2)).astype(np.float32)
    run = Run(worlds, seed=seed, first=first, scales=scales if scaled else None)
    alone, together, chosen = (reach(graph, outbreak, run, kernel) for kernel in ("scalar", "bits", None))
    for other in (together, chosen):
        assert alone.hosts.tolist() == other.hosts.tolist()
        assert alone.sizes.tolist() == other.sizes.tolist()
    assert alone.hosts.sum() == alone.sizes.sum()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(KERNELS))
def test_no_world_is_worse_after_closing_links_and_lower_rates(seed: int, kernel: Kernel) -> None:
    chance = np.random.default_rng(seed)
    graph = drawn(40, 160, seed % 1000)
    less = graph.with_rates(graph.rates * chance.choice([0.0, 0.5, 1.0], graph.links))
    outbreak, run = Outbreak(np.array([0, 1])), Run(600, seed=seed)
    before, after = reach(graph, outbreak, run, kernel), reach(less, outbreak, run, kernel)
    assert (after.sizes <= before.sizes).all()
    assert (after.hosts <= before.hosts).all()


def test_worlds_are_the_same_whatever_the_part_and_the_threads() -> None:
    graph, outbreak = drawn(200, 900, 4), Outbreak(np.arange(3))
    whole = reach(graph, outbreak, Run(1500, seed=5, threads=1), "bits").sizes
    for kernel in KERNELS:
        assert reach(graph, outbreak, Run(1500, seed=5, threads=3), kernel).sizes.tolist() == whole.tolist()
        part = reach(graph, outbreak, Run(100, seed=5, first=777), kernel)
        assert part.sizes.tolist() == whole[777:877].tolist()
    assert reach(graph, outbreak, Run(1500, seed=6)).sizes.tolist() != whole.tolist()


def test_as_many_as_event_by_event() -> None:
    graph, outbreak = scale_free(1000, 0.2), Outbreak(np.arange(10, 15))
    worlds = 1500
    found = simulate(graph, outbreak, Reach(), Run(worlds, seed=1))
    events = simulate(graph, outbreak, Times(), Run(worlds, seed=2)).days
    assert found.kernel in KERNELS
    assert ks_2samp(found.sizes, np.isfinite(events).sum(axis=1)).pvalue > 0.001
    apart = found.hosts / worlds - np.isfinite(events).mean(axis=0)
    assert np.abs(apart).max() < WIDEST * np.sqrt(0.5 / worlds)
    # Which two hosts are compromised in one world, not only how many.
    assert abs(found.sizes.var() / np.isfinite(events).sum(axis=1).var() - 1) < 0.25


def test_never_cleaned_is_surely_passed_on_and_closed_never() -> None:
    graph = graph_of(4, [0, 1, 2], [1, 2, 3], [1e-6, 3.0, 0.0], recovery=[0.0, 0.0, 0.0, 1.0])
    for kernel in KERNELS:
        assert reach(graph, Outbreak(np.array([0])), Run(5000), kernel).hosts.tolist() == [5000, 5000, 5000, 0]
    recovering = graph_of(3, [0, 1], [1, 2], 0.1, recovery=50.0)
    assert reach(recovering, Outbreak(np.array([0]), "SI"), Run(600)).hosts.tolist() == [600, 600, 600]


def test_entries_attack_at_once_and_others_after_their_onset() -> None:
    graph = graph_of(4, [0, 1, 2], [1, 2, 3], 1.0, recovery=0.0, onset=[0.0, 1.0, 0.0, 1.0])
    for kernel in KERNELS:
        found = reach(graph, Outbreak(np.array([0]), "SEIR"), Run(600), kernel)
        assert found.hosts.tolist() == [600, 600, 600, 0]
        assert reach(graph, Outbreak(np.array([0])), Run(600), kernel).hosts.tolist() == [600] * 4


def test_who_is_chosen() -> None:
    outbreak = Outbreak(np.array([0, 1, 2]))
    assert reach(scale_free(2000, 0.3), outbreak, Run(2000)).kernel == "bits"
    assert reach(scale_free(2000, 0.01), outbreak, Run(2000)).kernel == "scalar"
    assert reach(scale_free(2000, 0.3), outbreak, Run(3)).kernel == "scalar"


@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_the_weight_of_worlds(rate: float) -> None:
    graph, outbreak, run = scale_free(500, rate), Outbreak(np.array([7])), Run(700, seed=3)
    weights = np.where(np.arange(500) % 5 == 0, 2.5, 1.0)
    found = losses(graph, outbreak, run, weights)
    few = losses(graph, outbreak, run, np.random.default_rng(1).random(500))
    reached = reach(graph, outbreak, run)
    assert found.sum() == pytest.approx((reached.hosts * weights).sum())
    assert few.shape == found.shape
    assert losses(graph, outbreak, run, np.ones(500)).tolist() == reached.sizes.tolist()
    assert ((found >= reached.sizes) & (found <= 2.5 * reached.sizes)).all()


@pytest.mark.parametrize("kernel", [*KERNELS, None])
def test_progress_and_cancel(kernel: Kernel | None) -> None:
    graph, outbreak = scale_free(2000, 0.3), Outbreak(np.array([0]))
    told: list[int] = []
    run = Run(3000, threads=2, told=told.append)
    reach(graph, outbreak, run, kernel)
    assert told == sorted(told)
    assert told[-1] == 3000
    with pytest.raises(Cancelled):
        reach(graph, outbreak, replace(run, cancelled=lambda: True), kernel)


@pytest.mark.parametrize(
    "outbreak",
    [
        Outbreak(np.array([9])),
        Outbreak(np.array([0]), immune=np.array([0])),
        Outbreak(np.zeros(0, np.int32)),
        Outbreak(np.array([0]), until=3.0),
        Outbreak(np.array([0]), phases=(Phase(1.0, 0.5),)),
        Outbreak(np.array([0]), "SIS", until=3.0),
    ],
)
def test_what_is_no_percolation(outbreak: Outbreak) -> None:
    with pytest.raises(BadInput):
        reach(graph_of(2, [0], [1], 1.0, 1.0), outbreak, Run(10))


def test_until_a_day_goes_event_by_event() -> None:
    graph, run = graph_of(2, [0], [1], 1.0, 1.0), Run(2000)
    until = simulate(graph, Outbreak(np.array([0]), until=0.5), Reach(), run)
    assert until.kernel == "events"
    by_day = simulate(graph, Outbreak(np.array([0])), ByDay((0.5,)), run)
    assert until.hosts.tolist() == by_day.ever[0].tolist()
    assert not reaching.percolates(Outbreak(np.array([0]), until=0.5))


def test_no_links_and_one_host() -> None:
    for kernel in (*KERNELS, None):
        assert reach(graph_of(1, [], [], []), Outbreak(np.array([0])), Run(70), kernel).sizes.tolist() == [1] * 70
