"""Bands cover what they promise, whatever the model; with few curves they say that they may not."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.errors import BadInput
from vedette.spread.calibrate.conformal import stretch

CHANCE = np.random.default_rng(3)


def _curves(number: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts of very different sizes, and samples `spread` times as wide as they should be."""
    size = np.exp(CHANCE.normal(6, 1.0, (number, 1)))
    truth = size + np.sqrt(size) * 2 * CHANCE.normal(size=(number, 4))
    paths = size[:, None] + spread * np.sqrt(size)[:, None] * 2 * CHANCE.normal(size=(number, 100, 4))
    return np.maximum(paths, 0), np.maximum(truth, 0).round()


def _covered(paths: np.ndarray, truth: np.ndarray, level: float) -> float:
    low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return float(((low <= truth) & (truth <= high)).mean())


@pytest.mark.parametrize("spread", [0.4, 1.0, 1.7])
def test_bands_cover_what_they_promise(spread: float) -> None:
    bands = stretch(*_curves(1500, spread))
    paths, truth = _curves(2000, spread)
    if spread != 1:
        assert abs(_covered(paths, truth, 0.8) - 0.8) > 0.09
    assert _covered(bands.apply(paths), truth, 0.8) == pytest.approx(0.8, abs=0.03)
    assert _covered(bands.apply(paths), truth, 0.95) == pytest.approx(0.95, abs=0.02)


def test_over_many_small_calibrations_the_promise_holds_on_average() -> None:
    """The theorem is about the mean over calibrations: at least the level, not much more."""
    within = []
    for _ in range(150):
        bands = stretch(*_curves(39, 0.6))
        paths, truth = _curves(40, 0.6)
        within.append(_covered(bands.apply(paths), truth, 0.8))
    assert 0.78 <= np.mean(within) <= 0.84


def test_paths_keep_their_order_and_their_median() -> None:
    bands = stretch(*_curves(300, 0.5))
    paths, _ = _curves(20, 0.5)
    new = bands.apply(paths)
    assert (np.diff(np.take_along_axis(new, np.argsort(paths, axis=1), axis=1), axis=1) >= -1e-4).all()
    assert np.median(new, axis=1) == pytest.approx(np.median(paths, axis=1), rel=1e-3, abs=1e-2)
    assert new.min() >= 0


def test_many_that_die_out_do_not_narrow_the_bands_of_the_others() -> None:
    def mixed(number: int) -> tuple[np.ndarray, np.ndarray]:
        paths, truth = _curves(number, 0.5)
        dead = np.arange(number) % 3 > 0
        paths[dead], truth[dead] = 0, 0
        return paths, truth

    bands = stretch(*mixed(900))
    paths, truth = mixed(900)
    assert _covered(bands.apply(paths)[::3], truth[::3], 0.8) == pytest.approx(0.8, abs=0.06)


def test_with_few_outbreaks_bands_are_only_widened_and_it_is_said() -> None:
    paths, truth = _curves(60, 1.7)
    few = stretch(paths, truth, np.arange(60) % 10)
    assert few.holds(0.8)
    assert not few.holds(0.95)
    assert (few.factors[:, 1] >= 1).all()
    assert stretch(paths, truth).holds(0.95)


def test_nothing_to_calibrate_on_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one curve"):
        stretch(np.zeros((0, 10, 3)), np.zeros((0, 3)))
