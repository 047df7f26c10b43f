"""`/mcp`: the tools of `mcp_server` over streamable HTTP, each request for whom its token names.

No session is kept between requests: there is none to take over, a key that is revoked is dead at the next request, and
any of several servers may answer. Host and Origin are checked by the guard, as for every route (the transport's
"Security Warning": DNS rebinding).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRouter
from starlette.types import Message, Receive, Scope, Send

from vedette.web.parts import Handed, errors

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

router = APIRouter(tags=["MCP"])
MESSAGES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, as JSON or as an event.",
        "content": {"application/json": {"schema": {"type": "object"}}, "text/event-stream": {}},
    },
    202: {"description": "A notification was taken."},
    406: {"description": "Both application/json and text/event-stream must be accepted."},
}


@router.post("/mcp", summary="Model Context Protocol", responses={**MESSAGES, **errors(400, 413)})
def mcp(visit: Handed) -> Response:
    """JSON-RPC messages of the Model Context Protocol, by its streamable HTTP transport."""
    # Here and not above: the SDK takes most of a second to import, which a start should not cost.
    from vedette.web.mcp_server import mcp_server

    server = mcp_server(visit.counsel, visit.config.version, visit.streams, visit.watch)
    return _Served(server, visit.config.max_body_bytes)


class _Served(Response):
    """What the SDK's transport answers to one request."""

    def __init__(self, server: Server[Any], most_bytes: int) -> None:
        super().__init__()
        self._server = server
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        # Read first: what the guard raises for a body that is too large must not be raised inside of a task group.
        body = await Request(scope, receive).body()
        manager = StreamableHTTPSessionManager(self._server, stateless=True, max_request_body_size=self._most)
        async with manager.run():
            await manager.handle_request(scope, _again(body, receive), send)


def _again(body: bytes, receive: Receive) -> Receive:
    """`receive` that gives a body that was read, then whatever comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
