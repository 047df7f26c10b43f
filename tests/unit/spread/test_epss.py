"""EPSS scores, read from the file that FIRST gives out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import BadInput
from vedette.spread import epss
from vedette.spread.epss import Epss, read_epss

FILE = """#model_version:v2025.03.14,score_date:2026-11-20T12:55:00Z
cve,epss,percentile
CVE-2021-44228,0.94358,0.99957
CVE-1999-0001,0.0142,0.79
cve-2026-123456,1,1
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "epss_scores.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_scores_are_those_of_the_file_packed_or_not(tmp_path: Path) -> None:
    for content in (FILE, gzip.compress(FILE.encode())):
        scores = read_epss(write(tmp_path, content))
        assert scores.date == "2026-11-20"
        assert scores.of("CVE-2021-44228") == pytest.approx(0.94358)
        assert scores.of("cve-1999-0001") == pytest.approx(0.0142)
        assert scores.of("CVE-2026-123456") == 1
        assert [scores.of(cve) for cve in ("CVE-2021-44229", "CVE-9999-9999", "CVE-1998-1", "", "web-1")] == [None] * 5


@given(st.dictionaries(st.tuples(st.integers(1999, 2050), st.integers(1, 10**9)), st.floats(0, 1), min_size=1))
def test_each_has_its_own(tmp_path_factory: pytest.TempPathFactory, given: dict[tuple[int, int], float]) -> None:
    lines = [f"CVE-{year}-{number:04},{score}" for (year, number), score in given.items()]
    scores = read_epss(write(tmp_path_factory.mktemp("epss"), "\n".join(lines)))
    for (year, number), score in given.items():
        assert scores.of(f"CVE-{year}-{number:04}") == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no EPSS scores in its 0 lines"),
        ("cve,epss\n", "no EPSS scores"),
        ("cve,epss\nCVE-2021-44228,1.2", "Line 2"),
        ("cve,epss\nCVE-2021-44228,nan", "Line 2"),
        ("cve,epss\nCVE-2021-44228", "Line 2"),
        ("host,port\nweb-1,443", "Line 1"),
        (gzip.compress(FILE.encode())[:40], "cannot be read"),
        (b"\x1f\x8bnothing packed", "cannot be read"),
    ],
)
def test_another_file_is_one_sentence(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        read_epss(write(tmp_path, content))
    assert "epss_scores CSV" in refused.value.message


def test_one_that_is_not_there_or_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_epss(tmp_path / "no-such.csv")
    monkeypatch.setattr(epss, "LARGEST", 1000)
    for endless in (b"#x\n" * 10_000, b"#" * 100_000):
        with pytest.raises(BadInput, match="longer than"):
            read_epss(write(tmp_path, gzip.compress(endless)))


def test_a_third_of_a_million_take_little_memory(tmp_path: Path) -> None:
    scores = read_epss(write(tmp_path, "\n".join(f"CVE-2020-{number:06},0.5" for number in range(50_000))))
    assert isinstance(scores, Epss)
    assert scores.keys.nbytes + scores.scores.nbytes == 12 * 50_000
