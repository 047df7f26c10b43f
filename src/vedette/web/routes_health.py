"""Routes for those who run the server: alive, ready, metrics, and the two pages."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from fastapi.routing import APIRouter

from vedette.records_json import encode
from vedette.web.pages import STYLE, docs_page, front_page
from vedette.web.parts import Handed, json_of, reply
from vedette.web.schemas import ReadyBody

router = APIRouter(tags=["operations"])


@router.get("/livez", summary="Is the process alive", response_class=PlainTextResponse)
async def livez() -> Response:
    """`ok` as long as the process answers."""
    return PlainTextResponse("ok")


@router.get(
    "/readyz",
    summary="Can it answer",
    responses={**json_of(ReadyBody), 503: {"model": ReadyBody, "description": "A part is down, with advice."}},
)
def readyz(parts: Handed) -> Response:
    """Every part with its state; 503 when one is down, with advice."""
    found = parts.services.knowledge.health()
    ready = all(part.ok for part in found)
    return reply({"ready": ready, "parts": encode(found)}, 200 if ready else 503)


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(parts: Handed) -> Response:
    """Requests, answers by provider, refusals and the time of each stage, in the Prometheus text format."""
    return Response(parts.metrics.text(), media_type="text/plain; version=0.0.4")


@router.get("/", include_in_schema=False)
def front(parts: Handed) -> Response:
    """What runs here."""
    return HTMLResponse(front_page(parts.config.version, parts.services.knowledge.collections()))


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """The API, readable without a script or a third party."""
    return HTMLResponse(docs_page(request.app.openapi()))


@router.get("/style.css", include_in_schema=False)
async def style() -> Response:
    return Response(STYLE, media_type="text/css", headers={"cache-control": "max-age=3600"})
