"""Models compared on outbreaks that came after those they learned from: origin after origin, as it would have been."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.spread.forecast import scores
from vedette.spread.forecast.contract import CurveKind, Curves, Lessons

Array = npt.NDArray[np.float64]
_FEWEST = 12  # outbreaks: fewer say nothing of which model is better
_RESAMPLED = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What models are tried on. `history` (m, H + K) with the outbreak of each window, numbered in the order of time:
    the first half is only learned from, the second is cut into `folds`, each forecast by models that learned from all
    before it, and from the `bank`. `told(done, total)` counts models."""

    seen: int
    bank: Curves
    history: Curves
    outbreaks: npt.NDArray[np.int64]
    folds: int = 3
    samples: int = 200
    seed: int = 0
    told: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A model on w windows, each of an outbreak of `outbreaks` (w): its `crps`, `wis`, `energy` (lower is better),
    which share of the days lay within its bands `within80` and `within95`, and the PIT of the total of all days."""

    model: str
    crps: Array
    wis: Array
    energy: Array
    within80: Array
    within95: Array
    pit: Array
    outbreaks: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def metrics(self) -> dict[str, float]:
        """Means over all windows."""
        named = {"crps": self.crps, "wis": self.wis, "energy": self.energy}
        named |= {"coverage80": self.within80, "coverage95": self.within95}
        return {name: round(float(values.mean()), 4) for name, values in named.items()} | {"windows": len(self.crps)}


def score(model: str, paths: Curves, truth: Curves, outbreaks: npt.NDArray[np.int64]) -> Scored:
    """All scores of paths (w, samples, K), given what happened (w, K)."""
    bands = []
    for level in (0.8, 0.95):
        low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=1)
        bands.append(((low <= truth) & (truth <= high)).mean(axis=1))
    totals = scores.pit(paths.sum(axis=2, keepdims=True), truth.sum(axis=1, keepdims=True))
    return Scored(
        model=model,
        crps=scores.crps(paths, truth).mean(axis=1),
        wis=scores.wis(paths, truth).mean(axis=1),
        energy=scores.energy(paths, truth),
        within80=bands[0],
        within95=bands[1],
        pit=totals[:, 0],
        outbreaks=outbreaks,
    )


def backtest(kinds: Sequence[CurveKind], trial: Trial) -> tuple[tuple[Scored, ...], Mapping[str, str]]:
    """Each kind on the same windows, best CRPS first; and why some could not be tried, by their names. Raises BadInput
    where there are too few outbreaks, Cancelled."""
    every = np.unique(trial.outbreaks)
    if len(every) < _FEWEST:
        raise BadInput(f"A comparison of models needs {_FEWEST} outbreaks of history; there are {len(every)}.")
    parts = np.array_split(every[len(every) // 2 :], trial.folds)
    found: dict[str, list[Scored]] = {kind.name: [] for kind in kinds}
    left_out: dict[str, str] = {}
    for place, part in enumerate(parts):
        before, among = trial.outbreaks < part[0], np.isin(trial.outbreaks, part)
        lessons = Lessons(
            seen=trial.seen,
            bank=trial.bank,
            history=trial.history[before],
            outbreaks=trial.outbreaks[before],
            seed=trial.seed + place,
            cancelled=trial.cancelled,
        )
        for number, kind in enumerate(kinds):
            if kind.name not in left_out:
                try:
                    model = kind.learn(lessons)
                except BadInput as reason:
                    left_out[kind.name] = reason.message
                    continue
                windows = trial.history[among]
                paths = model.paths(windows[:, : trial.seen], trial.samples, trial.seed + place)
                made = score(kind.name, paths, windows[:, trial.seen :], trial.outbreaks[among])
                found[kind.name].append(made)
            trial.told(place * len(kinds) + number + 1, len(parts) * len(kinds))
    whole = [_joined(folds) for name, folds in found.items() if name not in left_out]
    return tuple(sorted(whole, key=lambda one: float(one.crps.mean()))), left_out


def ratio(one: Scored, other: Scored, seed: int = 0) -> tuple[float, float, float]:
    """CRPS of one to that of another on the same windows, below 1: better; and its 95 % interval from the bootstrap of
    whole outbreaks, whose windows stand or fall together (block bootstrap, Künsch 1989)."""
    if len(one.crps) != len(other.crps) or (one.outbreaks != other.outbreaks).any():
        raise BadInput("Two models are compared on the same windows.")
    _, place = np.unique(one.outbreaks, return_inverse=True)
    mine, theirs = np.bincount(place, weights=one.crps), np.bincount(place, weights=other.crps)
    if not theirs.sum():
        return 1.0, 1.0, 1.0
    drawn = np.random.default_rng(seed).integers(len(mine), size=(_RESAMPLED, len(mine)))
    below = np.maximum(theirs[drawn].sum(axis=1), 1e-12)
    low, high = np.quantile(mine[drawn].sum(axis=1) / below, [0.025, 0.975])
    return float(mine.sum() / theirs.sum()), float(low), float(high)


def _joined(folds: Sequence[Scored]) -> Scored:
    def whole(name: str) -> Array:
        return np.concatenate([getattr(one, name) for one in folds])

    return Scored(
        model=folds[0].model,
        crps=whole("crps"),
        wis=whole("wis"),
        energy=whole("energy"),
        within80=whole("within80"),
        within95=whole("within95"),
        pit=whole("pit"),
        outbreaks=np.concatenate([one.outbreaks for one in folds]),
    )
