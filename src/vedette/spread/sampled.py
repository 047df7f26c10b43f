"""Worlds that were sampled once, and what is lost in them with other rates or without some hosts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from vedette.spread.arrays import Wanted, kept_for, terms_of
from vedette.spread.batches import in_batches, threads_for
from vedette.spread.graph import Floats, Graph
from vedette.spread.kernels.dominators import spared, weighed
from vedette.spread.kernels.livelinks import NO_END, Flags, Left, Room, Setting, World, gather, remain
from vedette.spread.kernels.queue import Queue, queue_of
from vedette.spread.outbreak import Outbreak, Run

Doubles = npt.NDArray[np.float64]

_FIRST = 16  # worlds, whatever their size
_ROOM = 2**30  # bytes


class Sampled:
    """The links that were passed in each world of a run, or in as many of its first ones as there is room for: worlds
    that are large are much alike. `weights`: what is lost with each host, float64 (n). What is asked is worked out by
    all threads of the run, which can be cancelled."""

    def __init__(self, graph: Graph, outbreak: Outbreak, weights: Doubles, run: Run) -> None:
        self.rates, self._run = graph.rates, run
        self._setting = _setting_of(graph, outbreak, run)
        scales = kept_for(graph, Wanted(), run).scales
        rooms = [_room(graph, self._setting) for _ in range(threads_for(run.worlds, run.threads))]
        self._worlds = self._gather(range(min(run.worlds, _FIRST)), scales, rooms)
        each = sum(field.nbytes for world in self._worlds for field in world) / len(self._worlds)
        number = min(run.worlds, max(_FIRST, int(_ROOM / each)))
        self._worlds += self._gather(range(len(self._worlds), number), scales, rooms)
        run.told(run.worlds)
        self._weights = [weights[world.hosts] for world in self._worlds]

    def _gather(self, rows: range, scales: Floats, rooms: list[Room]) -> list[World]:
        run, found = self._run, [rooms[0].world] * len(rows)
        seed = np.uint64(run.seed % 2**64)

        def compute(worker: int, begin: int, end: int) -> None:
            for at in range(begin, end):
                scale = float(scales[rows[at], 0]), float(scales[rows[at], 1])
                filled = gather(self._setting, seed, run.first + rows[at], scale, rooms[worker])
                found[at] = _cut(rooms[worker].world, *filled)

        in_batches(len(rows), len(rooms), compute, lambda done: run.told(rows.start + done), run.cancelled)
        return found

    @property
    def number(self) -> int:
        return len(self._worlds)

    def with_host(self, host: int) -> list[int]:
        """The worlds in which a host was compromised."""
        return [row for row, world in enumerate(self._worlds) if (world.hosts == host).any()]

    def spared(self, rows: Sequence[int], gone: Flags) -> list[tuple[npt.NDArray[np.int32], Doubles]]:
        """For some worlds, without the hosts that are `gone`: who was compromised in it, and the weight spared by
        isolating each."""
        found: list[tuple[npt.NDArray[np.int32], Doubles]] = [(np.zeros(0, np.int32), np.zeros(0))] * len(rows)

        def look(at: int, row: int) -> None:
            world, weights = self._worlds[row], self._weights[row]
            gains = np.empty(len(weights))
            spared(self._left(world, self.rates, gone), world.starts, weights, gains)
            found[at] = world.hosts, gains

        self._each(rows, look)
        return found

    def lost(self, rates: Floats) -> Doubles:
        """The weight that is lost in each world at other rates, none of them higher."""
        found, none = np.empty(self.number), np.zeros(len(self._setting.immune), np.bool_)

        def look(at: int, row: int) -> None:
            world = self._worlds[row]
            found[at] = weighed(self._left(world, rates, none), world.starts, self._weights[row])

        self._each(range(self.number), look)
        return found

    def _left(self, world: World, rates: Floats, gone: Flags) -> Left:
        hosts, links, until = len(world.hosts), len(world.ends), self._setting.until
        queue = queue_of(hosts, len(world.starts) + links) if until < NO_END else _no_queue()
        left = Left(np.empty(hosts + 1, np.int64), np.empty(links, np.int32), np.empty(hosts, np.float32), queue)
        remain(world, until, rates, gone, left)
        return left

    def _each(self, rows: Sequence[int], look: Callable[[int, int], None]) -> None:
        def compute(worker: int, begin: int, end: int) -> None:
            for at in range(begin, end):
                look(at, rows[at])

        workers = threads_for(len(rows), self._run.threads)
        in_batches(len(rows), workers, compute, lambda done: None, self._run.cancelled)


def _setting_of(graph: Graph, outbreak: Outbreak, run: Run) -> Setting:
    terms = terms_of(graph, outbreak, Wanted(), run)
    immune = np.zeros(graph.hosts, np.bool_)
    immune[outbreak.immune] = True
    return Setting(
        graph.offsets,
        graph.targets,
        graph.rates,
        graph.recovery if terms.recovery else np.zeros_like(graph.recovery),
        graph.onset if terms.onset else np.full_like(graph.onset, np.inf),
        terms.entries,
        min(terms.until, NO_END),
        immune,
    )


def _room(graph: Graph, setting: Setting) -> Room:
    hosts, links, entries = graph.hosts, graph.links, len(setting.entries)
    world = World(
        np.empty(hosts, np.int32),
        np.empty(hosts, np.float32),
        np.empty(hosts, np.float32),
        np.empty(hosts + 1, np.int64),
        np.empty(links, np.int32),
        np.empty(links, np.int32),
        np.empty(links, np.float32),
        np.empty(entries, np.int32),
    )
    return Room(world, np.full(hosts, -1, np.int32), np.empty(hosts, np.int32), queue_of(hosts, entries + links))


@functools.cache
def _no_queue() -> Queue:
    """For worlds without an end, in which nobody waits for a turn."""
    return queue_of(1, 1)


def _cut(room: World, hosts: int, links: int) -> World:
    """What of a room is filled."""
    return World(
        room.hosts[:hosts].copy(),
        room.waits[:hosts].copy(),
        room.spells[:hosts].copy(),
        room.begins[: hosts + 1].copy(),
        room.places[:links].copy(),
        room.ends[:links].copy(),
        room.needs[:links].copy(),
        room.starts.copy(),
    )
