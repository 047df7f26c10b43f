"""Language models behind an OpenAI-compatible chat endpoint: OpenAI, Gemini, Featherless, vLLM, Ollama, llama.cpp.

Source: OpenAI API reference, "Create chat completion": the streaming form (server-sent events that end with `[DONE]`),
and the plain one (one JSON object), which some servers send though a stream was asked for.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vedette.engines import faults
from vedette.engines.streaming import Endpoint, LoopThread, drain, own_limits, wire_messages
from vedette.rag.generate.chain import Limits
from vedette.records import Message

if TYPE_CHECKING:
    import openai

_SENT_HEADERS = frozenset(
    {"host", "authorization", "content-type", "content-length", "accept", "accept-encoding", "connection", "user-agent"}
)


class OpenAiApi:
    """A `vedette.rag.generate.chain.Generator`. The client's retries are off; nothing of the environment is sent."""

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
    def _client(self) -> openai.AsyncOpenAI:
        import openai  # takes a second to import: not before a question needs it

        key = self._endpoint.key

        async def send_only_ours(request: Any) -> None:
            """The client adds headers from OPENAI_* variables and about this machine; they are nobody's business."""
            for header in set(request.headers) - _SENT_HEADERS:
                del request.headers[header]
            request.headers["user-agent"] = "vedette"
            if key:
                request.headers["authorization"] = f"Bearer {key}"
            else:
                request.headers.pop("authorization", None)

        http = openai.DefaultAsyncHttpxClient(
            trust_env=False, proxy=self._endpoint.proxy or None, event_hooks={"request": [send_only_ours]}
        )
        return openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=self._endpoint.url,
            organization="",
            project="",
            max_retries=0,
            http_client=http,
        )

    async def _pieces(
        self, client: openai.AsyncOpenAI, messages: Sequence[Message], limits: Limits
    ) -> AsyncGenerator[str, None]:
        import openai

        connected = False
        try:
            # Chunks as they come: making each a record of the client takes longer than all the rest that is done to it.
            stream = await client.post(
                "/chat/completions",
                body={
                    "model": self._endpoint.model,
                    "messages": wire_messages(messages, self._endpoint),
                    "temperature": self._endpoint.temperature,
                    "max_tokens": self._endpoint.max_tokens,
                    "stream": True,
                },
                options={"timeout": openai.Timeout(limits.total_s, connect=limits.connect_s)},
                cast_to=object,
                stream=True,
                stream_cls=openai.AsyncStream[object],
            )
            connected = True
            async with aclosing(self._texts(stream)) as texts:
                async for text in texts:
                    yield text
        except openai.APITimeoutError as error:
            raise faults.too_slow_to_connect(self._endpoint, limits) from error
        except openai.APIConnectionError as error:
            raise (
                faults.cut_off(self.name) if connected else faults.no_connection(self._endpoint, error.__cause__)
            ) from error
        except openai.APIStatusError as error:
            after = faults.retry_after_s(error.response.headers.get("retry-after"))
            raise faults.from_status(self._endpoint, error.status_code, str(error.message), after) from error
        except openai.APIError as error:
            raise faults.cut_off(self.name, str(error.message)) from error
        except ValueError as error:
            raise faults.not_a_stream(self.name, "text that is not JSON") from error

    async def _texts(self, stream: Any) -> AsyncGenerator[str, None]:
        """The text of each chunk; raises ProviderError unless the stream is of the right kind and comes to its end."""
        chunks = 0
        try:
            if (text := await self._plain(stream.response)) is not None:
                yield text
                return
            while (chunk := await anext(stream, None)) is not None:
                chunks += 1
                text, reason = _read(chunk)
                yield text + (" …" if reason == "length" else "")
                if reason:
                    await drain(stream)
                    if reason == "content_filter":
                        raise faults.withheld(self.name)
                    return
        finally:
            await stream.close()
        if not chunks:
            raise faults.not_a_stream(self.name, stream.response.headers.get("content-type", "no content type"))
        raise faults.cut_off(self.name)

    async def _plain(self, response: Any) -> str | None:
        """The text of a plain completion, None where the body is a stream; raises ProviderError for any other JSON."""
        if not response.headers.get("content-type", "").startswith("application/json"):
            return None
        try:
            body = await response.aread()
        except Exception as error:  # the client brings an HTTP library of its own, with errors of its own
            raise faults.cut_off(self.name) from error
        if not body.lstrip().startswith(b"{"):
            return None  # events under the wrong content type
        found = json.loads(body)
        if told := found.get("error"):
            raise faults.cut_off(self.name, str(told.get("message", told) if isinstance(told, dict) else told))
        try:
            choice = found["choices"][0]
            text, reason = choice["message"]["content"], choice.get("finish_reason")
        except (LookupError, TypeError, AttributeError) as error:
            raise faults.not_a_stream(self.name, "JSON of another kind") from error
        if reason == "content_filter":
            raise faults.withheld(self.name)
        return (text if isinstance(text, str) else "") + (" …" if reason == "length" else "")


def _read(chunk: Any) -> tuple[str, str]:
    """Text and finish reason of a chunk; chunks of any other shape (usage, keep-alive) have neither."""
    try:
        choice = chunk["choices"][0]
        text, reason = (choice.get("delta") or {}).get("content"), choice.get("finish_reason")
    except (LookupError, TypeError, AttributeError):
        return "", ""
    return (text if isinstance(text, str) else ""), (reason if isinstance(reason, str) else "")
