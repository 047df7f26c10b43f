from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from vedette.errors import SettingsError
from vedette.rag.embed import OnnxEmbedder, packaged_model

HERE = Path(__file__).parent
VOCABULARY, WIDTH = 30_522, 4


@pytest.fixture(scope="module")
def packaged() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(packaged_model(), workers=2)
    yield embedder
    embedder.close()


def test_the_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((packaged_model() / "model.json").read_text())
    assert set(manifest["sha256"]) == {manifest["graph"], "tokenizer.json"}
    for name, wanted in manifest["sha256"].items():
        assert hashlib.sha256((packaged_model() / name).read_bytes()).hexdigest() == wanted
    assert (packaged_model() / "LICENSE").is_file()


def test_int8_agrees_with_fp32(packaged: OnnxEmbedder) -> None:
    """The fp32 vectors were made from the same weights by `scripts/build_embedder.py --reference`."""
    sentences = (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines()
    wanted = np.load(HERE / "sentences.fp32.npy")
    got = packaged.embed(sentences)
    cosines = (got * wanted).sum(axis=1)
    assert cosines.min() >= 0.985, sentences[cosines.argmin()]
    assert cosines.mean() >= 0.995
    scores, right = got @ got.T, wanted @ wanted.T
    assert np.abs(scores - right).max() < 0.03
    np.fill_diagonal(scores, -1)
    np.fill_diagonal(right, -1)
    ranked = np.sort(right, axis=1)
    clear = ranked[:, -1] - ranked[:, -2] > 0.03
    assert clear.sum() >= 20
    np.testing.assert_array_equal(scores.argmax(axis=1)[clear], right.argmax(axis=1)[clear])


@pytest.mark.slow
def test_a_question_does_not_queue_behind_an_ingest() -> None:
    embedder = OnnxEmbedder(packaged_model(), workers=1)
    with ThreadPoolExecutor(1) as pool:
        ingest = pool.submit(embedder.embed, ["alert rule source network " * 60] * 100)
        embedder.embed_query("ports")
        assert not ingest.done()
        assert ingest.result().shape == (100, embedder.dimension)
    embedder.close()


def write_folder(folder: Path, pooling: str = "mean_tokens", **prompts: str) -> np.ndarray:
    """A model of sentence-transformers' layout whose token vectors are rows of a table; gives the table."""
    table = np.random.default_rng(7).normal(size=(VOCABULARY, WIDTH)).astype(np.float32)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "s"]) for name in ("input_ids", "attention_mask")
    ]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "lookup",
        inputs,
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "s", WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    (folder / "onnx").mkdir()
    (folder / "1_Pooling").mkdir()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / "onnx" / "model.onnx")
    (folder / "tokenizer.json").write_bytes((packaged_model() / "tokenizer.json").read_bytes())
    modes = {f"pooling_mode_{mode}": mode == pooling for mode in ("cls_token", "mean_tokens", "max_tokens")}
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": WIDTH, **modes})
    write(folder / "sentence_bert_config.json", {"max_seq_length": 12})
    write(folder / "config_sentence_transformers.json", {"prompts": prompts})
    return table


def write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value))


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


# The packaged tokenizer's ids: [CLS], "hello", "world", [SEP].
IDS = [101, 7592, 2088, 102]


@pytest.mark.parametrize("pooling", ["mean_tokens", "cls_token"])
def test_a_sentence_transformers_folder_is_pooled_as_it_says(tmp_path: Path, pooling: str) -> None:
    table = write_folder(tmp_path, pooling)
    embedder = OnnxEmbedder(tmp_path, workers=1)
    wanted = table[IDS].mean(axis=0) if pooling == "mean_tokens" else table[101]
    np.testing.assert_allclose(embedder.embed(["Hello world"])[0], unit(wanted), atol=1e-6)
    assert (embedder.name, embedder.dimension, embedder.max_tokens) == (tmp_path.name, WIDTH, 10)


def test_the_prompts_of_a_folder_go_before_its_texts(tmp_path: Path) -> None:
    table = write_folder(tmp_path, query="hello ", passage="world ")
    embedder = OnnxEmbedder(tmp_path, workers=1)
    np.testing.assert_allclose(embedder.embed_query("world"), unit(table[IDS].mean(axis=0)), atol=1e-6)
    np.testing.assert_allclose(
        embedder.embed(["world"])[0], unit(table[[101, 2088, 2088, 102]].mean(axis=0)), atol=1e-6
    )


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no folder .*nowhere"):
        OnnxEmbedder(tmp_path / "nowhere", workers=1)


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"lacks onnx/model.onnx, tokenizer.json, 1_Pooling/config.json"):
        OnnxEmbedder(tmp_path, workers=1)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("1_Pooling/config.json", {"word_embedding_dimension": 4, "pooling_mode_max_tokens": True}, "pools by"),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": True}, "word_embedding_dimension"),
        ("modules.json", [{"type": "sentence_transformers.models.Dense"}], "needs Dense"),
        ("tokenizer.json", {}, "cannot be opened"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path, name: str, content: Any, told: str) -> None:
    write_folder(tmp_path)
    write(tmp_path / name, content)
    with pytest.raises(SettingsError, match=told):
        OnnxEmbedder(tmp_path, workers=1)


@pytest.mark.parametrize("name", ["onnx/model.onnx", "1_Pooling/config.json"])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path)
    (tmp_path / name).write_bytes(b"\x00broken")
    with pytest.raises(SettingsError, match="cannot be"):
        OnnxEmbedder(tmp_path, workers=1)
