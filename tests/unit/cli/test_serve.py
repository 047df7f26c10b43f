"""What the web is told from the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vedette.cli.serve import web_config
from vedette.settings import load, with_server


@pytest.mark.parametrize(
    ("host", "local", "names"),
    [
        ("127.0.0.1", True, ("127.0.0.1", "docs.example")),
        ("0.0.0.0", False, ("127.0.0.1", "docs.example")),
        ("192.0.2.7", False, ("192.0.2.7", "docs.example")),
        ("::1", True, ("[::1]", "docs.example")),
    ],
)
def test_the_other_commands_may_always_come_by_the_address_that_is_announced(
    host: str, local: bool, names: tuple[str, ...], tmp_path: Path
) -> None:
    settings = with_server(load({}, tmp_path), host, 0)
    settings = replace(settings, server=replace(settings.server, allowed_hosts="docs.example"))
    config = web_config(settings, "token")
    assert (config.local, config.allowed_hosts) == (local, names)
