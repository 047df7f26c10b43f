"""The links of a world that somebody was attacked over, so that it can be looked at again with fewer of them.

A link passes `need` / rate days after its source became infectious, `need` exponential with mean 1, if the source is
not clean again by then and the day is not past the end. Rates only fall and hosts only go, so what is kept of a world
holds all that can happen in it.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Floats, Hosts
from vedette.spread.kernels.chance import LINKS, ONSETS, RECOVERIES, exponential, stream
from vedette.spread.kernels.compiled import inlined, kernel

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


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
    places: Places
    ends: Hosts
    needs: Floats
    starts: Hosts


class Left(NamedTuple):
    """The links of a world that are left, in the form of World."""

    begins: Places
    ends: Hosts


@inlined
def next_of(todo: list[tuple[float, int]], timed: bool) -> tuple[float, int]:
    """Whose turn it is: who is compromised first, or anyone where times do not matter."""
    return heappop(todo) if timed else todo.pop()


@inlined
def await_turn(todo: list[tuple[float, int]], when: float, host: int, timed: bool) -> None:
    if timed:
        heappush(todo, (when, host))
    else:
        todo.append((when, host))


@inlined
def passed(need: np.float32, rate: np.float32, spell: np.float32) -> float:
    """After how many days of its source a link is passed; inf: not at all."""
    days = need / rate
    return float(days) if days <= spell else np.inf


@kernel
def gather(
    setting: Setting, seed: np.uint64, number: int, scales: tuple[float, float], room: World, local: Hosts
) -> tuple[int, int]:
    """Fill `room` with world `number`, whose rates are multiplied by `scales[0]` and recovery by `scales[1]`: needs are
    those of the rates unmultiplied. Returns how many hosts and links it has. `local`: -1 for each host, and again."""
    links_of, ends_of = stream(seed, number, LINKS), stream(seed, number, RECOVERIES)
    waits_of, timed = stream(seed, number, ONSETS), setting.until < NO_END
    todo = [(0.0, int(v)) for v in setting.entries]
    hosts, links = 0, 0
    room.begins[0] = 0
    while len(todo) > 0:
        when, v = next_of(todo, timed)
        if local[v] >= 0:
            continue
        local[v] = hosts
        wait = np.float32(exponential(waits_of, v) / setting.onset[v])
        spell = np.float32(exponential(ends_of, v) / (setting.recovery[v] * scales[1]))
        room.hosts[hosts], room.waits[hosts], room.spells[hosts] = v, wait, spell
        for place in range(setting.offsets[v], setting.offsets[v + 1]):
            u, rate = setting.targets[place], setting.rates[place]
            if rate == 0 or setting.immune[u]:
                continue
            need = np.float32(exponential(links_of, place) / scales[0])
            there = when + wait + passed(need, rate, spell)
            if there <= setting.until:
                room.places[links], room.ends[links], room.needs[links] = place, u, need
                links += 1
                if local[u] < 0:
                    await_turn(todo, there, int(u), timed)
        hosts += 1
        room.begins[hosts] = links
    for link in range(links):
        room.ends[link] = local[room.ends[link]]
    for i in range(len(setting.entries)):
        room.starts[i] = local[setting.entries[i]]
    for host in range(hosts):
        local[room.hosts[host]] = -1
    return hosts, links


@inlined
def times(world: World, until: float, rates: Floats, gone: Flags, when: npt.NDArray[np.float64]) -> None:
    """When each host of a world is compromised with what is left: Dijkstra's algorithm."""
    when[:] = np.inf
    todo = [(0.0, int(start)) for start in world.starts]
    while len(todo) > 0:
        day, host = heappop(todo)
        if when[host] <= day:
            continue
        when[host] = day
        if gone[world.hosts[host]]:
            continue
        for link in range(world.begins[host], world.begins[host + 1]):
            end = world.ends[link]
            there = day + world.waits[host] + passed(world.needs[link], rates[world.places[link]], world.spells[host])
            if there <= until and there < when[end] and not gone[world.hosts[end]]:
                heappush(todo, (there, int(end)))


@kernel
def remain(world: World, until: float, rates: Floats, gone: Flags, left: Left) -> int:
    """Fill `left` with the links that are passed at other rates, float32 (m), once some hosts, bool (n), are isolated.
    Returns how many. An entry that is isolated stays compromised."""
    when = np.zeros(len(world.hosts))
    if until < NO_END:
        times(world, until, rates, gone, when)
    links = 0
    left.begins[0] = 0
    for host in range(len(world.hosts)):
        if not gone[world.hosts[host]]:
            for link in range(world.begins[host], world.begins[host + 1]):
                end = world.ends[link]
                days = passed(world.needs[link], rates[world.places[link]], world.spells[host])
                if when[host] + world.waits[host] + days <= until and not gone[world.hosts[end]]:
                    left.ends[links] = end
                    links += 1
        left.begins[host + 1] = links
    return links
