"""Routes of networks and of how threats spread over them. Forecasts are jobs, each person's own."""

from __future__ import annotations

import time
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRouter
from pydantic import ValidationError

from vedette.errors import BadInput, Forbidden
from vedette.records import ForecastJob, ForecastModel, Network, NetworkInfo
from vedette.records_json import encode, finite, job_json
from vedette.sentences.records import in_language
from vedette.web.language import Language
from vedette.web.parts import Handed, Visit, errors, json_of, reply
from vedette.web.schemas import ReadersBody
from vedette.web.schemas_forecasts import (
    ForecastBody,
    ForecastCountsBody,
    ForecastsBody,
    HistoryBody,
    IncidentsBody,
    ModelsBody,
    NetworksBody,
    NewNetworkBody,
    ObservedBody,
    PromoteBody,
    RatesBody,
)

router = APIRouter(tags=["forecasts"])
NetworkName = Annotated[str, Path(description="Name of a network.", max_length=100)]
ModelId = Annotated[str, Path(description="Id of a model, or its kind and version: mlp-3.", max_length=64)]
JobId = Annotated[str, Path(description="Id of one of your forecasts.", max_length=64)]
# How often a forecast that somebody waits for is looked at: often at first, since most are short.
LOOK_S = (0.02, 0.5)
FORMATS = ("csv", "json", "graphml", "nmap", "bloodhound")
TEXT = {"type": "string"}
FILES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {**TEXT, "maxLength": 100, "description": "The network's; the file's when empty."},
                        "format": {"enum": ["", *FORMATS], "description": "Found out when empty."},
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 100,
                            "items": {
                                "type": "object",
                                "required": ["name", "content"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {**TEXT, "minLength": 1, "maxLength": 300},
                                    "content": TEXT,
                                    "encoding": {
                                        "enum": ["text", "base64"],
                                        "description": "Of content: text, or base64 as of a zip; text when left out.",
                                    },
                                },
                            },
                        },
                    },
                },
                "example": {
                    "name": "office",
                    "files": [{"name": "links.csv", "content": "source,target\nweb-1,db-1\n"}],
                },
            }
        },
    }
}


@router.get("/v1/networks", summary="List networks", responses={**json_of(NetworksBody), **errors()})
def networks(visit: Handed, language: Language) -> Response:
    """Those that the caller may read, by name."""
    return reply({"networks": encode(in_language(visit.forecasting.networks(), language))})


@router.post(
    "/v1/networks",
    summary="Add a network",
    responses={**json_of(NetworkInfo), **errors(400, 409, 413)},
    openapi_extra=FILES,
)
async def add(request: Request, visit: Handed, language: Language) -> Response:
    """Read a network from files (CSV, JSON, GraphML, nmap XML, BloodHound JSON or its zip) and keep it, in place of one
    of its name. A new one can be read by whoever adds it."""
    # Read by hand, after the caller was let in: strangers' megabytes are not parsed.
    return await anyio.to_thread.run_sync(_add, await request.body(), visit, language, limiter=visit.streams)


def _add(raw: bytes, visit: Visit, language: str) -> Response:
    try:
        body = NewNetworkBody.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors()[0]
        where = ".".join(map(str, found["loc"])) or "the body"
        raise BadInput(f"The network is not valid: {where}: {found['msg']}; see /docs.") from error
    files = {file.name: file.bytes_() for file in body.files}
    if len(files) < len(body.files):
        raise BadInput("Two of the files have one name; give each its own.")
    info = visit.forecasting.add(files, body.name, body.format)
    visit.note("network.store", info.name, assets=str(info.assets))
    return reply(encode(in_language(info, language)))


@router.get("/v1/networks/{name}", summary="Read a network", responses={**json_of(Network), **errors(404)})
def network(name: NetworkName, visit: Handed, language: Language) -> Response:
    """All its assets and links."""
    return reply(encode(in_language(visit.forecasting.network(name), language)))


@router.delete(
    "/v1/networks/{name}",
    summary="Remove a network",
    status_code=204,
    response_class=Response,
    responses=errors(404),
)
def remove(name: NetworkName, visit: Handed) -> Response:
    """Forget it with its incidents and models."""
    visit.forecasting.remove(name)
    visit.note("network.remove", name)
    return Response(status_code=204)


@router.patch("/v1/networks/{name}", summary="Share a network", responses={**json_of(NetworkInfo), **errors(400, 404)})
def share(name: NetworkName, body: ReadersBody, visit: Handed, language: Language) -> Response:
    """Say who may read it: tags such as `everyone`, `user:ID`, `group:NAME`; none: admins alone."""
    info = visit.forecasting.share(name, tuple(body.readers))
    visit.note("network.share", name, readers=" ".join(body.readers))
    return reply(encode(in_language(info, language)))


@router.get("/v1/networks/{name}/rates", summary="Read the rates", responses={**json_of(RatesBody), **errors(400, 404)})
def rates(
    name: NetworkName,
    visit: Handed,
    language: Language,
    cve: Annotated[str, Query(description="Through this vulnerability.", max_length=100)] = "",
) -> Response:
    """How fast a threat crosses each link (1/day), with the reasons."""
    return reply({"rates": finite(encode(in_language(visit.forecasting.rates(name, cve), language)))})


@router.get(
    "/v1/networks/{name}/incidents", summary="Read the history", responses={**json_of(HistoryBody), **errors(404)}
)
def incidents(name: NetworkName, visit: Handed) -> Response:
    """Which assets were found compromised when, by outbreak and day."""
    return reply({"incidents": encode(visit.forecasting.incidents(name))})


@router.post(
    "/v1/networks/{name}/incidents",
    summary="Add to the history",
    responses={**json_of(ObservedBody), **errors(400, 404)},
)
def observe(name: NetworkName, body: IncidentsBody, visit: Handed) -> Response:
    """Add or correct incidents; what contradicts the network is refused."""
    new = visit.forecasting.observe(name, tuple(one.record() for one in body.incidents))
    visit.note("network.observe", name, incidents=str(new))
    return reply({"new": new})


@router.get("/v1/networks/{name}/models", summary="List models", responses={**json_of(ModelsBody), **errors(404)})
def models(name: NetworkName, visit: Handed) -> Response:
    """Every version, newest first, with the metrics of its last backtest."""
    return reply({"models": finite(encode(visit.forecasting.models(name)))})


@router.post(
    "/v1/networks/{name}/models/{model}/promote",
    summary="Promote a model",
    responses={**json_of(ForecastModel), **errors(404, 409)},
)
def promote(name: NetworkName, model: ModelId, visit: Handed, body: PromoteBody | None = None) -> Response:
    """Make it the champion that forecasts, where its last backtest allows it."""
    made = visit.forecasting.promote(name, model, body.force if body else False)
    visit.note("network.promote", name, model=made.id)
    return reply(finite(encode(made)))


@router.post(
    "/v1/forecasts",
    summary="Ask for a forecast",
    responses={**json_of(ForecastJob), **errors(400, 404, 429)},
)
async def ask(body: ForecastBody, request: Request, visit: Handed, language: Language) -> Response:
    """Begin to work out how a threat spreads (forecast), what changes would save (whatif), which measures help most
    (contain), or models of a network (train, backtest). Answers once it is done, or after `wait_s` with how far it is;
    then `GET /v1/forecasts/{forecast}` tells."""
    if body.kind in ("train", "backtest") and not visit.visitor.may("editor"):
        raise Forbidden(f"To {body.kind} models needs the role editor; yours is {visit.visitor.role}. Ask an admin.")
    mine, person = visit.forecasting, visit.visitor.id
    job = await run_in_threadpool(mine.submit, person, body.record())
    until, pause = time.monotonic() + body.wait_s, LOOK_S[0]
    # A thread is held while it is looked at, and none in between.
    while job.unfinished and (left := until - time.monotonic()) > 0 and not await request.is_disconnected():
        await anyio.sleep(min(pause, left))
        pause = min(2 * pause, LOOK_S[1])
        job = await run_in_threadpool(mine.job, person, job.id)
    return await run_in_threadpool(_told, job, language)


@router.get("/v1/forecasts", summary="List my forecasts", responses={**json_of(ForecastsBody), **errors()})
def forecasts(visit: Handed) -> Response:
    """One's own, the last first, without their results; those of networks that one may still read."""
    found = visit.forecasting.jobs(visit.visitor.id)
    return reply({"forecasts": [job_json(job) for job in found]})


@router.get("/v1/forecasts/{forecast}", summary="Read a forecast", responses={**json_of(ForecastJob), **errors(404)})
def read(forecast: JobId, visit: Handed, language: Language) -> Response:
    """How far it is; its result once it is done."""
    return _told(visit.forecasting.job(visit.visitor.id, forecast), language)


@router.delete(
    "/v1/forecasts/{forecast}",
    summary="Cancel or forget a forecast",
    status_code=204,
    response_class=Response,
    responses=errors(404),
)
def cancel(forecast: JobId, visit: Handed) -> Response:
    """Stop one that runs, forget one that is done."""
    visit.forecasting.cancel(visit.visitor.id, forecast)
    return Response(status_code=204)


@router.get("/v1/admin/forecasts", summary="Count forecasts", responses={**json_of(ForecastCountsBody), **errors()})
def counts(visit: Handed) -> Response:
    """How many of everybody are in which state."""
    return reply({"counts": dict(visit.forecasting.counts())})


def _told(job: ForecastJob, language: str) -> Response:
    return reply(finite(job_json(in_language(job, language))))
