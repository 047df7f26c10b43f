"""Who is ever compromised, beside EoN's fast_SIR: CPU time of a world, the same distribution, and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp

from benchmarks import peers
from benchmarks.bench import Absent, Bench, environment, median, timed
from benchmarks.results import Row
from benchmarks.spread_graphs import Ends, configuration, estate, graph, preferential, save
from vedette.spread.graph import Graph
from vedette.spread.outbreak import Outbreak, Reach, Run
from vedette.spread.reach import Kernel, reach
from vedette.spread.simulate import simulate

RATE, RECOVERY = 0.3, 1.0
ENTRIES = np.arange(100, 110, dtype=np.int32)
OUTBREAK = Outbreak(ENTRIES)
SIR = "SIR from 10 hosts to its end, 0.3 a day a link, recovery 1"
# kind of graph, hosts, worlds of ours, runs of the peer's, how many times as fast
CASES = (
    ("preferential", 10_000, 1024, 20, 350),
    ("preferential", 100_000, 1024, 5, 350),
    ("preferential", 1_000_000, 1024, 2, 250),
    ("configuration", 10_000, 1024, 20, 350),
    ("configuration", 100_000, 1024, 5, 350),
)
KINDS: dict[str, Callable[[int], tuple[Ends, Ends]]] = {"preferential": preferential, "configuration": configuration}
NAMES = {"preferential": "Barabasi-Albert graph (4)", "configuration": "configuration graph (power law 2.5)"}


@dataclass(frozen=True, slots=True)
class Peer:
    """CPU seconds of its runs, how many hosts each infected, and how often each host was (small graphs only)."""

    seconds: list[float]
    sizes: list[int]
    hosts: list[int]


def rows(bench: Bench) -> Iterator[Row]:
    python = peers.python("spread-peer")
    if not python.exists():
        raise Absent("no environment of the peers; make it with: python -m benchmarks.peers")
    for kind, hosts, worlds, runs, times in CASES:
        bench.say(f"  {NAMES[kind]}, {hosts:,} hosts")
        ends = KINDS[kind](hosts)
        peer = _peer(python, ends, hosts, runs)
        ours, size = _milliseconds(graph(ends, hosts), worlds)
        yield Row(
            f"spread_reach: {NAMES[kind]}, {hosts:,} hosts",
            ours,
            "ms",
            "lower",
            f"CPU time of a world, one thread; {SIR}; {worlds} worlds of ours, which reach {size:.1%}, at once, "
            f"choosing the kernel included, code compiled before, median of 3; {runs} runs of the peer, which reach "
            f"{np.mean(peer.sizes) / hosts:.1%}, building its graph left out",
            times=times,
            peer=1000 * median(peer.seconds),
            beside="EoN.fast_SIR",
        )
    yield _distribution(python)
    for rate in (0.1, 0.15, 0.2, 0.25):
        yield _sparse(rate)
    yield _memory()


def _milliseconds(network: Graph, worlds: int, kernel: Kernel | None = None) -> tuple[float, float]:
    """CPU milliseconds of a world, and the mean share of hosts reached."""
    reach(network, OUTBREAK, Run(64, threads=1), "bits")
    reach(network, OUTBREAK, Run(64, threads=1), "scalar")
    taken: list[float] = []
    for seed in range(3):
        began = time.process_time()
        found = reach(network, OUTBREAK, Run(worlds, seed=seed, threads=1), kernel)
        taken.append(1000 * (time.process_time() - began) / worlds)
    return median(taken), float(found.sizes.mean()) / network.hosts


def _peer(python: Path, ends: tuple[Ends, Ends], hosts: int, runs: int) -> Peer:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        save(ends, hosts, path)
        program = Path(__file__).with_name("peer_spread_reach.py")
        command = [str(python), str(program), str(path), str(RATE), str(RECOVERY), str(runs), *map(str, ENTRIES)]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return Peer(**json.loads(done.stdout))


def _distribution(python: Path) -> Row:
    hosts, runs = 1000, 1000
    ends = preferential(hosts)
    peer = _peer(python, ends, hosts, runs)
    found = simulate(graph(ends, hosts), OUTBREAK, Reach(), Run(20_000))
    share = np.array(peer.hosts) / runs
    error = np.sqrt(np.maximum(share * (1 - share), 1 / runs) / runs)
    widest = float(np.abs((found.hosts / 20_000 - share) / error).max())
    return Row(
        "spread_reach: the same sizes as EoN",
        float(ks_2samp(found.sizes, peer.sizes).pvalue),
        "p",
        "higher",
        f"Kolmogorov-Smirnov test of how many hosts are reached; {NAMES['preferential']} of {hosts:,} hosts, {SIR}; "
        f"20,000 worlds of ours ({found.kernel}), {runs:,} runs of EoN.fast_SIR. Of single hosts, the share of worlds "
        f"differs by at most {widest:.1f} standard errors (of {hosts:,} hosts; 4.1 is expected once in 20 such tests)",
        target=0.01,
    )


def _sparse(rate: float) -> Row:
    hosts, worlds = 20_000, 1024
    network = graph(estate(hosts), hosts, rate)
    chosen, share = _milliseconds(network, worlds)
    alone, _ = _milliseconds(network, worlds, "scalar")
    together, _ = _milliseconds(network, worlds, "bits")
    return Row(
        f"spread_reach: choosing the kernel, subnets, {rate} a day a link",
        chosen,
        "ms",
        "lower",
        f"CPU time of a world, one thread, median of 3; {hosts:,} hosts in subnets of 50 with two gateways each, of "
        f"which {share:.1%} are reached; {worlds} worlds. One by one {alone:.3g} ms, 512 at once {together:.3g} ms",
        times=0.95,
        peer=alone,
        beside="always one by one",
    )


def _memory() -> Row:
    hosts, worlds = 1_000_000, 1000
    program = (
        "from benchmarks.spread_reach import *\n"
        f"network = graph(configuration({hosts}), {hosts})\n"
        f"print(network.links, reach(network, OUTBREAK, Run({worlds}, threads=2)).sizes.mean())"
    )
    run = timed([sys.executable, "-c", program])
    links, size = run.output.split()
    return Row(
        "spread_reach: memory, 1,000,000 hosts, 1,000 worlds",
        run.peak_mb,
        "MB",
        "lower",
        f"peak resident memory of a process that draws a configuration graph of {int(links):,} directed links and "
        f"simulates on 2 threads; {float(size) / hosts:.0%} of hosts are reached",
        target=4000,
    )
