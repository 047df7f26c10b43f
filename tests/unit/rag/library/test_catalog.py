"""The catalogue alone: counts of terms, versions, and what changes in one step."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.shelf import recount
from vedette.errors import NotFound
from vedette.rag.library.catalog import Catalog, open_catalog
from vedette.rag.library.documents import Staged
from vedette.rag.library.files import File
from vedette.records import CollectionInfo, Document, DocumentInfo, Failure, Sharing

TERMS = st.dictionaries(st.integers(0, 5), st.integers(1, 4))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 3), TERMS),
        st.tuples(st.just("stage"), st.integers(0, 3), TERMS),
        st.tuples(st.just("remove"), st.integers(0, 3), st.just({})),
        st.tuples(st.just("remove file"), st.integers(0, 3), st.just({})),
        st.tuples(st.just("share"), st.integers(0, 3), st.just({})),
    ),
    max_size=12,
)


def staged(name: str, version: str = "v1", terms: dict[int, int] | None = None, collection: str = "default") -> Staged:
    info = DocumentInfo(name, collection, name, name, "prose", "en", "text/plain", 0, 2, 4, version, "2026")
    return Staged(info, f"file of {name}", Document(name, name, "text", "text/plain"), terms or {}, (name,))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return open_catalog(tmp_path / "catalog.db", "model")


@pytest.mark.slow
@settings(deadline=None)  # each opens a database
@given(STEPS)
def test_frequencies_are_those_of_the_ready_documents_whatever_happens(steps: list[tuple[str, int, dict]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        catalog = open_catalog(path, "model")
        for number, (action, which, terms) in enumerate(steps):
            one = staged(f"d{which}", f"v{number}", terms, "ab"[which % 2])
            if action in ("write", "stage"):
                catalog.documents.stage([one])
            if action == "write":
                catalog.documents.forget(catalog.documents.publish([one]))
            elif action == "remove":
                catalog.documents.forget(catalog.documents.retire([one.info.id]))
            elif action == "share" and catalog.documents.headers([one.info.id]):
                catalog.documents.share(one.info.id, Sharing((f"user:{number % 2}",)))
            elif action == "remove file":
                catalog.documents.forget(catalog.remove_file(one.info.collection, one.file))
        catalog.close()
        counts = recount(path)
        assert counts["stored"] == counts["recounted"]


def test_nobody_sees_a_document_before_it_is_published_or_after_it_is_retired(catalog: Catalog) -> None:
    documents, collections = catalog.documents, catalog.collections
    one = staged("d", terms={7: 2})
    documents.stage([one])
    assert (documents.infos(None), documents.headers(["d"]), documents.leftovers()) == ((), {}, [("d", "v1")])
    assert documents.publish([one]) == []
    assert [info.id for info in documents.infos(None)] == ["d"]
    assert documents.about("default", ["d"]) == {"d": ("d",)}
    assert collections.frequencies("default", np.array([7, 8], np.uint32)).tolist() == [2.0, 0.0]
    assert documents.retire(["d"]) == [("d", "v1")]
    assert (documents.infos(None), documents.headers(["d"]), documents.about("default", ["d"])) == ((), {}, {})
    assert collections.frequencies("default", np.array([7], np.uint32)).tolist() == [0.0]
    for read in (documents.read, documents.file_of):
        with pytest.raises(NotFound, match="no document 'd'"):
            read("d")


def test_a_new_version_takes_the_place_of_the_old_one_in_one_step(catalog: Catalog) -> None:
    for version, expected in (("v1", []), ("v2", [("d", "v1")])):
        one = staged("d", version, {7: 1})
        catalog.documents.stage([one])
        assert catalog.documents.publish([one]) == expected
    assert catalog.documents.headers(["d"])["d"].version == "v2"
    assert catalog.documents.leftovers() == [("d", "v1")]
    catalog.documents.forget([("d", "v1"), ("d", "v2")])
    assert (catalog.documents.leftovers(), len(catalog.documents.infos(None))) == ([], 1)


def test_the_corpus_version_rises_with_what_an_answer_could_show_and_only_then(catalog: Catalog) -> None:
    seen = [catalog.corpus_version()]
    one = staged("d")
    for change in (
        lambda: catalog.documents.publish([one]),
        lambda: catalog.documents.retire(["d"]),
    ):
        catalog.documents.stage([one])
        assert catalog.corpus_version() == seen[-1]
        change()
        seen.append(catalog.corpus_version())
    assert seen == sorted(set(seen))
    catalog.documents.retire(["no such document"])
    catalog.remove_file("default", "no such file")
    catalog.files.finish("default", File("a", "root", "f", "s", ""), [Failure("a", "broken")], "2026")
    assert catalog.corpus_version() == seen[-1]


def test_a_failed_write_leaves_nothing(catalog: Catalog) -> None:
    bad = staged("bad", terms={7: -1})  # a count that does not fit its column of bytes
    with pytest.raises(OverflowError):
        catalog.documents.stage([staged("good"), bad])
    assert catalog.documents.leftovers() == []
    catalog.documents.stage([staged("good")])
    assert catalog.documents.leftovers() == [("good", "v1")]


def test_a_file_goes_with_all_its_documents_or_not_at_all(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    one = staged("d", terms={7: 2})
    catalog.documents.stage([one])
    catalog.documents.publish([one])
    catalog.files.finish("default", File(one.file, "root", "f", "s", ""), [Failure(one.file, "half of it")], "2026")
    before = (catalog.corpus_version(), catalog.collections.all(), catalog.documents.infos(None))

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(catalog.files), "remove", cut_off)
        with pytest.raises(KeyboardInterrupt):
            catalog.remove_file("default", one.file)
    assert (catalog.corpus_version(), catalog.collections.all(), catalog.documents.infos(None)) == before
    assert (catalog.documents.leftovers(), len(catalog.files.failures(None))) == ([], 1)
    assert catalog.remove_file("default", one.file) == [("d", "v1")]
    assert (catalog.files.find("default", one.file), catalog.files.failures(None)) == (None, ())
    assert (catalog.documents.infos(None), catalog.corpus_version()) == ((), before[0] + 1)


def test_a_collection_is_described_as_it_stands_after_every_change(catalog: Catalog) -> None:
    with pytest.raises(NotFound, match="none yet"):
        catalog.collections.named("default")
    catalog.files.finish("default", File("a", "root", "f", "s", ""), [], "2026")
    assert catalog.collections.named("default") == CollectionInfo("default", 0, 0, (), False, (), ("everyone",))
    one = staged("d")
    catalog.documents.stage([one])
    catalog.documents.publish([one])
    described = CollectionInfo("default", 1, 2, ("en",), False, ("en",), ("everyone",))
    assert catalog.collections.named("default") == described
    catalog.collections.calibrate("default", "{}", catalog.collections.changed("default"))
    assert catalog.collections.named("default").calibrated
    assert (catalog.collections.calibration("default"), catalog.collections.changed("default")) == ("{}", 0)
    assert catalog.collections.all() is catalog.collections.all()
