"""The packaged int8 graph gives the same vectors on processors without VNNI.

There two products of 8 bits are added in 16 bits that saturate, so weights of the full range give other vectors.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from vedette.rag.embed import OnnxEmbedder, packaged_model

TEXTS = ["How do I store passwords safely?", "T1110", "", "index=main EventCode=4625 | stats count by src_ip " * 4]

PROGRAM = """
import sys
from pathlib import Path
import numpy as np
from vedette.rag.embed import OnnxEmbedder
np.save(sys.argv[2], OnnxEmbedder(Path(sys.argv[1]), 1).embed(sys.argv[3:]))
"""


def test_no_pair_of_weights_can_saturate() -> None:
    graph = onnx.load(packaged_model() / "all-MiniLM-L6-v2.int8.onnx").graph
    constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    matrices = [constants[node.input[1]] for node in graph.node if node.op_type == "DynamicQuantizeMatMul"]
    assert len(matrices) == 24
    for matrix in matrices:
        pairs = matrix.astype(np.int32).reshape(-1, 2, matrix.shape[1])
        assert 255 * pairs.clip(min=0).sum(axis=1).max() <= 32_767
        assert 255 * pairs.clip(max=0).sum(axis=1).min() >= -32_768


@pytest.mark.slow
def test_an_emulated_haswell_gives_the_same_vectors(tmp_path: Path) -> None:
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        pytest.skip("qemu-x86_64 is not installed (Debian: qemu-user)")
    interpreter = Path(sys.executable).resolve()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [emulator, "-cpu", "Haswell", str(interpreter), "-c", PROGRAM, str(packaged_model()), "out.npy", *TEXTS]
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=tmp_path, timeout=300)
    embedder = OnnxEmbedder(packaged_model(), workers=1)
    # Not bit by bit: the float kernels differ in the last bit, and a rounding that flips is as large as an 8-bit step.
    # Weights of the full range gave cosines of 0.959 to 0.998 (eight texts).
    cosines = (np.load(tmp_path / "out.npy") * embedder.embed(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999, cosines
    embedder.close()
