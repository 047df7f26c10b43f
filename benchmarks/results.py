"""Rows of measurements: kept by name in results.json, and RESULTS.md made from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Better = Literal["higher", "lower"]
_SMALL = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement of ours, beside that of the peer named in `beside` where there is one.

    `target` is what ours should reach, `times` how many times better than the peer it should be. `note` says what was
    measured, on what and how often, so that a reader can doubt it.
    """

    name: str
    ours: float
    unit: str
    better: Better
    note: str
    target: float | None = None
    times: float | None = None
    peer: float | None = None
    beside: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer: above 1 is better.

        >>> Row("start", 2.0, "s", "lower", "", peer=10.0).ratio
        5.0
        """
        if self.peer is None or not self.ours or not self.peer:
            return None
        return self.ours / self.peer if self.better == "higher" else self.peer / self.ours

    @property
    def reached(self) -> bool | None:
        """Whether every target is reached; None where there is none, or where the peer it needs was not measured."""
        held: list[bool] = []
        if self.target is not None:
            held.append(self.ours >= self.target if self.better == "higher" else self.ours <= self.target)
        if self.times is not None:
            if self.ratio is None:
                return None
            held.append(self.ratio >= self.times)
        return all(held) if held else None

    @property
    def wanted(self) -> str:
        """The targets in words.

        >>> Row("p50", 5.0, "ms", "lower", "", target=8, times=2).wanted
        '<= 8 ms, >= 2x'
        """
        sign = ">=" if self.better == "higher" else "<="
        plain = [f"{sign} {figure(self.target, self.unit)}"] if self.target is not None else []
        return ", ".join([*plain, *([f">= {self.times:g}x"] if self.times is not None else [])])


def entry(row: Row, date: str, machine: str) -> dict[str, Any]:
    """The row as it stands in results.json."""
    return {
        "name": row.name,
        "ours": _rounded(row.ours),
        "peer": _rounded(row.peer),
        "ratio": _rounded(row.ratio),
        "unit": row.unit,
        "date": date,
        "machine": machine,
        "target": row.wanted,
        "reached": row.reached,
        "beside": row.beside,
        "note": row.note,
    }


def merge(path: Path, entries: Iterable[Mapping[str, Any]], order: Iterable[str]) -> list[dict[str, Any]]:
    """Put new rows in the place of old ones of the same name, in the order of the programs `order`; written to `path`.

    The program of a row is what stands before the first colon of its name.
    """
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    rows = {row["name"]: row for row in known} | {row["name"]: dict(row) for row in entries}
    places = {program: place for place, program in enumerate(order)}
    merged = sorted(rows.values(), key=lambda row: places.get(row["name"].split(":")[0], len(places)))
    path.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return merged


def page(rows: Iterable[Mapping[str, Any]]) -> str:
    """RESULTS.md."""
    rows = list(rows)
    lines = [
        "# Results",
        "",
        "Written by `make bench` from `results.json`; never by hand. Ratio: how many times better than the peer.",
        "",
        "| what | ours | peer | ratio | target | reached |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        beside = f"{figure(row['peer'], row['unit'])} ({row['beside']})" if row["peer"] is not None else row["beside"]
        ratio = (
            f"{row['ratio']:.2g}x"
            if row["ratio"] and row["ratio"] < _SMALL
            else f"{row['ratio']:.0f}x"
            if row["ratio"]
            else ""
        )
        reached = {True: "yes", False: "**no**", None: ""}[row["reached"]]
        ours = figure(row["ours"], row["unit"])
        lines.append(f"| {row['name']} | {ours} | {beside} | {ratio} | {row['target']} | {reached} |")
    lines += ["", "## How each was measured", ""]
    lines += [f"- **{row['name']}** ({row['date']}, {row['machine']}): {row['note']}" for row in rows]
    return "\n".join(lines) + "\n"


def figure(value: float | None, unit: str) -> str:
    """A value with its unit.

    >>> figure(0.7412, "nDCG@10"), figure(0.987, "share"), figure(12.34, "ms"), figure(412.3, "MB")
    ('0.741', '98.7 %', '12.3 ms', '412 MB')
    """
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:.3g} %" if value < 1 else "100 %"
    if unit in ("nDCG@10", "AUROC", "F1"):
        return f"{value:.3f}"
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
