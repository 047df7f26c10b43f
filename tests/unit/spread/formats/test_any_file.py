"""Whatever is in a file: it is read, or refused in a sentence."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from vedette.errors import BadInput
from vedette.records import Asset, Link, Network, Weakness
from vedette.records_json import encode
from vedette.spread import formats
from vedette.spread.history import read_incidents
from vedette.spread.prepared import graph_of_network
from vedette.spread.rates import RateRules, rules_of

NET = Network("n", (Asset("a", weaknesses=(Weakness("CVE-2021-44228", 1, epss=0.1),)), Asset("b")), (Link("b", "a"),))
NODES = {
    "directed": False,
    "graph": {"name": "g"},
    "nodes": [{"id": "a", "cves": ["CVE-2021-44228@1"], "services": [{"port": 1}], "criticality": 0.5}, {"id": "b"}],
    "links": [{"source": "a", "target": "b", "port": 1, "kind": "reach", "rate": 0.1}],
}
COLLECTION = {
    "data": [
        {
            "ObjectIdentifier": "S-1-5-21-1-1000",
            "PrimaryGroupSID": "S-1-5-21-1-515",
            "Properties": {"name": "PC.CORP", "enabled": True},
            "Sessions": {"Results": [{"UserSID": "S-1-5-21-1-1100", "ComputerSID": "S-1-5-21-1-1000"}]},
            "LocalGroups": [{"ObjectIdentifier": "S-1-5-21-1-1000-544", "Results": [{"ObjectIdentifier": "S-1-1-0"}]}],
            "Aces": [{}],
        }
    ],
    "meta": {"type": "computers", "version": 6},
}
HISTORY = {"incidents": [{"host": "a", "day": 0, "outbreak": "o", "cleaned": 1.5}, {"host": "b", "day": "2026-01-01"}]}
ODD = (None, 1, -1, 1.5, "x", "", [], {}, [1], {"a": 1}, True, float("nan"), 10**400, "\x00", "9" * 400, [[]])


def as_network(data: Any) -> None:
    network = formats.read({"n.json": json.dumps(data).encode()}, "n")
    graph_of_network(network, RateRules(), lambda cve: None)


def as_history(data: Any) -> None:
    read_incidents({"i.json": json.dumps(data).encode()}, NET)


def places(data: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [above, *(place for key, value in inside for place in places(value, (*above, key)))]


def spoiled(data: Any, chance: random.Random) -> Any:
    """A copy in which one to three values are missing or odd."""
    made = copy.deepcopy(data)
    for _ in range(chance.randint(1, 3)):
        *above, last = chance.choice([place for place in places(made) if place] or [("",)])
        inside = made
        for key in above:
            inside = inside[key]
        if chance.random() < 0.2 and isinstance(inside, dict):
            inside.pop(last, None)
        else:
            inside[last] = copy.deepcopy(chance.choice(ODD))
    return made


@pytest.mark.parametrize(
    ("shape", "read"),
    [
        (encode(NET), as_network),
        (NODES, as_network),
        (COLLECTION, as_network),
        (HISTORY, as_history),
        (encode(RateRules()), rules_of),
    ],
    ids=["own", "node-link", "bloodhound", "history", "rules"],
)
def test_spoiled_json(shape: Any, read: Callable[[Any], Any]) -> None:
    chance = random.Random(5)
    refused = 0
    for _ in range(150):
        try:
            read(spoiled(shape, chance))
        except BadInput as error:
            refused += 1
            assert error.message.endswith((".", "?"))  # noqa: PT017
    assert 0 < refused < 150


def test_any_bytes() -> None:
    chance = random.Random(6)
    for _ in range(300):
        with pytest.raises(BadInput):
            formats.read(
                {"a": chance.randbytes(chance.randint(0, 60))}, "n", chance.choice(("", "csv", "json", "nmap"))
            )
