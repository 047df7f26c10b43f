"""Randomness without a state: a number is a hash of (seed, world, kind, key), whatever was drawn before it.

A stream is the splitmix64 generator of Steele, Lea and Flood ("Fast splittable pseudorandom number generators",
OOPSLA 2014) with the mixing function 13 of Stafford, begun at a hash of (seed, world, kind); `key` is how many steps
it is ahead. Streams begin at unrelated places of the 2^64 states, all of which are one cycle: two of 10^4 streams of
10^7 keys overlap with a chance below 10^-4, and then only at other keys.

These are called from kernels only; in Python, uint64 does not wrap around silently.
"""

from __future__ import annotations

import math

import numpy as np

from vedette.spread.kernels.compiled import inlined

# Kinds of streams: what a key is counted in.
LINKS, RECOVERIES, ONSETS, OTHERS = 0, 1, 2, 3

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_UNIT = 2.0**-53
_LN2 = math.log(2)
_ROOT_HALF, _FRACTION = 0x3FE6A09E667F3BCD, 0x000FFFFFFFFFFFFF  # the bits of the square root of 1/2, and of a fraction


@inlined
def bits(stream: np.uint64, key: int) -> np.uint64:
    """64 random bits."""
    mixed = stream + (np.uint64(key) + np.uint64(1)) * _STEP
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


@inlined
def stream(seed: np.uint64, world: int, kind: int) -> np.uint64:
    """The stream of a kind of chances in a world."""
    return bits(bits(bits(seed, 0), world), kind)


@inlined
def again(stream: np.uint64, key: int) -> np.uint64:
    """A stream of its own for a key that is drawn from many times: its keys are how often it was before."""
    return bits(stream, key)


@inlined
def uniform(stream: np.uint64, key: int) -> float:
    """In [0, 1), with 53 bits."""
    return float(bits(stream, key) >> np.uint64(11)) * _UNIT


@inlined
def exponential(stream: np.uint64, key: int) -> float:
    """With mean 1: the more, the larger the uniform number of the same key."""
    return minus_log(1.0 - uniform(stream, key))


@inlined
def minus_log(x: float) -> float:
    """-log(x) of 0 < x <= 1, with the relative precision of float32 near 1 too. Compiled into the loops of a kernel, it
    takes a third of the time of a call of the library's. The polynomial is that of logf in Cephes (S. Moshier)."""
    place = np.float64(x).view(np.int64) - _ROOT_HALF
    power = np.float64(place >> 52)
    y = np.int64((place & _FRACTION) + _ROOT_HALF).view(np.float64) - 1.0
    z = y * y
    low = (3.3333331174e-1 - 2.4999993993e-1 * y) + (2.0000714765e-1 - 1.6668057665e-1 * y) * z
    high = (1.4249322787e-1 - 1.2420140846e-1 * y) + (1.1676998740e-1 - 1.1514610310e-1 * y) * z
    tail = low + (high + 7.0376836292e-2 * z * z) * z * z
    return 0.5 * z - y - tail * y * z - power * _LN2
