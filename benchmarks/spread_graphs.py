"""Networks for measuring spread, drawn quickly: int64 arrays of sources and targets, every link both ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Graph, graph_of

Ends = npt.NDArray[np.int64]


def preferential(hosts: int, links: int = 4, seed: int = 1) -> tuple[Ends, Ends]:
    """Barabasi and Albert's: each host links to so many earlier ones, by how many links these have."""
    chance = np.random.default_rng(seed).random((hosts, links))
    ends = list(range(links))  # each host once for each of its links
    pairs: list[tuple[int, int]] = []
    for host in range(links, hosts):
        others = {ends[int(place * len(ends))] for place in chance[host]}
        pairs.extend((host, other) for other in others)
        ends.extend(others)
        ends.extend([host] * len(others))
    sources, targets = np.array(pairs, np.int64).T
    return _both(sources, targets, hosts)


def configuration(hosts: int, seed: int = 1) -> tuple[Ends, Ends]:
    """Degrees from 3 on by a power law of exponent 2.5, at most the square root of hosts, joined at random; loops and
    second links are left out."""
    chance = np.random.default_rng(seed)
    degrees = np.minimum(3 * (1 - chance.random(hosts)) ** (-1 / 1.5), np.sqrt(hosts)).astype(np.int64)
    stubs = chance.permutation(np.repeat(np.arange(hosts), degrees))
    stubs = stubs[: len(stubs) // 2 * 2]
    return _both(stubs[::2], stubs[1::2], hosts)


def estate(hosts: int, seed: int = 1) -> tuple[Ends, Ends]:
    """Subnets of 50 hosts with about 8 links each; two of the hosts of each are gateways, with 6 links to those of
    other subnets, so that few hosts stand between many."""
    chance = np.random.default_rng(seed)
    size, subnets = 50, hosts // 50
    inside = chance.integers(subnets * size, size=4 * hosts)
    near = inside // size * size + chance.integers(size, size=4 * hosts)
    here, there = np.repeat(np.arange(subnets), 6), chance.integers(subnets, size=6 * subnets)
    gates = [size * part + chance.integers(2, size=6 * subnets) for part in (here, there)]
    return _both(np.r_[inside, gates[0]], np.r_[near, gates[1]], hosts)


def graph(ends: tuple[Ends, Ends], hosts: int, rate: float = 0.3) -> Graph:
    """With one rate for all links, and a recovery of 1."""
    return graph_of(hosts, *ends, rate, recovery=1.0)


def save(ends: tuple[Ends, Ends], hosts: int, path: Path) -> None:
    """For the peer: each pair of hosts once."""
    once = ends[0] < ends[1]
    np.savez(path, sources=ends[0][once], targets=ends[1][once], hosts=hosts)


def _both(sources: Ends, targets: Ends, hosts: int) -> tuple[Ends, Ends]:
    kept = sources != targets
    low, high = np.minimum(sources, targets)[kept], np.maximum(sources, targets)[kept]
    keys = np.unique(low * hosts + high)
    low, high = keys // hosts, keys % hosts
    return np.r_[low, high], np.r_[high, low]
