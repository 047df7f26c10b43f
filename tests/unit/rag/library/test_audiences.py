"""Who may read what, in the catalogue: counts by audience, upgrades of older catalogues and indexes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from fakes.shelf import Shelf, recount
from vedette.engines.qdrant import QdrantIndex
from vedette.errors import BadInput, Conflict, NotFound, StorageError
from vedette.rag.index import contract, edge
from vedette.rag.index.contract import Entry, Index, Scope, Search, Vectors
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.library import shelf as library_shelf
from vedette.rag.library.audiences import checked
from vedette.rag.library.catalog import Catalog, open_catalog
from vedette.rag.library.documents import Staged
from vedette.rag.library.files import File
from vedette.rag.text.analyse import SparseVector
from vedette.records import EVERYONE, NOBODY, OWNER, Access, Chunk, Document, DocumentInfo, Failure, Sharing

ANNA = Access((EVERYONE, "user:anna", "group:hr"), "AMBER")
BERT = Access((EVERYONE, "user:bert"), "GREEN")
HR = Sharing(("group:hr",), "AMBER")
TERM = np.array([7], np.uint32)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return open_catalog(tmp_path / "catalog.db", "model")


def write(catalog: Catalog, name: str, sharing: Sharing = Sharing(), collection: str = "c") -> None:  # noqa: B008
    info = DocumentInfo(
        name, collection, name, name, "prose", "en", "text/plain", 0, 2, 4, f"v {name}", "2031", sharing
    )
    staged = Staged(info, f"file of {name}", Document(name, name, "text", "text/plain"), {7: 2}, (name,))
    catalog.documents.stage([staged])
    catalog.documents.publish([staged])


def told(catalog: Catalog, access: Access) -> tuple[list[str], list[float], list[int]]:
    """What somebody finds in the collection: documents, how often a term stands there, and in how many chunks."""
    seen = catalog.seen_by(access)
    names = [info.id for info in seen.documents.infos("c")]
    assert sorted(seen.documents.headers(["a", "b"])) == names
    assert sorted(seen.documents.about("c", ["a", "b"])) == names
    return names, seen.collections.frequencies("c", TERM).tolist(), [info.chunks for info in seen.collections.all()]


def test_everything_is_counted_of_what_may_be_read(catalog: Catalog, tmp_path: Path) -> None:
    write(catalog, "a")
    write(catalog, "b", HR)
    for access in (OWNER, ANNA):
        assert told(catalog, access) == (["a", "b"], [4.0], [4])
    assert told(catalog, BERT) == (["a"], [2.0], [2])
    assert told(catalog, NOBODY) == ([], [0.0], [])
    version = catalog.corpus_version()
    catalog.documents.share("b", Sharing())
    assert told(catalog, BERT) == (["a", "b"], [4.0], [4])
    catalog.documents.share("a", Sharing(("user:bert",)))
    assert (told(catalog, ANNA)[0], told(catalog, BERT)[0]) == (["b"], ["a", "b"])
    assert catalog.corpus_version() == version + 2
    catalog.documents.share("a", Sharing(("user:bert",)))
    assert catalog.corpus_version() == version + 2
    catalog.collections.share("c", ("user:anna",))
    assert (told(catalog, BERT), told(catalog, ANNA)[0]) == (([], [0.0], []), ["b"])
    catalog.documents.retire(["a", "b"])
    assert told(catalog, OWNER)[:2] == ([], [0.0])
    catalog.close()
    counts = recount(tmp_path / "catalog.db")
    assert counts["stored"] == counts["recounted"] == {}


def test_what_is_hidden_is_not_there_in_the_same_words(catalog: Catalog) -> None:
    write(catalog, "a")
    write(catalog, "b", HR)
    write(catalog, "x", collection="secret")
    catalog.collections.share("secret", ())
    bert = catalog.seen_by(BERT)
    for read in (bert.documents.read, bert.documents.info, bert.documents.file_of):
        with pytest.raises(NotFound) as hidden:
            read("b")
        with pytest.raises(NotFound) as absent:
            read("?")
        assert hidden.value.message.replace("'b'", "'?'") == absent.value.message
    with pytest.raises(NotFound, match=r"no collection 'secret' \(there is: c\)"):
        bert.collections.named("secret")
    with pytest.raises(Conflict, match="'secret' cannot be had"):
        bert.collections.take("secret", BERT.own)
    bert.collections.take("new", BERT.own)
    assert [info.name for info in bert.collections.all()] == ["c", "new"]
    assert [info.name for info in catalog.seen_by(ANNA).collections.all()] == ["c"]
    assert [info.name for info in catalog.collections.all()] == ["c", "new", "secret"]


def test_failures_are_told_to_those_who_may_read_the_file(catalog: Catalog) -> None:
    write(catalog, "a")
    write(catalog, "b", HR)
    catalog.files.quarantine("c", "salaries.pdf", [Failure("salaries.pdf", "It is broken.")], "2031", HR)
    for name in "ab":
        file = File(f"file of {name}", "root", "f", "s", "")
        catalog.files.finish("c", file, [Failure("", f"Page 2 of {name} is empty.", 2)], "2031")
    assert len(catalog.files.failures("c")) == len(catalog.seen_by(ANNA).files.failures(None)) == 3
    assert [failure.reason for failure in catalog.seen_by(BERT).files.failures("c")] == ["Page 2 of a is empty."]
    assert catalog.seen_by(BERT).files.hidden("c") == {"salaries.pdf", "file of b"}
    assert catalog.files.hidden("c") == catalog.seen_by(ANNA).files.hidden("c") == frozenset()


@pytest.mark.parametrize(
    ("sharing", "why"),
    [(Sharing(("anna",)), "names no readers"), (Sharing(("*",)), "names no readers"), (Sharing(tlp="SECRET"), "label")],
)
def test_what_is_no_tag_and_no_label_is_refused(sharing: Sharing, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        checked(sharing)


OLD = """
DROP INDEX documents_by_audience;
CREATE TABLE was (name TEXT PRIMARY KEY, chunks INTEGER NOT NULL DEFAULT 0, calibration TEXT);
INSERT INTO was SELECT name, 4, calibration FROM collections;
DROP TABLE collections; ALTER TABLE was RENAME TO collections;
ALTER TABLE documents DROP COLUMN audience;
ALTER TABLE failures DROP COLUMN audience;
DROP TABLE audiences; DROP TABLE unlabelled;
CREATE TABLE counted (collection TEXT NOT NULL, term INTEGER NOT NULL, chunks INTEGER NOT NULL,
  PRIMARY KEY (collection, term)) WITHOUT ROWID;
INSERT INTO counted SELECT collection, term, chunks FROM terms;
DROP TABLE terms; ALTER TABLE counted RENAME TO terms;
UPDATE meta SET value = '1' WHERE key = 'schema';
"""


def test_a_catalogue_of_before_permissions_is_open_to_everyone(catalog: Catalog, tmp_path: Path) -> None:
    write(catalog, "a")
    write(catalog, "b")
    catalog.files.quarantine("c", "x.pdf", [Failure("x.pdf", "It is broken.")], "2031")
    before = (told(catalog, OWNER), catalog.corpus_version())
    catalog.close()
    with sqlite3.connect(tmp_path / "catalog.db") as connection:
        connection.executescript(OLD)
    for _ in range(2):
        upgraded = open_catalog(tmp_path / "catalog.db", "model")
        assert (told(upgraded, OWNER), upgraded.corpus_version()) == before
        assert (told(upgraded, BERT), len(upgraded.seen_by(BERT).files.failures("c"))) == (before[0], 1)
        assert upgraded.collections.named("c").readers == (EVERYONE,)
        upgraded.close()
    upgraded = open_catalog(tmp_path / "catalog.db", "model")
    upgraded.documents.share("b", HR)
    assert told(upgraded, BERT) == (["a"], [2.0], [2])


def test_an_upgrade_that_fails_leaves_the_catalogue_as_it_was(catalog: Catalog, tmp_path: Path) -> None:
    write(catalog, "a")
    catalog.close()
    path = tmp_path / "catalog.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(OLD)
        connection.execute("CREATE TABLE terms_before (in_the_way TEXT)")
    with pytest.raises(StorageError, match="cannot be opened"):
        open_catalog(path, "model")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("1",)
        connection.execute("DROP TABLE terms_before")
    assert told(open_catalog(path, "model"), BERT)[0] == ["a"]


@pytest.mark.parametrize("engine", ["edge", "qdrant"])
def test_an_index_of_before_permissions_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    client = QdrantClient(":memory:")

    def opened() -> Index:
        return EdgeIndex(tmp_path, 2) if engine == "edge" else QdrantIndex(client, "test", 2, "ours")

    chunk = Chunk("d:0:0", "d", 0, 0, 0, 4, "text")
    vectors = Vectors(np.array([1, 0], np.float32), SparseVector(TERM, np.ones(1, np.float32)))
    module = edge if engine == "edge" else __import__("vedette.engines.qdrant", fromlist=["qdrant"])
    with monkeypatch.context() as before:
        old = tuple(name for name in contract.KEYWORDS if name not in contract.OPEN)
        before.setattr(module, "KEYWORDS", old)
        before.setattr(contract, "labels", lambda readers, tlp: {})
        index = opened()
        index.upsert([(Entry(chunk, "c", name, "v1"), vectors) for name in "ab"])
        if engine == "edge":
            index.close()
    index = opened()
    assert len(index.search([Search(vectors.dense, Scope("c", access=BERT), 9)])[0]) == 2
    index.label("a", ("user:anna",), "")
    assert len(index.search([Search(vectors.dense, Scope("c", access=BERT), 9)])[0]) == 1
    assert {entry.document: entry.readers for batch in index.scan() for entry, _ in batch} == {
        "a": ("user:anna",),
        "b": (),
    }
    index.close()


def test_a_kill_between_catalogue_and_index_is_made_good_at_the_next_start(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.files["docs"] = {"a.txt": "Herons\n\nThe heron stands in the reeds."}
    shelf.ingest("docs")
    (info,) = shelf.library.catalog.documents.infos(None)

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(EdgeIndex, "label", killed)
        with pytest.raises(KeyboardInterrupt):
            library_shelf.share(info.id, HR, shelf.library)
    assert shelf.library.catalog.seen_by(BERT).documents.infos(None) == ()
    assert library_shelf.verify(shelf.library, repair=False).missing_chunks == ("a.txt",)
    library_shelf.recover(shelf.library)
    assert library_shelf.verify(shelf.library, repair=False).sound
    assert shelf.library.catalog.documents.unlabelled() == []


def test_verify_mends_what_the_index_says_otherwise(shelf: Shelf) -> None:
    shelf.files["docs"] = {"a.txt": "Herons\n\nThe heron stands in the reeds."}
    shelf.ingest("docs")
    (info,) = shelf.library.catalog.documents.infos(None)
    library_shelf.share(info.id, HR, shelf.library)
    shelf.library.index.label(info.id, (), "")
    assert not library_shelf.verify(shelf.library, repair=True).sound
    assert library_shelf.verify(shelf.library, repair=False).sound
    (entry,) = (entry for batch in shelf.library.index.scan() for entry, _ in batch)
    assert (entry.readers, entry.tlp) == (("group:hr",), "AMBER")
