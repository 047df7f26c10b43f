"""Forecasts as people ask for them: over HTTP and on the command line, on the example network of 500 hosts."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.process import VEDETTE, clean_environment, vedette, vedette_json
from fakes.staffed import Header, Staffed, staffed

EXAMPLE = Path(__file__).parents[2] / "examples" / "network"
NETWORK, INCIDENTS = EXAMPLE / "network.json", EXAMPLE / "incidents.csv"
LOG4J = "CVE-2021-44228"
SCENARIO = {"network": "example", "sources": ["web-1"], "cve": LOG4J, "days": 5, "worlds": 400, "draws": 10}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """A server that has the example network, which everybody may read."""
    with staffed(tmp_path_factory.mktemp("company")) as opened:
        editor = opened.sign_in("editor")
        files = [{"name": NETWORK.name, "content": NETWORK.read_text(encoding="utf-8")}]
        added = opened.http.post("/v1/networks", json={"files": files}, headers=editor)
        assert added.status_code == 200, added.text
        assert (added.json()["name"], added.json()["assets"]) == ("example", 500)
        opened.http.patch("/v1/networks/example", json={"readers": ["everyone"]}, headers=editor)
        yield opened


def asked(company: Staffed, who: Header, **more: Any) -> Any:
    """The result of a forecast that is waited for."""
    body = {"kind": "forecast", "scenario": SCENARIO, "wait_s": 30, **more}
    job = company.http.post("/v1/forecasts", json=body, headers=who).json()
    limit = time.monotonic() + 120
    while job["state"] in ("waiting", "running"):
        assert time.monotonic() < limit
        time.sleep(0.2)
        job = company.http.get(f"/v1/forecasts/{job['id']}", headers=who).json()
    assert (job["state"], job["error"]) == ("done", "")
    return job["result"]


def test_what_do_we_lose_by_friday(company: Staffed) -> None:
    made = asked(company, company.sign_in("reader"))
    assert made["hosts"][0] == {**made["hosts"][0], "host": "web-1", "probability": [1.0] * 6}
    for band in made["total"]:
        assert 1 <= band["low95"] <= band["low80"] <= band["mean"] <= band["high95"] <= 500
    for host in made["hosts"]:
        assert host["probability"] == sorted(host["probability"])
        assert all(low <= high for low, high in zip(host["low"], host["high"], strict=True))
    assert any(LOG4J in said for said in made["assumptions"])
    assert made["levers"]
    again = asked(company, company.sign_in("editor"))
    assert {**again, "seconds": 0} == {**made, "seconds": 0}


def test_a_patch_never_makes_it_worse(company: Staffed) -> None:
    scenario = {**SCENARIO, "changes": {"patch": [LOG4J], "isolate": ["app-07"]}}
    made = asked(company, company.sign_in("reader"), kind="whatif", scenario=scenario)
    before, after = made["before"]["total"], made["after"]["total"]
    assert all(second["mean"] <= first["mean"] for first, second in zip(before, after, strict=True))
    assert made["saved"]["low95"] >= 0
    assert made["saved"]["mean"] == pytest.approx(before[-1]["mean"] - after[-1]["mean"], abs=1e-3)
    assert all(second <= first for _, first, second in made["hosts"])
    assert {host: after for host, _, after in made["hosts"]}["app-07"] == 0


def test_which_hosts_should_be_isolated(company: Staffed) -> None:
    made = asked(company, company.sign_in("reader"), kind="contain", k=2, forbidden=["app-07"])
    targets = [one["target"] for one in made["measures"]]
    assert len(targets) <= 2
    assert not {"web-1", "app-07"} & set(targets)
    assert made["after"]["mean"] <= made["before"]["mean"]
    assert made["drop"]["mean"] == pytest.approx(made["before"]["mean"] - made["after"]["mean"], abs=1e-3)


def test_nothing_is_told_of_a_network_that_is_not_shared(company: Staffed) -> None:
    editor, reader = company.sign_in("editor"), company.sign_in("reader")
    content = json.dumps(
        {"assets": [{"id": "safe"}, {"id": "vault"}], "links": [{"source": "safe", "target": "vault"}]}
    )
    files = [{"name": "bank.json", "content": content}]
    assert company.http.post("/v1/networks", json={"files": files}, headers=editor).status_code == 200
    shown = company.http.get("/v1/networks", headers=reader).json()["networks"]
    assert [one["name"] for one in shown] == ["example"]
    body = {"kind": "forecast", "scenario": {"network": "bank", "sources": ["safe"]}}
    told = [company.http.post("/v1/forecasts", json=body, headers=reader)]
    told += [company.http.get(f"/v1/networks/bank{part}", headers=reader) for part in ("", "/rates", "/models")]
    assert {one.status_code for one in told} == {404}
    assert "vault" not in "".join(one.text for one in told)
    listed = vedette_json(company.server.data, "forecast", "networks")["networks"]
    assert [one["name"] for one in listed] == ["bank", "example"]


def test_a_forecast_is_cancelled_and_nobody_else_sees_it(company: Staffed) -> None:
    reader, editor = company.sign_in("reader"), company.sign_in("editor")
    long = {**SCENARIO, "days": 365, "worlds": 100_000, "model": "SIS"}
    job = company.http.post("/v1/forecasts", json={"kind": "forecast", "scenario": long}, headers=reader).json()
    place = f"/v1/forecasts/{job['id']}"
    assert job["state"] in ("waiting", "running")
    assert company.http.get(place, headers=editor).status_code == 404
    assert company.http.delete(place, headers=editor).status_code == 404
    assert company.http.delete(place, headers=reader).status_code == 204
    assert company.http.get(place, headers=reader).status_code == 404
    # The one place in the line is free again at once.
    asked(company, editor, scenario={**SCENARIO, "seed": 2})


def test_the_command_line_beside_the_server_and_alone_says_the_same(company: Staffed, tmp_path: Path) -> None:
    words = "--from", "web-1", "--cve", LOG4J, "--days", "5", "--worlds", "400"
    beside = vedette_json(company.server.data, "forecast", "run", "--network", "example", *words)
    alone = vedette_json(tmp_path / "data", "forecast", "run", "--network", str(NETWORK), *words)
    assert {**beside, "seconds": 0} == {**alone, "seconds": 0}
    assert (beside["days"], len(beside["hosts"][0]["low"])) == ([0, 1, 2, 3, 4, 5], 6)
    kept = vedette_json(tmp_path / "data", "forecast", "networks")["networks"]
    assert kept == []
    assert company.http.get("/v1/forecasts", headers=company.server.owner).json() == {"forecasts": []}


def test_a_history_is_added_on_the_command_line(company: Staffed) -> None:
    data = company.server.data
    found = vedette_json(data, "forecast", "incidents", "example", "--add", str(INCIDENTS))["incidents"]
    assert len(found) == len(INCIDENTS.read_text(encoding="utf-8").splitlines()) - 1
    reader = company.sign_in("reader")
    assert company.http.get("/v1/networks/example/incidents", headers=reader).json()["incidents"] == found


def test_mistakes_are_one_sentence(company: Staffed, tmp_path: Path) -> None:
    data = company.server.data
    (tmp_path / "broken.json").write_text('{"assets": [{"id": "a"}, {"id": "a", "kind": "x"}]}', encoding="utf-8")
    wrong = (
        (2, "did you mean web-1", ("run", "--network", str(NETWORK), "--from", "web-1x")),
        (2, "did you mean web-1", ("run", "--network", "example", "--from", "web-1x")),  # by the server
        (2, "nowhere", ("run", "--network", "nowhere", "--from", "web-1")),
        (2, "twice", ("add", str(tmp_path / "broken.json"))),
        (2, "SEIR", ("run", "--network", str(NETWORK), "--from", "web-1", "--model", "SIRS")),
        (2, "TARGET=NUMBER", ("contain", "--network", str(NETWORK), "--from", "web-1", "--cost", "db-01")),
    )
    for code, said, words in wrong:
        done = vedette(data, "forecast", *words)
        assert (done.returncode, done.stdout) == (code, ""), words
        assert said in done.stderr.splitlines()[-1], done.stderr


def test_ctrl_c_ends_a_forecast(tmp_path: Path) -> None:
    line = [*VEDETTE, "forecast", "run", "--network", str(NETWORK), "--from", "web-1", "--data", str(tmp_path)]
    # Nobody is cleaned for a year: some 20 s of work.
    process = subprocess.Popen(
        [*line, "--from", "pc-178", "--worlds", "100000", "--days", "365", "--model", "SI"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(),
    )  # fmt: skip
    limit = time.monotonic() + 60
    while not (tmp_path / "owner.lock").exists():
        assert time.monotonic() < limit
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=60)
    # Python ends itself by the signal where it met it within code that was being made, such as a dataclass.
    assert (process.returncode in (130, -signal.SIGINT), out) == (True, "")
    assert "Traceback" not in told


def test_a_server_that_nobody_asks_for_a_forecast_does_not_load_what_computes(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from vedette.app import opened
from vedette.settings import load
from vedette.web.api import create_app
from vedette.web.config import WebConfig
with opened(load({{}}, Path({str(tmp_path)!r}))) as services:
    create_app(services, WebConfig("1", token="t"))
    services.forecasting.networks(), services.forecasting.health(), services.forecasting.counts()
    print(*sorted({{"numba", "scipy", "networkx", "torch"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
