"""ABC finds the parameters that curves were simulated with, as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from vedette.errors import BadInput
from vedette.spread.calibrate import priors as prior
from vedette.spread.calibrate.abc import How, posterior, summaries
from vedette.spread.calibrate.bank import BankWish, make_bank
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import Graph, graph_of

SEEN = 14


@pytest.fixture(scope="module")
def graph() -> Graph:
    chance = np.random.default_rng(4)
    ends = chance.integers(200, size=(1200, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    return graph_of(200, ends[:, 0], ends[:, 1], 0.06, 0.15)


def test_the_posterior_of_the_links_covers_the_truth_as_often_as_it_says(graph: Graph) -> None:
    """50 outbreaks: an 80 % interval covers between binomial limits, which it would miss once in 1,000 times."""
    bank = make_bank(graph, Priors(entries=(3, 6)), BankWish(curves=2000, days=SEEN, seed=1))
    truths = make_bank(graph, Priors(entries=(3, 6)), BankWish(curves=50, days=SEEN, seed=2, together=1))
    log = np.log(bank.parameters[:, [prior.LINKS]])
    left = posterior(summaries(bank.counts), log, summaries(truths.counts), How())
    drawn = left.draws(400, 0)[:, :, 0]
    truth = np.log(truths.parameters[:, prior.LINKS])
    low, high = np.quantile(drawn, [0.1, 0.9], axis=1)
    least, most = binom.ppf([0.0005, 0.9995], 50, 0.8)
    assert least <= ((low <= truth) & (truth <= high)).sum() <= most
    assert (high - low).mean() < 0.8 * 2 * 1.28 * Priors().links[1], "the curves said nothing beyond the prior"
    assert np.corrcoef(drawn.mean(axis=1), truth)[0, 1] > 0.6


def test_the_adjustment_is_exact_where_the_regression_is_true() -> None:
    """theta ~ N(0, 1), s | theta ~ N(theta, 1): the posterior given s is N(s / 2, 1 / 2)."""
    chance = np.random.default_rng(0)
    theta = chance.standard_normal((40_000, 1))
    bank = theta + chance.standard_normal(theta.shape)
    seen = np.array([[0.0], [1.5]])
    drawn = posterior(bank, theta, seen, How(accepted=25_000, ridge=0)).draws(4000, 1)[:, :, 0]
    assert drawn.mean(axis=1) == pytest.approx([0, 0.75], abs=0.05)
    assert drawn.var(axis=1) == pytest.approx([0.5, 0.5], abs=0.05)
    plain = posterior(bank, theta, seen, How(accepted=25_000, adjusted=False)).draws(4000, 1)[:, :, 0]
    assert abs(plain[1].mean() - 0.75) > 0.1
    assert plain[0].var() > 0.55


def test_a_bank_that_is_too_small_is_refused() -> None:
    with pytest.raises(BadInput, match="too small"):
        posterior(np.zeros((5, 10)), np.zeros((5, 1)), np.zeros((1, 10)), How())
    with pytest.raises(BadInput, match="as many"):
        posterior(np.zeros((5, 3)), np.zeros((4, 1)), np.zeros((1, 3)), How())
