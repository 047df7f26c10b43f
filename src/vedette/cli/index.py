"""`vedette index move`."""

from __future__ import annotations

from typing import Annotated

import typer

from vedette.cli.common import AsJson, load_settings, print_json, stderr
from vedette.errors import BadInput

app = typer.Typer(no_args_is_help=True, help="Move the index between the data folder and a Qdrant server.")

EDGE = "edge"


@app.callback()
def group() -> None:
    """Move the index between the data folder and a Qdrant server."""


@app.command()
def move(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", help="URL of a Qdrant server, or `edge` for the data folder.")],
    prefix: Annotated[str, typer.Option("--prefix", help="Name on the server [VEDETTE_INDEX_PREFIX].")] = "",
    json_: AsJson = False,
) -> None:
    """Copy the index to a Qdrant server or back, without embedding again; the old one stays where it is.

    The key of the server is read from VEDETTE_INDEX_KEY. A running server of Vedette has to be stopped before.

    \b
    Examples:
      vedette index move --to http://127.0.0.1:6333
      vedette index move --to edge --json
    """
    from vedette.app import move_index

    settings = load_settings(ctx)
    name = prefix or settings.index.prefix
    if to != EDGE and not to.startswith(("http://", "https://")):
        raise BadInput(f"The index cannot be moved to {to!r}; give the http(s):// URL of a Qdrant server, or edge.")
    url = "" if to == EDGE else to
    console = stderr()
    with console.status("moving", spinner="line") as status:
        moved = move_index(settings, url, name, lambda done: status.update(f"{done} passages moved"))
    advice = f"set VEDETTE_INDEX_URL={url} and VEDETTE_INDEX_PREFIX={name}" if url else "unset VEDETTE_INDEX_URL"
    if json_:
        print_json({"moved": moved, "url": url, "prefix": name if url else ""})
    else:
        typer.echo(f"Moved {moved} passages. To use the new index, {advice}.")
