"""What `vedette up` does beside its server: read the library once, then show a question with its answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import vedette
from vedette.cli.common import stderr
from vedette.cli.ingest import follow
from vedette.cli.show import show_answer, show_report
from vedette.errors import VedetteError
from vedette.records import IngestRequest, Question
from vedette.services import Knowledge, Services

EXAMPLE = "Which controls mitigate T1110 brute force?"
ANSWERS_IT = "#T1110"  # the end of the source of the document that does
UNFINISHED = "library.unfinished"


def first_run(data: Path, services: Services, library: Path | None, url: str, stopped: Callable[[], bool]) -> None:
    """Read the library when there are no documents yet, or when an earlier first run was cut off."""
    console = stderr()
    console.print(f"Vedette answers at {url} (API: {url}/docs; Ctrl-C stops it)", style="bold")
    knowledge = services.knowledge
    marker = data / UNFINISHED
    source = library or sample_library()
    try:
        if source and (marker.exists() or not knowledge.collections()):
            console.print(f"First run: reading {source}; ask meanwhile, answers come from what has been read so far.")
            marker.touch()
            request = IngestRequest((str(source.absolute()),))
            show_report(console, follow(knowledge.ingest(request), console, stopped=stopped))
            marker.unlink()
        if library is None and not stopped() and _can_answer(knowledge):
            console.print(f'\n$ vedette ask "{EXAMPLE}"', style="bold")
            for event in knowledge.ask(Question(EXAMPLE)):
                if event.answer:
                    show_answer(console, event.answer)
        console.print(f'\nAsk your own, in another terminal: vedette --data {data} ask "…"')
    except VedetteError as error:
        if not stopped():
            console.print(f"Error: {error.message}")


def _can_answer(knowledge: Knowledge) -> bool:
    """Whether the sample library stands in the collection that is asked: the owner may have read other documents."""
    return any(document.source.endswith(ANSWERS_IT) for document in knowledge.documents(Question(EXAMPLE).collection))


def sample_library() -> Path | None:
    """`examples/security` beside the checkout that runs; None where Vedette is installed without it."""
    folder = Path(vedette.__file__).parents[2] / "examples" / "security"
    return folder if folder.is_dir() else None
