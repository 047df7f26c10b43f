"""Bands that hold what they promise: paths are stretched or drawn together by how often past truths lay outside.

Split conformal prediction (Vovk et al. 2005; Lei et al. 2018) with the normalized scores of conformalized quantile
regression (Romano, Patterson and Candès 2019): on curves that the model did not learn from, how many times wider its
band must be, on each day ahead, to cover what happened. Whatever the model is, the band of a new outbreak that is
exchangeable with those curves covers it with at least the level's probability.

Where there are curves enough, those with narrow and with wide bands are taken apart (Mondrian: Vovk et al. 2005): the
many outbreaks that die out are covered by any band, and would make the bands of the few that do not too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

Array = npt.NDArray[np.float64]
LEVELS = (0.8, 0.95)
_NARROWEST = 0.5  # hosts: counts are whole, so that no half of a band is narrower
_EDGES = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
_LEAST = 0.5  # times: no band is drawn together more, or outbreaks that always died out would have none
_CLASSES, _PER_CLASS = 3, 60  # how many classes of width, and the fewest outbreaks for one
_DIMENSIONS = 3
_HAIR, _NOBODY = 1e-7, 1e-3  # hosts; less is none, which a band that ends at 0 is to cover


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """How many times wider the two bands of `LEVELS` are to be on each day ahead: `factors` (classes, 2, K), for bands
    whose mean width is up to the first of `limits` (classes - 1), between the first and the second, and so on. Learned
    from so many independent `outbreaks` in each class."""

    factors: Array
    limits: Array
    outbreaks: int

    def holds(self, level: float) -> bool:
        """Whether there were outbreaks enough for the promise at `level`: 19 for 95 %. Where not, a band was only ever
        widened, to the widest that was needed."""
        return _rank(self.outbreaks, level) <= self.outbreaks

    def apply(self, paths: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Paths (n, samples, K) whose bands are so much wider about the same median, in the same order on each day:
        what belongs together stays together. Never below 0."""
        drawn = np.asarray(paths, dtype=np.float64)
        # Equal counts, most often 0, are told apart by a hair: the edges of two bands may lie among them.
        drawn = drawn + _HAIR * np.argsort(np.argsort(drawn, axis=1, kind="stable"), axis=1)
        edges = np.quantile(drawn, _EDGES, axis=1)
        low, high = _widths(edges)
        chosen = self.factors[_class_of(edges, self.limits)].transpose(1, 0, 2)
        below, above = chosen[::-1] * low, chosen * high
        below[0], above[1] = np.maximum(below[0], below[1]), np.maximum(above[1], above[0])
        targets = np.stack(
            [edges[2] - below[0], edges[2] - below[1], edges[2], edges[2] + above[0], edges[2] + above[1]]
        )
        moved = _through(drawn, edges, targets, chosen[1])
        return np.where(moved < _NOBODY, 0, moved).astype(np.float32)


def stretch(paths: npt.ArrayLike, truth: npt.ArrayLike, outbreaks: npt.ArrayLike | None = None) -> Stretch:
    """From paths (n, samples, K) of curves that the model has not learned from, and what happened, (n, K). `outbreaks`
    (n) names the outbreak of each: those of one count as one witness. Raises BadInput."""
    drawn, happened = np.asarray(paths, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if drawn.ndim != _DIMENSIONS or not len(drawn) or happened.shape != (len(drawn), drawn.shape[2]):
        raise BadInput("Bands are calibrated on at least one curve, with paths for each of its days.")
    names = np.arange(len(drawn)) if outbreaks is None else np.asarray(outbreaks)
    edges = np.quantile(drawn, _EDGES, axis=1)
    low, high = _widths(edges)
    below, above = edges[2] - happened, happened - edges[2]
    needed = np.stack([np.maximum(below / low[1 - place], above / high[place]) for place in range(len(LEVELS))])
    classes = max(1, min(_CLASSES, len(np.unique(names)) // _PER_CLASS))
    # Where many bands are equally wide, as those of outbreaks that died out are, there are fewer classes.
    limits = np.unique(np.quantile(_width(edges), np.arange(1, classes) / classes, method="lower"))
    place = _class_of(edges, limits)
    among = [place == one for one in range(len(limits) + 1)]
    if min(len(np.unique(names[some])) for some in among) < _PER_CLASS // 2:
        limits, among = limits[:0], [np.ones(len(drawn), dtype=bool)]
    witnesses = [len(np.unique(names[some])) for some in among]
    factors = [_factors(needed[:, some], number) for some, number in zip(among, witnesses, strict=True)]
    return Stretch(np.stack(factors), limits, min(witnesses))


def _factors(needed: Array, witnesses: int) -> Array:
    """From how much wider each band had to be, (2, n, K), how much wider they are to be, (2, K)."""
    factors = np.empty((len(LEVELS), needed.shape[2]))
    for place, level in enumerate(LEVELS):
        rank = _rank(witnesses, level)
        if rank > witnesses:
            factors[place] = np.maximum(needed[place].max(axis=0), 1)
        else:
            at = ceil(rank / witnesses * needed.shape[1]) - 1
            factors[place] = np.maximum(np.sort(needed[place], axis=0)[at], _LEAST)
    return factors


def _rank(number: int, level: float) -> int:
    """Which of `number` scores in order, from 1, bounds a new one with probability `level`."""
    return ceil((number + 1) * level - 1e-9)


def _width(edges: Array) -> Array:
    """Of the 80 % bands, on average over the days: (n)."""
    return np.asarray((edges[3] - edges[1]).mean(axis=1))


def _class_of(edges: Array, limits: Array) -> npt.NDArray[np.int64]:
    return np.asarray(np.searchsorted(limits, _width(edges), side="left"), dtype=np.int64)


def _widths(edges: Array) -> tuple[Array, Array]:
    """Of the lower halves (95 %, 80 %), and of the upper ones (80 %, 95 %): two of (2, n, K)."""
    return np.maximum(edges[2] - edges[:2], _NARROWEST), np.maximum(edges[3:] - edges[2], _NARROWEST)


def _through(values: Array, edges: Array, targets: Array, beyond: Array) -> Array:
    """Values (n, samples, K) through the lines that take `edges` to `targets`, both (5, n, K); outside of them,
    distances grow as `beyond` (n, K) says."""
    first, last = edges[0][:, None], edges[-1][:, None]
    moved = targets[0][:, None] + beyond[:, None] * (values - first)
    for place in range(len(_EDGES) - 1):
        begin, end = edges[place][:, None], edges[place + 1][:, None]
        slope = (targets[place + 1] - targets[place])[:, None] / np.where(end > begin, end - begin, np.inf)
        moved = np.where((begin <= values) & (values <= end), targets[place][:, None] + slope * (values - begin), moved)
    return np.asarray(np.where(values > last, targets[-1][:, None] + beyond[:, None] * (values - last), moved))
