"""`vedette mcp` as an MCP client starts it, by the SDK's own client: over a data folder, and beside its server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from fakes.process import VEDETTE, clean_environment, serving, vedette_json
from fakes.small_library import write_library

BEGIN = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    vedette_json(folder, "ingest", str(write_library(tmp_path_factory.mktemp("library") / "docs")))
    return folder


def spoken(data: Path, talk: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    command, *arguments = [*VEDETTE, "mcp", "--data", str(data)]
    started = StdioServerParameters(command=command, args=arguments, env=clean_environment())

    async def run() -> Any:
        async with Client(started, mode=mode) as client:
            return await talk(client)

    return anyio.run(run)


async def walk(client: Client) -> dict[str, Any]:
    """Ask, open what the answer stands on, look an identifier up; what was given, as JSON."""
    given = {}
    asked = await client.call_tool("ask", {"question": "What is used to store passwords?"})
    source = asked.structured_content["sources"][0]
    where = {key: source[key] for key in ("document", "start", "end")}
    given["ask"] = asked.structured_content
    given["open"] = (await client.call_tool("open_source", {**where, "around": 50})).structured_content
    given["search"] = (await client.call_tool("search", {"query": "backups", "k": 2})).structured_content
    given["card"] = (await client.call_tool("lookup_identifier", {"value": "CVE-2021-44228"})).structured_content
    refused = await client.call_tool("search", {"query": "x", "collection": "nowhere"})
    given["refused"] = refused.content[0].text
    assert refused.is_error
    return given


def check(given: dict[str, Any]) -> None:
    assert "Argon2id" in given["ask"]["answer"]
    assert given["ask"]["sources"][0]["quote"] in given["open"]["text"]
    assert len(given["search"]["passages"]) == 2
    assert given["card"]["value"] == "CVE-2021-44228"
    assert "nowhere" in given["refused"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_a_data_folder(data: Path, mode: str) -> None:
    check(spoken(data, walk, mode))


def test_beside_the_server_that_owns_the_folder(data: Path) -> None:
    with serving(data):
        check(spoken(data, walk))


def test_nothing_but_the_protocol_is_printed(data: Path) -> None:
    sent = [BEGIN, {"jsonrpc": "2.0", "method": "notifications/initialized"}]
    asked = {"name": "ask", "arguments": {"question": "When are backups written?"}}
    sent.append({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked})
    line = [*VEDETTE, "mcp", "--data", str(data)]
    with subprocess.Popen(
        line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in sent:
            process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        got: list[dict[str, Any]] = []
        while not any(message.get("id") == 2 for message in got):
            got.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        rest = process.stdout.read()
    assert rest == ""
    assert process.returncode == 0
    assert all(message["jsonrpc"] == "2.0" for message in got)
    assert "02:00" in json.dumps(got[-1])


def test_a_folder_without_documents_says_so(tmp_path: Path) -> None:
    async def talk(client: Client) -> Any:
        return await client.call_tool("ask", {"question": "Who?"})

    refused = spoken(tmp_path, talk)
    assert refused.is_error
    assert "default" in refused.content[0].text
