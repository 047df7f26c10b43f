"""A perceptron that names the quantiles of every day ahead, and the Schaake shuffle, which makes paths of them.

It learns the quantiles together by the pinball loss (Koenker and Bassett 1978; multi-horizon as in Wen et al. 2017),
from the bank first and from the history after that: where the simulator is wrong, two thousand curves say so, and where
there are few, what was simulated stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.spread.forecast import net
from vedette.spread.forecast.contract import Arrays, CurveModel, Curves, Lessons, check

LEVELS = ((np.arange(24) + 0.5) / 24).astype(np.float32)
_HIDDEN = (96, 96)
_MEMBERS = 3
_UPDATES, _RATE = 1000, 2e-3
_FINE_EPOCHS, _FINE_UPDATES, _FINE_RATE = 60, 500, 3e-4  # more, and 2,000 curves are learned by heart
_RANKS = 1024
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """`members` of an ensemble, whose quantiles are averaged on the scale of square roots; `mean` and `spread` of the
    features; `ranks` (r, K): how high past truths stood within their forecasts, day by day, 0..1."""

    members: tuple[net.Layers, ...]
    mean: Array
    spread: Array
    ranks: Array
    kind: str = "quantiles"

    def quantiles(self, seen: Curves) -> Array:
        """Of the counts of each day ahead, at `LEVELS`, increasing: (n, K, 24)."""
        features, level = _features(seen)
        rows = (features - self.mean) / self.spread
        out = np.mean([net.forward(layers, rows)[-1] for layers in self.members], axis=0)
        roots = (
            np.sort(np.maximum(out.reshape(len(rows), out.shape[1] // len(LEVELS), len(LEVELS)), 0), axis=2)
            * level[:, None, None]
        )
        return np.asarray(roots**2, dtype=np.float32)

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        """Quantiles in the order in which past truths stood within theirs: the Schaake shuffle (Clark et al. 2004),
        with the errors of forecasts as its template (Schefzik 2016)."""
        chance = np.random.default_rng(seed)
        chosen = self.ranks[chance.permutation(np.arange(max(samples, len(self.ranks))) % len(self.ranks))[:samples]]
        order = np.argsort(np.argsort(chosen + 1e-6 * chance.random(chosen.shape), axis=0), axis=0)
        points = (order + 0.5) / samples
        known = self.quantiles(seen)
        paths = np.empty((len(known), samples, known.shape[1]), dtype=np.float32)
        for day in range(known.shape[1]):
            paths[:, :, day] = _between(known[:, day], points[:, day])
        return paths

    def arrays(self) -> Arrays:
        layers = {
            f"layer.{one}.{depth}.{part}": array
            for one, member in enumerate(self.members)
            for depth, layer in enumerate(member)
            for part, array in enumerate(layer)
        }
        return {"mean": self.mean, "spread": self.spread, "ranks": self.ranks, **layers}


def learn(lessons: Lessons) -> CurveModel:
    """About 10 s on one core. Raises BadInput, Cancelled."""
    check(lessons)
    parts = [part for part in (lessons.bank, lessons.history) if len(part)]
    features, _ = _features(parts[0][:, : lessons.seen])
    mean, spread = features.mean(axis=0), features.std(axis=0) + np.float32(1e-6)
    members = tuple(_member(lessons, parts, (mean, spread), member) for member in range(_MEMBERS))
    model = Quantiles(members, mean, spread, np.zeros((1, lessons.ahead), dtype=np.float32))
    witnesses = parts[-1] if len(parts[-1]) >= _RANKS // 4 else parts[0]
    return Quantiles(members, mean, spread, _ranks(model, witnesses[-_RANKS:], lessons))


def load(arrays: Arrays) -> CurveModel:
    places = sorted(
        tuple(map(int, name.split(".")[1:3])) for name in arrays if name.startswith("layer.") and name[-1] == "0"
    )
    members = [
        tuple(
            (arrays[f"layer.{one}.{depth}.0"], arrays[f"layer.{one}.{depth}.1"])
            for other, depth in places
            if other == one
        )
        for one in sorted({member for member, _ in places})
    ]
    return Quantiles(tuple(members), arrays["mean"], arrays["spread"], arrays["ranks"])


def _member(lessons: Lessons, parts: list[Curves], scale: tuple[Array, Array], member: int) -> net.Layers:
    chance = np.random.default_rng((lessons.seed, member))
    layers: net.Layers = ()
    for place, windows in enumerate(parts):
        task = _Task.of(windows, lessons.seen, scale)
        if not place:
            layers = net.begin((task.rows.shape[1], *_HIDDEN, task.roots.shape[1] * len(LEVELS)), chance)
            bias = np.quantile(task.roots, LEVELS, axis=0).T.reshape(-1).astype(np.float32)
            layers = (*layers[:-1], (layers[-1][0], bias))
        updates = min(_FINE_UPDATES, 1 + _FINE_EPOCHS * len(windows) // 256) if place else _UPDATES

        def told(done: int, before: int = place * _UPDATES) -> None:
            lessons.told(member * (_UPDATES + _FINE_UPDATES) + before + done, _MEMBERS * (_UPDATES + _FINE_UPDATES))

        course = net.Course(updates, _FINE_RATE if place else _RATE, told=told, cancelled=lessons.cancelled)
        layers = net.learn(layers, len(task.rows), task.slopes, course, chance)
    return layers


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """Features of windows, what followed in units of their level, and how much each counts: as much as its level, which
    makes of an error of the root about one of the count."""

    rows: Array
    roots: Array
    weights: Array

    @classmethod
    def of(cls, windows: Curves, seen: int, scale: tuple[Array, Array]) -> _Task:
        features, level = _features(windows[:, :seen])
        roots = (np.sqrt(windows[:, seen:]) / level[:, None]).astype(np.float32)
        return cls((features - scale[0]) / scale[1], roots, level / level.mean())

    def slopes(self, layers: net.Layers, chosen: npt.NDArray[np.int64]) -> list[Array]:
        given = net.forward(layers, self.rows[chosen])
        out = given[-1].reshape(len(chosen), -1, len(LEVELS))
        above = self.roots[chosen][:, :, None] < out
        slope = np.where(above, 1 - LEVELS, -LEVELS) * (self.weights[chosen] / np.float32(len(chosen)))[:, None, None]
        return net.backward(layers, given, slope.reshape(len(chosen), -1))


def _features(seen: Curves) -> tuple[Array, Array]:
    """Square roots of the counts and of means of the last days, in units of their level; and the level (n)."""
    counts = np.asarray(seen, dtype=np.float32)
    means = np.column_stack([counts[:, -3:].mean(axis=1), counts[:, -7:].mean(axis=1), counts.mean(axis=1)])
    level = np.sqrt(1 + means[:, 1:].mean(axis=1))
    roots = np.sqrt(np.column_stack([counts, means])) / level[:, None]
    return np.column_stack([roots, np.log(level), 1 / level]).astype(np.float32), level.astype(np.float32)


def _ranks(model: Quantiles, windows: Curves, lessons: Lessons) -> Array:
    """How high what followed stood within its forecast, between equal quantiles by chance: (n, K)."""
    known, truth = model.quantiles(windows[:, : lessons.seen]), windows[:, lessons.seen :, None]
    chance = np.random.default_rng((lessons.seed, 99)).random(truth.shape[:2])
    below, equal = (known < truth).sum(axis=2), (known == truth).sum(axis=2)
    return np.asarray((below + chance * (equal + 1)) / (len(LEVELS) + 1), dtype=np.float32)


def _between(known: Array, points: npt.NDArray[np.float64]) -> Array:
    """Quantiles (n, 24) at other `points` (s), along straight lines, which go on beyond the ends: (n, s)."""
    at = points * len(LEVELS) - 0.5
    low = np.clip(np.floor(at).astype(np.int64), 0, len(LEVELS) - 2)
    part = (at - low).astype(np.float32)
    return np.asarray(np.maximum(known[:, low] * (1 - part) + known[:, low + 1] * part, 0))
