"""Bodies of networks and forecasts. What comes back are the records of `records.network` and `records.forecast`."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vedette.errors import BadInput
from vedette.records import (
    Changes,
    ContainWish,
    ForecastJob,
    ForecastModel,
    ForecastRequest,
    Incident,
    JobKind,
    JobState,
    NetworkInfo,
    RateLine,
    Scenario,
    SpreadModel,
)
from vedette.web.schemas import Body

Host = Annotated[str, Field(min_length=1, max_length=300)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
MOST_NAMED = 10_000
MOST_WAIT_S = 30.0


class FileBody(Body):
    name: str = Field(min_length=1, max_length=300, description="Its name, with its extension.")
    content: str = Field(description="Its text; of a zip, its bytes in base64.")
    encoding: Literal["text", "base64"] = Field("text", description="What `content` is.")

    def bytes_(self) -> bytes:
        """Raises BadInput."""
        if self.encoding == "text":
            return self.content.encode()
        try:
            return base64.b64decode(self.content, validate=True)
        except ValueError as error:
            raise BadInput(f"{self.name} is not base64: {error}; encode its bytes once more.") from error


class NewNetworkBody(Body):
    name: str = Field("", max_length=100, description="The network's; that of the file when empty.")
    format: Literal["", "csv", "json", "graphml", "nmap", "bloodhound"] = Field("", description="Found out when empty.")
    files: list[FileBody] = Field(min_length=1, max_length=100)


class IncidentBody(Body):
    host: Host
    day: Finite = Field(ge=0, description="Days since the outbreak's first.")
    outbreak: str = Field("", max_length=100)
    cleaned: Finite | None = Field(None, ge=0)

    def record(self) -> Incident:
        return Incident(self.host, self.day, self.outbreak, self.cleaned)


class IncidentsBody(Body):
    incidents: list[IncidentBody] = Field(min_length=1, max_length=100_000)


class ChangesBody(Body):
    """What if."""

    isolate: list[Host] = Field([], max_length=MOST_NAMED, description="Hosts that are cut off.")
    patch: list[Host] = Field([], max_length=MOST_NAMED, description="Vulnerabilities that are patched everywhere.")
    patch_from: Finite = Field(0.0, ge=0, description="From this day on.")
    patch_share: Finite = Field(1.0, gt=0, le=1, description="Share of the hosts a day.")
    rates: list[tuple[Host, Host, Annotated[float, Field(ge=0, allow_inf_nan=False)]]] = Field(
        [], max_length=MOST_NAMED, description="Rates given by hand: source, target, rate (1/day)."
    )

    def record(self) -> Changes:
        return Changes(tuple(self.isolate), tuple(self.patch), self.patch_from, self.patch_share, tuple(self.rates))


class ScenarioBody(Body):
    """What is to be forecast."""

    network: Name = Field(description="Name of a network.")
    sources: list[Host] = Field([], max_length=MOST_NAMED, description="Hosts that are compromised on day 0.")
    cve: str = Field("", max_length=100, description="The vulnerability through which they were.")
    outbreak: str = Field("", max_length=100, description="Go on from this outbreak of the history.")
    days: int = Field(7, ge=1, le=365)
    model: SpreadModel = "SIR"
    changes: ChangesBody | None = None
    worlds: int | None = Field(
        None, ge=0, le=100_000, description="Courses of events; VEDETTE_FORECAST_WORLDS where 0 or null."
    )
    draws: int | None = Field(
        None, ge=0, le=500, description="Draws of the rates; VEDETTE_FORECAST_DRAWS where 0 or null."
    )
    seed: int = Field(1, ge=0, lt=2**63)

    def record(self) -> Scenario:
        return Scenario(
            network=self.network,
            sources=tuple(self.sources),
            cve=self.cve,
            outbreak=self.outbreak,
            days=self.days,
            model=self.model,
            changes=self.changes.record() if self.changes else Changes(),
            worlds=self.worlds or 0,
            draws=self.draws or 0,
            seed=self.seed,
        )


class ForecastBody(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"kind": "forecast", "scenario": {"network": "office", "sources": ["web-1"]}, "wait_s": 10}
        },
    )
    kind: JobKind = Field(description="whatif compares the scenario with and without its changes.")
    scenario: ScenarioBody | None = Field(None, description="For forecast, whatif and contain.")
    k: int = Field(5, ge=1, le=1000, description="contain: how many measures.")
    by: Literal["host", "cve"] = Field("host", description="contain: isolate hosts, or patch vulnerabilities.")
    entries: bool = Field(False, description="contain: whether the sources may be isolated.")
    forbidden: list[Host] = Field([], max_length=MOST_NAMED, description="contain: what stays as it is.")
    costs: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        {}, max_length=MOST_NAMED, description="contain: what a host or CVE costs; 1 where nothing is said."
    )
    budget: Finite = Field(0.0, ge=0, description="contain: most that the measures cost together; 0: no limit.")
    network: str = Field("", max_length=100, description="For train and backtest.")
    kinds: list[Annotated[str, Field(max_length=32)]] = Field(
        [], max_length=20, description="train: these kinds alone."
    )
    wait_s: Finite = Field(0.0, ge=0, le=MOST_WAIT_S, description="How long to wait for it to be done, in seconds.")

    def record(self) -> ForecastRequest:
        if self.kind in ("train", "backtest"):
            return ForecastRequest(self.kind, network=self.network, kinds=tuple(self.kinds))
        if self.scenario is None:
            raise BadInput(f"Say what is to be worked out: a {self.kind} needs a scenario.")
        scenario = self.scenario.record()
        if self.kind != "contain":
            return ForecastRequest(self.kind, scenario)
        wish = ContainWish(
            scenario, self.k, self.by, self.entries, tuple(self.forbidden), dict(self.costs), self.budget
        )
        return ForecastRequest("contain", wish=wish)


class PromoteBody(Body):
    force: bool = Field(False, description="Whatever its backtest says.")


class NetworksBody(BaseModel):
    networks: list[NetworkInfo]


class RatesBody(BaseModel):
    rates: list[RateLine]


class HistoryBody(BaseModel):
    incidents: list[Incident]


class ObservedBody(BaseModel):
    new: int = Field(description="How many were not known yet.")


class ModelsBody(BaseModel):
    models: list[ForecastModel]


class ForecastsBody(BaseModel):
    forecasts: list[ForecastJob]


class ForecastCountsBody(BaseModel):
    counts: Mapping[JobState, int]
