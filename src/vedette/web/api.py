"""`create_app`: the HTTP API over the services it is handed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import anyio
import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from vedette.errors import BadInput, NotFound, VedetteError
from vedette.services import Services
from vedette.web import (
    routes_admin,
    routes_auth,
    routes_conversations,
    routes_documents,
    routes_forecasts,
    routes_health,
    routes_knowledge,
    routes_mcp,
    routes_openai,
    routes_questions,
)
from vedette.web.config import WebConfig
from vedette.web.limits import RateLimits
from vedette.web.metrics import Metrics
from vedette.web.openapi import described
from vedette.web.page_files import PageFiles, opened_page
from vedette.web.parts import Parts, visit
from vedette.web.security import Guard, error_body, error_headers

ABOUT = """Answers only from your documents, each sentence with the passage it stands on, or a refusal that says why.

Every error has the body {"error": {"class", "message", "retry"}}; its message says what to do. Where people sign in,
send `Authorization: Bearer TOKEN` with an access token of /v1/auth/login or with an API key; the owner of the server
may send the token of DATA/server.json."""
ROUTES = (
    routes_auth,
    routes_conversations,
    routes_knowledge,
    routes_openai,
    routes_mcp,
    routes_documents,
    routes_admin,
    routes_questions,
    routes_forecasts,
    routes_health,
)


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
        # Before every route, named by it or not: who is asking, and whether the table of rules lets them.
        dependencies=[Depends(visit)],
    )
    limits = RateLimits(*((config.per_address, config.per_person) if services.accounts else (0, 0)), config.limits_url)
    app.state.parts = Parts(services, config, metrics, limits, anyio.CapacityLimiter(config.streams))
    app.state.page = opened_page(config.page)
    for routes in ROUTES:
        app.include_router(routes.router)
    app.openapi = partial(described, app)  # type: ignore[method-assign]
    app.add_exception_handler(VedetteError, _told)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _not_found)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept"],
        )
    app.add_middleware(Guard, config=config, metrics=metrics, limits=limits, log=logging.getLogger("vedette.web"))
    return app


def _threads(count: int) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = count
        yield

    return lifespan


async def _told(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, VedetteError)
    return JSONResponse(error_body(error), error.status, error_headers(error))


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()[0]
    where = ".".join(str(part) for part in found["loc"] if part != "body")
    if not where and "json" not in request.headers.get("content-type", ""):
        return await _told(request, BadInput("The request is not valid: send its body as application/json; see /docs."))
    what = f"{where}: {found['msg']}" if where and found["type"] != "json_invalid" else f"{found['msg']} in the body"
    return await _told(request, BadInput(f"The request is not valid: {what}; see /docs."))


async def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    page: PageFiles | None = request.app.state.page
    if page and error.status_code in (404, 405) and (found := page.find(request)):
        return found
    if isinstance(error.__cause__, VedetteError):
        return await _told(request, error.__cause__)
    if error.status_code == 404:
        return await _told(request, NotFound(f"There is no route {request.url.path[:100]!r} here; see /docs."))
    plain = BadInput(f"The request cannot be served ({error.detail}); see /docs.")
    return JSONResponse(error_body(plain), error.status_code, error.headers)
