"""Histories: read, converted, and held against the network."""

from __future__ import annotations

import pytest

from vedette.errors import BadInput
from vedette.records import Asset, Incident, Link, Network
from vedette.spread.history import checked_incidents, read_incidents

NET = Network(
    "n",
    (Asset("db-1", addresses=("10.0.0.3",)), Asset("pc-1"), Asset("web-1", "Shop")),
    (Link("pc-1", "web-1"), Link("web-1", "db-1")),
)


def read(text: str, name: str = "incidents.csv") -> tuple[Incident, ...]:
    return read_incidents({name: text.encode()}, NET).incidents


def test_days_are_taken_as_they_are() -> None:
    assert read("host,day,outbreak,cleaned\nweb-1,1.5,o1,3\npc-1,0,o1,\n") == (
        Incident("pc-1", 0.0, "o1"),
        Incident("web-1", 1.5, "o1", 3.0),
    )
    assert read('[{"host": "pc-1", "day": 0, "cleaned": null}]', "i.json") == (Incident("pc-1", 0.0),)
    assert read('{"incidents": [{"asset": "SHOP", "time": 2}]}', "i.json") == (Incident("web-1", 2.0),)


def test_dates_become_days_since_the_outbreaks_first() -> None:
    given = (
        "outbreak;time;address;closed\n"
        "a;2026-03-14T12:00:00Z;10.0.0.3;2026-03-15\n"
        "a;2026-03-14T07:00:00+01:00;pc-1;\n"
        "b;2025-01-01;web-1;\n"
    )
    history = read_incidents({"i.csv": given.encode()}, NET)
    assert history.incidents == (
        Incident("pc-1", 0.0, "a"),
        Incident("db-1", 0.25, "a", 0.75),
        Incident("web-1", 0.0, "b"),
    )
    said = " ".join(history.assumptions)
    assert "Dates became days" in said
    assert "1 compromised host (db-1) has no link from a host compromised before it" in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("host,day\nweb-9,0\n", "'web-9'; did you mean web-1"),
        ("host,day\npc-1,-1\n", "The incident of pc-1 is on day -1"),
        ("host,day,cleaned\npc-1,3,2\n", "was cleaned on day 2, before it was found compromised, on day 3"),
        ("host,day\npc-1,soon\n", "incidents.csv, line 2: its day is 'soon'"),
        ("host,day\npc-1,2026-13-01\n", "line 2: its day is '2026-13-01'"),
        ("host,day\npc-1,\n", "line 2 lacks its day"),
        ("host,day,cleaned\npc-1,0,2026-01-01\n", "line 2 mixes a day with a date"),
        ("host,day\npc-1,0\nweb-1,2026-01-01\n", "line 3 mixes days and dates in one outbreak"),
        ("host,day\npc-1,0\npc-1,2\n", "pc-1 is compromised twice in outbreak (no name), on days 0 and 2"),
        ("host,day,cleaned\npc-1,0,3\npc-1,2,4\n", "but was cleaned on day 3 only after the first"),
        ("host,when\npc-1,0\n", "has the columns host, when; incidents need host and day"),
        ("host,day\n", "There are no incidents"),
        ("host,day\npc-1,1e9\n", "is on day 1e+09"),
        ("host,day\npc-1,nan\n", "its day is 'nan'"),
        ("{}", "has no incidents"),
    ],
)
def test_what_cannot_be_true_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text)
    assert sentence in caught.value.message


def test_a_host_can_be_compromised_again_once_it_is_clean() -> None:
    again = (Incident("pc-1", 0.0, cleaned=1.0), Incident("pc-1", 1.0), Incident("pc-1", 0.0, "other"))
    assert len(checked_incidents(NET, (*again, again[0])).incidents) == 3
    assert "1 incident was given twice and counts once." in checked_incidents(NET, (*again, again[0])).assumptions


def test_a_history_along_the_links_says_nothing() -> None:
    along = (Incident("pc-1", 0.0), Incident("web-1", 1.0), Incident("db-1", 2.0))
    assert checked_incidents(NET, along).assumptions == ()
