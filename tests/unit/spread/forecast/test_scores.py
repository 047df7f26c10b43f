"""Scores against formulas worked out by hand and known distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, norm

from vedette.errors import BadInput
from vedette.spread.forecast import scores

CHANCE = np.random.default_rng(0)


def test_crps_of_a_normal_is_the_closed_form() -> None:
    """Gneiting and Raftery 2007, eq. 21 and the formula under it."""
    sample = norm.ppf((np.arange(4000) + 0.5) / 4000)[None, :, None]
    for y in (-1.5, 0.0, 0.7):
        exact = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / math.sqrt(math.pi)
        assert scores.crps(sample, [[y]])[0, 0] == pytest.approx(exact, abs=1e-3)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.floats(0, 100))
@settings(max_examples=60)
def test_crps_is_its_definition(sample: list[float], y: float) -> None:
    drawn = np.array(sample)
    exact = np.abs(drawn - y).mean() - np.abs(drawn[:, None] - drawn).mean() / 2
    assert scores.crps(drawn[None, :, None], [[y]])[0, 0] == pytest.approx(exact, abs=1e-9)


def test_crps_rewards_the_truth() -> None:
    truth = CHANCE.normal(size=(3000, 1))
    means = [scores.crps(CHANCE.normal(shift, scale, (3000, 60, 1)), truth).mean() for shift, scale in WRONG]
    assert min(means) == means[0]


WRONG = ((0.0, 1.0), (0.5, 1.0), (0.0, 2.0), (0.0, 0.4))


def test_wis_of_one_interval_by_hand() -> None:
    """Median 5 and the 80 % interval 1 to 9 of samples 0..10; truth 12: (0.5 * 7 + 0.1 * 8 + 3) / 1.5."""
    sample = np.arange(11.0)[None, :, None]
    assert scores.wis(sample, [[12.0]], (0.2,))[0, 0] == pytest.approx((0.5 * 7 + 0.1 * 8 + 3) / 1.5)


def test_wis_approaches_crps_with_many_intervals() -> None:
    """Bracher et al. 2021: with levels evenly spread, the WIS tends to the CRPS."""
    sample = norm.ppf((np.arange(2000) + 0.5) / 2000)[None, :, None]
    levels = tuple(np.arange(1, 100) / 100)
    assert scores.wis(sample, [[0.8]], levels)[0, 0] == pytest.approx(scores.crps(sample, [[0.8]])[0, 0], rel=0.02)


def test_energy_is_crps_on_one_day_and_does_not_mind_the_order() -> None:
    paths, truth = CHANCE.gamma(2, size=(5, 40, 1)), CHANCE.gamma(2, size=(5, 1))
    assert scores.energy(paths, truth) == pytest.approx(scores.crps(paths, truth)[:, 0])
    longer = CHANCE.gamma(2, size=(5, 40, 7))
    there = scores.energy(longer, np.ones((5, 7)))
    assert scores.energy(np.sort(longer[:, ::-1], axis=1)[:, CHANCE.permutation(40)], np.ones((5, 7))) != pytest.approx(
        there
    )
    assert scores.energy(longer[:, CHANCE.permutation(40)], np.ones((5, 7))) == pytest.approx(there)


def test_coverage_and_pit_of_the_truth() -> None:
    rate = CHANCE.gamma(3, 2, size=(4000, 1))
    truth, paths = CHANCE.poisson(rate), CHANCE.poisson(rate[:, :, None], (4000, 99, 1))
    assert kstest(scores.pit(paths, truth)[:, 0], "uniform").pvalue > 0.01
    assert kstest(scores.pit(paths, truth + 1)[:, 0], "uniform").pvalue < 1e-6
    normal = CHANCE.normal(size=(4000, 99, 2))
    assert scores.coverage(normal, CHANCE.normal(size=(4000, 2)), 0.8) == pytest.approx([0.8, 0.8], abs=0.03)


def test_brier_and_reliability_by_hand() -> None:
    assert scores.brier([0.2, 0.2, 0.9], [0, 1, 1]) == pytest.approx((0.04 + 0.64 + 0.01) / 3)
    parts = scores.reliability([0.11, 0.15, 0.95, 1.0], [0, 1, 1, 1])
    assert [(round(part.said, 3), part.happened, part.number) for part in parts] == [(0.13, 0.5, 2), (0.975, 1.0, 2)]


def test_recall() -> None:
    assert scores.recall_at([3, 1, 2, 0], [0, 1, 1, 0], 2) == 0.5
    assert math.isnan(scores.recall_at([3, 1], [0, 0], 1))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="truth"):
        scores.crps(np.zeros((2, 5, 3)), np.zeros((2, 4)))
    with pytest.raises(BadInput, match="probability"):
        scores.brier([1.2], [1])
