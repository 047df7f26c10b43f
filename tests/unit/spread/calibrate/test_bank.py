"""The bank: the same for the same seed, as it would be observed, and never silently of something else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vedette.errors import BadInput, Cancelled
from vedette.spread.calibrate import priors as prior
from vedette.spread.calibrate.bank import BankWish, curve_of, cut, graph_digest, make_bank
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import graph_of

RING = graph_of(60, range(60), [(host + 1) % 60 for host in range(60)], 1.0, 0.1)
WISH = BankWish(curves=60, days=12, seed=7)


def test_same_seed_same_bank_and_its_lineage() -> None:
    bank, again = make_bank(RING, Priors(), WISH), make_bank(RING, Priors(), WISH)
    assert (bank.counts == again.counts).all()
    assert (bank.parameters == again.parameters).all()
    assert bank.counts.shape == (60, 12)
    assert (make_bank(RING, Priors(), replace(WISH, seed=8)).counts != bank.counts).any()
    assert bank.lineage["graph"] == graph_digest(RING)
    assert "0.8" in bank.lineage["priors"]


def test_day_0_is_the_first_detection() -> None:
    counts = make_bank(RING, Priors(detection=(0.3, 0.4)), WISH).counts
    assert (counts[:, 0] > 0).all()


def test_detection_thins_and_waves_slow() -> None:
    every = make_bank(RING, Priors(detection=(1.0, 1.0)), WISH)
    few = make_bank(RING, Priors(detection=(0.3, 0.3)), WISH)
    assert few.counts.sum() < 0.6 * every.counts.sum()
    wave = Priors(detection=(1.0, 1.0), wave=1.0, wave_day=(2.0, 2.0), wave_left=(0.0, 0.0))
    halted = make_bank(RING, wave, replace(WISH, lead=1))
    assert halted.counts[:, 3:].sum() == 0
    assert np.isfinite(halted.parameters[:, prior.WAVE_DAY]).all()


def test_entries_come_from_their_places() -> None:
    line = graph_of(4, [0], [1], 1e-6)
    counts = make_bank(line, Priors(entries=(2, 2), places=(2, 3), detection=(1.0, 1.0)), WISH).counts
    assert (counts[:, 0] == 2).all()


@pytest.mark.parametrize(
    ("priors", "said"),
    [
        (Priors(links=(0.0, 1.0)), "links"),
        (Priors(detection=(0.0, 0.0)), "shares"),
        (Priors(detection=(0.9, 0.3)), "detection"),
        (Priors(entries=(1, 100)), "1 to 60 hosts"),
        (Priors(entries=(1, 1), places=(60,)), "outside"),
        (Priors(wave=1.5), "shares"),
    ],
)
def test_priors_that_nothing_can_be_drawn_from(priors: Priors, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        make_bank(RING, priors, WISH)


def test_cancelled() -> None:
    with pytest.raises(Cancelled):
        make_bank(RING, Priors(), replace(WISH, cancelled=lambda: True))


def test_curves_of_incidents_and_windows() -> None:
    with pytest.raises(BadInput, match="at least one incident"):
        curve_of([], 3)
    windows, rows = cut(np.arange(12, dtype=np.float32).reshape(2, 6), 2, 2, (1, 4, 5))
    assert windows.tolist() == [[0, 0, 1, 2], [0, 6, 7, 8], [2, 3, 4, 5], [8, 9, 10, 11]]
    assert rows.tolist() == [0, 1, 0, 1]
