"""Targets to files under their names in the collection, and what is gone since the last time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from vedette.errors import BadInput
from vedette.rag.load.discover import Found, plain_name
from vedette.records import Failure

_ADDRESS = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
Discover = Callable[[str], Iterator[Found | Failure]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file to read. `found.source` is its name in the collection; `root` is the target that it is known under."""

    root: str
    found: Found


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or folder that cannot be opened, under its name in the collection."""

    root: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands under those of the targets that could be looked at."""

    targets: tuple[str, ...]
    files: tuple[Listed, ...]
    refused: tuple[Refused, ...]

    def roots(self) -> dict[str, str]:
        """Name -> root of all that was found."""
        return {item.found.source: item.root for item in self.files} | {
            item.failure.path: item.root for item in self.refused
        }

    def gone(self, known: Mapping[str, str]) -> list[str]:
        """The names among the `known` (name -> root) that stood under the targets and do not any more.

        What cannot be opened now, or stands in a folder that cannot, is not gone.
        """
        present = {listed.found.source for listed in self.files}
        spared = [refused.failure.path for refused in self.refused]
        return [
            name
            for name, root in known.items()
            if name not in present
            and any(_inside(root, target) for target in self.targets)
            and not any(_inside(name, path) for path in spared)
        ]


def look(targets: Iterable[str], discover: Discover) -> dict[str, list[Found | Failure]]:
    """What stands under each target. Raises as `discover`; of several targets, one that raises is a failure under its
    own name, and the others go on."""
    asked = tuple(dict.fromkeys(plain_address(target) for target in targets))
    found: dict[str, list[Found | Failure]] = {}
    for target in asked:
        name = plain_name(target)
        try:
            found[name] = list(discover(target))
        except BadInput as error:
            if len(asked) == 1:
                raise
            found[name] = [Failure(name, error.message)]
    return found


def plain_address(target: str) -> str:
    """A target, of a URL the scheme and the host in small letters, for which they are the same (RFC 3986, 6.2.2.1).

    >>> plain_address("HTTP://Example.ORG/A"), plain_address("Notes/A.md")
    ('http://example.org/A', 'Notes/A.md')
    """
    address = _ADDRESS.match(target)
    return address[0].lower() + target[address.end() :] if address else target


def list_files(found: Mapping[str, Iterable[Found | Failure]], known: Mapping[str, str]) -> Listing:
    """Every file of the targets, once. `known`: name -> root of what the collection holds."""
    names = _Names(known)
    files: dict[str, Listed] = {}
    refused: list[Refused] = []
    for target, items in found.items():
        for item in items:
            if isinstance(item, Failure):
                root, name = names.of(target, item.path)
                refused.append(Refused(root, replace(item, path=name)))
            else:
                root, name = names.of(target, item.source)
                files.setdefault(name, Listed(root, replace(item, source=name)))
    # Of a target that could not be looked at, nothing is known to be gone.
    seen = [target for target in found if all(item.root != target or item.failure.path != target for item in refused)]
    return Listing(tuple(seen), tuple(files.values()), tuple(refused))


class _Names:
    """The names of files in a collection: no two files share one, and a file keeps its own."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._taken = dict(known)
        self._roots = set(known.values())

    def of(self, target: str, source: str) -> tuple[str, str]:
        """Root and name of a file: those it has where it was found under another target before, else its own.

        Where a file of another target has that, the name of its folder stands before it, or the whole target.
        """
        folder = target.rstrip("/")
        place = target if target == source or target.endswith(f"/{source}") else f"{folder}/{source}"
        for root in self._roots - {target}:
            name = source if place == root else place.removeprefix(f"{root.rstrip('/')}/")
            if name != place and self._taken.get(name) == root:
                return root, name
        self._roots.add(target)
        names = (source, f"{folder.rsplit('/', 1)[-1]}/{source}", f"{folder}/{source}")
        name = next((name for name in names if self._taken.get(name, target) == target), names[-1])
        self._taken[name] = target
        return target, name


def _inside(path: str, folder: str) -> bool:
    """Whether a path is the folder or stands in it.

    >>> _inside("a/b", "a"), _inside("a", "a"), _inside("ab", "a")
    (True, True, False)
    """
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")
