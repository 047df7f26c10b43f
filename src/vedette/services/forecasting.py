"""The contract of forecasting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vedette.records import (
    Access,
    Backtest,
    Changes,
    Containment,
    ContainWish,
    Forecast,
    ForecastModel,
    ForecastProgress,
    Incident,
    Network,
    NetworkInfo,
    PartHealth,
    RateLine,
    Scenario,
    WhatIf,
)


class Forecasting(Protocol):
    """Networks in; how a threat would spread, and what would stop it, out. What takes long yields its progress first
    and the result last; closing the iterator cancels it."""

    def seen_by(self, access: Access) -> Forecasting:
        """The same, with the networks that `access` may read: for whoever asks, the others do not exist."""
        ...

    def networks(self) -> tuple[NetworkInfo, ...]:
        """All networks, by name."""
        ...

    def network(self, name: str) -> Network:
        """Raises NotFound."""
        ...

    def store(self, network: Network) -> NetworkInfo:
        """Keep a network, in place of one of its name; it is readable for who stores it. Raises BadInput."""
        ...

    def share(self, name: str, readers: tuple[str, ...]) -> NetworkInfo:
        """Say who may read a network. Raises NotFound."""
        ...

    def remove(self, name: str) -> None:
        """Forget a network with its incidents and models. Raises NotFound."""
        ...

    def rates(self, name: str, cve: str = "", changes: Changes = Changes()) -> tuple[RateLine, ...]:  # noqa: B008
        """Every rate with its reasons. Raises NotFound, BadInput."""
        ...

    def observe(self, name: str, incidents: tuple[Incident, ...]) -> int:
        """Add to the history; returns how many were new. Raises NotFound, BadInput where it contradicts the network."""
        ...

    def incidents(self, name: str) -> tuple[Incident, ...]:
        """The history, in order. Raises NotFound."""
        ...

    def run(self, scenario: Scenario) -> Iterator[ForecastProgress | Forecast]:
        """Forecast. Raises NotFound, BadInput."""
        ...

    def whatif(self, scenario: Scenario) -> Iterator[ForecastProgress | WhatIf]:
        """The scenario without its changes beside the same with them. Raises NotFound, BadInput."""
        ...

    def contain(self, wish: ContainWish) -> Iterator[ForecastProgress | Containment]:
        """What to do first. Raises NotFound, BadInput."""
        ...

    def train(self, name: str, kinds: tuple[str, ...] = ()) -> Iterator[ForecastProgress | tuple[ForecastModel, ...]]:
        """Make new versions of models, challengers until they are promoted. Raises NotFound, BadInput, MissingExtra."""
        ...

    def backtest(self, name: str) -> Iterator[ForecastProgress | Backtest]:
        """Compare the newest models with the champion and the baselines. Raises NotFound, BadInput."""
        ...

    def promote(self, name: str, model: str, force: bool = False) -> ForecastModel:
        """Make a model the champion. Raises NotFound; Conflict where its backtest does not allow it."""
        ...

    def models(self, name: str) -> tuple[ForecastModel, ...]:
        """Every version, newest first. Raises NotFound."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Networks, models, drift."""
        ...
