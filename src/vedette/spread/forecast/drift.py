"""Whether a model still describes the outbreaks that come: if it does, where the truth stands is uniform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_FEWEST = 20  # outbreaks since it learned, below which a test finds nothing
_LEVEL = 0.01
_MORE = 1.2  # times as many outbreaks as it learned from


@dataclass(frozen=True, slots=True)
class Drift:
    """`statistic` of Kolmogorov and Smirnov, 0..1, of the PIT of outbreaks since the model learned, and how probable
    such a one is without drift. `due`: it should learn again; `sentence` says why, or why not."""

    statistic: float
    p: float
    outbreaks: int
    due: bool
    sentence: str


def drift(pit: npt.ArrayLike, outbreaks: npt.ArrayLike, learned: int) -> Drift:
    """From the PIT of windows (w), of which the last of each outbreak counts, since those of one are not independent;
    `learned`: how many outbreaks the model learned from. Retraining is due where the PIT is not uniform at 1 %, or
    where a fifth more outbreaks are known."""
    from scipy.stats import kstest

    values, names = np.asarray(pit, dtype=np.float64), np.asarray(outbreaks)
    last = {name: place for place, name in enumerate(names.tolist())}
    chosen = values[sorted(last.values())]
    number = len(chosen)
    statistic, p = (0.0, 1.0) if not number else (float(part) for part in kstest(chosen, "uniform"))
    if number >= _FEWEST and p < _LEVEL:
        side = "lower" if chosen.mean() < 0.5 else "higher"
        said = (
            f"Retraining is due: the last {number} outbreaks went {side} or wider than was forecast (KS p = {p:.2g})."
        )
        return Drift(statistic, p, number, True, said)
    if learned + number >= _MORE * learned and number:
        said = f"Retraining is due: {number} outbreaks are known beyond the {learned} that it learned from."
        return Drift(statistic, p, number, True, said)
    said = f"No retraining is due: {number} outbreaks since it learned, KS p = {p:.2g}."
    return Drift(statistic, p, number, False, said)
