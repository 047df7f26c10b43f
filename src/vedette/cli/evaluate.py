"""`vedette evaluate …`: how good retrieval, scope and answers are, on data of one's own."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Measure retrieval, scope, answers and injection on your own data.")
