"""The example network: what its maker makes, of vulnerabilities that the sample library knows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from vedette.records import Network
from vedette.spread import formats
from vedette.spread.formats.own import dumps
from vedette.spread.history import read_incidents
from vedette.spread.network import jewels
from vedette.spread.prepared import graph_of_network
from vedette.spread.rates import RateRules

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "examples" / "network"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_example_network", ROOT / "scripts" / "make_example_network.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # its dataclasses look for their module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def network() -> Network:
    return formats.read({"network.json": (FOLDER / "network.json").read_bytes()})


def test_it_is_what_its_maker_makes(maker: ModuleType, network: Network) -> None:
    assert dumps(maker.company()) == (FOLDER / "network.json").read_text(encoding="utf-8")
    facts = maker.facts_of(ROOT / "examples" / "security")
    made = maker.history(network, graph_of_network(network, RateRules(), facts).graph)
    read = read_incidents({"incidents.csv": (FOLDER / "incidents.csv").read_bytes()}, network)
    assert read.incidents == tuple(made)
    assert len({incident.outbreak for incident in read.incidents}) >= 35


def test_it_is_a_company_of_500_hosts(network: Network) -> None:
    assert len(network.assets) == 500
    assert network.assumptions == ()
    assert set(jewels(network)) == {"dc-1", "dc-2", "dc-3", "db-01", "backup-1", "plc-01"}
    assert {asset.group.partition("-")[0] for asset in network.assets} == {
        "internet", "dmz", "cloud", "servers", "office", "ot",
    }  # fmt: skip
    web = next(asset for asset in network.assets if asset.id == "web-1")
    assert "CVE-2021-44228" in {weakness.cve for weakness in web.weaknesses}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 500_000


def test_the_sample_library_knows_its_vulnerabilities(maker: ModuleType, network: Network) -> None:
    prepared = graph_of_network(network, RateRules(), maker.facts_of(ROOT / "examples" / "security"))
    named = {weakness.cve for asset in network.assets for weakness in asset.weaknesses}
    assert set(prepared.facts) == named
    assert "no CVSS vector" not in " ".join(prepared.assumptions)
