"""docs/how-to/networks.md: its examples are read, and its numbers are the rules'."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from vedette.records import Weakness
from vedette.spread import formats
from vedette.spread.history import read_incidents
from vedette.spread.prepared import graph_of_network
from vedette.spread.rates import RateRules, danger, rules_of

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "networks.md").read_text(encoding="utf-8")
VECTOR = "CVSS:3.1/AV:N/AC:{}/PR:{}/UI:{}/S:{}/C:H/I:H/A:H"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_tables_are_a_network() -> None:
    assets, links, weaknesses, incidents = blocks("csv")
    given = {"a.csv": assets, "l.csv": links, "w.csv": weaknesses}
    network = formats.read({name: text.encode() for name, text in given.items()}, "office")
    assert (len(network.assets), len(network.links), network.assumptions) == (2, 2, ())
    assert network.assets[1].weaknesses[0].epss == 0.94
    other = incidents.replace("pc-17", "pc-1").replace("files-5", "web-1")
    assert [one.day for one in read_incidents({"i.csv": other.encode()}, network).incidents] == [0.0, 1.559028]


def test_the_json_is_a_network_and_the_other_one_rules() -> None:
    network, rules = blocks("json")
    found = formats.read({"n.json": network.encode()})
    assert found.name == "office"
    assert graph_of_network(found, RateRules(), lambda cve: None).graph.rates[0] > 0
    assert rules_of(json.loads(rules)).controls["edr"].credential == 0.5


def test_the_python_is_a_network() -> None:
    (program,) = blocks("python")
    names: dict[str, object] = {}
    exec(program, names)
    assert [asset.id for asset in names["network"].assets] == ["pc-1", "web-1"]  # type: ignore[attr-defined]


def test_the_numbers_are_the_rules() -> None:
    rules = RateRules()
    rows = {row[0]: row[1] for row in re.findall(r"^\| `?([\w ]+?)`? \| (.*?) \|", PAGE, re.MULTILINE)}
    for name in ("intruder", "epss_most", "vector_unknown", "kev", "exploited"):
        assert float(rows[name]) == getattr(rules, name)
    for name in ("credential", "plain", "recovery", "onset"):
        assert rows[name] == f"{getattr(rules, name):g} a day"
    for kind, number in re.findall(r"(\w+) ([\d.]+)", rows["epss_unknown"]):
        assert rules.epss_unknown[kind.lower()] == float(number)
    controls = rows["controls"]
    assert set(re.findall(r"`(\w+)`", controls)) == set(rules.controls)
    for name, number in re.findall(r"`(edr|hardened|laps|mfa)` ([\d.]+)", controls):
        assert rules.controls[name].credential == float(number)
    for name, number in re.findall(r"`(edr|hardened|waf|segmented|patched)` ([\d.]+)", controls):
        assert rules.controls[name].reach == float(number)
    for name, number in re.findall(r"`(edr|monitored)`[ \d.,]* recovery × (\d)", controls):
        assert rules.controls[name].recovery == float(number)


@pytest.mark.parametrize(
    ("vector", "number"),
    [("HNNU", "AC:H 0.57"), ("LLNU", "PR:L 0.73"), ("LHNU", "PR:H 0.32"), ("LNRU", "UI:R 0.73"),
     ("LLNC", "PR:L 0.8 "), ("LHNC", "PR:H 0.59")],
)  # fmt: skip
def test_the_factors_of_cvss_are_those_that_are_used(vector: str, number: str) -> None:
    assert number in PAGE
    rules = RateRules(intruder=1.0)
    easy = danger(Weakness("CVE-2021-44228", 0, VECTOR.format(*"LNNU"), 0.5, False), None, rules).rate
    found = danger(Weakness("CVE-2021-44228", 0, VECTOR.format(*vector), 0.5, False), None, rules).rate
    assert found / easy == pytest.approx(float(number.split()[1]), abs=0.005)


def test_the_worked_example() -> None:
    weak = Weakness("CVE-2021-44228", 0, VECTOR.format(*"LNNC"), 0.94, True)
    assert "10 × 0.0938 × 1 × 2 × 0.5 = 0.94 a day" in PAGE
    assert danger(weak, None, RateRules()).rate * 0.5 == pytest.approx(0.94, abs=0.005)
    assert (formats.MOST_BYTES // 2**20, "512 MB of files" in PAGE) == (512, True)
