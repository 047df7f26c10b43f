"""CVSS vectors: how an exploit reaches its target, how hard it is, and how severe the vulnerability.

Sources: FIRST, CVSS v3.1 Specification, sections 7.1 and 7.4 (equations and numbers of the metrics; those of v3.0 are
the same); CVSS v2 Complete Guide, section 3.2.1; CVSS v4.0 Specification, section 2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from vedette.errors import BadInput

Reach = Literal["network", "adjacent", "local", "physical"]
Severity = Literal["none", "low", "medium", "high", "critical"]

_REACHES: dict[str, Reach] = {"N": "network", "A": "adjacent", "L": "local", "P": "physical"}
# The numbers of the specifications. A factor of ours is a number divided by that of the easiest case.
_V3 = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "S": {"U": 0.0, "C": 1.0},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_V3_PRIVILEGES_CHANGED = {"N": 0.85, "L": 0.68, "H": 0.5}
_V2 = {
    "AV": {"N": 1.0, "A": 0.646, "L": 0.395},
    "AC": {"L": 0.71, "M": 0.61, "H": 0.35},
    "Au": {"N": 0.704, "S": 0.56, "M": 0.45},
    "C": {"C": 0.66, "P": 0.275, "N": 0.0},
    "I": {"C": 0.66, "P": 0.275, "N": 0.0},
    "A": {"C": 0.66, "P": 0.275, "N": 0.0},
}
# v4 has no numbers of its own for single metrics: those of v3 stand for them, AT:P (the attack needs a condition that
# the attacker does not control) as AC:H did in v3, which it was cut from; both kinds of interaction as UI:R.
_V4 = {
    "AV": _V3["AV"],
    "AC": _V3["AC"],
    "AT": {"N": 0.77, "P": 0.44},
    "PR": _V3["PR"],
    "UI": {"N": 0.85, "P": 0.62, "A": 0.62},
    "VC": _V3["C"],
    "VI": _V3["I"],
    "VA": _V3["A"],
    "SC": _V3["C"],
    "SI": _V3["I"],
    "SA": _V3["A"],
}


@dataclass(frozen=True, slots=True)
class Exploit:
    """What a vector says. `factors` are (metric, 0..1), 1 for what hinders an attacker least; `controls`: an exploit
    gives more than a standstill (confidentiality or integrity is lost, too). `score` 0..10, None for v4."""

    reach: Reach
    factors: tuple[tuple[str, float], ...]
    controls: bool
    score: float | None


@lru_cache(maxsize=4096)
def parse(vector: str) -> Exploit:
    """What a vector of CVSS 2.0, 3.0, 3.1 or 4.0 says; its temporal and environmental metrics are not looked at. Raises
    BadInput naming what does not fit.

    >>> parse("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H").score
    8.1
    """
    begin, _, rest = vector.strip().strip("()").partition("/")
    if begin in ("CVSS:3.0", "CVSS:3.1"):
        return _of_v3(_metrics(vector, rest, _V3))
    if begin == "CVSS:4.0":
        return _of_v4(_metrics(vector, rest, _V4))
    if begin.startswith("AV:"):
        return _of_v2(_metrics(vector, vector.strip().strip("()"), _V2))
    raise BadInput(
        f"{vector[:80]!r} is no CVSS vector; give one such as CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H, or none."
    )


def severity(score: float) -> Severity:
    """The rating of a base score, as section 5 of v3.1 and 2.x of NVD name them.

    >>> severity(9.8), severity(0.0)
    ('critical', 'none')
    """
    bounds: tuple[tuple[float, Severity], ...] = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
    return next((name for bound, name in bounds if score >= bound), "none")


def _metrics(vector: str, rest: str, known: dict[str, dict[str, float]]) -> dict[str, str]:
    """Metric to value, of the base metrics. Raises BadInput for one that is missing, unknown or given twice."""
    found: dict[str, str] = {}
    for part in filter(None, rest.split("/")):
        metric, _, value = part.partition(":")
        if metric in found:
            raise BadInput(f"The CVSS vector {vector[:80]!r} gives {metric} twice; keep one of the two.")
        if metric in known and value not in known[metric]:
            allowed = ", ".join(known[metric])
            raise BadInput(f"The CVSS vector {vector[:80]!r} has {metric}:{value}; it can be one of {allowed}.")
        found[metric] = value
    missing = [metric for metric in known if metric not in found]
    if missing:
        raise BadInput(f"The CVSS vector {vector[:80]!r} lacks {', '.join(missing)}; give all base metrics, or none.")
    return found


def _factors(given: dict[str, str], table: dict[str, dict[str, float]], of: tuple[str, ...]) -> list[tuple[str, float]]:
    return [(f"{metric}:{given[metric]}", table[metric][given[metric]] / max(table[metric].values())) for metric in of]


def _of_v3(given: dict[str, str]) -> Exploit:
    changed = given["S"] == "C"
    table = {**_V3, "PR": _V3_PRIVILEGES_CHANGED} if changed else _V3
    number = {metric: table[metric][value] for metric, value in given.items() if metric in table}
    subscore = 1 - (1 - number["C"]) * (1 - number["I"]) * (1 - number["A"])
    impact = 7.52 * (subscore - 0.029) - 3.25 * (subscore - 0.02) ** 15 if changed else 6.42 * subscore
    exploitability = 8.22 * number["AV"] * number["AC"] * number["PR"] * number["UI"]
    score = _up(min((1.08 if changed else 1.0) * (impact + exploitability), 10)) if impact > 0 else 0.0
    factors = _factors(given, table, ("AV", "AC", "PR", "UI"))
    return Exploit(_REACHES[given["AV"]], tuple(factors), given["C"] != "N" or given["I"] != "N", score)


def _of_v2(given: dict[str, str]) -> Exploit:
    number = {metric: _V2[metric][value] for metric, value in given.items() if metric in _V2}
    impact = 10.41 * (1 - (1 - number["C"]) * (1 - number["I"]) * (1 - number["A"]))
    exploitability = 20 * number["AV"] * number["AC"] * number["Au"]
    score = round((0.6 * impact + 0.4 * exploitability - 1.5) * (1.176 if impact else 0), 1)
    factors = _factors(given, _V2, ("AV", "AC", "Au"))
    return Exploit(_REACHES[given["AV"]], tuple(factors), given["C"] != "N" or given["I"] != "N", score)


def _of_v4(given: dict[str, str]) -> Exploit:
    factors = _factors(given, _V4, ("AV", "AC", "AT", "PR", "UI"))
    controls = any(given[metric] != "N" for metric in ("VC", "VI", "SC", "SI"))
    return Exploit(_REACHES[given["AV"]], tuple(factors), controls, None)


def _up(score: float) -> float:
    """Rounded up to one decimal, as appendix A of v3.1 does it without errors of floating point."""
    whole = round(score * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (math.floor(whole / 10_000) + 1) / 10
