"""Forecasting, in this process: `services.Forecasting` over a store.

What computes is imported when somebody asks for it: it brings scipy and numba with it, a second and 80 MB that a server
should not pay for which nobody asks for a forecast.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from vedette.errors import BadInput, Conflict, NotFound
from vedette.records import (
    OWNER,
    OWNER_ID,
    Access,
    ForecastJob,
    ForecastModel,
    ForecastProgress,
    ForecastRequest,
    ForecastResult,
    Incident,
    JobState,
    Network,
    NetworkInfo,
    PartHealth,
    RateLine,
    Scenario,
    Sharing,
)
from vedette.services import Knowledge
from vedette.spread.evidence import cited, facts_of
from vedette.spread.history import checked_incidents
from vedette.spread.jobs import Jobs
from vedette.spread.network import checked, digest, jewels
from vedette.spread.rates import RateRules
from vedette.spread.store import ForecastStore, absent
from vedette.spread.watched import watched

if TYPE_CHECKING:
    from vedette.spread.forecast.contract import CurveKind
    from vedette.spread.scenario import Ground
    from vedette.spread.training import Workshop

MOST_LINES = 20_000
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class World:
    """The time, in UTC, 32 random hexadecimal digits, and the kinds of models that can be made here. Where it
    `retrains`, a network whose champion no longer fits its history is trained anew by itself. A scenario that does not
    say how many `worlds` and `draws` has these. What is in a zip that somebody adds has up to `unpacked` bytes. `epss`
    gives the score of a CVE, 0..1, where there is one."""

    now: Callable[[], datetime]
    new_id: Callable[[], str]
    kinds: Callable[[], Mapping[str, CurveKind]]
    retrains: bool = False
    worlds: int = 2000
    draws: int = 20
    unpacked: int = 200_000_000
    epss: Callable[[str], float | None] = lambda _: None


class LocalForecasting:
    """May be used by many threads at once. `seen_by` makes the view of a caller; without it nothing is hidden."""

    def __init__(self, store: ForecastStore, jobs: Jobs, knowledge: Knowledge, rules: RateRules, world: World) -> None:
        self._store = store
        self._jobs = jobs
        self._knowledge = knowledge
        self._rules = rules
        self._world = world
        self._access = OWNER

    def seen_by(self, access: Access, knowledge: Knowledge) -> LocalForecasting:
        other = copy.copy(self)
        other._access, other._knowledge = access, knowledge
        return other

    def networks(self) -> tuple[NetworkInfo, ...]:
        return tuple(info for info in self._store.networks() if self._readable(info))

    def network(self, name: str) -> Network:
        self._found(name)
        return self._store.network(name)

    def store(self, network: Network) -> NetworkInfo:
        good = checked(network)
        if len(good.name) > LONGEST_NAME or "/" in good.name:
            raise BadInput(
                f"The name of a stored network has up to {LONGEST_NAME} characters and no '/'; choose another one."
            )
        there = self._there(good.name)
        if there is not None and not self._readable(there):
            raise Conflict(f"There is a network {good.name!r} already, which you may not read; take another name.")
        checked_incidents(good, self._store.incidents(good.name))
        info = NetworkInfo(
            name=good.name,
            assets=len(good.assets),
            links=len(good.links),
            weaknesses=sum(len(asset.weaknesses) for asset in good.assets),
            jewels=len(jewels(good)),
            digest=digest(good),
            stored=self._world.now().isoformat(timespec="microseconds"),
            readers=there.readers if there else self._access.own,
            assumptions=good.assumptions,
        )
        self._store.put(good, info)
        return self._found(good.name)

    def add(self, files: Mapping[str, bytes], name: str = "", format: str = "") -> NetworkInfo:
        from vedette.spread.formats import read

        return self.store(read(files, name, format, self._world.unpacked))

    def share(self, name: str, readers: tuple[str, ...]) -> NetworkInfo:
        self._found(name)
        self._store.share(name, readers)
        return self._store.info(name)  # whoever shares it may lose it by that

    def remove(self, name: str) -> None:
        self._found(name)
        self._store.remove(name)

    def rates(self, name: str, cve: str = "") -> tuple[RateLine, ...]:
        from vedette.spread.prepared import rate_lines

        ground = self._ground(name)
        if len(ground.network.links) > MOST_LINES:
            raise BadInput(
                f"{name} has more than {MOST_LINES:,} links; a forecast tells the rates of those that carry most."
            )
        return rate_lines(ground.network, ground.rules, ground.facts, cve)

    def observe(self, name: str, incidents: tuple[Incident, ...]) -> int:
        network = self.network(name)
        given = checked_incidents(network, incidents).incidents
        kept = {(one.outbreak, one.host): one for one in (*self._store.incidents(name), *given)}
        if len({(one.outbreak, one.host) for one in given}) < len(given):
            raise BadInput("A host is kept once in an outbreak; give its second compromise as of another outbreak.")
        checked_incidents(network, kept.values())  # both together must be possible, too
        new = self._store.observe(name, given)
        if self._world.retrains and self._due(name):
            self._jobs.submit(OWNER_ID, ForecastRequest("train", network=name), self.perform)
        return new

    def incidents(self, name: str) -> tuple[Incident, ...]:
        self._found(name)
        return self._store.incidents(name)

    def perform(self, request: ForecastRequest) -> Generator[ForecastProgress | ForecastResult, None, None]:
        from vedette.spread.perform import performed

        whole = self._whole(request)
        ground = self._ground(whole.about)
        yield from watched(partial(performed, whole, ground, self._shop()))

    def models(self, name: str) -> tuple[ForecastModel, ...]:
        self._found(name)
        return self._store.models(name)

    def promote(self, name: str, model: str, force: bool = False) -> ForecastModel:
        found = next((one for one in self.models(name) if model in (one.id, f"{one.kind}-{one.version}")), None)
        if found is None:
            raise NotFound(f"{name} has no model {model!r}; `vedette forecast models` shows those it has.")
        if found.state == "baseline":
            raise Conflict(f"{found.kind} is a baseline that others are measured with; promote one of the others.")
        if not force and not found.metrics.get("promotable"):
            raise Conflict(
                f"The last backtest does not allow it to promote {found.kind}-{found.version}; run "
                f"`vedette forecast backtest {name}` first, or force it."
            )
        self._store.crown(found)
        return replace(found, state="champion")

    def submit(self, person: str, request: ForecastRequest) -> ForecastJob:
        whole = self._whole(request)
        self._found(whole.about)
        return self._jobs.submit(person, whole, self.perform)

    def job(self, person: str, job: str) -> ForecastJob:
        found = self._jobs.get(person, job)
        self._found(found.request.about)
        return found

    def jobs(self, person: str) -> tuple[ForecastJob, ...]:
        readable = {info.name for info in self.networks()}
        return tuple(job for job in self._jobs.list(person) if job.request.about in readable)

    def cancel(self, person: str, job: str) -> None:
        self._jobs.cancel(person, job)

    def forget(self, person: str) -> int:
        return self._jobs.forget(person)

    def counts(self) -> Mapping[JobState, int]:
        return self._jobs.counts()

    def health(self) -> tuple[PartHealth, ...]:
        count = len(self._store.networks())
        return (PartHealth("forecasts", True, f"{count} networks" if count != 1 else "1 network"),)

    def _ground(self, name: str) -> Ground:
        from vedette.spread.scenario import Ground

        network = self.network(name)
        knowledge = self._knowledge
        return Ground(
            network=network,
            incidents=self._store.incidents(name),
            rules=self._rules,
            facts=facts_of(knowledge, self._world.epss),
            cite=lambda cves: cited(knowledge, cves),
        )

    def _shop(self) -> Workshop:
        from vedette.spread.training import Workshop

        return Workshop(self._world.kinds(), self._store, self._world.now, self._world.new_id)

    def _due(self, name: str) -> bool:
        """Whether the champion should learn again."""
        if not any(model.state == "champion" for model in self._store.models(name)):
            return False
        from vedette.spread.training import drifted

        found = drifted(self._ground(name), self._shop())
        return found is not None and found.due

    def _found(self, name: str) -> NetworkInfo:
        info = self._there(name)
        if info is None or not self._readable(info):
            raise absent(name)
        return info

    def _there(self, name: str) -> NetworkInfo | None:
        try:
            return self._store.info(name)
        except NotFound:
            return None

    def _readable(self, info: NetworkInfo) -> bool:
        # Without readers, as of one that an owner took all from: for admins alone.
        return self._access.everything or (bool(info.readers) and self._access.may_read(Sharing(info.readers)))

    def _whole(self, request: ForecastRequest) -> ForecastRequest:
        """With as many worlds and draws as the settings say, where it does not."""
        if not request.about:
            raise BadInput("Name the network that it is about.")
        wish = request.wish and replace(request.wish, scenario=self._counted(request.wish.scenario))
        return replace(request, scenario=request.scenario and self._counted(request.scenario), wish=wish)

    def _counted(self, scenario: Scenario) -> Scenario:
        worlds = scenario.worlds or self._world.worlds
        return replace(scenario, worlds=worlds, draws=scenario.draws or min(self._world.draws, worlds))
