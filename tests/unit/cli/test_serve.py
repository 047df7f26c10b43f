"""What the web is told from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from vedette.cli.serve import uvicorn_config, web_config
from vedette.errors import SettingsError
from vedette.settings import load, with_server
from vedette.web.page_files import PACKAGED

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("host", "local", "names"),
    [
        ("127.0.0.1", True, ("127.0.0.1", "docs.example")),
        ("0.0.0.0", False, ("127.0.0.1", "docs.example")),
        ("192.0.2.7", False, ("127.0.0.1", "192.0.2.7", "docs.example")),
        ("::1", True, ("127.0.0.1", "[::1]", "docs.example")),
    ],
)
def test_the_other_commands_may_always_come_by_the_address_that_is_announced(
    host: str, local: bool, names: tuple[str, ...], tmp_path: Path
) -> None:
    settings = with_server(load({}, tmp_path), host, 0)
    settings = replace(settings, server=replace(settings.server, allowed_hosts="docs.example"))
    config = web_config(settings, "token")
    assert (config.local, config.allowed_hosts) == (local, names)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "VEDETTE_ACCOUNTS_SIGN_IN"),
        ({"VEDETTE_ACCOUNTS_SIGN_IN": "true"}, "VEDETTE_ACCOUNTS_SECRET_KEY"),
        ({"VEDETTE_ACCOUNTS_SECRET_KEY": "x" * 40}, "VEDETTE_ACCOUNTS_SIGN_IN"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "up"])
def test_others_are_not_served_unless_they_sign_in(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, environ: dict[str, str], told: str
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    result = run(command, "--host", "0.0.0.0", "--port", "0")
    assert result.code == 2
    assert told in " ".join(result.err.split())


def test_the_page_is_the_packaged_one_or_another(tmp_path: Path) -> None:
    assert web_config(load({}, tmp_path), "token").page == PACKAGED
    with pytest.raises(SettingsError, match=r"no index\.html"):
        web_config(load({"VEDETTE_SERVER_PAGE": str(tmp_path)}, tmp_path), "token")
    (tmp_path / "index.html").write_text("<!doctype html>")
    assert web_config(load({"VEDETTE_SERVER_PAGE": str(tmp_path)}, tmp_path), "token").page == tmp_path


def test_cookies_are_secure_where_the_page_is_reached_over_https(tmp_path: Path) -> None:
    environ = {"VEDETTE_ACCOUNTS_PAGE_URL": "https://vedette.example"}
    config = web_config(load(environ, tmp_path), "token")
    assert config.secure
    assert "vedette.example" in config.allowed_hosts
    assert not web_config(load({}, tmp_path), "token").secure


@pytest.mark.parametrize(("proxies", "seen"), [("", ("http", "127.0.0.1")), ("127.0.0.1", ("https", "192.0.2.7"))])
def test_only_named_proxies_are_believed(tmp_path: Path, proxies: str, seen: tuple[str, str]) -> None:
    """Run as the server would run it, with a request that claims to be passed on."""
    heard: list[tuple[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append((scope["scheme"], scope["client"][0]))

    config = uvicorn_config(app, load({"VEDETTE_SERVER_PROXIES": proxies}, tmp_path))
    config.load()
    headers = [(b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "scheme": "http", "client": ("127.0.0.1", 1234), "headers": headers}
    asyncio.run(config.loaded_app(scope, None, None))  # type: ignore[arg-type]
    assert heard == [seen]
