"""`create_app`: the HTTP API over the services it is handed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from vedette.errors import BadInput, NotFound, ProviderBusy, VedetteError
from vedette.services import Services
from vedette.web import routes_documents, routes_health, routes_knowledge
from vedette.web.config import WebConfig
from vedette.web.metrics import Metrics
from vedette.web.parts import Parts
from vedette.web.security import Guard, error_body

ABOUT = """Answers only from your documents, each sentence with the passage it stands on, or a refusal that says why.

Every error has the body {"error": {"class", "message", "retry"}}; its message says what to do. What only the owner
may do needs `Authorization: Bearer TOKEN`, with the token of DATA/server.json."""


def create_app(services: Services, config: WebConfig) -> FastAPI:
    """The application for one server. It owns nothing: whoever built the services closes them."""
    metrics = Metrics(config.version)
    app = FastAPI(
        title="Vedette",
        version=config.version,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_threads(config.threads),
    )
    app.state.parts = Parts(services, config, metrics, anyio.CapacityLimiter(config.streams))
    for routes in (routes_knowledge, routes_documents, routes_health):
        app.include_router(routes.router)
    app.add_exception_handler(VedetteError, _told)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _not_found)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept"],
        )
    app.add_middleware(Guard, config=config, metrics=metrics, log=logging.getLogger("vedette.web"))
    return app


def _threads(count: int) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = count
        yield

    return lifespan


async def _told(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, VedetteError)
    headers = {}
    if isinstance(error, ProviderBusy) and error.retry_after_s is not None:
        headers["retry-after"] = str(round(error.retry_after_s))
    return JSONResponse(error_body(error), error.status, headers)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()[0]
    where = ".".join(str(part) for part in found["loc"] if part != "body")
    if not where and "json" not in request.headers.get("content-type", ""):
        return await _told(request, BadInput("The request is not valid: send its body as application/json; see /docs."))
    what = f"{where}: {found['msg']}" if where and found["type"] != "json_invalid" else f"{found['msg']} in the body"
    return await _told(request, BadInput(f"The request is not valid: {what}; see /docs."))


async def _not_found(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, VedetteError):
        return await _told(request, error.__cause__)
    if error.status_code == 404:
        return await _told(request, NotFound(f"There is no route {request.url.path[:100]!r} here; see /docs."))
    plain = BadInput(f"The request cannot be served ({error.detail}); see /docs.")
    return JSONResponse(error_body(plain), error.status_code, error.headers)
