"""docs/reliability.md has the rows that the tests of faults would write today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = "docs/reliability.md"


def test_the_page_has_the_rows_of_the_tests() -> None:
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-n0",
        "-q",
        "--collect-only",
        "tests/journeys/faults",
        "--reliability",
        PAGE,
    ]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make reliability`: {(done.stdout + done.stderr)[-1000:]}"
