"""Ingest over files in memory: what is read, skipped, replaced, removed, kept, and under which name."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from fakes.shelf import BROKEN, Shelf, recount
from vedette.errors import LoadError, ProviderError
from vedette.rag.ingest import ingest
from vedette.rag.library import originals
from vedette.rag.library import shelf as shelves
from vedette.records import IngestProgress, IngestReport, IngestRequest

HERON, STORK, CRANE = (
    "Heron\nThe heron code is seven.",
    "Stork\nThe stork code is nine.",
    "Crane\nThe crane code is two.",
)


def test_what_did_not_change_is_not_even_parsed(shelf: Shelf) -> None:
    shelf.files["docs"] = {"heron.txt": HERON, "birds.txt": f"{STORK}\n---\n{CRANE}"}
    first = shelf.ingest("docs")
    assert (first.documents, first.skipped, shelf.parsed) == (3, 0, ["birds.txt", "heron.txt"])
    again = shelf.ingest("docs")
    assert (again.documents, again.skipped, again.removed) == (0, 3, 0)
    assert again.corpus_version == first.corpus_version
    assert len(shelf.parsed) == 2


def test_of_a_changed_file_only_the_changed_documents_are_written(shelf: Shelf) -> None:
    shelf.files["docs"] = {"birds.txt": f"{HERON}\n---\n{STORK}"}
    shelf.ingest("docs")
    shelf.files["docs"]["birds.txt"] = f"{HERON}\n---\nStork\nThe stork code is ten."
    report = shelf.ingest("docs")
    assert (report.documents, report.skipped, report.removed) == (1, 1, 0)
    assert not any("nine" in text for text in shelf.passages("the stork code is nine"))
    assert any("ten" in text for text in shelf.passages("the stork code"))
    assert shelf.library.index.count() == 2


def test_what_is_gone_is_removed_under_its_own_target_only(shelf: Shelf) -> None:
    shelf.files = {"docs": {"heron.txt": HERON, "stork.txt": STORK}, "other": {"crane.txt": CRANE}}
    shelf.ingest("docs", "other")
    del shelf.files["docs"]["heron.txt"], shelf.files["other"]["crane.txt"]
    report = shelf.ingest("docs")
    assert (report.removed, shelf.sources()) == (1, ["crane.txt", "stork.txt"])
    assert not any("seven" in text for text in shelf.passages("the heron code is seven"))
    assert shelf.ingest("other", prune=False).removed == 0
    assert shelf.ingest("other").removed == 1
    assert shelf.sources() == ["stork.txt"]


def test_a_record_that_leaves_its_file_is_removed(shelf: Shelf) -> None:
    shelf.files["docs"] = {"birds.txt": f"{HERON}\n---\n{STORK}"}
    shelf.ingest("docs")
    shelf.files["docs"]["birds.txt"] = f"{STORK}\n---\n{CRANE}"
    report = shelf.ingest("docs")
    assert (report.documents, report.skipped, report.removed) == (1, 1, 1)
    assert shelf.sources() == ["birds.txt#Crane", "birds.txt#Stork"]


def test_files_of_one_name_from_two_folders_are_two_documents(shelf: Shelf) -> None:
    shelf.files = {"a/notes": {"read.txt": HERON}, "b/notes": {"read.txt": STORK}, "c/more": {"read.txt": CRANE}}
    assert shelf.ingest("a/notes", "b/notes", "c/more").documents == 3
    assert len(shelf.sources()) == 3
    assert shelf.ingest("b/notes", "a/notes", "c/more").skipped == 3
    del shelf.files["b/notes"]["read.txt"]
    assert shelf.ingest("b/notes").removed == 1
    assert any("seven" in text for text in shelf.passages("the heron code"))


def test_a_file_keeps_its_name_by_whichever_folder_it_is_reached(shelf: Shelf) -> None:
    shelf.files = {
        "/docs": {"sub/heron.txt": HERON, "stork.txt": STORK},
        "/docs/sub": {"heron.txt": HERON},
        "/docs/stork.txt": {"stork.txt": STORK},
    }
    shelf.ingest("/docs/sub")
    assert shelf.sources() == ["heron.txt"]
    for targets in (["/docs"], ["/docs/stork.txt"], ["/docs/sub", "/docs"]):
        shelf.ingest(*targets)
        assert shelf.sources() == ["heron.txt", "stork.txt"], targets
    shelf.files["/docs"].clear()
    assert shelf.ingest("/docs").removed == 2


def test_the_second_record_of_a_name_is_a_failure(shelf: Shelf) -> None:
    shelf.files["docs"] = {"birds.txt": f"{HERON}\n---\nHeron\nAnother heron.\n---\n{STORK}"}
    report = shelf.ingest("docs")
    assert report.documents == 2
    assert [failure.path for failure in report.failed] == ["birds.txt#Heron"]
    assert "stands twice" in report.failed[0].reason


def test_a_broken_file_is_quarantined_until_it_is_repaired_or_gone(shelf: Shelf) -> None:
    shelf.files["docs"] = {"bad.txt": BROKEN, "worse.txt": BROKEN, "heron.txt": HERON}
    report = shelf.ingest("docs")
    assert (report.documents, len(report.failed)) == (1, 2)
    assert [path for path, _ in shelf.failed()] == ["bad.txt", "worse.txt"]
    shelf.files["docs"]["bad.txt"] = STORK
    del shelf.files["docs"]["worse.txt"]
    assert shelf.ingest("docs").documents == 1
    assert shelf.failed() == []
    originals = {path.name for path in shelf.library.originals.glob("*/*")}
    assert originals == {hashlib.sha256(text.encode()).hexdigest() for text in (HERON, STORK)}


def test_what_is_dismissed_is_forgotten_but_for_what_was_read_of_it(shelf: Shelf) -> None:
    shelf.files["docs"] = {"bad.txt": BROKEN, "birds.txt": f"{HERON}\n---\n{BROKEN}"}
    shelf.ingest("docs")
    files = shelf.library.catalog.files
    for name in ("bad.txt", "birds.txt"):
        files.dismiss("default", name)
    assert (shelf.failed(), shelf.sources()) == ([], ["birds.txt#Heron"])
    assert files.roots("default") == {"birds.txt": "docs"}
    shelf.ingest("docs")
    assert [path for path, _ in shelf.failed()] == ["bad.txt"], "what did not change is not parsed again"
    files.dismiss("default", "bad.txt")
    shelf.files["other"] = {"bad.txt": STORK}
    shelf.ingest("other")
    assert shelf.sources() == ["bad.txt", "birds.txt#Heron"], "the name is free again"
    shelf.files["other"]["bad.txt"] = BROKEN
    shelf.ingest("other")
    files.dismiss("default", "bad.txt")
    assert any("nine" in text for text in shelf.passages("the stork code"))
    shelf.files["other"].clear()
    assert shelf.ingest("other").removed == 1


def test_a_file_that_was_broken_off_and_is_broken_now_keeps_its_place_when_dismissed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vedette.rag.ingest.BATCH", 1)
    shelf.files["docs"] = {"birds.txt": "\n---\n".join(f"Note{n}\nThe code of note {n}." for n in range(6))}
    steps = ingest(IngestRequest(("docs",)), shelf.library, shelf.reader())
    next(steps)
    steps.close()
    shelf.files["docs"]["birds.txt"] = BROKEN
    shelf.ingest("docs")
    shelf.library.catalog.files.dismiss("default", "birds.txt")
    assert (shelf.failed(), len(shelf.sources())) == ([], 1)
    shelf.files["docs"].clear()
    assert (shelf.ingest("docs").removed, shelf.sources()) == (1, [])


def test_an_address_is_the_same_in_capitals(shelf: Shelf) -> None:
    for page in ("a", "A"):
        shelf.files[f"https://example.org/{page}"] = {f"https://example.org/{page}": f"{page}\nThe code of {page}."}
    assert shelf.ingest("https://example.org/a").documents == 1
    assert shelf.ingest("HTTPS://Example.ORG/a", "https://EXAMPLE.org/a").skipped == 1
    assert shelf.ingest("https://EXAMPLE.org/A").documents == 1
    assert shelf.sources() == ["https://example.org/A", "https://example.org/a"]


def test_a_file_whose_new_version_is_broken_goes_on_answering(shelf: Shelf) -> None:
    shelf.files["docs"] = {"heron.txt": HERON}
    shelf.ingest("docs")
    for text in (BROKEN, "x" * 10_001):
        shelf.files["docs"]["heron.txt"] = text
        report = shelf.ingest("docs")
        assert (report.removed, len(report.failed)) == (0, 1)
        assert any("seven" in passage for passage in shelf.passages("the heron code"))
        assert [path for path, _ in shelf.failed()] == ["heron.txt"]
    document = shelf.library.catalog.documents.infos(None)[0].id
    file = shelf.library.catalog.files.find(*shelf.library.catalog.documents.file_of(document))
    assert file is not None
    assert originals.read(file.sha256, shelf.library.originals) == HERON.encode()
    shelf.files["docs"]["heron.txt"] = HERON
    assert (shelf.ingest("docs").skipped, shelf.ingest("docs").failed) == (1, ())


def test_a_page_that_cannot_be_read_is_named_beside_what_could(shelf: Shelf) -> None:
    shelf.files["docs"] = {"birds.txt": f"{HERON}\n---\n{BROKEN}"}
    assert shelf.ingest("docs").documents == 1
    assert shelf.failed() == [("birds.txt", "Record 1 cannot be read.")]


def test_what_cannot_be_opened_is_quarantined_and_what_it_held_is_kept(shelf: Shelf) -> None:
    shelf.files["docs"] = {"heron.txt": HERON, "sub/stork.txt": STORK, "sub/crane.txt": CRANE, "gone.txt": "Gone\nx y"}
    shelf.ingest("docs")
    shelf.files["docs"] = {}
    shelf.refused = {"heron.txt": "It cannot be opened.", "sub": "The folder cannot be opened."}
    report = shelf.ingest("docs")
    assert (report.removed, shelf.sources()) == (1, ["heron.txt", "sub/crane.txt", "sub/stork.txt"])
    assert shelf.failed() == [("heron.txt", "It cannot be opened."), ("sub", "The folder cannot be opened.")]
    shelf.refused = {}
    assert shelf.ingest("docs").removed == 3
    assert (shelf.sources(), shelf.failed()) == ([], [])


def test_of_several_targets_one_that_cannot_be_looked_at_costs_nothing_but_itself(shelf: Shelf) -> None:
    shelf.files = {"docs": {"heron.txt": HERON}, "s3://far/docs": {"stork.txt": STORK}}
    shelf.ingest("docs", "s3://far/docs")
    shelf.files["docs"]["crane.txt"] = CRANE
    shelf.closed = {"s3://far/docs": "It cannot be listed."}
    report = shelf.ingest("s3://far/docs", "docs")
    assert (report.documents, report.removed, report.failed[0].path) == (1, 0, "s3://far/docs")
    assert shelf.sources() == ["crane.txt", "heron.txt", "stork.txt"]
    assert shelf.failed() == [("s3://far/docs", "It cannot be listed.")]
    with pytest.raises(LoadError, match="cannot be listed"):
        shelf.ingest("s3://far/docs")
    shelf.closed = {}
    assert shelf.ingest("s3://far/docs", "docs").failed == ()
    assert (shelf.failed(), len(shelf.sources())) == ([], 3)


def test_the_same_file_in_two_collections_is_two_documents_with_one_original(shelf: Shelf) -> None:
    shelf.files["docs"] = {"heron.txt": HERON}
    for collection in ("a", "b"):
        shelf.ingest("docs", collection=collection)
    document = shelf.library.catalog.documents.infos("a")[0].id
    shelves.remove_document(document, shelf.library)
    assert (shelf.sources("a"), shelf.sources("b")) == ([], ["heron.txt"])
    assert len(list(shelf.library.originals.glob("*/*"))) == 1
    shelf.files["docs"].clear()
    shelf.ingest("docs", collection="b")
    assert list(shelf.library.originals.glob("*/*")) == []


def test_two_ingests_at_once_leave_a_sound_library(shelf: Shelf, tmp_path: Path) -> None:
    for target in ("left", "right"):
        shelf.files[target] = {f"{n}.txt": f"Note {target} {n}\nThe {target} code {n}." for n in range(12)}
    shelf.files["both"] = {f"shared {n}.txt": f"Shared {n}\nThe shared code {n}." for n in range(12)}
    reports: list[IngestReport] = []
    threads = [
        threading.Thread(target=lambda *targets: reports.append(shelf.ingest(*targets)), args=targets)
        for targets in (("left", "both"), ("right", "both"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 2
    assert len(shelf.sources()) == shelf.library.index.count() == 36
    assert shelves.verify(shelf.library, repair=False).sound
    counts = recount(tmp_path / "data" / "catalog.db")
    assert counts["stored"] == counts["recounted"]


def test_a_long_file_tells_of_its_progress_and_can_be_broken_off(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vedette.rag.ingest.BATCH", 1)
    shelf.files["docs"] = {"birds.txt": "\n---\n".join(f"Note{n}\nThe code of note {n}." for n in range(6))}
    steps = ingest(IngestRequest(("docs",)), shelf.library, shelf.reader())
    first = next(steps)
    assert isinstance(first, IngestProgress)
    assert (first.files_done, first.documents, first.current) == (0, 1, "")
    steps.close()
    assert len(shelf.sources()) < 6
    assert shelf.ingest("docs").documents + 1 >= 5
    assert len(shelf.sources()) == 6


def test_an_ingest_that_breaks_off_keeps_what_it_acknowledged(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, packaged_embedder
) -> None:
    monkeypatch.setattr("vedette.rag.ingest.BATCH", 1)
    shelf.files["docs"] = {f"{n}.txt": f"Note {n}\nThe code of note {n}." for n in range(6)}
    real = packaged_embedder.embed

    def failing(texts: list[str]) -> object:
        if any("note 4" in text for text in texts):
            raise ProviderError("The embeddings server is gone.")
        return real(texts)

    monkeypatch.setattr(packaged_embedder, "embed", failing)
    steps = ingest(IngestRequest(("docs",)), shelf.library, shelf.reader())
    acknowledged: list[str] = []
    with pytest.raises(ProviderError):
        acknowledged.extend(step.current for step in steps if isinstance(step, IngestProgress) and step.current)
    assert list(dict.fromkeys(acknowledged)) == [f"{n}.txt" for n in range(3)]
    assert set(acknowledged) <= set(shelf.sources())
    monkeypatch.undo()
    assert (shelf.ingest("docs").documents, len(shelf.sources())) == (2, 6)
    assert shelves.verify(shelf.library, repair=False).sound


def test_progress_counts_files_bytes_and_documents(shelf: Shelf) -> None:
    shelf.files["docs"] = {"heron.txt": HERON, "stork.txt": STORK, "bad.txt": BROKEN}
    steps = list(ingest(IngestRequest(("docs",)), shelf.library, shelf.reader()))
    last = steps[-2]
    assert isinstance(last, IngestProgress)
    assert (last.files_done, last.files_total, last.bytes_done, last.documents) == (3, 3, last.bytes_total, 2)
