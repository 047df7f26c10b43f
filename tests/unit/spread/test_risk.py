"""Probabilities with their bands, against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from vedette.errors import Cancelled
from vedette.spread.graph import graph_of
from vedette.spread.outbreak import Outbreak
from vedette.spread.risk import Chances, bands, beta_band, hosts_at_risk, jewel_times, risk_of

ENTRY = np.array([0], dtype=np.int32)
PAIR = graph_of(2, [0], [1], [0.5])
KNOWN = np.ones((20, 2), dtype=np.float32)


def test_a_link_that_is_known_has_a_band_of_its_worlds_alone() -> None:
    # SI over one link of rate 0.5: P(by day t) = 1 - exp(-t / 2).
    risk = risk_of(PAIR, Outbreak(ENTRY, "SI"), 4, ENTRY + 1, Chances(KNOWN, 200, seed=3))
    exact = 1 - np.exp(-0.5 * np.arange(5))
    assert risk.mean[:, 1] == pytest.approx(exact, abs=4 * np.sqrt(0.25 / 4000))
    other, link = hosts_at_risk(risk, ("a", "b"), 10)
    assert (other.host, link.host) == ("a", "b")
    assert all(low <= p <= high for low, p, high in zip(link.low, link.probability, link.high, strict=True))
    assert link.high[4] - link.low[4] < 6 * np.sqrt(0.25 / 4000)
    (jewel,) = jewel_times(risk, ("a", "b"))
    assert jewel.never_low < np.exp(-2) < jewel.never_high
    assert jewel.median == pytest.approx(np.log(2) / 0.5, abs=0.2)
    assert jewel.p10 == pytest.approx(-np.log(0.9) / 0.5, abs=0.05)


def test_what_is_not_known_of_rates_widens_the_band() -> None:
    unsure = np.ones((40, 2), dtype=np.float32)
    unsure[:, 0] = np.exp(np.random.default_rng(1).normal(0, 0.8, 40))
    risk = risk_of(PAIR, Outbreak(ENTRY, "SI"), 2, ENTRY, Chances(unsure, 400, seed=3))
    each = 1 - np.exp(-1.0 * unsure[:, 0])
    assert risk.mean[2, 1] == pytest.approx(each.mean(), abs=0.02)
    assert np.sqrt(risk.between[2, 1]) == pytest.approx(each.std(ddof=1), rel=0.1)
    link = hosts_at_risk(risk, ("a", "b"), 10)[1]
    assert link.high[2] - link.low[2] > 0.5
    assert 0 <= link.sampling < 0.05


def test_totals_are_bands_of_the_worlds() -> None:
    counts = np.arange(1000, dtype=np.int32)[:, None].repeat(2, axis=1)
    low, high = bands(counts)[1].low80, bands(counts)[1].high80
    assert (low, high) == pytest.approx((99.9, 899.1))


def test_beta_bands_are_those_of_the_distribution() -> None:
    mean, variance = beta(3, 7).mean(), beta(3, 7).var()
    low, high = beta_band(np.array([mean]), np.array([variance]), (0.025, 0.975))
    assert [low[0], high[0]] == pytest.approx(beta(3, 7).ppf([0.025, 0.975]))


def test_a_host_that_is_never_reached_may_yet_fall() -> None:
    apart = graph_of(3, [0], [1], [0.5])
    risk = risk_of(apart, Outbreak(ENTRY), 3, ENTRY + 2, Chances(KNOWN, 50, seed=1))
    assert [one.host for one in hosts_at_risk(risk, ("a", "b", "c"), 10)] == ["a", "b"]
    (jewel,) = jewel_times(risk, ("a", "b", "c"))
    assert (jewel.never, jewel.never_high, jewel.p10) == (1.0, 1.0, None)
    assert jewel.never_low == pytest.approx(0.025 ** (1 / 1000), abs=1e-3)


def test_the_same_seed_gives_the_same_worlds() -> None:
    first, again, other = (
        risk_of(PAIR, Outbreak(ENTRY), 3, ENTRY, Chances(KNOWN, 30, seed=seed)) for seed in (1, 1, 2)
    )
    assert (first.total == again.total).all()
    assert (first.total != other.total).any()


def test_it_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        risk_of(PAIR, Outbreak(ENTRY), 3, ENTRY, Chances(KNOWN, 30, seed=1, cancelled=lambda: True))
