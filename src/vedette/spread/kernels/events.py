"""SI, SIR and SEIR in continuous time, event by event: exact, whatever the rates.

Along a link to a host that can be compromised, the time until it happens, counted from when its source began to attack,
is exponential; so is how long the source attacks. Both are known from (world, link) and (world, host) before anything
happens, so the days of compromise are the lengths of shortest paths, found as in Dijkstra's algorithm (Kiss, Miller and
Simon, "Mathematics of Epidemics on Networks", 2017, A.1.2). Closing a link or lowering a rate therefore never
compromises a host sooner, in any world, as long as no rate changes with time.

Only links that fire while their source attacks become events. Rates that change with time are integrated: a link fires
once its hazard adds up to an exponential number of mean 1, the same one whatever the rates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vedette.spread.kernels.ahead import ahead
from vedette.spread.kernels.chance import LINKS, ONSETS, RECOVERIES, exponential, minus_log, stream, uniform
from vedette.spread.kernels.compiled import inlined
from vedette.spread.kernels.queue import Floats, Ints, Queue, clear, first, pop, push


class Links(NamedTuple):
    """A `vedette.spread.graph.Graph` in two tables, so that what is read together lies together: one of hosts, as int64
    in `begins` and as float32 in `paces`, and one of links, as int32 in `targets` and as float32 in `rates`. The
    functions below read them. `sources` are given for SIS only."""

    begins: npt.NDArray[np.int64]
    paces: Floats
    targets: Ints
    rates: Floats
    sources: Ints


# Places are made unsigned, since one below 0 would be looked up from the end of an array, which costs time.
@inlined
def begin_of(links: Links, host: int) -> int:
    return links.begins[np.uint64(2 * host)]  # type: ignore[no-any-return]


@inlined
def recovery_of(links: Links, host: int) -> float:
    return links.paces[np.uint64(4 * host + 2)]  # type: ignore[no-any-return]


@inlined
def onset_of(links: Links, host: int) -> float:
    return links.paces[np.uint64(4 * host + 3)]  # type: ignore[no-any-return]


@inlined
def target_of(links: Links, link: int) -> int:
    return links.targets[np.uint64(2 * link)]  # type: ignore[no-any-return]


@inlined
def rate_of(links: Links, link: int) -> float:
    return links.rates[np.uint64(2 * link + 1)]  # type: ignore[no-any-return]


class Terms(NamedTuple):
    """What all worlds have in common. `recovery` and `onset`: whether there is any. From day `starts[p]`, rates of
    links are multiplied by `transmission[p, link or 0]` and recovery by `cleaning[p, host or 0]`; nothing: constant.
    `watched`: with 1 at a host, a world ends once it is compromised; empty: never so."""

    seed: np.uint64
    entries: Ints
    until: float
    recovery: bool
    onset: bool
    starts: npt.NDArray[np.float64]
    transmission: Floats
    cleaning: Floats
    watched: npt.NDArray[np.uint8]


class World(NamedTuple):
    """Which one, by what its rates of links and of recovery are multiplied, and its streams of chances."""

    transmission: float
    cleaning: float
    links: np.uint64
    recoveries: np.uint64
    onsets: np.uint64


class Work(NamedTuple):
    """What one thread writes: `time` is inf, but of the `touched` hosts, and -1 of the immune; `likely` are links of
    one host. `fresh`, `rise`, `fall`: how many are compromised first, compromised, and cleaned, by day since the one
    before. SIS alone has `spells` of each host, when it is cleaned of the latest (`ends`, inf of the immune), and
    `tries` of each link in it."""

    time: Floats
    touched: Ints
    queue: Queue
    likely: Ints
    days: Floats
    fresh: Ints
    rise: Ints
    fall: Ints
    ends: Floats
    spells: Ints
    tries: Ints


@inlined
def world_of(terms: Terms, number: int, transmission: float, cleaning: float) -> World:
    return World(
        transmission,
        cleaning,
        stream(terms.seed, number, LINKS),
        stream(terms.seed, number, RECOVERIES),
        stream(terms.seed, number, ONSETS),
    )


@inlined
def course(links: Links, terms: Terms, world: World, work: Work) -> tuple[int, float]:
    """One world: how many hosts are in `work.touched`, and when it was stopped; those after that were not reached."""
    time, queue = work.time, work.queue
    clear(queue)
    touched = 0
    for entry in terms.entries:
        if time[entry] > 0:
            time[entry] = 0
            work.touched[touched] = entry
            touched += 1
            push(queue, np.float32(0), entry)
    while True:
        when, host = pop(queue, links.begins)
        if host < 0:
            return touched, np.inf
        following = first(queue, links.begins)
        if following >= 0:
            ahead(links.targets, 2 * begin_of(links, following))
        if when != time[host]:
            continue  # it was compromised sooner, from elsewhere
        begin = float(when)
        if terms.onset and when > 0 and onset_of(links, host) < np.inf:
            begin += exponential(world.onsets, host) / onset_of(links, host)
        need = np.inf
        if terms.recovery and recovery_of(links, host) > 0:
            need = exponential(world.recoveries, host) / (recovery_of(links, host) * world.cleaning)
        end = begin + need
        if begin < terms.until:
            if len(terms.starts) == 0:
                touched = _attack(links, terms, world, work, (host, begin, need, touched))
            else:
                end = later(terms.starts, terms.cleaning, host, begin, need)
                touched = _attack_in_phases(links, terms, world, work, (host, begin, end, touched))
        tally(work, when, end)
        if len(terms.watched) and terms.watched[host]:
            return touched, float(when)


@inlined
def _attack(links: Links, terms: Terms, world: World, work: Work, attack: tuple[int, float, float, int]) -> int:
    """All links of a host that attacks from `begin` for `lasts` days become events, if they fire before it ends.

    First those that may are collected without a branch, since whether a link fires is what no processor can foresee:
    the others are compromised already, or their need is more than it could be, as its bound says without a logarithm.
    """
    host, begin, lasts, touched = attack
    lasts = min(lasts, terms.until - begin) * world.transmission
    likely = 0
    for link in range(begin_of(links, host), begin_of(links, host + 1)):
        share = uniform(world.links, link)
        fires = share + 0.5 * share * share <= rate_of(links, link) * lasts  # less than -log(1 - share)
        sooner = work.time[np.uint64(target_of(links, link))] > begin
        work.likely[np.uint64(likely)] = link
        likely += fires & sooner
    for number in range(likely):
        link = work.likely[np.uint64(number)]
        need = minus_log(1.0 - uniform(world.links, link))
        if need <= rate_of(links, link) * lasts:
            when = min(begin + need / (rate_of(links, link) * world.transmission), terms.until)
            touched = reach(work, np.float32(when), target_of(links, link), touched)
    return touched


@inlined
def _attack_in_phases(
    links: Links, terms: Terms, world: World, work: Work, attack: tuple[int, float, float, int]
) -> int:
    """The same where rates change with time: from `begin` to `end`."""
    host, begin, end, touched = attack
    end = min(end, terms.until)
    for link in range(begin_of(links, host), begin_of(links, host + 1)):
        need = exponential(world.links, link) / (rate_of(links, link) * world.transmission)
        when = later(terms.starts, terms.transmission, link, begin, need)
        if when <= end and when < np.inf:
            touched = reach(work, np.float32(when), target_of(links, link), touched)
    return touched


@inlined
def reach(work: Work, when: np.float32, host: int, touched: int) -> int:
    """An event: `host` is compromised, unless it is sooner."""
    known = work.time[host]
    if when < known:
        if known == np.inf:
            work.touched[touched] = host
            touched += 1
        work.time[host] = when
        push(work.queue, when, host)
    return touched


@inlined
def later(starts: npt.NDArray[np.float64], factors: Floats, key: int, since: float, need: float) -> float:
    """When a hazard of 1, multiplied by the factors of the phases, has added up to `need`; inf: never."""
    column = key if factors.shape[1] > 1 else 0
    phase = len(starts) - 1
    while phase > 0 and starts[phase] > since:
        phase -= 1
    while phase < len(starts) - 1:
        gained = (starts[phase + 1] - since) * factors[phase, column]
        if gained >= need:
            break
        need -= gained
        phase += 1
        since = starts[phase]
    return since + need / factors[phase, column] if need > 0 else since


@inlined
def tally(work: Work, begin: np.float32, end: float) -> None:
    """Somebody is compromised from `begin` to `end`."""
    if len(work.days):
        work.rise[place(work.days, begin)] += 1
        work.fall[place(work.days, np.float32(end))] += 1


@inlined
def place(days: Floats, when: np.float32) -> int:
    """The first of the days that is not before `when`."""
    low, high = 0, len(days)
    while low < high:
        middle = (low + high) >> 1
        if days[middle] < when:
            low = middle + 1
        else:
            high = middle
    return low
