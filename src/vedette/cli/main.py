"""`vedette`: the command line. Exit codes: 0 done, 2 wrong use, 3 nothing found or refused, 1 the rest."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from vedette import __version__
from vedette.cli import (
    ask,
    audit,
    backup,
    collections,
    doctor,
    documents,
    evaluate,
    forecast,
    index,
    ingest,
    mcp,
    notify,
    questions,
    serve,
    users,
    worker,
)
from vedette.cli.common import FAILED, WRONG_USE
from vedette.errors import BadInput, LoadError, SettingsError, VedetteError

app = typer.Typer(
    name="vedette",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
app.command("up")(serve.up)
app.command("serve")(serve.serve)
app.command("ingest")(ingest.ingest)
app.command("ask")(ask.ask)
app.command("retrieve")(ask.retrieve)
app.add_typer(documents.app, name="documents")
app.add_typer(collections.app, name="collections")
app.add_typer(index.app, name="index")
app.add_typer(questions.app, name="questions")
app.command("worker")(worker.worker)
app.add_typer(forecast.app, name="forecast")
app.add_typer(evaluate.app, name="evaluate")
app.command("mcp")(mcp.mcp)
app.add_typer(users.app, name="users")
app.add_typer(audit.app, name="audit")
app.add_typer(notify.app, name="notify")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)


def _folder(given: str) -> Path:
    # An empty name would be the working folder: what `--data "$FORGOTTEN"` surely does not mean.
    if not given:
        raise typer.BadParameter("it is empty; name a folder.")
    return Path(given)


Data = Annotated[
    Path | None,
    typer.Option(
        "--data", parser=_folder, metavar="<path>", help="Folder that holds everything [VEDETTE_DATA, else ./data]."
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vedette {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    ctx: typer.Context,
    data: Data = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Vedette answers only from your documents, says where the answer stands, and says so when it does not know.

    \b
    Examples:
      vedette ingest examples/cv --collection cv
      vedette ask "Which languages does she speak?" --collection cv
      vedette documents list --data data

    --data DIR may stand anywhere on the line. Exit codes: 0 done, 2 wrong use, 3 nothing found or refused where an
    answer was required, 1 anything else.
    """
    ctx.obj = data


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit; an error is one sentence on stderr."""
    given = hoist_data(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=given, prog_name="vedette")
    except VedetteError as error:
        typer.echo(f"Error: {error.message}", err=True)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence for the user, the traceback for a file
        typer.echo(f"Error: something broke in Vedette ({type(error).__name__}); {_keep_traceback(given)}", err=True)
        sys.exit(FAILED)


def hoist_data(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--data DIR` in front, wherever it stood.

    >>> hoist_data(["ask", "Why?", "--data", "d", "--json"])
    ['--data', 'd', 'ask', 'Why?', '--json']
    """
    front: list[str] = []
    rest = list(arguments)
    end = rest.index("--") if "--" in rest else len(rest)
    for place in reversed(range(end)):
        if rest[place].startswith("--data="):
            front[:0] = [rest.pop(place)]
        elif rest[place] == "--data" and place + 1 < len(rest):
            front[:0] = [rest.pop(place), rest.pop(place)]
    return front + rest


def exit_code(error: VedetteError) -> int:
    """What a caller did wrong is 2, everything else 1."""
    wrong_use = isinstance(error, BadInput | SettingsError) and not isinstance(error, LoadError)
    return WRONG_USE if wrong_use else FAILED


def _keep_traceback(arguments: Sequence[str]) -> str:
    flag, _, value = arguments[0].partition("=") if arguments else ("", "", "")
    given = (value or arguments[1]) if flag == "--data" else ""
    data = Path(given or os.environ.get("VEDETTE_DATA") or "data")
    path = data / "logs" / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError as error:
        return f"its traceback could not be written to {path} ({error.strerror})."
    return f"please report it with {path}."


if __name__ == "__main__":
    main()
