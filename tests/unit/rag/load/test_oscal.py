"""OSCAL catalogues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vedette.rag.load import oscal, security
from vedette.records import Document

SAMPLE = next((Path(__file__).parents[4] / "examples/security/oscal").glob("*.json"))


def test_the_moderate_baseline() -> None:
    read = list(security.read_json(SAMPLE.read_bytes(), "nist.json"))
    found = {one.identifiers[0]: one for one in read if isinstance(one, Document)}
    assert len(found) == len(read) == 287
    one = found["AC-2(3)"]
    assert one.source == "nist.json#AC-2(3)"
    assert one.title == "AC-2(3) Account Management: Disable Accounts"
    assert one.text.startswith(
        "AC-2(3) Account Management: Disable Accounts\n\n"
        "Disable accounts within [Assignment: organization-defined time period] when the accounts:\n\n"
        "(a) Have expired;\n(b) Are no longer associated with a user or individual;\n"
    )
    assert "\nEnhancement of: AC-2 Account Management\nFamily: Access Control\n" in one.text
    assert "- AC-2(3) Disable Accounts" in found["AC-2"].text
    assert "  1. [Selection (one or more): organization-level; mission/business" in found["AC-1"].text
    assert "AC-3" in str(found["AC-2"].metadata["related"])
    assert not any("{{" in one.text or "(#" in one.text for one in found.values())


def catalogue(*controls: dict[str, Any]) -> dict[str, Any]:
    return {
        "catalog": {"metadata": {"title": "C"}, "groups": [{"title": "Access Control", "controls": list(controls)}]}
    }


def test_withdrawn_controls_lead_to_what_took_their_place() -> None:
    withdrawn = [{"name": "status", "value": "withdrawn"}]
    link = [{"rel": "incorporated-into", "href": "#ac-2_smt.k"}]
    read = oscal.read(
        catalogue(
            {
                "id": "ac-2",
                "title": "Account Management",
                "parts": [{"name": "statement", "prose": "Manage accounts."}],
            },
            {"id": "ac-15", "title": "Automated Marking", "props": withdrawn, "links": link},
            {"id": "ac-9", "title": "Gone", "props": withdrawn},
        ),
        "c.json",
    )
    first, second = (one for one in read if isinstance(one, Document))
    assert first.identifiers == ("AC-2", "AC-15")
    assert "Replaces AC-15.\n\nManage accounts." in first.text
    assert "AC-9 has been withdrawn." in second.text


def test_parameters_with_values_and_nested_choices() -> None:
    parameters = [
        {"id": "p1", "values": ["30 days"]},
        {"id": "p2", "select": {"choice": ["now", "within {{ insert: param, p1 }}"]}},
    ]
    prose = "Disable {{ insert: param, p2 }} or {{ p3 }}."
    control = {"id": "ac-3", "title": "T", "params": parameters, "parts": [{"name": "statement", "prose": prose}]}
    (one,) = oscal.read(catalogue(control), "c.json")
    assert isinstance(one, Document)
    assert "Disable [Selection: now; within 30 days] or [Assignment: organization-defined value]." in one.text


def test_a_control_without_a_title_fails_alone() -> None:
    read = list(oscal.read(catalogue({"id": "ac-1"}, {"id": "ac-2", "title": "T"}), "c.json"))
    assert [isinstance(one, Document) for one in read] == [False, True]
