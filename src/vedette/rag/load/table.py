"""CSV and TSV: each row a `table_row` that names its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from vedette.errors import LoadError
from vedette.rag.load.limits import Job
from vedette.rag.load.plain import decode
from vedette.rag.load.text import Assembly, clean, one_line, row_text, title_from_name
from vedette.records import Document

_DELIMITERS = ",;\t|"


def read(job: Job) -> Iterator[Document]:
    """One document. Raises LoadError for a file without rows or with a broken row."""
    text, encoding = decode(job.data, job.source)
    text = clean(text)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter, job.source)
    first = next(rows, None)
    if first is None:
        raise LoadError(f"{job.source} has no rows; there is nothing to answer from.")
    assembly = Assembly()
    headers = first
    if not _is_header(first):
        headers = [f"Column {number}" for number in range(1, len(first) + 1)]
        assembly.add("table_row", row_text(headers, first))
    for row in rows:
        assembly.add("table_row", row_text(headers, row))
    if not assembly.blocks:
        raise LoadError(f"{job.source} has a header but no rows; there is nothing to answer from.")
    yield Document(
        source=job.source,
        title=title_from_name(job.source),
        text=assembly.text,
        media_type="text/tab-separated-values" if delimiter == "\t" else "text/csv",
        blocks=tuple(assembly.blocks),
        metadata={"encoding": encoding, "columns": tuple(name for name in headers if name)},
    )


def _delimiter(text: str) -> str:
    """The candidate that splits the first lines into the same number of columns, most columns first."""
    lines = text[:65536].splitlines()[:20]
    counts = {mark: [len(row) for row in csv.reader(lines, delimiter=mark) if row] for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: (len(set(counts[mark])) == 1) * max(counts[mark], default=0))


def _rows(text: str, delimiter: str, source: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield [one_line(cell) for cell in row]
    except csv.Error as error:
        raise LoadError(f"{source} has a broken row near line {reader.line_num} ({error}); mend its quotes.") from error


def _is_header(row: list[str]) -> bool:
    named = [cell for cell in row if cell]
    return len(set(named)) == len(named) and not any(cell.replace(".", "").replace("-", "").isdigit() for cell in named)
