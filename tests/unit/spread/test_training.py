"""Models of a network: trained, judged, promoted, used for an outbreak that goes on, due when the world has moved."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fakes.knowledge import FixedKnowledge
from vedette.errors import BadInput, Cancelled, Conflict, NotFound
from vedette.records import (
    Asset,
    Backtest,
    Forecast,
    ForecastRequest,
    Incident,
    JobKind,
    Link,
    Network,
    Scenario,
    Trained,
)
from vedette.spread import training
from vedette.spread.forecast.contract import CurveKind, CurveModel, Lessons
from vedette.spread.forecast.kinds import KINDS
from vedette.spread.jobs import Jobs, Limits
from vedette.spread.rates import RateRules
from vedette.spread.service import LocalForecasting, World
from vedette.spread.store import ForecastStore
from vedette.spread.watched import Watch
from vedette.storage.database import open_database, sqlite_url

HOSTS = 30
RING = Network(
    "ring",
    tuple(Asset(f"h{number:02d}", recovery=0.3) for number in range(HOSTS)),
    tuple(
        Link(f"h{number:02d}", f"h{(number + step) % HOSTS:02d}", rate=0.2)
        for number in range(HOSTS)
        for step in (1, 2, 5)
    ),
)
CHEAP = {name: KINDS[name] for name in ("persistence", "abc", "mechanism")}


def outbreaks(number: int, first: int = 0) -> tuple[Incident, ...]:
    """Outbreaks along the ring, by chance of a fixed seed, in the order of their names."""
    chance = np.random.default_rng(5 + first)
    found = []
    for place in range(first, first + number):
        start, day = int(chance.integers(HOSTS)), 0.0
        for step in range(int(chance.integers(3, 9))):
            found.append(Incident(f"h{(start + step) % HOSTS:02d}", day, f"o{place:03d}", day + 4.0))
            day += float(chance.exponential(1.5))
    return tuple(found)


@pytest.fixture
def forecasting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalForecasting]:
    monkeypatch.setattr(training, "BANK", 300)
    database = open_database(sqlite_url(tmp_path / "people.db"))
    counted = itertools.count(1)

    def new_id() -> str:
        return f"{next(counted):032d}"

    def now() -> datetime:
        return datetime.now(UTC)

    store = ForecastStore(database)
    jobs = Jobs(store, Limits(), now, new_id)
    world = World(now, new_id, lambda: CHEAP, retrains=True)
    made = LocalForecasting(store, jobs, FixedKnowledge(), RateRules(), world)
    made.store(RING)
    yield made
    jobs.close()
    database.close()


def result(forecasting: LocalForecasting, kind: JobKind, **more: Any) -> Any:
    (*_, found) = forecasting.perform(ForecastRequest(kind, network="ring", **more))
    return found


@pytest.mark.slow
def test_from_training_to_an_outbreak_that_goes_on(forecasting: LocalForecasting) -> None:
    forecasting.observe("ring", outbreaks(16))
    trained = result(forecasting, "train")
    assert isinstance(trained, Trained)
    assert {model.kind: model.state for model in trained.models} == {
        "persistence": "baseline",
        "abc": "baseline",
        "mechanism": "champion",
    }
    lineage = trained.models[0].lineage
    assert {"bank seed", "priors", "graph", "network", "cut-off", "outbreaks"} <= lineage.keys()
    assert (lineage["cut-off"], lineage["outbreaks"]) == ("o015", "16")
    again = result(forecasting, "train", kinds=("mechanism",))
    assert [(model.kind, model.version, model.state) for model in again.models] == [("mechanism", 2, "challenger")]

    judged = result(forecasting, "backtest")
    assert isinstance(judged, Backtest)
    assert {row.model for row in judged.rows} == set(CHEAP)
    crps = [row.metrics["crps"] for row in judged.rows]
    assert crps == sorted(crps)
    newest = {model.kind: model for model in reversed(forecasting.models("ring"))}
    assert newest["mechanism"].metrics["crps"] == next(r.metrics["crps"] for r in judged.rows if r.model == "mechanism")

    scenario = Scenario("ring", (), outbreak="o015", days=20, worlds=200)
    (*_, made) = forecasting.perform(ForecastRequest("forecast", scenario=scenario))
    assert isinstance(made, Forecast)
    known = sum(one.outbreak == "o015" for one in forecasting.incidents("ring"))
    assert made.model == "mechanism-1"
    assert len(made.found) == training.AHEAD + 1
    assert made.found[0].mean == known
    assert made.found[-1].low95 >= known
    inside = {one.host for one in forecasting.incidents("ring") if one.outbreak == "o015"}
    chances = [chance for _, chance in made.next]
    assert chances == sorted(chances, reverse=True)
    assert inside.isdisjoint(host for host, _ in made.next)
    # Every outbreak goes along the ring: the next is the neighbour of the last.
    last = max(int(host[1:]) for host in inside)
    assert f"h{(last + 1) % HOSTS:02d}" in [host for host, _ in made.next[:5]]


def test_who_is_not_better_is_not_promoted(forecasting: LocalForecasting) -> None:
    forecasting.observe("ring", outbreaks(13))
    result(forecasting, "train")
    challenger = result(forecasting, "train", kinds=("mechanism",)).models[0]
    with pytest.raises(Conflict, match="backtest"):
        forecasting.promote("ring", challenger.id)
    with pytest.raises(Conflict, match="baseline"):
        forecasting.promote("ring", "persistence-1", force=True)
    with pytest.raises(NotFound):
        forecasting.promote("ring", "mechanism-9")
    assert forecasting.promote("ring", "mechanism-2", force=True).state == "champion"
    assert {(m.kind, m.version): m.state for m in forecasting.models("ring")}["mechanism", 1] == "challenger"


def test_a_training_that_is_stopped_keeps_no_model(
    forecasting: LocalForecasting, monkeypatch: pytest.MonkeyPatch
) -> None:
    forecasting.observe("ring", outbreaks(3))

    over = threading.Event()

    def stops(lessons: Lessons) -> CurveModel:
        raise Cancelled

    def looks_too_late(lessons: Lessons) -> CurveModel:
        over.set()
        return KINDS["persistence"].learn(lessons)

    for learn in (stops, looks_too_late):
        monkeypatch.setitem(CHEAP, "last", CurveKind("last", learn, KINDS["persistence"].load))
        with pytest.raises(Cancelled):
            training.train(forecasting._ground("ring"), (), forecasting._shop(), Watch(cancelled=over.is_set))
        assert forecasting.models("ring") == ()
    over.clear()
    monkeypatch.delitem(CHEAP, "last")
    assert len(result(forecasting, "train").models) == len(forecasting.models("ring")) > 0


def test_too_little_history_is_said(forecasting: LocalForecasting) -> None:
    forecasting.observe("ring", outbreaks(3))
    with pytest.raises(BadInput, match="12 outbreaks"):
        result(forecasting, "backtest")
    with pytest.raises(BadInput, match="no kind of model 'oracle'"):
        result(forecasting, "train", kinds=("oracle",))


def test_new_outbreaks_make_it_learn_again(forecasting: LocalForecasting) -> None:
    forecasting.observe("ring", outbreaks(16))
    result(forecasting, "train")
    forecasting.observe("ring", outbreaks(1, first=16))
    assert forecasting.jobs("owner") == ()
    forecasting.observe("ring", outbreaks(5, first=17))
    (job,) = forecasting.jobs("owner")
    assert (job.request.kind, job.request.network) == ("train", "ring")
