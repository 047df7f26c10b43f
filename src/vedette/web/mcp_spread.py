"""The tools that say how a threat spreads over a network, and what would stop it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

from pydantic import Field, TypeAdapter

from vedette.records import (
    Band,
    Changes,
    Containment,
    ContainWish,
    Forecast,
    ForecastProgress,
    ForecastRequest,
    ForecastResult,
    Scenario,
    SpreadModel,
    WhatIf,
)
from vedette.records_json import encode, finite
from vedette.services import Counsel, by_job
from vedette.web.mcp_tools import Result, Tool
from vedette.web.schemas import Body
from vedette.web.schemas_forecasts import Finite, Host

SHOWN = 10
NOTHING = Changes()


class SpreadArguments(Body):
    network: str = Field(min_length=1, max_length=100, description="Name of a network that was added.")
    sources: list[Host] = Field(min_length=1, max_length=1000, description="Hosts that are compromised on day 0.")
    cve: str = Field("", max_length=100, description="The vulnerability through which they were, if it is known.")
    days: int = Field(7, ge=1, le=365, description="How many days ahead.")
    model: SpreadModel = Field("SIR", description="SIR: who was cleaned is not compromised again; SIS: may be.")
    seed: int = Field(1, ge=0, lt=2**63, description="The same seed gives the same forecast.")

    def scenario(self, changes: Changes = NOTHING) -> Scenario:
        return Scenario(
            self.network,
            tuple(self.sources),
            self.cve,
            days=self.days,
            model=self.model,
            changes=changes,
            seed=self.seed,
        )


class ForecastArguments(SpreadArguments):
    isolate: list[Host] = Field([], max_length=1000, description="What if these hosts are cut off at once.")
    patch: list[Host] = Field([], max_length=1000, description="What if these vulnerabilities are patched everywhere.")


class ContainArguments(SpreadArguments):
    k: int = Field(5, ge=1, le=50, description="How many measures.")
    by: Literal["host", "cve"] = Field("host", description="host: hosts to isolate; cve: vulnerabilities to patch.")
    forbidden: list[Host] = Field([], max_length=1000, description="Hosts or CVEs that stay as they are.")
    budget: Finite = Field(0.0, ge=0, description="Most that the measures cost together; 0: no limit.")


def forecast_spread(counsel: Counsel, given: ForecastArguments) -> Iterator[str | Result]:
    changes = Changes(isolate=tuple(given.isolate), patch=tuple(given.patch))
    kind: Literal["forecast", "whatif"] = "forecast" if changes.none else "whatif"
    yield from _worked_out(counsel, ForecastRequest(kind, given.scenario(changes)))


def contain_spread(counsel: Counsel, given: ContainArguments) -> Iterator[str | Result]:
    wish = ContainWish(given.scenario(), given.k, given.by, forbidden=tuple(given.forbidden), budget=given.budget)
    yield from _worked_out(counsel, ForecastRequest("contain", wish=wish))


def _worked_out(counsel: Counsel, request: ForecastRequest) -> Iterator[str | Result]:
    for step in by_job(counsel.forecasting, counsel.person, request):
        if isinstance(step, ForecastProgress):
            yield f"{step.stage} {step.done}/{step.total}"
        else:
            yield Result(_text(step), {"result": finite(encode(step))})


def _text(result: ForecastResult) -> str:
    if isinstance(result, Forecast):
        lines = _forecast(result)
    elif isinstance(result, WhatIf):
        lines = [
            "With the changes:",
            *_forecast(result.after),
            "",
            f"Saved by the last day: {_band(result.saved)} hosts.",
        ]
        lines += [
            f"- {host}: {before:.0%} without, {after:.0%} with them" for host, before, after in result.hosts[:SHOWN]
        ]
    elif isinstance(result, Containment):
        lines = [f"{number}. {one.target}: {one.gain:.1f} hosts fewer" for number, one in enumerate(result.measures, 1)]
        lines += [f"Expected loss: {_band(result.before)} hosts before, {_band(result.after)} after."]
        lines += [f"Saved: {_band(result.drop)}, on worlds that no measure was chosen on."]
        lines += ["Assumed:", *(f"- {said}" for said in result.assumptions)]
    else:
        lines = [str(encode(result))]
    return "\n".join(lines)


def _forecast(result: Forecast) -> list[str]:
    lines = [f"Compromised by day {result.days[-1]:g}: {_band(result.total[-1])} hosts."]
    lines += [
        f"- {one.host}: {one.probability[-1]:.0%} (95 %: {one.low[-1]:.0%} to {one.high[-1]:.0%})"
        for one in result.hosts[:SHOWN]
    ]
    lines += [f"Crown jewel {one.host}: does not fall with {one.never:.0%}." for one in result.jewels[:SHOWN]]
    lines += ["Assumed:", *(f"- {said}" for said in result.assumptions)]
    lines += ["What would change it:", *(f"- {said}" for said in result.levers)] if result.levers else []
    lines += [f"[{source.id}] {source.title}: {source.quote}" for source in result.sources]
    return lines


def _band(band: Band) -> str:
    return f"{band.mean:.1f} (80 %: {band.low80:.0f} to {band.high80:.0f}, 95 %: {band.low95:.0f} to {band.high95:.0f})"


def _schema(kind: Any) -> dict[str, Any]:
    inside = TypeAdapter(kind).json_schema()
    defined = inside.pop("$defs", {})
    return {"type": "object", "required": ["result"], "properties": {"result": inside}, "$defs": defined}


SPREAD_TOOLS = (
    Tool(
        "forecast_spread",
        "Forecast how a compromise spreads",
        "How probable it is that each host of a network is compromised by each day, with credible bands, how many "
        "fall, when the crown jewels do, what was assumed and what would change it; with `isolate` or `patch`, before "
        "and after, over the same worlds.",
        ForecastArguments,
        partial(_schema, Forecast | WhatIf),
        forecast_spread,
    ),
    Tool(
        "contain_spread",
        "Find what contains a compromise",
        "The hosts to isolate or the vulnerabilities to patch that save most, in the order to take them, with what "
        "they save on worlds that they were not chosen on.",
        ContainArguments,
        partial(_schema, Containment),
        contain_spread,
    ),
)
