"""What keeps networks, their incidents and models, and the jobs of people. Rows in, records out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update

from vedette.errors import NotFound, VedetteError
from vedette.records import (
    ForecastJob,
    ForecastModel,
    Incident,
    JobState,
    ModelState,
    Network,
    NetworkInfo,
)
from vedette.records.forecast import UNFINISHED
from vedette.records_json import decode, encode, job_from_json
from vedette.storage.database import Database
from vedette.storage.tables import forecast_models, forecasts, incidents, networks


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a model with what it learned."""

    model: ForecastModel
    content: bytes


class ForecastStore:
    """Safe to use by many threads, processes and machines. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- networks -----------------------------------------------------------------------------------------------------

    def networks(self) -> tuple[NetworkInfo, ...]:
        """All, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(networks.c.info, networks.c.readers, networks.c.name)).all()
            counted = select(incidents.c.network, func.count()).group_by(incidents.c.network)
            counts = {row[0]: row[1] for row in connection.execute(counted)}
        found = (_info(row.info, row.readers, counts.get(row.name, 0)) for row in rows)
        return tuple(sorted(found, key=lambda one: one.name))

    def info(self, name: str) -> NetworkInfo:
        """What a list shows of one. Raises NotFound."""
        wanted = select(networks.c.info, networks.c.readers).where(networks.c.name == name)
        counted = select(func.count()).where(incidents.c.network == name)
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
            count = connection.execute(counted).scalar_one()
        if row is None:
            raise absent(name)
        return _info(row.info, row.readers, count)

    def network(self, name: str) -> Network:
        """Raises NotFound."""
        with self._database.reading() as connection:
            content = connection.execute(select(networks.c.content).where(networks.c.name == name)).scalar()
        if content is None:
            raise absent(name)
        return decode(Network, json.loads(content))

    def put(self, network: Network, info: NetworkInfo) -> None:
        """Keep a network, in place of one of its name; its incidents and readers stay."""
        values = {
            "content": json.dumps(encode(network), ensure_ascii=False),
            "digest": info.digest,
            "info": json.dumps(encode(info), ensure_ascii=False),
            "stored": info.stored,
        }
        with self._database.writing() as connection:
            changed = connection.execute(update(networks).where(networks.c.name == network.name).values(values))
            if not changed.rowcount:
                readers = json.dumps(info.readers)
                connection.execute(insert(networks).values(name=network.name, readers=readers, **values))

    def share(self, name: str, readers: Sequence[str]) -> None:
        """Raises NotFound."""
        told = json.dumps(list(readers))
        with self._database.writing() as connection:
            if not connection.execute(update(networks).where(networks.c.name == name).values(readers=told)).rowcount:
                raise absent(name)

    def remove(self, name: str) -> None:
        """With its incidents and models. Raises NotFound."""
        with self._database.writing() as connection:
            if not connection.execute(delete(networks).where(networks.c.name == name)).rowcount:
                raise absent(name)

    # --- history ------------------------------------------------------------------------------------------------------

    def incidents(self, name: str) -> tuple[Incident, ...]:
        """By outbreak and day."""
        wanted = select(incidents).where(incidents.c.network == name)
        ordered = wanted.order_by(incidents.c.outbreak, incidents.c.day, incidents.c.host)
        with self._database.reading() as connection:
            rows = connection.execute(ordered).all()
        return tuple(Incident(row.host, row.day, row.outbreak, row.cleaned) for row in rows)

    def observe(self, name: str, found: Iterable[Incident]) -> int:
        """Add or correct incidents; returns how many were new. Raises NotFound."""
        with self._database.writing() as connection:
            _require(connection, name)
            return sum(_observe(connection, name, one) for one in found)

    # --- models -------------------------------------------------------------------------------------------------------

    def models(self, name: str) -> tuple[ForecastModel, ...]:
        """Every version, newest first."""
        columns = [column for column in forecast_models.c if column.name != "content"]
        wanted = select(*columns).where(forecast_models.c.network == name)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(forecast_models.c.made.desc(), forecast_models.c.kind)).all()
        return tuple(_model(row) for row in rows)

    def kept(self, model: str) -> Kept:
        """Raises NotFound."""
        with self._database.reading() as connection:
            row = connection.execute(select(forecast_models).where(forecast_models.c.id == model)).first()
        if row is None:
            raise NotFound(f"There is no model {model!r}; `vedette forecast models` shows all.")
        return Kept(_model(row), row.content)

    def add(self, *kept: Kept) -> tuple[ForecastModel, ...]:
        """Keep new versions, each numbered after those of its kind: all, or none where one cannot be. Raises NotFound
        where a network was removed while its models learned."""
        with self._database.writing() as connection:
            for name in {one.model.network for one in kept}:
                _require(connection, name)
            return tuple(_add(connection, one) for one in kept)

    def judge(self, model: str, metrics: dict[str, float]) -> None:
        """Keep the metrics of a backtest."""
        self._write(update(forecast_models).where(forecast_models.c.id == model).values(metrics=json.dumps(metrics)))

    def crown(self, model: ForecastModel, state: ModelState = "champion") -> None:
        """Make a model the champion of its network; the one before becomes a challenger."""
        of_network = forecast_models.c.network == model.network
        with self._database.writing() as connection:
            champion = of_network & (forecast_models.c.state == "champion")
            connection.execute(update(forecast_models).where(champion).values(state="challenger"))
            connection.execute(update(forecast_models).where(forecast_models.c.id == model.id).values(state=state))

    # --- jobs ---------------------------------------------------------------------------------------------------------

    def begin(self, job: ForecastJob) -> None:
        """Keep a new job."""
        self._write(insert(forecasts).values(id=job.id, person=job.person, asked=job.asked, **_told(job, job.asked)))

    def tell(self, job: ForecastJob, now: str) -> bool:
        """Keep how far a job is; False where somebody cancelled or forgot it."""
        open_ = (forecasts.c.id == job.id) & forecasts.c.state.in_(UNFINISHED)
        return self._write(update(forecasts).where(open_).values(**_told(job, now))) == 1

    def job(self, person: str, job: str, silent: str) -> ForecastJob:
        """`silent`: who was last heard of before that time is gone. Raises NotFound."""
        wanted = select(forecasts).where(forecasts.c.id == job, forecasts.c.person == person)
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound(f"You have no forecast {job!r}; it may have been removed.")
        return _job(row, silent)

    def jobs(self, person: str, silent: str, limit: int = 100) -> tuple[ForecastJob, ...]:
        """The last first, without results."""
        columns = [column for column in forecasts.c if column.name != "result"]
        wanted = select(*columns).where(forecasts.c.person == person)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(forecasts.c.asked.desc()).limit(limit)).all()
        return tuple(_job(row, silent) for row in rows)

    def counts(self, silent: str) -> dict[JobState, int]:
        """How many jobs there are in each state; `silent` as for `job`."""
        gone = forecasts.c.state.in_(UNFINISHED) & (forecasts.c.seen < silent)
        state = case((gone, "failed"), else_=forecasts.c.state)
        with self._database.reading() as connection:
            rows = connection.execute(select(state, func.count()).group_by(state)).all()
        return dict.fromkeys(get_args(JobState), 0) | {row[0]: row[1] for row in rows}

    def forget(self, person: str, job: str | None = None) -> int:
        """Delete a job of a person, or all; returns how many."""
        of_person = forecasts.c.person == person
        return self._write(delete(forecasts).where(of_person if job is None else of_person & (forecasts.c.id == job)))

    def _write(self, statement: Any) -> int:
        with self._database.writing() as connection:
            return connection.execute(statement).rowcount


def absent(name: str) -> NotFound:
    """What is told of a network that is not there, or not for the caller."""
    return NotFound(f"There is no network {name!r}; `vedette forecast networks` shows those that there are.")


def _require(connection: Connection, name: str) -> None:
    """Keep a network from being removed until the transaction ends. Raises NotFound."""
    if connection.execute(select(networks.c.name).where(networks.c.name == name).with_for_update()).first() is None:
        raise absent(name)


def _info(info: str, readers: str, count: int) -> NetworkInfo:
    return replace(decode(NetworkInfo, json.loads(info)), readers=tuple(json.loads(readers)), incidents=count)


def _observe(connection: Connection, name: str, one: Incident) -> bool:
    same = (incidents.c.network == name) & (incidents.c.outbreak == one.outbreak) & (incidents.c.host == one.host)
    there = connection.execute(select(incidents.c.day).where(same)).first()
    if there is not None:
        connection.execute(update(incidents).where(same).values(day=one.day, cleaned=one.cleaned))
        return False
    connection.execute(insert(incidents).values(network=name, **encode(one)))
    return True


def _add(connection: Connection, kept: Kept) -> ForecastModel:
    model = kept.model
    of_kind = (forecast_models.c.network == model.network) & (forecast_models.c.kind == model.kind)
    last = connection.execute(select(func.max(forecast_models.c.version)).where(of_kind)).scalar()
    made = replace(model, version=(last or 0) + 1)
    told = {"metrics": json.dumps(encode(made.metrics)), "lineage": json.dumps(encode(made.lineage))}
    connection.execute(insert(forecast_models).values({**encode(made), **told, "content": kept.content}))
    return made


def _model(row: Row[Any]) -> ForecastModel:
    told = {**row._mapping, "metrics": json.loads(row.metrics), "lineage": json.loads(row.lineage)}
    return decode(ForecastModel, told)


def _told(job: ForecastJob, now: str) -> dict[str, Any]:
    return {
        "state": job.state,
        "seen": now,
        "request": json.dumps(encode(job.request)),
        "progress": json.dumps(encode(job.progress)),
        "result": json.dumps(encode(job.result)) if job.result is not None else "",
        "error": job.error,
        "error_class": job.error_class,
    }


def _job(row: Row[Any], silent: str) -> ForecastJob:
    state, error, kind = cast(JobState, row.state), row.error, row.error_class
    if state in UNFINISHED and row.seen < silent:
        state, error, kind = "failed", "The server that worked at it stopped; run it again.", VedetteError.__name__
    result = row._mapping.get("result")
    parts = {"request": json.loads(row.request), "progress": json.loads(row.progress)}
    told = {"id": row.id, "person": row.person, "state": state, "asked": row.asked, **parts}
    ended = {"error": error, "error_class": kind, "result": json.loads(result) if result else None}
    return job_from_json({**told, **ended})
