"""The identifier grammar: what counts, what does not, and that a found value is found again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.rag.text.identifiers import find_identifiers, normalise

FOUND = [
    ("CVE-2021-44228", "cve", "CVE-2021-44228"),
    ("cve-2021–44228", "cve", "CVE-2021-44228"),
    ("CVE 2021 44228", "cve", "CVE-2021-44228"),
    ("CVE-2021-\n44228", "cve", "CVE-2021-44228"),
    ("the file report-CVE-2021-44228.pdf", "cve", "CVE-2021-44228"),
    ("CWE-079", "cwe", "CWE-79"),
    ("CAPEC 248", "capec", "CAPEC-248"),
    ("t1110", "attack", "T1110"),
    ("T1110/003", "attack", "T1110.003"),
    ("- attack.t1110.003", "attack", "T1110.003"),
    ("G0016,", "attack", "G0016"),
    ("S0002", "attack", "S0002"),
    ("M1036", "attack", "M1036"),
    ("TA0006", "attack", "TA0006"),
    ("C0001", "attack", "C0001"),
    ("DET0001", "attack", "DET0001"),
    ("DS0001", "attack", "DS0001"),
    ("ghsa-JFH8-c2jp-5v3q", "ghsa", "GHSA-jfh8-c2jp-5v3q"),
    ("icsa-21-103-05", "icsa", "ICSA-21-103-05"),
    ("VA-24-201-01", "icsa", "VA-24-201-01"),
    ("AA20-302A.pdf", "icsa", "AA20-302A"),
    ("AC-2 (3)", "control", "AC-2(3)"),
    ("ac-2.1", "control", "AC-2(1)"),
    ("IA-05(01)", "control", "IA-5(1)"),
    ("198.51.100[.]7", "ipv4", "198.51.100.7"),
    ("10.0.0.0/8", "ipv4", "10.0.0.0"),
    ("8.8.8.8:53", "ipv4", "8.8.8.8"),
    ("2001[:]db8[:][:]1", "ipv6", "2001:db8::1"),
    ("evil[.]com", "domain", "evil.com"),
    ("Sub.Evil(dot)co[.]uk.", "domain", "sub.evil.co.uk"),
    ("script[.]pl", "domain", "script.pl"),
    ("1.2.3.4.nip.io", "domain", "1.2.3.4.nip.io"),
    ("hxxps[:]//bad[.]site/p?q=1, x", "url", "https://bad.site/p?q=1"),
    ("h**p://Bad.Site/Path).", "url", "http://bad.site/Path"),
    ("see https://a.com/x_(y)). And", "url", "https://a.com/x_(y)"),
    ("bob (at) evil (dot) com", "email", "bob@evil.com"),
    ("D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
    ("da39a3ee5e6b4b0d3255bfef95601890afd80709.exe", "sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("a3" * 32, "sha256", "a3" * 32),
]

NOTHING = [
    "setup.exe", "readme.md", "node.js", "ASP.NET", "System.Net", "the end.In short", "script.pl", "obj.id",
    "e.g. i.e.",
    "version 1.2.3.4", "v9.16.2.1", "< 10.2.3.4", "as 5.1.4.2 says", "256.1.1.1", "1.2.3.4.5",
    "IA-64", "AC-200", "At-1", "from 5 pm-6", "10:20:30", "aa:bb:cc:dd:ee:ff", "std::vector a::b",
    "CVE-2021-123", "T11100", "XT1110", "0xC0000005", "1" * 32, "/usr/lib/x.so", "..\\command.com", "http://",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_finds_and_normalises(text: str, kind: str, value: str) -> None:
    assert [(found.kind, found.value) for found in find_identifiers(text)] == [(kind, value)]


@pytest.mark.parametrize("text", NOTHING)
def test_leaves_what_only_looks_alike(text: str) -> None:
    assert find_identifiers(text) == ()


def test_several_in_one_sentence_in_order_with_offsets() -> None:
    text = "Log4Shell (CVE-2021-44228, CWE-502) was used by G0016 via T1190; C2 at hxxp://evil[.]com/a."
    found = find_identifiers(text)
    assert [one.value for one in found] == ["CVE-2021-44228", "CWE-502", "G0016", "T1190", "http://evil.com/a"]
    assert text[found[-1].start : found[-1].end] == "hxxp://evil[.]com/a"


def test_the_longest_reading_wins() -> None:
    (found,) = find_identifiers("https://nvd.nist.gov/vuln/detail/CVE-2021-44228")
    assert found.kind == "url"


def test_normalise_leaves_names_alone() -> None:
    assert normalise("  Cozy   Bear ") == "Cozy Bear"
    assert normalise("apt29[.]example") == "apt29.example"


KNOWN = st.one_of(
    st.builds(lambda year, number: f"CVE-{year}-{number:04d}", st.integers(1999, 2030), st.integers(0, 9_999_999)),
    st.builds(lambda number: f"CWE-{number}", st.integers(1, 1999)),
    st.builds(lambda number, sub: f"T1{number:03d}.{sub:03d}", st.integers(0, 999), st.integers(0, 999)),
    st.ip_addresses(v=4).map(str).filter(lambda value: not value.startswith("0.") and len(value) > 7),
    st.ip_addresses(v=6).map(str).filter(lambda value: any(sign.isdigit() for sign in value) and "." not in value),
    st.binary(min_size=32, max_size=32).map(lambda data: data.hex()).filter(lambda v: not v.isdigit()),
    st.builds(lambda number, more: f"AC-{number}({more})", st.integers(1, 25), st.integers(1, 39)),
)


@given(st.lists(KNOWN, min_size=1, max_size=5))
def test_round_trip(values: list[str]) -> None:
    text = " and ".join(f"seen {value} today" for value in values)
    found = find_identifiers(text)
    assert [one.value for one in found] == values
    assert all(normalise(one.value) == one.value for one in found)


@given(st.sampled_from(["-", "–", "‑", " ", "\u00ad"]), st.booleans())
def test_typography_of_a_cve_does_not_matter(dash: str, lower: bool) -> None:
    typed = dash.join(["CVE", "2021", "44228"])
    assert normalise(typed.lower() if lower else typed) == "CVE-2021-44228"


@given(st.text(alphabet="cveCVET1.0-[]():/@ahxtps\n ", max_size=80))
def test_any_text_gives_ordered_disjoint_stable_finds(text: str) -> None:
    found = find_identifiers(text)
    assert all(0 <= one.start < one.end <= len(text) and one.value for one in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    for one in found:
        assert normalise(one.value) == one.value
