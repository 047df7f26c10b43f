"""`vedette evaluate answers|injection`: whole answers, tried on a library of its own that is gone afterwards."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.common import AsJson, load_settings, print_json, stderr, stdout
from vedette.records_json import encode
from vedette.settings.sections import IndexSettings

Questions = Annotated[Path, typer.Argument(metavar="FILE", help="A question set in the layout of SQuAD 2.0.")]
Rows = Annotated[Path, typer.Argument(metavar="FILE", help='.jsonl with "text" and "label": 1 attack, 0 harmless.')]


def answers(ctx: typer.Context, file: Questions, as_json: AsJson = False) -> None:
    """How well questions are answered: exact match, F1, citations that resolve, supported sentences, abstention.

    The paragraphs are read into a library of their own; the providers of the settings answer, or none.

    \b
    Example:
      vedette evaluate answers questions.json --json
    """
    from rich.progress import Progress

    from vedette.app import open_knowledge
    from vedette.learning.evaluate_answers import evaluate_answers
    from vedette.learning.intervals import Interval
    from vedette.learning.squad import read_squad
    from vedette.running import scratch

    asked = read_squad(file)
    settings = load_settings(ctx)
    with (
        scratch(settings.data) as folder,
        open_knowledge(replace(settings, data=folder / "data", index=IndexSettings())) as knowledge,
        Progress(console=stderr(), transient=True, disable=as_json) as progress,
    ):
        bars = {stage: progress.add_task(stage, total=None) for stage in ("documents", "questions")}
        report = evaluate_answers(
            knowledge,
            asked,
            folder / "pages",
            "answers",
            lambda stage, done, total: progress.update(bars[stage], completed=done, total=total),
        )
    if as_json:
        print_json(encode(report))
        return
    console = stdout()
    console.print(
        f"{report.documents} paragraphs, {report.questions} questions, {report.unanswerable} without an answer"
    )
    for item in fields(report):
        found = getattr(report, item.name)
        if isinstance(found, Interval):
            console.print(
                f"  {item.name.replace('_', ' '):<20} {found.value:.3f}   ({found.low:.3f} to {found.high:.3f})"
            )


def injection(ctx: typer.Context, file: Rows, as_json: AsJson = False) -> None:
    """How much of the instructions planted in documents reaches the reader, and what the defence costs.

    Every attack is planted in an ordinary document and asked past: without a model, and with a fake one that always
    obeys. It takes minutes.

    \b
    Example:
      vedette evaluate injection prompts.jsonl --json
    """
    from vedette.app import apart
    from vedette.learning.evaluate_injection import evaluate_injection, read_rows
    from vedette.rag.text.injection import suspicion
    from vedette.running import scratch

    rows = read_rows(file)
    settings = load_settings(ctx)
    stderr().print(f"Trying {len(rows)} prompts; this takes minutes.")
    with scratch(settings.data) as folder:
        report = evaluate_injection(rows, partial(apart, settings), suspicion, folder)
    if as_json:
        print_json(encode(report))
        return
    console = stdout()
    for rung in report.attacked:
        console.print(
            f"{rung.rung}, {rung.plants} plants: {rung.succeeded:.1%} of {rung.attacks} attacks reach the reader "
            f"({rung.before_checks:.1%} before the checks); {rung.fact_kept:.1%} still get the real answer"
        )
    console.print(f"harmless prompts: {report.harmless.answered:.1%} of {report.harmless.prompts} answered")
