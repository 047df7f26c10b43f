"""The examples of the how-to pages about the doors for programs run, as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.process import VEDETTE, Server, clean_environment, serving, vedette_json
from fakes.small_library import write_library
from vedette.cli.main import app

PAGES = Path(__file__).parents[2] / "docs" / "how-to"


def blocks(page: str, language: str) -> list[str]:
    text = (PAGES / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    vedette_json(data, "ingest", str(write_library(tmp_path_factory.mktemp("library") / "docs")))
    with serving(data) as running:
        yield running


def run(line: list[str], server: Server) -> str:
    settings = {"VEDETTE_API": f"{server.url}/v1", "VEDETTE_MCP": f"{server.url}/mcp", "VEDETTE_KEY": server.token}
    environment = clean_environment() | settings
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", [0, 1])
def test_the_openai_client(server: Server, number: int) -> None:
    told = run([sys.executable, "-c", blocks("openai-clients.md", "python")[number]], server)
    assert "Argon2id" in told
    assert "- [1] `Storing passwords`, `passwords.md`" in told


def test_curl(server: Server) -> None:
    told = json.loads(run(["sh", "-c", blocks("openai-clients.md", "sh")[0]], server))
    assert told["object"] == "chat.completion"
    assert "Argon2id" in told["choices"][0]["message"]["content"]


def test_the_mcp_client(server: Server) -> None:
    (example,) = blocks("mcp.md", "python")
    assert "Argon2id" in run([sys.executable, "-c", example], server)


def test_the_configurations_start_the_command_that_there_is() -> None:
    commands = {command.name for command in app.registered_commands}
    for block in blocks("mcp.md", "json"):
        (servers,) = json.loads(block).values()
        entry = servers["vedette"]
        if "command" in entry:
            assert (entry["command"], entry["args"][0]) == ("vedette", "mcp")
            assert entry["args"][0] in commands
            line = [*VEDETTE, *entry["args"][:1], "--help"]
            assert subprocess.run(line, capture_output=True, check=False).returncode == 0
        else:
            assert entry["url"].endswith("/mcp")
