"""`vedette worker`: a process of its own that answers questions and mails the answers."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from vedette.cli.common import load_settings, stderr

Count = Annotated[int | None, typer.Option("--answerers", "-n", min=1, max=64, help="Questions answered at once [1].")]


def worker(
    ctx: typer.Context,
    answerers: Count = None,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="Stop once nothing waits any more.")] = False,
    log_stderr: Annotated[
        bool, typer.Option("--log-stderr", help="Log to stderr instead of DATA/logs/worker.json; for a second one.")
    ] = False,
) -> None:
    """Answer the questions that wait and mail the answers, until Ctrl-C; `vedette up` does so by itself.

    It asks the server that has the data folder open, or the one that VEDETTE_QUESTIONS_SERVER names. Any number of
    workers may run at once, on any number of machines that reach the same database.

    \b
    Examples:
      vedette worker --until-empty
      vedette worker --answerers 4 --until-empty
    """
    from vedette.app_worker import working
    from vedette.cli.logs import log_to

    settings = load_settings(ctx)
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    log_to(None if log_stderr else settings.data, "worker.json")
    with working(settings, lambda text: stderr().print(text), answerers or settings.questions.workers or 1) as idle:
        stderr().print("Answering questions (Ctrl-C stops it).")
        while not stopped.wait(0.5):
            if until_empty and idle():
                break
