"""Which links are open in a world, and one world after another walked over them.

When all that is asked is who is ever compromised, times do not matter (Kenah and Robins, "Second look at the spread of
epidemics on networks", Physical Review E 76, 2007): host v is infectious for E_v / recovery days, E_v exponential with
mean 1, and each of its links is open with the chance 1 - exp(-rate E_v / recovery), by itself. Who can be reached over
open links is compromised.

The chance is a threshold of 31 bits, the last one inclusive, so that a certain link is open in every world. It is
compared with as many random bits from the first on until one differs; a link has 64 worlds of them in a word, and the
next bits by one step of Marsaglia's xorshift ("Xorshift RNGs", Journal of Statistical Software 8, 2003), whose
sequence at one place of the word is a sequence of independent bits for 64 steps. So a world is the same whether it is
walked alone, here, or with 511 others, in bits.py; the chances of a what-if are the same too, and as thresholds only
rise with rates, so do the worlds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Floats, Hosts
from vedette.spread.kernels.chance import RECOVERIES, bits, stream
from vedette.spread.kernels.compiled import inlined, kernel

LINK_WORDS = 16  # a kind of stream of chance.py: one word of bits for a link and 64 worlds

# offsets, targets, rates, recovery of Graph; recovery above 0
Links = tuple[npt.NDArray[np.int64], Hosts, Floats, Floats]


class Found(NamedTuple):
    """`seen`: the last row in which each host was, or more than any for one that cannot be compromised. `stack`: room
    for n hosts. `hosts`: how often each was compromised, added to. `sizes` and `losses`: how many were in each row, and
    their weight; `weights` may be nobody's, and `losses` is left then."""

    seen: Hosts
    stack: Hosts
    hosts: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]


_ONE, _HALF = np.float32(1), np.float32(0.5)
_ROOT_HALF, _FRACTION = np.int32(0x3F3504F3), np.int32(0x007FFFFF)
_LN2, _LN2_HIGH, _LN2_LOW = np.float32(0.6931471805599453), np.float32(0.693359375), np.float32(-2.12194440e-4)
_LOG2E, _LARGE = np.float32(1.4426950408889634), np.float32(80)
_ALL24, _LEAST = np.uint64(2**24), np.float32(2.0**-24)
_TOP = np.float32(2147483520)  # the largest below 2^31


@inlined
def exponential(chance: np.uint64) -> np.float32:
    """With mean 1, of the first 24 bits of a hash. The polynomial is that of logf in the Cephes library (Moshier)."""
    uniform = np.float32(np.int32(_ALL24 - (chance >> np.uint64(40)))) * _LEAST
    place = np.int32(np.float32(uniform).view(np.int32) - _ROOT_HALF)
    power = np.float32(place >> np.int32(23))
    x = np.int32((place & _FRACTION) + _ROOT_HALF).view(np.float32) - _ONE
    p = np.float32(7.0376836292e-2)
    p = p * x - np.float32(1.1514610310e-1)
    p = p * x + np.float32(1.1676998740e-1)
    p = p * x - np.float32(1.2420140846e-1)
    p = p * x + np.float32(1.4249322787e-1)
    p = p * x - np.float32(1.6668057665e-1)
    p = p * x + np.float32(2.0000714765e-1)
    p = p * x - np.float32(2.4999993993e-1)
    p = p * x + np.float32(3.3333331174e-1)
    square = x * x
    return max(-(p * x * square - _HALF * square + x + power * _LN2), _HALF * _LEAST)


@inlined
def threshold(exposure: np.float32) -> np.int32:
    """2^31 (1 - exp(-exposure)), with the relative precision of float32 near 0; certain from 17 on. The polynomial is
    that of expf in the Cephes library."""
    exposure = min(exposure, _LARGE)
    halvings = np.int32(exposure * _LOG2E + _HALF)
    x = np.float32(halvings) * _LN2_HIGH - exposure + np.float32(halvings) * _LN2_LOW
    p = np.float32(1.9875691500e-4)
    p = p * x + np.float32(1.3981999507e-3)
    p = p * x + np.float32(8.3334519073e-3)
    p = p * x + np.float32(4.1665795894e-2)
    p = p * x + np.float32(1.6666665459e-1)
    p = p * x + np.float32(5.0000001201e-1)
    scale = np.int32((np.int32(127) - halvings) << np.int32(23)).view(np.float32)
    chance = (_ONE - scale) - scale * (p * x * x + x)
    bits31 = np.int32(min(chance * np.float32(2147483648.0), _TOP))
    return np.int32(bits31 + (bits31 >> np.int32(24)))


@inlined
def stepped(word: np.uint64) -> np.uint64:
    """The next bits of a link."""
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    return word ^ (word << np.uint64(17))


@inlined
def opens(word: np.uint64, place: np.uint64, limit: np.int32) -> bool:
    """Whether the random bits of a link, at a place of `word` first, stay below a threshold or at it. The first four
    decide 15 of 16 times, without a branch."""
    one = np.uint64(1)
    drawn = np.uint64(0)
    for _ in range(4):
        drawn = drawn << one | (word >> place & one)
        word = stepped(word)
    first = np.uint64(limit >> np.int32(27))
    if drawn != first:
        return bool(drawn < first)
    for bit in range(26, -1, -1):
        mine, drawn = np.uint64(limit >> np.int32(bit)) & one, word >> place & one
        if mine != drawn:
            return bool(drawn < mine)
        word = stepped(word)
    return True


@kernel
def walk(
    links: Links,
    entries: Hosts,
    worlds: tuple[np.uint64, int, Floats],
    found: Found,
    part: tuple[int, int],
) -> int:
    """Walk the worlds of a part of the rows, one by one. `worlds`: seed, number of the world of row 0, and for each row
    how much the ratio of rates to recovery is multiplied. Returns how many links were looked at."""
    offsets, targets, rates, recovery = links
    seed, first, factors = worlds
    seen, stack, hosts, sizes, weights, losses = found
    looked = 0
    for row in range(part[0], part[1]):
        world = first + row
        words = stream(seed, world >> 6, LINK_WORDS)
        ends = stream(seed, world, RECOVERIES)
        filled = 0
        for v in entries:
            seen[v] = row
            stack[filled] = v
            filled += 1
        size, loss = filled, 0.0
        while filled > 0:
            filled -= 1
            v = stack[filled]
            hosts[v] += 1
            if len(weights) > 0:
                loss += weights[v]
            begin, end = offsets[v], offsets[v + 1]
            if begin == end:
                continue
            looked += end - begin
            days = exponential(bits(ends, v)) * factors[row] / recovery[v]
            last, limit = np.float32(-1), np.int32(0)
            for place in range(begin, end):
                u, rate = targets[place], rates[place]
                if rate > 0 and seen[u] < row:
                    if rate != last:
                        last, limit = rate, threshold(days * rate)
                    if opens(bits(words, place), np.uint64(world & 63), limit):
                        seen[u] = row
                        stack[filled] = u
                        filled += 1
                        size += 1
        sizes[row] = size
        if len(weights) > 0:
            losses[row] = loss
    return looked
