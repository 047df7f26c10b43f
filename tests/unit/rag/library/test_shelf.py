"""The library: documents in and out, what a kill leaves behind, catalogue held against index."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.shelf import Shelf, open_shelf, recount
from vedette.errors import Conflict, NotFound
from vedette.rag.embed import OnnxEmbedder
from vedette.rag.library import originals
from vedette.rag.library import shelf as shelves
from vedette.rag.library.shelf import ChunkOptions
from vedette.records import Document

NAMES = ["heron", "stork", "crane"]


def document(name: str, text: str = "") -> Document:
    text = text or f"{name}\nThe {name} code is seven. The {name} sleeps on one leg."
    return Document(f"{name}.txt", name, text, "text/plain", language="en")


def write(shelf: Shelf, *documents: Document) -> None:
    prepared = [shelves.prepare(one, "default", one.source, shelf.library) for one in documents]
    texts = [text for item in prepared for text in item.texts]
    shelves.write(prepared, shelf.library.embedder.embed(texts), shelf.library)


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["write", "remove"]), st.sampled_from(NAMES), st.text("ab c", max_size=8)),
        max_size=8,
    )
)
def test_counts_and_index_follow_any_sequence_of_changes(shelf: Shelf, steps: list[tuple[str, str, str]]) -> None:
    """Each example goes on where the one before it ended."""
    catalog = shelf.library.catalog
    expected = {info.source: catalog.documents.read(info.id).document.text for info in catalog.documents.infos(None)}
    for action, name, text in steps:
        if action == "write":
            expected[f"{name}.txt"] = f"{name} {text}."
            write(shelf, document(name, f"{name} {text}."))
        elif f"{name}.txt" in expected:
            del expected[f"{name}.txt"]
            shelves.remove_document(shelves.identity(document(name), "default"), shelf.library)
    infos = catalog.documents.infos(None)
    assert {info.source: catalog.documents.read(info.id).document.text for info in infos} == expected
    assert shelf.library.index.count() == sum(info.chunks for info in infos)
    counts = recount(shelf.library.folder / "catalog.db")
    assert counts["stored"] == counts["recounted"]
    assert shelves.verify(shelf.library, repair=False).sound


def test_what_is_removed_is_gone_from_answers_counts_and_disk(shelf: Shelf) -> None:
    shelf.files["docs"] = {f"{name}.txt": document(name).text for name in NAMES}
    shelf.ingest("docs")
    heron = shelves.identity(document("heron"), "default")
    shelves.remove_document(heron, shelf.library)
    assert not any("heron" in text for text in shelf.passages("the heron code"))
    assert shelf.library.index.count(heron) == 0
    assert len(list(shelf.library.originals.glob("*/*"))) == 2
    with pytest.raises(NotFound):
        shelves.remove_document(heron, shelf.library)
    assert (shelf.ingest("docs").documents, len(shelf.sources())) == (1, 3)


def test_a_write_that_is_cut_off_is_undone_when_the_library_is_opened_again(
    tmp_path: Path, packaged_embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_shelf(tmp_path, packaged_embedder) as shelf:
        write(shelf, document("heron"))
        # Killed between the index and the publication, and again between the publication and the clearing away.
        monkeypatch.setattr(type(shelf.library.catalog.documents), "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            write(shelf, document("stork"))
        monkeypatch.undo()
        monkeypatch.setattr(shelves, "forget", lambda *_: None)
        write(shelf, document("heron", "heron\nThe heron code is eight."))
        monkeypatch.undo()
        (shelf.library.originals / "ab").mkdir(parents=True)
        (shelf.library.originals / "ab" / f"{originals.HALF_WRITTEN}x").write_bytes(b"half")
        assert shelf.library.index.count() == 3
        assert not any("stork" in text for text in shelf.passages("the stork code"))
        assert not any("seven" in text for text in shelf.passages("the heron code is seven"))
    with open_shelf(tmp_path, packaged_embedder) as shelf:
        assert (shelf.library.index.count(), shelf.sources()) == (1, ["heron.txt"])
        assert shelf.library.catalog.documents.leftovers() == []
        assert list((shelf.library.originals / "ab").iterdir()) == []
        write(shelf, document("stork"))
        assert any("stork" in text for text in shelf.passages("the stork code"))


def test_verify_reports_and_repairs_orphans_and_what_is_missing(shelf: Shelf) -> None:
    shelf.files["docs"] = {f"{name}.txt": document(name).text for name in NAMES}
    shelf.ingest("docs")
    library = shelf.library
    heron = shelves.identity(document("heron"), "default")
    found = next(pair for batch in library.index.scan() for pair in batch if pair[0].document == heron)
    library.index.delete(heron)
    library.index.upsert([(dataclasses.replace(found[0], document="nobody's"), found[1])])
    report = shelves.verify(library, repair=False)
    assert (report.sound, report.orphan_chunks, report.missing_chunks) == (False, 1, ("heron.txt",))
    assert shelves.verify(library, repair=True).repaired == 2
    assert shelves.verify(library, repair=False).sound
    assert any("heron" in text for text in shelf.passages("the heron code"))
    assert shelf.ingest("docs").skipped == 3
    assert recount(library.folder / "catalog.db")["stored"]


def test_what_was_read_another_way_is_read_again(shelf: Shelf) -> None:
    shelf.files["docs"] = {"heron.txt": document("heron").text}
    shelf.ingest("docs")
    other = dataclasses.replace(shelf, library=dataclasses.replace(shelf.library, options=ChunkOptions(100, 10)))
    assert (other.ingest("docs").documents, other.library.index.count()) == (1, 1)


def test_a_library_of_another_model_is_refused(tmp_path: Path, packaged_embedder: OnnxEmbedder) -> None:
    with open_shelf(tmp_path, packaged_embedder):
        pass

    class Other:
        name, dimension = "other", packaged_embedder.dimension

    with pytest.raises(Conflict, match="was embedded with"), open_shelf(tmp_path, Other()):  # type: ignore[arg-type]
        pass
