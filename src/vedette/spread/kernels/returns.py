"""SIS in continuous time, event by event: who is cleaned can be compromised again.

An event is a link that fires. While its target is compromised a link fires in vain, so its next event is drawn from
when the target is cleaned: exponential times have no memory (as in EoN's fast_SIS; Kiss, Miller and Simon, 2017,
A.1.3). The chances of a link are keyed by the spells of its source and by how often the link was tried in this one.
"""

from __future__ import annotations

import numpy as np

from vedette.spread.kernels.chance import again, exponential
from vedette.spread.kernels.compiled import inlined
from vedette.spread.kernels.events import (
    Links,
    Terms,
    Work,
    World,
    begin_of,
    later,
    rate_of,
    recovery_of,
    tally,
    target_of,
)
from vedette.spread.kernels.queue import clear, pop, push


@inlined
def course_with_returns(links: Links, terms: Terms, world: World, work: Work) -> tuple[int, float]:
    """As `events.course`."""
    clear(work.queue)
    touched = 0
    for entry in terms.entries:
        touched = _compromise(links, terms, world, work, (entry, np.float32(0), touched))
    for entry in terms.entries:  # now that all of them are known to be compromised
        _begin(links, terms, world, work, (entry, np.float32(0)))
    while True:
        when, link = pop(work.queue, links.targets)
        if link < 0:
            return touched, np.inf
        target = target_of(links, link)
        if work.ends[target] <= when:
            touched = _compromise(links, terms, world, work, (target, when, touched))
            if len(terms.watched) and terms.watched[target]:
                return touched, float(when)
            _begin(links, terms, world, work, (target, when))
        _try(links, terms, world, work, (link, links.sources[link], when))


@inlined
def _compromise(links: Links, terms: Terms, world: World, work: Work, event: tuple[int, np.float32, int]) -> int:
    """`host` is compromised, and until when."""
    host, when, touched = event
    if work.time[host] == np.inf:
        work.time[host] = when
        work.spells[host] = 0
        work.touched[touched] = host
        touched += 1
    spell = work.spells[host]
    work.spells[host] = spell + 1
    end = np.inf
    if recovery_of(links, host) > 0:
        need = exponential(again(world.recoveries, host), spell) / (recovery_of(links, host) * world.cleaning)
        end = float(when) + need
        if len(terms.starts):
            end = later(terms.starts, terms.cleaning, host, float(when), need)
    work.ends[host] = end
    tally(work, when, end)
    return touched


@inlined
def _begin(links: Links, terms: Terms, world: World, work: Work, event: tuple[int, np.float32]) -> None:
    """`host` attacks."""
    host, when = event
    for link in range(begin_of(links, host), begin_of(links, host + 1)):
        work.tries[link] = 0
        _try(links, terms, world, work, (link, host, when))


@inlined
def _try(links: Links, terms: Terms, world: World, work: Work, event: tuple[int, int, np.float32]) -> None:
    """The next time that a link from `host` fires and is not in vain becomes an event, if it is soon enough."""
    link, host, when = event
    since = float(max(when, work.ends[target_of(links, link)]))
    if since >= work.ends[host]:
        return
    tried = work.tries[link]
    work.tries[link] = tried + 1
    spell = again(again(world.links, link), work.spells[host])
    need = exponential(spell, tried) / (rate_of(links, link) * world.transmission)
    if len(terms.starts):
        since = later(terms.starts, terms.transmission, link, since, need)
    else:
        since += need
    fires = np.float32(since)
    if fires < work.ends[host] and since <= terms.until:
        push(work.queue, fires, link)
