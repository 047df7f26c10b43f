"""Routes for those who run the server: alive, ready, metrics, and the two pages."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from fastapi.routing import APIRouter

from vedette.errors import StorageError
from vedette.records_json import encode
from vedette.web.page_files import PageFiles
from vedette.web.pages import STYLE, docs_page, front_page
from vedette.web.parts import Handed, json_of, reply
from vedette.web.schemas import ReadyBody, StatusBody

router = APIRouter(tags=["operations"])
log = logging.getLogger(__name__)


@router.get("/livez", summary="Is the process alive", response_class=PlainTextResponse)
async def livez() -> Response:
    """`ok` as long as the process answers."""
    return PlainTextResponse("ok")


@router.get(
    "/readyz",
    summary="Can it answer",
    responses={**json_of(ReadyBody), 503: {"model": ReadyBody, "description": "A part is down, with advice."}},
)
def readyz(visit: Handed) -> Response:
    """Whether every part is well; 503 when one is not. Admins are told of each part, with advice."""
    found = visit.knowledge.health()
    ready = all(part.ok for part in found)
    shown = encode(found) if visit.visitor.may("admin") else []
    return reply({"ready": ready, "parts": shown}, 200 if ready else 503)


@router.get("/status", summary="Alias of GET /livez", tags=["founding names"], responses=json_of(StatusBody))
async def status(visit: Handed) -> Response:
    """The name that it had in the founding systems: that the server answers, and its version."""
    return reply({"status": "ok", "version": visit.config.version})


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
def metrics(visit: Handed) -> Response:
    """Requests, answers by provider, refusals, the time of each stage, and how many questions that are answered later
    and forecasts stand where, in the Prometheus text format."""
    try:
        visit.metrics.stands(visit.questions.counts())
        visit.metrics.worked_out(visit.forecasting.counts())
    except StorageError as error:
        log.error("metrics leave out the questions and forecasts: %s", error.message)
        visit.metrics.stands(None)
        visit.metrics.worked_out({})
    return Response(visit.metrics.text(), media_type="text/plain; version=0.0.4")


@router.get("/", include_in_schema=False)
def front(request: Request, visit: Handed) -> Response:
    """The page, where it was built; else what runs here."""
    page: PageFiles | None = request.app.state.page
    held = visit.knowledge.collections() if visit.visitor.may("reader") else None
    return page.index() if page else HTMLResponse(front_page(visit.config.version, held))


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """The API, readable without a script, tried with ours."""
    return HTMLResponse(docs_page(request.app.openapi()))


@router.get("/style.css", include_in_schema=False)
async def style() -> Response:
    return Response(STYLE, media_type="text/css", headers={"cache-control": "max-age=3600"})


@router.get("/docs.js", include_in_schema=False)
def docs_script() -> Response:
    script = Path(__file__).with_name("docs.js").read_bytes()
    return Response(script, media_type="text/javascript", headers={"cache-control": "no-cache"})
