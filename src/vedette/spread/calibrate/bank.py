"""A bank of simulated outbreaks, as they would have been observed: made once, used for every question."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput, Cancelled
from vedette.spread.calibrate import priors as prior
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import Floats, Graph
from vedette.spread.simulate import ByDay, Model, Outbreak, Phase, Run, simulate

_TRIES = 200  # rounds without one detected outbreak, after which it is said that there are none


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Simulated outbreaks. `counts[i, d]`: how many hosts were newly found on day `d`, of which day 0 is the first
    with any; float32 (n, days). `parameters[i]`: what they were simulated with, float64 (n, 6) as `priors.NAMES`.
    `lineage`: seed, priors, model and the digest of the graph."""

    counts: Floats
    parameters: npt.NDArray[np.float64]
    lineage: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BankWish:
    """`curves` outbreaks of `days` days after the first detection, which is within `lead` days of the entry or not at
    all. `together` worlds share their entries and their wave, since those are simulated in one call. `told` hears how
    many curves there are; once `cancelled()` says so, Cancelled is raised."""

    curves: int = 10_000
    days: int = 28
    seed: int = 1
    model: Model = "SIR"
    lead: int = 14
    together: int = 8
    told: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = field(default=lambda: False)


def make_bank(graph: Graph, priors: Priors, wish: BankWish) -> Curves:
    """Outbreaks drawn from the priors, as they would be observed. Same seed, same bank. Outbreaks of which nothing is
    found within `lead` days are drawn again: nobody would ask about them. Raises BadInput, Cancelled."""
    prior.check(priors, graph.hosts)
    if wish.curves < 1 or wish.days < 2 or wish.together < 1:
        raise BadInput("A bank is at least one curve of two days.")
    chance = np.random.default_rng(wish.seed)
    counts, parameters, kept, empty = [], [], 0, 0
    while kept < wish.curves:
        if wish.cancelled():
            raise Cancelled("The simulation of outbreaks was stopped.")
        drawn = prior.draw(priors, wish.together, chance)
        drawn[:, prior.ENTRIES :] = drawn[0, prior.ENTRIES :]
        found = _observed(graph, priors, wish, drawn, chance)
        begun = found[:, : wish.lead].any(axis=1)
        empty = 0 if begun.any() else empty + 1
        if empty > _TRIES:
            raise BadInput("No outbreak of these priors is ever detected; raise the share that is.")
        counts.append(_from_first(found[begun], wish.days))
        parameters.append(drawn[begun])
        kept += int(begun.sum())
        wish.told(min(kept, wish.curves), wish.curves)
    return Curves(
        counts=np.concatenate(counts)[: wish.curves],
        parameters=np.concatenate(parameters)[: wish.curves],
        lineage={
            "bank seed": str(wish.seed),
            "bank size": str(wish.curves),
            "model": wish.model,
            "priors": priors.described(),
            "graph": graph_digest(graph),
        },
    )


def _observed(
    graph: Graph, priors: Priors, wish: BankWish, drawn: npt.NDArray[np.float64], chance: np.random.Generator
) -> Floats:
    """How many hosts are newly found each day from the entry on: float32 (worlds, lead + days)."""
    places = np.array(priors.places, dtype=np.int32) if priors.places else np.arange(graph.hosts, dtype=np.int32)
    entries = np.sort(chance.choice(places, int(drawn[0, prior.ENTRIES]), replace=False)).astype(np.int32)
    day, left = drawn[0, prior.WAVE_DAY], drawn[0, prior.WAVE_LEFT]
    horizon = wish.lead + wish.days
    outbreak = Outbreak(
        entries=entries,
        model=wish.model,
        until=float(horizon - 1),
        phases=(Phase(float(day), transmission=float(left)),) if day < horizon - 1 else (),
    )
    run = Run(
        worlds=len(drawn),
        seed=int(chance.integers(2**62)),
        scales=drawn[:, [prior.LINKS, prior.RECOVERY]].astype(np.float32),
        threads=1,
    )
    course = simulate(graph, outbreak, ByDay(tuple(float(day) for day in range(horizon))), run)
    new = course.total.astype(np.int64)
    new[:, 1:] -= course.total[:, :-1]
    return chance.binomial(new, drawn[:, prior.DETECTION, None]).astype(np.float32)


def _from_first(found: Floats, days: int) -> Floats:
    """Each row from its first day with any on."""
    first = (found > 0).argmax(axis=1)
    return np.take_along_axis(found, first[:, None] + np.arange(days), axis=1)


def curve_of(days: npt.ArrayLike, length: int) -> Floats:
    """The curve of an outbreak whose incidents were on `days` (1 for each host, fractions allowed): float32 (length).
    Day 0 is that of the first; incidents after `length` days are left out.

    >>> curve_of([10.2, 11.5, 11.9, 14.0], 4).tolist()
    [1.0, 2.0, 0.0, 0.0]
    """
    times = np.asarray(days, dtype=np.float64)
    if not len(times) or not np.isfinite(times).all():
        raise BadInput("An outbreak has at least one incident, each on a day.")
    places = np.floor(times).astype(np.int64) - int(np.floor(times.min()))
    return np.bincount(places[places < length], minlength=length)[:length].astype(np.float32)


def cut(counts: Floats, seen: int, ahead: int, ages: tuple[int, ...]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Windows of curves at each of some `ages` (days since the first detection, 1 or more): the `seen` days before it,
    0 before the outbreak, and the `ahead` after it. Float32 (windows, seen + ahead), and the row of each, int64
    (windows). Ages too late for a window are left out.

    >>> cut(np.array([[1, 2, 3, 4]], dtype=np.float32), 3, 1, (1, 3))[0].tolist()
    [[0.0, 0.0, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0]]
    """
    padded = np.concatenate([np.zeros((len(counts), seen), dtype=np.float32), counts], axis=1)
    fitting = [age for age in ages if age >= 1 and age + ahead <= counts.shape[1]]
    if not fitting:
        return np.zeros((0, seen + ahead), dtype=np.float32), np.zeros(0, dtype=np.int64)
    windows = [padded[:, age : age + seen + ahead] for age in fitting]
    return np.concatenate(windows), np.tile(np.arange(len(counts)), len(fitting))


def graph_digest(graph: Graph) -> str:
    """SHA-256 of all arrays of a graph, as hexadecimal."""
    hashed = hashlib.sha256()
    arrays: tuple[npt.NDArray[Any], ...] = (graph.offsets, graph.targets, graph.rates, graph.recovery, graph.onset)
    for array in arrays:
        hashed.update(np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()
