"""What `/metrics` tells: a registry for each server, no global one."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from vedette.records import Answer, JobState, QueueCounts

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The counters of one server, in seconds and counts."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "vedette_http_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.stages = Histogram(
            "vedette_stage_seconds", "Time of each stage.", ("stage",), buckets=BUCKETS, registry=self.registry
        )
        self.answers = Counter(
            "vedette_answers", "Questions answered, refusals left out.", ("provider",), registry=self.registry
        )
        self.refusals = Counter("vedette_refusals", "Questions refused for want of evidence.", registry=self.registry)
        self.corpus = Gauge("vedette_corpus_version", "Corpus version of the last answer.", registry=self.registry)
        self.questions = Gauge(
            "vedette_questions", "Questions answered later, by state.", ("state",), registry=self.registry
        )
        self.mails = Gauge("vedette_mails", "Mails of their answers, by state.", ("state",), registry=self.registry)
        self.forecasts = Gauge("vedette_forecasts", "Forecasts, by state.", ("state",), registry=self.registry)
        info = Gauge("vedette_build_info", "Version of Vedette.", ("version",), registry=self.registry)
        info.labels(version).set(1)

    def answered(self, answer: Answer) -> None:
        """Count an answer or a refusal, with its stages."""
        self.timed(answer.timings_ms)
        self.corpus.set(answer.corpus_version)
        if answer.refused:
            self.refusals.inc()
        else:
            self.answers.labels(answer.provider).inc()

    def timed(self, timings_ms: Mapping[str, float]) -> None:
        """Add the times of stages, in milliseconds."""
        for stage, milliseconds in timings_ms.items():
            self.stages.labels(stage).observe(milliseconds / 1000)

    def stands(self, counts: QueueCounts | None) -> None:
        """How many questions stand where; None where nobody knows."""
        self.questions.clear()
        self.mails.clear()
        if counts is not None:
            for state in ("waiting", "answering", "answered", "dead", "cancelled"):
                self.questions.labels(state).set(getattr(counts, state))
            self.mails.labels("waiting").set(counts.mails_waiting)
            self.mails.labels("failed").set(counts.mails_failed)

    def worked_out(self, counts: Mapping[JobState, int]) -> None:
        """How many forecasts are in which state; nothing where nobody knows."""
        self.forecasts.clear()
        for state, count in counts.items():
            self.forecasts.labels(state).set(count)

    def text(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)
