"""The MCP server over streamable HTTP, by the SDK's own client, over a real server."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, TextContent, TextResourceContents

from fakes.door import Door, opened_door
from fakes.knowledge import ID, TEXT
from fakes.networks import SMALL, ZEROLOGON
from fakes.people import DRAWS, WORLDS

MODES = ("auto", "legacy")
HEADERS = {"accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def spoken(door: Door, mode: str, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `talk` gives, of a client with the API key of a reader."""
    url = str(door.http.base_url).rstrip("/") + "/mcp"

    async def run() -> Any:
        async with (
            httpx2.AsyncClient(headers=door.key("reader"), trust_env=False, timeout=20) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode) as client,
        ):
            return await talk(client)

    return anyio.run(run)


def call(door: Door, tool: str, mode: str = "auto", **arguments: Any) -> CallToolResult:
    return spoken(door, mode, lambda client: client.call_tool(tool, arguments))  # type: ignore[no-any-return]


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_say_that_they_only_read(door: Door, mode: str) -> None:
    async def talk(client: Client) -> Any:
        info = client.server_info
        assert info is not None
        assert (info.name, info.version) == ("vedette", "1.2.3")
        return (await client.list_tools()).tools

    tools = spoken(door, mode, talk)
    names = ["search", "ask", "open_source", "lookup_identifier", "forecast_spread", "contain_spread"]
    assert [tool.name for tool in tools] == names
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.output_schema["type"] == "object"
    assert "There are: default." in tools[0].input_schema["properties"]["collection"]["description"]


@pytest.mark.parametrize("mode", MODES)
def test_search_gives_passages_with_their_offsets(door: Door, mode: str) -> None:
    result = call(door, "search", mode, query="passwords", k=3)
    (passage,) = result.structured_content["passages"]
    assert passage["text"] == TEXT[passage["start"] : passage["end"]]
    assert (passage["document"], passage["page"]) == (ID, 1)
    assert "Passwords are salted." in text_of(result)


@pytest.mark.parametrize("mode", MODES)
def test_ask_gives_the_answer_with_its_sources(door: Door, mode: str) -> None:
    result = call(door, "ask", mode, question="How?", history=[{"question": "Who?", "answer": "I."}])
    assert result.structured_content["claims"][0]["support"] == "supported"
    assert "- [1] `Passwords`, page 1, `passwords.md`" in text_of(result)
    assert door.knowledge.asked[-1].history[0].question == "Who?"


def test_ask_tells_its_progress(door: Door) -> None:
    told: list[str | None] = []

    async def talk(client: Client) -> Any:
        async def progress(_: float, __: float | None, message: str | None) -> None:
            told.append(message)

        return await client.call_tool("ask", {"question": "How?"}, progress_callback=progress)

    spoken(door, "auto", talk)
    assert told == ["retrieve"]


def test_a_source_is_opened_around_a_passage_on_a_page_and_from_its_start(door: Door) -> None:
    around = call(door, "open_source", document=ID, start=22, end=31, around=0).structured_content
    assert around["text"] == TEXT[22 : around["end"]] == "They are hashed"[: around["end"] - 22]
    assert around["pages"] == [1]
    for arguments in ({"page": 1}, {}):
        opened = call(door, "open_source", document=ID, **arguments).structured_content
        assert (opened["start"], opened["text"], opened["characters"]) == (0, TEXT, len(TEXT))


def test_an_identifier_is_looked_up(door: Door) -> None:
    result = call(door, "lookup_identifier", value="T1110")
    assert result.structured_content["title"] == "Brute Force"
    assert text_of(result).splitlines() == [
        "T1110 (attack): Brute Force", "- Tactic: Credential Access", "- mitigation: M1036 Account Use Policies",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search", {"query": " "}, "empty"),
        ("search", {"query": "x", "collection": "other"}, "There is no collection 'other'"),
        ("search", {"query": "x", "k": 1000}, "k: "),
        ("ask", {}, "question: Field required"),
        ("ask", {"question": "crash"}, "Something broke"),
        ("ask", {"question": "busy"}, "busy"),
        ("open_source", {"document": "nowhere"}, "There is no document"),
        ("open_source", {"document": ID, "page": 7}, "no page 7"),
        ("open_source", {"document": ID, "start": 40, "end": 3}, "no passage"),
        ("lookup_identifier", {"value": "T9999"}, "Nothing here tells"),
    ],
)
def test_what_goes_wrong_is_told_to_the_model(door: Door, tool: str, arguments: dict[str, Any], told: str) -> None:
    result = call(door, tool, **arguments)
    assert result.is_error
    assert told in text_of(result)
    assert "secret internals" not in text_of(result)


def test_an_unknown_tool_is_an_error_of_the_protocol(door: Door) -> None:
    async def talk(client: Client) -> None:
        with pytest.raises(MCPError, match="There is no tool"):
            await client.call_tool("delete_everything", {})

    spoken(door, "auto", talk)


def test_resources_are_collections_and_documents(door: Door) -> None:
    async def talk(client: Client) -> Any:
        (collection,) = (await client.list_resources()).resources
        (template,) = (await client.list_resource_templates()).resource_templates
        listed = (await client.read_resource(collection.uri)).contents[0]
        text = (await client.read_resource(template.uri_template.replace("{document}", ID))).contents[0]
        assert isinstance(listed, TextResourceContents)
        assert isinstance(text, TextResourceContents)
        with pytest.raises(MCPError, match="There is no resource"):
            await client.read_resource("vedette://collections/secret")
        return json.loads(listed.text), text.text

    listed, text = spoken(door, "auto", talk)
    assert (listed[0]["id"], text) == (ID, TEXT)


def test_the_knowledge_is_that_of_whose_key_it_is(door: Door) -> None:
    call(door, "search", query="passwords")
    assert f"user:{door.people['reader'].id}" in door.knowledge.seen[-1].tags


def post(door: Door, header: dict[str, str], **more: str) -> httpx.Response:
    return door.http.post("/mcp", json=LIST, headers={**HEADERS, **header, **more})


def test_the_door_is_shut_without_a_key_and_at_once_when_it_is_revoked(door: Door) -> None:
    assert post(door, {}).status_code == 401
    assert post(door, {"Authorization": "Bearer vk_wrong"}).status_code == 401
    accounts, person = door.bureau.accounts, door.people["other"]
    info, secret = accounts.make_key(person, "short-lived")
    header = {"Authorization": f"Bearer {secret}"}
    assert post(door, header).status_code == 200
    accounts.revoke_key(person, info.id)
    assert post(door, header).status_code == 401


def test_pages_of_other_sites_and_other_names_are_refused(door: Door) -> None:
    assert post(door, door.key("reader"), origin="https://evil.example").status_code == 403
    assert post(door, door.key("reader"), host="evil.example").status_code == 400
    assert post(door, door.key("reader")).status_code == 200


def test_no_session_is_kept_and_no_stream_is_open(door: Door) -> None:
    key = door.key("reader")
    sent = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    begun = door.http.post(
        "/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": sent}, headers={**HEADERS, **key}
    )
    assert begun.status_code == 200
    assert "mcp-session-id" not in begun.headers
    assert post(door, key, **{"mcp-session-id": "of-somebody-else"}).status_code == 200
    assert door.http.get("/mcp", headers={"accept": "text/event-stream", **key}).status_code == 405
    assert door.http.delete("/mcp", headers=key).status_code == 405


def test_a_message_that_is_too_large_or_none_is_refused(door: Door) -> None:
    key = {**HEADERS, **door.key("reader"), "content-type": "application/json"}
    assert door.http.post("/mcp", content=b" " * 200_000, headers=key).status_code == 413
    assert door.http.post("/mcp", content=iter([b" " * 60_000] * 4), headers=key).status_code == 413
    assert door.http.post("/mcp", content=b"{", headers=key).status_code == 400


@pytest.fixture
def small(door: Door) -> Iterator[None]:
    """A network that everybody may read."""
    door.services.forecasting.store(SMALL)
    yield
    door.services.forecasting.remove("small")


@pytest.mark.usefixtures("small")
def test_a_forecast_has_intervals_and_says_what_it_assumes(door: Door) -> None:
    result = call(door, "forecast_spread", network="small", sources=["web-1"], days=3)
    made = result.structured_content["result"]
    assert made["hosts"][0]["host"] == "web-1"
    assert made["total"][-1]["low95"] <= made["total"][-1]["mean"] <= made["total"][-1]["high95"]
    said = text_of(result)
    for part in ("Compromised by day 3", "95 %", "Crown jewel db-1", "Assumed:", made["assumptions"][0]):
        assert part in said
    assert (made["scenario"]["worlds"], made["scenario"]["draws"]) == (WORLDS, DRAWS)
    assert door.services.forecasting.jobs(door.people["reader"].id) == ()


@pytest.mark.usefixtures("small")
def test_a_forecast_compares_and_finds_measures(door: Door) -> None:
    compared = call(door, "forecast_spread", network="small", sources=["web-1"], patch=[ZEROLOGON])
    assert compared.structured_content["result"]["hosts"][0][0] == "db-1"
    assert "Saved by the last day" in text_of(compared)
    chosen = call(door, "contain_spread", network="small", sources=["web-1"], k=1)
    assert [one["target"] for one in chosen.structured_content["result"]["measures"]] == ["app-1"]
    assert "1. app-1" in text_of(chosen)


@pytest.mark.usefixtures("small")
def test_a_tool_finds_no_network_that_its_caller_may_not_read(door: Door) -> None:
    wrong = call(door, "forecast_spread", network="small", sources=["web-9"])
    assert (wrong.is_error, "web-9" in text_of(wrong)) == (True, True)
    door.services.forecasting.share("small", ())
    hidden = call(door, "contain_spread", network="small", sources=["web-1"])
    assert (hidden.is_error, "no network 'small'" in text_of(hidden)) == (True, True)
