"""The peer's environment: `.bench/peer`, made from hashes, apart from the product's own.

python -m benchmarks.peers        (several GB: torch is among it)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.bench import ROOT

FOLDER = ROOT / ".bench" / "peer"
REQUIREMENTS = Path(__file__).parent / "peer-requirements.txt"


def python() -> Path:
    """The peer's Python, whether it is there or not."""
    return FOLDER / "bin" / "python"


def make() -> None:
    """Make the environment, or bring it to what the lock says."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise SystemExit(
            "uv is not installed; run `make setup` and `make test` once, which bring it, or: pip install uv"
        )
    if not python().exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(FOLDER)], check=True)
    install = [uv, "pip", "sync", "--python", str(python()), "--require-hashes", str(REQUIREMENTS)]
    subprocess.run(install, check=True)


if __name__ == "__main__":
    make()
