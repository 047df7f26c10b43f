"""A small perceptron and how it learns, in numpy: what a dozen days of counts need, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vedette.errors import Cancelled

Array = npt.NDArray[np.float32]
Layers = tuple[tuple[Array, Array], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """How it learns: `updates` of `batch` rows each, with Adam (Kingma and Ba 2015) at `rate`, which falls to 0 along a
    cosine. `told` hears how many updates were made; once `cancelled()` says so, Cancelled is raised."""

    updates: int
    rate: float
    batch: int = 256
    told: Callable[[int], None] = lambda done: None
    cancelled: Callable[[], bool] = lambda: False


def begin(sizes: tuple[int, ...], chance: np.random.Generator) -> Layers:
    """Layers of random weights (He et al. 2015); the last one begins at 0."""
    layers = []
    for place, (width, height) in enumerate(pairwise(sizes)):
        spread = 0.0 if place == len(sizes) - 2 else np.sqrt(2 / width)
        weights = (spread * chance.standard_normal((width, height))).astype(np.float32)
        layers.append((weights, np.zeros(height, dtype=np.float32)))
    return tuple(layers)


def forward(layers: Layers, rows: Array) -> list[Array]:
    """What each layer gives, the input first, the output last: rectified but the last one's."""
    given = [rows]
    for place, (weights, bias) in enumerate(layers):
        out = given[-1] @ weights + bias
        given.append(out if place == len(layers) - 1 else np.maximum(out, 0))
    return given


def backward(layers: Layers, given: list[Array], slope: Array) -> list[Array]:
    """The gradients of weights and bias of every layer, from the `slope` of the loss at the output."""
    found: list[Array] = []
    for place in range(len(layers) - 1, -1, -1):
        found = [given[place].T @ slope, slope.sum(axis=0), *found]
        if place:
            slope = (slope @ layers[place][0].T) * (given[place] > 0)
    return found


def learn(
    layers: Layers,
    rows: int,
    slope_of: Callable[[Layers, npt.NDArray[np.int64]], list[Array]],
    course: Course,
    chance: np.random.Generator,
) -> Layers:
    """Layers after `course`; `slope_of(layers, chosen)` gives the gradients on some of the `rows`. Raises Cancelled."""
    from threadpoolctl import threadpool_limits

    # Products this small are over before a second thread has begun: waiting for it took 20 times the time.
    with threadpool_limits(1, "blas"):
        return _descended(layers, rows, slope_of, course, chance)


def _descended(
    layers: Layers,
    rows: int,
    slope_of: Callable[[Layers, npt.NDArray[np.int64]], list[Array]],
    course: Course,
    chance: np.random.Generator,
) -> Layers:
    now = [part.copy() for layer in layers for part in layer]
    first, second = [np.zeros_like(part) for part in now], [np.zeros_like(part) for part in now]
    for step in range(course.updates):
        if course.cancelled():
            raise Cancelled("The training of the model was stopped.")
        chosen = chance.integers(rows, size=min(course.batch, rows))
        slopes = slope_of(_paired(now), chosen)
        rate = course.rate * 0.5 * (1 + np.cos(np.pi * step / course.updates))
        unbias = np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        for place, slope in enumerate(slopes):
            first[place] += np.float32(0.1) * (slope - first[place])
            second[place] += np.float32(0.001) * (slope**2 - second[place])
            now[place] -= np.float32(rate * unbias) * first[place] / (np.sqrt(second[place]) + np.float32(1e-8))
        course.told(step + 1)
    return _paired(now)


def _paired(parts: list[Array]) -> Layers:
    return tuple(zip(parts[::2], parts[1::2], strict=True))
