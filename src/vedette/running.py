"""`DATA/server.json`: where the running server of a data folder is, and the token that proves its owner.

One process owns a data folder. While that is a server, the other commands of the same user find it here and ask it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.parse import urlsplit

from vedette.errors import Conflict, StorageError

NAME = "server.json"
SCRATCH = "evaluate-"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """`url` without a trailing slash; `started` as ISO 8601 UTC."""

    url: str
    pid: int
    token: str
    started: str


def new_token() -> str:
    """A fresh owner token of 256 bits."""
    return secrets.token_urlsafe(32)


def own(data: Path, stack: ExitStack) -> None:
    """Make this process the owner of the data folder until `stack` closes. Raises Conflict, StorageError."""
    import fcntl

    try:
        data.mkdir(parents=True, exist_ok=True)
        handle = stack.enter_context((data / "owner.lock").open("a"))
    except OSError as error:
        raise unwritable(data, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Conflict(
            f"Another vedette process is working on {data}; wait until it ends, or stop it if it is a server."
        ) from error


@contextmanager
def scratch(data: Path) -> Iterator[Path]:
    """A folder inside the data folder, gone when the block ends: for evaluations. Raises StorageError."""
    with ExitStack() as stack:
        try:
            data.mkdir(parents=True, exist_ok=True)
            clear_scratch(data)
            # It has its name only once it is held, so that nobody takes it for one that was left behind.
            draft = Path(mkdtemp(prefix=f"new-{SCRATCH}", dir=data))
            own(draft, stack)
            folder = draft.rename(data / draft.name.removeprefix("new-"))
        except OSError as error:
            raise unwritable(data, error) from error
        stack.callback(rmtree, folder)
        yield folder


def clear_scratch(data: Path) -> None:
    """Remove the folders of evaluations that were killed. One under way holds its own; what cannot be removed is left
    to the next."""
    for folder in data.glob(f"{SCRATCH}*"):
        with ExitStack() as stack, suppress(Conflict, StorageError):
            own(folder, stack)
            rmtree(folder, ignore_errors=True)


def unwritable(data: Path, error: OSError) -> StorageError:
    return StorageError(f"The data folder {data} cannot be written ({error.strerror}); choose another with --data.")


@contextmanager
def announced(data: Path, server: RunningServer) -> Iterator[None]:
    """Make the server findable for as long as the block runs; only its owner may read the file."""
    path = data / NAME
    _write(path, json.dumps(asdict(server)))
    try:
        yield
    finally:
        if (found := _read(path)) is not None and found.token == server.token:
            path.unlink(missing_ok=True)


def find(data: Path) -> RunningServer | None:
    """The running server of a data folder; None when none is announced, or nobody listens there any more."""
    server = _read(data / NAME)
    return server if server is not None and _alive(server.pid) and _listens(server.url) else None


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}; check the folder's rights.") from error


def _read(path: Path) -> RunningServer | None:
    try:
        return RunningServer(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError) as error:
        raise StorageError(f"{path} cannot be read: {error}; remove it if no server runs on this folder.") from error


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _listens(url: str) -> bool:
    """Process ids are given out again, so a living process is not enough."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1.0).close()
    except OSError:
        return False
    return True
