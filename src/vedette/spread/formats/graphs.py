"""Graphs with attributes: objects of networkx, node-link JSON, GraphML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vedette.errors import BadInput
from vedette.records import Network
from vedette.sentences.catalogue import say
from vedette.spread.formats import attributes
from vedette.spread.network import within

Edge = tuple[Any, Any, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Loose:
    """A graph before its attributes are understood."""

    nodes: Iterable[tuple[Any, Mapping[str, Any]]]
    edges: Iterable[Edge]
    directed: bool


def of_networkx(graph: Any, name: str) -> Network:
    """The network of a `networkx` graph of any kind: attributes of nodes and edges are those of assets and links (see
    `attributes`), each edge of an undirected one leads both ways. Raises BadInput."""
    if not all(hasattr(graph, needed) for needed in ("nodes", "edges", "is_directed")):
        raise BadInput(f"{type(graph).__name__} is not a graph of networkx; give a Graph or a DiGraph.")
    within(graph.number_of_nodes(), graph.number_of_edges() * (1 if graph.is_directed() else 2))
    return of_loose(Loose(graph.nodes(data=True), graph.edges(data=True), graph.is_directed()), name)


def of_node_link(data: Mapping[str, Any], name: str) -> Network:
    """The network of node-link JSON; the edges are `links` or `edges`. Raises BadInput."""
    edges = data.get("links", data.get("edges", []))
    if not isinstance(edges, list) or not all(isinstance(one, Mapping) for one in (*data["nodes"], *edges)):
        raise BadInput('Node-link JSON needs {"nodes": [{"id": ...}], "links": [{"source": ..., "target": ...}]}.')
    directed = bool(data.get("directed", False))
    within(len(data["nodes"]), len(edges) * (1 if directed else 2))
    own = data.get("graph", {})
    named = name or (str(own.get("name", "")) if isinstance(own, Mapping) else "")
    ends = {"source", "target", "from", "to", "key"}
    loose = Loose(
        ((one.get("id", ""), one) for one in data["nodes"]),
        (
            (
                one.get("source", one.get("from", "")),
                one.get("target", one.get("to", "")),
                {key: value for key, value in one.items() if key not in ends},
            )
            for one in edges
        ),
        directed,
    )
    return of_loose(loose, named)


def of_loose(loose: Loose, name: str) -> Network:
    """Each node is an asset and each edge a link; one of an undirected graph two, there and back. Raises BadInput."""
    unknown_assets: dict[str, None] = {}
    unknown_links: dict[str, None] = {}
    assets, links = [], []
    for identity, given in loose.nodes:
        found = attributes.ours(given, attributes.ASSET_NAMES, unknown_assets)
        assets.append(attributes.asset({**found, "id": identity}, f"Node {identity}"))
    for source, target, given in loose.edges:
        found = attributes.ours(given, attributes.LINK_NAMES, unknown_links)
        one = attributes.link({**found, "source": source, "target": target}, f"The edge {source} → {target}")
        links.append(one)
        if not loose.directed:
            links.append(attributes.link({**found, "source": target, "target": source}, ""))
    said = list(attributes.left_out(unknown_assets, "nodes"))
    said += attributes.left_out(unknown_links, "edges")
    if not loose.directed and links:
        said.append(say("graph.undirected"))
    return Network(name, tuple(assets), tuple(links), tuple(said))


def read_graphml(files: Mapping[str, bytes], name: str) -> Network:
    """One file of GraphML, as networkx reads it. Raises BadInput."""
    import networkx

    from vedette.spread.formats.xml import tree

    if len(files) != 1:
        raise BadInput(f"A network in GraphML is one file, not {len(files)}: {', '.join(files)}.")
    ((file, content),) = files.items()
    for element in tree(content, file).iter():  # refuses entities, before another parser sees them
        needed = {"node": ("id",), "edge": ("source", "target")}.get(str(element.tag).rpartition("}")[2], ())
        if not all(element.get(one) for one in needed):
            raise BadInput(
                f"{file} is XML, but no GraphML that can be read: a node without id, or an edge without ends."
            )
    try:
        graph = networkx.parse_graphml(content.decode("utf-8-sig"), node_type=str)
    except (networkx.NetworkXError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{file} is XML, but no GraphML that can be read: {error}.") from error
    return of_networkx(graph, name)
