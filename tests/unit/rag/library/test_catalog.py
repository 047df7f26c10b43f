"""The catalogue alone: counts of terms, versions, and what makes it refuse to open."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.shelf import recount
from vedette.errors import Conflict, NotFound, StorageError
from vedette.rag.library.catalog import Catalog, File, Staged
from vedette.records import Document, DocumentInfo, Failure

TERMS = st.dictionaries(st.integers(0, 5), st.integers(1, 4))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 3), TERMS),
        st.tuples(st.just("stage"), st.integers(0, 3), TERMS),
        st.tuples(st.just("remove"), st.integers(0, 3), st.just({})),
        st.tuples(st.just("remove file"), st.integers(0, 3), st.just({})),
    ),
    max_size=12,
)


def staged(name: str, version: str = "v1", terms: dict[int, int] | None = None, collection: str = "default") -> Staged:
    info = DocumentInfo(name, collection, name, name, "prose", "en", "text/plain", 0, 2, 4, version, "2026")
    return Staged(info, f"file of {name}", Document(name, name, "text", "text/plain"), terms or {}, (name,))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog.db", "model")


@given(STEPS)
def test_frequencies_are_those_of_the_ready_documents_whatever_happens(steps: list[tuple[str, int, dict]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        catalog = Catalog(path, "model")
        for number, (action, which, terms) in enumerate(steps):
            one = staged(f"d{which}", f"v{number}", terms, "ab"[which % 2])
            if action in ("write", "stage"):
                catalog.stage([one])
            if action == "write":
                catalog.forget(catalog.publish([one]))
            elif action == "remove":
                catalog.forget(catalog.retire([one.info.id]))
            elif action == "remove file":
                catalog.forget(catalog.remove_file(one.info.collection, one.file))
        catalog.close()
        counts = recount(path)
        assert counts["stored"] == counts["recounted"]


def test_nobody_sees_a_document_before_it_is_published_or_after_it_is_retired(catalog: Catalog) -> None:
    one = staged("d", terms={7: 2})
    catalog.stage([one])
    assert (catalog.infos(None), catalog.headers(["d"]), catalog.leftovers()) == ((), {}, [("d", "v1")])
    assert catalog.publish([one]) == []
    assert [info.id for info in catalog.infos(None)] == ["d"]
    assert catalog.about("default", ["d"]) == {"d": ("d",)}
    assert catalog.frequencies("default", np.array([7, 8], np.uint32)).tolist() == [2.0, 0.0]
    assert catalog.retire(["d"]) == [("d", "v1")]
    assert (catalog.infos(None), catalog.headers(["d"]), catalog.about("default", ["d"])) == ((), {}, {})
    assert catalog.frequencies("default", np.array([7], np.uint32)).tolist() == [0.0]
    with pytest.raises(NotFound):
        catalog.read("d")


def test_a_new_version_takes_the_place_of_the_old_one_in_one_step(catalog: Catalog) -> None:
    for version, expected in (("v1", []), ("v2", [("d", "v1")])):
        one = staged("d", version, {7: 1})
        catalog.stage([one])
        assert catalog.publish([one]) == expected
    assert catalog.headers(["d"])["d"].version == "v2"
    assert catalog.leftovers() == [("d", "v1")]
    catalog.forget([("d", "v1"), ("d", "v2")])
    assert (catalog.leftovers(), len(catalog.infos(None))) == ([], 1)


def test_the_corpus_version_rises_with_what_an_answer_could_show_and_only_then(catalog: Catalog) -> None:
    seen = [catalog.corpus_version()]
    one = staged("d")
    for change in (
        lambda: catalog.publish([one]),
        lambda: catalog.retire(["d"]),
    ):
        catalog.stage([one])
        assert catalog.corpus_version() == seen[-1]
        change()
        seen.append(catalog.corpus_version())
    assert seen == sorted(set(seen))
    catalog.retire(["no such document"])
    catalog.remove_file("default", "no such file")
    catalog.finish_file("default", File("a", "root", "f", "s", ""), [Failure("a", "broken")], "2026")
    assert catalog.corpus_version() == seen[-1]


def test_a_failed_write_leaves_nothing(catalog: Catalog) -> None:
    bad = staged("bad", terms={7: -1})  # a count that does not fit its column of bytes
    with pytest.raises(OverflowError):
        catalog.stage([staged("good"), bad])
    assert catalog.leftovers() == []
    catalog.stage([staged("good")])
    assert catalog.leftovers() == [("good", "v1")]


def test_another_model_another_format_and_what_is_no_catalogue_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    Catalog(path, "model").close()
    with pytest.raises(Conflict, match="embedded with model, not with other"):
        Catalog(path, "other")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    with pytest.raises(StorageError, match="format 999"):
        Catalog(path, "model")
    (tmp_path / "other.db").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StorageError, match="cannot be opened"):
        Catalog(tmp_path / "other.db", "model")
