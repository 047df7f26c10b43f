"""Forecasts of spread: what is asked, what is answered, and the models behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vedette.records.document import Source
from vedette.records.network import RateLine

SpreadModel = Literal["SI", "SIS", "SIR", "SEIR"]
JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
UNFINISHED: tuple[JobState, ...] = ("waiting", "running")
JobKind = Literal["forecast", "whatif", "contain", "train", "backtest"]
ModelState = Literal["champion", "challenger", "baseline", "retired"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What if: hosts cut off, vulnerabilities patched everywhere (at once, or from day `patch_from` on a share
    `patch_share` a day), single rates given by hand: `(source, target, rate)`."""

    isolate: tuple[str, ...] = ()
    patch: tuple[str, ...] = ()
    patch_from: float = 0.0
    patch_share: float = 1.0
    rates: tuple[tuple[str, str, float], ...] = ()

    @property
    def none(self) -> bool:
        return self == Changes()


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is to be forecast. `sources` are compromised on day 0, through `cve` where one is named: then its exploit
    works, and its rates are those of a vulnerability that is being exploited. With an `outbreak` of the history, day 0
    is its last incident: who was compromised by then counts as a source too. Unknown parameters are drawn from their
    posterior `draws` times, `worlds` courses of events in all; where either is 0, the settings say how many. Same seed,
    same forecast."""

    network: str
    sources: tuple[str, ...]
    cve: str = ""
    outbreak: str = ""
    days: int = 7
    model: SpreadModel = "SIR"
    changes: Changes = Changes()
    worlds: int = 0
    draws: int = 0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Band:
    """A number with its intervals: it lies in `low80`..`high80` with probability 0.8, and so on."""

    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class HostRisk:
    """How probable it is that a host was compromised by each of the forecast's days, 0..1, with the 95 % credible band
    of that probability. `sampling` is the part of the band's width (0..1, on the last day) that more worlds would take
    away; the rest is what is not known of the rates."""

    host: str
    probability: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    sampling: float = 0.0


@dataclass(frozen=True, slots=True)
class JewelTime:
    """When a crown jewel falls. `p10` and `median` in days, None where it falls in less than 10 or 50 % of the worlds
    within the forecast; `never` is the probability, with a 95 % band, that it does not fall within the forecast."""

    host: str
    p10: float | None
    median: float | None
    never: float
    never_low: float
    never_high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a scenario leads to. `days` are 0, 1, … `scenario.days`. `total`: how many hosts were compromised by each
    day, `active`: how many are. `hosts` most probable first, `jewels` those with criticality 1 or the most critical.
    `rates` are the links that carry most, with the reasons for their rates. `sources` are where the vulnerabilities
    stand in the library. `levers` say what would change the forecast most. `digest` is of its network. Of an outbreak
    that goes on, `found` says how many hosts will have been found by each day, by the network's champion among models
    of counts, whose name and version `model` is; without one it is the mechanism that all else is computed with. `next`
    are hosts with the probability, learned from past outbreaks alone, that they are compromised in the rest of it.
    """

    scenario: Scenario
    days: tuple[float, ...]
    total: tuple[Band, ...]
    active: tuple[Band, ...]
    hosts: tuple[HostRisk, ...]
    jewels: tuple[JewelTime, ...]
    rates: tuple[RateLine, ...] = ()
    assumptions: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    found: tuple[Band, ...] = ()
    next: tuple[tuple[str, float], ...] = ()
    model: str = ""
    digest: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A scenario with and without changes, over the same worlds. `saved`: how many hosts fewer by the last day; `hosts`
    are (host, probability before, after), largest difference first."""

    before: Forecast
    after: Forecast
    saved: Band
    hosts: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class ContainWish:
    """Which `k` measures help most: hosts to isolate, or vulnerabilities to patch. `forbidden` hosts or CVEs stay as
    they are, and so do the scenario's sources unless `entries` may be isolated. `costs` of hosts or CVEs (1 where none
    is given) must not exceed `budget` together, 0: no limit."""

    scenario: Scenario
    k: int = 5
    by: Literal["host", "cve"] = "host"
    entries: bool = False
    forbidden: tuple[str, ...] = ()
    costs: Mapping[str, float] = field(default_factory=dict)
    budget: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Isolate host or patch vulnerability `target`: how much less is lost on top of the measures before it, in hosts
    (weighted by criticality where `Containment.weighted`), as the worlds it was chosen on say."""

    target: str
    gain: float
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Containment:
    """Measures in the order to take them. `before`, `after` and `busiest` (as many of the best connected hosts
    instead) are expected losses in hosts, on worlds that no measure was chosen on; `drop` is before - after."""

    wish: ContainWish
    measures: tuple[Measure, ...]
    before: Band
    after: Band
    drop: Band
    busiest: Band | None = None
    assumptions: tuple[str, ...] = ()
    digest: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ForecastModel:
    """A model of the courses of outbreaks. `lineage`: bank seed, priors, network digest, data cut-off; `metrics`: those
    of its last backtest (lower CRPS, WIS and energy score are better)."""

    id: str
    network: str
    kind: str
    version: int
    state: ModelState
    made: str
    metrics: Mapping[str, float]
    lineage: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """One model of a backtest. `ratio` of its CRPS to the champion's with the 95 % block-bootstrap interval."""

    model: str
    metrics: Mapping[str, float]
    ratio: float
    low: float
    high: float
    promotable: bool = False


@dataclass(frozen=True, slots=True)
class Backtest:
    """Models compared on outbreaks they had not seen, origin by origin, best CRPS first. `verdict` is a sentence."""

    network: str
    origins: int
    rows: tuple[BacktestRow, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class ForecastProgress:
    """How far a long run is: `done` of `total` steps of a `stage`."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """What is to be worked out: a `scenario` (forecast, whatif), a `wish` (contain), or the models of a `network`
    (train: those of `kinds`, all that can be made here when empty; backtest)."""

    kind: JobKind
    scenario: Scenario | None = None
    wish: ContainWish | None = None
    network: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The network that it is about."""
        scenario = self.wish.scenario if self.wish else self.scenario
        return scenario.network if scenario else self.network


@dataclass(frozen=True, slots=True)
class Trained:
    """New versions of models."""

    models: tuple[ForecastModel, ...]


ForecastResult = Forecast | WhatIf | Containment | Backtest | Trained


@dataclass(frozen=True, slots=True)
class ForecastJob:
    """A long run of a person. `result` is what it was for once it is `done`; `error` a sentence when it `failed`,
    `error_class` the name of the error's class in `vedette.errors`. Times are ISO 8601 UTC."""

    id: str
    person: str
    state: JobState
    asked: str
    request: ForecastRequest
    progress: ForecastProgress
    result: ForecastResult | None = None
    error: str = ""
    error_class: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether it waits or runs."""
        return self.state in UNFINISHED
