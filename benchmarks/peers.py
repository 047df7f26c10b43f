"""The peers' environments, made from hashes, apart from the product's own: `.bench/peer` for answers and retrieval,
`.bench/queue-peer` for the queue of questions, `.bench/spread-peer` for the spread of threats. `.bench/torch` is ours:
what diffusion needs, for its benchmark and its tests.

python -m benchmarks.peers [NAME …]        (several GB: torch is among it)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.bench import ROOT

NAMES = ("peer", "queue-peer", "spread-peer", "torch")


def python(name: str) -> Path:
    """A peer's Python, whether it is there or not."""
    return ROOT / ".bench" / name / "bin" / "python"


def make(name: str) -> None:
    """Make an environment, or bring it to what its lock says."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise SystemExit(
            "uv is not installed; run `make setup` and `make test` once, which bring it, or: pip install uv"
        )
    if not python(name).exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(python(name).parents[1])], check=True)
    lock = Path(__file__).parent / f"{name}-requirements.txt"
    subprocess.run([uv, "pip", "sync", "--python", str(python(name)), "--require-hashes", str(lock)], check=True)


if __name__ == "__main__":
    for each in sys.argv[1:] or NAMES:
        make(each)
