"""Exact identifiers: every id that a record of the sample library is about, asked alone and in a sentence; is a passage
of a document about it the first?"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.library import sample_library
from benchmarks.results import Row
from vedette.learning.intervals import mean
from vedette.records import Query
from vedette.services import Knowledge

_SENTENCES = (
    "{id}",
    "What do you know about {id}?",
    "Please tell me how we should respond to {id} on our Windows servers",
)
_KINDS = ("attack-", "kev", "cve", "csaf", "oscal-control")


def rows(bench: Bench) -> Iterator[Row]:
    with sample_library(bench) as knowledge:
        about = _about(knowledge)
        found: dict[str, list[float]] = {sentence: [] for sentence in _SENTENCES}
        missed: list[str] = []
        for identifier, documents in about.items():
            for sentence in _SENTENCES:
                first = knowledge.retrieve(Query(sentence.format(id=identifier), k=1)).passages[:1]
                right = bool(first) and first[0].document in documents
                found[sentence].append(float(right))
                if not right and identifier not in missed:
                    missed.append(identifier)
    every = mean([value for values in found.values() for value in values])
    parts = ", ".join(f"'{sentence}' {sum(values) / len(values):.4f}" for sentence, values in found.items())
    yield Row(
        name="identifiers: exact identifier recall@1",
        ours=every.value,
        unit="share",
        better="higher",
        target=0.99,
        note=(
            f"{len(about)} ids of the sample library (CVE, KEV, ATT&CK, CSAF, OSCAL), old ids that lead to a successor "
            f"included, asked as {parts}; missed: {', '.join(missed[:8]) or 'none'}"
        ),
    )


def _about(knowledge: Knowledge) -> dict[str, set[str]]:
    """Identifier -> the documents about it."""
    about: dict[str, set[str]] = {}
    for info in knowledge.documents("default"):
        if info.kind.startswith(_KINDS):
            for identifier in knowledge.document(info.id).document.identifiers:
                about.setdefault(identifier, set()).add(info.id)
    return about
