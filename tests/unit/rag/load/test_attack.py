"""ATT&CK: STIX 2.0 and 2.1, successors of revoked objects, dangling references, the sample bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vedette.rag.load import attack, security
from vedette.records import Document, Failure

SAMPLE = Path(__file__).parents[4] / "examples/security/attack/enterprise-attack-trimmed.json"


def thing(kind: str, number: str, name: str, **more: Any) -> dict[str, Any]:
    reference = {"source_name": "mitre-attack", "external_id": number, "url": f"https://attack.mitre.org/{number}"}
    return {"type": kind, "id": f"{kind}--{number}", "name": name, "external_references": [reference], **more}


def link(kind: str, source: str, target: str, description: str = "", **more: Any) -> dict[str, Any]:
    ends = {"source_ref": source, "target_ref": target}
    return {"type": "relationship", "relationship_type": kind, "description": description, **ends, **more}


def bundle(version: str) -> dict[str, Any]:
    objects = [
        thing("x-mitre-tactic", "TA0006", "Credential Access", x_mitre_shortname="credential-access"),
        thing(
            "attack-pattern",
            "T1110",
            "Brute Force",
            description="Adversaries [guess](https://x.org/a_(b)) with <code>hydra</code>.(Citation: A (2020))"
            "\n\n* one\n* two",
            kill_chain_phases=[{"kill_chain_name": "mitre-attack", "phase_name": "credential-access"}],
            x_mitre_platforms=["Linux"],
            x_mitre_detection="Watch failed logons.",
        ),
        thing("attack-pattern", "T1110.003", "Password Spraying"),
        thing("attack-pattern", "T1600", "Old Spraying", revoked=True),
        thing("attack-pattern", "T1601", "Older Spraying", revoked=True),
        thing("attack-pattern", "T1999", "Dropped", x_mitre_deprecated=True),
        thing("course-of-action", "M1036", "Account Use Policies"),
        thing("intrusion-set", "G0016", "APT29", aliases=["APT29", "Cozy Bear"]),
        thing("malware", "S0002", "Mimikatz", x_mitre_aliases=["Mimikatz"]),
        thing("campaign", "C0001", "Frankenstein", first_seen="2019-01-01T00:00:00Z"),
        link("subtechnique-of", "attack-pattern--T1110.003", "attack-pattern--T1110"),
        link("mitigates", "course-of-action--M1036", "attack-pattern--T1110", "Set account lockout policies."),
        link("uses", "intrusion-set--G0016", "attack-pattern--T1110", "[APT29](https://x.org) guessed passwords."),
        link("uses", "intrusion-set--G0016", "attack-pattern--T1600", "APT29 sprayed."),
        link("uses", "intrusion-set--G0016", "malware--S0002"),
        link("uses", "intrusion-set--G0016", "attack-pattern--gone", "Lost."),
        link("uses", "nobody--1", "nobody--2"),
        link("attributed-to", "campaign--C0001", "intrusion-set--G0016"),
        link("revoked-by", "attack-pattern--T1601", "attack-pattern--T1600"),
        link("revoked-by", "attack-pattern--T1600", "attack-pattern--T1110.003"),
        link("mitigates", "course-of-action--M1036", "attack-pattern--T1999", "Never said.", revoked=True),
    ]
    made: dict[str, Any] = {"type": "bundle", "id": "bundle--1", "objects": objects}
    if version == "2.0":
        return {**made, "spec_version": "2.0"}
    return {**made, "objects": [{**entry, "spec_version": "2.1"} for entry in objects]}


@pytest.fixture(params=["2.0", "2.1"])
def documents(request: pytest.FixtureRequest) -> dict[str, Document]:
    read = list(security.read_json(json.dumps(bundle(request.param)).encode(), "a.json"))
    assert all(isinstance(one, Document) for one in read)
    return {one.identifiers[0]: one for one in read if isinstance(one, Document)}


def test_every_object_is_a_document_of_its_own(documents: dict[str, Document]) -> None:
    assert {number: one.kind for number, one in documents.items()} == {
        "TA0006": "attack-tactic", "T1110": "attack-technique", "T1110.003": "attack-technique",
        "T1999": "attack-technique", "M1036": "attack-mitigation", "G0016": "attack-group",
        "S0002": "attack-software", "C0001": "attack-campaign",
    }  # fmt: skip
    assert documents["T1110"].source == "a.json#T1110"


def test_a_technique_reads_like_a_page(documents: dict[str, Document]) -> None:
    one = documents["T1110"]
    assert one.text == (
        "T1110 Brute Force\n\nAdversaries guess with hydra.\n\n* one\n* two\n\n"
        "Tactics: Credential Access (TA0006)\nPlatforms: Linux\n\n"
        "Sub-techniques\n\n- T1110.003 Password Spraying\n\n"
        "Mitigations\n\n- M1036 Account Use Policies: Set account lockout policies.\n\n"
        "Detection\n\nWatch failed logons.\n\n"
        "Procedure examples\n\n- G0016 APT29: APT29 guessed passwords."
    )
    assert one.metadata["tactics"] == ("Credential Access",)
    assert one.metadata["platforms"] == ("Linux",)
    headings = [one.text[b.start : b.end] for b in one.blocks if b.kind == "heading"]
    assert headings == [
        "T1110 Brute Force", "Sub-techniques", "Mitigations", "Detection", "Procedure examples",
    ]  # fmt: skip


def test_revoked_objects_lead_to_their_successor(documents: dict[str, Document]) -> None:
    one = documents["T1110.003"]
    assert one.title == "T1110.003 Brute Force: Password Spraying"
    assert set(one.identifiers) == {"T1110.003", "T1600", "T1601"}
    assert "Replaces T1601, T1600." in one.text
    assert "- G0016 APT29: APT29 sprayed." in one.text
    assert "Sub-technique of: T1110 Brute Force" in one.text


def test_a_deprecated_object_without_successor_says_so(documents: dict[str, Document]) -> None:
    assert "T1999 has been withdrawn from ATT&CK." in documents["T1999"].text
    assert "Never said" not in documents["T1999"].text


def test_groups_software_campaigns_and_tactics(documents: dict[str, Document]) -> None:
    group = documents["G0016"]
    assert group.names == ("APT29", "Cozy Bear")
    assert "Also known as: Cozy Bear" in group.text
    assert "Software used\n\n- S0002 Mimikatz" in group.text
    assert "Campaigns\n\n- C0001 Frankenstein" in group.text
    assert "Used by\n\n- G0016 APT29" in documents["S0002"].text
    assert "Attributed to: G0016 APT29" in documents["C0001"].text
    assert "First seen: 2019-01-01" in documents["C0001"].text
    assert "Techniques addressed\n\n- T1110 Brute Force: Set account lockout" in documents["M1036"].text
    assert "Techniques\n\n- T1110 Brute Force" in documents["TA0006"].text


def test_dangling_references_are_counted(documents: dict[str, Document]) -> None:
    assert documents["G0016"].metadata["dangling_references"] == 1
    assert "Lost." not in documents["G0016"].text
    assert "dangling_references" not in documents["T1110"].metadata


def test_garbled_objects_are_named_and_the_others_read() -> None:
    broken = bundle("2.1")
    broken["objects"] += [
        "not an object",
        thing("attack-pattern", "T1002", ""),
        {"type": "malware", "id": "malware--x", "name": "X"},
    ]
    read = list(attack.read(broken, "a.json"))
    failures = [one for one in read if isinstance(one, Failure)]
    assert [one.path for one in failures] == ["a.json"] * 3
    assert any("malware--x" in one.reason and "external_id" in one.reason for one in failures)
    assert sum(isinstance(one, Document) for one in read) == 8


def test_a_circle_of_revocations_ends() -> None:
    made = bundle("2.1")
    made["objects"].append(link("revoked-by", "attack-pattern--T1110.003", "attack-pattern--T1601"))
    assert sum(isinstance(one, Document) for one in attack.read(made, "a.json")) == 10


def test_the_sample_bundle() -> None:
    read = list(security.read_json(SAMPLE.read_bytes(), "enterprise.json"))
    found = {one.identifiers[0]: one for one in read if isinstance(one, Document)}
    assert len(found) == len(read) == 1757
    order = list(found)
    assert order.index("T1110") < order.index("T1001.001")  # what a first question is about is read early
    brute = found["T1110"]
    mitigations = brute.text[brute.text.index("Mitigations") : brute.text.index("Procedure examples")]
    for label in ("M1018 User Account Management: ", "M1027 Password Policies: ", "M1032 Multi-factor Authentication: ",
                  "M1036 Account Use Policies: Set account lockout policies"):  # fmt: skip
        assert f"- {label}" in mitigations
    assert "Cozy Bear" in found["G0016"].names
    assert not any("(Citation:" in one.text or "](http" in one.text or "<code>" in one.text for one in found.values())
