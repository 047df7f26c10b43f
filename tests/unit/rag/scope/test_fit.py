"""When the scope decision is fitted to a collection: early in a first ingest, at its end, and when much has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.small_library import PASSWORDS, write_library
from vedette.app import opened
from vedette.rag import service
from vedette.rag.ask import Desk, fit_scope
from vedette.records import IngestProgress, IngestReport, IngestRequest, Question, Upload
from vedette.services import Knowledge
from vedette.settings import load

REQUEST = "What is used to store passwords?"


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The collections that were fitted, one after the other; the real fit is made."""
    made: list[str] = []

    def counted(collection: str, desk: Desk) -> None:
        made.append(collection)
        fit_scope(collection, desk)

    monkeypatch.setattr(service, "fit_scope", counted)
    return made


def ingest(knowledge: Knowledge, folder: Path) -> list[IngestProgress | IngestReport]:
    return list(knowledge.ingest(IngestRequest((str(folder),))))


def notes(folder: Path, count: int) -> Path:
    """So many files of one chunk each."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:02}.md").write_text(f"# Note {number}\n\nBackup number {number} is kept on tape.\n")
    return folder


@pytest.mark.slow
def test_a_small_change_is_not_worth_a_fit_and_a_tenth_is(tmp_path: Path, fits: list[str]) -> None:
    with opened(load({}, tmp_path / "data")) as services:
        knowledge = services.knowledge
        ingest(knowledge, notes(tmp_path / "docs", 24))
        assert fits == ["default"]
        ingest(knowledge, tmp_path / "docs")
        knowledge.upload(Upload("one.md", b"# One\n\nA tape is kept for a year."))
        knowledge.upload(Upload("two.md", b"# Two\n\nA tape is read every quarter."))
        assert fits == ["default"]
        knowledge.upload(Upload("three.md", b"# Three\n\nA tape is destroyed by fire."))
        assert fits == ["default", "default"]
        knowledge.upload(Upload("four.md", b"# Four\n\nA tape is paid for by the archive."))
        assert fits == ["default", "default"]
        assert not knowledge.scope(Question("Who won the 1998 World Cup?")).in_scope


@pytest.mark.slow
def test_a_first_ingest_is_fitted_on_its_way(tmp_path: Path, fits: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FIRST_FIT", 70)
    with opened(load({}, tmp_path / "data")) as services:
        fitted_by = [
            (step.chunks, len(fits)) if isinstance(step, IngestProgress) else (0, len(fits))
            for step in services.knowledge.ingest(IngestRequest((str(notes(tmp_path / "docs", 160)),)))
        ]
    assert {made for chunks, made in fitted_by[:-1] if chunks < 70} == {0}
    assert {made for chunks, made in fitted_by[:-1] if chunks >= 70} == {1}
    assert fitted_by[-1] == (0, 2)


@pytest.mark.slow
def test_an_ingest_killed_before_its_fit_is_fitted_by_the_next(
    tmp_path: Path, fits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(collection: str, desk: Desk) -> None:
        raise KeyboardInterrupt

    docs = write_library(tmp_path / "docs")
    with opened(load({}, tmp_path / "data")) as services:
        with monkeypatch.context() as patched:
            patched.setattr(service, "fit_scope", killed)
            with pytest.raises(KeyboardInterrupt):
                ingest(services.knowledge, docs)
        # Unfitted, the decision has the values of an ordinary collection.
        assert services.knowledge.scope(Question(REQUEST)).in_scope
        assert not services.knowledge.scope(Question("Who won the 1998 World Cup?")).in_scope
    with opened(load({}, tmp_path / "data")) as services:
        report = ingest(services.knowledge, docs)[-1]
        assert isinstance(report, IngestReport)
        assert (report.documents, fits) == (0, ["default"])
        ingest(services.knowledge, docs)
        assert fits == ["default"]


@pytest.mark.slow
def test_a_changed_file_counts_what_went_and_what_came(tmp_path: Path, fits: list[str]) -> None:
    docs = notes(tmp_path / "docs", 15)
    with opened(load({}, tmp_path / "data")) as services:
        ingest(services.knowledge, docs)
        (docs / "03.md").write_text(PASSWORDS)
        ingest(services.knowledge, docs)
        assert fits == ["default", "default"]
        assert services.knowledge.scope(Question(REQUEST)).in_scope
