"""`vedette ingest`, and the progress bar that `vedette up` shows too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from vedette.cli.common import (
    FAILED,
    NOTHING_FOUND,
    AsJson,
    Collection,
    Label,
    Readers,
    connected,
    print_json,
    stderr,
    stdout,
)
from vedette.errors import NotFound, StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from vedette.records import IngestProgress, IngestReport


def ingest(
    ctx: typer.Context,
    targets: Annotated[list[str], typer.Argument(help="Folders, files, http(s):// or s3:// addresses.")],
    collection: Collection = "default",
    keep: Annotated[bool, typer.Option("--keep", help="Keep documents whose file is gone from the folder.")] = False,
    reader: Readers = None,
    tlp: Label = "",
    json_: AsJson = False,
) -> None:
    """Read documents into a collection; unchanged ones are skipped, changed ones replaced.

    \b
    Examples:
      vedette ingest examples/cv --collection cv
      vedette ingest examples/cv/portfolio.md --collection cv --keep --json
      vedette ingest examples/cv --collection cv --reader group:hr --tlp AMBER
    """
    from vedette.cli.show import show_report
    from vedette.records import IngestRequest, Sharing
    from vedette.records_json import encode
    from vedette.web.config import check_collection

    check_collection(collection)
    sharing = Sharing(tuple(reader or ()), tlp) if reader or tlp else None
    request = IngestRequest(tuple(absolute(target) for target in targets), collection, not keep, sharing)
    with connected(ctx) as knowledge:
        report = follow(knowledge.ingest(request), stderr(), shown=not json_)
    if json_:
        print_json(encode(report))
    else:
        show_report(stdout(), report)
    if not (report.documents or report.skipped or report.removed):
        what = "could be read" if report.failed else "was found"
        stderr().print(f"No document {what} in {', '.join(targets)}; `vedette ingest --help` tells what is read.")
        raise typer.Exit(FAILED if report.failed else NOTHING_FOUND)


def absolute(target: str) -> str:
    """A path as seen from everywhere, for a server that runs in another folder; addresses as they are."""
    if len(urlsplit(target).scheme) > 1:
        return target
    path = Path(target).expanduser().absolute()
    if not path.exists():
        raise NotFound(f"There is no file or folder {target}; check its name.")
    return str(path)


def follow(
    steps: Iterator[IngestProgress | IngestReport],
    console: Console,
    shown: bool = True,
    stopped: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Show a bar while an ingest runs; its report. `stopped` is asked after each file."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from vedette.records import IngestReport

    columns = (
        TextColumn("{task.fields[files]}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[current]}", style="dim"),
    )
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        task = bar.add_task("ingest", total=None, files="looking for files", rate="", current="")
        for step in steps:
            if isinstance(step, IngestReport):
                return step
            if stopped():
                break
            rate = step.files_done / step.seconds if step.seconds else 0.0
            bar.update(
                task,
                total=step.bytes_total,
                completed=step.bytes_done,
                files=f"{step.files_done}/{step.files_total} files",
                rate=f"{rate:.1f} files/s",
                current=step.current[-40:],
            )
    raise StorageError("The ingest was stopped; run it again, what was read stays.")
