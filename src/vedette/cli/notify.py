"""`vedette notify`: whether notices arrive, and what became of the last ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vedette.cli.common import FAILED, NOTHING_FOUND, AsJson, load_settings, print_json, stderr, stdout

if TYPE_CHECKING:
    from vedette.notify.service import Notifier

app = typer.Typer(no_args_is_help=True, help="Try and list the notices that people get of trouble.")


@app.callback()
def group() -> None:
    """Try and list the notices that people get of trouble."""


@app.command("test")
def trial(
    ctx: typer.Context,
    channel: Annotated[
        Literal["mail", "sms", "webhook"] | None, typer.Option("--channel", help="Only those of this channel.")
    ] = None,
    json_: AsJson = False,
) -> None:
    """Send a trial message to everybody whom the [[notify.rules]] name, now. Exits with 1 when one is not taken.

    \b
    Examples:
      vedette notify test
      vedette notify test --channel mail --json
    """
    from vedette.records_json import encode

    with _notifier(ctx) as notifier:
        tried = notifier.test(channel)
    if json_:
        print_json({"tried": encode(tried)})
    for one in () if json_ else tried:
        typer.echo(f"{one.to}: {one.error or 'taken'}")
    if not tried:
        stderr().print("No rule names anybody there; add [[notify.rules]] to vedette.toml.")
        raise typer.Exit(NOTHING_FOUND)
    if any(one.error for one in tried):
        raise typer.Exit(FAILED)


@app.command("list")
def list_(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many.")] = 50,
    json_: AsJson = False,
) -> None:
    """The last notices, to whom they went and what became of them, newest first.

    \b
    Examples:
      vedette notify list
      vedette notify list -n 500 --json
    """
    from rich.table import Table

    from vedette.records_json import encode

    with _notifier(ctx) as notifier:
        notices = notifier.notices(limit)
    if json_:
        print_json({"notices": encode(notices)})
        return
    table = Table("told", "event", "to", "times", "state", "what", box=None)
    for one in notices:
        state = f"{one.state} {(one.sent or one.due)[:16]}" if one.state != "refused" else one.state
        what = one.event.subject + (f" ({one.error})" if one.error else "")
        table.add_row(one.made[:16], one.event.kind, one.to, str(one.count), state, what)
    stdout().print(table)


@contextmanager
def _notifier(ctx: typer.Context) -> Iterator[Notifier]:
    from vedette.app_notify import notifier_of

    with notifier_of(load_settings(ctx)) as notifier:
        yield notifier
