"""Which hosts to isolate: time at 100,000 hosts, and how good the choice is beside Monte-Carlo greedy."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.bench import Bench, median
from benchmarks.results import Row
from benchmarks.spread_graphs import estate, graph
from vedette.spread.contain import Contained, Wish, contain
from vedette.spread.graph import Graph
from vedette.spread.loss import losses
from vedette.spread.outbreak import Outbreak, Run

HOSTS, ENTRIES, K, RATE = 100_000, 50, 10, 0.2
WORLDS, JUDGED = 200, 200
SMALL, SMALL_ENTRIES, SMALL_K, SMALL_WORLDS = 1000, 5, 5, 300
SEEDS = (1, 2, 3)


def rows(bench: Bench) -> Iterator[Row]:
    yield _time()
    yield from _quality(bench)


def _outbreak(hosts: int, entries: int, seed: int) -> Outbreak:
    return Outbreak(np.random.default_rng(seed).choice(hosts, entries, replace=False).astype(np.int32))


def _time() -> Row:
    network, outbreak = graph(estate(HOSTS), HOSTS, RATE), _outbreak(HOSTS, ENTRIES, 1)
    taken: list[float] = []
    processor: list[float] = []
    for seed in range(4):
        began, busy = time.perf_counter(), time.process_time()
        found = contain(network, outbreak, Wish(K), Run(WORLDS, seed=seed), Run(JUDGED, seed=seed + 100))
        taken.append(time.perf_counter() - began)
        processor.append(time.process_time() - busy)
    return Row(
        f"spread_contain: {K} hosts of {HOSTS:,}",
        median(taken[1:]),
        "s",
        "lower",
        f"{network.links:,} directed links, subnets of 50 hosts with two gateways each, {ENTRIES} entries that may not "
        f"be isolated, SIR, {RATE} a day a link, recovery 1; {WORLDS} worlds to choose on, {JUDGED} to judge on, "
        f"thrice; all threads, code compiled before, median of 3; {median(processor[1:]):.2g} s of CPU time. "
        + _said(found),
        target=1.5,
    )


def _said(found: Contained) -> str:
    return (
        f"Lost: {found.before.mean:.0f} hosts before, {found.after.mean:.0f} after, {found.busiest.mean:.0f} with the "
        f"best connected hosts instead; drop {found.drop.mean:.0f} ({found.drop.low:.0f} to {found.drop.high:.0f})"
    )


def _quality(bench: Bench) -> Iterator[Row]:
    """Both choose on as many worlds; what is left is measured on 20,000 others."""
    network = graph(estate(SMALL, seed=2), SMALL, 0.25)
    ours: list[float] = []
    greedy: list[float] = []
    for seed in SEEDS:
        bench.say(f"  Monte-Carlo greedy, {seed} of {len(SEEDS)}")
        outbreak = _outbreak(SMALL, SMALL_ENTRIES, seed)
        chosen = contain(network, outbreak, Wish(SMALL_K), Run(SMALL_WORLDS, seed=seed), Run(2, seed=seed + 1)).steps
        ours.append(_left(network, outbreak, [step.target for step in chosen]))
        greedy.append(_left(network, outbreak, _greedy(network, outbreak, seed)))
    yield Row(
        "spread_contain: what is left, beside Monte-Carlo greedy",
        float(np.mean(ours)),
        "hosts",
        "lower",
        f"mean loss on 20,000 fresh worlds after isolating {SMALL_K} of {SMALL:,} hosts, {SMALL_ENTRIES} entries, "
        f"SIR, mean of {len(SEEDS)} sets of entries; greedy tries every host in {SMALL_WORLDS} worlds at every step; "
        f"each: {', '.join(f'{one:.0f} v {other:.0f}' for one, other in zip(ours, greedy, strict=True))}",
        times=0.98,
        peer=float(np.mean(greedy)),
        beside="Monte-Carlo greedy",
    )


def _left(network: Graph, outbreak: Outbreak, hosts: list[int]) -> float:
    return float(losses(network.without(hosts), outbreak, np.ones(network.hosts), Run(20_000, seed=999)).mean())


def _greedy(network: Graph, outbreak: Outbreak, seed: int) -> list[int]:
    """Try every host on the same worlds, take the best, and again."""
    run, weights = Run(SMALL_WORLDS, seed=seed, threads=1), np.ones(network.hosts)
    chosen: list[int] = []
    for _ in range(SMALL_K):
        others = [host for host in range(network.hosts) if host not in outbreak.entries and host not in chosen]
        left = [losses(network.without([*chosen, host]), outbreak, weights, run).mean() for host in others]
        chosen.append(others[int(np.argmin(left))])
    return chosen
