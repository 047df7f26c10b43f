"""Embeddings from an OpenAI-compatible endpoint: OpenAI, Gemini, vLLM, Ollama, llama.cpp, text-embeddings-inference.

Source: OpenAI API reference, "Create embeddings".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vedette.engines import faults
from vedette.engines.streaming import Endpoint
from vedette.errors import ProviderBusy, ProviderError, ProviderTimeout
from vedette.rag.embed import encode, open_tokenizer
from vedette.rag.generate.chain import Limits

if TYPE_CHECKING:
    import openai

BATCH = 64
# Seconds before each further attempt when the endpoint is busy and does not say how long to wait.
PAUSES = (1.0, 4.0, 15.0)
LONGEST_PAUSE_S = 60.0

_SENT_HEADERS = frozenset({"host", "content-type", "content-length", "accept", "accept-encoding", "connection"})


class OpenAiEmbedder:
    """A `vedette.rag.embed.Embedder` over an endpoint, of which `context_window` is the longest text in tokens.

    The endpoint's tokenizer is not known here: tokens are counted by the tokenizer.json given, which is an estimate.
    Raises ProviderError (see `vedette.errors`); a busy endpoint is asked again after a pause.
    """

    def __init__(self, endpoint: Endpoint, tokenizer: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self._endpoint = endpoint
        self._tokenizer = open_tokenizer(tokenizer)
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._endpoint.model

    @cached_property
    def dimension(self) -> int:
        """Asked of the endpoint once."""
        return int(self._ask(["dimension"]).shape[1])

    @property
    def max_tokens(self) -> int:
        return self._endpoint.context_window

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `vedette.rag.embed.Embedder`; requests of at most 64 texts, one after another."""
        parts = [self._ask(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector

    def count_tokens(self, text: str) -> int:
        return len(encode(self._tokenizer, text))

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        offsets: list[tuple[int, int]] = encode(self._tokenizer, text).offsets
        return offsets

    def close(self) -> None:
        """Close the connections to the endpoint."""
        self._client.close()

    def _ask(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sent = [self._sendable(text) for text in texts]
        for pause in PAUSES:
            try:
                return self._request(sent)
            except ProviderBusy as busy:
                self._sleep(min(busy.retry_after_s or pause, LONGEST_PAUSE_S))
        return self._request(sent)

    def _sendable(self, text: str) -> str:
        """The text cut to `max_tokens`; endpoints refuse an empty text, so a blank stands for it."""
        offsets = self.token_offsets(text)
        cut = text[: offsets[self.max_tokens - 1][1]] if len(offsets) > self.max_tokens else text
        return cut.encode("utf-8", "replace").decode("utf-8") or " "

    def _request(self, texts: list[str]) -> NDArray[np.float32]:
        import openai  # takes a second to import: not before it is needed

        at = self._endpoint
        limits = Limits(total_s=at.timeout_s)
        try:
            answer = self._client.embeddings.create(
                input=texts, model=at.model, timeout=openai.Timeout(at.timeout_s, connect=limits.connect_s)
            )
            return _vectors(at.name, answer, len(texts))
        except openai.APITimeoutError as error:
            raise ProviderTimeout(
                f"{at.name} at {at.url} gave no vectors within {at.timeout_s:g} s; check that it is not overloaded.",
                "too slow",
            ) from error
        except openai.APIConnectionError as error:
            raise faults.no_connection(at, error.__cause__) from error
        except openai.APIStatusError as error:
            after = faults.retry_after_s(error.response.headers.get("retry-after"))
            raise faults.from_status(at, error.status_code, str(error.message), after) from error
        except (openai.APIError, ValueError, TypeError, AttributeError) as error:
            raise _unusable(at.name, "something else") from error

    @cached_property
    def _client(self) -> openai.OpenAI:
        import openai

        key = self._endpoint.key

        def send_only_ours(request: Any) -> None:
            """The client adds headers from OPENAI_* variables and about this machine; they are nobody's business."""
            for header in set(request.headers) - _SENT_HEADERS:
                del request.headers[header]
            request.headers["user-agent"] = "vedette"
            if key:
                request.headers["authorization"] = f"Bearer {key}"

        http = openai.DefaultHttpxClient(
            trust_env=False, proxy=self._endpoint.proxy or None, event_hooks={"request": [send_only_ours]}
        )
        return openai.OpenAI(
            api_key=key or "none",
            base_url=self._endpoint.url,
            organization="",
            project="",
            max_retries=0,
            http_client=http,
        )


def _vectors(name: str, answer: Any, wanted: int) -> NDArray[np.float32]:
    """The vectors of an answer in the order of their texts, L2-normed. Raises ProviderError when they do not fit."""
    rows = sorted(answer.data, key=lambda row: row.index)
    if [row.index for row in rows] != list(range(wanted)):
        raise _unusable(name, f"{len(rows)} vectors for {wanted} texts")
    if len({len(row.embedding) for row in rows}) != 1:
        raise _unusable(name, "vectors of different lengths")
    vectors = np.array([row.embedding for row in rows], np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.all(np.isfinite(norms)) or not np.all(norms > 0):
        raise _unusable(name, "a vector without direction")
    unit: NDArray[np.float32] = vectors / norms
    return unit


def _unusable(name: str, got: str) -> ProviderError:
    return ProviderError(
        f"{name} sent {got} where one embedding a text belongs; correct embed.url and embed.url_model.",
        "unusable answer",
    )
