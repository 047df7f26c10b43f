"""`vedette forecast`: options become a scenario, files become a network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from vedette.cli.forecast_work import read_files, read_network
from vedette.errors import BadInput
from vedette.records import Changes, ContainWish, ForecastProgress, ForecastRequest, Scenario
from vedette.settings import Settings

from .conftest import Run

OPTIONS = ("--network", "office", "--from", "web-1", "--from", "web-2", "--cve", "CVE-2021-44228", "--outbreak",
           "spring", "--days", "5", "--model", "sis", "--seed", "7")  # fmt: skip
CHANGED = ("--isolate", "app-1", "--isolate", "app-2", "--patch", "CVE-2020-1472", "--patch-from", "1.5",
           "--patch-share", "0.25")  # fmt: skip
SCENARIO = Scenario("office", ("web-1", "web-2"), "CVE-2021-44228", "spring", 5, "SIS", seed=7)
CHANGES = Changes(("app-1", "app-2"), ("CVE-2020-1472",), 1.5, 0.25)


@dataclass
class Desk:
    """Both what holds the forecasting and what forecasts; it only notes what it is asked."""

    asked: list[ForecastRequest] = field(default_factory=list)

    @property
    def forecasting(self) -> Desk:
        return self

    def perform(self, request: ForecastRequest) -> Iterator[ForecastProgress]:
        self.asked.append(request)
        yield ForecastProgress("begin", 0, 1)


@pytest.fixture
def ask(run: Run) -> Callable[..., ForecastRequest]:
    """What a command asks; it is left without an answer."""
    desk = Desk()

    @contextmanager
    def handed(settings: Settings, note: Callable[[str], None] = print) -> Iterator[Desk]:
        yield desk

    vars(sys.modules["vedette.app"]).update(connect_counsel=handed, forecasting_alone=handed)

    def asked(*words: str) -> ForecastRequest:
        done = run("forecast", *words)
        assert (done.code, "without a result" in done.err) == (1, True), done.err
        return desk.asked.pop()

    return asked


@pytest.mark.parametrize(("command", "kind"), [("run", "forecast"), ("whatif", "whatif")])
def test_options_become_a_scenario(ask: Callable[..., ForecastRequest], command: str, kind: str) -> None:
    assert ask(command, *OPTIONS) == ForecastRequest(kind, SCENARIO)  # type: ignore[arg-type]
    numbered = replace(SCENARIO, changes=CHANGES, worlds=400)
    assert ask(command, *OPTIONS, *CHANGED, "--worlds", "400") == ForecastRequest(kind, numbered)  # type: ignore[arg-type]
    assert ask(command, "-n", "office") == ForecastRequest(kind, Scenario("office", ()))  # type: ignore[arg-type]


def test_options_become_a_wish(ask: Callable[..., ForecastRequest]) -> None:
    told = ask("contain", *OPTIONS, "--k", "3", "--by", "cve", "--cost", "db-1=2", "--forbid", "x", "--budget", "4")
    assert told.wish == ContainWish(SCENARIO, 3, "cve", False, ("x",), {"db-1": 2.0}, 4.0)


def test_files_of_one_name_are_all_read(tmp_path: Path) -> None:
    rows = {"hosts/list.csv": "id\nweb-1\ndb-1\n", "links/list.csv": "source,target\nweb-1,db-1\n", "one.csv": "x"}
    for name, text in rows.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    hosts, links, other = (str(tmp_path / name) for name in rows)
    assert read_files([hosts, links, other]) == {hosts: b"id\nweb-1\ndb-1\n", links: rows["links/list.csv"].encode(),
                                                 "one.csv": b"x"}  # fmt: skip
    network = read_network([hosts, links])
    assert (network.name, len(network.assets), len(network.links)) == ("list", 2, 1)
    with pytest.raises(BadInput, match=r"list\.csv is given twice"):
        read_files([hosts, hosts])
