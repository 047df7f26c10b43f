"""CSV, JSON of our own shape, and how the format of a file is found out."""

from __future__ import annotations

import json

import pytest

from vedette.errors import BadInput, TooLarge
from vedette.records import Asset, Link, Network, NetworkService, Weakness
from vedette.spread import formats
from vedette.spread import network as networks
from vedette.spread.formats.own import dumps
from vedette.spread.network import checked

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
ASSETS = (
    "\ufeffid;name;ip;zone;criticality;controls;recovery;owner\nweb-1;Shop;10.0.0.1;dmz;0.5;edr;0.2;Ana\npc-1;;;;;;;\n"
)
LINKS = "source,target,port,kind,rate\npc-1,web-1,443,,\nweb-1,pc-1,,credentials,0.5\n"
WEAKNESSES = f"host,cve,port,cvss_vector,epss,kev\nSHOP,cve-2021-44228,443,{VECTOR},0.9,yes\n"
SERVICES = "host,port,protocol,name\nweb-1,443,tcp,https\n"
BOTH = Network(
    "office",
    (
        Asset("pc-1"),
        Asset(
            "web-1",
            "Shop",
            addresses=("10.0.0.1",),
            group="dmz",
            criticality=0.5,
            services=(NetworkService(443, "tcp", "https"),),
            weaknesses=(Weakness("CVE-2021-44228", 443, VECTOR, 0.9, True),),
            controls=("edr",),
            recovery=0.2,
        ),
    ),
    (Link("pc-1", "web-1", port=443), Link("web-1", "pc-1", "credential", rate=0.5)),
    ("These fields of the file a.csv mean nothing here and were left out: owner.",),
)


def read(name: str = "n", format: str = "", /, **files: str | bytes) -> Network:
    given = {file.replace("_", "."): text if isinstance(text, bytes) else text.encode() for file, text in files.items()}
    return formats.read(given, name, format)


def test_tables_are_told_apart_by_their_columns() -> None:
    assert read("office", a_csv=ASSETS, l_csv=LINKS, w_csv=WEAKNESSES, s_csv=SERVICES) == BOTH


def test_links_alone_are_a_network() -> None:
    found = read(edges_csv="from\tto\nc\ta\na\tb\nb\tc\n")
    assert [asset.id for asset in found.assets] == ["a", "b", "c"]
    assert [(link.source, link.target) for link in found.links] == [("a", "b"), ("b", "c"), ("c", "a")]
    assert "There is no table of assets" in found.assumptions[0]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a_csv": "id,criticality\nweb-1,high\n"}, "a.csv, line 2: its criticality is 'high'"),
        ({"a_csv": "id,services\nweb-1,https\n"}, "a.csv, line 2: the port of a service is 'https'"),
        ({"l_csv": "source,target\na,\n"}, "l.csv, line 2 lacks its target"),
        ({"l_csv": "source,target,kind\na,b,trust\n"}, "l.csv, line 2: its kind is 'trust'"),
        ({"l_csv": "source,target,port\na,b,22.5\n"}, "l.csv, line 2: its port is '22.5'; give a whole number"),
        ({"a_csv": ASSETS, "l_csv": "source,target\npc-1,web-2\n"}, "did you mean web-1"),
        ({"a_csv": ASSETS, "w_csv": "host,cve\nweb-2,CVE-2021-44228\n"}, "w.csv, line 2 names an asset that is not"),
        ({"a_csv": ASSETS, "w_csv": "host,cve\n,CVE-2021-44228\n"}, "w.csv, line 2 lacks its host"),
        ({"a_csv": ASSETS, "w_csv": "host,cve,kev\nweb-1,CVE-2021-44228,maybe\n"}, "kev is 'maybe'; give yes or no"),
        ({"x_csv": "colour,size\nred,1\n"}, "x.csv has the columns colour, size"),
        ({"a_csv": "id,id\na,b\n"}, "a.csv has a column twice"),
        ({"a_csv": "id,name\na,b,c\n"}, "a.csv, line 2 has 3 values for 2 columns"),
        ({"a_csv": 'id,name\na,"b\n'}, "is not CSV"),
        ({"a_csv": b"id,name\na,\xff\xfe\n"}, "a.csv, line 2 is not UTF-8"),
        ({"a_csv": "id,name\n"}, "has no assets"),
        ({"a_csv": "  \n"}, "a.csv is empty"),
        ({"n_json": '{"assets": [1, 2'}, "n.json is not JSON"),
        ({"n_json": "[1, 2]"}, "This JSON is no network"),
        ({"n_json": '{"assets": [{"id": "a", "factor": "x"}]}'}, "Asset 1 (a): Asset.factor cannot be str 'x'"),
        ({"n_json": '{"assets": [{"name": "a"}]}'}, "Asset 1 (without id)"),
        ({"n_json": '{"assets": [{"id": "a"}], "links": [{"source": "a"}]}'}, "Link 1 lacks its source or target"),
        ({"n_json": '{"assets": [{"id": "a"}], "links": [{"source": "a", "target": 1}]}'}, "Link 1 (a → 1)"),
        ({"n_json": '{"assets": [{"id": "a"}], "links": 3}'}, '"links" of a network is a list'),
        ({"n_json": '{"assets": []}'}, "has no assets"),
        ({"n_json": "{}", "m_json": "{}"}, "is one file, not 2"),
        ({"n_json": "{}", "a_csv": "id\na\n"}, "several formats: n.json (json), a.csv (csv)"),
        ({"n_json": "[" * 200_000}, "nested too deeply"),
        ({"n_json": '{"assets": [{"id": "a", "factor": 1%s}]}' % ("0" * 400)}, "Asset.factor cannot be int"),
        ({"n_json": "[" + "1" * 5000 + "]"}, "has a number that is too long"),
        ({}, "no file"),
    ],
)
def test_what_does_not_fit_is_named(files: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(**files)
    assert sentence in caught.value.message


def test_a_format_that_is_not_known_is_refused() -> None:
    with pytest.raises(BadInput, match=r"'gexf' is no format of networks; there are csv, json, graphml"):
        read("n", "gexf", a_csv=ASSETS)


def test_our_json_comes_back_the_same() -> None:
    assert read("", n_json=dumps(BOTH)) == BOTH
    assert read("other", n_json=dumps(BOTH)).name == "other"
    assert '"recovery": 0.2' in dumps(BOTH) and '"factor"' not in dumps(BOTH)  # noqa: PT018


def test_fields_that_mean_nothing_are_said() -> None:
    given = {"assets": [{"id": "a", "owner": "Ana", "weaknesses": [{"cve": "CVE-2021-44228", "state": "open"}]}]}
    said = " ".join(read(n_json=json.dumps(given)).assumptions)
    assert "assets.owner, weaknesses.state" in said


def test_a_network_without_a_name_takes_that_of_its_file() -> None:
    assert read("", edges_csv="source,target\na,b\n").name == "edges"


def test_files_and_networks_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_LINKS", 1)
    with pytest.raises(TooLarge, match="more than 1 links"):
        read(n_json=json.dumps({"assets": [{"id": "a"}], "links": [{"source": "a", "target": "a"}] * 2}))
    monkeypatch.setattr(formats, "MOST_BYTES", 10)
    with pytest.raises(TooLarge, match="The files have more than"):
        read(a_csv=ASSETS)


def test_weaknesses_and_services_can_stand_in_the_table_of_assets() -> None:
    found = read(a_csv='id,cves,services\na,"CVE-2021-44228@8080; CVE-2020-1472",443/tcp;53/udp\n')
    assert found.assets[0].weaknesses == (Weakness("CVE-2020-1472"), Weakness("CVE-2021-44228", 8080))
    assert found.assets[0].services == (NetworkService(53, "udp"), NetworkService(443))
    assert checked(found) == found
