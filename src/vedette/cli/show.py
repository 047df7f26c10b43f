"""Records on a terminal: colours and columns where there is one, plain text where output is piped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vedette.records import (
    Answer,
    CollectionInfo,
    DocumentInfo,
    Failure,
    IngestReport,
    PartHealth,
    Quarantined,
    Retrieval,
    Source,
    VerifyReport,
)

EXCERPT = 160
NAMED = 5


def show_answer(console: Console, answer: Answer) -> None:
    """The answer with numbered sources, or a refusal that looks like one."""
    if answer.refused:
        console.print(Text("No answer from these documents.", style="bold yellow"))
        console.print(Text(answer.reason))
        if answer.topics:
            console.print(Text("Nearest topics: " + " · ".join(answer.topics), style="dim"))
    else:
        numbers = {source.id: number for number, source in enumerate(answer.sources, start=1)}
        text = re.sub(r"\[(\w+)\]", lambda found: f"[{numbers.get(found[1], found[1])}]", answer.text)
        console.print(Text(text))
        console.print()
        for source in answer.sources:
            _show_source(console, numbers[source.id], source)
    for notice in answer.notices:
        console.print(Text(f"Note: {notice}", style="yellow"))
    total = answer.timings_ms.get("total", sum(answer.timings_ms.values()))
    console.print(Text(f"{answer.provider} · {total:.0f} ms · corpus version {answer.corpus_version}", style="dim"))


def _show_source(console: Console, number: int, source: Source) -> None:
    page = f", page {source.page}" if source.page else ""
    console.print(
        Text.assemble((f"[{number}] ", "bold cyan"), (source.title, "bold"), page, (f"  {source.source}", "dim"))
    )
    console.print(Padding(Text(f"“{_excerpt(source.quote)}”"), (0, 0, 0, 4), expand=False))


def show_passages(console: Console, found: Retrieval) -> None:
    """Passages, best first, each with its scores."""
    for number, passage in enumerate(found.passages, start=1):
        scores = passage.scores
        page = f", page {passage.chunk.page}" if passage.chunk.page else ""
        lanes = f"dense {scores.dense:.3f}  lexical {scores.lexical:.2f}  exact {scores.exact:.0f}"
        console.print(
            Text.assemble(
                (f"{number:3} ", "bold cyan"), (f"{scores.final:.3f} ", "green"), (passage.title, "bold"), page,
                (f"  {passage.chunk.source}  {lanes}", "dim"),
            )
        )  # fmt: skip
        console.print(Padding(Text(_excerpt(passage.chunk.text)), (0, 0, 0, 10), expand=False))


def show_report(console: Console, report: IngestReport) -> None:
    """What an ingest did, the quarantine named."""
    rate = report.documents / report.seconds if report.seconds else 0.0
    done = f"{report.documents} documents, {report.chunks} passages in {report.seconds:.1f} s ({rate:.1f} documents/s)"
    console.print(Text(f"{done}; {report.skipped} unchanged, {report.removed} removed, {len(report.failed)} failed."))
    show_failures(console, report.failed[:20])
    if len(report.failed) > 20:
        console.print(f"… and {len(report.failed) - 20} more: vedette documents list --failed")


def show_failures(console: Console, failures: Sequence[Failure | Quarantined]) -> None:
    """Files that could not be read, each with its reason."""
    for failure in failures:
        page = f", page {failure.page}" if failure.page is not None else ""
        console.print(Text.assemble((f"{failure.path}{page}: ", "yellow"), failure.reason))


def show_documents(console: Console, documents: Sequence[DocumentInfo]) -> None:
    """A line for each document."""
    columns = ("id", "collection", "source", "title", "kind", "language", "pages", "passages")
    table = _table(*columns, right=("pages", "passages"), cut=("collection", "title", "kind", "language"))
    for info in documents:
        pages = str(info.pages or "")
        table.add_row(
            info.id, info.collection, info.source, info.title, info.kind, info.language, pages, str(info.chunks)
        )
    console.print(table)


def show_collections(console: Console, collections: Sequence[CollectionInfo]) -> None:
    """A line for each collection."""
    table = _table(
        "name", "documents", "passages", "languages", "calibrated", "readers", right=("documents", "passages")
    )
    for info in collections:
        calibrated = "yes" if info.calibrated else "no"
        table.add_row(
            info.name,
            f"{info.documents:,}",
            f"{info.chunks:,}",
            " ".join(info.languages),
            calibrated,
            " ".join(info.readers),
        )
    console.print(table)


def show_verify(console: Console, report: VerifyReport) -> None:
    """Whether catalogue, index and originals agree."""
    state = "Sound" if report.sound else "Mended" if report.repaired else "Not sound"
    console.print(f"{state}: {report.documents} documents, {report.chunks} passages, {report.repaired} repaired.")
    if report.orphan_chunks or report.missing_chunks:
        advice = "verify once more" if report.repaired else "mend them: vedette documents verify --repair"
        console.print(f"{report.orphan_chunks} orphans, {len(report.missing_chunks)} missing; {advice}")
    if lost := report.missing_originals:
        named = ", ".join(lost[:NAMED]) + (f" and {len(lost) - NAMED} more" if len(lost) > NAMED else "")
        told = f"Originals lost: {len(lost)}. They cannot be made again; ingest these files again: {named}"
        console.print(told, markup=False)


def show_health(console: Console, parts: Sequence[PartHealth]) -> None:
    """A line for each part; what to do under the ones that are down."""
    for part in parts:
        mark = Text("ok  ", style="green") if part.ok else Text("DOWN", style="bold red")
        console.print(Text.assemble(mark, f"  {part.name}: {part.detail}"))
        if not part.ok and part.advice:
            console.print(Text(f"      {part.advice}", style="yellow"))


def show_settings(console: Console, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Each setting, its value, where it comes from, and what it is."""
    table = _table("setting", "value", "from", "meaning")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT else flat[: flat.rfind(" ", 0, EXCERPT)] + " …"


def _table(*columns: str, right: Sequence[str] = (), cut: Sequence[str] = ()) -> Table:
    """A table without lines. On a narrow terminal the columns `cut` are shortened, the others folded."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="ellipsis" if column in cut else "fold",
            no_wrap=column in cut or column in right or column == "id",
            min_width=len(column) if column in right else None,
        )
    return table
