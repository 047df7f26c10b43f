"""The collections of a library: what they hold, in how many chunks each term stands, and their scope calibration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vedette.errors import NotFound
from vedette.rag.library.database import Database
from vedette.records import CollectionInfo

MAIN_SHARE = 0.05


class Collections:
    """The collections in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: tuple[int, tuple[CollectionInfo, ...]] | None = None

    def add(self, name: str) -> None:
        """Make a collection; one that is there stays as it is."""
        with self._database.transaction() as db:
            db.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (name,))

    def all(self) -> tuple[CollectionInfo, ...]:
        """All collections by name; counted again only when something was written, since every question asks."""
        changes = self._database.changes()  # before: what is written meanwhile is counted the next time
        counted = self._counted
        if counted is None or counted[0] != changes:
            counted = self._counted = (changes, self._infos())
        return counted[1]

    def named(self, name: str) -> CollectionInfo:
        """A collection by name. Raises NotFound."""
        known = self.all()
        for info in known:
            if info.name == name:
                return info
        names = ", ".join(info.name for info in known) or "none yet; `vedette ingest PATH` makes one"
        raise NotFound(f"There is no collection '{name}' (there is: {names}).")

    def count(self, name: str, terms: Mapping[int, int], chunks: int) -> None:
        """Count a document in, or out with negative numbers. `terms`: term id -> in how many chunks of it."""
        with self._database.transaction() as db:
            self.add(name)
            db.execute("UPDATE collections SET chunks = chunks + ? WHERE name = ?", (chunks, name))
            db.executemany(
                "INSERT INTO terms VALUES (?, ?, ?) "
                "ON CONFLICT (collection, term) DO UPDATE SET chunks = chunks + excluded.chunks",
                [(name, term, count) for term, count in terms.items()],
            )
            db.executemany(
                "DELETE FROM terms WHERE collection = ? AND term = ? AND chunks = 0",
                [(name, term) for term, count in terms.items() if count <= 0],
            )
            self._database.add(_changed(name), abs(chunks))

    def frequencies(self, name: str, terms: NDArray[np.uint32]) -> NDArray[np.float64]:
        """In how many chunks of the collection each term stands, shape (len(terms),)."""
        wanted = [int(term) for term in terms]
        marks = ",".join("?" * len(wanted))
        known = dict(
            self._database.read(
                f"SELECT term, chunks FROM terms WHERE collection = ? AND term IN ({marks})", name, *wanted
            )
        )
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
        counts = self._database.read(
            "SELECT collection, language, COUNT(*) FROM documents WHERE state = 'ready' "
            "GROUP BY collection, language ORDER BY COUNT(*) DESC, language"
        )
        spoken: dict[str, dict[str, int]] = {}
        for name, language, count in counts:
            spoken.setdefault(name, {})[language] = count
        rows = self._database.read("SELECT name, chunks, calibration IS NOT NULL FROM collections ORDER BY name")
        return tuple(_info(name, chunks, bool(made), spoken.get(name, {})) for name, chunks, made in rows)


def _changed(name: str) -> str:
    return f"changed in {name}"


def _info(name: str, chunks: int, calibrated: bool, spoken: Mapping[str, int]) -> CollectionInfo:
    documents = sum(spoken.values())
    known = [language for language in spoken if language]
    main = tuple(language for language in known if spoken[language] >= MAIN_SHARE * documents)
    return CollectionInfo(name, documents, chunks, tuple(known), calibrated, main)
