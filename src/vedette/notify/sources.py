"""Where events come from: what happened -> an event, in the language of whoever reads it. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from vedette.errors import ProviderError
from vedette.notify.words import WORDS
from vedette.records import DocumentInfo, Event, IngestReport, QueuedQuestion

MOST_NAMED = 10


def ingest_key(report: IngestReport) -> str:
    """The trouble of an ingest: that of its collection."""
    return f"ingest:{report.collection}"


def ingest_failed(report: IngestReport, language: str) -> Event | None:
    """`pipeline_error`, for an ingest that could not read everything; None for any other."""
    if not report.failed:
        return None
    words = WORDS[language]
    count = len(report.failed)
    named = [f"{failure.path}: {failure.reason}" for failure in report.failed[:MOST_NAMED]]
    if count > MOST_NAMED:
        named.append(words.more_files.format(count=count - MOST_NAMED))
    subject, text = words.pipeline_error
    return Event(
        "pipeline_error",
        ingest_key(report),
        subject.format(count=count, collection=report.collection),
        text.format(files="\n".join(named)),
    )


def provider_down(provider: str, error: ProviderError, language: str) -> Event:
    """`provider_down`, for a provider that failed so often that it is left out."""
    subject, text = WORDS[language].provider_down
    return Event(
        "provider_down",
        provider,
        subject.format(provider=provider, brief=error.brief),
        text.format(error=error.message),
    )


def dead_letter(question: QueuedQuestion, language: str) -> Event:
    """`dead_letter`, for a question that was given up. Those of one reason are one trouble; no word of it is told."""
    subject, text = WORDS[language].dead_letter
    return Event(
        "dead_letter",
        question.reason,
        subject.format(reason=question.reason),
        text.format(error=question.error, question=question.id),
    )


def feed_key(collection: str) -> str:
    """The trouble of a collection that nothing new comes into."""
    return f"feed:{collection}"


def stale_feeds(
    documents: Iterable[DocumentInfo], now: datetime, longest: timedelta, language: str
) -> tuple[dict[str, Event], frozenset[str]]:
    """`feed_stale` by collection, for those whose newest record is older than `longest`; the names of the others."""
    newest: dict[str, str] = {}
    for document in documents:
        newest[document.collection] = max(newest.get(document.collection, ""), document.ingested_at)
    subject, text = WORDS[language].feed_stale
    stale = {}
    for collection, at in newest.items():
        age = now - datetime.fromisoformat(at)
        if age > longest:
            told = subject.format(collection=collection, days=age.days)
            stale[collection] = Event("feed_stale", feed_key(collection), told, text.format(newest=at[:10]))
    return stale, frozenset(newest) - frozenset(stale)
