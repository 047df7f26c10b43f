"""`vedette` as a user runs it: a process of its own, over a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VEDETTE = [sys.executable, "-m", "vedette.cli.main"]


def clean_environment() -> dict[str, str]:
    """The environment without settings of Vedette, so that a test depends on nobody's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")}


def vedette(data: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    line = [*VEDETTE, *arguments, "--data", str(data)]
    return subprocess.run(line, capture_output=True, text=True, timeout=120, env=clean_environment() | extra)


def vedette_json(data: Path, *arguments: str) -> Any:
    """The JSON that a command prints; it must be all it prints."""
    done = vedette(data, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def copied(folder: Path, to: Path) -> Path:
    """A copy of a folder's contents, holes and all: an index is mostly holes."""
    subprocess.run(["cp", "-a", "--sparse=always", f"{folder}/.", str(to)], check=True)
    return to


@dataclass(frozen=True)
class Server:
    """A running server over the folder `data`."""

    data: Path
    url: str
    token: str
    process: subprocess.Popen[str]

    @property
    def owner(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@contextmanager
def serving(data: Path, *arguments: str, ends: int = 0, **extra: str) -> Iterator[Server]:
    """`vedette serve` (or the command given) on a free port until the end of the block, stopped as Ctrl-C does."""
    line = [*VEDETTE, *(arguments or ("serve",)), "--port", "0", "--data", str(data)]
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=clean_environment() | extra)
    try:
        announced = _announced(data, process)
        yield Server(data, announced["url"], announced["token"], process)
    finally:
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == ends, told
    assert not (data / "server.json").exists()


def _announced(data: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        found = json.loads((data / "server.json").read_text()) if (data / "server.json").exists() else {}
        if found.get("pid") == process.pid:
            _wait_until_it_answers(found["url"], limit)
            return found
        time.sleep(0.02)
    raise AssertionError(f"the server did not start: {process.communicate(timeout=5)[1] if process.poll() else ''}")


def _wait_until_it_answers(url: str, limit: float) -> None:
    import httpx

    while time.monotonic() < limit:
        try:
            httpx.get(f"{url}/livez", trust_env=False)
            return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError("the server does not answer")
