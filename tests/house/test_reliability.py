"""docs/reliability.md has the rows that the tests of faults would write today."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = "docs/reliability.md"


@pytest.mark.slow
def test_the_page_has_the_rows_of_the_tests() -> None:
    options = ["-n0", "-q", "--collect-only", "tests/journeys/faults", "--reliability", PAGE]
    # The run that this test belongs to may be spread over processes; that of the page is not.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    line = [sys.executable, "-m", "pytest", *options]
    done = subprocess.run(line, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `make reliability`: {(done.stdout + done.stderr)[-1000:]}"
