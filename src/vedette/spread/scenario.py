"""scenario -> case -> forecast: a question in names becomes arrays, and what they say becomes names again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vedette.errors import BadInput, NotFound
from vedette.records import (
    Changes,
    Forecast,
    Incident,
    Network,
    RateLine,
    Scenario,
    Source,
    WhatIf,
)
from vedette.sentences.catalogue import counted, listed, say
from vedette.spread.change import apply
from vedette.spread.draws import learned
from vedette.spread.graph import Floats, Graph, Hosts
from vedette.spread.network import Names, digest, jewels
from vedette.spread.prepared import Prepared, graph_of_network
from vedette.spread.rates import Facts, RateRules
from vedette.spread.risk import Chances, Risk, bands, hosts_at_risk, jewel_times, risk_of
from vedette.spread.simulate import Outbreak
from vedette.spread.watched import Watch

MOST_DAYS, MOST_WORLDS, MOST_DRAWS = 365, 100_000, 500
MOST_JEWELS, MOST_LINES = 20, 30
MOST_HOSTS = 5000
"""As many hosts are told in a forecast; of a larger network those most at risk."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a forecast stands on: a network, what happened in it, what is known of its weaknesses. `cite` finds where
    the records of CVEs stand."""

    network: Network
    incidents: tuple[Incident, ...]
    rules: RateRules
    facts: Facts
    cite: Callable[[Sequence[str]], tuple[Source, ...]] = lambda cves: ()


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A scenario as arrays. `outbreak` is the one without the scenario's changes, whose graph is `prepared.graph`;
    `usual` has the rates of no scenario, those that the history happened under."""

    ground: Ground
    scenario: Scenario
    prepared: Prepared
    usual: Prepared
    outbreak: Outbreak
    scales: Floats
    watched: Hosts
    assumptions: tuple[str, ...]

    @property
    def entries(self) -> tuple[str, ...]:
        """The ids of the hosts that are compromised on day 0."""
        return tuple(self.prepared.hosts[host] for host in self.outbreak.entries)

    def chances(self, watch: Watch, stage: str) -> Chances:
        """The same for every what-if of the case: its worlds can be compared one by one."""
        each = max(1, self.scenario.worlds // len(self.scales))
        return Chances(self.scales, each, self.scenario.seed, watch.stage(stage), watch.cancelled)

    def after(self, changes: Changes) -> tuple[Graph, Outbreak, tuple[str, ...]]:
        """Graph and outbreak with changes, and what was assumed. Raises NotFound for what the network has not."""
        applied = apply(self.prepared, changes, self.scenario.days)
        return applied.graph, replace(self.outbreak, phases=applied.phases), applied.assumptions


def case_of(ground: Ground, scenario: Scenario) -> Case:
    """Raises BadInput, NotFound for a host or CVE that the network has not."""
    check(scenario)
    usual = graph_of_network(ground.network, ground.rules, ground.facts)
    prepared = usual
    if scenario.cve:
        prepared = graph_of_network(ground.network, ground.rules, ground.facts, scenario.cve)
    entries, immune, said = _state(ground, scenario)
    places = {host: place for place, host in enumerate(prepared.hosts)}
    known = learned(usual.graph, usual.hosts, ground.incidents)
    outbreak = Outbreak(
        entries=np.array(sorted({places[host] for host in entries}), dtype=np.int32),
        model=scenario.model,
        until=float(scenario.days),
        immune=np.array(sorted({places[host] for host in immune}), dtype=np.int32),
    )
    precious = [places[host] for host in jewels(ground.network) if host not in immune][:MOST_JEWELS]
    return Case(
        ground=ground,
        scenario=replace(scenario, sources=entries),
        prepared=prepared,
        usual=usual,
        outbreak=outbreak,
        scales=known.scales(scenario.draws, scenario.seed),
        watched=np.array(precious, dtype=np.int32),
        assumptions=(*said, *known.sentences, *prepared.assumptions, *ground.network.assumptions),
    )


def check(scenario: Scenario) -> None:
    """Raises BadInput for numbers that cannot be worked with."""
    for name, value, most in (
        ("days", scenario.days, MOST_DAYS),
        ("worlds", scenario.worlds, MOST_WORLDS),
        ("draws", scenario.draws, MOST_DRAWS),
    ):
        if not 1 <= value <= most:
            raise BadInput(f"A forecast has 1 to {most} {name}, not {value}.")
    if scenario.worlds < scenario.draws:
        raise BadInput(f"{scenario.worlds} worlds are too few for {scenario.draws} draws; give at least one for each.")
    if not 0 <= scenario.seed < 2**63:
        raise BadInput("The seed is a number of 0 or more, below 2^63.")
    if not scenario.sources and not scenario.outbreak:
        raise BadInput("Name at least one host that is compromised, such as --from web-1.")


def _state(ground: Ground, scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The ids of who is compromised and of who cannot be again, and what was assumed."""
    names = Names(ground.network.assets)
    sources = tuple(dict.fromkeys(names.host(text) for text in scenario.sources))
    if not scenario.outbreak:
        return sources, (), ()
    seen = [one for one in ground.incidents if one.outbreak == scenario.outbreak]
    if not seen:
        raise NotFound(f"The history has no outbreak {scenario.outbreak!r}; leave it out, or name one that it has.")
    now = max(one.day for one in seen)
    clean = tuple(one.host for one in seen if one.cleaned is not None and one.cleaned <= now)
    open_ = tuple(one.host for one in seen if one.host not in clean)
    immune = clean if scenario.model in ("SIR", "SEIR") else ()
    entries = tuple(dict.fromkeys((*sources, *open_)))
    if not set(entries) - set(immune):
        raise BadInput(f"Every host of the outbreak {scenario.outbreak!r} is clean again; name a host to go on from.")
    said = counted("begin.outbreak", len(open_), day=f"{now:g}", outbreak=scenario.outbreak)
    return tuple(host for host in entries if host not in immune), immune, (said,)


# ── forecasts ────────────────────────────────────────────────────────────────────────────────────


def forecast(case: Case, watch: Watch) -> Forecast:
    """The scenario with its changes. Raises Cancelled."""
    return _forecasts(case, (case.scenario.changes,), watch)[0][0]


def whatif(case: Case, watch: Watch) -> WhatIf:
    """The scenario without and with its changes, over the same worlds. Raises BadInput where there are none."""
    if case.scenario.changes.none:
        raise BadInput("Say what changes: hosts to isolate, vulnerabilities to patch, or rates of links.")
    (before, first), (after, second) = _forecasts(case, (Changes(), case.scenario.changes), watch)
    names = case.prepared.hosts
    differences = first.mean[-1] - second.mean[-1]
    order = np.argsort(-np.abs(differences), kind="stable")[:MOST_HOSTS]
    hosts = tuple(
        (names[host], round(float(first.mean[-1, host]), 5), round(float(second.mean[-1, host]), 5))
        for host in order
        if differences[host] != 0
    )
    saved = (first.total[:, -1] - second.total[:, -1])[:, None]
    return WhatIf(before, after, bands(saved)[0], hosts)


def _forecasts(case: Case, wanted: tuple[Changes, ...], watch: Watch) -> list[tuple[Forecast, Risk]]:
    made = []
    for number, changes in enumerate(wanted, 1):
        begun = time.monotonic()
        stage = "worlds" if len(wanted) == 1 else f"worlds ({number} of {len(wanted)})"
        graph, outbreak, said = case.after(changes)
        risk = risk_of(graph, outbreak, case.scenario.days, case.watched, case.chances(watch, stage))
        told = _told(replace(case, scenario=replace(case.scenario, changes=changes)), risk, said)
        made.append((replace(told, seconds=round(time.monotonic() - begun, 3)), risk))
    return made


def _told(case: Case, risk: Risk, said: tuple[str, ...]) -> Forecast:
    names = case.prepared.hosts
    lines = telling(case, risk)
    cves = [line.cve for line in lines if line.cve.startswith("CVE-")]
    hosts = hosts_at_risk(risk, names, MOST_HOSTS)
    possible = int((risk.mean[-1] > 0).sum())
    more = (say("listed", possible=possible, listed=len(hosts)),) if possible > len(hosts) else ()
    return Forecast(
        scenario=case.scenario,
        days=tuple(float(day) for day in range(case.scenario.days + 1)),
        total=bands(risk.total),
        active=bands(risk.active),
        hosts=hosts,
        jewels=jewel_times(risk, names),
        rates=lines,
        assumptions=(*_model_said(case.scenario), *case.assumptions, *said, *more),
        sources=case.ground.cite(
            tuple(dict.fromkeys([*([case.scenario.cve] if case.scenario.cve else []), *cves]))[:8]
        ),
        model="mechanism",
        digest=digest(case.ground.network),
    )


def telling(case: Case, risk: Risk) -> tuple[RateLine, ...]:
    """The reasons for the rates of those links that carry most: rate x how probable it is that it matters."""
    graph = case.prepared.graph
    last = risk.mean[-1]
    carried = graph.rates * last[graph.sources()] * (1 - (risk.mean[0][graph.targets]))
    order = np.argsort(-carried, kind="stable")[:MOST_LINES]
    places = [int(place) for place in order if carried[place] > 0]
    return tuple(case.prepared.lines(places))[:MOST_LINES]


def _model_said(scenario: Scenario) -> tuple[str, ...]:
    hosts = listed(scenario.sources, 5)
    begin = say("begin.through", cve=scenario.cve, hosts=hosts) if scenario.cve else say("begin.any", hosts=hosts)
    return begin, say(f"model.{scenario.model}")
