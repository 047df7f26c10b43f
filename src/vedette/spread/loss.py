"""What an outbreak costs: the weight of all hosts that are ever compromised, world by world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vedette.spread import reach
from vedette.spread.graph import Floats, Graph
from vedette.spread.outbreak import Outbreak, Reach, Run, Times
from vedette.spread.simulate import simulate

Doubles = npt.NDArray[np.float64]

_CELLS = 20_000_000  # times of hosts that are held at once: 80 MB


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with the interval that holds what it estimates 95 of 100 times."""

    mean: float
    low: float
    high: float


def estimate(values: Doubles, scales: Floats | None = None) -> Estimate:
    """The mean of worlds. Those with the same scales, of one draw from a posterior, are no independent witnesses: where
    there are several draws, the interval is that of the means of draws.

    >>> found = estimate(np.array([1.0, 3.0, 1.0, 3.0]))
    >>> found.mean, round(found.low, 2), round(found.high, 2)
    (2.0, 0.87, 3.13)
    """
    if scales is not None:
        _, draw = np.unique(scales, axis=0, return_inverse=True)
        if draw.max() > 0:
            values = np.bincount(draw.ravel(), weights=values) / np.bincount(draw.ravel())
    mean = float(values.mean())
    error = 1.96 * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    return Estimate(mean, float(mean - error), float(mean + error))


def losses(graph: Graph, outbreak: Outbreak, weights: Doubles, run: Run) -> Doubles:
    """The weight, float64 (n), of the hosts that are compromised in each world: float64 (worlds). Raises BadInput,
    Cancelled."""
    if reach.percolates(outbreak):
        return reach.losses(graph, outbreak, run, weights)
    if (weights == weights[0]).all():
        alike: Doubles = simulate(graph, outbreak, Reach(), run).sizes.astype(np.float64) * float(weights[0])
        return alike
    found = np.empty(run.worlds)
    rows = max(1, _CELLS // graph.hosts)
    for begin in range(0, run.worlds, rows):
        part = slice(begin, min(run.worlds, begin + rows))
        some = replace(
            run,
            worlds=part.stop - begin,
            first=run.first + begin,
            scales=None if run.scales is None else run.scales[part],
            told=lambda done, begin=begin: run.told(begin + done),  # type: ignore[misc]
        )
        found[part] = np.isfinite(simulate(graph, outbreak, Times(), some).days) @ weights
    return found
