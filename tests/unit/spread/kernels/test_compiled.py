"""Where compiled code is kept, and when it is not used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vedette.spread.kernels.compiled as compiled

PROGRAM = """
import sys
from kernels.compiled import kernel
import kernels.compiled, kernels.ours
before = "numba" in sys.modules
print(before, kernels.ours.doubled(21), kernels.ours.doubled.__wrapped__.__name__)
from numba.core import event
with event.install_recorder("numba:compile") as compiles:
    kernels.ours.tripled(2)
print(len(compiles.buffer))
"""
OURS = """
from kernels.compiled import inlined, kernel
@inlined
def twice(x): return 2 * x
@kernel
def doubled(x): return twice(x)
@kernel
def tripled(x): return twice(x) + x
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "ours.py").write_text(OURS)
    shutil.copy(compiled.__file__, folder / "compiled.py")
    return folder


def run(package: Path) -> list[str]:
    told = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM], cwd=package.parent, capture_output=True, text=True, check=True,
        env={"HOME": str(package.parent / "home"), "PATH": ""},
    )  # fmt: skip
    return told.stdout.split()


def kept(package: Path) -> set[str]:
    return {path.relative_to(package.parent).as_posix() for path in package.parent.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_code_is_kept_beside_its_source_until_any_file_of_the_package_changes(package: Path) -> None:
    sources = kept(package)
    assert run(package) == ["False", "42", "doubled", "2"]
    new = kept(package) - sources
    assert new
    assert all(path.startswith("kernels/__pycache__/ours.") for path in new)
    assert run(package) == ["False", "42", "doubled", "0"]
    (package / "another.py").write_text("CHANGED = True\n")
    assert run(package)[-1] == "2"


def test_where_nothing_can_be_kept_nothing_is_written(package: Path) -> None:
    (package / "__pycache__").touch()  # a file where the folder would be, for root may write everywhere
    before = kept(package)
    assert run(package) == ["False", "42", "doubled", "2"]
    assert kept(package) == before
