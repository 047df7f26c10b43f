"""How fast the command starts, and that every command shows how it is used."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from vedette.cli.main import app

HEAVY = ("rich", "numpy", "fastapi", "uvicorn", "httpx", "onnxruntime", "pydantic", "qdrant_edge")


def commands() -> list[list[str]]:
    """The words of every command, from the application itself."""
    found = [[command.name] for command in app.registered_commands]
    for group in app.registered_groups:
        found += [
            [group.name, command.name or command.callback.__name__]
            for command in group.typer_instance.registered_commands
        ]
    return found


def test_help_loads_nothing_heavy() -> None:
    script = f"import sys, vedette.cli.main; print([name for name in {HEAVY} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_help_is_quick() -> None:
    """In processor time: what else this machine does is not the command's."""

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "vedette.cli.main", "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.4


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_has_an_example(run, words: list[str]) -> None:
    result = run(*words, "--help")
    assert result.code == 0
    assert f"\n    vedette {' '.join(words)}" in result.out
