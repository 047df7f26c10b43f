"""The contract of `Knowledge`, for the flow in this process and for the client of a real server over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.server import serving_app
from fakes.small_library import PASSWORDS, write_library
from vedette.app import opened
from vedette.errors import BadInput, NotFound
from vedette.records import (
    EVERYONE,
    Answer,
    AnswerEvent,
    IngestProgress,
    IngestReport,
    IngestRequest,
    Query,
    Question,
    Sharing,
    Upload,
    document_id,
)
from vedette.remote.knowledge import RemoteKnowledge
from vedette.remote.wire import Wire, open_client
from vedette.services import Knowledge
from vedette.settings import load
from vedette.web.api import create_app
from vedette.web.config import WebConfig


@pytest.fixture(scope="module", params=["local", "remote"])
def data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / str(request.param)


@pytest.fixture(scope="module")
def knowledge(data: Path) -> Iterator[Knowledge]:
    with opened(load({}, data)) as services:
        if data.name == "local":
            yield services.knowledge
            return
        app = create_app(services, WebConfig("1", token="owner"))
        with serving_app(app) as url, open_client(url) as http:
            yield RemoteKnowledge(Wire(url, "owner", http))


@pytest.fixture(scope="module")
def report(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> IngestReport:
    """The report of the small library in the default collection."""
    return ingested(knowledge, write_library(tmp_path_factory.mktemp("library") / "docs"))


def ingested(knowledge: Knowledge, folder: Path, collection: str = "default") -> IngestReport:
    *progress, last = knowledge.ingest(IngestRequest((str(folder),), collection))
    assert all(isinstance(step, IngestProgress) for step in progress)
    assert isinstance(last, IngestReport)
    return last


def answered(knowledge: Knowledge, text: str, collection: str = "default") -> tuple[Answer, list[AnswerEvent]]:
    events = list(knowledge.ask(Question(text, collection)))
    assert [event.kind == "answer" for event in events] == [False] * (len(events) - 1) + [True]
    assert events[-1].answer is not None
    return events[-1].answer, events


def test_an_ingest_reports_what_is_stored_and_what_failed(knowledge: Knowledge, report: IngestReport) -> None:
    assert (report.documents, report.skipped, report.collection) == (4, 0, "default")
    assert [failure.path.endswith("broken.pdf") for failure in report.failed] == [True]
    infos = knowledge.documents("default")
    assert [info.source for info in infos] == sorted(info.source for info in infos)
    assert {"backups.txt", "passwords.md", "phishing.html"} < {info.source for info in infos}
    assert sum(info.chunks for info in infos) == report.chunks
    assert [failure.reason for failure in knowledge.failures()] == [failure.reason for failure in report.failed]


@pytest.mark.slow
def test_progress_counts_up_to_the_whole(knowledge: Knowledge, tmp_path: Path) -> None:
    steps = list(knowledge.ingest(IngestRequest((str(write_library(tmp_path / "docs")),), "progress")))
    counts = [step.files_done for step in steps if isinstance(step, IngestProgress)]
    assert counts == sorted(counts)
    assert counts[-1] == steps[-2].files_total == 5  # type: ignore[union-attr]


@pytest.mark.slow
def test_unchanged_is_skipped_changed_replaced_and_gone_removed(knowledge: Knowledge, tmp_path: Path) -> None:
    folder = write_library(tmp_path / "docs")
    first = ingested(knowledge, folder, "twice")
    again = ingested(knowledge, folder, "twice")
    assert (again.documents, again.skipped, again.removed) == (0, first.documents, 0)
    assert again.corpus_version == first.corpus_version
    (folder / "backups.txt").write_text("Backups\n\nBackups are written at noon and kept in the basement.\n")
    (folder / "passwords.md").unlink()
    third = ingested(knowledge, folder, "twice")
    assert (third.documents, third.removed) == (1, 1)
    assert third.corpus_version > first.corpus_version
    found = knowledge.retrieve(Query("when are backups written", "twice"))
    assert "noon" in found.passages[0].chunk.text
    assert "passwords.md" not in {passage.chunk.source for passage in found.passages}


@pytest.mark.slow
def test_an_upload_is_a_document_and_its_original(knowledge: Knowledge) -> None:
    data = PASSWORDS.encode()
    report = knowledge.upload(Upload("store.md", data, "uploads"))
    assert (report.documents, report.failed) == (1, ())
    (info,) = knowledge.documents("uploads")
    assert knowledge.original(info.id).data == data
    assert knowledge.original(info.id).name == "store.md"
    bad = knowledge.upload(Upload("bad.pdf", b"%PDF-nothing", "uploads"))
    assert bad.documents == 0
    assert bad.failed[0].path.endswith("bad.pdf")


def test_what_could_not_be_read_is_dismissed(knowledge: Knowledge) -> None:
    for collection in ("one", "other"):
        knowledge.upload(Upload("bad one.pdf", b"%PDF-nothing", collection))
    (failure,) = knowledge.failures("one")
    assert (failure.path, failure.collection) == ("bad one.pdf", "one")
    knowledge.dismiss("one", "bad one.pdf")
    assert (knowledge.failures("one"), len(knowledge.failures("other"))) == ((), 1)
    for collection, source in (("one", "bad one.pdf"), ("other", "bad.pdf"), ("nowhere", "bad one.pdf")):
        with pytest.raises(NotFound, match=f"'{source}'"):
            knowledge.dismiss(collection, source)
    knowledge.upload(Upload("bad one.pdf", b"%PDF-nothing", "one"))
    assert len(knowledge.failures("one")) == 1


@pytest.mark.slow
def test_an_original_that_is_lost_is_told_until_it_is_given_again(knowledge: Knowledge, data: Path) -> None:
    text = b"# Lost\n\nThe original of this note is deleted by hand."
    assert knowledge.upload(Upload("lost.md", text, "lost")).documents == 1
    (path,) = (path for path in (data / "originals").glob("*/*") if path.read_bytes() == text)
    path.unlink()
    for repair in (False, True):
        report = knowledge.verify(repair)
        assert (report.sound, report.missing_originals, report.repaired) == (False, ("lost.md",), 0)
    assert knowledge.upload(Upload("lost.md", text, "lost")).skipped == 1
    assert knowledge.verify().sound
    assert path.read_bytes() == text


def test_a_stored_document_holds_its_text(knowledge: Knowledge, report: IngestReport) -> None:
    stored = knowledge.document(document_id("default", "passwords.md"))
    assert stored.info in knowledge.documents("default")
    assert stored.document.title == "Storing passwords"
    assert "Argon2id, using a memory cost of 19 MiB" in stored.document.text
    assert len(stored.document.text) == stored.info.characters


@pytest.mark.slow
def test_what_is_removed_is_gone_at_once(knowledge: Knowledge) -> None:
    knowledge.upload(Upload("gone.md", b"# Heron\n\nThe heron code is seven.", "removal"))
    knowledge.upload(Upload("kept.md", b"# Stork\n\nThe stork code is nine.", "removal"))
    gone = document_id("removal", "gone.md")
    knowledge.remove(gone)
    assert [info.source for info in knowledge.documents("removal")] == ["kept.md"]
    found = knowledge.retrieve(Query("the heron code", "removal"))
    assert {passage.chunk.source for passage in found.passages} <= {"kept.md"}
    for read in (knowledge.document, knowledge.original, knowledge.remove):
        with pytest.raises(NotFound):
            read(gone)


def test_retrieval_is_best_first_with_scores_of_every_lane(knowledge: Knowledge, report: IngestReport) -> None:
    found = knowledge.retrieve(Query("salt of a password hash", k=3))
    scores = [passage.scores.final for passage in found.passages]
    assert 0 < len(scores) <= 3
    assert scores == sorted(scores, reverse=True)
    assert found.passages[0].chunk.source == "passwords.md"
    assert found.passages[0].scores.dense > 0
    assert found.passages[0].scores.lexical > 0
    assert found.timings_ms


def test_an_identifier_leads_to_its_record(knowledge: Knowledge, report: IngestReport) -> None:
    best = knowledge.retrieve(Query("CVE-2021-44228")).passages[0]
    assert best.scores.exact == 1.0
    assert best.kind == "kev"
    filtered = knowledge.retrieve(Query("vulnerability", filters={"kind": "kev"}))
    assert {passage.kind for passage in filtered.passages} == {"kev"}


def test_passages_are_the_stored_text(knowledge: Knowledge, report: IngestReport) -> None:
    for passage in knowledge.retrieve(Query("phishing message reported")).passages:
        text = knowledge.document(passage.document).document.text
        assert text[passage.chunk.start : passage.chunk.end] == passage.chunk.text


def test_an_answer_stands_on_its_sources(knowledge: Knowledge, report: IngestReport) -> None:
    answer, events = answered(knowledge, "What is used to store passwords?")
    assert not answer.refused
    assert "Argon2id" in answer.text
    assert events[0].kind == "stage"
    ids = {source.id for source in answer.sources}
    assert answer.claims
    assert all(claim.sources and set(claim.sources) <= ids for claim in answer.claims)
    for source in answer.sources:
        assert knowledge.document(source.document).document.text[source.start : source.end] == source.quote
    assert answer.passages
    assert answer.checks


def test_what_the_documents_do_not_hold_is_refused(knowledge: Knowledge, report: IngestReport) -> None:
    answer, _ = answered(knowledge, "Who won the 1998 World Cup?")
    assert answer.refused
    assert answer.reason
    assert not answer.sources
    assert not knowledge.scope(Question("Who won the 1998 World Cup?")).in_scope
    assert knowledge.scope(Question("What is used to store passwords?")).in_scope


def test_wrong_requests_are_told(knowledge: Knowledge, report: IngestReport) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        knowledge.retrieve(Query("a", "nowhere"))
    with pytest.raises(NotFound, match="nowhere"):
        list(knowledge.ask(Question("What is stored?", "nowhere")))
    with pytest.raises(BadInput, match="empty"):
        knowledge.retrieve(Query("  "))
    with pytest.raises(BadInput, match="empty"):
        list(knowledge.ask(Question("\n")))
    with pytest.raises(NotFound):
        list(knowledge.ingest(IngestRequest(("/no/such/folder",))))


def test_preprocessing_shows_and_stores_nothing(knowledge: Knowledge, report: IngestReport) -> None:
    before = knowledge.documents()
    shown = knowledge.preprocess("The attackers of hxxp://evil[.]example used T1110 against CVE-2021-44228.")
    assert {"T1110", "CVE-2021-44228"} <= {identifier.value for identifier in shown.identifiers}
    assert shown.language == "en"
    assert knowledge.documents() == before


def test_the_store_is_sound_and_every_part_well(knowledge: Knowledge, report: IngestReport) -> None:
    assert knowledge.verify().sound
    default = {info.name: info for info in knowledge.collections()}["default"]
    assert (default.documents, default.chunks) == (report.documents, report.chunks)
    parts = knowledge.health()
    assert {"library", "index", "embedder", "disk", "answer cache"} <= {part.name for part in parts}
    assert all(part.ok for part in parts), parts


def test_an_identifier_has_a_card_of_its_records(knowledge: Knowledge, report: IngestReport) -> None:
    card = knowledge.identifier("cve-2021-44228", "default")
    assert (card.value, card.kind) == ("CVE-2021-44228", "cve")
    assert "Log4j2" in card.title
    lines = {line.label: line for line in card.lines}
    assert lines["Due date"].text == "2021-12-24"
    assert lines["Description"].text.startswith("Apache Log4j2 has a flaw")
    assert knowledge.document(lines["Due date"].document).info.kind == "kev"
    assert ("weakness", "CWE-502", "") in card.related
    for value, collection in (("CVE-1999-0001", "default"), ("no identifier", "default"), ("T1110", "nowhere")):
        with pytest.raises(NotFound):
            knowledge.identifier(value, collection)


def test_a_collection_suggests_questions_that_it_answers(knowledge: Knowledge, report: IngestReport) -> None:
    default = {info.name: info for info in knowledge.collections()}["default"]
    assert 2 <= len(default.suggestions) <= 3
    for question in default.suggestions:
        assert not answered(knowledge, question)[0].refused, question


@pytest.mark.slow
def test_documents_and_collections_are_shared(knowledge: Knowledge) -> None:
    knowledge.upload(
        Upload("shared.md", b"# Heron\n\nThe heron code is seven.", "shares", Sharing(("group:hr",), "GREEN"))
    )
    knowledge.upload(Upload("open.md", b"# Stork\n\nThe stork code is nine.", "shares"))
    shared = {info.source: info.sharing for info in knowledge.documents("shares")}
    assert shared == {"shared.md": Sharing(("group:hr",), "GREEN"), "open.md": Sharing()}
    sharing = Sharing(("group:soc", "user:1"), "AMBER+STRICT")
    info = knowledge.share(document_id("shares", "open.md"), sharing)
    assert info.sharing == sharing
    assert info in knowledge.documents("shares")
    assert knowledge.share_collection("shares", ("group:hr", EVERYONE)).readers == (EVERYONE, "group:hr")
    assert {one.name: one.readers for one in knowledge.collections()}["shares"] == (EVERYONE, "group:hr")
    assert answered(knowledge, "What is the heron code?", "shares")[0].sources
    assert knowledge.verify().sound
    for wrong in (Sharing(("anybody",)), Sharing(tlp="PURPLE")):
        with pytest.raises(BadInput):
            knowledge.share(info.id, wrong)
    with pytest.raises(NotFound):
        knowledge.share("0" * 16, Sharing())
    with pytest.raises(NotFound):
        knowledge.share_collection("nowhere", ())
    assert knowledge.remove_collection("shares") == 2
    assert knowledge.documents("shares") == ()
    with pytest.raises(NotFound):
        knowledge.remove_collection("shares")


@pytest.mark.slow
def test_an_answer_that_was_given_is_given_again_until_something_changes(knowledge: Knowledge) -> None:
    knowledge.upload(Upload("a.md", b"# Heron\n\nThe heron code is seven.", "kept"))
    first, again = (answered(knowledge, "What is the heron code?", "kept")[0] for _ in range(2))
    assert (again.text, again.sources, set(again.timings_ms)) == (first.text, first.sources, {"cache"})
    knowledge.upload(Upload("a.md", b"# Heron\n\nThe heron code is eight.", "kept"))
    assert "eight" in answered(knowledge, "What is the heron code?", "kept")[0].text
