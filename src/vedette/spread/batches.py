"""Worlds in batches over threads. Kernels run without the interpreter's lock, so threads suffice."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from vedette.errors import Cancelled

_BATCH_S = 0.2  # so long is waited at most, beyond one world, until progress is told and a cancel is heard


def threads_for(worlds: int, threads: int) -> int:
    """How many threads: as many as asked for, or as the machine has cores; no more than worlds."""
    return max(1, min(worlds, threads or os.cpu_count() or 1))


def in_batches(
    worlds: int,
    workers: int,
    compute: Callable[[int, int, int], None],
    told: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Call `compute(worker, begin, end)` until all rows 0 to before `worlds` are computed; a worker computes one batch
    at a time. `told` and `cancelled` are called from this thread. Raises Cancelled, once no thread works any more."""
    done = begun = 0
    pace = _Pace()
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[None], tuple[int, int]] = {}
        idle = list(range(workers))
        while done < worlds:
            if cancelled():
                raise Cancelled  # leaving the pool waits for the batches that run
            while idle and begun < worlds:
                worker, end = idle.pop(), min(worlds, begun + pace.batch(worlds - begun, workers))
                running[pool.submit(pace.timed, compute, worker, begun, end)] = (worker, end - begun)
                begun = end
            for batch in wait(running, return_when=FIRST_COMPLETED).done:
                worker, size = running.pop(batch)
                batch.result()
                idle.append(worker)
                done += size
            told(done)


class _Pace:
    """How many worlds a batch may have."""

    def __init__(self) -> None:
        self.seconds_each: float | None = None

    def batch(self, left: int, workers: int) -> int:
        if self.seconds_each is None:
            return 1
        longest = int(_BATCH_S / max(self.seconds_each, 1e-9))
        return max(1, min(longest, -(-left // (2 * workers))))

    def timed(self, compute: Callable[[int, int, int], None], worker: int, begin: int, end: int) -> None:
        before = time.perf_counter()
        compute(worker, begin, end)
        self.seconds_each = (time.perf_counter() - before) / (end - begin)
