"""`vedette mcp`: the tools for MCP clients over standard input and output."""

from __future__ import annotations

import typer

from vedette.cli.common import load_settings, stderr

AT_ONCE = 8


def mcp(ctx: typer.Context) -> None:
    """Give the documents to an MCP client that starts this command: search, ask, open_source,
    lookup_identifier, forecast_spread, contain_spread.

    It asks the running server of the data folder, or opens the folder itself. Nothing but the protocol is printed.

    \b
    Examples:
      vedette mcp --data data
    """
    import anyio
    from mcp.server.stdio import stdio_server

    from vedette import __version__
    from vedette.app import connect_counsel
    from vedette.web.mcp_server import mcp_server

    async def serve() -> None:
        server = mcp_server(counsel, __version__, anyio.CapacityLimiter(AT_ONCE))
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    with connect_counsel(load_settings(ctx), lambda text: stderr().print(text)) as counsel:
        anyio.run(serve)
