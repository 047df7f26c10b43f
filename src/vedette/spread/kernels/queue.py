"""The events to come, by time: a queue of buckets with a heap for the earliest one.

A bucket is a list of events of a short while, unsorted; those of the bucket at hand are in a binary heap; those beyond
the last bucket wait in a list of their own. Once all buckets are empty, they are laid anew over the nearest of those
that wait, so that nobody has to know how long things take (R. Brown, "Calendar queues", CACM 1988, is the ancestor).
Events come out in the order of time, exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.spread.kernels.ahead import ahead
from vedette.spread.kernels.compiled import inlined

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

_FREE, _USED, _INSIDE, _HEAP, _AT, _WAITING = range(6)
_BEGIN, _INVERSE = range(2)
_SPAN = 8.0  # how many times as long as the mean time that events still wait the buckets reach


class Queue(NamedTuple):
    """`event[3 * e]` is what event `e` is, `when[3 * e + 1]` its time, in the same memory, and `event[3 * e + 2]` the
    next one in its list. `heads[b]`: the first one of bucket `b`, the last list being of those that wait. `heap_*`: the
    bucket at hand. `state` and `scale`: see the names above."""

    event: Ints
    when: Floats
    heads: Ints
    heap_item: Ints
    heap_when: Floats
    state: npt.NDArray[np.int64]
    scale: npt.NDArray[np.float64]


def queue_of(hosts: int, events: int) -> Queue:
    """A queue for at most so many `events` at a time. Its memory is only taken once it is used."""
    buckets = int(np.clip(2 ** int(np.log2(hosts + 1) - 2), 256, 65536))
    event = np.empty(3 * events, np.int32)
    return Queue(
        event=event,
        when=event.view(np.float32),
        heads=np.full(buckets + 1, -1, np.int32),
        heap_item=np.empty(events + 1, np.int32),
        heap_when=np.empty(events + 1, np.float32),
        state=np.zeros(6, np.int64),
        scale=np.zeros(2, np.float64),
    )


@inlined
def clear(queue: Queue) -> None:
    queue.heads[:] = -1
    queue.state[:] = 0
    queue.state[_FREE] = -1
    queue.state[_AT] = len(queue.heads)  # all that is pushed now, waits
    queue.scale[_BEGIN] = 0.0
    queue.scale[_INVERSE] = np.inf


@inlined
def push(queue: Queue, when: np.float32, item: int) -> None:
    """An event at `when`, which is not before that of the last one popped."""
    state, last = queue.state, len(queue.heads) - 1
    place = last
    far = (when - queue.scale[_BEGIN]) * queue.scale[_INVERSE]
    if far < last:
        place = int(far)
        if place <= state[_AT]:
            _sink(queue, when, item)
            return
        state[_INSIDE] += 1
    else:
        state[_WAITING] += 1
    slot = state[_FREE]
    if slot >= 0:
        state[_FREE] = queue.event[slot + 2]
    else:
        slot = state[_USED]
        state[_USED] = slot + 3
    queue.event[slot] = item
    queue.when[slot + 1] = when
    queue.event[slot + 2] = queue.heads[place]
    queue.heads[place] = slot


@inlined
def pop(queue: Queue, table: npt.NDArray[Any]) -> tuple[np.float32, int]:
    """The earliest event: when, and what; -1 if there is none. `table`: what is looked up of events next, two numbers
    for each."""
    if first(queue, table) < 0:
        return np.float32(0), -1
    return queue.heap_when[0], _rise(queue)


@inlined
def first(queue: Queue, table: npt.NDArray[Any]) -> int:
    """The event that comes next, if none sooner is pushed; -1 if there is none."""
    state = queue.state
    while state[_HEAP] == 0:
        if state[_INSIDE] == 0:
            if state[_WAITING] == 0:
                return -1
            _lay(queue)
        at = state[_AT] + 1
        while queue.heads[at] < 0:
            at += 1
        state[_AT] = at
        slot = queue.heads[at]
        queue.heads[at] = -1
        while slot >= 0:
            after = queue.event[slot + 2]
            ahead(table, 2 * queue.event[slot])
            _sink(queue, queue.when[slot + 1], queue.event[slot])
            queue.event[slot + 2] = state[_FREE]
            state[_FREE] = slot
            state[_INSIDE] -= 1
            slot = after
    return queue.heap_item[0]  # type: ignore[no-any-return]


@inlined
def _lay(queue: Queue) -> None:
    """Lay the buckets over the nearest of the events that wait."""
    state, last = queue.state, len(queue.heads) - 1
    slot, first, total = queue.heads[last], np.inf, 0.0
    while slot >= 0:
        first = min(first, queue.when[slot + 1])
        total += queue.when[slot + 1]
        slot = queue.event[slot + 2]
    reach = _SPAN * (total / state[_WAITING] - first)
    inverse = last / reach if reach > first * 1e-6 else 1e30  # no span at all: only those of the same time
    queue.scale[_BEGIN], queue.scale[_INVERSE] = first, inverse
    state[_AT] = -1
    slot = queue.heads[last]
    queue.heads[last] = -1
    while slot >= 0:
        after, far = queue.event[slot + 2], (queue.when[slot + 1] - first) * inverse
        place = int(far) if far < last else last
        if place < last:
            state[_INSIDE] += 1
            state[_WAITING] -= 1
        queue.event[slot + 2] = queue.heads[place]
        queue.heads[place] = slot
        slot = after


@inlined
def _sink(queue: Queue, when: np.float32, item: int) -> None:
    """Into the heap."""
    times, items = queue.heap_when, queue.heap_item
    place = queue.state[_HEAP]
    queue.state[_HEAP] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if times[above] <= when:
            break
        times[place], items[place] = times[above], items[above]
        place = above
    times[place], items[place] = when, item


@inlined
def _rise(queue: Queue) -> int:
    """The item on top of the heap, which it leaves."""
    times, items = queue.heap_when, queue.heap_item
    top, size = items[0], queue.state[_HEAP] - 1
    queue.state[_HEAP] = size
    when, item = times[size], items[size]
    place, below = 0, 1
    while below < size:
        if below + 1 < size and times[below + 1] < times[below]:
            below += 1
        if times[below] >= when:
            break
        times[place], items[place] = times[below], items[below]
        place = below
        below = 2 * place + 1
    times[place], items[place] = when, item
    return top  # type: ignore[no-any-return]
