"""The sample library, ingested once and kept: what several measurements ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bench import SAMPLES, Bench
from vedette.app import open_knowledge
from vedette.records import IngestReport, IngestRequest
from vedette.services import Knowledge
from vedette.settings import load


def folder(bench: Bench) -> Path:
    """Its data folder."""
    return bench.work / "library"


@contextmanager
def sample_library(bench: Bench) -> Iterator[Knowledge]:
    """The knowledge of the sample library; what did not change since the last run is not read again."""
    with open_knowledge(load({}, folder(bench))) as knowledge:
        for step in knowledge.ingest(IngestRequest((str(SAMPLES),))):
            if isinstance(step, IngestReport) and step.documents:
                bench.say(f"sample library: {step.documents} documents read in {step.seconds:.0f} s")
        yield knowledge
