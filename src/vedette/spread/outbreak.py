"""What is asked of `simulate`, and what it answers.

A world is one course of events. Its chances are hashes of (seed, world, link) and (seed, world, host): the same in
whatever order it is computed, and the same in a what-if that closes links or changes rates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from vedette.spread.graph import Floats, Hosts

Model = Literal["SI", "SIS", "SIR", "SEIR"]


@dataclass(frozen=True, slots=True, eq=False)
class Phase:
    """From `start` (days) until the next phase, all rates of links are multiplied by `transmission` (one number, or
    one for each link) and the recovery of hosts by `recovery` (one number, or one for each host)."""

    start: float
    transmission: float | Floats = 1.0
    recovery: float | Floats = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Outbreak:
    """What happens: `entries` are compromised, and infectious, at day 0; `immune` hosts never are. Nothing after
    `until` (days) is simulated. In SI nothing recovers; in SIS who recovers can be compromised again; SEIR knows the
    time until a host attacks others (`Graph.onset`), which the others ignore."""

    entries: Hosts
    model: Model = "SIR"
    until: float = np.inf
    immune: Hosts = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    phases: tuple[Phase, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """How: so many `worlds`, numbered from `first`, of a `seed`. With `scales`, float32 (worlds, 2), world `i`
    multiplies all rates of links by `scales[i, 0]` and recovery by `scales[i, 1]`: draws from a posterior. `told` hears
    how many worlds are done; once `cancelled()` says so, Cancelled is raised."""

    worlds: int
    seed: int = 0
    first: int = 0
    scales: Floats | None = None
    threads: int = 0
    told: Callable[[int], None] = lambda done: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Reach:
    """Who is ever compromised, until the end: the cheapest question."""


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """`hosts[v]`: in how many worlds host `v` was compromised, int64 (n). `sizes[w]`: how many hosts were compromised
    in world `w`, int64 (worlds). `kernel` names what computed it."""

    hosts: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    kernel: str


@dataclass(frozen=True, slots=True, eq=False)
class ByDay:
    """Who was compromised by, and who is at, each of some `days`, increasing, 0 or more."""

    days: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """`ever[d, v]`: in how many worlds host `v` was compromised by day `d`, int32 (days, n). `total[w, d]`: how many
    hosts were by then, and `active[w, d]`: how many are at that time, int32 (worlds, days)."""

    ever: npt.NDArray[np.int32]
    total: npt.NDArray[np.int32]
    active: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """When each of some `hosts` (all, for None) is compromised first. With `stop`, a world ends once one of them is:
    the others of it, unless earlier, stay at inf."""

    hosts: Hosts | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """`days[w, i]`: when host `hosts[i]` of the question was compromised first in world `w`; inf: never. float32
    (worlds, hosts)."""

    days: Floats
