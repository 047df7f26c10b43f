"""Networks read from every format, and forecasts over them: no sentence of theirs stays English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from vedette.records import (
    Asset,
    Backtest,
    Changes,
    Containment,
    ContainWish,
    Forecast,
    ForecastJob,
    ForecastProgress,
    ForecastRequest,
    Incident,
    Link,
    Network,
    NetworkService,
    Scenario,
    Weakness,
)
from vedette.sentences.catalogue import catalogue, translated, understood
from vedette.sentences.records import in_language
from vedette.spread import formats
from vedette.spread.cascade import learn
from vedette.spread.draws import learned
from vedette.spread.history import read_incidents
from vedette.spread.levers import levers_of
from vedette.spread.measures import containment
from vedette.spread.network import checked
from vedette.spread.rates import RateRules
from vedette.spread.scenario import Case, Ground, case_of, forecast, whatif
from vedette.spread.watched import Watch

EASY = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
LOG4J, NEAR, LOCAL, STILL, BARE, NEW = (f"CVE-2021-{number}" for number in range(44228, 44234))
WEAK = (
    Weakness(LOG4J, 8080, EASY, 0.94, True),
    Weakness(NEAR, vector=EASY.replace("AV:N", "AV:A")),
    Weakness(LOCAL, vector=EASY.replace("AV:N", "AV:L")),
    Weakness(STILL, vector=EASY.replace("C:H/I:H", "C:N/I:N")),
    Weakness(BARE),
    Weakness(NEW, kev=True),
)
QUIET = Watch(lambda stage, done, total: None, lambda: False)
HOSTS = tuple(f"h-{number}" for number in range(8))
OFFICE = checked(
    Network(
        "office",
        (
            Asset("web-1", "Shop", group="dmz", services=(NetworkService(443),), weaknesses=WEAK),
            *(Asset(name, group="dmz", weaknesses=WEAK, controls=("edr", "prayer"), factor=2.0) for name in HOSTS),
            Asset("vault-1", criticality=1.0, recovery=0.0),
            *(Asset(name) for name in ("lonely-1", "apart-1", "apart-2")),
        ),
        (
            *(Link("Shop", name) for name in HOSTS),
            *(Link(HOSTS[0], name) for name in (*HOSTS, HOSTS[1])),
            Link(HOSTS[1], "vault-1", "credential"),
            Link(HOSTS[2], "vault-1"),
            Link("apart-1", "apart-2", rate=0.0),
            Link(HOSTS[3], HOSTS[4], rate=0.5),
        ),
    )
)
PAST = tuple(
    Incident(host, float(day), f"o{number}", None if number % 2 else day + 3.0)
    for number in range(4)
    for day, host in enumerate(("web-1", *HOSTS[: 2 + number]))
)
SCENARIO = Scenario("office", ("web-1", *HOSTS[5:]), NEW, days=4, worlds=100, draws=5)
NODES = {"nodes": [{"id": "a", "colour": 1}, {"id": "b"}], "links": [{"source": "a", "target": "b", "width": 2}]}
OWN = {"assets": [{"id": "a", "owner": "x"}, {"id": "b"}, {"id": "b"}], "links": [{"source": "a", "target": "b"}]}
SCAN = (
    "<nmaprun><host><status state='up'/><address addr='10.1.0.5' addrtype='ipv4'/>"
    "<ports><port protocol='tcp' portid='22'><state state='open'/></port></ports></host></nmaprun>"
)
COMPUTERS = [
    {"ObjectIdentifier": "S-1-5-21-1000", "Properties": {"name": "DC"}, "IsDC": True, "Aces": [{}, {}]},
    {"ObjectIdentifier": "S-1-5-21-1001", "Properties": {"name": "OLD", "enabled": False}},
    {"ObjectIdentifier": "S-1-5-21-1002", "Properties": {"name": "PC"}},
]
FILES = (
    {"links.csv": b"source,target,colour\na,b,red\na,a,red\n"},
    {"nodes.json": json.dumps(NODES).encode()},
    {"own.json": json.dumps(OWN).encode()},
    {"scan.xml": SCAN.encode()},
    {"c.json": json.dumps({"data": COMPUTERS, "meta": {"type": "computers", "version": 5}}).encode()},
)
HISTORY = "host,day,outbreak,mood\nweb-1,2026-01-01,a,x\nweb-1,2026-01-01,a,x\nvault-1,2026-01-02,a,x\n"


def case(scenario: Scenario, incidents: tuple[Incident, ...] = (), network: Network = OFFICE) -> Case:
    return case_of(Ground(network, incidents, RateRules(), lambda cve: None), scenario)


def forecasts() -> Iterator[Forecast]:
    campaign = Changes(isolate=(HOSTS[7],), patch=(LOG4J, LOCAL), patch_from=1, patch_share=0.5)
    first = case(replace(SCENARIO, changes=campaign), PAST)
    yield forecast(first, QUIET)
    plain = case(replace(SCENARIO, cve="", sources=("web-1",), model="SEIR"))
    made = forecast(plain, QUIET)
    yield replace(made, levers=levers_of(plain, made, QUIET))
    yield from (forecast(case(replace(SCENARIO, model=model, cve="CVE-1")), QUIET) for model in ("SI", "SIS"))  # type: ignore[arg-type]
    yield forecast(case(replace(SCENARIO, outbreak="o3"), PAST), QUIET)
    bare = checked(Network("bare", (Asset("a"), Asset("b")), (Link("a", "b"),)))
    yield forecast(case(replace(SCENARIO, network="bare", sources=("a",), cve=""), network=bare), QUIET)


@pytest.fixture(scope="module")
def made() -> tuple[Forecast, ...]:
    return tuple(forecasts())


def sentences(made: tuple[Forecast, ...]) -> Iterator[str]:
    yield from OFFICE.assumptions
    for files in FILES:
        yield from formats.read(files).assumptions
    yield from read_incidents({"i.csv": HISTORY.encode()}, OFFICE).assumptions
    for one in made:
        yield from (*one.assumptions, *one.levers)
    graph = case(SCENARIO).usual.graph
    alone = tuple(Incident(host, 0.0 if not at else 9.0, f"o{at % 2}") for at, host in enumerate(("vault-1", *HOSTS)))
    yield from learned(graph, tuple(asset.id for asset in OFFICE.assets), alone).sentences
    with pytest.raises(Exception, match="needed") as few:
        learn(graph, ())
    yield few.value.message  # type: ignore[attr-defined]


def test_no_sentence_of_a_rich_scenario_stays_english(made: tuple[Forecast, ...]) -> None:
    every = list(dict.fromkeys(sentences(made)))
    known = [understood(sentence) for sentence in every]
    assert [sentence for sentence, found in zip(every, known, strict=True) if found is None] == []
    for language in ("es", "fr"):
        assert [sentence for sentence in every if translated(sentence, language) == sentence] == []
    # As many forms as this shows; the others are shown to be known again one by one.
    assert len({found[0].key for found in known if found}) > 45


def test_no_factor_stays_english(made: tuple[Forecast, ...]) -> None:
    names = {name for one in made for line in one.rates for name, _ in line.factors}
    kept = {name for name in names if understood(name) is None}
    assert kept == {"KEV", "edr", *(f"{metric}:N" for metric in ("AV", "PR", "UI")), "AC:L", "AV:A"}
    assert len(names - kept) >= 8
    told = {name for one in in_language(made, "fr") for line in one.rates for name, _ in line.factors}
    assert kept <= told
    assert "intrus" in told
    assert not told & (names - kept)


def test_only_the_sentences_of_a_result_change(made: tuple[Forecast, ...]) -> None:
    one = made[1]
    told = in_language(one, "es")
    assert "Parchear" in " ".join(told.levers)
    assert "equipo ya limpio" in in_language(made[0], "es").assumptions[1]
    assert replace(told, assumptions=one.assumptions, levers=one.levers, rates=one.rates) == one
    assert [(line.source, line.cve, line.rate) for line in told.rates] == [
        (line.source, line.cve, line.rate) for line in one.rates
    ]
    assert in_language(one, "en") is one
    assert in_language(one, "tlh") is one


def test_jobs_are_told_with_their_results() -> None:
    changed = replace(SCENARIO, changes=Changes(patch=(LOG4J,)))
    bare = ForecastJob("1", "ana", "done", "2026", ForecastRequest("whatif", changed), ForecastProgress("done", 1, 1))
    both = in_language(replace(bare, result=whatif(case(changed), QUIET)), "fr").result
    contained = containment(case(SCENARIO), ContainWish(SCENARIO, k=1), QUIET)
    measures = in_language(replace(bare, result=contained), "fr").result
    assert isinstance(measures, Containment)
    results = (both.before, both.after, measures)  # type: ignore[union-attr]
    assert all(
        result.assumptions[1] == "Un hôte nettoyé n’est pas compromis à nouveau (SIR)." for result in results[:2]
    )
    assert not any(understood(said) for result in results for said in result.assumptions)
    verdict = Backtest("office", 3, (), catalogue()["backtest.alone"].filled("en", {"champion": "mechanism"}))
    assert in_language(verdict, "es").verdict == "No hay nada con que comparar mechanism."
    assert in_language(bare, "es") == bare
