"""Whether hashes can pass for chances: the tests of Knuth's second volume that a poor mixing of keys fails."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import chi2, kstest, norm

from vedette.spread.kernels.chance import LINKS, RECOVERIES, again, exponential, minus_log, stream, uniform
from vedette.spread.kernels.compiled import kernel

WORLDS, KEYS = 1000, 1000
Floats = npt.NDArray[np.float64]
WIDEST = float(norm.isf(5e-6))  # standard errors: chance less than once in 100,000


@kernel
def draw(seed: np.uint64, kind: int, drawn: Floats) -> None:
    for world in range(drawn.shape[0]):
        here = stream(seed, world, kind)
        for key in range(drawn.shape[1]):
            drawn[world, key] = uniform(here, key)


@kernel
def draw_again(seed: np.uint64, drawn: Floats) -> None:
    here = stream(seed, 0, LINKS)
    for key in range(drawn.shape[0]):
        for count in range(drawn.shape[1]):
            drawn[key, count] = uniform(again(here, key), count)


@kernel
def wait(seed: np.uint64, drawn: Floats) -> None:
    here = stream(seed, 0, LINKS)
    for key in range(len(drawn)):
        drawn[key] = exponential(here, key)


@kernel
def logs(given: Floats, taken: Floats) -> None:
    for place in range(len(given)):
        taken[place] = minus_log(given[place])


@pytest.fixture(scope="module", params=[(0, LINKS), (1, LINKS), (2**63, RECOVERIES), (-1, LINKS)])
def drawn(request: pytest.FixtureRequest) -> Floats:
    seed, kind = request.param
    table = np.empty((WORLDS, KEYS))
    draw(np.uint64(seed % 2**64), kind, table)
    return table


def test_numbers_are_uniform(drawn: Floats) -> None:
    assert drawn.min() >= 0
    assert drawn.max() < 1
    for way in (drawn.ravel(), drawn[:, 0], drawn[0]):
        assert kstest(way, "uniform").pvalue > 1e-5
    low = np.floor(drawn * 2**40) % 64  # the bits below those that a coarse test sees
    counts = np.bincount(low.astype(np.int64).ravel(), minlength=64)
    assert chi2.sf(((counts - low.size / 64) ** 2 / (low.size / 64)).sum(), 63) > 1e-5


@pytest.mark.parametrize("lag", [1, 2, 8, 64])
def test_neighbours_have_nothing_to_do_with_each_other(drawn: Floats, lag: int) -> None:
    """Of worlds, of keys, and of both: correlation, and how pairs fall into a table of 32 x 32."""
    for one, other in (
        (drawn[lag:], drawn[:-lag]),
        (drawn[:, lag:], drawn[:, :-lag]),
        (drawn[lag:, lag:], drawn[:-lag, :-lag]),
    ):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) * np.sqrt(one.size) < WIDEST
        cells = np.bincount((np.floor(one * 32) * 32 + np.floor(other * 32)).astype(np.int64).ravel(), minlength=1024)
        assert chi2.sf(((cells - one.size / 1024) ** 2 / (one.size / 1024)).sum(), 1023) > 1e-5


def test_sums_of_a_world_and_of_a_key_spread_as_they_should(drawn: Floats) -> None:
    for axis, number in ((0, WORLDS), (1, KEYS)):
        sums = (drawn.sum(axis=axis) - number / 2) / np.sqrt(number / 12)
        assert kstest(sums, "norm").pvalue > 1e-5


def test_seeds_and_kinds_have_nothing_to_do_with_each_other() -> None:
    tables = [np.empty((300, 300)) for _ in range(3)]
    for table, (seed, kind) in zip(tables, ((5, LINKS), (6, LINKS), (5, RECOVERIES)), strict=True):
        draw(np.uint64(seed), kind, table)
    together = np.corrcoef([table.ravel() for table in tables]) - np.eye(3)
    assert np.abs(together).max() * 300 < WIDEST


def test_a_key_drawn_many_times() -> None:
    table = np.empty((300, 300))
    draw_again(np.uint64(1), table)
    assert kstest(table.ravel(), "uniform").pvalue > 1e-5
    assert abs(np.corrcoef(table[1:].ravel(), table[:-1].ravel())[0, 1]) * 300 < WIDEST


def test_waiting_times_are_exponential() -> None:
    waits = np.empty(200_000)
    wait(np.uint64(1), waits)
    assert kstest(waits, "expon").pvalue > 1e-5
    assert waits.min() >= 0


def test_logarithms_are_as_precise_as_float32_everywhere() -> None:
    given = np.concatenate([1 - np.logspace(-15.9, -1, 3000), np.linspace(1e-9, 1, 10_000, endpoint=False), [2.0**-53]])
    taken = np.empty_like(given)
    logs(given, taken)
    assert np.abs(taken / -np.log(given) - 1).max() < 2**-24
