"""Models are tried on what came later, and promoted only where they are surely better and keep what they promise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from vedette.errors import BadInput, Cancelled
from vedette.spread.forecast.backtest import Scored, Trial, backtest, ratio, score
from vedette.spread.forecast.contract import Arrays, CurveKind, CurveModel, Curves, Lessons
from vedette.spread.forecast.drift import drift
from vedette.spread.forecast.kinds import KINDS
from vedette.spread.forecast.promote import compared, verdict

CHANCE = np.random.default_rng(6)
SEEN, AHEAD = 4, 3


@dataclass(frozen=True, eq=False)
class Told:
    """Normal paths about the mean of what is seen, `wide` times as wide as the truth, and off by `off`."""

    kind: str
    wide: float
    off: float

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        chance = np.random.default_rng(seed)
        noise = 3 * self.wide * chance.standard_normal((len(seen), samples, AHEAD))
        return np.maximum(seen.mean(axis=1)[:, None, None] + self.off + noise, 0).astype(np.float32)

    def arrays(self) -> Arrays:
        return {}


LESSONS: list[Lessons] = []


def _kind(name: str, wide: float = 1.0, off: float = 0.0, baseline: bool = False) -> CurveKind:
    def learn(lessons: Lessons) -> CurveModel:
        LESSONS.append(lessons)
        if lessons.cancelled():
            raise Cancelled("Stopped.")
        return Told(name, wide, off)

    return CurveKind(name, learn, lambda arrays: Told(name, wide, off), baseline)


def _trial(outbreaks: int = 60) -> Trial:
    level = CHANCE.uniform(30, 90, (outbreaks, 1))
    history = (level + 3 * CHANCE.standard_normal((outbreaks, SEEN + AHEAD))).astype(np.float32)
    history[:, :SEEN] = level
    bank = np.abs(CHANCE.normal(50, 5, (100, SEEN + AHEAD))).astype(np.float32)
    return Trial(SEEN, bank, history.repeat(2, axis=0), np.arange(outbreaks).repeat(2), folds=3, samples=100)


def _scored(*kinds: CurveKind) -> dict[str, Scored]:
    return {one.model: one for one in backtest(kinds, _trial())[0]}


def test_models_see_only_what_came_before() -> None:
    LESSONS.clear()
    trial = _trial()
    scored, left_out = backtest([_kind("good"), KINDS["analogs"]], trial)
    assert [len(lessons.history) for lessons in LESSONS] == [60, 80, 100]
    assert [int(lessons.outbreaks.max()) for lessons in LESSONS] == [29, 39, 49]
    assert len(scored[0].crps) == 60
    assert set(scored[0].outbreaks) == set(range(30, 60))
    assert not left_out


def test_the_best_comes_first_and_who_cannot_learn_is_said() -> None:
    scored, left_out = backtest([_kind("off", off=6), _kind("good"), KINDS["analogs"]], replace(_trial(26), folds=2))
    assert [one.model for one in scored] == ["good", "off"]
    assert "60 windows" in left_out["analogs"]
    with pytest.raises(BadInput, match="12 outbreaks"):
        backtest([_kind("good")], _trial(11))
    with pytest.raises(Cancelled):
        backtest([_kind("good")], replace(_trial(), cancelled=lambda: True))


def test_the_interval_of_a_ratio_is_of_outbreaks_not_of_windows() -> None:
    """The same windows ten times over say no more."""
    truth = CHANCE.uniform(20, 40, (40, AHEAD)).astype(np.float32)
    paths = {name: truth[:, None] + CHANCE.normal(0, wide, (40, 50, AHEAD)) for name, wide in (("a", 4), ("b", 5))}
    once = [score(name, drawn, truth, np.arange(40)) for name, drawn in paths.items()]
    often = [
        score(name, drawn.repeat(10, axis=0), truth.repeat(10, axis=0), np.arange(40).repeat(10))
        for name, drawn in paths.items()
    ]
    assert ratio(*often) == pytest.approx(ratio(*once), rel=1e-6)
    value, low, high = ratio(*once)
    assert low < value < high < 1
    assert ratio(once[0], once[0]) == (1.0, 1.0, 1.0)


def test_a_better_model_is_promoted() -> None:
    scored = _scored(_kind("champion", off=5), _kind("good"), _kind("persistence", baseline=True))
    allowed = verdict(scored["good"], scored["champion"])
    assert allowed.allowed
    assert allowed.high < 1
    assert "can be promoted" in allowed.sentence


@pytest.mark.parametrize(
    ("challenger", "champion", "said"),
    [
        (_kind("same"), _kind("champion"), "not below 0.98"),
        (_kind("worse", off=8), _kind("champion"), "not below 0.98"),
        (_kind("narrow", wide=0.35), _kind("champion", off=8), "80 % band covered"),
        (_kind("wide", wide=2.2), _kind("champion", off=12), "80 % band covered"),
    ],
)
def test_what_is_no_better_or_promises_too_much_is_not_promoted(
    challenger: CurveKind, champion: CurveKind, said: str
) -> None:
    scored = _scored(challenger, champion)
    refused = verdict(scored[challenger.name], scored["champion"])
    assert not refused.allowed
    assert said in refused.sentence


def test_better_by_chance_and_baselines_are_not_promoted() -> None:
    scored = _scored(_kind("champion", off=5), _kind("good"))
    assert "baseline" in verdict(scored["good"], scored["champion"], baseline=True).sentence
    few = [replace(one, crps=np.array([1.0, 5.0, 0.5]), outbreaks=np.arange(3)) for one in scored.values()]
    lucky = verdict(replace(few[0], crps=np.array([2.0, 1.0, 0.9])), few[1])
    assert lucky.ratio < 0.98
    assert not lucky.allowed
    assert "chance" in lucky.sentence


def test_the_rows_of_a_backtest() -> None:
    scored = list(_scored(_kind("champion", off=5), _kind("good"), _kind("base", off=30, baseline=True)).values())
    made = compared("acme", scored, "champion", {"base"})
    assert [(row.model, row.promotable) for row in made.rows] == [("good", True), ("champion", False), ("base", False)]
    assert made.verdict.startswith("good can be promoted")
    assert made.rows[1].ratio == 1.0
    assert made.origins == 60
    with pytest.raises(BadInput, match="champion other"):
        compared("acme", scored, "other", {"base"})


def test_drift_and_new_outbreaks_make_retraining_due() -> None:
    uniform, low = CHANCE.random(40), 0.3 * CHANCE.random(40)
    still = drift(uniform, np.arange(40), 1000)
    assert not still.due
    moved = drift(low, np.arange(40), 1000)
    assert moved.due
    assert "lower" in moved.sentence
    assert not drift(low[:10], np.arange(10), 1000).due, "ten outbreaks say nothing"
    assert not drift(low.repeat(4)[:40], np.arange(10).repeat(4), 1000).due, "nor do forty windows of ten"
    assert drift(uniform[:20], np.arange(20), 100).due
    assert not drift([], [], 0).due
