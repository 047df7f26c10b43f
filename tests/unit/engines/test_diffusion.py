"""Curves: what follows is known here, so that paths can be held against it."""

import numpy as np
import pytest

from vedette.engines import diffusion
from vedette.errors import BadInput
from vedette.spread.forecast.contract import CurveKind, Lessons, from_bytes, to_bytes
from vedette.spread.forecast.scores import coverage, crps

torch = pytest.importorskip("torch", reason="torch is not installed (extra diffusion): its curves are not tested")
KINDS = {diffusion.KIND: CurveKind(diffusion.KIND, diffusion.learn, diffusion.load)}


def _windows(number, seed, wave=0.0):
    """4 days seen and 3 ahead of outbreaks that grow or shrink at a rate of their own, which in some falls by a third
    after the fourth day."""
    chance = np.random.default_rng(seed)
    rate = chance.uniform(0.8, 1.3, (number, 1))
    later = np.where(chance.random((number, 1)) < wave, 0.67 * rate, rate)
    means = 20 * np.concatenate([rate ** np.arange(4), rate**3 * later ** np.arange(1, 4)], axis=1)
    return chance.poisson(means).astype(np.float32)


@pytest.fixture(scope="module")
def short():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(diffusion, "UPDATES", 200)
        yield


@pytest.fixture(scope="module")
def model(short):
    return diffusion.learn(Lessons(4, _windows(2000, 1), seed=1))


def test_paths_are_a_forecast(model):
    truth = _windows(150, 2)
    paths = model.paths(truth[:, :4], 100, 0)
    assert paths.shape == (150, 100, 3)
    assert paths.dtype == np.float32
    assert (paths >= 0).all()
    assert 0.6 < coverage(paths, truth[:, 4:], 0.8).mean() < 0.9  # as it is; `banded` puts the rest right
    persistence = np.repeat(truth[:, None, 3:4], 3, axis=2)
    assert crps(paths, truth[:, 4:]).mean() < 0.75 * crps(persistence, truth[:, 4:]).mean()


def test_history_teaches_what_the_simulator_does_not_know(model, short):
    taught = diffusion.learn(Lessons(4, _windows(2000, 1), history=_windows(600, 3, wave=1.0), seed=1))
    truth = _windows(100, 4, wave=1.0)
    scored = [crps(one.paths(truth[:, :4], 100, 0), truth[:, 4:]).mean() for one in (model, taught)]
    assert scored[1] < 0.75 * scored[0]


def test_what_is_kept_draws_the_same_paths(model):
    seen = _windows(5, 6)[:, :4]
    again = from_bytes(to_bytes(model), KINDS)
    assert again.kind == model.kind == "diffusion"
    assert (again.paths(seen, 20, 3) == model.paths(seen, 20, 3)).all()
    assert (again.paths(seen, 20, 4) != model.paths(seen, 20, 3)).any()


def test_a_window_is_forecast_alike_whatever_else_is_asked(model):
    seen = _windows(6, 7)[:, :4]
    assert model.paths(seen, 20, 3)[2:3] == pytest.approx(model.paths(seen[2:3], 20, 3), rel=1e-3, abs=1e-3)


def test_too_small_a_bank_is_refused():
    with pytest.raises(BadInput, match="a bank of 200"):
        diffusion.learn(Lessons(4, _windows(20, 1)))


def test_a_damaged_model_is_refused(model):
    with pytest.raises(BadInput, match="damaged"):
        diffusion.load({name: array for name, array in model.arrays().items() if name != "centre"})
