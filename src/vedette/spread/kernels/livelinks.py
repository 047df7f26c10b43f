"""The links of a world that somebody was attacked over, so that it can be looked at again with fewer of them.

A link passes `need` / rate days after its source became infectious, `need` exponential with mean 1, if the source is
not clean again by then and the day is not past the end. Rates only fall and hosts only go, so what is kept of a world
holds all that can happen in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Floats, Hosts
from vedette.spread.kernels.chance import LINKS, ONSETS, RECOVERIES, exponential, stream, uniform
from vedette.spread.kernels.compiled import inlined, kernel
from vedette.spread.kernels.queue import Queue, clear, pop, push

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


_UNSEEN, _WAITING, _ENTRY = -1, -2, -3
NO_END = 1e300  # days: whatever comes to pass does so before


class Setting(NamedTuple):
    """What all worlds share: Graph's arrays, onset inf for at once; entries, each once; the last day, or NO_END; who is
    never compromised, bool (n)."""

    offsets: Places
    targets: Hosts
    rates: Floats
    recovery: Floats
    onset: Floats
    entries: Hosts
    until: float
    immune: Flags


class World(NamedTuple):
    """The `k` hosts that were compromised and the `e` links that were passed. Of each host: the days before and while
    it is infectious; where its links begin, int64 (k + 1). Of each link: its place in the graph, the place of its
    target in `hosts`, and its need. `starts`: the places of the entries in `hosts`."""

    hosts: Hosts
    waits: Floats
    spells: Floats
    begins: Places
    places: Hosts
    ends: Hosts
    needs: Floats
    starts: Hosts


class Left(NamedTuple):
    """The links of a world that are left, in the form of World, when each host is compromised, and who waits."""

    begins: Places
    ends: Hosts
    when: Floats
    queue: Queue


@inlined
def passed(need: np.float32, rate: np.float32, spell: np.float32) -> float:
    """After how many days of its source a link is passed; inf: not at all."""
    days = need / rate
    return float(days) if days <= spell else np.inf


class Room(NamedTuple):
    """What one thread writes: the world, the place of each host in it (-1, and -1 again afterwards), and who waits for
    its turn."""

    world: World
    local: Hosts
    stack: Hosts
    queue: Queue


@kernel
def gather(setting: Setting, seed: np.uint64, number: int, scales: tuple[float, float], room: Room) -> tuple[int, int]:
    """Fill `room.world` with world `number`, whose rates are multiplied by `scales[0]` and recovery by `scales[1]`:
    needs are those of the rates unmultiplied. Returns how many hosts and links it has."""
    links_of, ends_of = stream(seed, number, LINKS), stream(seed, number, RECOVERIES)
    waits_of, timed = stream(seed, number, ONSETS), setting.until < NO_END
    world, local, stack = room.world, room.local, room.stack
    hosts, links, filled, most = 0, 0, 0, 1.0001 * scales[0]
    world.begins[0] = 0
    clear(room.queue)
    for i in range(len(setting.entries)):
        push(room.queue, np.float32(0), setting.entries[i])
        stack[i] = setting.entries[i]
        local[setting.entries[i]] = _ENTRY
        filled += 1
    while True:
        when, v = np.float32(0), -1
        if timed:
            when, v = pop(room.queue, setting.offsets)
        elif filled > 0:
            filled -= 1
            v = stack[filled]
        if v < 0:
            break
        if local[v] >= 0:
            continue
        wait = np.float32(0 if local[v] == _ENTRY else exponential(waits_of, v) / setting.onset[v])
        local[v] = hosts
        spell = np.float32(exponential(ends_of, v) / (setting.recovery[v] * scales[1]))
        world.hosts[hosts], world.waits[hosts], world.spells[hosts] = v, wait, spell
        for place in range(setting.offsets[v], setting.offsets[v + 1]):
            u, rate = setting.targets[place], setting.rates[place]
            # The exponential number of a uniform one is larger than that: most links need no logarithm.
            if uniform(links_of, place) > spell * rate * most or rate == 0 or setting.immune[u]:
                continue
            need = np.float32(exponential(links_of, place) / scales[0])
            there = when + wait + passed(need, rate, spell)
            if there <= setting.until:
                world.places[links], world.ends[links], world.needs[links] = place, u, need
                links += 1
                if timed and local[u] < 0:
                    push(room.queue, np.float32(there), u)
                elif local[u] == _UNSEEN:
                    local[u] = _WAITING
                    stack[filled] = u
                    filled += 1
        hosts += 1
        world.begins[hosts] = links
    _by_place(setting, world, local, (hosts, links))
    return hosts, links


@inlined
def _by_place(setting: Setting, world: World, local: Hosts, filled: tuple[int, int]) -> None:
    """Name hosts by their places in the world, and forget these."""
    for link in range(filled[1]):
        world.ends[link] = local[world.ends[link]]
    for i in range(len(setting.entries)):
        world.starts[i] = local[setting.entries[i]]
    for host in range(filled[0]):
        local[world.hosts[host]] = _UNSEEN


@inlined
def times(world: World, until: float, rates: Floats, gone: Flags, left: Left) -> None:
    """Fill `left.when` with the day on which each host of a world is compromised, inf for never: Dijkstra's
    algorithm."""
    left.when[:] = np.inf
    clear(left.queue)
    for i in range(len(world.starts)):
        push(left.queue, np.float32(0), world.starts[i])
    while True:
        day, host = pop(left.queue, world.begins)
        if host < 0:
            break
        if left.when[host] <= day:
            continue
        left.when[host] = day
        if gone[world.hosts[host]]:
            continue
        for link in range(world.begins[host], world.begins[host + 1]):
            end = world.ends[link]
            there = day + world.waits[host] + passed(world.needs[link], rates[world.places[link]], world.spells[host])
            if there <= until and there < left.when[end] and not gone[world.hosts[end]]:
                push(left.queue, np.float32(there), end)


@kernel
def remain(world: World, until: float, rates: Floats, gone: Flags, left: Left) -> int:
    """Fill `left` with the links that are passed at other rates, float32 (m), once some hosts, bool (n), are isolated.
    Returns how many. An entry that is isolated stays compromised."""
    if until < NO_END:
        times(world, until, rates, gone, left)
    else:
        left.when[:] = 0
    links = 0
    left.begins[0] = 0
    for host in range(len(world.hosts)):
        if not gone[world.hosts[host]]:
            for link in range(world.begins[host], world.begins[host + 1]):
                end = world.ends[link]
                days = passed(world.needs[link], rates[world.places[link]], world.spells[host])
                if left.when[host] + world.waits[host] + days <= until and not gone[world.hosts[end]]:
                    left.ends[links] = end
                    links += 1
        left.begins[host + 1] = links
    return links
