"""The contract of forecasting."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Protocol

from vedette.errors import NotFound, by_name
from vedette.records import (
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
)
from vedette.services.knowledge import Knowledge


class Forecasting(Protocol):
    """Networks in; how a threat would spread, and what would stop it, out."""

    def seen_by(self, access: Access, knowledge: Knowledge) -> Forecasting:
        """The same, with the networks that `access` may read and what `knowledge` says of vulnerabilities: for whoever
        asks, the others do not exist."""
        ...

    def networks(self) -> tuple[NetworkInfo, ...]:
        """All networks, by name."""
        ...

    def network(self, name: str) -> Network:
        """Raises NotFound."""
        ...

    def store(self, network: Network) -> NetworkInfo:
        """Keep a network, in place of one of its name; a new one is readable for who stores it. Raises BadInput,
        Conflict where another's has the name."""
        ...

    def add(self, files: Mapping[str, bytes], name: str = "", format: str = "") -> NetworkInfo:
        """Read and keep the network of some files, by their names: csv, json, graphml, nmap or bloodhound; "" finds
        out. `name`: "" takes that in the files. Raises BadInput, TooLarge, and as `store`."""
        ...

    def share(self, name: str, readers: tuple[str, ...]) -> NetworkInfo:
        """Say who may read a network. Raises NotFound."""
        ...

    def remove(self, name: str) -> None:
        """Forget a network with its incidents and models. Raises NotFound."""
        ...

    def rates(self, name: str, cve: str = "") -> tuple[RateLine, ...]:
        """Every rate with its reasons, of a scenario through `cve`. Raises NotFound, BadInput."""
        ...

    def observe(self, name: str, incidents: tuple[Incident, ...]) -> int:
        """Add to the history; returns how many were new. Raises NotFound, BadInput where it contradicts the network."""
        ...

    def incidents(self, name: str) -> tuple[Incident, ...]:
        """The history, in order. Raises NotFound."""
        ...

    def perform(self, request: ForecastRequest) -> Iterator[ForecastProgress | ForecastResult]:
        """Progress as it goes, the result last; closing the iterator cancels it. Raises NotFound, BadInput,
        MissingExtra."""
        ...

    def models(self, name: str) -> tuple[ForecastModel, ...]:
        """Every version, newest first. Raises NotFound."""
        ...

    def promote(self, name: str, model: str, force: bool = False) -> ForecastModel:
        """Make a model the champion. Raises NotFound; Conflict where its backtest does not allow it."""
        ...

    def submit(self, person: str, request: ForecastRequest) -> ForecastJob:
        """Begin to perform it, to be looked at later. Raises NotFound, BadInput, TooMany."""
        ...

    def job(self, person: str, job: str) -> ForecastJob:
        """Raises NotFound, for another's too."""
        ...

    def jobs(self, person: str) -> tuple[ForecastJob, ...]:
        """One's own, the last first, without their results."""
        ...

    def cancel(self, person: str, job: str) -> None:
        """Stop a job that runs, forget one that is done. Raises NotFound."""
        ...

    def forget(self, person: str) -> int:
        """Delete all jobs of a person; returns how many."""
        ...

    def counts(self) -> Mapping[JobState, int]:
        """How many jobs of everybody are in which state."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Networks, models, drift."""
        ...


def by_job(
    forecasting: Forecasting, person: str, request: ForecastRequest
) -> Iterator[ForecastProgress | ForecastResult]:
    """As `perform`, by a job of `person`, which waits for its turn and is gone at the end. Raises what the job failed
    with, Cancelled where somebody stopped it, and as `submit`."""
    job = forecasting.submit(person, request)
    pause, most = 0.02, 0.5
    try:
        while job.unfinished:
            yield job.progress
            time.sleep(pause)
            pause = min(1.5 * pause, most)
            job = forecasting.job(person, job.id)
        if job.result is None:
            raise by_name(job.error_class, job.error)
        yield job.result
    finally:
        with suppress(NotFound):  # somebody else was faster
            forecasting.cancel(person, job.id)
