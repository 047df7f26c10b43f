"""texts -> L2-normed vectors, by an ONNX model from a local folder.

Each text runs alone, without padding, in one of a few worker threads that share one session. Measured on two cores this
is faster than padded batches for passages (a batch outgrows the cache), and a vector never depends on its neighbours.
"""

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from vedette.errors import SettingsError

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their similarity (1 = same direction)."""

    @property
    def name(self) -> str:
        """Which model made the vectors; vectors of different names do not compare."""
        ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The longest text, in tokens as `count_tokens` counts them, that is embedded whole; the rest is cut off."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors (len(texts), dimension) of passages, L2-normed, in the order of `texts`."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Vector (dimension,) of a question, L2-normed."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Where each token of `text` stands, as character offsets [start, end), without the model's special tokens."""
        ...


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What a model folder holds and how its graph is to be used.

    `pooling` ("mean" or "cls") is for graphs that give a vector a token. `max_tokens` counts special tokens.
    `fused` says that the graph was fused by hand, and that ONNX Runtime is not to do it again.
    """

    name: str
    graph: Path
    tokenizer: Path
    dimension: int
    max_tokens: int
    pooling: str = "mean"
    query_prefix: str = ""
    passage_prefix: str = ""
    fused: bool = False


def packaged_model() -> Path:
    """The folder of the model inside the package: all-MiniLM-L6-v2, int8."""
    return Path(str(files("vedette.rag") / "model"))


def read_model_folder(folder: Path) -> ModelFolder:
    """Read a folder of ours (model.json) or of sentence-transformers' layout with an exported ONNX graph.

    Prompts of config_sentence_transformers.json ("query"; "document" or "passage") become prefixes.
    Raises SettingsError naming what is missing.
    """
    if not folder.is_dir():
        raise SettingsError(f"embed.model: there is no folder {folder}; give the folder of an ONNX embedding model.")
    try:
        return _read_ours(folder) if (folder / "model.json").is_file() else _read_sentence_transformers(folder)
    except KeyError as error:
        raise SettingsError(f"embed.model: a file in {folder} lacks {error}; copy the model folder again.") from error


def _read_ours(folder: Path) -> ModelFolder:
    manifest = _read_json(folder / "model.json")
    return ModelFolder(
        name=manifest["name"],
        graph=folder / manifest["graph"],
        tokenizer=folder / "tokenizer.json",
        dimension=manifest["dimension"],
        max_tokens=manifest["max_tokens"],
        fused=True,
    )


def _read_sentence_transformers(folder: Path) -> ModelFolder:
    graph = next((path for path in (folder / "onnx" / "model.onnx", folder / "model.onnx") if path.is_file()), None)
    missing = [] if graph else ["onnx/model.onnx"]
    missing += [name for name in ("tokenizer.json", "1_Pooling/config.json") if not (folder / name).is_file()]
    if graph is None or missing:
        raise SettingsError(
            f"embed.model: {folder} lacks {', '.join(missing)}; export the model with "
            f"`optimum-cli export onnx --task feature-extraction` and keep tokenizer.json and 1_Pooling/ beside it."
        )
    modules = _read_json(folder / "modules.json") if (folder / "modules.json").is_file() else []
    unknown = {module["type"].rsplit(".", 1)[-1] for module in modules} - {"Transformer", "Pooling", "Normalize"}
    if unknown:
        raise SettingsError(f"embed.model: {folder} needs {', '.join(sorted(unknown))}, which Vedette does not apply.")
    pooling = _read_json(folder / "1_Pooling" / "config.json")
    modes = sorted(key for key, on in pooling.items() if key.startswith("pooling_mode_") and on is True)
    known = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    if len(modes) != 1 or modes[0] not in known:
        raise SettingsError(f"embed.model: {folder} pools by {modes}; Vedette pools by mean or by the first token.")
    prompts = _optional_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    return ModelFolder(
        name=folder.resolve().name,
        graph=graph,
        tokenizer=folder / "tokenizer.json",
        dimension=pooling["word_embedding_dimension"],
        max_tokens=_optional_json(folder / "sentence_bert_config.json").get("max_seq_length") or 512,
        pooling=known[modes[0]],
        query_prefix=prompts.get("query", ""),
        passage_prefix=prompts.get("document", prompts.get("passage", "")),
    )


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"embed.model: {path} cannot be read ({error}); copy the model folder again.") from error


def _optional_json(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _read_json(path) if path.is_file() else {}
    return found


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of a tokenizer.json, without the truncation and padding that it may carry."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, text: str) -> Encoding:
    """The tokens of `text` without special ones. Half a surrogate pair, which UTF-8 cannot hold, counts as "?"."""
    return tokenizer.encode(_utf8(text), add_special_tokens=False)


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _open_session(model: ModelFolder) -> Any:
    # The runtime keeps usage data and sends them where it can, unless this is set before it is imported.
    os.putenv("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    # One thread a run: the parallelism is over texts. Spinning would burn the core that another worker needs.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if model.fused:
        # Higher levels put back SkipLayerNormalization, which is several times slower than its parts.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(model.graph), options, providers=["CPUExecutionProvider"])


class Remembered:
    """An encoder that keeps the vectors of the last `most` texts: the sentences of a passage that many questions find
    are embedded once. May be called by many threads at once."""

    def __init__(self, encode: Callable[[Sequence[str]], Vectors], most: int) -> None:
        self._encode = encode
        self._most = most
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            # Copied: a row of a matrix keeps the whole of it in memory.
            found.update((text, row.copy()) for text, row in zip(new, self._encode(new), strict=True))
        with self._lock:
            for text, vector in found.items():
                self._kept[text] = vector
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.array([found[text] for text in texts], np.float32)


class OnnxEmbedder:
    """An Embedder over a model folder. Raises SettingsError when the folder cannot be used.

    Safe to call from several threads; a question is embedded in the caller's thread, so it does not queue behind an
    ingest.
    """

    def __init__(self, model_dir: Path, workers: int) -> None:
        self._model = read_model_folder(model_dir)
        try:
            self._tokenizer = open_tokenizer(self._model.tokenizer)
            self._session = _open_session(self._model)
        except Exception as error:  # both libraries raise plain Exception subclasses of their own
            raise SettingsError(f"embed.model: {model_dir} cannot be opened: {error}") from error
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._workers = workers
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="embed")

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def dimension(self) -> int:
        return self._model.dimension

    @property
    def max_tokens(self) -> int:
        return self._model.max_tokens - self._tokenizer.num_special_tokens_to_add(False)

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        waiting: deque[tuple[int, Future[Vectors]]] = deque()
        for row, text in enumerate(texts):
            # No more than keeps the workers busy: the sentences of a question come between those of an ingest.
            if len(waiting) >= 4 * self._workers:
                done, vector = waiting.popleft()
                vectors[done] = vector.result()
            waiting.append((row, self._pool.submit(self._vector, self._model.passage_prefix + text)))
        for done, vector in waiting:
            vectors[done] = vector.result()
        return vectors

    def embed_query(self, text: str) -> Vectors:
        return self._vector(self._model.query_prefix + text)

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer.encode_batch_fast([_utf8(text)], add_special_tokens=False)[0])  # without offsets

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        offsets: list[tuple[int, int]] = encode(self._tokenizer, text).offsets
        return offsets

    def close(self) -> None:
        """End the worker threads, waiting for what runs."""
        self._pool.shutdown(cancel_futures=True)

    def _vector(self, text: str) -> Vectors:
        encoding = encode(self._tokenizer, text)
        encoding.truncate(self.max_tokens)
        encoding = self._tokenizer.post_process(encoding)
        columns = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([column], np.int64) for name, column in columns.items() if name in self._inputs}
        output = self._session.run(None, feed)[0][0]
        if output.ndim == 2:  # a vector a token
            output = output.mean(axis=0) if self._model.pooling == "mean" else output[0]
        vector: Vectors = (output / max(float(np.linalg.norm(output)), 1e-12)).astype(np.float32)
        return vector
