"""The contract of `vedette.rag.embed.Embedder`, over the packaged model and over an endpoint that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fakes.embeddings import KEY, MODEL, serving
from vedette.engines.openai_embeddings import OpenAiEmbedder
from vedette.engines.streaming import Endpoint
from vedette.rag.embed import Embedder, OnnxEmbedder, packaged_model

TEXTS = (
    "Passwords are stored as Argon2id hashes with a salt.",
    "Brute force (T1110): adversaries guess passwords to gain access to accounts.",
    "CVE-2021-44228 lets an attacker run code through Apache Log4j 2.",
    "¿Qué es una inyección SQL? 你好，世界 🔐",
    "The recipe asks for two eggs and a cup of flour.",
)


@pytest.fixture(scope="module")
def onnx() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(packaged_model(), workers=2)
    yield embedder
    embedder.close()


@pytest.fixture(scope="module", params=["onnx", "endpoint"])
def embedder(request: pytest.FixtureRequest, onnx: OnnxEmbedder) -> Iterator[Embedder]:
    if request.param == "onnx":
        yield onnx
        return
    with serving(onnx) as server:
        endpoint = Endpoint("mine", server.url, MODEL, KEY, context_window=onnx.max_tokens)
        over_http = OpenAiEmbedder(endpoint, packaged_model() / "tokenizer.json")
        yield over_http
        over_http.close()


def test_vectors_are_of_length_one_and_of_the_dimension_it_names(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert embedder.name


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_question_is_nearest_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    scores = embedder.embed(TEXTS) @ embedder.embed_query("How should I keep passwords safe in a database?")
    assert scores.argmax() == 0
    assert scores.argmin() in (3, 4)


def test_vectors_come_in_the_order_of_their_texts_whatever_their_length(embedder: Embedder) -> None:
    texts = [f"{word} " * (1 + 37 * number % 50) for number, word in enumerate(["salt", "port", "log", "key"] * 40)]
    together = embedder.embed(texts)
    for place in range(0, len(texts), 31):
        np.testing.assert_array_equal(together[place], embedder.embed([texts[place]])[0])


def test_a_vector_does_not_depend_on_the_texts_beside_it(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    np.testing.assert_array_equal(embedder.embed(TEXTS[::-1])[::-1], alone)


def test_threads_get_the_same_vectors(embedder: Embedder) -> None:
    wanted = embedder.embed(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(embedder.embed, [TEXTS] * 8):
            np.testing.assert_array_equal(got, wanted)


def test_text_beyond_the_longest_is_cut_off(embedder: Embedder) -> None:
    whole = "risk " * embedder.max_tokens
    assert embedder.count_tokens(whole) == embedder.max_tokens
    cut, longer = embedder.embed([whole, whole + "eggs and flour " * 5_000])
    np.testing.assert_array_equal(cut, longer)
    assert not np.array_equal(cut, embedder.embed(["risk " * (embedder.max_tokens - 1)])[0])


@pytest.mark.parametrize("text", ["", " ", "\n\t\0", "\ud800", "\U0010ffff", "́" * 300, "a" * 5_000])
def test_any_string_has_a_vector(embedder: Embedder, text: str) -> None:
    np.testing.assert_allclose(np.linalg.norm(embedder.embed_query(text)), 1, atol=1e-6)
    assert embedder.count_tokens(text) == len(embedder.token_offsets(text))


def test_token_offsets_are_character_offsets_of_the_text(embedder: Embedder) -> None:
    text = "Señor 🔐 CVE-2021-44228 \ud800 naïve"
    offsets = embedder.token_offsets(text)
    assert len(offsets) == embedder.count_tokens(text)
    pieces = [text[start:end] for start, end in offsets]
    assert pieces[0] == "Señor"[: len(pieces[0])]
    covered = {place for start, end in offsets for place in range(start, end)}
    assert covered == {place for place, character in enumerate(text) if not character.isspace()}
    assert offsets == sorted(offsets)
