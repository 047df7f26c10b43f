"""Every host: on a small network of which half falls sooner than the mechanism says, the other half later."""

from dataclasses import replace

import numpy as np
import pytest

from vedette.engines import denoising, diffusion_hosts
from vedette.engines.diffusion_hosts import HostLessons, HostWindow, decode, encode, host_features, outcome_of
from vedette.errors import BadInput
from vedette.spread.graph import graph_of

HOSTS, DAYS = 24, 3
CHANCE = np.linspace(0.05, 0.7, HOSTS, dtype=np.float32)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is not installed (extra diffusion): its hosts are not tested")


def _graph(order=None):
    """A ring, and a link from each host to the fourth after it; `order` says which number each host has."""
    hosts = np.arange(HOSTS)
    number = hosts if order is None else order
    ends = np.concatenate([hosts, hosts]), np.concatenate([(hosts + 1) % HOSTS, (hosts + 4) % HOSTS])
    return graph_of(HOSTS, number[ends[0]], number[ends[1]], 0.1 + 0.05 * (ends[0] % 3), 0.2)


def _window(seed, together=0.0, wrong=0.0):
    """Hosts 0 and 1 are compromised before. The log-odds of the others are `wrong` in the half that the last feature
    names, and a normal number of that spread in all of them `together`."""
    chance = np.random.default_rng(seed)
    since = np.where(np.arange(HOSTS) < 2, 1.0, -1.0).astype(np.float32)
    odd = (np.arange(HOSTS) % 2).astype(np.float32)
    features = np.column_stack([host_features(_graph(), since, np.zeros(HOSTS)), odd]).astype(np.float32)
    by_day = np.stack([CHANCE * (day + 1) / DAYS for day in range(DAYS)])
    moved = wrong * (2 * odd - 1) + together * chance.standard_normal()
    odds = np.log(by_day / (1 - by_day)) + moved
    outcome = (chance.random(HOSTS) >= 1 / (1 + np.exp(-odds))).sum(axis=0)
    return HostWindow(features, by_day.astype(np.float32), np.where(since >= 0, -1, outcome).astype(np.int16))


@pytest.fixture(scope="module")
def model():
    pytest.importorskip("torch", reason="torch is not installed (extra diffusion): its hosts are not tested")
    windows = [_window(seed, together=1.5, wrong=1.0) for seed in range(150)]
    return diffusion_hosts.learn(HostLessons(_graph(), windows, updates=350, seed=1))


def test_an_outcome_comes_back_from_its_score():
    chance = np.random.default_rng(0)
    window = _window(1)
    for _ in range(20):
        scored = encode(window.outcome, window.chance, chance.random(HOSTS))
        assert (decode(scored[None], window.chance, window.outcome < 0)[0] == window.outcome).all()


def test_scores_are_standard_normal_where_the_probabilities_are_right():
    scores = np.array([encode(w.outcome, w.chance, np.random.default_rng(s).random(HOSTS)) for s, w in _many(400)])
    assert scores.mean() == pytest.approx(0, abs=0.05)
    assert scores.std() == pytest.approx(1, abs=0.05)
    early = [scores[row, host] for row, w in _many(400) for host in np.flatnonzero(w.outcome == 0)]
    assert np.mean(early) > 1


def _many(number):
    return [(seed, _window(seed)) for seed in range(number)]


def test_times_are_days_ahead():
    assert outcome_of(np.array([-0.5, 0.0, 0.9, 2.5, 3.0, np.inf], dtype=np.float32), 3).tolist() == [-1, 0, 0, 2, 3, 3]


def test_the_correction_finds_who_falls_sooner(model):
    window = _window(1000)
    corrected = model.corrected(_graph(), window.features, window.chance)
    odd = np.arange(HOSTS) % 2 == 1
    assert (corrected[-1] > window.chance[-1])[odd][4:].all()
    assert (corrected[-1] < window.chance[-1])[~odd][4:].all()
    assert (np.diff(corrected, axis=0) >= 0).all()


def test_samples_are_spread_as_outbreaks_are(model):
    """Whether many fall or few is shared by all hosts, which independent draws know nothing of."""
    window = _window(1001, together=1.5, wrong=1.0)
    drawn = model.outcomes(_graph(), window, 300, 1)
    assert drawn.shape == (300, HOSTS)
    assert (drawn[:, :2] == -1).all()
    corrected = model.corrected(_graph(), window.features, window.chance)
    alone = decode(np.random.default_rng(1).standard_normal((300, HOSTS)), corrected, window.outcome < 0)
    totals = [((outcomes >= 0) & (outcomes < DAYS)).sum(axis=1) for outcomes in (drawn, alone)]
    true = [((w.outcome >= 0) & (w.outcome < DAYS)).sum() for w in (_window(s, 1.5, 1.0) for s in range(2000, 2300))]
    assert totals[0].std() > 1.25 * totals[1].std()
    assert totals[0].mean() == pytest.approx(np.mean(true), rel=0.2)


def test_hosts_may_be_renumbered(model):
    window = _window(1002)
    noise = denoising.noise((4, HOSTS), denoising.generator(2))
    order = np.random.default_rng(3).permutation(HOSTS)
    there = np.argsort(order)
    renumbered = HostWindow(window.features[there], window.chance[:, there], window.outcome[there])
    graph = _graph(order)
    corrected = model.corrected(_graph(), window.features, window.chance)
    assert model.corrected(graph, renumbered.features, renumbered.chance) == pytest.approx(
        corrected[:, there], abs=1e-4
    )
    same = model.outcomes_of(graph, renumbered, noise[:, there]) == model.outcomes_of(_graph(), window, noise)[:, there]
    assert same.mean() > 0.98  # a sum in another order may move one across the border of a day


def test_what_is_kept_draws_the_same(model):
    again = diffusion_hosts.load(dict(model.arrays()))
    window = _window(1003)
    assert (again.outcomes(_graph(), window, 10, 5) == model.outcomes(_graph(), window, 10, 5)).all()
    with pytest.raises(BadInput, match="damaged"):
        diffusion_hosts.load({})


def test_an_untaught_model_is_the_mechanism(torch):
    model = diffusion_hosts.learn(HostLessons(_graph(), [_window(1)], updates=0))
    window = _window(2)
    assert model.corrected(_graph(), window.features, window.chance) == pytest.approx(window.chance, abs=1e-4)
    drawn = model.outcomes(_graph(), window, 4000, 1)
    assert (drawn < DAYS).mean(axis=0)[2:] == pytest.approx(window.chance[-1][2:], abs=0.06)


def test_nothing_to_learn_from_is_refused(torch):
    with pytest.raises(BadInput, match="no outbreaks to learn from"):
        diffusion_hosts.learn(replace(HostLessons(_graph(), []), seed=2))
