"""Dominator trees: who is reached through whom only.

Host d dominates host w if every way from the entries to w passes d; all hosts that d dominates, itself included, are
spared if d is isolated. So one tree gives the exact gain of isolating each host (the idea of "Minimizing the influence
of misinformation via vertex blocking", Xie et al., ICDE 2023). The tree is found with the algorithm Semi-NCA
(Georgiadis, Tarjan and Werneck, "Finding dominators in practice", Journal of Graph Algorithms and Applications 10,
2006) over the depth-first tree of a root that stands before all entries.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Hosts
from vedette.spread.kernels.compiled import inlined, kernel
from vedette.spread.kernels.livelinks import Left

Places = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@inlined
def depth_first(left: Left, starts: Hosts, tree: tuple[Hosts, Hosts, Hosts], room: tuple[Places, Hosts]) -> int:
    """Number the hosts that are reached from 1 on, before those reached from them; 0 is the root. `tree`: the number
    of each host, 0 before as for those not reached; the host and the parent of each number. `room`: where the links of
    each host begin, and room for all hosts. Returns how many are reached."""
    (number, vertex, parent), (at, stack) = tree, room
    reached = 0
    for start in starts:
        if number[start] > 0:
            continue
        reached += 1
        number[start], vertex[reached], parent[reached] = reached, start, 0
        stack[0] = start
        depth = 1
        while depth > 0:
            v = stack[depth - 1]
            if at[v] == left.begins[v + 1]:
                depth -= 1
                continue
            u = left.ends[at[v]]
            at[v] += 1
            if number[u] == 0:
                reached += 1
                number[u], vertex[reached], parent[reached] = reached, u, number[v]
                stack[depth] = u
                depth += 1
    return reached


@inlined
def turned(left: Left, number: Hosts, vertex: Hosts, begins: Places, sources: Hosts) -> None:
    """From which numbers each number is reached over a link: where those of each begin, and room for all. `begins` has
    two more places than there are numbers, with the root, and is 0."""
    last = len(begins)
    for w in range(1, last - 2):
        for link in range(left.begins[vertex[w]], left.begins[vertex[w] + 1]):
            begins[number[left.ends[link]] + 2] += 1
    for w in range(2, last):
        begins[w] += begins[w - 1]
    for w in range(1, last - 2):
        for link in range(left.begins[vertex[w]], left.begins[vertex[w] + 1]):
            u = number[left.ends[link]]
            sources[begins[u + 1]] = w
            begins[u + 1] += 1


@inlined
def lowest(v: int, linked: int, ancestor: Hosts, label: Hosts, semi: Hosts, path: Hosts) -> int:
    """The label with the lowest semidominator on the way up from `v` to before the numbers below `linked`; the way is
    made short."""
    if v < linked:
        return int(label[v])
    steps = 0
    while ancestor[v] >= linked:
        path[steps] = v
        steps += 1
        v = ancestor[v]
    best = label[v]
    while steps > 0:
        steps -= 1
        u = path[steps]
        ancestor[u] = ancestor[v]
        if semi[best] < semi[label[u]]:
            label[u] = best
        else:
            best = label[u]
        v = u
    return int(best)


@kernel
def spared(left: Left, starts: Hosts, weights: Doubles, gains: Doubles) -> float:
    """Fill `gains[v]` with the weight that is spared if host `v` is isolated: of all hosts it dominates, but for itself
    if it is one of `starts`; 0 for who is not reached. Returns the weight of all that are reached."""
    hosts = len(weights)
    number, vertex, parent = np.zeros(hosts, np.int32), np.zeros(hosts + 1, np.int32), np.zeros(hosts + 1, np.int32)
    reached = depth_first(left, starts, (number, vertex, parent), (left.begins.copy(), np.empty(hosts + 1, np.int32)))
    begins, sources = np.zeros(reached + 3, np.int64), np.empty(left.begins[hosts], np.int32)
    turned(left, number, vertex, begins, sources)
    first = np.zeros(reached + 1, np.bool_)
    for start in starts:
        first[number[start]] = True
    dominator, path = parent.copy(), np.empty(reached + 1, np.int32)
    semi, label = np.arange(reached + 1).astype(np.int32), np.arange(reached + 1).astype(np.int32)
    for w in range(reached, 0, -1):
        low = np.int32(0) if first[w] else parent[w]
        if low > 0:
            for at in range(begins[w], begins[w + 1]):
                low = min(low, semi[lowest(sources[at], w + 1, parent, label, semi, path)])
        semi[w] = low
    for w in range(1, reached + 1):
        while dominator[w] > semi[w]:
            dominator[w] = dominator[dominator[w]]
    below = np.zeros(reached + 1)
    for w in range(reached, 0, -1):
        below[w] += weights[vertex[w]]
        below[dominator[w]] += below[w]
    gains[:] = 0
    for w in range(1, reached + 1):
        gains[vertex[w]] = below[w] - (weights[vertex[w]] if first[w] else 0.0)
    return float(below[0])


@kernel
def weighed(left: Left, starts: Hosts, weights: Doubles) -> float:
    """The weight of all hosts that are reached."""
    hosts = len(weights)
    number, vertex, parent = np.zeros(hosts, np.int32), np.zeros(hosts + 1, np.int32), np.zeros(hosts + 1, np.int32)
    total = 0.0
    room = left.begins.copy(), np.empty(hosts + 1, np.int32)
    for w in range(1, depth_first(left, starts, (number, vertex, parent), room) + 1):
        total += weights[vertex[w]]
    return total
