"""`vedette questions`: those that are answered later, beside a running server too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedette.cli.common import AsJson, Collection, load_settings, print_json, stderr, stdout
from vedette.errors import NotFound

if TYPE_CHECKING:
    from vedette.records import Asker, QueuedQuestion
    from vedette.services import Questions

app = typer.Typer(no_args_is_help=True, help="Ask to be answered later, and see what became of it.")

For = Annotated[str, typer.Option("--for", help="Address of the account whose question it is; yours when left out.")]
Which = Annotated[str, typer.Argument(metavar="QUESTION", help="Its number, or its id.")]


@app.callback()
def group() -> None:
    """Ask to be answered later, and see what became of it."""


@app.command()
def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    collection: Collection = "default",
    for_: For = "",
    mail: Annotated[bool, typer.Option("--mail", help="Mail the answer to the account.")] = False,
    training: Annotated[bool, typer.Option("--training", help="It may become training data.")] = False,
    json_: AsJson = False,
) -> None:
    """Put a question into the line; a server or a worker answers it.

    \b
    Examples:
      vedette questions ask "How do I store passwords safely?"
      vedette questions ask "When are backups written?" --for head@example.org --json
    """
    from vedette.records import Submission
    from vedette.records_json import queued_json

    with _line(ctx, for_) as (questions, asker):
        submission = Submission(question, collection, by_mail=mail, training=training, origin="cli")
        put = questions.submit(asker, submission)
    if json_:
        print_json(queued_json(put))
    else:
        typer.echo(f"Question {put.number}, {_place(put)}.")


@app.command("list")
def list_(
    ctx: typer.Context,
    for_: For = "",
    all_: Annotated[bool, typer.Option("--all", help="Everybody's, without what they ask.")] = False,
    json_: AsJson = False,
) -> None:
    """The last questions, newest first.

    \b
    Examples:
      vedette questions list
      vedette questions list --all --json
    """
    from rich.table import Table

    from vedette.records_json import queued_json

    with _line(ctx, for_) as (questions, asker):
        found = questions.queue() if all_ else questions.list(asker.id)
    if json_:
        print_json({"questions": [queued_json(one) for one in found]})
        return
    table = Table("number", "asked", "state", "mail", "tries", "question", box=None)
    for one in found:
        state = f"{one.state} ({one.reason})" if one.reason else one.state
        shown = one.submission.text or one.id
        table.add_row(str(one.number), one.asked[:16], state, one.mail, str(one.tries), shown)
    stdout().print(table)


@app.command()
def show(ctx: typer.Context, question: Which, for_: For = "", json_: AsJson = False) -> None:
    """One question with its answer.

    \b
    Examples:
      vedette questions show 1
      vedette questions show 1 --json
    """
    from vedette.cli.show import show_answer
    from vedette.records_json import queued_json

    with _line(ctx, for_) as (questions, asker):
        found = _found(questions, asker, question)
    if json_:
        print_json(queued_json(found))
    elif found.answer:
        show_answer(stdout(), found.answer)
    else:
        where = _place(found) if found.place else found.state
        typer.echo(f"No answer yet: {where}. {found.error}".strip())


@app.command()
def cancel(ctx: typer.Context, question: Which, for_: For = "") -> None:
    """Take a question out of the line.

    \b
    Examples:
      vedette questions cancel 1
    """
    with _line(ctx, for_) as (questions, asker):
        questions.cancel(asker.id, _found(questions, asker, question).id)
    typer.echo("Cancelled.")


@app.command()
def retry(ctx: typer.Context, question: Which, for_: For = "") -> None:
    """Put a question that was given up or cancelled back into the line, or mail its answer again.

    \b
    Examples:
      vedette questions retry 1
    """
    with _line(ctx, for_) as (questions, asker):
        again = questions.retry(asker.id, _found(questions, asker, question).id)
    typer.echo(f"It stands {_place(again)}." if again.place else "Its mail is sent again.")


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSONL file to write; it must not exist yet.")],
    networks: Annotated[bool, typer.Option("--networks", help="Take out IP addresses as well.")] = False,
) -> None:
    """Write answered questions as training data, of those who agreed to it and without personal data.

    Beside FILE, FILE.manifest.json says what is in it.

    \b
    Examples:
      vedette questions export training.jsonl
    """
    from vedette.app_people import write_training

    count = write_training(load_settings(ctx), file, networks)
    stderr().print(f"Wrote {count} answers to {file}.")


@contextmanager
def _line(ctx: typer.Context, for_: str) -> Iterator[tuple[Questions, Asker]]:
    from vedette.app_people import asker_of
    from vedette.app_questions import questions_of

    settings = load_settings(ctx)
    with questions_of(settings) as questions:
        yield questions, asker_of(settings, for_)


def _place(question: QueuedQuestion) -> str:
    furthest = 300  # as far as places are counted
    return f"{question.place}. in the line" if question.place <= furthest else f"after the {furthest}th in the line"


def _found(questions: Questions, asker: Asker, given: str) -> QueuedQuestion:
    if not given.isdigit() or len(given) > 9:
        return questions.get(asker.id, given)
    for one in questions.list(asker.id, limit=1000):
        if one.number == int(given):
            return questions.get(asker.id, one.id)
    raise NotFound(f"There is no question {given}; `vedette questions list` shows all.")
