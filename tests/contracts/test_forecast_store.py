"""Networks, incidents, models and jobs in SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from vedette.errors import NotFound
from vedette.records import (
    Asset,
    Changes,
    Containment,
    ContainWish,
    ForecastJob,
    ForecastModel,
    ForecastProgress,
    ForecastRequest,
    Incident,
    Link,
    Measure,
    Network,
    NetworkInfo,
    Scenario,
    Weakness,
)
from vedette.records.forecast import Band
from vedette.spread.store import ForecastStore, Kept
from vedette.storage.database import Database

THEN, NOW, SOON = (f"2026-11-22T10:0{minute}:00.000000+00:00" for minute in (0, 1, 2))
NETWORK = Network(
    "büro",
    (Asset("a", weaknesses=(Weakness("CVE-2021-44228", 443, epss=0.9, kev=True),)), Asset("b", recovery=0.5)),
    (Link("a", "b"), Link("b", "a", rate=0.25)),
    ("1 link to itself was left out (a).",),
)
INFO = NetworkInfo("büro", 2, 2, 1, 0, "0" * 64, THEN, ("group:soc",), 0, NETWORK.assumptions)
SCENARIO = Scenario("büro", ("a",), "CVE-2021-44228", changes=Changes(isolate=("b",), rates=(("a", "b", 0.5),)))
REQUEST = ForecastRequest("contain", wish=ContainWish(SCENARIO, costs={"b": 2.0}))
JOB = ForecastJob("1" * 32, "ana", "waiting", NOW, REQUEST, ForecastProgress("waiting", 0, 1))


@pytest.fixture
def store(database: Database) -> ForecastStore:
    opened = ForecastStore(database)
    opened.put(NETWORK, INFO)
    return opened


def test_a_network_comes_back_as_it_was(store: ForecastStore) -> None:
    assert store.network("büro") == NETWORK
    assert store.networks() == (INFO,) == (store.info("büro"),)
    for look in (store.network, store.info):
        with pytest.raises(NotFound):
            look("BÜRO")


def test_in_place_of_one_of_its_name_with_its_readers_and_history(store: ForecastStore) -> None:
    store.observe("büro", [Incident("a", 0.0, "x")])
    smaller = replace(NETWORK, links=())
    store.put(smaller, replace(INFO, links=0, readers=("everyone",)))
    assert store.network("büro") == smaller
    assert store.networks() == (replace(INFO, links=0, incidents=1),) == (store.info("büro"),)
    store.share("büro", ("user:ana",))
    assert store.networks()[0].readers == ("user:ana",)


def test_incidents_are_added_once_and_corrected(store: ForecastStore) -> None:
    first = [Incident("a", 0.0, "x"), Incident("b", 1.5, "x", cleaned=3.0), Incident("a", 2.0, "y")]
    assert store.observe("büro", first) == 3
    assert store.observe("büro", [Incident("b", 1.25, "x"), Incident("b", 4.0, "y")]) == 1
    assert store.incidents("büro") == (
        Incident("a", 0.0, "x"),
        Incident("b", 1.25, "x"),
        Incident("a", 2.0, "y"),
        Incident("b", 4.0, "y"),
    )


def test_versions_of_a_kind_are_counted_and_one_is_champion(store: ForecastStore) -> None:
    bare = ForecastModel("", "büro", "quantiles", 0, "challenger", NOW, {}, {"bank seed": "1"})
    first, second = store.add(*(Kept(replace(bare, id=id_ * 32), b"\0npz") for id_ in "ab"))
    (other,) = store.add(Kept(replace(bare, id="c" * 32, kind="mechanism", state="champion"), b""))
    assert [model.version for model in (first, second, other)] == [1, 2, 1]
    assert store.kept("a" * 32) == Kept(first, b"\0npz")
    store.judge(second.id, {"crps": 1.25})
    store.crown(second)
    found = {model.id[0]: model for model in store.models("büro")}
    assert {name: model.state for name, model in found.items()} == {
        "a": "challenger",
        "b": "champion",
        "c": "challenger",
    }
    assert found["b"].metrics == {"crps": 1.25}


def test_versions_are_kept_together_or_not_at_all(store: ForecastStore) -> None:
    bare = ForecastModel("a" * 32, "büro", "quantiles", 0, "challenger", NOW, {}, {})
    with pytest.raises(IntegrityError):
        store.add(Kept(bare, b"x"), Kept(replace(bare, kind="mechanism"), b"y"))
    assert store.models("büro") == ()


def test_all_of_a_network_goes_with_it(store: ForecastStore) -> None:
    store.observe("büro", [Incident("a", 0.0, "x")])
    kept = Kept(ForecastModel("a" * 32, "büro", "quantiles", 0, "challenger", NOW, {}, {}), b"x")
    store.add(kept)
    store.remove("büro")
    assert (store.networks(), store.incidents("büro"), store.models("büro")) == ((), (), ())
    for absent in (
        store.remove,
        lambda name: store.share(name, ()),
        lambda name: store.add(kept),  # its models went on learning
        lambda name: store.observe(name, [Incident("a", 0.0, "x")]),
    ):
        with pytest.raises(NotFound):
            absent("büro")


def test_a_job_comes_back_with_its_result(store: ForecastStore) -> None:
    store.begin(JOB)
    band = Band(2.0, 1.0, 3.0, 0.5, 4.0)
    result = Containment(ContainWish(SCENARIO), (Measure("b", 1.5),), band, band, band)
    done = replace(JOB, state="done", progress=ForecastProgress("done", 1, 1), result=result)
    assert store.tell(done, SOON)
    assert store.job("ana", JOB.id, NOW) == done
    assert store.jobs("ana", NOW) == (replace(done, result=None),)
    assert not store.tell(replace(done, state="failed"), SOON)


def test_a_job_comes_back_with_its_error(store: ForecastStore) -> None:
    store.begin(JOB)
    failed = replace(JOB, state="failed", error="There is no host x.", error_class="NotFound")
    assert store.tell(failed, SOON)
    assert store.job("ana", JOB.id, NOW) == failed == store.jobs("ana", NOW)[0]


def test_another_person_has_no_such_job(store: ForecastStore) -> None:
    store.begin(JOB)
    with pytest.raises(NotFound):
        store.job("bob", JOB.id, THEN)
    assert store.jobs("bob", THEN) == ()
    assert store.forget("bob") == 0
    assert store.forget("ana") == 1


def test_who_is_silent_for_long_is_dead(store: ForecastStore) -> None:
    store.begin(JOB)
    assert store.job("ana", JOB.id, NOW).state == "waiting"
    lost = store.job("ana", JOB.id, SOON)
    assert lost.state == "failed"
    assert "run it again" in lost.error
    assert lost.error_class == "VedetteError"
