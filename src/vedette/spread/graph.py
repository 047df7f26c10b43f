"""A network as arrays: what the kernels walk over."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

Floats = npt.NDArray[np.float32]
Hosts = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """`n` hosts and `m` directed links in compressed sparse rows: the links of host `v` are
    `offsets[v]:offsets[v + 1]`, in increasing order of `targets`, each target once, none to itself.

    offsets   int64 (n + 1)
    targets   int32 (m)
    rates     float32 (m), 1/day: how often an infectious source compromises the target of the link; 0: closed
    recovery  float32 (n), 1/day: how soon a compromised host is found and cleaned; 0: never
    onset     float32 (n), 1/day: how soon a compromised host begins to attack others; inf: at once

    The place of a link is the key of its randomness, so a what-if changes `rates` and keeps the links.
    """

    offsets: npt.NDArray[np.int64]
    targets: Hosts
    rates: Floats
    recovery: Floats
    onset: Floats

    @property
    def hosts(self) -> int:
        return len(self.offsets) - 1

    @property
    def links(self) -> int:
        return len(self.targets)

    def with_rates(self, rates: npt.ArrayLike) -> Graph:
        """The same links with other rates. Raises BadInput."""
        changed = replace(self, rates=np.ascontiguousarray(rates, dtype=np.float32))
        check(changed)
        return changed

    def without(self, hosts: npt.ArrayLike) -> Graph:
        """The same with all links from and to some hosts closed."""
        gone = np.zeros(self.hosts, dtype=bool)
        gone[np.asarray(hosts, dtype=np.int64)] = True
        closed = gone[self.targets] | gone[self.sources()]
        return replace(self, rates=np.where(closed, np.float32(0), self.rates))

    def sources(self) -> Hosts:
        """Where each link begins: int32 (m)."""
        return np.repeat(np.arange(self.hosts, dtype=np.int32), np.diff(self.offsets))

    def links_from(self, hosts: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The places of the links that begin at some hosts, host after host, and for each link which of those hosts,
        counted from 0: two of int64 (links)."""
        begin = np.asarray(hosts, dtype=np.int64)
        degrees = np.asarray(self.offsets[begin + 1] - self.offsets[begin], dtype=np.int64)
        first = self.offsets[begin] - (np.cumsum(degrees) - degrees)
        return np.arange(int(degrees.sum())) + np.repeat(first, degrees), np.repeat(np.arange(len(begin)), degrees)


def graph_of(
    hosts: int,
    sources: npt.ArrayLike,
    targets: npt.ArrayLike,
    rates: npt.ArrayLike,
    recovery: npt.ArrayLike = 0.0,
    onset: npt.ArrayLike = np.inf,
) -> Graph:
    """A graph of links in any order; the rates of links between the same two hosts add up. `recovery` and `onset` are
    one number or one for each host. Raises BadInput for a host that is not there, a link to itself, a rate below 0.

    >>> graph_of(3, [0, 1, 0], [1, 2, 1], [0.5, 1.0, 0.25]).rates.tolist()
    [0.75, 1.0]
    """
    begin, end = np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64)
    if len(begin) != len(end):
        raise BadInput(f"There are {len(begin)} sources of links and {len(end)} targets; give as many of both.")
    if len(begin) and not (min(begin.min(), end.min()) >= 0 and max(begin.max(), end.max()) < hosts):
        raise BadInput(f"A link names a host outside 0 to {hosts - 1}.")
    if (begin == end).any():
        raise BadInput(f"Host {begin[begin == end][0]} has a link to itself; leave it out.")
    places, first = np.unique(begin * max(hosts, 1) + end, return_inverse=True)
    summed = np.bincount(first, weights=_each(rates, len(begin)), minlength=len(places))
    offsets = np.zeros(hosts + 1, dtype=np.int64)
    np.cumsum(np.bincount(places // max(hosts, 1), minlength=hosts), out=offsets[1:])
    graph = Graph(
        offsets=offsets,
        targets=(places % max(hosts, 1)).astype(np.int32),
        rates=summed.astype(np.float32),
        recovery=_each(recovery, hosts),
        onset=_each(onset, hosts),
    )
    check(graph)
    return graph


def check(graph: Graph) -> None:
    """Raises BadInput for what no kernel can work with."""
    if not graph.hosts:
        raise BadInput("The network has no hosts; give at least one.")
    if len(graph.rates) != graph.links or not np.isfinite(graph.rates).all() or (graph.rates < 0).any():
        raise BadInput("The rate of a link is a number of attacks a day, 0 or more, one for each link.")
    for name, values in (("recovery", graph.recovery), ("onset", graph.onset)):
        if len(values) != graph.hosts or np.isnan(values).any() or (values < 0).any():
            raise BadInput(f"The {name} of a host is a rate a day, 0 or more, one for each host.")


def _each(values: npt.ArrayLike, number: int) -> Floats:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=np.float32), (number,)))
