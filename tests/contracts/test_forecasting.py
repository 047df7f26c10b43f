"""`Forecasting` in this process and over HTTP: one suite. Over HTTP the person is whoever the token belongs to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import cast

import pytest

from fakes.door import Door, opened_door
from fakes.networks import COLLECTION, FORECAST, LOG4J, SCENARIO, SMALL, ZEROLOGON, zipped
from fakes.people import DRAWS, WORLDS
from vedette.errors import BadInput, Conflict, NotFound, TooMany
from vedette.records import (
    Changes,
    Containment,
    ContainWish,
    Forecast,
    ForecastJob,
    ForecastModel,
    ForecastProgress,
    ForecastRequest,
    Incident,
    WhatIf,
)
from vedette.records_json import encode
from vedette.remote.forecasts import RemoteForecasting
from vedette.remote.wire import Wire
from vedette.services import Forecasting
from vedette.spread.store import ForecastStore, Kept

LONG = ForecastRequest("forecast", replace(SCENARIO, days=365, worlds=100_000, draws=500))
OLD = "2026-01-01T00:00:00.000000+00:00"


@dataclass
class Desk:
    """Forecasting as an editor, a reader and an admin have it; `ids` by name; `store` is where all of it is kept."""

    editor: Forecasting
    reader: Forecasting
    admin: Forecasting
    ids: dict[str, str]
    store: ForecastStore

    def share(self, *readers: str) -> None:
        """The small network, readable for those."""
        self.editor.store(SMALL)
        self.admin.share("small", readers)

    def done(self, person: str, job: ForecastJob) -> ForecastJob:
        """The job of a reader once it has ended."""
        limit = time.monotonic() + 30
        while job.state in ("waiting", "running"):
            assert time.monotonic() < limit
            time.sleep(0.02)
            job = self.reader.job(self.ids[person], job.id)
        return job


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


@pytest.fixture(params=["local", "remote"])
def desk(request: pytest.FixtureRequest, door: Door) -> Iterator[Desk]:
    local = door.services.forecasting
    people = {name: door.people[name] for name in ("editor", "reader", "admin")}
    if request.param == "local":
        views = {name: local.seen_by(one.access, door.knowledge) for name, one in people.items()}
    else:
        tokens = {name: door.session(name)["Authorization"].removeprefix("Bearer ") for name in people}
        views = {name: RemoteForecasting(Wire("", token, door.http)) for name, token in tokens.items()}
    ids = {name: one.id for name, one in people.items()}
    store: ForecastStore = local._store  # type: ignore[attr-defined]
    yield Desk(**views, ids=ids, store=store)
    for info in local.networks():
        local.remove(info.name)
    for person in ids.values():
        local.forget(person)


def test_a_network_is_kept_shared_and_removed(desk: Desk) -> None:
    info = desk.editor.store(SMALL)
    assert (info.name, info.assets, info.links, info.jewels) == ("small", 4, 4, 1)
    assert info.readers == (f"user:{desk.ids['editor']}",)
    assert desk.editor.network("small") == SMALL
    assert desk.editor.share("small", ("everyone",)).readers == ("everyone",)
    assert [one.name for one in desk.reader.networks()] == ["small"]
    assert desk.editor.store(SMALL).readers == ("everyone",)
    desk.editor.remove("small")
    assert desk.editor.networks() == ()


def test_a_network_comes_from_the_text_of_files(desk: Desk) -> None:
    content = json.dumps(encode(replace(SMALL, name=""))).encode()
    assert desk.editor.add({"branch.json": content}).name == "branch"
    assert desk.editor.add({"branch.json": content}, "shop", "json").name == "shop"
    for files in ({"a.json": b"{"}, {"a.json": b"\xff{"}, {"a.zip": b"PK\x03\x04\xff"}, {}):
        with pytest.raises(BadInput):
            desk.editor.add(files)
    assert desk.editor.add({"collection.zip": zipped(COLLECTION)}).assets == 1
    with pytest.raises(BadInput, match="name"):
        desk.editor.store(replace(SMALL, name="a/b"))


def test_who_may_not_read_a_network_finds_nothing_of_it(desk: Desk) -> None:
    desk.share()
    assert desk.reader.networks() == ()
    absent = [
        lambda: desk.reader.network("small"),
        lambda: desk.reader.rates("small"),
        lambda: desk.reader.incidents("small"),
        lambda: desk.reader.models("small"),
        lambda: desk.reader.submit(desk.ids["reader"], FORECAST),
        lambda: list(desk.reader.perform(FORECAST)),
        lambda: desk.editor.remove("small"),
        lambda: desk.editor.share("small", ("everyone",)),
        lambda: desk.editor.observe("small", (Incident("web-1", 0.0),)),
        lambda: desk.editor.promote("small", "x"),
    ]
    for look in absent:
        with pytest.raises(NotFound, match="no network 'small'"):
            look()
    with pytest.raises(Conflict, match="another name"):
        desk.editor.store(SMALL)
    assert desk.admin.network("small") == SMALL


def test_a_forecast_is_worked_out(desk: Desk) -> None:
    desk.share("everyone")
    *before, made = desk.reader.perform(FORECAST)
    assert all(isinstance(step, ForecastProgress) for step in before)
    assert isinstance(made, Forecast)
    assert (made.days, len(made.total), made.scenario) == ((0, 1, 2, 3, 4, 5), 6, SCENARIO)
    chances = {one.host: one for one in made.hosts}
    assert chances["web-1"].probability[0] == 1.0
    assert 0 < chances["db-1"].low[-1] <= chances["db-1"].probability[-1] <= chances["db-1"].high[-1] <= 1
    assert desk.reader.jobs(desk.ids["reader"]) == ()


def test_a_scenario_that_does_not_say_how_many_worlds_has_those_of_the_settings(desk: Desk) -> None:
    desk.share("everyone")
    silent = replace(SCENARIO, worlds=0, draws=0)
    *_, made = desk.reader.perform(ForecastRequest("forecast", silent))
    assert isinstance(made, Forecast)
    assert (made.scenario.worlds, made.scenario.draws) == (WORLDS, DRAWS)
    few = ForecastRequest("contain", wish=ContainWish(replace(silent, worlds=7)))
    job = desk.reader.submit(desk.ids["reader"], few)
    assert job.request.wish is not None
    assert (job.request.wish.scenario.worlds, job.request.wish.scenario.draws) == (7, 7)


def test_what_if_and_what_helps(desk: Desk) -> None:
    desk.share("everyone")
    changed = replace(SCENARIO, changes=Changes(patch=(ZEROLOGON,), rates=(("app-1", "pc-1", 0.25),)))
    compared = list(desk.reader.perform(ForecastRequest("whatif", changed)))[-1]
    assert isinstance(compared, WhatIf)
    assert compared.after.total[-1].mean <= compared.before.total[-1].mean
    assert [host for host, _, after in compared.hosts if not after] == ["db-1"]
    wish = ContainWish(SCENARIO, k=1, costs={"app-1": 2.5, "db-1": 1.0}, budget=3.0)
    chosen = list(desk.reader.perform(ForecastRequest("contain", wish=wish)))[-1]
    assert isinstance(chosen, Containment)
    assert [(one.target, one.cost) for one in chosen.measures] == [("app-1", 2.5)]
    assert chosen.after.mean < chosen.before.mean
    assert dict(chosen.wish.costs) == dict(wish.costs)


def test_what_cannot_be_worked_out_is_told(desk: Desk) -> None:
    desk.share("everyone")
    wrong = FORECAST, replace(FORECAST, scenario=replace(SCENARIO, sources=("web-9",)))
    with pytest.raises(NotFound, match=r"web-9.*did you mean web-1"):
        list(desk.reader.perform(wrong[1]))
    failed = desk.done("reader", desk.reader.submit(desk.ids["reader"], wrong[1]))
    assert (failed.state, failed.error_class) == ("failed", "NotFound")
    with pytest.raises(BadInput):
        list(desk.reader.perform(ForecastRequest("forecast")))


def test_a_job_is_looked_at_until_it_is_done_and_then_forgotten(desk: Desk) -> None:
    desk.share("everyone")
    me = desk.ids["reader"]
    job = desk.done("reader", desk.reader.submit(me, FORECAST))
    assert (job.state, job.person, job.request, job.error) == ("done", me, FORECAST, "")
    assert isinstance(job.result, Forecast)
    (listed,) = desk.reader.jobs(me)
    assert (listed.id, listed.result) == (job.id, None)
    assert desk.admin.counts()["done"] == 1
    desk.reader.cancel(me, job.id)
    with pytest.raises(NotFound):
        desk.reader.job(me, job.id)
    assert desk.admin.counts()["done"] == 0


def test_nobody_finds_the_job_of_another(desk: Desk) -> None:
    desk.share("everyone")
    job = desk.reader.submit(desk.ids["reader"], FORECAST)
    other = desk.ids["editor"]
    assert desk.editor.jobs(other) == ()
    for look in (desk.editor.job, desk.editor.cancel):
        with pytest.raises(NotFound, match="You have no forecast"):
            look(other, job.id)
    assert desk.done("reader", job).state == "done"


def test_a_forecast_of_what_is_no_longer_shared_is_not_there(desk: Desk) -> None:
    desk.share("everyone")
    me = desk.ids["reader"]
    job = desk.done("reader", desk.reader.submit(me, FORECAST))
    desk.admin.share("small", ())
    assert desk.reader.jobs(me) == ()
    with pytest.raises(NotFound, match="no network"):
        desk.reader.job(me, job.id)
    desk.admin.share("small", ("everyone",))
    assert desk.reader.job(me, job.id) == job


def test_what_runs_is_cancelled_and_a_flood_is_stopped(desk: Desk) -> None:
    desk.share("everyone")
    me = desk.ids["reader"]
    began = time.monotonic()
    jobs = [desk.reader.submit(me, LONG) for _ in range(3)]
    with pytest.raises(TooMany, match="3 of your forecasts"):
        desk.reader.submit(me, LONG)
    desk.reader.cancel(me, jobs[0].id)
    assert desk.reader.forget(me) == 2
    assert desk.reader.jobs(me) == ()
    # The line is free again: none of the long ones goes on in secret.
    assert desk.done("reader", desk.reader.submit(me, FORECAST)).state == "done"
    assert time.monotonic() - began < 30


def test_closing_what_performs_ends_it(desk: Desk) -> None:
    desk.share("everyone")
    with closing(desk.reader.perform(LONG)) as steps:  # type: ignore[type-var]
        assert isinstance(next(steps), ForecastProgress)
    assert desk.reader.jobs(desk.ids["reader"]) == ()
    assert desk.admin.counts()["running"] == 0


def test_a_job_whose_server_died_has_failed(desk: Desk) -> None:
    desk.share("everyone")
    me = desk.ids["reader"]
    lost = ForecastJob("0" * 32, me, "running", OLD, FORECAST, ForecastProgress("worlds", 1, 2))
    desk.store.begin(lost)
    found = desk.reader.job(me, lost.id)
    assert (found.state, found.progress.done) == ("failed", 1)
    assert "run it again" in found.error
    assert desk.admin.counts()["failed"] == 1


def test_history_is_added_corrected_and_checked(desk: Desk) -> None:
    desk.share("everyone", f"user:{desk.ids['editor']}")
    seen = (Incident("web-1", 0.0, "spring", 2.0), Incident("app-1", 1.5, "spring"))
    assert desk.editor.observe("small", seen) == 2
    assert desk.editor.observe("small", (replace(seen[1], cleaned=4.0),)) == 0
    assert desk.reader.incidents("small") == (seen[0], replace(seen[1], cleaned=4.0))
    assert desk.reader.networks()[0].incidents == 2
    for wrong in (Incident("pc-9", 1.0), Incident("pc-1", 3.0, cleaned=1.0)):
        with pytest.raises(BadInput):
            desk.editor.observe("small", (wrong,))


def test_rates_come_with_their_reasons(desk: Desk) -> None:
    desk.share("everyone")
    (line,) = [one for one in desk.reader.rates("small") if one.target == "app-1"]
    assert (line.source, line.cve) == ("web-1", LOG4J)
    product = 1.0
    for _, factor in line.factors:
        product *= factor
    assert line.rate == pytest.approx(product, rel=1e-6)
    exploited = [one for one in desk.reader.rates("small", LOG4J) if one.target == "app-1"]
    assert exploited[0].rate > line.rate


def test_models_are_listed_and_promoted(desk: Desk) -> None:
    desk.share("everyone")
    names = {"champion": "a", "challenger": "b", "baseline": "c"}
    for state, letter in names.items():
        model = ForecastModel(letter * 32, "small", f"kind{letter}", 0, state, OLD, {"crps": 1.5}, {"seed": "1"})  # type: ignore[arg-type]
        desk.store.add(Kept(model, b""))
    assert {one.kind: one.version for one in desk.reader.models("small")} == {"kinda": 1, "kindb": 1, "kindc": 1}
    with pytest.raises(Conflict, match="backtest"):
        desk.editor.promote("small", "kindb-1")
    with pytest.raises(Conflict, match="baseline"):
        desk.editor.promote("small", "c" * 32, force=True)
    assert desk.editor.promote("small", "kindb-1", force=True).state == "champion"
    states = {one.kind: one.state for one in desk.reader.models("small")}
    assert states == {"kinda": "challenger", "kindb": "champion", "kindc": "baseline"}
    with pytest.raises(NotFound, match="nix"):
        desk.editor.promote("small", "nix")


def test_it_tells_how_it_is(desk: Desk) -> None:
    desk.share("everyone")
    (part,) = desk.admin.health()
    assert (part.name, part.ok) == ("forecasts", True)
    assert "1 network" in part.detail


def test_the_doors_refuse_what_is_no_number(door: Door) -> None:
    door.services.forecasting.store(SMALL)
    header = door.key("reader")
    scenario = {"network": "small", "sources": ["web-1"]}
    for wrong in (
        {"kind": "forecast"},
        {"kind": "forecast", "scenario": {**scenario, "days": 0}},
        {"kind": "forecast", "scenario": {**scenario, "changes": {"patch_share": 2}}},
        {"kind": "contain", "scenario": scenario, "costs": {"db-1": -1}},
        {"kind": "forecast", "scenario": scenario, "wait_s": 31},
    ):
        assert door.http.post("/v1/forecasts", json=wrong, headers=header).status_code == 400, wrong
    raw = '{"kind": "contain", "scenario": {"network": "small", "sources": ["web-1"]}, "budget": Infinity}'
    typed = header | {"Content-Type": "application/json"}
    assert door.http.post("/v1/forecasts", content=raw, headers=typed).status_code == 400


def test_a_reader_changes_no_network_and_trains_no_models(door: Door) -> None:
    door.services.forecasting.store(SMALL)
    header, network = door.key("reader"), "/v1/networks/small"
    incident = {"incidents": [{"host": "web-1", "day": 0}]}
    refused = [
        door.http.post("/v1/networks", json={"files": [{"name": "a", "content": "b"}]}, headers=header),
        door.http.delete(network, headers=header),
        door.http.patch(network, json={"readers": []}, headers=header),
        door.http.post(f"{network}/incidents", json=incident, headers=header),
        door.http.post(f"{network}/models/x/promote", headers=header),
        door.http.post("/v1/forecasts", json={"kind": "train", "network": "small"}, headers=header),
        door.http.post("/v1/forecasts", json={"kind": "backtest", "network": "small"}, headers=header),
        door.http.get("/v1/admin/forecasts", headers=header),
    ]
    assert [one.status_code for one in refused] == [403] * len(refused)


def test_a_network_that_is_too_large_or_broken_is_refused(door: Door) -> None:
    header = door.key("editor")
    broken = door.http.post("/v1/networks", content=b"{", headers=header)
    assert (broken.status_code, broken.json()["error"]["class"]) == (400, "BadInput")
    twice = [{"name": "a.json", "content": "{}"}] * 2
    assert "one name" in door.http.post("/v1/networks", json={"files": twice}, headers=header).text
    large = {"files": [{"name": "a.json", "content": "x" * 25_000_001}]}
    refused = door.http.post("/v1/networks", json=large, headers=header)
    assert (refused.status_code, "VEDETTE_FORECAST_MAX_UPLOAD_MB" in refused.text) == (413, True)


def test_whoever_waits_has_the_answer_at_once(door: Door) -> None:
    door.services.forecasting.store(SMALL)
    body = {"kind": "forecast", "scenario": encode(SCENARIO), "wait_s": 20}
    job = door.http.post("/v1/forecasts", json=body, headers=door.key("reader"), timeout=30).json()
    assert (job["state"], len(job["result"]["hosts"])) == ("done", 4)
    body["scenario"] = encode(LONG.scenario)
    began = time.monotonic()
    job = door.http.post("/v1/forecasts", json={**body, "wait_s": 0.3}, headers=door.key("reader")).json()
    assert (job["state"] in ("waiting", "running"), job["result"]) == (True, None)
    assert time.monotonic() - began < 3
    assert door.http.delete(f"/v1/forecasts/{job['id']}", headers=door.key("reader")).status_code == 204


def test_forecasts_are_deleted_with_their_person(door: Door) -> None:
    forecasting = door.services.forecasting
    forecasting.store(SMALL)
    mine, me = door.session("other"), door.people["other"].id
    door.http.post("/v1/forecasts", json={"kind": "forecast", "scenario": encode(SCENARIO)}, headers=mine)
    assert door.http.delete("/v1/me/data", headers=mine).json()["forecasts"] == 1
    assert forecasting.jobs(me) == ()
    door.http.post("/v1/forecasts", json={"kind": "forecast", "scenario": encode(SCENARIO)}, headers=mine)
    assert len(forecasting.jobs(me)) == 1
    assert door.http.delete(f"/v1/admin/people/{me}", headers=door.session("admin")).status_code == 204
    assert forecasting.jobs(me) == ()


def test_what_is_no_number_is_null(door: Door) -> None:
    forecasting = door.services.forecasting
    forecasting.store(SMALL)
    store = cast(ForecastStore, forecasting._store)  # type: ignore[attr-defined]
    model = ForecastModel("d" * 32, "small", "net", 0, "challenger", OLD, {"crps": float("inf")}, {})
    store.add(Kept(model, b""))
    (told,) = door.http.get("/v1/networks/small/models", headers=door.key("reader")).json()["models"]
    assert told["metrics"] == {"crps": None}
    forecasting.remove("small")
