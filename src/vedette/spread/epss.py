"""EPSS, from the file that FIRST gives out every day: the probability that a vulnerability is exploited within 30 days.

Jacobs et al., "Enhancing Vulnerability Prioritization: Data-Driven Exploit Predictions with Community-Driven Insights",
WEIS 2023. The file is `epss_scores-YYYY-MM-DD.csv`, gzipped or not; it is brought by hand where there is no internet.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

LARGEST = 500_000_000
"""Bytes of text; the file of 2026 has 10 million. More is no such file, but one that unpacks without end."""
_LINE = 4096
_CVE = re.compile(r"CVE-(\d{4})-(\d{4,12})", re.IGNORECASE)
_WIDTH = 10**13  # more than any number of a year's has digits for


@dataclass(frozen=True, slots=True, eq=False)
class Epss:
    """`keys` (n) ascending, of CVEs; `scores` (n), 0..1, the higher the likelier; `date` as the file says it, or ""."""

    keys: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]
    date: str = ""

    def of(self, cve: str) -> float | None:
        """The score of a CVE; None where the file has none."""
        key = _key(cve)
        place = int(np.searchsorted(self.keys, key)) if key else len(self.keys)
        return float(self.scores[place]) if place < len(self.keys) and self.keys[place] == key else None


def read_epss(path: Path) -> Epss:
    """Raises BadInput with the line that is wrong, or where the file cannot be read."""
    try:
        with path.open("rb") as handle:
            packed = handle.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as handle:
            return _read(path.name, _lines(path.name, handle))
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"The EPSS scores {path} cannot be read ({error}); give FIRST's epss_scores CSV.") from error


class _Lines(Protocol):
    def readline(self, size: int, /) -> bytes: ...


def _lines(name: str, handle: _Lines) -> Iterator[str]:
    read = 0
    while line := handle.readline(_LINE):
        read += len(line)
        if read > LARGEST:
            raise BadInput(f"{name} is longer than {LARGEST // 1_000_000} MB; give FIRST's epss_scores CSV.")
        yield line.decode("utf-8", "replace")


def _read(name: str, lines: Iterator[str]) -> Epss:
    date, found = "", {}
    number = 0
    for number, row in enumerate(csv.reader(lines), start=1):
        if not row or row[0].startswith("#"):
            said = re.search(r"score_date:(\d{4}-\d{2}-\d{2})", ",".join(row))
            date = said[1] if said else date
        elif row[0].strip().casefold() != "cve":
            key = _key(row[0])
            score = _score(row[1]) if len(row) > 1 else None
            if not key or score is None:
                raise BadInput(
                    f"Line {number} of {name} is no EPSS score ({','.join(row)[:60]}); "
                    "give FIRST's epss_scores CSV, with the columns cve and epss."
                )
            found[key] = score
    if not found:
        raise BadInput(f"{name} has no EPSS scores in its {number} lines; give FIRST's epss_scores CSV.")
    keys = np.fromiter(found, np.int64, len(found))
    order = np.argsort(keys)
    return Epss(keys[order], np.fromiter(found.values(), np.float32, len(found))[order], date)


def _key(cve: str) -> int:
    """A number of its own for each CVE, 0 for what is none."""
    parts = _CVE.fullmatch(cve.strip())
    return int(parts[1]) * _WIDTH + int(parts[2]) if parts else 0


def _score(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if 0 <= score <= 1 else None
