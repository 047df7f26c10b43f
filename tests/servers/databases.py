"""Real servers for the tests: PostgreSQL, MariaDB and Redis from the system's packages, in folders of their own."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import psutil
import pytest
from sqlalchemy import MetaData, create_engine, text

START_S = 60.0
DEBIAN = {
    "initdb": "postgresql",
    "postgres": "postgresql",
    "mariadbd": "mariadb-server",
    "mariadb-install-db": "mariadb-server",
    "redis-server": "redis-server",
    "dovecot": "dovecot-imapd",
    "java": "default-jdk-headless",
}


@contextmanager
def postgresql(durable: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL server with an empty database `vedette`, as its superuser; where it is `durable`, what it
    has acknowledged is on the disk."""
    with postgresql_server(durable) as (url, _):
        yield url


@contextmanager
def mariadb(durable: bool = False) -> Iterator[str]:
    """The URL of a MariaDB server with an empty database `vedette`, as root; `durable` as above."""
    with mariadb_server(durable) as (url, _):
        yield url


@contextmanager
def postgresql_server(durable: bool = False) -> Iterator[tuple[str, Server]]:
    """As `postgresql`, with the server."""
    initdb, postgres = program("initdb"), program("postgres")
    user = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root
    prefix = ["runuser", "-u", user, "--"] if user else []
    with own_folder(user) as folder:
        data, port = folder / "data", free_port()
        _run([*prefix, initdb, "-D", str(data), "-U", "vedette", "-A", "trust", "-E", "UTF8", "--locale=C"])
        command = [postgres, "-D", str(data), "-p", str(port), "-k", str(folder)]
        command += ["-c", f"fsync={'on' if durable else 'off'}"]
        url = f"postgresql+psycopg://vedette@127.0.0.1:{port}"
        # SIGTERM would wait for whoever is connected.
        with running(command, folder, lambda: _answers(f"{url}/postgres"), signal.SIGINT) as server:
            _execute(f"{url}/postgres", "CREATE DATABASE vedette")
            yield f"{url}/vedette", server


@contextmanager
def mariadb_server(durable: bool = False) -> Iterator[tuple[str, Server]]:
    """As `mariadb`, with the server."""
    install, binary = program("mariadb-install-db"), program("mariadbd")
    with own_folder() as folder:
        data, port, user = folder / "data", free_port(), getpass.getuser()
        # Their own: one that starts clears away the temporary tables of others in the common folder.
        passing = folder / "tmp"
        passing.mkdir()
        _run(
            [
                install,
                "--no-defaults",
                f"--datadir={data}",
                f"--tmpdir={passing}",
                f"--user={user}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ]
        )
        command = [binary, "--no-defaults", f"--datadir={data}", f"--tmpdir={passing}", f"--port={port}"]
        command += ["--bind-address=127.0.0.1"]
        command += [f"--socket={folder}/s", f"--user={user}", f"--innodb-flush-log-at-trx-commit={1 if durable else 2}"]
        url = f"mariadb+pymysql://root@127.0.0.1:{port}"
        with running(command, folder, lambda: _answers(f"{url}/mysql")) as server:
            # Its own default compares letters, not bytes: our tables have to say what they want.
            _execute(f"{url}/mysql", "CREATE DATABASE vedette CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
            yield f"{url}/vedette", server


@contextmanager
def redis() -> Iterator[str]:
    """The URL of an empty Redis server."""
    server = program("redis-server")
    with own_folder() as folder:
        port = free_port()
        command = [server, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
        with running(command, folder, lambda: _listens(port)):
            yield f"redis://127.0.0.1:{port}/0"


def empty(url: str) -> None:
    """Drop every table of a database."""
    engine = create_engine(url)
    found = MetaData()
    with engine.begin() as connection:
        found.reflect(connection)
        found.drop_all(connection)
    engine.dispose()


def program(name: str) -> str:
    """Where a program is; skips or fails without it."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if found or versions:
        return found or str(versions[-1])
    absent(f"{name} is not installed; on Debian: apt-get install {DEBIAN[name]}")


def absent(message: str) -> NoReturn:
    """Skip a test whose server is not here, aloud; fail it where all of them have to be."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def own_folder(user: str | None = None) -> Iterator[Path]:
    """A new folder, which is gone afterwards; this user's where one is named."""
    folder = Path(tempfile.mkdtemp(prefix="vedette-server-"))
    try:
        if user:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr[-2000:]


class Server:
    """A program that may be stopped, killed, and started again with the same command; its log is in `folder`. It runs
    as the owner of that."""

    def __init__(
        self, command: Sequence[str], folder: Path, ready: Callable[[], bool], stops: int = signal.SIGTERM
    ) -> None:
        self._stops = stops
        self._command = command
        self._user = folder.owner()
        self._log = folder / "log"
        self._ready = ready

    def start(self) -> None:
        """Returns once it is ready."""
        with self._log.open("a") as out:
            me = self._user == getpass.getuser()
            whose = {} if me else {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}
            self._process = subprocess.Popen(self._command, stdout=out, stderr=out, cwd="/", **whose)  # type: ignore[call-overload]
        limit = time.monotonic() + START_S
        while not self._ready():
            assert self._process.poll() is None, self._log.read_text()[-2000:]
            assert time.monotonic() < limit, self._log.read_text()[-2000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """As an admin stops it."""
        self._process.send_signal(self._stops)
        self._process.wait(timeout=30)

    def kill(self) -> None:
        """With all processes of its own at once, as when the machine's power fails but for what the system holds."""
        family = psutil.Process(self._process.pid)
        for one in [family, *family.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait(timeout=30)


@contextmanager
def running(
    command: Sequence[str], folder: Path, ready: Callable[[], bool], stops: int = signal.SIGTERM
) -> Iterator[Server]:
    """A server that is up, and `stops` at a signal."""
    server = Server(command, folder, ready, stops)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _answers(url: str) -> bool:
    try:
        _execute(url, "SELECT 1")
    except Exception:  # noqa: BLE001 - whatever a driver raises, the server is not there yet
        return False
    return True


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
