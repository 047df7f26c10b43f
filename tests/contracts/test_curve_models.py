"""One suite for all models of curves: those that need nothing but numpy, and diffusion where torch is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from vedette.engines import diffusion
from vedette.errors import BadInput, Cancelled
from vedette.spread.calibrate.bank import BankWish, make_bank
from vedette.spread.calibrate.priors import Priors
from vedette.spread.forecast import quantiles
from vedette.spread.forecast.banded import banded
from vedette.spread.forecast.contract import CurveKind, CurveModel, Lessons, from_bytes, to_bytes
from vedette.spread.forecast.kinds import KINDS
from vedette.spread.forecast.scores import crps
from vedette.spread.graph import graph_of

SEEN, AHEAD, SAMPLES = 8, 5, 40


def _curves(number: int, seed: int) -> np.ndarray:
    ends = np.random.default_rng(0).integers(120, size=(700, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    graph = graph_of(120, ends[:, 0], ends[:, 1], 0.08, 0.2)
    return make_bank(graph, Priors(entries=(2, 5)), BankWish(number, SEEN + AHEAD, seed)).counts


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    return Lessons(SEEN, _curves(900, 1), _curves(200, 2), np.arange(200))


@pytest.fixture(scope="module")
def new() -> np.ndarray:
    return _curves(60, 3)


@pytest.fixture(scope="module", params=[*sorted(KINDS), diffusion.KIND])
def kind(request: pytest.FixtureRequest) -> Iterator[CurveKind]:
    if request.param in KINDS:
        yield KINDS[request.param]
        return
    pytest.importorskip("torch", reason="torch is not installed (extra diffusion): its curves are not tested")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(diffusion, "UPDATES", 200)
        yield banded(diffusion.kind())


@pytest.fixture(scope="module", autouse=True)
def briefly() -> Iterator[None]:
    """What is tried here needs no more than a tenth of the updates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantiles, "_UPDATES", 150)
        patch.setattr(quantiles, "_MEMBERS", 2)
        yield


@pytest.fixture(scope="module")
def model(kind: CurveKind, lessons: Lessons) -> CurveModel:
    return kind.learn(lessons)


def test_paths_are_joint_counts_of_the_days_ahead(model: CurveModel, new: np.ndarray) -> None:
    paths = model.paths(new[:, :SEEN], SAMPLES, 1)
    assert paths.shape == (60, SAMPLES, AHEAD)
    assert paths.dtype == np.float32
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()


def test_same_seed_same_paths(model: CurveModel, new: np.ndarray) -> None:
    seen = new[:, :SEEN]
    assert (model.paths(seen, SAMPLES, 1) == model.paths(seen, SAMPLES, 1)).all()
    assert (model.paths(seen, SAMPLES, 1) != model.paths(seen, SAMPLES, 2)).any()


def test_what_is_kept_is_the_same_model(kind: CurveKind, model: CurveModel, new: np.ndarray) -> None:
    kept = to_bytes(model)
    again = from_bytes(kept, {kind.name: kind})
    assert again.kind == model.kind == kind.name
    assert (again.paths(new[:, :SEEN], SAMPLES, 1) == model.paths(new[:, :SEEN], SAMPLES, 1)).all()
    assert to_bytes(again) == kept


def test_one_outbreak_and_many_and_none_and_nothing_seen(model: CurveModel, new: np.ndarray) -> None:
    assert model.paths(new[:1, :SEEN], 7, 1).shape == (1, 7, AHEAD)
    assert model.paths(new[:0, :SEEN], 7, 1).shape == (0, 7, AHEAD)
    quiet = model.paths(np.zeros((1, SEEN), dtype=np.float32), SAMPLES, 1)
    assert np.isfinite(quiet).all()
    huge = model.paths(np.full((1, SEEN), 1e6, dtype=np.float32), SAMPLES, 1)
    assert np.isfinite(huge).all()


def test_it_learned_something(kind: CurveKind, model: CurveModel, lessons: Lessons, new: np.ndarray) -> None:
    """What is no baseline beats going on as it is, and what follows on average."""
    truth = new[:, SEEN:]
    if kind.baseline:
        return
    for name in ("persistence", "base_rate"):
        beside = KINDS[name].learn(lessons).paths(new[:, :SEEN], SAMPLES, 1)
        assert crps(model.paths(new[:, :SEEN], SAMPLES, 1), truth).mean() < 0.9 * crps(beside, truth).mean()


def test_lessons_that_cannot_be_used(kind: CurveKind, lessons: Lessons) -> None:
    nothing = np.zeros((0, 0), dtype=np.float32)
    for wrong, said in (
        (Lessons(SEEN, nothing), "no curves"),
        (replace(lessons, seen=SEEN + AHEAD), "do not fit"),
        (replace(lessons, history=lessons.history[:, 1:]), "do not fit"),
        (replace(lessons, bank=-lessons.bank), "0 or more"),
        (replace(lessons, outbreaks=np.arange(3)), "every window"),
    ):
        with pytest.raises(BadInput, match=said):
            kind.learn(wrong)


def test_learning_can_be_stopped_and_says_how_far_it_is(lessons: Lessons) -> None:
    told: list[tuple[int, int]] = []
    watched = replace(lessons, told=lambda done, total: told.append((done, total)), cancelled=lambda: len(told) > 20)
    with pytest.raises(Cancelled):
        quantiles.learn(watched)
    assert told[20][0] == 21 < told[20][1]


def test_without_history_and_without_a_bank(lessons: Lessons) -> None:
    alone = replace(lessons, history=lessons.history[:0], outbreaks=lessons.outbreaks[:0])
    assert KINDS["mechanism"].learn(alone).kind == "mechanism"
    with pytest.raises(BadInput, match="60 windows"):
        KINDS["analogs"].learn(alone)
    bare = replace(lessons, bank=lessons.bank[:0])
    assert KINDS["analogs"].learn(bare).kind == "analogs"
    with pytest.raises(BadInput, match="bank"):
        KINDS["mechanism"].learn(bare)


def test_damaged_and_unknown_models_are_refused(lessons: Lessons) -> None:
    kept = to_bytes(KINDS["persistence"].learn(lessons))
    for broken in (b"", b"no zip", kept[: len(kept) // 2]):
        with pytest.raises(BadInput, match="damaged"):
            from_bytes(broken, KINDS)
    with pytest.raises(BadInput, match="persistence"):
        from_bytes(kept, {})
