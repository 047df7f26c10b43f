"""`vedette backup` and `vedette restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.common import AsJson, load_settings, print_json

File = Annotated[Path, typer.Argument(help="The archive, such as vedette-2026-11-21.tar.gz.")]


def backup(ctx: typer.Context, file: File, json_: AsJson = False) -> None:
    """Write people, conversations, catalogue, originals and index into one archive. Stop the server before.

    Settings, the secret key and logs stay out, as does an index on a Qdrant server. Keep the archive as safe as the
    data folder: it holds all documents.

    \b
    Examples:
      vedette backup vedette-2026-11-21.tar.gz
      vedette backup nightly.tar.gz --json
    """
    from vedette.app_people import back_up

    made = back_up(load_settings(ctx), file)
    if json_:
        print_json({"file": str(file), "files": len(made.files), "rows": made.rows})
    else:
        typer.echo(f"Wrote {file}: {len(made.files)} files, {made.rows} rows of people and conversations.")


def restore(
    ctx: typer.Context,
    file: File,
    replace: Annotated[bool, typer.Option("--replace", help="Over what is there, which is gone then.")] = False,
    json_: AsJson = False,
) -> None:
    """Put back what `vedette backup` wrote, into whatever database and data folder the settings name.

    The archive is checked whole before anything is touched. Where the index lies on a Qdrant server, run `vedette
    documents verify --repair` afterwards.

    \b
    Examples:
      vedette restore vedette-2026-11-21.tar.gz --data new-folder
      vedette restore nightly.tar.gz --replace
    """
    from vedette.app_people import put_back

    made = put_back(load_settings(ctx), file, replace)
    if json_:
        print_json({"made": made.made, "files": len(made.files), "rows": made.rows})
    else:
        typer.echo(f"Restored {len(made.files)} files and {made.rows} rows from the backup of {made.made}.")
