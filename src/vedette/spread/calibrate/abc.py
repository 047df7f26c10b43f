"""Approximate Bayesian computation over a bank: which simulated outbreaks began like the one that is seen.

Plain: the nearest ones, all alike (Pritchard et al. 1999). Adjusted: weighted by nearness, and what is asked of them
moved along a local-linear regression to where the observation lies (Beaumont, Zhang and Balding, "Approximate Bayesian
computation in population genetics", Genetics 162, 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

Array = npt.NDArray[np.float64]
_AT_ONCE = 64  # observations: distances to a bank of 20,000 are 10 MB then


@dataclass(frozen=True, slots=True)
class How:
    """`accepted` simulations are kept for each observation; 0: so many as the size of the bank suggests. `adjusted`:
    weights and regression, else plain. `ridge` is added to the diagonal of the regression, relative to its mean:
    summaries of curves are nearly collinear."""

    accepted: int = 0
    adjusted: bool = True
    ridge: float = 0.1

    def of(self, bank: int) -> int:
        """How many of a bank are accepted. What was best on simulated curves: a plain sample is to be near, with 50 of
        20,000, while a regression stands on many, 1,000 of 20,000 and 300 of 2,000."""
        suggested = int(7 * bank**0.5) if self.adjusted else max(20, bank // 400)
        return min(self.accepted or suggested, bank)


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What each of q observations leaves over: `values` (q, accepted, T), `weights` (q, accepted), which sum to 1, and
    `rows` (q, accepted): where in the bank they come from, nearest first."""

    values: Array
    weights: Array
    rows: npt.NDArray[np.int64]

    def draws(self, number: int, seed: int) -> Array:
        """`number` equally probable draws for each observation, each a whole row of values: (q, number, T). Systematic
        resampling (Kitagawa 1996), then shuffled."""
        chance = np.random.default_rng(seed)
        drawn = np.empty((len(self.values), number, self.values.shape[2]))
        for place, (values, weights) in enumerate(zip(self.values, self.weights, strict=True)):
            points = (np.arange(number) + chance.random()) / number
            chosen = np.searchsorted(np.cumsum(weights) / weights.sum(), points).clip(max=len(values) - 1)
            drawn[place] = values[chance.permutation(chosen)]
        return drawn


def summaries(seen: npt.ArrayLike) -> Array:
    """What outbreaks are compared by: the square root of the count of each day, which makes the noise of small and of
    large counts alike, and of the sums of the last 3 and 7 days and of all, in which there is less of it: (n, H) ->
    (n, H + 3)."""
    counts = np.asarray(seen, dtype=np.float64)
    sums = [counts[:, -days:].sum(axis=1) for days in (3, 7, counts.shape[1])]
    return np.asarray(np.sqrt(np.column_stack([counts, *sums])))


def posterior(bank: Array, values: Array, observed: Array, how: How) -> Posterior:
    """What is left of `values` (n, T) of a bank whose summaries are `bank` (n, S), for `observed` summaries (q, S).
    Values should be on a scale without limits: the logarithm of a rate, the square root of a count. Raises BadInput."""
    if len(bank) != len(values) or bank.shape[1] != observed.shape[1]:
        raise BadInput("A bank has as many values as summaries, and an observation as many summaries as the bank.")
    accepted = how.of(len(bank))
    if accepted < (bank.shape[1] + 2 if how.adjusted else 1):
        raise BadInput(
            f"A bank of {len(bank)} curves is too small to compare {bank.shape[1]} summaries; simulate more."
        )
    scale = bank.std(axis=0)
    middle, unit = bank.mean(axis=0), np.where(scale > 0, scale, 1.0)
    there, here = (bank - middle) / unit, (observed - middle) / unit
    parts = [
        _near(there, values, here[first : first + _AT_ONCE], accepted, how) for first in range(0, len(here), _AT_ONCE)
    ]
    if not parts:
        return Posterior(
            np.zeros((0, accepted, values.shape[1])), np.zeros((0, accepted)), np.zeros((0, accepted), int)
        )
    return Posterior(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _near(
    bank: Array, values: Array, observed: Array, accepted: int, how: How
) -> tuple[Array, Array, npt.NDArray[np.int64]]:
    squares = (bank**2).sum(axis=1) - 2 * observed @ bank.T + (observed**2).sum(axis=1)[:, None]
    rows = np.argpartition(squares, accepted - 1, axis=1)[:, :accepted]
    near = np.maximum(np.take_along_axis(squares, rows, axis=1), 0)
    order = np.argsort(near, axis=1, kind="stable")
    rows, near = np.take_along_axis(rows, order, axis=1), np.take_along_axis(near, order, axis=1)
    if not how.adjusted:
        return values[rows], np.full(rows.shape, 1 / accepted), rows
    # Epanechnikov's kernel; the farthest gets none of the weight, so it is set a little farther than it is.
    weights = 1 - near / (near[:, -1:] * (1 + 1e-6) + 1e-12)
    weights /= weights.sum(axis=1, keepdims=True)
    return _regressed(bank[rows] - observed[:, None], values[rows], weights, how.ridge), weights, rows


def _regressed(away: Array, values: Array, weights: Array, ridge: float) -> Array:
    """Values less what the regression says of how far away each simulation is: (q, a, S), (q, a, T) -> (q, a, T)."""
    weighted = weights[:, :, None]
    centre, level = (weighted * away).sum(axis=1, keepdims=True), (weighted * values).sum(axis=1, keepdims=True)
    moved = (away - centre) * weighted
    square = moved.transpose(0, 2, 1) @ (away - centre)
    size = square.trace(axis1=1, axis2=2) / square.shape[1]
    square += (ridge * size + 1e-9)[:, None, None] * np.eye(square.shape[1])
    slope = np.linalg.solve(square, moved.transpose(0, 2, 1) @ (values - level))
    return np.asarray(values - away @ slope)
