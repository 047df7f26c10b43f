"""How fast it really spreads, where it is known when each host was compromised.

The hazard on host j at time t is `links * (sum of the rates of links into j from hosts infectious at t) + background`.
Hazards of several sources add up (Gomez-Rodriguez, Balduzzi and Schölkopf, "Uncovering the temporal dynamics of
diffusion networks", ICML 2011), and the likelihood of an outbreak is that of a counting process: the hazards of those
who were compromised at the time they were, times the probability that nobody was at any other time (Andersson and
Britton, "Stochastic epidemic models and their statistical analysis", 2000, chapter 9). The posterior of the two numbers
is computed on a grid, which is exact where a normal approximation is not: at a background of nearly nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.records import Incident
from vedette.sentences.catalogue import say
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import Graph

Array = npt.NDArray[np.float64]
_UNEXPLAINED = 0.5  # of the compromises no link explains: then the network is not the one it spread over
QUIET = 14.0  # days after which an outbreak is called over
_GRID, _ZOOMS = (61, 41), 4
_IMPUTED = 8  # courses within the days, where only days are known


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """An outbreak: `hosts` int64 (k), each compromised on one of `days` and clean again on one of `cleaned`, nan where
    that is not known; both float64 (k), the first on day 0. It was watched until day `until`."""

    hosts: npt.NDArray[np.int64]
    days: Array
    cleaned: Array
    until: float


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What history says. Each pair of an interval holds 95 % of the posterior. `links` and `recovery` are factors of
    the graph's rates, `background` is in 1/day for each host: compromises from outside, or over links that nobody
    knows. `explained`: which share of the compromises after the first a link can account for. `drawn` (draws, 3):
    links, recovery, background."""

    links: float
    links_interval: tuple[float, float]
    recovery: float
    recovery_interval: tuple[float, float]
    background: float
    background_interval: tuple[float, float]
    compromises: int
    cleanings: int
    explained: float
    drawn: Array

    def scales(self, number: int, seed: int) -> npt.NDArray[np.float32]:
        """Draws of (links, recovery), as `simulate.Run.scales` wants them: float32 (number, 2)."""
        chosen = np.random.default_rng(seed).integers(len(self.drawn), size=number)
        return self.drawn[chosen, :2].astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """What the likelihood needs of outbreaks: the `pressure` of links (1/day) on each host at the time it was
    compromised; the pressure on all hosts summed over the time they were not yet, in compromises expected; the days
    that they were not; how often it was cleaned, and how often it was expected."""

    pressure: Array
    exposure: float
    days: float
    cleanings: int
    patience: float


def observed(incidents: Iterable[Incident], places: Mapping[str, int], quiet: float = QUIET) -> tuple[Observed, ...]:
    """Outbreaks from incidents, of which each host has one in an outbreak; `places` of hosts in the graph. Each was
    watched for `quiet` days after the last thing that is known of it; 0 for one that goes on. Without them, only the
    outbreaks that did spread would be counted. Raises BadInput where the history cannot be true."""
    grouped: dict[str, list[Incident]] = {}
    for incident in incidents:
        if incident.host not in places:
            raise BadInput(say("history.unknown_host", host=incident.host))
        if incident.cleaned is not None and not incident.cleaned >= incident.day:
            raise BadInput(say("history.cleaned_before", host=incident.host))
        grouped.setdefault(incident.outbreak, []).append(incident)
    return tuple(_observed(name, group, places, quiet) for name, group in sorted(grouped.items()))


def fit(graph: Graph, history: tuple[Observed, ...], priors: Priors, draws: int = 400, seed: int = 0) -> Fitted:
    """The posterior of links, recovery and background. Where `cleaned` is not known, a host attacks others as long as
    its recovery says on average. Where only whole days are known, the time within the day is drawn several times, and
    what each says is pooled (multiple imputation, Rubin 1987). Both are approximations that make a fast outbreak look
    slower than it was, by a tenth and by a fifth where hosts fall within a day of each other. Raises BadInput where the
    history contradicts the graph, or holds nothing to learn from."""
    chance = np.random.default_rng(seed)
    whole = all((one.days == np.floor(one.days)).all() for one in history)
    pooled, times = [], _IMPUTED if whole else 1
    sums = _Sums(np.zeros(0), 0.0, 0.0, 0, 0.0)
    for _ in range(times):
        sums = _summed(graph, tuple(_within(one, chance) if whole else one for one in history))
        _possible(sums)
        rates = _posterior(sums, priors, draws // times + 1, chance)
        pooled.append(np.column_stack([rates[:, 0], _recovery(sums, priors, len(rates), chance), rates[:, 1]]))
    drawn = chance.permutation(np.concatenate(pooled))[:draws]
    middle = np.exp(np.log(drawn).mean(axis=0))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    pairs = [(float(begin), float(end)) for begin, end in zip(low, high, strict=True)]
    return Fitted(
        links=float(middle[0]),
        links_interval=pairs[0],
        recovery=float(middle[1]),
        recovery_interval=pairs[1],
        background=float(middle[2]),
        background_interval=pairs[2],
        compromises=len(sums.pressure),
        cleanings=sums.cleanings,
        explained=float((sums.pressure > 0).mean()) if len(sums.pressure) else 1.0,
        drawn=drawn,
    )


def _observed(name: str, group: list[Incident], places: Mapping[str, int], quiet: float) -> Observed:
    hosts = np.array([places[incident.host] for incident in group], dtype=np.int64)
    if len(np.unique(hosts)) < len(hosts):
        twice = next(one.host for one in group if [other.host for other in group].count(one.host) > 1)
        raise BadInput(say("history.twice", host=twice, outbreak=repr(name)))
    days = np.array([incident.day for incident in group])
    cleaned = np.array([np.nan if incident.cleaned is None else incident.cleaned for incident in group])
    if not np.isfinite(days).all():
        raise BadInput(say("history.no_day", outbreak=repr(name)))
    first = days.min()
    # Where some hosts are clean and others are not, these were not when the watch ended.
    open_ = np.isfinite(cleaned).any() and not np.isfinite(cleaned).all()
    until = float(np.nanmax(np.concatenate([days, cleaned])) - first) + (0.0 if open_ else quiet)
    return Observed(hosts, days - first, cleaned - first, until)


def _within(one: Observed, chance: np.random.Generator) -> Observed:
    """Each at some time of its day; those of day 0 at its beginning."""
    days = one.days + np.where(one.days > 0, chance.random(len(one.days)), 0)
    return replace(
        one, days=days, cleaned=np.maximum(one.cleaned + chance.random(len(days)), days), until=one.until + 1
    )


def _summed(graph: Graph, history: tuple[Observed, ...]) -> _Sums:
    parts = [_sums(graph, one) for one in history]
    return _Sums(
        np.concatenate([part.pressure for part in parts]) if parts else np.zeros(0),
        sum(part.exposure for part in parts),
        sum(part.days for part in parts),
        sum(part.cleanings for part in parts),
        sum(part.patience for part in parts),
    )


def _sums(graph: Graph, one: Observed) -> _Sums:
    when = np.full(graph.hosts, one.until)
    when[one.hosts] = np.minimum(one.days, one.until)
    known = np.isfinite(one.cleaned)
    end = np.where(known, np.minimum(one.cleaned, one.until), one.until)
    link, source = graph.links_from(one.hosts)
    target = graph.targets[link]
    # How long a source has attacked its target when that falls, is cleaned itself, or the watch ends.
    lasting = np.minimum(when[target], end[source]) - one.days[source]
    fading = np.where(known, 0.0, graph.recovery[one.hosts].astype(np.float64))[source]
    rate = graph.rates[link].astype(np.float64)
    spent = np.where(fading > 0, -np.expm1(-fading * np.maximum(lasting, 0)) / np.where(fading > 0, fading, 1), lasting)
    exposure = float((rate * np.maximum(spent, 0)).sum())
    attacking = (one.days[source] < when[target]) & (when[target] <= end[source])
    hazard = np.where(attacking, rate * np.exp(-fading * np.maximum(lasting, 0)), 0.0)
    pressure = np.zeros(graph.hosts)
    np.add.at(pressure, target, hazard)
    later = one.hosts[one.days > 0]
    recovery = graph.recovery[one.hosts].astype(np.float64)
    patience = float((recovery * (end - one.days)).sum()) if known.any() else 0.0
    return _Sums(pressure[later], exposure, float(when.sum()), int((known & (recovery > 0)).sum()), patience)


def _possible(sums: _Sums) -> None:
    later, explained = len(sums.pressure), int((sums.pressure > 0).sum())
    if later - explained > _UNEXPLAINED * later:
        raise BadInput(say("history.contradicts", unexplained=later - explained, hosts=later))
    if not sums.exposure:
        raise BadInput(say("history.no_link"))


def _posterior(sums: _Sums, priors: Priors, draws: int, chance: np.random.Generator) -> Array:
    """Draws of links and background: (draws, 2). The prior of the background is as wide as can be, a lognormal about
    one compromise in ten being its work, within a factor of 50."""
    median, spread = np.log(priors.links[0]), max(priors.links[1], 1e-3)
    usual = np.log(0.1 * (len(sums.pressure) + 1) / max(sums.days, 1e-9))
    ranges = [(median - 6 * spread - 2, median + 6 * spread + 2), (usual - 10, usual + 4)]
    for _ in range(_ZOOMS):
        axes = [np.linspace(low, high, points) for (low, high), points in zip(ranges, _GRID, strict=True)]
        links, background = np.exp(axes[0])[:, None], np.exp(axes[1])[None, :]
        height = _log_likelihood(sums, links, background)
        height = height - 0.5 * ((axes[0] - median) / spread)[:, None] ** 2 - 0.5 * ((axes[1] - usual) / 2.0) ** 2
        mass = np.exp(height - height.max())
        for axis in (0, 1):
            along = mass.sum(axis=1 - axis)
            worth = np.flatnonzero(along > 1e-5 * along.max())
            step = axes[axis][1] - axes[axis][0]
            ranges[axis] = (axes[axis][worth[0]] - step, axes[axis][worth[-1]] + step)
    chosen = chance.choice(mass.size, draws, p=(mass / mass.sum()).ravel())
    places = np.column_stack(np.unravel_index(chosen, mass.shape))
    steps = np.array([axis[1] - axis[0] for axis in axes])
    logs = np.column_stack([axes[0][places[:, 0]], axes[1][places[:, 1]]])
    return np.asarray(np.exp(logs + steps * (chance.random(logs.shape) - 0.5)))


def _log_likelihood(sums: _Sums, links: Array, background: Array) -> Array:
    """Over a grid: (a, 1) and (1, b) -> (a, b). Equal pressures are counted once."""
    pressures, counts = np.unique(sums.pressure, return_counts=True)
    height = -links * sums.exposure - background * sums.days
    for row, each in enumerate(links[:, 0]):
        height[row] += counts @ np.log(each * pressures[:, None] + background)
    return height


def _recovery(sums: _Sums, priors: Priors, draws: int, chance: np.random.Generator) -> Array:
    """Draws of the factor of recovery: of an exponential time with a lognormal prior, on a grid; (draws)."""
    median, spread = priors.recovery
    logs = np.log(median) + max(spread, 1e-3) * np.linspace(-6, 6, 4001)
    height = sums.cleanings * logs - np.exp(logs) * sums.patience
    height = height - 0.5 * ((logs - np.log(median)) / max(spread, 1e-3)) ** 2
    mass = np.exp(height - height.max())
    return np.asarray(np.exp(chance.choice(logs, draws, p=mass / mass.sum())))
