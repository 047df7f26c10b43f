"""Outbreaks on a network of 500 hosts, for models of every host: what is true of them, and what the mechanism says.

The network has 20 groups of 25 hosts: links within a group are many, those between groups few, and ten hosts are
reached from everywhere. Where the simulator is wrong, hosts of some groups are compromised several times as fast as the
rates say, those of others more slowly, and every ten days one of all is compromised from outside, which no link tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.engines.diffusion_hosts import HostDiffusion, HostWindow, decode, encode, host_features, outcome_of
from vedette.spread.calibrate import priors as prior
from vedette.spread.calibrate.abc import How, posterior, summaries
from vedette.spread.calibrate.bank import BankWish, make_bank
from vedette.spread.calibrate.bank import Curves as Bank
from vedette.spread.calibrate.priors import Priors
from vedette.spread.forecast import scores
from vedette.spread.graph import Floats, Graph, graph_of
from vedette.spread.simulate import Outbreak, Run, Times, simulate

HOSTS, GROUPS = 500, 20
SEEN, AHEAD = 7, 7  # days
DRAWS, WORLDS = 25, 10  # of the posterior, and of each draw
PRIORS = Priors(links=(1.0, 0.5), recovery=(1.0, 0.3), detection=(1.0, 1.0), entries=(1, 3))


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """How outbreaks really go: on `graph`, whose rates the mechanism does not know, and from outside, 1/day a host."""

    graph: Graph
    outside: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An outbreak, the mechanism's worlds of what follows, int16 (worlds, n), and its window without the excess."""

    window: HostWindow
    worlds: npt.NDArray[np.int16]


def network(seed: int) -> Graph:
    chance = np.random.default_rng(seed)
    group = np.arange(HOSTS) // (HOSTS // GROUPS)
    ends = chance.integers(HOSTS, size=(2, 40 * HOSTS))
    near = group[ends[0]] == group[ends[1]]
    kept = (ends[0] != ends[1]) & (near | (chance.random(len(near)) < 0.05) | (ends[1] < 10))
    sources, targets = ends[:, kept]
    weakness = np.exp(0.7 * chance.standard_normal(HOSTS))
    rates = 0.09 * weakness[targets]
    return graph_of(HOSTS, sources, targets, rates, recovery=0.25)


def truths(graph: Graph, seed: int) -> dict[str, Truth]:
    """Of the two regimes: the simulator is right, and it is wrong."""
    factor = np.exp(1.2 * np.random.default_rng([seed, 1]).standard_normal(GROUPS) - 0.3)
    hosts = np.arange(HOSTS) // (HOSTS // GROUPS)
    wrong = graph.with_rates(graph.rates * factor[hosts][graph.targets])
    return {"well": Truth(graph), "wrong": Truth(wrong, 1 / 5000)}


def bank_of(graph: Graph, seed: int) -> Bank:
    return make_bank(graph, PRIORS, BankWish(curves=4000, days=SEEN, seed=seed, lead=1))


def cases(truth: Truth, graph: Graph, bank: Bank, number: int, seed: int) -> list[Case]:
    """Outbreaks of which, when 7 days are seen, three hosts to half of them are compromised."""
    chance = np.random.default_rng(seed)
    found: list[Case] = []
    while len(found) < number:
        days = _happens(truth, chance)
        if 3 <= (days < SEEN).sum() <= HOSTS / 2:
            found.append(_case(days, graph, bank, chance))
    return found


def with_excess(cases: list[Case], among: list[Case] | None = None) -> list[HostWindow]:
    """The windows of some cases, each with how much more often its hosts were compromised than the mechanism said, in
    standard deviations: in the other cases of the list, or in those `among` which it is not."""
    over = cases if among is None else among
    happened = np.array([case.window.outcome < AHEAD for case in over])
    open_ = np.array([case.window.outcome >= 0 for case in over])
    said = np.array([case.window.chance[-1] for case in over])
    more, width = (happened - said) * open_, said * (1 - said) * open_
    windows = []
    for place, case in enumerate(cases):
        own = (more[place], width[place]) if among is None else (0.0, 0.0)
        excess = (more.sum(axis=0) - own[0]) / np.sqrt(width.sum(axis=0) - own[1] + 1)
        features = np.column_stack([case.window.features, excess]).astype(np.float32)
        windows.append(HostWindow(features, case.window.chance, case.window.outcome))
    return windows


def _happens(truth: Truth, chance: np.random.Generator) -> Floats:
    """On which day each host is compromised: float32 (n), inf: never."""
    drawn = prior.draw(PRIORS, 1, chance)[0]
    entries = np.sort(chance.choice(HOSTS, int(drawn[prior.ENTRIES]), replace=False)).astype(np.int32)
    scales = drawn[[prior.LINKS, prior.RECOVERY]].astype(np.float32)[None]
    run = Run(worlds=1, seed=int(chance.integers(2**62)), scales=scales, threads=1)
    days = simulate(truth.graph, Outbreak(entries, until=SEEN + AHEAD), Times(), run).days[0]
    if not truth.outside:
        return days
    # Who is compromised from outside spreads from then on: another entry, of a later day.
    outside = chance.exponential(1 / truth.outside, HOSTS).astype(np.float32)
    for host in np.flatnonzero(outside < np.minimum(days, SEEN + AHEAD)):
        if outside[host] < days[host]:
            later = Outbreak(np.array([host], dtype=np.int32), until=float(SEEN + AHEAD - outside[host]))
            run = Run(worlds=1, seed=int(chance.integers(2**62)), scales=scales, threads=1)
            days = np.minimum(days, outside[host] + simulate(truth.graph, later, Times(), run).days[0])
    return days


def _case(days: Floats, graph: Graph, bank: Bank, chance: np.random.Generator) -> Case:
    """The mechanism's forecast: rates from outbreaks that began alike, who is cleaned by now drawn from them."""
    seen = days < SEEN
    curve = np.bincount(np.floor(days[seen]).astype(np.int64), minlength=SEEN)[:SEEN]
    values = np.log(bank.parameters[:, [prior.LINKS, prior.RECOVERY]])
    left = posterior(summaries(bank.counts), values, summaries(curve[None]), How())
    scales = np.exp(left.draws(DRAWS, int(chance.integers(2**31)))[0]).astype(np.float32)
    since = np.where(seen, SEEN - days, -1).astype(np.float32)
    worlds = []
    for scale in scales:
        active = seen & (chance.random(HOSTS) < np.exp(-graph.recovery * scale[1] * since.clip(0)))
        cleaned = np.flatnonzero(seen & ~active).astype(np.int32)
        if not active.any():
            worlds.append(np.full((WORLDS, HOSTS), np.inf, dtype=np.float32))
            continue
        outbreak = Outbreak(np.flatnonzero(active).astype(np.int32), until=float(AHEAD), immune=cleaned)
        run = Run(WORLDS, int(chance.integers(2**62)), scales=np.tile(scale, (WORLDS, 1)), threads=1)
        worlds.append(simulate(graph, outbreak, Times(), run).days)
    ahead = outcome_of(np.concatenate(worlds), AHEAD)
    ahead[:, seen] = -1
    by_day = np.array([(ahead <= day).mean(axis=0) for day in range(AHEAD)])
    probable = (by_day * len(ahead) + 0.5) / (len(ahead) + 1)
    outcome = np.where(seen, np.int16(-1), outcome_of(days - SEEN, AHEAD))
    features = host_features(graph, since, np.zeros(HOSTS, dtype=np.float32))
    return Case(HostWindow(features, probable.astype(np.float32), outcome), ahead)


# ── contenders ───────────────────────────────────────────────────────────────────────────────────

Drawn = tuple[Floats, npt.NDArray[np.int16]]
"""A forecast of one case: the probability of every host by day (K, n), and joint outcomes (samples, n)."""


def contenders(
    model: HostDiffusion, graph: Graph, tests: list[Case], before: list[Case], samples: int
) -> dict[str, list[Drawn]]:
    """What each says of every test: the mechanism; nobody follows; how often each host was compromised `before`; the
    corrected probabilities, with hosts independent of each other and as dependent as in the mechanism's worlds; and
    diffusion, whose samples alone say also how probable each host is."""
    chance = np.random.default_rng(5)
    base = np.array([[(c.window.outcome >= 0) & (c.window.outcome <= day) for c in before] for day in range(AHEAD)])
    rate = base.mean(axis=1).astype(np.float32)
    found: dict[str, list[Drawn]] = {}
    for place, (case, window) in enumerate(zip(tests, with_excess(tests, before), strict=True)):
        seen, said = window.outcome < 0, window.chance
        corrected = model.corrected(graph, window.features, said)
        free = chance.standard_normal((samples, HOSTS)).astype(np.float32)
        depend = np.stack([encode(world, said, chance.random(HOSTS)) for world in case.worlds])
        drawn = model.outcomes(graph, window, samples, place)
        each: dict[str, Drawn] = {
            "mechanism": (said, case.worlds),
            "persistence": (np.zeros_like(said), np.where(seen, -1, AHEAD)[None].astype(np.int16)),
            "base rate": (rate, decode(free, rate, seen)),
            "correction, hosts independent": (corrected, decode(free, corrected, seen)),
            "correction, the worlds' copula": (corrected, decode(depend, corrected, seen)),
            "diffusion": (corrected, drawn),
            "diffusion's samples alone": (_share(drawn), drawn),
        }
        for name, one in each.items():
            found.setdefault(name, []).append(one)
    return found


def evaluated(tests: list[Case], drawn: list[Drawn]) -> dict[str, float]:
    """Brier score over hosts and days, recall among the 20 most probable (as a share of what 20 can hold), CRPS of how
    many are compromised by each day, energy score of the day of every host, bands of the totals."""
    briers, recalls, fields, totals, truths = [], [], [], [], []
    for case, (said, outcomes) in zip(tests, drawn, strict=True):
        outcome, left = case.window.outcome, case.window.outcome >= 0
        by_day = np.array([outcome[left] <= day for day in range(AHEAD)])
        briers.append(scores.brier(said[:, left], by_day))
        if by_day[-1].any():
            recalls.append(scores.recall_at(said[-1, left], by_day[-1], 20) / min(1, 20 / by_day[-1].sum()))
        fields.append(scores.energy(outcomes[None, :, left], outcome[None, left])[0])
        totals.append(_totals(outcomes))
        truths.append(_totals(outcome[None])[0])
    crps = [scores.crps(total[None], truth[None]).mean() for total, truth in zip(totals, truths, strict=True)]
    return {
        "Brier score": float(np.mean(briers)),
        "recall@20": float(np.mean(recalls)),
        "CRPS of totals": float(np.mean(crps)),
        "energy": float(np.mean(fields)),
        "within80": _within(totals, truths, 0.8),
        "within95": _within(totals, truths, 0.95),
    }


def _share(outcomes: npt.NDArray[np.int16]) -> Floats:
    return np.array([(outcomes <= day).mean(axis=0) for day in range(AHEAD)], dtype=np.float32)


def _totals(outcomes: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """How many more hosts are compromised by the end of each day: (samples, K)."""
    return np.stack([((outcomes >= 0) & (outcomes <= day)).sum(axis=1) for day in range(AHEAD)], axis=1).astype(float)


def _within(totals: list[npt.NDArray[np.float64]], truths: list[npt.NDArray[np.float64]], level: float) -> float:
    pairs = zip(totals, truths, strict=True)
    return float(np.mean([scores.coverage(total[None], truth[None], level) for total, truth in pairs]))
