"""One question to many worlds: who is compromised, and when. The question chooses the kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import overload

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.spread.arrays import Wanted, hosts_of, kept_for, links_of, terms_of, work_of
from vedette.spread.batches import in_batches, threads_for
from vedette.spread.graph import Floats, Graph, check
from vedette.spread.kernels.worlds import Kept, simulate_worlds
from vedette.spread.outbreak import Arrivals, ByDay, Course, Model, Outbreak, Phase, Reach, Reached, Run, Times
from vedette.spread.reach import percolates, reach

__all__ = ["Arrivals", "ByDay", "Course", "Model", "Outbreak", "Phase", "Reach", "Reached", "Run", "Times", "simulate"]


@overload
def simulate(graph: Graph, outbreak: Outbreak, question: Reach, run: Run) -> Reached: ...
@overload
def simulate(graph: Graph, outbreak: Outbreak, question: ByDay, run: Run) -> Course: ...
@overload
def simulate(graph: Graph, outbreak: Outbreak, question: Times, run: Run) -> Arrivals: ...


def simulate(
    graph: Graph, outbreak: Outbreak, question: Reach | ByDay | Times, run: Run
) -> Reached | Course | Arrivals:
    """Many worlds of an outbreak, in continuous time, exactly. The same for the same seed, whatever the threads.

    Raises BadInput for what cannot be simulated, Cancelled once `run.cancelled()` says so.

    >>> from vedette.spread.graph import graph_of
    >>> chain = graph_of(3, [0, 1], [1, 2], [1.0, 1.0], recovery=0.5)
    >>> reached = simulate(chain, Outbreak(np.array([0], np.int32)), Reach(), Run(worlds=10_000))
    >>> (reached.hosts / 10_000).round(1).tolist()  # one host of three is cleaned before it attacks
    [1.0, 0.7, 0.4]
    """
    check(graph)
    if isinstance(question, Reach):
        if percolates(outbreak):
            return reach(graph, outbreak, run)
        kept = _computed(graph, outbreak, Wanted(counts=True), run)
        return Reached(kept.counts[0].astype(np.int64), kept.sizes, "events")
    if isinstance(question, ByDay):
        days = _days(question, outbreak)
        kept = _computed(graph, replace(outbreak, until=float(days[-1])), Wanted(counts=True, days=days), run)
        return Course(np.cumsum(kept.counts[:-1], axis=0, dtype=np.int32), kept.total, kept.active)
    every = np.arange(graph.hosts, dtype=np.int32)
    hosts = every if question.hosts is None else hosts_of(graph, question.hosts, "asked about")
    return Arrivals(_computed(graph, outbreak, Wanted(hosts=hosts, stop=question.stop), run).days)


def _computed(graph: Graph, outbreak: Outbreak, wanted: Wanted, run: Run) -> Kept:
    terms, links = terms_of(graph, outbreak, wanted, run), links_of(graph, outbreak.model)
    workers = threads_for(run.worlds, run.threads)
    whole = kept_for(graph, wanted, run)
    works = [work_of(graph, outbreak, wanted) for _ in range(workers)]
    parts = [whole] + [whole._replace(counts=np.zeros_like(whole.counts)) for _ in range(workers - 1)]

    def compute(worker: int, begin: int, end: int) -> None:
        simulate_worlds(links, terms, works[worker], parts[worker], (begin, end))

    in_batches(run.worlds, workers, compute, run.told, run.cancelled)
    for part in parts[1:]:
        np.add(whole.counts, part.counts, out=whole.counts)
    return whole


def _days(question: ByDay, outbreak: Outbreak) -> Floats:
    days: npt.NDArray[np.float64] = np.asarray(question.days, dtype=np.float64)
    if not len(days) or not np.isfinite(days).all() or days[0] < 0 or (np.diff(days) <= 0).any():
        raise BadInput("Give the days to look at in increasing order, each once, 0 or more.")
    if days[-1] > outbreak.until:
        raise BadInput(f"Day {days[-1]:g} is asked for, but nothing after day {outbreak.until:g} is simulated.")
    return days.astype(np.float32)
