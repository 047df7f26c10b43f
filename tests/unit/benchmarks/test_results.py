"""Rows of measurements: when a target is reached, and how files are written from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.results import Row, entry, figure, merge, page


def row(name: str = "ingest: pages", **changed: object) -> Row:
    given: dict[str, object] = {"ours": 20.0, "unit": "pages/s", "better": "higher", "note": "two rounds"}
    return Row(name, **(given | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "ratio", "reached"),
    [
        ({"peer": 4.0, "times": 5}, 5.0, True),
        ({"peer": 4.1, "times": 5}, 20 / 4.1, False),
        ({"times": 5}, None, None),
        ({"target": 20}, None, True),
        ({"target": 21, "peer": 4.0, "times": 5}, 5.0, False),
        ({"better": "lower", "target": 20, "peer": 50.0}, 2.5, True),
        ({"better": "lower", "target": 19.9}, None, False),
        ({}, None, None),
    ],
)
def test_targets_are_held_against_ours_and_against_the_peer(
    changed: dict[str, object], ratio: float | None, reached: bool | None
) -> None:
    made = row(**changed)
    assert made.ratio == (pytest.approx(ratio) if ratio else None)
    assert made.reached is reached


def test_rows_replace_their_like_and_leave_the_others(tmp_path: Path) -> None:
    path, order = tmp_path / "results.json", ("ingest", "retrieval")
    merge(path, [entry(row("retrieval: a"), "2026-01-01", "m"), entry(row("ingest: b"), "2026-01-01", "m")], order)
    merge(path, [entry(row("retrieval: a", ours=30.0), "2026-02-02", "n")], order)
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert [(one["name"], one["ours"], one["date"]) for one in rows] == [
        ("ingest: b", 20.0, "2026-01-01"),
        ("retrieval: a", 30.0, "2026-02-02"),
    ]
    assert {"name", "ours", "peer", "ratio", "unit", "date", "machine", "target", "reached"} <= set(rows[0])


def test_the_page_says_what_was_not_reached() -> None:
    rows = [
        entry(row(peer=5.0, times=5, beside="LangChain"), "2026-01-01", "a machine"),
        entry(row("start", ours=0.5, unit="s", better="lower", target=1), "2026-01-01", "a machine"),
    ]
    text = page(rows)
    assert "| ingest: pages | 20 pages/s | 5 pages/s (LangChain) | 4x | >= 5x | **no** |" in text
    assert "| start | 0.5 s |  |  | <= 1 s | yes |" in text
    assert "- **start** (2026-01-01, a machine): two rounds" in text


@pytest.mark.parametrize(
    ("value", "unit", "said"), [(1.0, "share", "100 %"), (0.9951, "share", "99.5 %"), (0.70512, "nDCG@10", "0.705")]
)
def test_figures_keep_what_tells_them_from_their_target(value: float, unit: str, said: str) -> None:
    assert figure(value, unit) == said
