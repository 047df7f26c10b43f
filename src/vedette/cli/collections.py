"""`vedette collections …`."""

from __future__ import annotations

from typing import Annotated

import typer

from vedette.cli.common import AsJson, Readers, connected, print_json, stderr, stdout

app = typer.Typer(invoke_without_command=True, help="List, share and remove collections.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a collection.")]


@app.callback()
def list_(ctx: typer.Context, json_: AsJson = False) -> None:
    """List collections, or share or remove one.

    \b
    Examples:
      vedette collections
      vedette collections --json
    """
    from vedette.cli.show import show_collections
    from vedette.records_json import encode

    if ctx.invoked_subcommand:
        return
    with connected(ctx) as knowledge:
        found = knowledge.collections()
    if json_:
        print_json({"collections": encode(found)})
    elif found:
        show_collections(stdout(), found)
    else:
        stderr().print("No documents yet: vedette ingest FOLDER")


@app.command()
def share(ctx: typer.Context, name: Name, reader: Readers = None, json_: AsJson = False) -> None:
    """Say who may read a collection; without a --reader nobody may but its owner and admins.

    \b
    Examples:
      vedette collections share cv --reader everyone
      vedette collections share cv --reader group:hr --reader user:1f3c
    """
    from vedette.records_json import encode

    with connected(ctx) as knowledge:
        info = knowledge.share_collection(name, tuple(reader or ()))
    if json_:
        print_json(encode(info))
    else:
        typer.echo(f"{name} can be read by {', '.join(info.readers) or 'nobody but its owner and admins'}.")


@app.command()
def remove(
    ctx: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json_: AsJson = False,
) -> None:
    """Remove a collection with all its documents and their originals.

    \b
    Examples:
      vedette collections remove cv --yes
    """
    if not yes:
        typer.confirm(f"Remove the collection {name} with all its documents?", abort=True)
    with connected(ctx) as knowledge:
        removed = knowledge.remove_collection(name)
    if json_:
        print_json({"removed": removed})
    else:
        typer.echo(f"Removed {name} with {removed} documents.")
