"""The catalogue beside the index: collections, documents and files over one database (SQLite)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vedette.rag.library.audiences import Audiences
from vedette.rag.library.collections import Collections
from vedette.rag.library.database import CORPUS_VERSION, Database
from vedette.rag.library.documents import Documents
from vedette.rag.library.files import Files
from vedette.records import Access


@dataclass(frozen=True, slots=True)
class Catalog:
    """The parts of a catalogue, and what changes several of them at once."""

    database: Database
    audiences: Audiences
    collections: Collections
    documents: Documents
    files: Files

    def seen_by(self, access: Access) -> Catalog:
        """The same catalogue, with nothing in what is read that `access` does not allow; whoever writes, writes all."""
        return Catalog(
            self.database,
            self.audiences,
            self.collections.seen_by(access),
            self.documents.seen_by(access),
            self.files.seen_by(access),
        )

    def corpus_version(self) -> int:
        """Rises with every change that an answer could show."""
        return self.database.counter(CORPUS_VERSION)

    def remove_file(self, collection: str, source: str) -> list[tuple[str, str]]:
        """Take a file and all its documents out at once; returns the (id, version) pairs to remove from the index."""
        with self.database.transaction():
            retired = self.documents.retire(sorted(self.documents.of_file(collection, source)))
            self.files.remove(collection, source)
        return retired

    def close(self) -> None:
        self.database.close()


def open_catalog(path: Path, embedder: str) -> Catalog:
    """The catalogue in a file, made where there is none. Raises as `Database`."""
    database = Database(path, embedder)
    audiences = Audiences(database)
    collections = Collections(database, audiences)
    documents = Documents(database, collections, audiences)
    return Catalog(database, audiences, collections, documents, Files(database, collections, audiences))
