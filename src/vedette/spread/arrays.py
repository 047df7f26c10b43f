"""A graph, an outbreak and a question as the arrays of the kernels, or a sentence that says what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput
from vedette.spread.graph import Floats, Graph, Hosts
from vedette.spread.kernels.events import Links, Terms, Work
from vedette.spread.kernels.queue import queue_of
from vedette.spread.kernels.worlds import Kept
from vedette.spread.outbreak import Model, Outbreak, Phase, Run


def _none() -> Hosts:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is kept of the worlds: in how many each host was compromised (`counts`), by each of `days`, which may be
    none; and when each of `hosts` was, whose first one ends a world with `stop`."""

    counts: bool = False
    days: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    hosts: Hosts = field(default_factory=_none)
    stop: bool = False


def hosts_of(graph: Graph, hosts: npt.ArrayLike, role: str) -> Hosts:
    """Hosts of the graph, as they are given. Raises BadInput for one that is not there."""
    given = np.asarray(hosts)
    if given.ndim != 1 or (len(given) and not np.issubdtype(given.dtype, np.integer)):
        raise BadInput(f"The hosts that are {role} are a list of whole numbers.")
    outside = given[(given < 0) | (given >= graph.hosts)]
    if len(outside):
        raise BadInput(f"Host {outside[0]} is {role}, but the network has hosts 0 to {graph.hosts - 1} only.")
    return given.astype(np.int32)


def links_of(graph: Graph, model: Model) -> Links:
    begins = np.zeros(2 * graph.hosts + 2, dtype=np.int64)
    paces = begins.view(np.float32)
    begins[::2] = graph.offsets
    paces[2:-4:4], paces[3:-4:4] = graph.recovery, graph.onset
    targets = np.empty(2 * graph.links, dtype=np.int32)
    rates = targets.view(np.float32)
    targets[::2], rates[1::2] = graph.targets, graph.rates
    return Links(begins, paces, targets, rates, graph.sources() if model == "SIS" else _none())


def terms_of(graph: Graph, outbreak: Outbreak, wanted: Wanted, run: Run) -> Terms:
    """Raises BadInput."""
    if outbreak.model not in ("SI", "SIS", "SIR", "SEIR"):
        raise BadInput(f"There is no model {outbreak.model!r}; take SI, SIS, SIR or SEIR.")
    entries = np.unique(hosts_of(graph, outbreak.entries, "compromised at first"))
    immune = entries[np.isin(entries, hosts_of(graph, outbreak.immune, "immune"))]
    if not len(entries):
        raise BadInput("Nobody is compromised at first; name at least one host where the outbreak begins.")
    if len(immune):
        raise BadInput(f"Host {immune[0]} is immune and compromised at first; it can only be one of them.")
    if np.isnan(outbreak.until) or outbreak.until < 0:
        raise BadInput("Say with a number of days, 0 or more, until when to simulate.")
    if outbreak.model == "SIS" and np.isinf(outbreak.until):
        raise BadInput(
            "An outbreak whose hosts can be compromised again need not end; say until which day to simulate."
        )
    starts, transmission, cleaning = _phases(graph, outbreak.phases)
    watched = np.zeros(graph.hosts if wanted.stop else 0, dtype=np.uint8)
    watched[wanted.hosts if wanted.stop else []] = 1
    return Terms(
        seed=np.uint64(run.seed % 2**64),
        entries=entries,
        until=float(outbreak.until),
        recovery=outbreak.model != "SI",
        onset=outbreak.model == "SEIR",
        starts=starts,
        transmission=transmission,
        cleaning=cleaning,
        watched=watched,
    )


def _phases(graph: Graph, phases: tuple[Phase, ...]) -> tuple[npt.NDArray[np.float64], Floats, Floats]:
    starts = np.array([phase.start for phase in phases], dtype=np.float64)
    if not np.isfinite(starts).all() or (starts < 0).any() or (np.diff(starts) <= 0).any():
        raise BadInput("The phases begin one after the other, at day 0 or later; give them in that order.")
    if len(starts) and starts[0] > 0:
        phases = (Phase(0.0), *phases)
        starts = np.concatenate([[0.0], starts])
    transmission = [_factors(phase.transmission, graph.links, "transmission", "link") for phase in phases]
    cleaning = [_factors(phase.recovery, graph.hosts, "recovery", "host") for phase in phases]
    return starts, _rows(transmission), _rows(cleaning)


def _factors(given: float | Floats, number: int, name: str, of: str) -> Floats:
    factors = np.atleast_1d(np.asarray(given, dtype=np.float32))
    if factors.ndim != 1 or len(factors) not in (1, number) or not np.isfinite(factors).all() or (factors < 0).any():
        raise BadInput(f"A phase multiplies {name} by one number, 0 or more, or by one for each {of}.")
    return factors


def _rows(factors: list[Floats]) -> Floats:
    width = max((len(row) for row in factors), default=1)
    return np.ascontiguousarray([np.broadcast_to(row, (width,)) for row in factors], np.float32).reshape(-1, width)


def kept_for(graph: Graph, wanted: Wanted, run: Run) -> Kept:
    """Room for what is kept of all worlds. Raises BadInput."""
    if run.worlds < 1 or run.first < 0 or run.threads < 0:
        raise BadInput("Simulate at least one world, numbered from 0 or more, on 0 threads (as many as cores) or more.")
    scales = np.ones((run.worlds, 2), dtype=np.float32) if run.scales is None else run.scales
    if scales.shape != (run.worlds, 2) or not np.isfinite(scales).all() or (scales < 0).any():
        raise BadInput(f"Give two scales, 0 or more, for each of the {run.worlds} worlds.")
    days = len(wanted.days)
    return Kept(
        first=run.first,
        scales=np.array(scales, dtype=np.float32, order="C"),  # a copy: one that cannot be written is another type
        sizes=np.zeros(run.worlds, dtype=np.int64),
        total=np.zeros((run.worlds, days), dtype=np.int32),
        active=np.zeros((run.worlds, days), dtype=np.int32),
        hosts=wanted.hosts,
        days=np.empty((run.worlds, len(wanted.hosts)), dtype=np.float32),
        counts=np.zeros((days + 1, graph.hosts if wanted.counts else 0), dtype=np.int32),
    )


def work_of(graph: Graph, outbreak: Outbreak, wanted: Wanted) -> Work:
    """What one thread writes."""
    returns = outbreak.model == "SIS"
    most = int(np.diff(graph.offsets).max())
    time = np.full(graph.hosts, np.inf, dtype=np.float32)
    ends = np.zeros(graph.hosts if returns else 0, dtype=np.float32)
    time[outbreak.immune] = -1
    if returns:
        ends[outbreak.immune] = np.inf
    tally: Callable[[], Hosts] = lambda: np.zeros(len(wanted.days) + 1, dtype=np.int32)  # noqa: E731
    return Work(
        time=time,
        touched=np.empty(graph.hosts, dtype=np.int32),
        queue=queue_of(graph.hosts, graph.links + len(outbreak.entries)),
        likely=np.empty(most, dtype=np.int32),
        days=wanted.days,
        fresh=tally(),
        rise=tally(),
        fall=tally(),
        ends=ends,
        spells=np.zeros(graph.hosts if returns else 0, dtype=np.int32),
        tries=np.zeros(graph.links if returns else 0, dtype=np.int32),
    )
