"""Language models of an Ollama server, over its own wire: the size of the context window can be asked for there.

Through its OpenAI-compatible door Ollama runs every model with its default window and cuts a longer prompt silently.
Source: Ollama, docs/api.md, "Generate a chat completion": lines of JSON, the last one with `"done": true`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from functools import cached_property
from typing import Any

import httpx

from vedette.engines import faults
from vedette.engines.streaming import Endpoint, LoopThread, drain, own_limits, wire_messages
from vedette.rag.generate.chain import Limits
from vedette.records import Message


class OllamaApi:
    """A `vedette.rag.generate.chain.Generator`."""

    def __init__(self, endpoint: Endpoint, loop: LoopThread) -> None:
        self._endpoint = endpoint
        self._loop = loop

    @property
    def name(self) -> str:
        return self._endpoint.name

    def generate(self, messages: Sequence[Message], limits: Limits) -> Iterator[str]:
        """See `vedette.rag.generate.chain.Generator`. An answer cut at `max_tokens` ends with an ellipsis."""
        limits = own_limits(limits, self._endpoint)
        return self._loop.stream(self.name, self._pieces(self._client, messages, limits), limits)

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        key = self._endpoint.key
        return httpx.AsyncClient(
            base_url=self._endpoint.url.rstrip("/").removesuffix("/v1"),
            headers={"user-agent": "vedette"} | ({"authorization": f"Bearer {key}"} if key else {}),
            trust_env=False,
            proxy=self._endpoint.proxy or None,
        )

    async def _pieces(
        self, client: httpx.AsyncClient, messages: Sequence[Message], limits: Limits
    ) -> AsyncGenerator[str, None]:
        connected = False
        timeout = httpx.Timeout(limits.total_s, connect=limits.connect_s)
        try:
            async with client.stream("POST", "/api/chat", json=self._body(messages), timeout=timeout) as response:
                connected = True
                if response.status_code >= 400:
                    told = _told(await response.aread())
                    after = faults.retry_after_s(response.headers.get("retry-after"))
                    raise faults.from_status(self._endpoint, response.status_code, told, after)
                lines = response.aiter_lines()
                while (line := await anext(lines, None)) is not None:
                    record = self._record(line, response)
                    yield _text(record)
                    if record.get("done") is True:
                        if record.get("done_reason") == "length":
                            yield " …"
                        await drain(lines)
                        return
        except httpx.TimeoutException as error:
            raise faults.too_slow_to_connect(self._endpoint, limits) from error
        except httpx.RequestError as error:
            raise faults.cut_off(self.name) if connected else faults.no_connection(self._endpoint, error) from error
        raise faults.cut_off(self.name)

    def _body(self, messages: Sequence[Message]) -> dict[str, Any]:
        at = self._endpoint
        options = {"temperature": at.temperature, "num_predict": at.max_tokens, "num_ctx": at.context_window}
        return {"model": at.model, "messages": wire_messages(messages, at), "stream": True, "options": options}

    def _record(self, line: str, response: httpx.Response) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except ValueError as error:
            raise faults.not_a_stream(self.name, response.headers.get("content-type", "text")) from error
        if not isinstance(record, dict):
            raise faults.not_a_stream(self.name, "JSON of another kind")
        if told := record.get("error"):
            raise faults.cut_off(self.name, str(told))
        return record


def _text(record: dict[str, Any]) -> str:
    message = record.get("message")
    text = message.get("content") if isinstance(message, dict) else None
    return text if isinstance(text, str) else ""


def _told(body: bytes) -> str:
    """The reason in an error body, `{"error": "…"}`; the body itself when it is not of that form."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace")
