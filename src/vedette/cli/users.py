"""`vedette users`: accounts from the command line, beside a running server too."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from vedette.cli.common import AsJson, load_settings, print_json, stdout
from vedette.errors import NotFound

if TYPE_CHECKING:
    from vedette.records import Person, Role, Tlp
    from vedette.services import Accounts

app = typer.Typer(no_args_is_help=True, help="Make, list and change accounts.")

BY = "cli"
Email = Annotated[str, typer.Argument(help="The address of the account.")]


@app.callback()
def group() -> None:
    """Make, list and change accounts."""


@app.command("create-admin")
def create_admin(
    ctx: typer.Context,
    email: Email,
    name: Annotated[str, typer.Option("--name", help="The name that others see.")] = "",
    link: Annotated[bool, typer.Option("--link", help="Print a link that sets the password instead.")] = False,
) -> None:
    """Make an account that may manage people. The password is asked for, or read from standard input.

    \b
    Examples:
      vedette users create-admin ana@example.org --name Ana
      vedette users create-admin luis@example.org --link
    """
    with _accounts(ctx) as accounts:
        password = secrets.token_urlsafe(32) if link else _password()
        person = accounts.create(email, password, name, "admin", BY)
        typer.echo(f"Made {person.email} an admin.")
        if link:
            typer.echo(accounts.reset_link(person.email, BY))


@app.command("list")
def list_(ctx: typer.Context, json_: AsJson = False) -> None:
    """All accounts.

    \b
    Examples:
      vedette users list
      vedette users list --json
    """
    from rich.table import Table

    from vedette.records_json import encode

    with _accounts(ctx) as accounts:
        people = accounts.people()
    if json_:
        print_json({"users": encode(people)})
        return
    table = Table("address", "name", "role", "groups", "clearance", "state", "last seen", box=None)
    for person in people:
        state = "disabled" if person.disabled else "active"
        row = (person.email, person.name, person.role, ", ".join(person.groups), person.clearance, state)
        table.add_row(*row, person.seen[:16] or "never")
    stdout().print(table)


@app.command("set")
def set_(
    ctx: typer.Context,
    email: Email,
    role: Annotated[str | None, typer.Option("--role", help="reader, editor or admin.")] = None,
    groups: Annotated[list[str] | None, typer.Option("--group", "-g", help="Their groups; replaces all.")] = None,
    no_groups: Annotated[bool, typer.Option("--no-groups", help="Take them out of every group.")] = False,
    clearance: Annotated[str | None, typer.Option("--clearance", help="The highest TLP label they read.")] = None,
) -> None:
    """Change the role, the groups or the clearance of an account; it counts at once.

    \b
    Examples:
      vedette users set ana@example.org --role editor
      vedette users set ana@example.org --group cert --group soc --clearance AMBER
    """
    from vedette.records import AccountChange

    kept = tuple(groups) if groups else (() if no_groups else None)
    change = AccountChange(role=cast("Role | None", role), groups=kept, clearance=cast("Tlp | None", clearance))
    with _accounts(ctx) as accounts:
        person = accounts.change(_find(accounts, email).id, change, BY)
    shown = ", ".join(person.groups) or "none"
    typer.echo(f"{person.email}: role {person.role}, groups {shown}, clearance {person.clearance}")


@app.command()
def disable(
    ctx: typer.Context,
    email: Email,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
) -> None:
    """Keep somebody out at once: sessions end, keys stop working. Nothing is deleted.

    \b
    Examples:
      vedette users disable ana@example.org
      vedette users disable ana@example.org --undo
    """
    from vedette.records import AccountChange

    with _accounts(ctx) as accounts:
        person = accounts.change(_find(accounts, email).id, AccountChange(disabled=not undo), BY)
    typer.echo(f"{person.email} is {'disabled' if person.disabled else 'active'}.")


@app.command()
def remove(ctx: typer.Context, email: Email) -> None:
    """Delete an account with its sessions, keys and conversations. The audit log keeps what they did.

    \b
    Examples:
      vedette users remove ana@example.org
    """
    from vedette.app_people import remove_person

    with _accounts(ctx) as accounts:
        person = _find(accounts, email)
    remove_person(load_settings(ctx), person.id, BY)
    typer.echo(f"Removed {person.email}.")


@app.command("delete-data")
def delete_data(ctx: typer.Context, email: Email) -> None:
    """Delete somebody's conversations, questions, answers, ratings and forecasts for good. The account stays.

    \b
    Examples:
      vedette users delete-data ana@example.org
    """
    from vedette.app_people import remove_data

    with _accounts(ctx) as accounts:
        person = _find(accounts, email)
    conversations, questions, forecasts = remove_data(load_settings(ctx), person.id, BY)
    typer.echo(
        f"Deleted {conversations} conversations, {questions} questions and {forecasts} forecasts of {person.email}."
    )


@app.command("reset-link")
def reset_link(ctx: typer.Context, email: Email) -> None:
    """A link that sets a new password, once, for half an hour: hand it over where no mail can be sent.

    \b
    Examples:
      vedette users reset-link ana@example.org
    """
    with _accounts(ctx) as accounts:
        typer.echo(accounts.reset_link(email, BY))


@contextmanager
def _accounts(ctx: typer.Context) -> Iterator[Accounts]:
    from vedette.app_people import accounts_of

    with accounts_of(load_settings(ctx)) as accounts:
        yield accounts


def _find(accounts: Accounts, email: str) -> Person:
    wanted = email.strip().lower()
    for person in accounts.people():
        if person.email == wanted:
            return person
    raise NotFound(f"There is no account of {email}; `vedette users list` shows all.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
