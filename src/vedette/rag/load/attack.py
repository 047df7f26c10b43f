"""MITRE ATT&CK: one document per technique, group, software, mitigation, tactic and campaign of a STIX bundle.

The id of a revoked object is among the identifiers of its successor. Citations and link targets are left out of the
text; what a relationship says stands on both its pages, so that each can be quoted on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from vedette.rag.load.record import Json, Page, guarded, line, rows, strings, unique, words
from vedette.rag.load.stix import KINDS, Graph, Node, Relation, graph_of, number, successors, withdrawn
from vedette.records import Document, Failure, MetadataValue

_Metadata = dict[str, MetadataValue]


def recognises(value: Any) -> bool:
    if not isinstance(value, Mapping) or value.get("type") != "bundle":
        return False
    return any(entry.get("type") in KINDS and number(entry) for entry in rows(value, "objects"))


def read(value: Json, source: str) -> Iterator[Document | Failure]:
    """The documents of a bundle, sources `source#T1110`: tactics first, then techniques and the rest, by number.

    Sub-techniques stand behind all techniques: in a first ingest, what is asked most can be answered earliest.
    """
    objects = rows(value, "objects")
    if len(objects) < len(value["objects"]):
        count = len(value["objects"]) - len(objects)
        yield Failure(source, f"{count} entries of the bundle are no objects and were left out; correct the file.")
    graph, replaced = graph_of(objects), successors(objects)
    wanted = [
        entry for entry in objects if entry.get("type") in KINDS and replaced.get(words(entry, "id")) not in graph.nodes
    ]
    wanted.sort(key=_place)
    yield from guarded(wanted, source, "id", partial(_document, graph, source))


def _place(entry: Json) -> tuple[int, bool, str]:
    return list(KINDS).index(words(entry, "type")), "." in number(entry), number(entry)


def _document(graph: Graph, source: str, entry: Json) -> Document:
    identity = words(entry, "id")
    node = graph.nodes[identity]
    if not node.number or not node.name:
        raise KeyError("external_id" if node.name else "name")
    replaced = unique(graph.replaces[identity])
    page = Page(node.label)
    if replaced:
        page.prose(f"Replaces {', '.join(replaced)}.")
    if withdrawn(entry):
        page.prose(f"{node.number} has been withdrawn from ATT&CK.")
    page.prose(words(entry, "description"))
    metadata = _PAGES[node.kind](page, graph, identity, node)
    url = next((words(one, "url") for one in rows(entry, "external_references")), "")
    metadata |= {"url": url, "modified": words(entry, "modified")[:10]}
    if graph.dangling[identity]:
        metadata["dangling_references"] = graph.dangling[identity]
    return Document(
        source=f"{source}#{node.number}",
        title=page.title,
        text=page.text,
        media_type="application/stix+json",
        kind=node.kind,
        language="en",
        blocks=tuple(page.blocks),
        identifiers=unique((node.number, *replaced)),
        names=unique((words(entry, "name"), *_aliases(entry), node.name)),
        metadata=metadata,
    )


def _aliases(entry: Json) -> tuple[str, ...]:
    every = (*strings(entry, "aliases"), *strings(entry, "x_mitre_aliases"))
    return tuple(alias for alias in unique(every) if alias != words(entry, "name"))


def _items(relations: Iterable[Relation], *kinds: str) -> list[str]:
    """`M1036 Account Use Policies: Set account lockout policies …` for each relationship to one of the kinds."""
    items = []
    for relation in relations:
        if relation.other.kind in kinds:
            said = line(relation.description)
            items.append(f"{relation.other.label}: {said}" if said else relation.other.label)
    return items


def _technique(page: Page, graph: Graph, identity: str, node: Node) -> _Metadata:
    phases = [words(phase, "phase_name") for phase in rows(node.raw, "kill_chain_phases")]
    tactics = [graph.tactics[phase] for phase in phases if phase in graph.tactics]
    unknown = [phase.replace("-", " ").title() for phase in phases if phase not in graph.tactics]
    platforms = strings(node.raw, "x_mitre_platforms")
    parents = [relation.other.label for relation in graph.out[identity, "subtechnique-of"]]
    page.fields(
        {
            "Tactics": [*(f"{tactic.name} ({tactic.number})" for tactic in tactics), *unknown],
            "Platforms": platforms,
            "Sub-technique of": parents,
        }
    )
    children = graph.into[identity, "subtechnique-of"]
    page.section("Sub-techniques", [f"{one.other.number} {words(one.other.raw, 'name')}" for one in children])
    page.section("Mitigations", _items(graph.into[identity, "mitigates"], "attack-mitigation"))
    detection = words(node.raw, "x_mitre_detection")
    strategies = _items(graph.into[identity, "detects"], "")
    if detection and not strategies:
        page.add("heading", "Detection", 2)
    page.section("Detection", strategies)
    page.prose(detection)
    users = ("attack-group", "attack-campaign", "attack-software")
    page.section("Procedure examples", _items(graph.into[identity, "uses"], *users))
    return {"tactics": (*(tactic.name for tactic in tactics), *unknown), "platforms": platforms}


def _group(page: Page, graph: Graph, identity: str, node: Node) -> _Metadata:
    page.fields({"Also known as": _aliases(node.raw)})
    page.section("Techniques used", _items(graph.out[identity, "uses"], "attack-technique"))
    page.section("Software used", _items(graph.out[identity, "uses"], "attack-software"))
    page.section("Campaigns", _items(graph.into[identity, "attributed-to"], "attack-campaign"))
    return {"aliases": _aliases(node.raw)}


def _software(page: Page, graph: Graph, identity: str, node: Node) -> _Metadata:
    platforms = strings(node.raw, "x_mitre_platforms")
    page.fields({"Also known as": _aliases(node.raw), "Type": words(node.raw, "type"), "Platforms": platforms})
    page.section("Used by", _items(graph.into[identity, "uses"], "attack-group", "attack-campaign"))
    page.section("Techniques used", _items(graph.out[identity, "uses"], "attack-technique"))
    return {"aliases": _aliases(node.raw), "platforms": platforms}


def _campaign(page: Page, graph: Graph, identity: str, node: Node) -> _Metadata:
    first, last = words(node.raw, "first_seen")[:10], words(node.raw, "last_seen")[:10]
    groups = [relation.other.label for relation in graph.out[identity, "attributed-to"]]
    page.fields(
        {"Also known as": _aliases(node.raw), "First seen": first, "Last seen": last, "Attributed to": groups},
    )
    page.section("Techniques used", _items(graph.out[identity, "uses"], "attack-technique"))
    page.section("Software used", _items(graph.out[identity, "uses"], "attack-software"))
    return {"aliases": _aliases(node.raw), "first_seen": first, "last_seen": last}


def _mitigation(page: Page, graph: Graph, identity: str, node: Node) -> _Metadata:
    page.section("Techniques addressed", _items(graph.out[identity, "mitigates"], "attack-technique"))
    return {}


def _tactic(page: Page, graph: Graph, identity: str, node: Node) -> _Metadata:
    name = words(node.raw, "x_mitre_shortname")
    techniques = sorted(
        other.label
        for other in graph.nodes.values()
        if other.kind == "attack-technique"
        and "." not in other.number
        and not withdrawn(other.raw)
        and any(words(phase, "phase_name") == name for phase in rows(other.raw, "kill_chain_phases"))
    )
    page.section("Techniques", techniques)
    return {"shortname": name}


_PAGES = {
    "attack-technique": _technique,
    "attack-group": _group,
    "attack-software": _software,
    "attack-campaign": _campaign,
    "attack-mitigation": _mitigation,
    "attack-tactic": _tactic,
}
