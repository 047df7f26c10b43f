"""The guard in front of every route: host, origin, size, headers, a request id, and no internals in an error.

Host allow-list against DNS rebinding; Origin check on what changes state (OWASP CSRF cheat sheet); so many requests of
one address. Plain ASGI, so that streams pass through untouched.
"""

from __future__ import annotations

import json
import logging
import re
import time
import unicodedata
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vedette.errors import BadInput, Forbidden, ProviderBusy, TooLarge, TooMany, Unauthorized, VedetteError
from vedette.web.auth import caller, is_owner, network
from vedette.web.config import WebConfig
from vedette.web.limits import RateLimits
from vedette.web.metrics import Metrics
from vedette.web.openai_wire import openai_body, speaks_openai

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; worker-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
FORM_OVERHEAD = 65_536
NETWORKS = "/v1/networks"


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware: refuses what may not pass, adds the headers, logs and counts each request."""

    app: ASGIApp
    config: WebConfig
    metrics: Metrics
    limits: RateLimits
    log: logging.Logger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began, status = uuid.uuid4().hex, time.perf_counter(), 500
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["x-request-id"] = request_id
            await send(message)

        try:
            headers = Headers(scope=scope)
            check_host(headers, self.config)
            check_origin(scope["method"], headers, self.config)
            connection = HTTPConnection(scope)
            if not is_owner(connection, self.config):
                await self.limits.address(network(caller(connection).address))
            await self.app(scope, limited(receive, headers, self.config, scope["path"]), send_guarded)
        except VedetteError as error:
            await send_error(error, send_guarded, scope["path"])
        except Exception:
            self.log.exception("request failed", extra={"trace.id": request_id, "url.path": scope["path"]})
            if started:
                raise
            told = f"Something broke in Vedette; its log tells what, under the request id {request_id}."
            await send_error(VedetteError(told), send_guarded, scope["path"])
        finally:
            self._record(scope, status, time.perf_counter() - began, request_id)

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in METHODS else "other"  # anybody may invent one
        self.metrics.requests.labels(route, method, str(status)).inc()
        self.log.info(
            "request",
            extra={
                "trace.id": request_id,
                "http.request.method": scope["method"],
                "url.path": scope["path"],
                "http.response.status_code": status,
                "event.duration": int(seconds * 1e9),
            },
        )


def error_body(error: VedetteError) -> dict[str, object]:
    """The body of every error: `{"error": {"class", "message", "retry"}}`."""
    return {"error": {"class": type(error).__name__, "message": error.message, "retry": error.retry}}


def error_headers(error: VedetteError) -> dict[str, str]:
    """When to try again, and how to prove who one is (RFC 9110)."""
    headers = {}
    if isinstance(error, (ProviderBusy, TooMany)) and error.retry_after_s is not None:
        headers["retry-after"] = str(round(error.retry_after_s))
    if isinstance(error, Unauthorized):
        headers["www-authenticate"] = "Bearer"
    return headers


async def send_error(error: VedetteError, send: Send, path: str) -> None:
    """Answer with an error, outside of any route, in the shape that the clients of `path` know."""
    body = json.dumps(openai_body(error) if speaks_openai(path) else error_body(error)).encode()
    told = {"content-type": "application/json", "content-length": str(len(body)), **error_headers(error)}
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def check_host(headers: Headers, config: WebConfig) -> None:
    """Raise unless the request names a host that this server goes by."""
    host = headers.get("host", "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    if len(headers.getlist("host")) != 1 or name.lower() not in config.allowed_hosts:
        raise BadInput(f"This server does not go by the name {name[:100]!r}; add it to VEDETTE_SERVER_ALLOWED_HOSTS.")


def check_origin(method: str, headers: Headers, config: WebConfig) -> None:
    """Raise when a page of another site sends a request that changes state."""
    if method in SAFE_METHODS:
        return
    origin = headers.get("origin")
    if origin is None:
        foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    else:
        foreign = urlsplit(origin).netloc != headers.get("host") and origin not in config.cors_origins
    if foreign:
        raise Forbidden(f"Pages of {(origin or 'another site')[:100]} may not call; see VEDETTE_SERVER_CORS_ORIGINS.")


def limited(receive: Receive, headers: Headers, config: WebConfig, path: str = "") -> Receive:
    """`receive` that raises TooLarge as soon as the body is over its limit, announced or not."""
    form = headers.get("content-type", "").startswith("multipart/form-data")
    if form:
        limit, named = config.max_upload_bytes + FORM_OVERHEAD, "VEDETTE_SERVER_MAX_UPLOAD_MB"
    elif path == NETWORKS:
        limit, named = config.max_network_bytes, "VEDETTE_FORECAST_MAX_UPLOAD_MB"
    else:
        limit, named = config.max_body_bytes, "this server, so send less at once"
    too_large = TooLarge(f"The request is larger than the {limit:,} bytes that are allowed by {named}.")
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise too_large
    read = 0

    async def receive_limited() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > limit:
                raise too_large
        return message

    return receive_limited


def safe_name(name: str) -> str:
    """A bare file name from whatever a client calls a file. Raises BadInput when nothing is left.

    >>> safe_name("../../etc/pass\\x00wd"), safe_name("C:\\\\plans\\\\plan.md")
    ('passwd', 'plan.md')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    bare = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
    if bare in ("", ".", ".."):
        raise BadInput("The upload has no file name; give it one with its extension, such as plan.md.")
    stem, dot, extension = bare.rpartition(".")
    return bare if len(bare) <= 150 else (stem or extension)[: 149 - len(extension[:20])] + dot + extension[:20]
