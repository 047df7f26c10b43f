"""Draws of what is not known x worlds of what chance does -> how probable it is that each host falls, with bands.

Two things make a probability uncertain. The rates are not known: every draw of them gives another probability. And a
draw is looked at in a number of worlds only. A host's band is that of a Beta distribution with the variance of both;
which part more worlds would take away is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from vedette.records import Band, HostRisk, JewelTime
from vedette.spread.graph import Floats, Graph, Hosts
from vedette.spread.simulate import ByDay, Outbreak, Run, Times, simulate

Doubles = npt.NDArray[np.float64]
TAILS80, TAILS95 = (0.1, 0.9), (0.025, 0.975)


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """`scales` float32 (draws, 2), see `simulate.Run`; of each draw `worlds` worlds are looked at."""

    scales: Floats
    worlds: int
    seed: int
    told: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """By each of the `days` 0, 1, …: `mean` probability of each host, and its variance `between` draws and by
    `sampling`, float64 (days, n). `total` and `active` hosts of each world, int32 (worlds, days), all draws in turn.
    `arrivals` of the hosts that were watched, float32 (worlds, hosts)."""

    mean: Doubles
    between: Doubles
    sampling: Doubles
    total: npt.NDArray[np.int32]
    active: npt.NDArray[np.int32]
    arrivals: Floats
    watched: Hosts
    draws: int


def risk_of(graph: Graph, outbreak: Outbreak, days: int, watched: Hosts, chances: Chances) -> Risk:
    """Simulate an outbreak over 0..`days` days. The same worlds for the same seed: forecasts of one seed can be
    compared world by world. Raises BadInput, Cancelled."""
    grid = ByDay(tuple(float(day) for day in range(days + 1)))
    bounded = replace(outbreak, until=min(outbreak.until, float(days)))
    first, second = np.zeros((days + 1, graph.hosts)), np.zeros((days + 1, graph.hosts))
    total, active, arrivals = [], [], []
    number = len(chances.scales)
    for place, scale in enumerate(chances.scales):
        run = _run(chances, place, scale)
        course = simulate(graph, bounded, grid, run)
        share = course.ever / chances.worlds
        first += share
        second += share * share
        total.append(course.total)
        active.append(course.active)
        if len(watched):
            arrivals.append(simulate(graph, bounded, Times(watched), run).days)
        chances.told(place + 1, number)
    mean = first / number
    spread = np.maximum(0.0, second / number - mean * mean) * (number / max(1, number - 1))
    # What the draws differ by is their own difference and that of few worlds: take the latter away.
    single = mean * (1 - mean) / max(1, chances.worlds - 1)
    return Risk(
        mean=mean,
        between=np.maximum(0.0, spread - single),
        sampling=single / number,
        total=np.concatenate(total),
        active=np.concatenate(active),
        arrivals=np.concatenate(arrivals) if arrivals else np.zeros((0, 0), dtype=np.float32),
        watched=watched,
        draws=number,
    )


def hosts_at_risk(risk: Risk, names: tuple[str, ...], most: int) -> tuple[HostRisk, ...]:
    """The `most` most probable hosts on the last day, those that can fall at all, with 95 % bands."""
    last = risk.mean[-1]
    order = np.argsort(-last, kind="stable")[:most]
    order = order[last[order] > 0]
    mean, between, sampling = risk.mean[:, order], risk.between[:, order], risk.sampling[:, order]
    low, high = beta_band(mean, between + sampling, TAILS95)
    width = np.sqrt(between[-1] + sampling[-1])
    share = np.where(width > 0, 1 - np.sqrt(between[-1]) / np.where(width > 0, width, 1), 0.0)
    return tuple(
        HostRisk(names[host], _told(mean[:, at]), _told(low[:, at]), _told(high[:, at]), round(float(share[at]), 4))
        for at, host in enumerate(order)
    )


def beta_band(mean: Doubles, variance: Doubles, tails: tuple[float, float]) -> tuple[Doubles, Doubles]:
    """Quantiles of the Beta distributions with these means and variances; a sure thing has no band.

    >>> low, high = beta_band(np.array([0.5, 1.0]), np.array([1 / 12, 0.0]), (0.1, 0.9))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.1, 1.0], [0.9, 1.0])
    """
    sure = (mean <= 0) | (mean >= 1) | (variance <= 0)
    middle = np.where(sure, 0.5, mean)
    spread = np.where(sure, 0.01, np.minimum(variance, 0.999 * middle * (1 - middle)))
    weight = middle * (1 - middle) / spread - 1
    low, high = (betaincinv(middle * weight, (1 - middle) * weight, tail) for tail in tails)
    return np.where(sure, mean, np.minimum(low, mean)), np.where(sure, mean, np.maximum(high, mean))


def bands(counts: npt.NDArray[np.int32] | Doubles) -> tuple[Band, ...]:
    """For each day, where the counts of the worlds (worlds, days) lie."""
    levels = np.quantile(counts, [TAILS80[0], TAILS80[1], TAILS95[0], TAILS95[1]], axis=0)
    means = counts.mean(axis=0)
    return tuple(Band(*(round(float(value), 4) for value in (mean, *levels[:, day]))) for day, mean in enumerate(means))


def jewel_times(risk: Risk, names: tuple[str, ...]) -> tuple[JewelTime, ...]:
    """When each of the watched hosts falls, the most endangered first."""
    return tuple(sorted((_jewel(risk, at, names[host]) for at, host in enumerate(risk.watched)), key=_never))


def _jewel(risk: Risk, at: int, name: str) -> JewelTime:
    days = risk.arrivals[:, at]
    fallen = np.sort(days[np.isfinite(days)])
    worlds = len(days)
    never = 1 - len(fallen) / worlds
    alone = np.isinf(days.reshape(risk.draws, -1)).mean(axis=1)
    low, high = beta_band(
        np.array([never]), np.array([alone.var() + never * (1 - never) / worlds]), TAILS95
    )  # the variance of the draws holds that of their worlds: rather too wide than too narrow
    if not never or never == 1:  # seen in no world: "rule of succession", Laplace
        low, high = (
            (low, np.array([1 - 0.025 ** (1 / worlds)])) if not never else (np.array([0.025 ** (1 / worlds)]), high)
        )
    return JewelTime(
        host=name,
        p10=_quantile(fallen, worlds, 0.1),
        median=_quantile(fallen, worlds, 0.5),
        never=round(never, 4),
        never_low=round(float(low[0]), 4),
        never_high=round(float(high[0]), 4),
    )


def _quantile(fallen: Floats, worlds: int, share: float) -> float | None:
    place = int(np.ceil(share * worlds)) - 1
    return round(float(fallen[place]), 3) if place < len(fallen) else None


def _never(jewel: JewelTime) -> float:
    return jewel.never


def _run(chances: Chances, place: int, scale: Floats) -> Run:
    return Run(
        worlds=chances.worlds,
        seed=chances.seed,
        first=place * chances.worlds,
        scales=np.repeat(scale[None, :], chances.worlds, axis=0).astype(np.float32),
        cancelled=chances.cancelled,
    )


def _told(values: Doubles) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
