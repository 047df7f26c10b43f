"""What every route is handed: the services, configuration and metrics of its own server, never a global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRouter

from vedette.services import Services
from vedette.web.config import WebConfig
from vedette.web.metrics import Metrics
from vedette.web.schemas import ErrorBody

T = TypeVar("T", bound=Callable[..., Any])

TOLD = {
    400: ("BadInput", "The question is empty; write what you want to know."),
    403: ("Forbidden", "Removing a document needs the owner token of DATA/server.json."),
    404: ("NotFound", "There is no document '0123456789abcdef'; `vedette documents list` shows what there is."),
    413: ("TooLarge", "The question has 9000 characters; the limit is 4000, so shorten it."),
    500: ("VedetteError", "Something broke in Vedette; its log tells what, under the request id 5f0c."),
}


@dataclass(frozen=True, slots=True)
class Parts:
    services: Services
    config: WebConfig
    metrics: Metrics
    streams: anyio.CapacityLimiter


def parts(request: Request) -> Parts:
    """The parts of the server that handles a request."""
    found: Parts = request.app.state.parts
    return found


Handed = Annotated[Parts, Depends(parts)]


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route, for OpenAPI, each with an example."""
    described: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        name, message = TOLD[code]
        example = {"error": {"class": name, "message": message, "retry": False}}
        described[code] = {
            "model": ErrorBody,
            "description": message,
            "content": {"application/json": {"example": example}},
        }
    described["default"] = {"model": ErrorBody, "description": "Any other error, with what to do."}
    return described


def json_of(model: Any, example: Any | None = None) -> dict[int | str, dict[str, Any]]:
    """The 200 response of a route, for OpenAPI."""
    shown = {"content": {"application/json": {"example": example}}} if example is not None else {}
    return {200: {"model": model, "description": "Done.", **shown}}


def founding_name(router: APIRouter, path: str, of: str, handler: T) -> None:
    """The name that a route had in the founding systems, as a documented alias."""
    about = f"The name that `{of}` had in the founding systems; it does the same."
    router.add_api_route(
        path, handler, methods=["POST"], summary=f"Alias of {of}", description=about, tags=["founding names"],
        response_class=Response, responses=errors(400, 403, 404, 413),
    )  # fmt: skip


def reply(data: Any, status: int = 200) -> JSONResponse:
    """JSON that is already of its public shape; it is not validated a second time."""
    return JSONResponse(data, status)
