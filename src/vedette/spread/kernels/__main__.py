"""python -m vedette.spread.kernels: compile all kernels ahead, which takes some 20 seconds, so that no question waits.

Code is kept for the processor it is compiled on; another one compiles its own at the first question.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

from vedette.spread.contain import Group, Wish, contain
from vedette.spread.graph import graph_of
from vedette.spread.kernels.compiled import kept
from vedette.spread.outbreak import Outbreak, Reach, Run, Times
from vedette.spread.reach import reach
from vedette.spread.simulate import simulate


def warm() -> None:
    """Ask every kernel a small question."""
    graph = graph_of(3, [0, 1], [1, 2], 1.0, recovery=1.0)
    outbreak, run = Outbreak(np.zeros(1, dtype=np.int32)), Run(worlds=1, threads=1)
    simulate(graph, outbreak, Times(), run)
    simulate(graph, outbreak, Reach(), run)
    reach(graph, outbreak, run, "bits")
    contain(graph, outbreak, Wish(1), run, replace(run, seed=1))
    contain(
        graph,
        outbreak,
        Wish(1, groups=[Group(np.array([1], np.int32), np.zeros(1, np.float32))]),
        run,
        replace(run, seed=1),
    )


if __name__ == "__main__":
    began = time.perf_counter()
    warm()
    where = "ready" if kept() else "compiled, but not kept: their folder is not writable, so each process compiles anew"
    sys.stdout.write(f"The kernels of threat spread are {where} ({time.perf_counter() - began:.1f} s).\n")
