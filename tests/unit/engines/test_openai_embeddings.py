"""What an embeddings endpoint can do wrong, on a real socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fakes.embeddings import KEY, MODEL, EmbeddingsServer, serving
from vedette.app import opened
from vedette.engines.openai_embeddings import BATCH, OpenAiEmbedder
from vedette.engines.streaming import Endpoint
from vedette.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderTimeout
from vedette.rag.embed import OnnxEmbedder, packaged_model
from vedette.records import IngestRequest
from vedette.settings import load


@pytest.fixture(scope="module")
def local() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(packaged_model(), workers=2)
    yield embedder
    embedder.close()


def over(server: EmbeddingsServer, slept: list[float] | None = None, **changes: object) -> OpenAiEmbedder:
    values: dict[str, object] = {"name": "mine", "url": server.url, "model": MODEL, "key": KEY} | changes
    pauses = [] if slept is None else slept
    return OpenAiEmbedder(Endpoint(**values), packaged_model() / "tokenizer.json", pauses.append)  # type: ignore[arg-type]


def test_the_vectors_are_those_that_the_endpoint_made(local: OnnxEmbedder) -> None:
    texts = [f"rule {number}" for number in range(BATCH + 1)]
    with serving(local) as server:
        np.testing.assert_allclose(over(server).embed(texts), local.embed(texts), atol=1e-6)
    assert [len(request["input"]) for request in server.requests] == [BATCH, 1]


@pytest.mark.slow
def test_the_context_window_is_a_setting(local: OnnxEmbedder, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("Backups are written every night and kept in another town. " * 20)
    with serving(local) as server:
        names = {"URL": server.url, "URL_MODEL": MODEL, "KEY": KEY, "URL_CONTEXT_TOKENS": "64"}
        settings = load({f"VEDETTE_EMBED_{name}": value for name, value in names.items()}, tmp_path / "data")
        with opened(settings) as services:
            list(services.knowledge.ingest(IngestRequest((str(tmp_path / "long.txt"),))))
    sent = [local.count_tokens(text) for request in server.requests for text in request["input"]]
    assert max(sent) == 64


def test_nothing_of_the_environment_is_sent(local: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-private: yes")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving(local) as server:
        over(server).embed_query("ports")
    assert server.headers[0]["user-agent"] == "vedette"
    assert not {"openai-organization", "x-private", "x-stainless-os"} & set(server.headers[0])


def test_a_busy_endpoint_is_asked_again_when_it_says(local: OnnxEmbedder) -> None:
    slept: list[float] = []
    with serving(local, busy=2) as server:
        assert over(server, slept).embed_query("ports").shape == (384,)
    assert slept == [7.0, 7.0]


def test_an_endpoint_that_keeps_failing_is_given_up(local: OnnxEmbedder) -> None:
    slept: list[float] = []
    with serving(local, "failing") as server, pytest.raises(ProviderBusy, match="mine is failing"):
        over(server, slept).embed(["ports"])
    assert slept == [1.0, 4.0, 15.0]


def test_a_wrong_key_is_named_but_not_shown(local: OnnxEmbedder) -> None:
    with serving(local) as server, pytest.raises(ProviderRefused) as raised:
        over(server, key="sk-wrong-key-987").embed(["ports"])
    assert "refused the key" in raised.value.message
    assert "sk-wrong" not in raised.value.message


def test_an_unknown_model_is_named(local: OnnxEmbedder) -> None:
    with serving(local) as server, pytest.raises(ProviderRefused, match="knows no model 'other'"):
        over(server, model="other").embed(["ports"])


def test_an_endpoint_that_hangs_is_left(local: OnnxEmbedder) -> None:
    began = time.monotonic()
    with serving(local, "hang") as server, pytest.raises(ProviderTimeout, match=r"within 0\.3 s"):
        over(server, timeout_s=0.3).embed(["ports"])
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("fault", "told"),
    [("garbage", "something else"), ("short", "1 vectors for 2 texts"), ("nan", "a vector without direction")],
)
def test_an_answer_that_is_no_set_of_vectors_is_an_error(local: OnnxEmbedder, fault: str, told: str) -> None:
    with serving(local, fault) as server, pytest.raises(ProviderError, match=told):
        over(server).embed(["ports", "keys"])


def test_an_address_where_nobody_listens_is_named() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    endpoint = Endpoint("mine", f"http://127.0.0.1:{port}/v1", MODEL, KEY)
    with pytest.raises(ProviderError, match=f"does not listen at 127.0.0.1:{port}"):
        OpenAiEmbedder(endpoint, packaged_model() / "tokenizer.json").embed(["ports"])
