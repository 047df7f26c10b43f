"""What happened, as an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest

from vedette.errors import ProviderTimeout
from vedette.notify.sources import dead_letter, ingest_failed, provider_down, stale_feeds
from vedette.notify.words import WORDS
from vedette.records import DocumentInfo, Failure, IngestReport, QueuedQuestion, Submission

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def report(*failed: Failure) -> IngestReport:
    return IngestReport("cv", 3, 9, 0, 0, failed, 1.5, 7)


def document(collection: str, at: str) -> DocumentInfo:
    return DocumentInfo("1", collection, "a.md", "A", "prose", "en", "text/markdown", 0, 1, 10, "", at)


def test_an_ingest_tells_which_files_failed_and_why() -> None:
    event = ingest_failed(report(Failure("a.pdf", "It is broken."), Failure("b.pdf", "It is empty.")), "en")
    assert event is not None
    assert (event.kind, event.key, event.severity) == ("pipeline_error", "ingest:cv", "warning")
    assert "a.pdf: It is broken.\nb.pdf: It is empty." in event.text


def test_of_many_files_the_first_are_named() -> None:
    event = ingest_failed(report(*(Failure(f"{number}.pdf", "Broken.") for number in range(30))), "es")
    assert event is not None
    assert "30" in event.subject
    assert event.text.count("Broken.") == 10
    assert "y 20 más" in event.text


def test_an_ingest_that_read_everything_is_no_event() -> None:
    assert ingest_failed(report(), "en") is None


@pytest.mark.parametrize("language", WORDS)
def test_a_question_that_was_given_up_is_told_without_its_words(language: str) -> None:
    asked = Submission("Is my password hunter2 safe?")
    question = QueuedQuestion("q1", "ana", 1, asked, "dead", "", reason="timeout", error="It took too long.")
    event = dead_letter(question, language)
    assert (event.kind, event.key) == ("dead_letter", "timeout")
    assert "It took too long." in event.text
    assert "hunter2" not in event.subject + event.text


def test_a_provider_is_named_with_its_error() -> None:
    event = provider_down("llm", ProviderTimeout("llm did not answer.", "too slow"), "fr")
    assert (event.kind, event.key) == ("provider_down", "llm")
    assert "too slow" in event.subject
    assert "llm did not answer." in event.text


def test_a_feed_is_stale_by_its_newest_record() -> None:
    documents = [
        document("kev", "2026-11-10T00:00:00+00:00"),
        document("kev", "2026-11-20T00:00:00+00:00"),
        document("attack", "2026-11-01T00:00:00+00:00"),
        document("attack", "2026-10-01T00:00:00+00:00"),
    ]
    stale, fresh = stale_feeds(documents, NOW, timedelta(days=7), "en")
    assert (set(stale), fresh) == ({"attack"}, {"kev"})
    assert "20 days" in stale["attack"].subject
    assert "2026-11-01" in stale["attack"].text
    assert stale_feeds([], NOW, timedelta(days=7), "en") == ({}, frozenset())


def test_every_language_fills_in_the_same() -> None:
    def places(words: object) -> list[set[str | None]]:
        texts = [text for value in vars_of(words) for text in (value if isinstance(value, tuple) else (value,))]
        return [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts]

    def vars_of(words: object) -> list[object]:
        return [getattr(words, name) for name in words.__slots__]  # type: ignore[attr-defined]

    assert places(WORDS["en"]) == places(WORDS["es"]) == places(WORDS["fr"])
