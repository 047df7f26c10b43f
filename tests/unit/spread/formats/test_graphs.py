"""Objects of networkx, node-link JSON, GraphML."""

from __future__ import annotations

import json

import networkx
import pytest

from vedette.errors import BadInput
from vedette.records import Link, Weakness
from vedette.spread import formats


def directed() -> networkx.DiGraph:
    graph = networkx.DiGraph(name="floor")
    graph.add_node("web", label="Shop", cves="CVE-2021-44228@443", criticality=0.5, x=12.5)
    graph.add_edge("pc", "web", port=443)
    graph.add_edge("web", "pc", kind="credential", rate=0.25)
    return graph


def test_a_directed_graph_keeps_its_directions() -> None:
    found = formats.of_networkx(directed(), "floor")
    assert [asset.id for asset in found.assets] == ["pc", "web"]
    assert (found.assets[1].name, found.assets[1].criticality) == ("Shop", 0.5)
    assert found.assets[1].weaknesses == (Weakness("CVE-2021-44228", 443),)
    assert found.links == (Link("pc", "web", port=443), Link("web", "pc", "credential", rate=0.25))
    assert found.assumptions == ("These fields of the nodes mean nothing here and were left out: x.",)


def test_an_undirected_graph_leads_both_ways_and_says_so() -> None:
    found = formats.of_networkx(networkx.path_graph(3), "path")
    assert {(link.source, link.target) for link in found.links} == {("0", "1"), ("1", "0"), ("1", "2"), ("2", "1")}
    assert "undirected" in " ".join(found.assumptions)


def test_edges_between_the_same_nodes_of_a_multigraph() -> None:
    graph = networkx.MultiDiGraph([("a", "b", {"port": 22}), ("a", "b", {"port": 443}), ("a", "b", {"port": 22})])
    assert [link.port for link in formats.of_networkx(graph, "m").links] == [22, 443]


def test_records_can_stand_in_the_attributes() -> None:
    graph = networkx.DiGraph([("a", "b")])
    graph.nodes["b"].update(weaknesses=[{"cve": "CVE-2021-44228", "kev": True}], services=[443, {"port": 22}])
    found = formats.of_networkx(graph, "m").assets[1]
    assert found.weaknesses == (Weakness("CVE-2021-44228", kev=True),)
    assert [service.port for service in found.services] == [22, 443]


@pytest.mark.parametrize("edges", ["links", "edges"])
def test_node_link_json(edges: str) -> None:
    data = networkx.node_link_data(directed(), edges=edges)
    found = formats.read({"n.json": json.dumps(data).encode()})
    assert found == formats.of_networkx(directed(), "floor")


def test_graphml() -> None:
    text = "\n".join(networkx.generate_graphml(directed()))
    found = formats.read({"floor.graphml": text.encode()})
    assert found == formats.of_networkx(directed(), "floor")


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("n.json", '{"nodes": [1], "links": []}', "Node-link JSON needs"),
        ("n.json", '{"nodes": [{"id": "a"}], "links": [{"source": "a"}]}', "lacks its target"),
        ("n.json", '{"nodes": [{"id": "a", "criticality": "x"}]}', "Node a: its criticality is 'x'"),
        ("n.json", '{"nodes": [{"id": "a"}], "links": [{"source": "a", "target": "b"}]}', "'b'"),
        ("n.graphml", "<graphml><graph><node/></graph></graphml>", "no GraphML that can be read"),
        ("n.graphml", "<graphml><graph>", "is not XML that can be read"),
        ("n.xml", "<gexf></gexf>", "neither of nmap (<nmaprun>) nor GraphML"),
        (
            "n.graphml",
            '<!DOCTYPE graphml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml>&b;</graphml>',
            "declares XML entities",
        ),
    ],
)
def test_what_does_not_fit_is_named(file: str, text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        formats.read({file: text.encode()})
    assert sentence in caught.value.message


def test_only_graphs_are_graphs() -> None:
    with pytest.raises(BadInput, match="dict is not a graph of networkx"):
        formats.of_networkx({}, "n")
