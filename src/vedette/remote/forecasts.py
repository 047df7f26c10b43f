"""`Forecasting` over HTTP: whose it is, the server knows by the token."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

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
from vedette.records_json import decode, encode, job_from_json
from vedette.remote.wire import Wire, segment
from vedette.services import Knowledge, by_job

NETWORKS, LIST = "/v1/networks", "/v1/forecasts"


@dataclass(frozen=True, slots=True)
class RemoteForecasting:
    """`Forecasting` of whoever the token of `wire` is; `person`, `access`, `knowledge` are the server's to choose."""

    wire: Wire

    def seen_by(self, access: Access, knowledge: Knowledge) -> RemoteForecasting:
        return self

    def networks(self) -> tuple[NetworkInfo, ...]:
        return tuple(decode(NetworkInfo, one) for one in self.wire.call("GET", NETWORKS)["networks"])

    def network(self, name: str) -> Network:
        return decode(Network, self.wire.call("GET", _of(name)))

    def store(self, network: Network) -> NetworkInfo:
        content = json.dumps(encode(network), ensure_ascii=False)
        return self.add({"network.json": content.encode()}, network.name, "json")

    def add(self, files: Mapping[str, bytes], name: str = "", format: str = "") -> NetworkInfo:
        sent = [{"name": file, **_content(content)} for file, content in files.items()]
        body = {"name": name, "format": format, "files": sent}
        return decode(NetworkInfo, self.wire.call("POST", NETWORKS, json=body))

    def share(self, name: str, readers: tuple[str, ...]) -> NetworkInfo:
        return decode(NetworkInfo, self.wire.call("PATCH", _of(name), json={"readers": list(readers)}))

    def remove(self, name: str) -> None:
        self.wire.send("DELETE", _of(name))

    def rates(self, name: str, cve: str = "") -> tuple[RateLine, ...]:
        found = self.wire.call("GET", f"{_of(name)}/rates", params={"cve": cve})
        return tuple(decode(RateLine, one) for one in found["rates"])

    def observe(self, name: str, incidents: tuple[Incident, ...]) -> int:
        body = {"incidents": encode(incidents)}
        return int(self.wire.call("POST", f"{_of(name)}/incidents", json=body)["new"])

    def incidents(self, name: str) -> tuple[Incident, ...]:
        return tuple(decode(Incident, one) for one in self.wire.call("GET", f"{_of(name)}/incidents")["incidents"])

    def perform(self, request: ForecastRequest) -> Iterator[ForecastProgress | ForecastResult]:
        return by_job(self, "", request)

    def models(self, name: str) -> tuple[ForecastModel, ...]:
        return tuple(decode(ForecastModel, one) for one in self.wire.call("GET", f"{_of(name)}/models")["models"])

    def promote(self, name: str, model: str, force: bool = False) -> ForecastModel:
        path = f"{_of(name)}/models/{quote(model, safe='')}/promote"
        return decode(ForecastModel, self.wire.call("POST", path, json={"force": force}))

    def submit(self, person: str, request: ForecastRequest) -> ForecastJob:
        return job_from_json(self.wire.call("POST", LIST, json=_asked(request)))

    def job(self, person: str, job: str) -> ForecastJob:
        return job_from_json(self.wire.call("GET", f"{LIST}/{segment(job)}"))

    def jobs(self, person: str) -> tuple[ForecastJob, ...]:
        return tuple(job_from_json(one) for one in self.wire.call("GET", LIST)["forecasts"])

    def cancel(self, person: str, job: str) -> None:
        self.wire.send("DELETE", f"{LIST}/{segment(job)}")

    def forget(self, person: str) -> int:
        found = self.jobs(person)
        for job in found:
            self.cancel(person, job.id)
        return len(found)

    def counts(self) -> Mapping[JobState, int]:
        return cast("Mapping[JobState, int]", self.wire.call("GET", "/v1/admin/forecasts")["counts"])

    def health(self) -> tuple[PartHealth, ...]:
        parts = self.wire.call("GET", "/v1/admin/health")["parts"]
        return tuple(decode(PartHealth, part) for part in parts if part["name"] == "forecasts")


def _of(name: str) -> str:
    return f"{NETWORKS}/{quote(name, safe='')}"


def _content(content: bytes) -> dict[str, str]:
    try:
        return {"content": content.decode()}
    except UnicodeDecodeError:
        return {"content": base64.b64encode(content).decode(), "encoding": "base64"}


def _asked(request: ForecastRequest) -> dict[str, Any]:
    wish = request.wish
    body = {"kind": request.kind, "network": request.network, "kinds": list(request.kinds)}
    if wish is not None:
        return {**body, **encode(wish)}
    return {**body, "scenario": encode(request.scenario)}
