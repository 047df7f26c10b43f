"""How good forecasts were. Lower is better except where it is said; what is not a number of hosts is a share, 0..1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

Array = npt.NDArray[np.float64]
LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The interval levels alpha of the WIS, as the COVID-19 Forecast Hub used them (Cramer et al. 2022)."""


def crps(paths: npt.ArrayLike, truth: npt.ArrayLike) -> Array:
    """Continuous ranked probability score of samples, `E|X - y| - E|X - X'| / 2` of their empirical distribution
    (Gneiting and Raftery 2007, eq. 21): `paths` (n, samples, K), `truth` (n, K) -> (n, K). In the unit of the truth.

    >>> crps([[[0.0], [2.0]]], [[1.0]]).tolist()
    [[0.5]]
    """
    drawn, seen = _pair(paths, truth)
    samples = drawn.shape[1]
    ordered = np.sort(drawn, axis=1)
    places = (2 * np.arange(1, samples + 1) - samples - 1)[:, None]
    apart = (places * ordered).sum(axis=1) / samples**2
    return np.asarray(np.abs(drawn - seen[:, None]).mean(axis=1) - apart)


def wis(paths: npt.ArrayLike, truth: npt.ArrayLike, levels: tuple[float, ...] = LEVELS) -> Array:
    """Weighted interval score of the central intervals of samples at `levels` alpha, and of their median (Bracher, Ray,
    Gneiting and Reich 2021, eq. 2): (n, samples, K), (n, K) -> (n, K). In the unit of the truth."""
    drawn, seen = _pair(paths, truth)
    total = 0.5 * np.abs(np.quantile(drawn, 0.5, axis=1) - seen)
    for alpha in levels:
        low, high = np.quantile(drawn, [alpha / 2, 1 - alpha / 2], axis=1)
        missed = np.maximum(low - seen, 0) + np.maximum(seen - high, 0)
        total = total + alpha / 2 * (high - low) + missed
    return np.asarray(total / (len(levels) + 0.5))


def energy(paths: npt.ArrayLike, truth: npt.ArrayLike) -> Array:
    """Energy score of whole paths, `E|X - y| - E|X - X'| / 2` with the Euclidean distance over the days (Gneiting and
    Raftery 2007, eq. 22): (n, samples, K), (n, K) -> (n). All pairs of samples are compared: to compare each with its
    neighbour is cheaper, and wrong by a fifth where paths come in an order, as those of quantiles do.

    >>> energy([[[0.0, 0.0], [6.0, 8.0]]], [[3.0, 4.0]]).tolist()
    [2.5]
    """
    drawn, seen = _pair(paths, truth)
    away = np.linalg.norm(drawn - seen[:, None], axis=2).mean(axis=1)
    apart = np.empty(len(drawn))
    for place, each in enumerate(drawn):
        squares = (each**2).sum(axis=1)
        between = squares[:, None] + squares - 2 * each @ each.T
        apart[place] = np.sqrt(np.maximum(between, 0)).mean()
    return np.asarray(away - apart / 2)


def coverage(paths: npt.ArrayLike, truth: npt.ArrayLike, level: float) -> Array:
    """Which share of the truth lies within the central interval of `level`, for each day ahead: -> (K). As near to
    `level` as possible."""
    drawn, seen = _pair(paths, truth)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return np.asarray(((low <= seen) & (seen <= high)).mean(axis=0))


def pit(paths: npt.ArrayLike, truth: npt.ArrayLike, seed: int = 0) -> Array:
    """Where the truth stands among the samples, 0..1; uniform where the forecast is calibrated. Randomized among equal
    samples, as counts demand (Czado, Gneiting and Held 2009): (n, samples, K), (n, K) -> (n, K)."""
    drawn, seen = _pair(paths, truth)
    below = (drawn < seen[:, None]).sum(axis=1)
    equal = (drawn == seen[:, None]).sum(axis=1)
    return np.asarray((below + np.random.default_rng(seed).random(seen.shape) * (equal + 1)) / (drawn.shape[1] + 1))


def brier(probability: npt.ArrayLike, happened: npt.ArrayLike) -> float:
    """Mean squared error of probabilities (Brier 1950).

    >>> brier([0.9, 0.1], [1, 0])
    0.01
    """
    given, seen = _probabilities(probability, happened)
    return round(float(((given - seen) ** 2).mean()), 12)


@dataclass(frozen=True, slots=True)
class Reliable:
    """One part of the probabilities: how high they were on average, how often it happened, how many there are."""

    said: float
    happened: float
    number: int


def reliability(probability: npt.ArrayLike, happened: npt.ArrayLike, parts: int = 10) -> tuple[Reliable, ...]:
    """Probabilities beside how often it happened, in `parts` of equal width without the empty ones (Murphy and Winkler
    1977)."""
    given, seen = _probabilities(probability, happened)
    place = np.minimum((given * parts).astype(np.int64), parts - 1)
    found = []
    for part in range(parts):
        among = place == part
        if among.any():
            found.append(Reliable(float(given[among].mean()), float(seen[among].mean()), int(among.sum())))
    return tuple(found)


def recall_at(score: npt.ArrayLike, happened: npt.ArrayLike, k: int) -> float:
    """Which share of what happened is among the `k` highest scores; higher is better. Of equal scores, those which come
    first. nan where nothing happened.

    >>> recall_at([0.9, 0.1, 0.8], [1, 1, 0], 2)
    0.5
    """
    given, seen = np.asarray(score, dtype=np.float64), np.asarray(happened, dtype=bool)
    if not seen.any():
        return float("nan")
    return float(seen[np.argsort(-given, kind="stable")[:k]].sum() / seen.sum())


def _pair(paths: npt.ArrayLike, truth: npt.ArrayLike) -> tuple[Array, Array]:
    drawn, seen = np.asarray(paths, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if drawn.ndim != 3 or seen.shape != (drawn.shape[0], drawn.shape[2]) or not drawn.shape[1]:
        raise BadInput(f"Paths of the shape {drawn.shape} cannot be held against a truth of {seen.shape}.")
    return drawn, seen


def _probabilities(probability: npt.ArrayLike, happened: npt.ArrayLike) -> tuple[Array, Array]:
    given, seen = np.asarray(probability, dtype=np.float64).ravel(), np.asarray(happened, dtype=np.float64).ravel()
    if given.shape != seen.shape or not len(given) or not ((given >= 0) & (given <= 1)).all():
        raise BadInput("Give a probability, 0 to 1, for each thing that happened or did not.")
    return given, seen
