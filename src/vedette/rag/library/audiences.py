"""Who may read what: the different sharings of documents, numbered, and what a caller sees of the tables.

The terms of a collection are counted apart for each audience, so that not even the number of documents that hold a word
depends on what a caller may not read (the attack is in Büttcher & Clarke 2005, "A Security Model for Full-Text File
System Search in Multi-User Environments").
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vedette.errors import BadInput
from vedette.rag.library.database import Database
from vedette.records import EVERYONE, TLP, Access, Sharing


@dataclass(frozen=True, slots=True)
class Part:
    """A condition to put behind a WHERE that stands already, and its values."""

    sql: str
    values: tuple[str, ...]


OPEN = Sharing()
EVERYTHING = Part("", ())
MOST_CALLERS = 1000
_TAG = re.compile(rf"{EVERYONE}|user:\S{{1,100}}|group:\S.{{0,100}}")


@dataclass(frozen=True, slots=True)
class _Known:
    """What holds while `changes` rows are written: by access, conditions; by collection and access, whether all of it
    may be read."""

    changes: int
    parts: dict[str, tuple[Part, Part]]
    open: dict[str, bool]


class Audiences:
    """The sharings in a database; 0 is that of documents that all readers of their collection may read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = _Known(-1, {}, {})

    def number(self, sharing: Sharing) -> int:
        """The number of a sharing, which is given one when it is new."""
        row = (written(sharing.readers), sharing.tlp)
        with self._database.transaction() as db:
            db.execute("INSERT OR IGNORE INTO audiences (readers, tlp) VALUES (?, ?)", row)
            return int(db.execute("SELECT id FROM audiences WHERE readers = ? AND tlp = ?", row).fetchone()[0])

    def collections(self, access: Access) -> Part:
        """That `collection` is one that the access may read."""
        return EVERYTHING if access.everything else self._parts(access)[0]

    def documents(self, access: Access) -> Part:
        """That `collection` and `audience` are such that the access may read them."""
        return EVERYTHING if access.everything else self._parts(access)[1]

    def all_open(self, collection: str, access: Access) -> bool:
        """Whether the access may read every document of a collection that it may read."""
        if access.everything:
            return True
        known, key = self._known(), f"{collection}\0{access.key}"
        if key not in known.open:
            rows = self._database.read("SELECT DISTINCT audience FROM documents WHERE collection = ?", collection)
            known.open[key] = {row[0] for row in rows} <= self._numbers(access)
        return known.open[key]

    def _parts(self, access: Access) -> tuple[Part, Part]:
        known = self._known()
        if access.key not in known.parts:
            known.parts[access.key] = self._look(access)
        return known.parts[access.key]

    def _known(self) -> _Known:
        """What was looked up since anything was written."""
        changes = self._database.changes()
        if self._seen.changes != changes or len(self._seen.parts) + len(self._seen.open) >= MOST_CALLERS:
            self._seen = _Known(changes, {}, {})
        return self._seen

    def _numbers(self, access: Access) -> set[int]:
        every = self._database.read("SELECT id, readers, tlp FROM audiences")
        return {row[0] for row in every if access.may_read(sharing_of(row[1], row[2]))}

    def _look(self, access: Access) -> tuple[Part, Part]:
        tags = set(access.tags)
        rows = self._database.read("SELECT name, readers FROM collections")
        names = [name for name, readers in rows if not tags.isdisjoint(json.loads(readers))]
        collections = Part(" AND collection IN (SELECT value FROM json_each(?))", (json.dumps(names),))
        within = f"{collections.sql} AND audience IN (SELECT value FROM json_each(?))"
        return collections, Part(within, (*collections.values, json.dumps(sorted(self._numbers(access)))))


def checked(sharing: Sharing) -> Sharing:
    """The sharing, its readers sorted. Raises BadInput for what is no tag or no label.

    >>> checked(Sharing(("user:2", "group:soc"), "amber"))
    Sharing(readers=('group:soc', 'user:2'), tlp='AMBER')
    """
    for tag in sharing.readers:
        if not _TAG.fullmatch(tag):
            raise BadInput(f"'{tag}' names no readers; write everyone, user:ID or group:NAME.")
    tlp = sharing.tlp.upper().removeprefix("TLP:")
    if tlp not in ("", *TLP):
        raise BadInput(f"'{sharing.tlp}' is no label of the Traffic Light Protocol 2.0; it has {', '.join(TLP)}.")
    return Sharing(tuple(sorted(set(sharing.readers))), tlp)


def sharing_of(readers: str, tlp: str) -> Sharing:
    """The sharing of a stored row."""
    return Sharing(tuple(json.loads(readers)), tlp)


def written(readers: Sequence[str]) -> str:
    """Reader tags as stored."""
    return json.dumps(sorted(set(readers)))
