"""`vedette evaluate …`: how good retrieval, scope and answers are, on data of one's own."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedette.cli import evaluate_answers
from vedette.cli.common import AsJson, Collection, connected, load_settings, print_json, stderr, stdout
from vedette.records_json import encode

if TYPE_CHECKING:
    from vedette.learning.evaluate_retrieval import RetrievalReport
    from vedette.learning.evaluate_scope import ScopeReport

app = typer.Typer(no_args_is_help=True, help="Measure retrieval, scope, answers and injection on your own data.")

app.command("answers")(evaluate_answers.answers)
app.command("injection")(evaluate_answers.injection)

Answerable = Annotated[Path, typer.Option("--on", help="Questions the library should answer: .txt or .jsonl.")]
OffTopic = Annotated[Path, typer.Option("--off", help="Questions it should refuse: .txt or .jsonl.")]


@app.command("retrieval")
def retrieval(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="corpus.jsonl, queries.jsonl and qrels.tsv.")],
    as_json: AsJson = False,
) -> None:
    """How well the right documents are found: nDCG@10, recall and MRR, each with its 95 % interval.

    The corpus is read into a data folder of its own, DATA/evaluate, so that no answer ever uses it.

    \b
    Examples:
      vedette evaluate retrieval labelled
      vedette evaluate retrieval labelled --json
    """
    from rich.progress import Progress

    from vedette.app import open_knowledge
    from vedette.learning.beir import read_labelled
    from vedette.learning.evaluate_retrieval import evaluate_retrieval

    labelled = read_labelled(folder)
    settings = load_settings(ctx)
    name = folder.resolve().name
    place = settings.data / "evaluate" / name
    apart = replace(settings.index, prefix=f"{settings.index.prefix}-evaluate-{name}")
    with (
        open_knowledge(replace(settings, data=place / "data", index=apart)) as knowledge,
        Progress(console=stderr(), transient=True, disable=as_json) as progress,
    ):
        bars = {stage: progress.add_task(stage, total=None) for stage in ("documents", "queries")}
        report = evaluate_retrieval(
            knowledge,
            labelled,
            place / "pages",
            name,
            lambda stage, done, total: progress.update(bars[stage], completed=done, total=total),
        )
    if as_json:
        print_json(encode(report))
    else:
        _show_retrieval(report)


def _show_retrieval(report: RetrievalReport) -> None:
    console = stdout()
    console.print(f"{report.documents} documents, {report.chunks} passages, {report.overall.queries} queries")
    for part, found in (("all", report.overall), *report.parts.items()):
        console.print(f"{part} ({found.queries} queries)")
        for metric in ("ndcg_at_10", "recall_at_10", "recall_at_100", "mrr_at_10"):
            mean = getattr(found, metric)
            console.print(f"  {metric.replace('_at_', '@'):<12} {mean.value:.3f}   ({mean.low:.3f} to {mean.high:.3f})")


@app.command("scope")
def scope(
    ctx: typer.Context, on: Answerable, off: OffTopic, collection: Collection = "default", as_json: AsJson = False
) -> None:
    """How many off-topic questions are refused, and how many answerable ones wrongly so.

    \b
    A .txt file has one question a line, a .jsonl file an object with "text" on each.
    Example:
      vedette evaluate scope --on mine.txt --off other.jsonl --collection default --json
    """
    from rich.progress import Progress

    from vedette.learning.evaluate_scope import evaluate_scope, read_questions

    asked, other = read_questions(on), read_questions(off)
    with connected(ctx) as knowledge, Progress(console=stderr(), transient=True, disable=as_json) as progress:
        bar = progress.add_task("Questions", total=len(asked) + len(other))
        report = evaluate_scope(knowledge, asked, other, collection, lambda done: progress.update(bar, completed=done))
    if as_json:
        print_json(asdict(report))
    else:
        _show_scope(report)


def _show_scope(report: ScopeReport) -> None:
    console = stdout()
    rates = (
        ("off topic, refused", report.refused_off, report.off),
        ("answerable, refused", report.refused_on, report.on),
    )
    for name, rate, questions in rates:
        console.print(f"{name:<20} {rate.value:6.1%}   ({rate.low:.1%} to {rate.high:.1%}; {questions} questions)")
    console.print(f"{'AUROC':<20} {report.auroc.value:6.3f}   ({report.auroc.low:.3f} to {report.auroc.high:.3f})")
    for side, slices in (("off topic", report.slices_off), ("answerable", report.slices_on)):
        for part in slices:
            console.print(f"  {side}, {part.name}: {part.refused:.1%} of {part.questions} refused")
    for title, wrong in (("Answered though off topic", report.missed), ("Refused though answerable", report.wronged)):
        if wrong:
            console.print(f"{title}, for example:")
            for text in wrong[:5]:
                console.print(f"  {text}", markup=False)
