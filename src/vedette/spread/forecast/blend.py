"""Two models as one: the quantiles of both are averaged, in the order of one's paths.

Averages of quantiles (Vincent 1912; Lichtendahl, Grushka-Cockayne and Winkler 2013) are sharper than mixtures, and what
two models got wrong in different ways goes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vedette.spread.forecast import mechanism, quantiles
from vedette.spread.forecast.contract import Arrays, CurveModel, Curves, Lessons


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """The quantile network, whose paths give the order, and the mechanism: analogs where there is history enough."""

    network: CurveModel
    other: CurveModel
    kind: str = "blend"

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        paths = np.sqrt(self.network.paths(seen, samples, seed))
        others = np.sqrt(np.sort(self.other.paths(seen, samples, seed), axis=1))
        order = np.argsort(np.argsort(paths, axis=1, kind="stable"), axis=1)
        return np.asarray(((paths + np.take_along_axis(others, order, axis=1)) / 2) ** 2, dtype=np.float32)

    def arrays(self) -> Arrays:
        network = {f"network.{name}": array for name, array in self.network.arrays().items()}
        other = {f"other.{name}": array for name, array in self.other.arrays().items()}
        return {**network, **other, "other.kind": np.array(self.other.kind)}


def learn(lessons: Lessons) -> CurveModel:
    """About 10 s on one core. Raises BadInput, Cancelled."""
    enough = len(lessons.history) >= mechanism.PLENTY or not len(lessons.bank)
    other = mechanism.learn_analogs(lessons) if enough else mechanism.learn_mechanism(lessons)
    return Blend(quantiles.learn(lessons), other)


def load(arrays: Arrays) -> CurveModel:
    def part(name: str) -> Arrays:
        return {key.removeprefix(f"{name}."): value for key, value in arrays.items() if key.startswith(f"{name}.")}

    other = part("other")
    made = mechanism.load_analogs if str(other["kind"]) == "analogs" else mechanism.load_mechanism
    return Blend(quantiles.load(part("network")), made(other))
