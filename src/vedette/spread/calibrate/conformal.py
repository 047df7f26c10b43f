"""Bands that hold what they promise: paths are stretched or drawn together by how often past truths lay outside.

Split conformal prediction (Vovk et al. 2005; Lei et al. 2018) with the normalized scores of conformalized quantile
regression (Romano, Patterson and Candès 2019): on curves that the model did not learn from, how many times wider its
band must be, on each day ahead, to cover what happened. Whatever the model is, the band of a new outbreak that is
exchangeable with those curves covers it with at least the level's probability.
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


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """How many times wider the two bands of `LEVELS` are to be on each day ahead: `factors` (2, K), learned from so
    many independent `outbreaks`."""

    factors: Array
    outbreaks: int

    def holds(self, level: float) -> bool:
        """Whether there were outbreaks enough for the promise at `level`: 19 for 95 %. Where not, a band was only ever
        widened, to the widest that was needed."""
        return _rank(self.outbreaks, level) <= self.outbreaks

    def apply(self, paths: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Paths (n, samples, K) whose bands are so much wider about the same median, in the same order on each day:
        what belongs together stays together. Never below 0."""
        drawn = np.asarray(paths, dtype=np.float64)
        edges = np.quantile(drawn, _EDGES, axis=1)
        low, high = _widths(edges)
        new = [edges[2] - self.factors[::-1, None] * low, edges[2] + self.factors[:, None] * high]
        targets = np.stack([new[0][0], new[0][1], edges[2], new[1][0], new[1][1]])
        targets[0], targets[4] = np.minimum(targets[0], targets[1]), np.maximum(targets[4], targets[3])
        return np.maximum(_through(drawn, edges, targets), 0).astype(np.float32)


def stretch(paths: npt.ArrayLike, truth: npt.ArrayLike, outbreaks: npt.ArrayLike | None = None) -> Stretch:
    """From paths (n, samples, K) of curves that the model has not learned from, and what happened, (n, K). `outbreaks`
    (n) names the outbreak of each: those of one count as one witness. Raises BadInput."""
    drawn, happened = np.asarray(paths, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if drawn.ndim != 3 or not len(drawn) or happened.shape != (len(drawn), drawn.shape[2]):  # noqa: PLR2004
        raise BadInput("Bands are calibrated on at least one curve, with paths for each of its days.")
    witnesses = len(drawn) if outbreaks is None else len(np.unique(np.asarray(outbreaks)))
    edges = np.quantile(drawn, _EDGES, axis=1)
    low, high = _widths(edges)
    factors = np.empty((len(LEVELS), drawn.shape[2]))
    for place, level in enumerate(LEVELS):
        needed = np.maximum((edges[2] - happened) / low[1 - place], (happened - edges[2]) / high[place])
        rank = _rank(witnesses, level)
        if rank > witnesses:
            factors[place] = np.maximum(needed.max(axis=0), 1)
        else:
            at = ceil(rank / witnesses * len(drawn)) - 1
            factors[place] = np.maximum(np.sort(needed, axis=0)[at], 0)
    return Stretch(factors, witnesses)


def _rank(number: int, level: float) -> int:
    """Which of `number` scores in order, from 1, bounds a new one with probability `level`."""
    return ceil((number + 1) * level - 1e-9)


def _widths(edges: Array) -> tuple[Array, Array]:
    """Of the lower halves (95 %, 80 %), and of the upper ones (80 %, 95 %): two of (2, n, K)."""
    return np.maximum(edges[2] - edges[:2], _NARROWEST), np.maximum(edges[3:] - edges[2], _NARROWEST)


def _through(values: Array, edges: Array, targets: Array) -> Array:
    """Values (n, samples, K) through the lines that take `edges` to `targets`, both (5, n, K); the outer two go on."""
    moved = np.empty_like(values)
    for place in range(len(_EDGES) - 1):
        begin, end = edges[place][:, None], edges[place + 1][:, None]
        slope = (targets[place + 1] - targets[place])[:, None] / np.maximum(end - begin, 1e-9)
        inside = np.ones_like(values, dtype=bool) if not place else values > begin
        moved = np.where(inside, targets[place][:, None] + slope * (values - begin), moved)
    return moved
