"""CVE records, JSON 5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vedette.rag.load import security
from vedette.records import Document

SAMPLES = sorted((Path(__file__).parents[4] / "examples/security/cve").glob("*.json"))


def read(record: dict[str, Any]) -> Document:
    (one,) = security.read_json(json.dumps(record).encode(), "cve.json")
    assert isinstance(one, Document)
    return one


def record(cna: dict[str, Any], *adp: dict[str, Any]) -> dict[str, Any]:
    meta = {"cveId": "CVE-2030-0001", "state": "PUBLISHED", "datePublished": "2030-01-02T00:00:00Z"}
    return {"dataType": "CVE_RECORD", "cveMetadata": meta, "containers": {"cna": cna, "adp": list(adp)}}


def test_palo_alto_of_the_sample() -> None:
    one = read(json.loads(next(path for path in SAMPLES if path.stem == "CVE-2024-3400").read_text()))
    assert one.source == "cve.json"
    assert one.identifiers == ("CVE-2024-3400",)
    assert "\nCVSS: 10.0 CRITICAL (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H)\n" in one.text
    assert "\nIn CISA KEV since: 2024-04-12\n" in one.text
    assert "- Palo Alto Networks PAN-OS: 10.2.0 before 10.2.9-h1, 11.0.0 before 11.0.4-h1" in one.text
    assert one.metadata["cvss_score"] == 10.0
    assert one.metadata["severity"] == "critical"
    assert one.metadata["cwe"] == ("CWE-77", "CWE-20")
    assert one.metadata["exploited"] is True


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_has_what_a_reader_needs(path: Path) -> None:
    (one,) = security.read_json(path.read_bytes(), path.name)
    assert isinstance(one, Document)
    assert one.identifiers == (path.stem,)
    assert one.title.startswith(f"{path.stem} ")
    assert "\nCVSS: " in one.text
    assert "Affected products" in one.text
    assert "<p>" not in one.text


def test_newest_cvss_wins_and_cisa_fills_gaps() -> None:
    old, new = (
        {"baseScore": 5.0, "vectorString": "old"},
        {"baseScore": 9.1, "baseSeverity": "CRITICAL", "vectorString": "n"},
    )
    weakness = {"descriptions": [{"cweId": "CWE-79", "description": "CWE-79: Cross-site Scripting"}]}
    one = read(
        record(
            {
                "descriptions": [{"lang": "es", "value": "Malo."}, {"lang": "en", "value": "Bad."}],
                "metrics": [{"cvssV2_0": old}],
            },
            {
                "metrics": [{"cvssV3_1": new}],
                "problemTypes": [weakness],
                "affected": [{"vendor": "Acme", "product": "Box"}],
            },
        )
    )
    assert one.title == "CVE-2030-0001 Acme Box: Cross-site Scripting"
    assert "Malo" not in one.text
    assert one.metadata["cvss_score"] == 9.1
    assert "Weaknesses: CWE-79 Cross-site Scripting" in one.text


def test_versions_are_told_in_words() -> None:
    versions = [
        {"version": "0", "lessThan": "2.1", "status": "affected"},
        {"version": "3.0", "lessThanOrEqual": "3.4", "status": "affected"},
        {"version": "n/a", "lessThanOrEqual": "1.9", "status": "affected"},
        {"version": "3.5", "lessThan": "*", "status": "unaffected"},
    ]
    affected = [{"vendor": "Acme", "product": "Acme Box", "versions": versions}, {"vendor": "n/a", "product": "n/a"}]
    one = read(record({"title": "T", "affected": affected}))
    assert "- Acme Box: before 2.1, 3.0 through 3.4, 1.9 and earlier (not affected: 3.5 and later)" in one.text
    assert one.text.count("\n- ") == 1


def test_a_rejected_record_says_so() -> None:
    made = record({"rejectedReasons": [{"lang": "en", "value": "A duplicate of CVE-2029-0009."}]})
    made["cveMetadata"]["state"] = "REJECTED"
    one = read(made)
    assert "CVE-2030-0001 has been rejected.\n\nA duplicate of CVE-2029-0009." in one.text


def test_several_records_in_one_file_have_sources_of_their_own() -> None:
    first, second = record({"title": "A"}), record({"title": "B"})
    second["cveMetadata"] = {"cveId": "CVE-2030-0002"}
    found = security.read_json(json.dumps([first, second]).encode(), "all.json")
    assert [one.source for one in found if isinstance(one, Document)] == [
        "all.json#CVE-2030-0001",
        "all.json#CVE-2030-0002",
    ]
