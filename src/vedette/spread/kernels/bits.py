"""512 worlds of a percolation at once: a bit of a word is a host, or a link, in a world.

The worlds, their chances and the sources are those of percolation.py. A host that is compromised in new worlds passes
them on over its links, each masked by the worlds it is open in, until none is new. The thresholds of a host's links
are turned into planes of bits (Warren, "Hacker's Delight", 7-3), one for each of the 31 bits, so that a link is
compared in all worlds with a few operations, and soon in none any more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Floats, Hosts
from vedette.spread.kernels.chance import RECOVERIES, bits, stream
from vedette.spread.kernels.compiled import inlined, kernel
from vedette.spread.kernels.lanes import WORDS, WORLDS, count, every, load, some, store
from vedette.spread.kernels.percolation import LINK_WORDS, Links, exponential, threshold

Bits = npt.NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_SURE = 10  # planes after which fewer than one of 512 worlds is undecided


@inlined
def mixed(state: Any) -> Any:
    """`chance.bits` of eight words."""
    state = (state ^ (state >> every(np.uint64(30)))) * every(_FIRST)
    state = (state ^ (state >> every(np.uint64(27)))) * every(_SECOND)
    return state ^ (state >> every(np.uint64(31)))


@inlined
def stepped(state: Any) -> Any:
    """The step of `percolation.opens`."""
    state = state ^ (state << every(np.uint64(13)))
    state = state ^ (state >> every(np.uint64(7)))
    return state ^ (state << every(np.uint64(17)))


@inlined
def opened(state: Any, planes: Bits) -> Any:
    """The worlds in which the random bits begun by `state` stay below their thresholds, or at them."""
    undecided = every(_ALL)
    below = every(np.uint64(0))
    for bit in range(_SURE):
        limit = load(planes, 30 - bit)
        below = below | (undecided & ~state & limit)
        undecided = undecided & ~(state ^ limit)
        state = stepped(state)
    bit = 30 - _SURE
    while bit >= 0 and some(undecided):
        limit = load(planes, bit)
        below = below | (undecided & ~state & limit)
        undecided = undecided & ~(state ^ limit)
        state = stepped(state)
        bit -= 1
    return below | undecided


@inlined
def turn(limits: npt.NDArray[np.int32], planes: Bits) -> None:
    """Thresholds, of world i of word j at 8 i + j, to planes: rows of bits."""
    half = WORLDS // 2
    for k in range(half):
        planes[k] = np.uint64(limits[k]) | (np.uint64(limits[k + half]) << np.uint64(32))
    width = 16
    mask = np.uint64(0x0000FFFF0000FFFF)
    while width > 0:
        row = 0
        while row < 32:
            low, high = load(planes, row), load(planes, row + width)
            swap = ((low >> every(np.uint64(width))) ^ high) & every(mask)
            store(planes, row + width, high ^ swap)
            store(planes, row, low ^ (swap << every(np.uint64(width))))
            row = (row + width + 1) & ~width
        width >>= 1
        mask ^= mask << np.uint64(width)


@inlined
def draw(v: int, links: Links, streams: tuple[Any, Bits, Floats], openings: Bits, room: Any) -> None:
    """Draw the worlds in which each link of host `v` is open."""
    offsets, _, rates, recovery = links
    words, ends, factors = streams
    days, limits, planes = room
    for i in range(WORLDS):
        days[i] = exponential(bits(ends[i], v)) * factors[i] / recovery[v]
    last = np.float32(-1)
    for place in range(offsets[v], offsets[v + 1]):
        rate = rates[place]
        if rate == 0:
            store(openings, place, every(np.uint64(0)))
            continue
        if rate != last:
            last = rate
            for i in range(WORLDS):
                limits[i] = threshold(days[i] * rate)
            turn(limits, planes)
        store(openings, place, opened(mixed(words + every(np.uint64(place + 1) * _STEP)), planes))


@inlined
def streams_of(seed: np.uint64, first: int, words: Bits, ends: Bits) -> None:
    """The streams of links, for each word, and of recoveries, for world i of word j at 8 i + j."""
    for j in range(WORDS):
        words[j] = stream(seed, first + j, LINK_WORDS)
        for i in range(64):
            ends[WORDS * i + j] = stream(seed, 64 * (first + j) + i, RECOVERIES)


@kernel
def percolate(
    links: Links,
    entries: Hosts,
    worlds: tuple[np.uint64, int, Floats, Bits],
    state: tuple[Bits, Bits, Bits, npt.NDArray[np.bool_], Hosts],
) -> int:
    """Who is reached in 512 worlds. `worlds`: seed, number of the first word, factors as in `percolation.walk` but of
    world i of word j at 8 i + j, and the worlds that are wanted. `state`: rows of worlds of each host, reached (all
    for one that cannot be, else none) and waiting to be passed on (none); room for those of each link; whether a host's
    links are drawn (none); room for n hosts. Returns how many links were passed."""
    offsets, targets, _, _ = links
    seed, first, factors, wanted = worlds
    reached, waiting, openings, drawn, queue = state
    words, ends = np.empty(WORDS, np.uint64), np.empty(WORLDS, np.uint64)
    streams_of(seed, first, words, ends)
    streams = (load(words, 0), ends, factors)
    room = (np.empty(WORLDS, np.float32), np.empty(WORLDS, np.int32), np.empty(WORLDS // 2, np.uint64))
    hosts, head, filled, passed = len(queue), 0, 0, 0
    for v in entries:
        store(reached, v, load(wanted, 0))
        store(waiting, v, load(wanted, 0))
        queue[filled] = v
        filled += 1
    while filled > 0:
        v = queue[head]
        head = head + 1 if head + 1 < hosts else 0
        filled -= 1
        fresh = load(waiting, v)
        store(waiting, v, every(np.uint64(0)))
        if not drawn[v]:
            drawn[v] = True
            draw(v, links, streams, openings, room)
        for place in range(offsets[v], offsets[v + 1]):
            u = targets[place]
            before = load(reached, u)
            new = load(openings, place) & fresh & ~before
            if some(new):
                store(reached, u, before | new)
                later = load(waiting, u)
                if not some(later):
                    queue[head + filled - (hosts if head + filled >= hosts else 0)] = u
                    filled += 1
                store(waiting, u, later | new)
        passed += offsets[v + 1] - offsets[v]
    return passed


@kernel
def tally(reached: Bits, hosts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> None:
    """Add up rows of worlds: `hosts`, in how many each was reached, added to; `sizes`, int64 (512), how many were in
    each world, by counters of 64 bits that lie across rows."""
    counters = np.zeros(64 * WORDS, np.uint64)
    highest = 0
    for v in range(len(hosts)):
        carry = load(reached, v)
        hosts[v] += count(carry)
        bit = 0
        while some(carry):
            sums = load(counters, bit)
            store(counters, bit, sums ^ carry)
            carry = sums & carry
            bit += 1
        highest = max(highest, bit)
    for bit in range(highest):
        for world in range(WORLDS):
            sizes[world] += (
                np.int64((counters[WORDS * bit + world // 64] >> np.uint64(world % 64)) & np.uint64(1)) << bit
            )
