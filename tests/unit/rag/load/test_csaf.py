"""CSAF 2.0 advisories."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.rag.load import csaf, security
from vedette.records import Document

SAMPLES = sorted((Path(__file__).parents[4] / "examples/security/csaf").glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_has_what_a_reader_needs(path: Path) -> None:
    (one,) = security.read_json(path.read_bytes(), path.name)
    assert isinstance(one, Document)
    assert one.kind == "csaf"
    assert one.identifiers == (path.stem.upper(),)
    assert one.metadata["cves"]
    assert "\nHighest CVSS: " in one.text
    assert "\nRemediations\n" in one.text
    assert "\nAffected products\n" in one.text
    assert "CSAFPID" not in one.text


def test_siemens_nucleus() -> None:
    (one,) = security.read_json(next(p for p in SAMPLES if p.stem == "icsa-21-103-05").read_bytes(), "a.json")
    assert isinstance(one, Document)
    assert one.title == "ICSA-21-103-05 Siemens Nucleus Products IPv6 Stack (Update A)"
    assert one.metadata["cves"] == ("CVE-2021-25663", "CVE-2021-25664")
    assert (one.metadata["cvss_score"], one.metadata["severity"], one.metadata["tlp"]) == (7.5, "high", "WHITE")
    assert "- Siemens Nucleus NET: all versions\n- Siemens Nucleus ReadyStart V3: < V2017.02.4" in one.text
    assert "- Vendor fix: Update to V4.1.0 or later version (Siemens Nucleus ReadyStart V4: < V4.1.0)" in one.text
    assert "CVE-2021-25663\n\nThe function that processes IPv6 headers does not check" in one.text
    assert "Exploitability: No known public exploits specifically target these vulnerabilities." in one.text
    assert "unstructured data" not in one.text


def test_an_advisory_without_vulnerabilities_or_products() -> None:
    head = {"csaf_version": "2.0", "title": "All well", "tracking": {"id": "ACME-1"}, "lang": "de"}
    (one,) = csaf.read({"document": head}, "a.json")
    assert isinstance(one, Document)
    assert (one.title, one.language, one.identifiers) == ("ACME-1 All well", "de", ("ACME-1",))
    assert one.metadata["cvss_score"] == 0.0


def test_an_advisory_without_an_id_is_a_failure() -> None:
    (one,) = csaf.read({"document": {"csaf_version": "2.0", "title": "X"}}, "a.json")
    assert not isinstance(one, Document)
    assert "lacks 'id'" in one.reason
