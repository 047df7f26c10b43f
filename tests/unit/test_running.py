"""The announcement of a running server: private, atomic, gone at the end."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vedette.errors import StorageError
from vedette.running import NAME, RunningServer, announced, find, new_token

Make = Callable[..., RunningServer]


@pytest.fixture
def server() -> Iterator[Make]:
    """Makes announcements of a port where somebody listens, as a server would."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield lambda token="t", pid=None: RunningServer(url, pid or os.getpid(), token, "2026-11-21T09:00:00+00:00")


def test_found_while_it_runs_and_gone_after(tmp_path: Path, server: Make) -> None:
    assert find(tmp_path) is None
    with announced(tmp_path, server()):
        assert find(tmp_path) == server()
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert list(tmp_path.iterdir()) == []


def test_a_crashed_servers_announcement_is_ignored_and_replaced(tmp_path: Path, server: Make) -> None:
    with announced(tmp_path, server("old", pid=2**22 + 1)):
        assert find(tmp_path) is None
        with announced(tmp_path, server("new")):
            assert find(tmp_path) == server("new")
    assert find(tmp_path) is None


def test_a_living_process_that_does_not_listen_is_no_server(tmp_path: Path) -> None:
    with announced(tmp_path, RunningServer("http://127.0.0.1:9", os.getpid(), "t", "")):
        assert find(tmp_path) is None


def test_another_servers_announcement_is_left_alone(tmp_path: Path, server: Make) -> None:
    with announced(tmp_path, server("first")):
        other = announced(tmp_path, server("second"))
        other.__enter__()
    assert find(tmp_path) == server("second")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
def test_a_broken_announcement_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(StorageError, match=NAME):
        find(tmp_path)


def test_tokens_are_long_and_new() -> None:
    assert len(new_token()) >= 43
    assert new_token() != new_token()
