"""Who is ever compromised: worlds of a percolation, walked one by one or 512 at once, whichever is sooner done.

Both give the same worlds, so the choice changes nothing but the time, and a what-if can be compared with an answer that
was computed in the other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.spread.arrays import Wanted, kept_for, terms_of
from vedette.spread.batches import in_batches, threads_for
from vedette.spread.graph import Floats, Graph, Hosts
from vedette.spread.kernels.percolation import Found, Links, walk
from vedette.spread.outbreak import Outbreak, Reached, Run

Kernel = Literal["scalar", "bits"]
Counts = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Doubles = npt.NDArray[np.float64]

# 512 worlds at once take as long as looking so many times at all links, one world after the other; so many worlds, or
# so many looks at all links, tell how far worlds reach.
BLOCK_IN_LOOKS = 24.0
_PROBE_WORLDS, _PROBE_LOOKS = 64, 3.0
_WORLDS, _WORDS = 512, 8
_NEVER = np.int32(2**31 - 1)
_ROOM = 2**31  # bytes: for the worlds of all links, of all threads
_MOST_WEIGHTS = 64  # different ones, each of which is counted on its own
_SLOWEST, _LARGEST = np.float32(1e-30), np.float32(1e30)


def percolates(outbreak: Outbreak) -> bool:
    """Whether who is ever compromised does not depend on times: no end, no phases, and nobody is compromised twice.

    >>> entry = np.zeros(1, np.int32)
    >>> percolates(Outbreak(entry)), percolates(Outbreak(entry, until=7.0)), percolates(Outbreak(entry, "SIS"))
    (True, False, False)
    """
    return outbreak.model != "SIS" and not outbreak.phases and bool(outbreak.until == np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Percolation:
    """A question as the kernels read it. `links`: of percolation.py. `factors[i]`: by how much row `i` multiplies the
    ratio of rates to recovery; row 0 is the world numbered `first`."""

    links: Links
    entries: Hosts
    immune: Hosts
    seed: np.uint64
    first: int
    factors: Floats

    @property
    def hosts(self) -> int:
        return len(self.links[0]) - 1


def percolation_of(graph: Graph, outbreak: Outbreak, run: Run) -> Percolation:
    """Raises BadInput for an outbreak whose reach depends on times, and for what `simulate` refuses."""
    terms, scales = terms_of(graph, outbreak, Wanted(), run), kept_for(graph, Wanted(), run).scales
    if not percolates(outbreak):
        raise BadInput("Times matter in this outbreak: leave out `until` and phases, and take SI, SIR or SEIR.")
    rates = graph.rates
    if terms.onset and not graph.onset.all():
        never = graph.onset == 0
        never[terms.entries] = False  # they attack from day 0 on
        rates = np.where(np.repeat(never, np.diff(graph.offsets)), np.float32(0), rates)
    recovery = np.maximum(graph.recovery if terms.recovery else np.float32(0), np.full(graph.hosts, _SLOWEST))
    factors = np.minimum(scales[:, 0] / np.maximum(scales[:, 1], _SLOWEST), _LARGEST)
    immune = np.unique(np.asarray(outbreak.immune, dtype=np.int32))
    return Percolation(
        (graph.offsets, graph.targets, rates, recovery), terms.entries, immune, terms.seed, run.first, factors
    )


def reach(graph: Graph, outbreak: Outbreak, run: Run, kernel: Kernel | None = None) -> Reached:
    """In how many worlds each host is compromised, and how many hosts in each world. `kernel` is for measurements: the
    answer is the same. Raises BadInput, Cancelled."""
    tally = _Tally(np.zeros(graph.hosts, np.int64), np.zeros(run.worlds, np.int64))
    used = _compute(percolation_of(graph, outbreak, run), run, tally, kernel)
    return Reached(tally.hosts, tally.sizes, used)


def losses(graph: Graph, outbreak: Outbreak, run: Run, weights: Doubles) -> Doubles:
    """The weight, float64 (n), of the hosts that are compromised in each world: float64 (worlds). Raises BadInput,
    Cancelled."""
    hosts, sizes = np.zeros(graph.hosts, np.int64), np.zeros(run.worlds, np.int64)
    tally = _Tally(hosts, sizes, weights, np.zeros(run.worlds))
    distinct = len(np.unique(weights)) <= _MOST_WEIGHTS
    _compute(percolation_of(graph, outbreak, run), run, tally, None if distinct else "scalar")
    return tally.losses


@dataclass(frozen=True, slots=True, eq=False)
class _Tally:
    """What is counted: `hosts` by one thread, of all rows; `sizes` and, with `weights`, `losses` of each row."""

    hosts: Counts
    sizes: Counts
    weights: Doubles = field(default_factory=lambda: np.zeros(0))
    losses: Doubles = field(default_factory=lambda: np.zeros(0))

    def of_threads(self, workers: int) -> list[_Tally]:
        """One for each thread, of the same rows."""
        return [replace(self, hosts=np.zeros_like(self.hosts)) for _ in range(workers)]

    def add(self, parts: Iterable[_Tally]) -> None:
        for part in parts:
            np.add(self.hosts, part.hosts, out=self.hosts)


class _Walker:
    """One thread that walks worlds: what it has seen."""

    def __init__(self, asked: Percolation, tally: _Tally) -> None:
        seen = np.full(asked.hosts, -1, np.int32)
        seen[asked.immune] = _NEVER
        self._asked = asked
        stack = np.empty(asked.hosts, np.int32)
        self._found = Found(seen, stack, tally.hosts, tally.sizes, tally.weights, tally.losses)
        self.looked = 0

    def walk(self, begin: int, end: int) -> None:
        asked = self._asked
        worlds = (asked.seed, asked.first, asked.factors)
        self.looked += walk(asked.links, asked.entries, worlds, self._found, (begin, end))


def _compute(asked: Percolation, run: Run, tally: _Tally, kernel: Kernel | None) -> Kernel:
    """Compute all worlds; with no kernel asked for, by the one that the first worlds speak for."""
    done, links = 0, len(asked.links[1])
    if kernel is None:
        probe = _Walker(asked, tally)
        while done < min(run.worlds, _PROBE_WORLDS) and probe.looked <= _PROBE_LOOKS * links:
            begin, done = done, min(run.worlds, _PROBE_WORLDS, max(1, 2 * done))
            probe.walk(begin, done)
        blocks = -(-(run.worlds - done) // _WORLDS)
        alone = (run.worlds - done) * probe.looked / max(done, 1)
        kernel = "bits" if alone > blocks * BLOCK_IN_LOOKS * links else "scalar"
    if done < run.worlds:
        (_at_once if kernel == "bits" else _one_by_one)(asked, run, done, tally)
    return kernel


def _one_by_one(asked: Percolation, run: Run, done: int, tally: _Tally) -> None:
    parts = tally.of_threads(threads_for(run.worlds - done, run.threads))
    walkers = [_Walker(asked, part) for part in parts]

    def compute(worker: int, begin: int, end: int) -> None:
        walkers[worker].walk(done + begin, done + end)

    in_batches(run.worlds - done, len(parts), compute, lambda more: run.told(done + more), run.cancelled)
    tally.add(parts)


def _at_once(asked: Percolation, run: Run, done: int, tally: _Tally) -> None:
    words = range((asked.first + done) // 64, (asked.first + run.worlds - 1) // 64 + 1, _WORDS)
    links = len(asked.links[1])
    parts = tally.of_threads(min(threads_for(len(words), run.threads), max(1, _ROOM // (64 * max(links, 1)))))
    openings = [np.empty(_WORDS * links, np.uint64) for _ in parts]

    def compute(worker: int, begin: int, end: int) -> None:
        for word in words[begin:end]:
            _percolate(asked, word, range(done, run.worlds), openings[worker], parts[worker])

    def told(blocks: int) -> None:
        run.told(min(run.worlds, done + _WORLDS * blocks))

    in_batches(len(words), len(parts), compute, told, run.cancelled)
    tally.add(parts)


def _percolate(asked: Percolation, word: int, left: range, openings: Bits, tally: _Tally) -> None:
    """One block, of the rows that are left."""
    from vedette.spread.kernels import bits  # imports numba

    rows, wanted, factors = _block(asked, word, left)
    reached, waiting = np.zeros((asked.hosts, _WORDS), np.uint64), np.zeros((asked.hosts, _WORDS), np.uint64)
    reached[asked.immune] = ~np.uint64(0)
    drawn, queue = np.zeros(asked.hosts, np.bool_), np.empty(asked.hosts, np.int32)
    state = (reached, waiting, openings, drawn, queue)
    bits.percolate(asked.links, asked.entries, (asked.seed, word, factors, wanted), state)
    reached[asked.immune] = 0
    there = (rows >= left.start) & (rows < left.stop)
    sizes = np.zeros(_WORLDS, np.int64)
    bits.tally(reached, tally.hosts, sizes)
    tally.sizes[rows[there]] = sizes[there]
    for weight in np.unique(tally.weights):
        some = reached[tally.weights == weight]
        sizes[:] = 0
        bits.tally(some, np.zeros(len(some), np.int64), sizes)
        tally.losses[rows[there]] += weight * sizes[there]


def _block(asked: Percolation, word: int, left: range) -> tuple[Counts, Bits, Floats]:
    """Of 512 worlds from a word on: their rows, which are `left` to compute as bits of words, and their factors, that
    of world i of word j at 8 i + j."""
    rows = np.arange(_WORLDS) + 64 * word - asked.first
    there = (rows >= left.start) & (rows < left.stop)
    wanted = np.packbits(there, bitorder="little").view(np.uint64)
    factors = np.where(there, asked.factors[np.clip(rows, 0, left.stop - 1)], np.float32(1))
    return rows, wanted, np.ascontiguousarray(factors.reshape(_WORDS, 64).T).ravel().astype(np.float32)
