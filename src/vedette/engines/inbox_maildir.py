"""An inbox in a maildir, where a mail server of this machine delivers (D. J. Bernstein, "Using maildir format")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from vedette.errors import SettingsError, StorageError
from vedette.questions.mail.inbox import Aside, Received

T = TypeVar("T")
INFO = ":2,"
SEEN, TRASHED = "S", "T"


class MaildirInbox:
    """The maildir at `path`; of a message, `limit` bytes are read. It is read and moved by its names alone, so other
    programs may use it at the same time. Folders are those of Maildir++: `.unknown-sender` in the maildir.

    The key of a message is its unique name. Raises SettingsError where there is no maildir."""

    def __init__(self, path: Path, limit: int) -> None:
        if not (path / "new").is_dir() or not (path / "cur").is_dir():
            raise SettingsError(f"inbox.url names {path}, which is no maildir: it has no folders new and cur.")
        self._path = path
        self._limit = limit

    def unread(self) -> Iterator[Received]:
        for path in self._tried(lambda: sorted(self._unread(), key=lambda one: (one.stat().st_mtime, one.name))):
            received = self._tried(partial(self._read, path))
            if received is not None:
                yield received

    def done(self, key: str) -> None:
        def mark() -> None:
            path = self._find(key)
            if path is not None:
                path.rename(self._path / "cur" / f"{key}{INFO}{''.join(sorted({*_flags(path), SEEN}))}")

        self._tried(mark)

    def set_aside(self, key: str, why: Aside) -> None:
        def move() -> None:
            path = self._find(key)
            if path is not None:
                path.rename(self._folder(why) / "new" / key)

        self._tried(move)

    def close(self) -> None:
        """Nothing is held open."""

    def _unread(self) -> Iterator[Path]:
        for name in ("new", "cur"):
            for path in (self._path / name).iterdir():
                dotted = path.name.startswith(".") or path.is_symlink() or not path.is_file()
                if not dotted and not {SEEN, TRASHED} & set(_flags(path)):
                    yield path

    def _read(self, path: Path) -> Received | None:
        try:
            with path.open("rb") as file:
                return Received(_key(path), file.read(self._limit), path.stat().st_size)
        except FileNotFoundError:  # another program took it
            return None

    def _find(self, key: str) -> Path | None:
        new = self._path / "new" / key
        if new.is_file():
            return new
        return next((path for path in (self._path / "cur").iterdir() if _key(path) == key), None)

    def _folder(self, why: Aside) -> Path:
        folder = self._path / f".{why}"
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "maildirfolder").touch()
        return folder

    def _tried(self, does: Callable[[], T]) -> T:
        try:
            return does()
        except OSError as error:
            raise StorageError(
                f"The maildir {self._path} cannot be used ({error.strerror}); check who may read and write it."
            ) from error


def _key(path: Path) -> str:
    return path.name.partition(":")[0]


def _flags(path: Path) -> str:
    return path.name.partition(INFO)[2]
