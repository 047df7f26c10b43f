"""Targets to files: a folder, a file, an `http(s)` URL or a prefix of an area such as `s3://`."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vedette.errors import BadInput, LoadError, NotFound, UnsafeTarget, VedetteError
from vedette.rag.load.registry import READERS, ending
from vedette.records import Failure

_LOCK_PREFIX = "~$"


@dataclass(frozen=True, slots=True)
class Found:
    """One file to read. `source` is its stable name: the POSIX path below the folder that was given, its file name
    where it was given itself, or its URL. `size` is in bytes; `read` gives them, and may raise OSError."""

    source: str
    size: int
    read: Callable[[], bytes]
    media_type: str = ""


Opener = Callable[[str], Iterator[Found | Failure]]


def discover(
    target: str,
    openers: Mapping[str, Opener],
    readers: Mapping[str, str] = READERS,
    left_out: Callable[[str], None] = lambda source: None,
) -> Iterator[Found | Failure]:
    """The files of a target, sorted by name. `openers` maps the scheme of a URL to what lists it.

    Left out of a folder: hidden files, lock files of Word, and files that no reader takes (`left_out` is told their
    names). A symbolic link that leads out of the folder is a failure. Raises NotFound for a path that does not exist,
    BadInput for a scheme or a single file that nothing reads, and what the opener raises.
    """
    scheme, separator, _ = target.partition("://")
    if separator:
        opener = openers.get(scheme.lower())
        if opener is None:
            raise BadInput(
                f"{target} is not read: Vedette reads paths and {', '.join(sorted(openers)) or 'no'} addresses."
            )
        yield from opener(target)
        return
    path = Path(target).expanduser()
    if path.is_dir():
        yield from _folder(path, readers, left_out)
    elif path.exists():
        if not ending(path.name, readers=readers):
            raise BadInput(f"{path.name} is of a kind that is not read; supported are {', '.join(sorted(readers))}.")
        yield _file(path, plain_name(path.name))
    else:
        raise NotFound(f"There is no file or folder {target}; check the path.")


def _folder(root: Path, readers: Mapping[str, str], left_out: Callable[[str], None]) -> Iterator[Found | Failure]:
    top = root.resolve()
    closed: list[OSError] = []
    for path in _walk(root, closed.append):
        name = plain_name(path.relative_to(root).as_posix())
        try:
            _inside(path, top, name)
            if not ending(name, readers=readers):
                left_out(name)
            elif path.is_file():
                yield _file(path, name)
        except VedetteError as error:
            yield Failure(name, error.message)
        except OSError as error:
            yield Failure(name, f"{name} cannot be opened ({error.strerror or error}); check its permissions.")
    for refused in closed:
        folder = Path(refused.filename)
        if folder == root:
            raise LoadError(f"{root} cannot be opened ({refused.strerror}); check its permissions.") from refused
        name = plain_name(folder.relative_to(root).as_posix())
        yield Failure(name, f"The folder {name} cannot be opened ({refused.strerror}); check its permissions.")


def _walk(root: Path, closed: Callable[[OSError], None]) -> Iterator[Path]:
    """Every file below `root`, and every symbolic link to a folder, which is not followed; `closed` is told of folders
    that cannot be opened."""
    for folder, folders, files in os.walk(root, onerror=closed):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in links)
        for name in sorted([*files, *links]):
            if not name.startswith((".", _LOCK_PREFIX)):
                yield Path(folder) / name


def _inside(path: Path, top: Path, name: str) -> None:
    """Raise for a symbolic link that leads out of the folder or to a folder, and for one that leads nowhere."""
    if not path.is_symlink():
        return
    if not path.exists():
        raise UnsafeTarget(f"{name} is a symbolic link to nothing; remove it.")
    if not path.resolve().is_relative_to(top):
        raise UnsafeTarget(f"{name} is a symbolic link out of the folder; ingest what it points to by its own path.")
    if path.is_dir():
        raise UnsafeTarget(
            f"{name} is a symbolic link to another folder of the same tree, which is read in its own place."
        )


def _file(path: Path, name: str) -> Found:
    return Found(name, path.stat().st_size, path.read_bytes)


def plain_name(name: str) -> str:
    r"""A name as it can be stored and shown: what would break the catalogue (undecodable bytes) or command a terminal
    (control characters) is written as its code.

    >>> plain_name("caf\udce9\x1b[31m.md")
    'caf\\xe9\\x1b[31m.md'
    """
    coded = (f"\\x{ord(sign) & 0xFF:02x}" if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in name)
    return "".join(coded)
