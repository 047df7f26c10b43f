"""CISA's KEV catalogue."""

from __future__ import annotations

import json
from pathlib import Path

from vedette.rag.load import security
from vedette.records import Document, Failure

SAMPLE = Path(__file__).parents[4] / "examples/security/kev/known_exploited_vulnerabilities.json"


def test_log4shell_of_the_sample_catalogue() -> None:
    read = list(security.read_json(SAMPLE.read_bytes(), "kev.json"))
    assert len(read) == 1404
    one = next(one for one in read if isinstance(one, Document) and one.identifiers == ("CVE-2021-44228",))
    assert one.source == "kev.json#CVE-2021-44228"
    assert one.title == "CVE-2021-44228 Apache Log4j2 Remote Code Execution Vulnerability (KEV)"
    assert "\nRequired action: For all affected software assets for which updates exist," in one.text
    assert "\nDue date: 2021-12-24\nAdded to KEV: 2021-12-10\nKnown ransomware use: Known\nVendor: Apache\n" in one.text
    assert one.kind == "kev"
    assert dict(one.metadata) == {
        "due_date": "2021-12-24", "date_added": "2021-12-10", "vendor": "Apache", "product": "Log4j2",
        "ransomware": True, "cwe": ("CWE-20", "CWE-400", "CWE-502"),
        "references": ("https://nvd.nist.gov/vuln/detail/CVE-2021-44228",),
    }  # fmt: skip


def test_notes_keep_their_sentences_and_lose_their_addresses() -> None:
    notes = "Reference ED 21-04 (https://www.cisa.gov/ed) for more. ; https://nvd.nist.gov/vuln/detail/CVE-2021-1"
    entry = {"cveID": "cve-2021–12345", "vulnerabilityName": "X", "shortDescription": "It is bad.", "notes": notes}
    (one,) = security.read_json(json.dumps({"vulnerabilities": [entry]}).encode(), "kev.json")
    assert isinstance(one, Document)
    assert one.identifiers == ("CVE-2021-12345",)
    assert "\nNotes: Reference ED 21-04 for more.\nReferences: cisa.gov, nvd.nist.gov" in one.text
    assert "Due date" not in one.text


def test_garbled_entries_fail_alone() -> None:
    entries = [{"cveID": "CVE-2021-1234"}, 7, {"cveID": "soon"}, {"vendorProject": "X"}, {"cveID": "CVE-2021-1234"}]
    read = list(security.read_json(json.dumps({"vulnerabilities": entries}).encode(), "kev.json"))
    assert [one.reason for one in read if isinstance(one, Failure)] == [
        "Record number 2 is garbled: it is not an object; correct it and ingest the file again.",
        "Record soon is garbled: 'soon' is no identifier that begins with CVE-; correct it and ingest the file again.",
        "Record number 4 is garbled: it lacks 'cveID'; correct it and ingest the file again.",
    ]
    sources = [one.source for one in read if isinstance(one, Document)]
    assert sources == ["kev.json#CVE-2021-1234", "kev.json#CVE-2021-1234~2"]
