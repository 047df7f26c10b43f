"""The announcement of a running server: private, atomic, gone at the end."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vedette.app import opened
from vedette.errors import StorageError
from vedette.running import NAME, RunningServer, announced, clear_scratch, find, new_token, scratch
from vedette.settings import load

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


EVALUATE = """
import sys, time
from pathlib import Path
from vedette.running import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "pages").mkdir()
    (folder / "pages" / "one.md").write_text("One")
    print(folder.name, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_evaluation_left_is_cleared_and_what_another_works_in_is_not(tmp_path: Path) -> None:
    def evaluation() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", EVALUATE, str(tmp_path)], stdout=subprocess.PIPE, text=True)

    def folders() -> list[str]:
        return sorted(path.name for path in tmp_path.glob("*evaluate*"))

    with evaluation() as killed, evaluation() as working:
        names = [process.stdout.readline().strip() for process in (killed, working)]  # type: ignore[union-attr]
        try:
            clear_scratch(tmp_path)
            assert folders() == sorted(names)
            killed.terminate()
            killed.wait()
            with scratch(tmp_path) as mine:
                assert folders() == sorted([names[1], mine.name])
                clear_scratch(tmp_path)
                assert mine.is_dir()
            assert folders() == [names[1]]
        finally:
            killed.kill()
            working.kill()
    with opened(load({}, tmp_path)):
        assert folders() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
def test_a_broken_announcement_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(StorageError, match=NAME):
        find(tmp_path)


def test_tokens_are_long_and_new() -> None:
    assert len(new_token()) >= 43
    assert new_token() != new_token()
