"""Many worlds, one after the other, and what is kept of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.spread.kernels.compiled import inlined, kernel
from vedette.spread.kernels.events import Links, Terms, Work, course, place, world_of
from vedette.spread.kernels.queue import Floats, Ints
from vedette.spread.kernels.returns import course_with_returns


class Kept(NamedTuple):
    """Row by row for the worlds from number `first`: `scales` (worlds, 2), `sizes` how many were compromised,
    `total` and `active` by day; `days` when each of `hosts` was, which may be nobody. For all worlds together,
    `counts[d, v]` in how many host `v` was first compromised from day `d - 1` to day `d`; it may have no columns."""

    first: int
    scales: Floats
    sizes: npt.NDArray[np.int64]
    total: Ints
    active: Ints
    hosts: Ints
    days: Floats
    counts: Ints


@kernel
def simulate_worlds(links: Links, terms: Terms, work: Work, kept: Kept, rows: tuple[int, int]) -> None:
    """The worlds of the rows from `rows[0]` to before `rows[1]`."""
    for row in range(rows[0], rows[1]):
        world = world_of(terms, kept.first + row, kept.scales[row, 0], kept.scales[row, 1])
        work.fresh[:], work.rise[:], work.fall[:] = 0, 0, 0
        if len(work.spells):
            touched, stopped = course_with_returns(links, terms, world, work)
        else:
            touched, stopped = course(links, terms, world, work)
        _keep(work, kept, row, (touched, stopped))
        for number in range(touched):
            host = work.touched[number]
            work.time[host] = np.inf
            if len(work.ends):
                work.ends[host] = 0


@inlined
def _keep(work: Work, kept: Kept, row: int, ended: tuple[int, float]) -> None:
    touched, stopped = ended
    reached = 0
    for number in range(touched):
        host = work.touched[number]
        when = work.time[host]
        if when <= stopped:
            reached += 1
            day = place(work.days, when)
            work.fresh[day] += 1
            if kept.counts.shape[1]:
                kept.counts[day, host] += 1
    kept.sizes[row] = reached
    total = active = 0
    for day in range(len(work.days)):
        total += work.fresh[day]
        active += work.rise[day] - work.fall[day]
        kept.total[row, day], kept.active[row, day] = total, active
    for number in range(len(kept.hosts)):
        when = work.time[kept.hosts[number]]
        kept.days[row, number] = when if 0 <= when <= stopped else np.inf
