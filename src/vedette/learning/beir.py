"""Labelled sets in the layout of BEIR (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl`, `qrels.tsv` -> records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vedette.errors import LoadError, NotFound

_MOST_PARTS = 10


@dataclass(frozen=True, slots=True)
class Record:
    """A document of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A query with the documents that answer it, and how well (1 or more). `parts` are what it is sorted by, such as
    `source=sigma`."""

    id: str
    text: str
    relevant: Mapping[str, int]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Documents, and the queries that have a judgment."""

    documents: tuple[Record, ...]
    queries: tuple[Judged, ...] = field(default=())


def read_labelled(folder: Path) -> LabelledSet:
    """The set in a folder. Raises NotFound for a missing file, LoadError naming file and line for a broken one.

    A text field of the queries that has two to ten values (`source`, `language`) sorts them into parts. Documents
    without any text are left out: nothing can find them.
    """
    documents = tuple(
        Record(str(line["_id"]), line.get("title") or "", line["text"])
        for line in _lines(folder / "corpus.jsonl")
        if line["text"].strip() or (line.get("title") or "").strip()
    )
    asked = _lines(folder / "queries.jsonl")
    judgments = _judgments(_qrels(folder))
    fields = _sorting(asked)
    queries = tuple(
        Judged(
            str(line["_id"]),
            line["text"],
            judgments[str(line["_id"])],
            tuple(f"{name}={line[name]}" for name in fields if line.get(name)),
        )
        for line in asked
        if str(line["_id"]) in judgments
    )
    if not documents or not queries:
        raise LoadError(
            f"{folder} has no documents or no judged queries; check corpus.jsonl, queries.jsonl, qrels.tsv."
        )
    return LabelledSet(documents, queries)


def _lines(path: Path) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            titled = isinstance(value.get("title", ""), str | None)
            if not (isinstance(value["_id"], str | int) and isinstance(value["text"], str) and titled):
                raise TypeError
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LoadError(f"Line {number} of {path} is not an object with _id and text.") from error
        found.append(value)
    return found


def _qrels(folder: Path) -> Path:
    """BEIR itself has `qrels/test.tsv`."""
    nested = folder / "qrels" / "test.tsv"
    return nested if nested.is_file() else folder / "qrels.tsv"


def _judgments(path: Path) -> dict[str, dict[str, int]]:
    """query -> document -> grade, in the columns of BEIR or in the four of TREC; a first line without a grade is a
    header."""
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(path).splitlines(), 1):
        columns = line.split("\t") if "\t" in line else line.split()
        grade = _grade(columns[-1]) if columns else None
        if not columns or (number == 1 and grade is None):
            continue
        if grade is None or len(columns) not in (3, 4):
            raise LoadError(f"Line {number} of {path} is not query-id, corpus-id, score between tabs.")
        if grade > 0:
            found.setdefault(columns[0], {})[columns[-2]] = grade
    return found


def _grade(column: str) -> int | None:
    """A whole number, written with decimals or without; else None."""
    try:
        value = float(column)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def _sorting(queries: list[dict[str, Any]]) -> list[str]:
    """The fields that sort the queries into a few parts."""
    values: dict[str, set[str]] = {}
    for line in queries:
        for name, value in line.items():
            if isinstance(value, str) and name not in ("_id", "text"):
                values.setdefault(name, set()).add(value)
    return [name for name, found in values.items() if 2 <= len(found) <= _MOST_PARTS]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(
            f"There is no {path}; a labelled folder has corpus.jsonl, queries.jsonl and qrels.tsv."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(f"{path} cannot be read ({error}); it must be text in UTF-8.") from error
