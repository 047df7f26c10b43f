import sys

import numpy as np
import pytest

from vedette.engines import denoising, diffusion, diffusion_hosts
from vedette.engines.denoising import Recipe
from vedette.errors import Cancelled, MissingExtra
from vedette.spread.forecast.contract import Lessons

WITHOUT = "torch is not installed (extra diffusion): nothing of diffusion is tested but that it says so"
NOTHING = np.zeros((0, 4), dtype=np.float32)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason=WITHOUT)


@pytest.mark.parametrize(
    "ask",
    [
        denoising.library,
        lambda: diffusion.learn(Lessons(2, NOTHING)),
        lambda: diffusion.load({"seen": np.array(2)}),
        lambda: diffusion_hosts.load({}),
    ],
)
def test_without_torch_the_extra_is_named(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        MissingExtra, match=r"torch is not installed; install it with: pip install 'vedette\[diffusion\]'"
    ):
        ask()


def _linear(weights, noised, times, condition):
    """For jointly normal samples the best v is linear in what is noised and in the condition, at each time."""
    torch = denoising.library()
    read = torch.cat([noised, condition, denoising.time_features(times)], dim=1)
    hidden = torch.nn.functional.silu(read @ weights["in"] + weights["bias"])
    return torch.nn.functional.silu(hidden @ weights["mid"]) @ weights["out"]


def _weights():
    chance = denoising.generator(3)
    return {
        "in": denoising.linear((3 + denoising.TIMES, 64), chance),
        "bias": denoising.zeros(64),
        "mid": denoising.linear((64, 64), chance),
        "out": denoising.linear((64, 2), chance, 0.0),
    }


def _gaussian(chance):
    """Two numbers around (c, -c / 2), c in -1..1, of standard deviations 0.8 and 0.6, whose correlation is 0.75."""
    torch = denoising.library()
    condition = 2 * torch.rand((256, 1), generator=chance) - 1
    one, other = torch.randn((2, 256, 1), generator=chance)
    off = torch.cat([0.8 * one, 0.6 * (0.75 * one + (1 - 0.75**2) ** 0.5 * other)], dim=1)
    return torch.cat([condition, -condition / 2], dim=1) + off, condition


def test_samples_follow_the_conditional_distribution_that_was_learned(torch):
    weights = _weights()
    with denoising.one_thread():
        losses = denoising.fit(_linear, weights, _gaussian, Recipe(700, rate=6e-3))
        noise = denoising.noise((5_000, 2), denoising.generator(4))
        for condition in (-0.8, 0.5):
            drawn = denoising.denoise(_linear, weights, noise, torch.full((5_000, 1), condition)).numpy()
            assert drawn.mean(axis=0) == pytest.approx([condition, -condition / 2], abs=0.07)
            assert drawn.std(axis=0) == pytest.approx([0.8, 0.6], rel=0.12)
            assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(0.75, abs=0.07)
    assert np.mean(losses[-100:]) < 0.85 * np.mean(losses[:20])


def test_the_same_seed_learns_the_same(torch):
    first, second, other = _weights(), _weights(), _weights()
    for weights, seed in ((first, 1), (second, 1), (other, 2)):
        denoising.fit(_linear, weights, _gaussian, Recipe(5, seed=seed))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["in"], other["in"])


def test_noise_alone_is_left_as_it_is_by_a_network_that_says_nothing(torch):
    """v is 0 where sample and noise are independent standard normal numbers."""
    noise = denoising.noise((50, 3), denoising.generator(1))
    drawn = denoising.denoise(lambda weights, noised, times, condition: 0 * noised, {}, noise, None).numpy()
    noise = noise.numpy()
    assert drawn.std() == pytest.approx(noise.std(), rel=0.1)
    assert np.corrcoef(drawn.ravel(), noise.ravel())[0, 1] == pytest.approx(1)


def test_learning_can_be_watched_and_stopped(torch):
    heard = []
    denoising.fit(_linear, _weights(), _gaussian, Recipe(3, told=lambda done, total: heard.append((done, total))))
    assert heard == [(0, 3), (3, 3)]
    with pytest.raises(Cancelled):
        denoising.fit(_linear, _weights(), _gaussian, Recipe(3, cancelled=lambda: True))


def test_the_threads_of_others_are_left_alone(torch):
    before = torch.get_num_threads()
    with denoising.one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
