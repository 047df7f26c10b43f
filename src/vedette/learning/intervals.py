"""A mean over questions, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 2000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def mean(values: Sequence[float]) -> Interval:
    """The mean of one value a question, with the percentile bootstrap over questions (Efron & Tibshirani 1993, 13).

    Same values, same interval: the draws are seeded.

    >>> mean([0.5, 0.5])
    Interval(value=0.5, low=0.5, high=0.5)
    """
    column = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(0).integers(0, len(column), (_ROUNDS, len(column)))
    return interval(float(column.mean()), column[drawn].mean(axis=1))


def interval(value: float, drawn: NDArray[np.float64]) -> Interval:
    """A figure with the middle 95 % of its bootstrap draws."""
    low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Interval(round(value, 4), round(float(low), 4), round(float(high), 4))
