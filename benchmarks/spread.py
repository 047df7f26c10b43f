"""SIR with the day of every compromise, beside EoN, FastGEMF and NDlib: CPU time of a run, the same distributions, and
memory. Ours and the peer's take turns, so that whatever else the machine does befalls both."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp

from benchmarks import peers
from benchmarks.bench import Absent, Bench, environment, median, timed
from benchmarks.results import Row
from benchmarks.spread_graphs import Ends, configuration, graph, preferential, save
from vedette.errors import Cancelled
from vedette.spread.graph import Graph
from vedette.spread.outbreak import ByDay, Outbreak, Run, Times
from vedette.spread.simulate import simulate

RATE, RECOVERY = 0.3, 1.0
ENTRIES = np.arange(100, 110, dtype=np.int32)
OUTBREAK = Outbreak(ENTRIES)
SIR = "SIR from 10 hosts to its end, 0.3 a day a link, recovery 1"
KINDS: dict[str, Callable[[int], tuple[Ends, Ends]]] = {
    "Barabasi-Albert graph (4)": preferential,
    "configuration graph (power law 2.5)": configuration,
}
# hosts, turns, worlds of ours in one, how many times as fast as EoN
SIZES = ((10_000, 20, 50, 130), (100_000, 6, 20, 150), (1_000_000, 2, 4, 65))
OTHERS = {"fastgemf": ("FastGEMF", "to its end"), "ndlib": ("NDlib", "in steps of 0.1 days")}
Turn = Callable[[], "Took"]


@dataclass(frozen=True, slots=True)
class Took:
    """CPU seconds of one run; how many hosts were compromised, and the day of the last, for each world in it."""

    seconds: float
    sizes: list[int]
    last: list[float]


def rows(bench: Bench) -> Iterator[Row]:
    python = peers.python("spread-peer")
    if not python.exists():
        raise Absent("no environment of the peers; make it with: python -m benchmarks.peers")
    for kind, draw in KINDS.items():
        for hosts, turns, worlds, times in SIZES:
            bench.say(f"  {kind}, {hosts:,} hosts")
            ends = draw(hosts)
            with _peer(python, "eon", ends, hosts) as peer:
                yield _speed((kind, hosts, "EoN.fast_SIR"), (_ours(graph(ends, hosts), worlds), peer), turns, times)
    kind, hosts = next(iter(KINDS)), 10_000
    for name, (title, how) in OTHERS.items():
        ends = preferential(hosts)
        with _peer(python, name, ends, hosts) as peer:
            yield _speed((kind, hosts, f"{title} {how}"), (_ours(graph(ends, hosts), 50), peer), 5, None)
    yield from _distributions(python)
    yield _memory()


def _speed(case: tuple[str, int, str], contenders: tuple[Turn, Turn], turns: int, times: float | None) -> Row:
    kind, hosts, beside = case
    ours, peer = contenders
    took = [(ours(), peer()) for _ in range(turns)]
    sizes = [float(np.mean([size for turn in side for size in turn.sizes])) / hosts for side in zip(*took, strict=True)]
    other = "" if times else f", beside {beside.split()[0]}"
    return Row(
        f"spread: {kind}, {hosts:,} hosts{other}",
        1000 * median([mine.seconds for mine, _ in took]),
        "ms",
        "lower",
        f"CPU time of a run, one thread, with the day of every compromise; {SIR}; median of {turns} turns each, taken "
        f"alternately, of {len(took[0][0].sizes)} worlds of ours, which reach {sizes[0]:.1%}, and of one run of the "
        f"peer, which reaches {sizes[1]:.1%}; code compiled and the peer's graph built before",
        times=times,
        peer=1000 * median([theirs.seconds for _, theirs in took]),
        beside=beside,
    )


def _ours(network: Graph, worlds: int) -> Turn:
    simulate(network, OUTBREAK, Times(), Run(1, threads=1))
    seeds = iter(range(1_000_000))

    def turn() -> Took:
        began = time.process_time()
        days = simulate(network, OUTBREAK, Times(), Run(worlds, seed=next(seeds), threads=1)).days
        seconds = (time.process_time() - began) / worlds
        reached = np.isfinite(days)
        return Took(seconds, reached.sum(axis=1).tolist(), np.where(reached, days, 0).max(axis=1).tolist())

    return turn


@contextmanager
def _peer(python: Path, name: str, ends: tuple[Ends, Ends], hosts: int) -> Iterator[Turn]:
    """A run of a peer for each call, in one process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        save(ends, hosts, path)
        program = Path(__file__).with_name("peer_spread.py")
        command = [str(python), str(program), name, str(path), str(RATE), str(RECOVERY), *map(str, ENTRIES)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=environment(), text=True, **pipes)
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout
        if stdout.readline().strip() != "ready":
            raise RuntimeError(f"{name} did not start; run: {' '.join(command[:3])}")

        def turn() -> Took:
            stdin.write("\n")
            stdin.flush()
            told = json.loads(stdout.readline())
            return Took(told["seconds"], [told["size"]], [told["last"]])

        try:
            yield turn
        finally:
            stdin.close()
            process.wait()


def _distributions(python: Path) -> Iterator[Row]:
    """On a graph so small that the peer can run it often."""
    for kind, draw in KINDS.items():
        hosts, runs, worlds = 1000, 1000, 20_000
        ends = draw(hosts)
        ours = _ours(graph(ends, hosts), worlds)()
        with _peer(python, "eon", ends, hosts) as peer:
            theirs = [peer() for _ in range(runs)]
        sizes = ks_2samp(ours.sizes, [turn.sizes[0] for turn in theirs]).pvalue
        last = ks_2samp(ours.last, [turn.last[0] for turn in theirs]).pvalue
        yield Row(
            f"spread: the same distributions as EoN, {kind}",
            float(min(sizes, last)),
            "p",
            "higher",
            f"the smaller p of two Kolmogorov-Smirnov tests, of how many hosts are compromised ({sizes:.3g}) and of "
            f"the day of the last one ({last:.3g}); {hosts:,} hosts, {SIR}; {worlds:,} worlds of ours, {runs:,} runs "
            "of EoN.fast_SIR",
            target=0.01,
        )


def _memory() -> Row:
    done = 40
    run = timed([sys.executable, "-c", f"from benchmarks.spread import fill\nfill({done})"])
    return Row(
        "spread: memory, 1,000,000 hosts, 1,000 worlds",
        run.peak_mb / 1000,
        "GB",
        "lower",
        f"peak resident memory of a process that draws a configuration graph of {run.output.split()[0]} links and asks "
        f"who is compromised by each of 30 days in 1,000 worlds, on 2 threads; stopped after {done} worlds, as the "
        "arrays for all of them are made at once and no world needs more",
        target=4.0,
    )


def fill(worlds: int) -> None:
    """Begin 1,000 worlds of a million hosts, and stop after some."""
    network = graph(configuration(1_000_000), 1_000_000)
    print(network.links)
    done = 0

    def told(number: int) -> None:
        nonlocal done
        done = number

    try:
        run = Run(1000, threads=2, told=told, cancelled=lambda: done >= worlds)
        simulate(network, OUTBREAK, ByDay(tuple(float(day) for day in range(1, 31))), run)
    except Cancelled:
        pass
