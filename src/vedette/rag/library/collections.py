"""The collections of a library: what they hold, in how many chunks each term stands, and their scope calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vedette.errors import Conflict, NotFound
from vedette.rag.library.audiences import MOST_CALLERS, Audiences, written
from vedette.rag.library.database import CORPUS_VERSION, Database
from vedette.records import EVERYONE, OWNER, Access, CollectionInfo

MAIN_SHARE = 0.05
_Counted = dict[str, tuple[CollectionInfo, ...]]


class Collections:
    """The collections in a database, as far as `access` allows: whatever is counted, is counted of what may be read."""

    def __init__(self, database: Database, audiences: Audiences, access: Access = OWNER) -> None:
        self._database = database
        self._audiences = audiences
        self._access = access
        self._counted: list[tuple[int, _Counted]] = [(-1, {})]

    def seen_by(self, access: Access) -> Collections:
        """The same collections for somebody else; what was counted is shared."""
        other = Collections(self._database, self._audiences, access)
        other._counted = self._counted
        return other

    def add(self, name: str, readers: Sequence[str] = (EVERYONE,)) -> None:
        """Make a collection; one that is there stays as it is."""
        with self._database.transaction() as db:
            db.execute("INSERT OR IGNORE INTO collections (name, readers) VALUES (?, ?)", (name, written(readers)))

    def take(self, name: str, readers: Sequence[str]) -> None:
        """Make a collection, or be content with one that may be seen. Raises Conflict where another has the name."""
        if name not in (info.name for info in self.all()):
            with self._database.transaction() as db:
                if db.execute("SELECT 1 FROM collections WHERE name = ?", (name,)).fetchall():
                    raise Conflict(f"The name '{name}' cannot be had for a collection; choose another one.")
                self.add(name, readers)

    def share(self, name: str, readers: Sequence[str]) -> CollectionInfo:
        """Say who may read a collection; returns it as it is then. Raises NotFound."""
        self.named(name)
        with self._database.transaction() as db:
            db.execute("UPDATE collections SET readers = ? WHERE name = ?", (written(readers), name))
            self._database.add(CORPUS_VERSION, 1)
        return self.seen_by(OWNER).named(name)

    def remove(self, name: str) -> None:
        """Forget an empty collection and what was learnt of it."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM collections WHERE name = ?", (name,))
            for table in ("terms", "files", "failures"):
                db.execute(f"DELETE FROM {table} WHERE collection = ?", (name,))
            db.execute("DELETE FROM meta WHERE key = ?", (_changed(name),))
            self._database.add(CORPUS_VERSION, 1)

    def all(self) -> tuple[CollectionInfo, ...]:
        """All collections by name; counted again only when something was written, since every question asks."""
        changes = self._database.changes()  # before: what is written meanwhile is counted the next time
        if self._counted[0][0] != changes or len(self._counted[0][1]) >= MOST_CALLERS:
            self._counted[0] = (changes, {})
        counted = self._counted[0][1]
        key = self._access.key
        if key not in counted:
            counted[key] = self._infos()
        return counted[key]

    def named(self, name: str) -> CollectionInfo:
        """A collection by name. Raises NotFound, with the same sentence for one that is not there and a hidden one."""
        known = self.all()
        for info in known:
            if info.name == name:
                return info
        names = ", ".join(info.name for info in known) or "none yet; `vedette ingest PATH` makes one"
        raise NotFound(f"There is no collection '{name}' (there is: {names}).")

    def count(self, name: str, terms: Mapping[int, int], chunks: int, audience: int = 0) -> None:
        """Count a document in, or out with negative numbers. `terms`: term id -> in how many chunks of it."""
        with self._database.transaction():
            self.add(name)
            self.move(name, terms, audience)
            self._database.add(_changed(name), abs(chunks))

    def move(self, name: str, terms: Mapping[int, int], audience: int) -> None:
        """Count the terms of a document into an audience, or out of it with negative numbers."""
        with self._database.transaction() as db:
            db.executemany(
                "INSERT INTO terms VALUES (?, ?, ?, ?) "
                "ON CONFLICT (collection, term, audience) DO UPDATE SET chunks = chunks + excluded.chunks",
                [(name, term, audience, count) for term, count in terms.items()],
            )
            db.executemany(
                "DELETE FROM terms WHERE collection = ? AND term = ? AND audience = ? AND chunks = 0",
                [(name, term, audience) for term, count in terms.items() if count <= 0],
            )

    def frequencies(self, name: str, terms: NDArray[np.uint32]) -> NDArray[np.float64]:
        """In how many chunks of the collection each term stands, shape (len(terms),)."""
        wanted = [int(term) for term in terms]
        marks = ",".join("?" * len(wanted))
        seen = self._audiences.documents(self._access)
        sql = f"SELECT term, SUM(chunks) FROM terms WHERE collection = ? AND term IN ({marks}){seen.sql} GROUP BY term"
        known = dict(self._database.read(sql, name, *wanted, *seen.values))
        return np.array([known.get(term, 0) for term in wanted], dtype=np.float64)

    def calibrate(self, name: str, calibration: str, changed: int) -> None:
        """Keep the scope calibration of a collection (JSON), made when `changed` chunks had changed since the last."""
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO collections (name, calibration) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET calibration = excluded.calibration",
                (name, calibration),
            )
            self._database.add(_changed(name), -changed)

    def calibration(self, name: str) -> str | None:
        rows = self._database.read("SELECT calibration FROM collections WHERE name = ?", name)
        return str(rows[0][0]) if rows and rows[0][0] is not None else None

    def changed(self, name: str) -> int:
        """How many chunks came or went since the collection was calibrated."""
        return self._database.counter(_changed(name))

    def _infos(self) -> tuple[CollectionInfo, ...]:
        seen = self._audiences.documents(self._access)
        counts = self._database.read(
            f"SELECT collection, language, COUNT(*), SUM(chunks) FROM documents WHERE state = 'ready'{seen.sql} "
            "GROUP BY collection, language ORDER BY COUNT(*) DESC, language",
            *seen.values,
        )
        spoken: dict[str, dict[str, int]] = {}
        chunks: dict[str, int] = {}
        for name, language, count, of_these in counts:
            spoken.setdefault(name, {})[language] = count
            chunks[name] = chunks.get(name, 0) + of_these
        sql = "SELECT name, calibration IS NOT NULL, readers FROM (SELECT *, name AS collection FROM collections)"
        shown = self._audiences.collections(self._access)
        rows = self._database.read(f"{sql} WHERE TRUE{shown.sql} ORDER BY name", *shown.values)
        return tuple(
            _info(CollectionInfo(name, 0, chunks.get(name, 0), (), bool(made), (), tuple(json.loads(readers))), known)
            for name, made, readers in rows
            for known in (spoken.get(name, {}),)
        )


def _changed(name: str) -> str:
    return f"changed in {name}"


def _info(info: CollectionInfo, spoken: Mapping[str, int]) -> CollectionInfo:
    """The collection with its documents in each language counted."""
    documents = sum(spoken.values())
    known = tuple(language for language in spoken if language)
    main = tuple(language for language in known if spoken[language] >= MAIN_SHARE * documents)
    return replace(info, documents=documents, languages=known, main_languages=main)
