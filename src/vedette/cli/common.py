"""What every command shares: options, settings, services, and the two places to print to."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from vedette.services import Knowledge
    from vedette.settings import Settings

DONE, FAILED, WRONG_USE, NOTHING_FOUND = 0, 1, 2, 3

Collection = Annotated[str, typer.Option("--collection", "-c", help="The collection to work on.")]
AnyCollection = Annotated[str | None, typer.Option("--collection", "-c", help="Only this collection; all by default.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Readers = Annotated[
    list[str] | None, typer.Option("--reader", help="Who may read: everyone, user:ID or group:NAME; may be repeated.")
]
Label = Annotated[
    str, typer.Option("--tlp", help="Label of the Traffic Light Protocol: CLEAR, GREEN, AMBER, AMBER+STRICT or RED.")
]
Filters = Annotated[list[str] | None, typer.Option("--filter", "-f", help="KEY=VALUE that the metadata must have.")]


def load_settings(ctx: typer.Context, profile: str | None = None) -> Settings:
    """The settings, with the global `--data` over them, and the profile of a flag where one was given."""
    from vedette.settings import load

    data: Path | None = ctx.find_root().obj
    return load(os.environ, data, profile=profile)


@contextmanager
def connected(ctx: typer.Context) -> Iterator[Knowledge]:
    """The knowledge of the data folder: in this process, or in the server that owns the folder."""
    from vedette.app import connect

    with connect(load_settings(ctx), lambda text: stderr().print(text)) as knowledge:
        yield knowledge


def stdout() -> Console:
    """For results; piped, plain text that is never folded."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 10_000)


def stderr() -> Console:
    """For progress and notes."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 10_000)


def print_json(data: Any) -> None:
    """One JSON object on stdout."""
    from vedette.records_json import finite

    typer.echo(json.dumps(finite(data), ensure_ascii=False, indent=2))


def parse_filters(pairs: list[str] | None) -> dict[str, str]:
    """`["kind=cve"]` as a mapping. Raises BadInput."""
    parsed = dict(pair.partition("=")[::2] for pair in pairs or ())
    if not all(parsed) or any("=" not in pair for pair in pairs or ()):
        raise BadInput("A filter has the form KEY=VALUE, such as --filter kind=cve.")
    return parsed
