"""`vedette audit`: what was done, by whom, and whether the log is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from vedette.cli.common import FAILED, AsJson, load_settings, print_json, stdout

app = typer.Typer(no_args_is_help=True, help="Read and check the audit log.")


@app.callback()
def group() -> None:
    """Read and check the audit log."""


@app.command()
def show(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many lines.")] = 50,
    json_: AsJson = False,
) -> None:
    """The last lines, newest first.

    \b
    Examples:
      vedette audit show
      vedette audit show -n 500 --json
    """
    from rich.table import Table

    from vedette.app_people import accounts_of
    from vedette.records_json import encode

    with accounts_of(load_settings(ctx)) as accounts:
        entries = accounts.audit(limit=limit)
        names = {person.id: person.email for person in accounts.people()}
    if json_:
        print_json({"entries": encode(entries)})
        return
    table = Table("no.", "at", "who", "did", "to", "details", box=None)
    for entry in entries:
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        who, to = names.get(entry.actor, entry.actor), names.get(entry.target, entry.target)
        table.add_row(str(entry.number), entry.at[:19], who, entry.action, to, details)
    stdout().print(table)


@app.command()
def verify(ctx: typer.Context, json_: AsJson = False) -> None:
    """Whether no line was changed, taken out or put in. Exits with 1 when one was.

    The last hash proves the whole log: kept elsewhere, it shows when somebody forged all of it anew.

    \b
    Examples:
      vedette audit verify
      vedette audit verify --json
    """
    from vedette.app_people import accounts_of

    with accounts_of(load_settings(ctx)) as accounts:
        report = accounts.verify_audit()
        head = "".join(entry.hash for entry in accounts.audit(limit=1))
    if json_:
        print_json({"entries": report.entries, "broken": report.broken, "hash": head})
    elif report.broken is None:
        typer.echo(f"The log is whole: {report.entries} lines, the last hash is {head or 'none'}.")
    else:
        typer.echo(f"The log is broken at line {report.broken}; the {report.entries} before it are whole.")
    if report.broken is not None:
        raise typer.Exit(FAILED)
