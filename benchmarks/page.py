"""The page: what its first visit loads, as its own test of the built page counts it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

from benchmarks.bench import ROOT, Absent, Bench
from benchmarks.results import Row

TOLD = re.compile(r"first load: ([\d.]+) kB gzipped in (\d+) files")


def rows(bench: Bench) -> Iterator[Row]:
    if shutil.which("npx") is None or not (ROOT / "ui" / "node_modules").is_dir():
        raise Absent("the page needs Node.js and its packages: make page")
    done = subprocess.run(
        ["npx", "vitest", "run", "tests/build.test.ts"], cwd=ROOT / "ui", capture_output=True, text=True, check=True
    )
    told = TOLD.search(done.stdout)
    if told is None:
        raise RuntimeError("the test of the built page did not tell its size")
    yield Row(
        name="page: first load",
        ours=float(told[1]),
        unit="kB",
        better="lower",
        target=350,
        note=f"{told[2]} files of the built page, each gzipped: the page, its entry with all static imports, their "
        "styles, the largest language",
    )
