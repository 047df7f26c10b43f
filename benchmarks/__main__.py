"""python -m benchmarks [NAME…] [--dev DIR] [--list]

Measures ours beside the peer, merges the rows into benchmarks/results.json and writes benchmarks/RESULTS.md from it.
Without names everything is measured. The figures mean something only on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import peers
from benchmarks.bench import ROOT, Absent, Bench, machine
from benchmarks.results import entry, merge, page

# In this order: the first ones make the libraries that the later ones ask.
NAMES = (
    "start",
    "course_idle",
    "ingest",
    "first_answer",
    "latency",
    "identifiers",
    "retrieval",
    "scope",
    "answers",
    "verifier",
    "injection",
    "doors",
    "page",
    "questions",
    "spread",
    "spread_reach",
    "spread_contain",
    "spread_forecast",
    "spread_diffusion",
)
HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--dev", type=Path, default=os.environ.get("VEDETTE_DEV_DATA"), help="retrieval-dev and so on")
    parser.add_argument("--peer", type=Path, default=peers.python("peer"), help="the Python of the peer's environment")
    parser.add_argument("--queue-peer", type=Path, default=peers.python("queue-peer"), help="the same, of the queue's")
    parser.add_argument("--work", type=Path, default=ROOT / ".bench", help="folder for what is made once")
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(NAMES)}")
    bench = Bench(given.work, Path(given.dev) if given.dev else None, given.peer, given.queue_peer, _say)
    left_out = [name for name in given.names or NAMES if not _measure(name, bench)]
    if left_out:
        _say(f"Left out or broken, their rows stand as they were: {', '.join(left_out)}")
    return 1 if left_out else 0


def _measure(name: str, bench: Bench) -> bool:
    """Whether every row of a program was measured; each is written as soon as it is known."""
    started = time.monotonic()
    _say(f"{name}: measuring")
    try:
        for row in importlib.import_module(f"benchmarks.{name}").rows(bench):
            made = entry(row, datetime.now(UTC).date().isoformat(), machine())
            (HERE / "RESULTS.md").write_text(page(merge(HERE / "results.json", [made], NAMES)), encoding="utf-8")
            _say(
                f"  {row.name}: {made['ours']} {row.unit}" + (f", peer {made['peer']}" if row.peer is not None else "")
            )
    except Absent as reason:
        _say(f"{name}: left out: {reason}")
        return False
    _say(f"{name}: {time.monotonic() - started:.0f} s")
    return True


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
