"""`vedette serve` and `vedette up`: one process that owns the data folder and answers over HTTP."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from vedette.cli.common import load_settings, stderr
from vedette.errors import Conflict, NotFound, SettingsError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

    from vedette.services import Services
    from vedette.settings import Settings
    from vedette.web.config import WebConfig

SWITCH_S = 0.001
SETTLED = 20_000

Host = Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one [8000].")]
Profile = Annotated[str | None, typer.Option(help="Set of other defaults, such as course [VEDETTE_PROFILE].")]
LogToStderr = Annotated[bool, typer.Option("--log-stderr", help="Log to stderr instead of DATA/logs/vedette.json.")]


def serve(
    ctx: typer.Context, host: Host = None, port: Port = None, profile: Profile = None, log_stderr: LogToStderr = False
) -> None:
    """Serve the API for the documents that are there, until Ctrl-C.

    \b
    Examples:
      vedette serve --port 8001
      vedette serve --log-stderr
    """
    from vedette.settings import with_server

    settings = with_server(load_settings(ctx, profile), host, port)
    run(settings, log_stderr, lambda services, url, stopped: _say(f"Vedette answers at {url} (Ctrl-C stops it)"))


def up(
    ctx: typer.Context,
    host: Host = None,
    port: Port = None,
    library: Annotated[
        Path | None,
        typer.Option(help="Folder to read on the first run [examples/security; examples/curso for a course]."),
    ] = None,
    profile: Profile = None,
    log_stderr: LogToStderr = False,
) -> None:
    """Serve, and on the first run read a library of documents; asking works meanwhile.

    \b
    Examples:
      vedette up
      vedette up --port 8001 --library examples/cv
      vedette up --profile course
    """
    from vedette.cli.first_run import first_run
    from vedette.settings import with_server

    if library is not None and not library.is_dir():
        raise NotFound(f"There is no folder {library}; name one with --library.")
    settings = with_server(load_settings(ctx, profile), host, port)
    run(settings, log_stderr, lambda services, url, stopped: first_run(settings, services, library, url, stopped))


def run(settings: Settings, log_stderr: bool, beside: Callable[[Services, str, Callable[[], bool]], None]) -> None:
    """Serve until stopped. `beside(services, url, stopped)` runs in a thread once the server answers."""
    from vedette.settings import require_safe_to_serve

    require_safe_to_serve(settings)
    with _bound(settings.server.host, settings.server.port) as listener:
        # SIGTERM ends like Ctrl-C, through every `finally`; uvicorn hands it on after its own stop.
        signal.signal(signal.SIGTERM, _stop)
        import uvicorn

        from vedette.app import opened
        from vedette.cli.logs import log_to
        from vedette.running import RunningServer, announced, new_token
        from vedette.web.api import create_app

        # A thread that computes lets the others in so often: a word of an answer passes through three of them.
        sys.setswitchinterval(SWITCH_S)
        gc.callbacks.append(_keep_what_stays)
        with opened(settings) as services:
            log_to(None if log_stderr else settings.data)
            url = _url(settings.server.host, listener.getsockname()[1])
            token = new_token()
            announcement = RunningServer(url, os.getpid(), token, datetime.now(UTC).isoformat(timespec="seconds"))
            with announced(settings.data, announcement):
                app = create_app(services, web_config(settings, token))
                server = uvicorn.Server(uvicorn_config(app, settings))
                _serve(server, listener, lambda stopped: beside(services, url, stopped))


def _keep_what_stays(phase: str, info: dict[str, int]) -> None:
    """A full collection walks over everything that was ever loaded, and everybody waits for 0.1 s. What survived one in
    such numbers are modules and models, which stay: later collections pass over them."""
    if phase == "stop" and info["generation"] == 2 and len(gc.get_objects(generation=2)) > SETTLED:
        gc.freeze()


def uvicorn_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """How the server runs. Only named proxies are believed whose request they pass on, and whether it was https."""
    import uvicorn

    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.server.proxies),
        forwarded_allow_ips=settings.server.proxies or None,
        timeout_graceful_shutdown=5,
    )


def _serve(server: uvicorn.Server, listener: socket.socket, beside: Callable[[Callable[[], bool]], None]) -> None:
    def companion() -> None:
        while not (server.started or server.should_exit):
            time.sleep(0.02)
        beside(lambda: server.should_exit)

    thread = threading.Thread(target=companion, name="beside the server")
    thread.start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        _say("Stopped.")
    finally:
        server.should_exit = True
        thread.join()


def web_config(settings: Settings, token: str) -> WebConfig:
    """What the web is told, from the settings."""
    from vedette import __version__
    from vedette.settings import is_loopback
    from vedette.web.config import WebConfig

    server = settings.server
    names = {name.strip().lower() for name in server.allowed_hosts.split(",") if name.strip()}
    # The other commands come by this address, which no foreign name can lead a browser to (DNS rebinding).
    names.add("127.0.0.1" if _wildcard(server.host) else _bracketed(server.host).lower())
    names.add(_bracketed(urlsplit(settings.accounts.page_url).hostname or "").lower())
    return WebConfig(
        version=__version__,
        token=token,
        local=is_loopback(server.host),
        allowed_hosts=tuple(sorted(names)),
        cors_origins=tuple(origin.strip() for origin in server.cors_origins.split(",") if origin.strip()),
        max_upload_bytes=server.max_upload_mb * 1_000_000,
        max_network_bytes=settings.forecast.max_upload_mb * 1_000_000,
        page=_page(server.page),
        secure=settings.accounts.page_url.startswith("https:"),
        per_address=server.per_address,
        per_person=server.per_person,
        limits_url=settings.accounts.throttle,
        language=server.language,
    )


def _page(folder: str) -> Path:
    """The folder of the built page. Raises SettingsError where another one is named and none is in it."""
    from vedette.web.page_files import PACKAGED

    if folder and not (Path(folder) / "index.html").is_file():
        raise SettingsError(
            f"server.page is {folder}, where there is no index.html; build the page, or leave it empty."
        )
    return Path(folder) if folder else PACKAGED


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound before anything is loaded, so that a port in use is told at once. Raises Conflict."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        why = (error.strerror or str(error)).lower()
        raise Conflict(f"Cannot listen on {host}:{port}: {why}; choose another with --port or --host.") from error
    return listener


def _url(host: str, port: int) -> str:
    return f"http://{'127.0.0.1' if _wildcard(host) else _bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _wildcard(host: str) -> bool:
    return host in ("0.0.0.0", "::", "[::]")


def _stop(_: int, __: FrameType | None) -> None:
    sys.exit(0)


def _say(text: str) -> None:
    stderr().print(text)
