"""A STIX 2.0 or 2.1 bundle of ATT&CK objects as a graph whose every end exists.

Relationships of revoked objects pass to their successors; those to objects that are not there are counted, not kept.
Source: OASIS STIX 2.1, sections 4 and 5; https://github.com/mitre-attack/attack-stix-data (USAGE.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vedette.rag.load.record import Json, rows, words

KINDS = {
    "x-mitre-tactic": "attack-tactic",
    "attack-pattern": "attack-technique",
    "course-of-action": "attack-mitigation",
    "intrusion-set": "attack-group",
    "campaign": "attack-campaign",
    "malware": "attack-software",
    "tool": "attack-software",
}
_DETECTION = {"x-mitre-detection-strategy", "x-mitre-data-component"}


@dataclass(frozen=True, slots=True)
class Node:
    """One object. `number` is its ATT&CK id (`T1110.003`), `name` its full name (`Brute Force: Password Spraying`)."""

    kind: str
    number: str
    name: str
    raw: Json

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship as one of its ends sees it: the other end, and what is said of it."""

    other: Node
    description: str


_Relations = dict[tuple[str, str], list[Relation]]


@dataclass(frozen=True, slots=True)
class Graph:
    """The objects of a bundle by STIX id, and what relates them.

    `out[id, type]` are the relationships that begin at an object, `into[id, type]` those that end there, both in the
    order of the other's number. `replaces[id]` are numbers of revoked objects that lead here; `dangling[id]` counts
    relationships whose other end is missing. `tactics` maps a tactic's short name to it.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    out: _Relations = field(default_factory=lambda: defaultdict(list))
    into: _Relations = field(default_factory=lambda: defaultdict(list))
    replaces: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    dangling: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tactics: dict[str, Node] = field(default_factory=dict)


def number(entry: Json) -> str:
    """The ATT&CK id of an object, or ""."""
    for reference in rows(entry, "external_references"):
        if words(reference, "source_name").startswith("mitre-") and words(reference, "external_id"):
            return words(reference, "external_id").upper()
    return ""


def withdrawn(entry: Json) -> bool:
    """Whether MITRE has taken the object back."""
    return entry.get("revoked") is True or entry.get("x_mitre_deprecated") is True


def successors(objects: Iterable[Json]) -> dict[str, str]:
    """Revoked STIX id -> the id of what stands in its place today, over as many steps as it takes."""
    step = {
        words(entry, "source_ref"): words(entry, "target_ref")
        for entry in objects
        if entry.get("relationship_type") == "revoked-by"
    }
    found: dict[str, str] = {}
    for old, new in step.items():
        seen = {old}
        while new in step and new not in seen:
            seen.add(new)
            new = step[new]
        if new not in seen:
            found[old] = new
    return found


def graph_of(objects: Sequence[Json]) -> Graph:
    """The graph of a bundle's objects. Objects without a name or number are in it too: their reader complains."""
    graph, replaced = Graph(), successors(objects)
    links = [entry for entry in objects if entry.get("type") == "relationship" and not withdrawn(entry)]
    for entry in objects:
        kind = words(entry, "type")
        if kind in KINDS or kind in _DETECTION:
            node = Node(KINDS.get(kind, ""), number(entry), words(entry, "name"), entry)
            graph.nodes[words(entry, "id")] = node
            graph.tactics[words(entry, "x_mitre_shortname")] = node
    _name_in_full(graph, links)
    for old, new in replaced.items():
        if old in graph.nodes and new in graph.nodes:
            graph.replaces[new].append(graph.nodes[old].number)
    seen: set[tuple[str, str, str, str]] = set()
    for link in links:
        _relate(graph, link, replaced, seen)
    for relations in (*graph.out.values(), *graph.into.values()):
        relations.sort(key=lambda relation: (relation.other.number, relation.other.name))
    return graph


def _name_in_full(graph: Graph, links: Iterable[Json]) -> None:
    for link in links:
        child, parent = graph.nodes.get(words(link, "source_ref")), graph.nodes.get(words(link, "target_ref"))
        if words(link, "relationship_type") == "subtechnique-of" and child and parent:
            name = f"{words(parent.raw, 'name')}: {words(child.raw, 'name')}"
            graph.nodes[words(link, "source_ref")] = Node(child.kind, child.number, name, child.raw)


def _relate(graph: Graph, link: Json, replaced: dict[str, str], seen: set[tuple[str, str, str, str]]) -> None:
    kind, description = words(link, "relationship_type"), words(link, "description")
    ends = words(link, "source_ref"), words(link, "target_ref")
    # A revoked technique's place in the tree is not its successor's.
    if kind == "revoked-by" or (kind == "subtechnique-of" and (ends[0] in replaced or ends[1] in replaced)):
        return
    source, target = (replaced.get(end, end) for end in ends)
    begin, end = graph.nodes.get(source), graph.nodes.get(target)
    if begin is None or end is None:
        for identity in {source, target} & graph.nodes.keys():
            graph.dangling[identity] += 1
    elif (source, kind, target, description) not in seen and source != target:
        seen.add((source, kind, target, description))
        graph.out[source, kind].append(Relation(end, description))
        graph.into[target, kind].append(Relation(begin, description))
