"""How well a library finds: labelled set -> documents read as a user's would be -> ranked documents -> metrics.

The corpus is written out as pages and ingested through the same door as any folder, and every query is asked with the
default settings; a document ranks where its best passage does. nDCG (Järvelin & Kekäläinen 2002) with the grade as
gain, as trec_eval and BEIR compute it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

from vedette.errors import LoadError
from vedette.learning.beir import Judged, LabelledSet, Record
from vedette.learning.intervals import Interval, mean
from vedette.records import LONGEST_QUESTION, IngestReport, IngestRequest, Query
from vedette.services import Knowledge

SHALLOW, DEEP = 10, 100
# Passages asked for: enough for a hundred documents, since more than that no lane gives.
_PASSAGES = 1000


@dataclass(frozen=True, slots=True)
class Metrics:
    """Means over queries, 0..1, higher is better."""

    queries: int
    ndcg_at_10: Interval
    recall_at_10: Interval
    recall_at_100: Interval
    mrr_at_10: Interval


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """`parts`: the same for each part of the queries, such as `source=sigma`."""

    documents: int
    chunks: int
    overall: Metrics
    parts: Mapping[str, Metrics]


@dataclass(frozen=True, slots=True)
class _Scores:
    ndcg_at_10: float
    recall_at_10: float
    recall_at_100: float
    mrr_at_10: float


def evaluate_retrieval(
    knowledge: Knowledge,
    labelled: LabelledSet,
    pages: Path,
    collection: str,
    told: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> RetrievalReport:
    """Ingest the corpus into `collection`, which must hold nothing else, and ask every query.

    `pages` is the folder that the corpus is written to; what stands in it unchanged is not embedded again.
    `told(stage, done, total)` is told of the progress. Raises LoadError where a document was not read.
    """
    ids = write_pages(labelled.documents, pages)
    for step in knowledge.ingest(IngestRequest((str(pages.absolute()),), collection)):
        if isinstance(step, IngestReport):
            if step.failed:
                raise LoadError(f"{len(step.failed)} documents were not read; the first: {step.failed[0].reason}")
        else:
            told("documents", step.files_done, step.files_total)
    scored = []
    for done, query in enumerate(labelled.queries, 1):
        scored.append(score(ranked_documents(knowledge, query.text, collection, ids), query.relevant))
        told("queries", done, len(labelled.queries))
    [info] = [info for info in knowledge.collections() if info.name == collection]
    return RetrievalReport(info.documents, info.chunks, metrics(scored), _parts(labelled.queries, scored))


def write_pages(documents: Sequence[Record], folder: Path) -> dict[str, str]:
    """Each document as an HTML page of its own; file name -> document id. Pages that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    ids: dict[str, str] = {}
    for number, document in enumerate(documents):
        name = f"{number:06d}.html"
        ids[name] = document.id
        text = document.text if document.text.strip() else document.title
        body = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.split("\n") if line.strip())
        page = f'<!doctype html><meta charset="utf-8"><title>{html.escape(document.title)}</title>\n{body}'
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != page:
            path.write_text(page, encoding="utf-8")
    for path in folder.glob("*.html"):
        if path.name not in ids:
            path.unlink()
    return ids


def ranked_documents(knowledge: Knowledge, text: str, collection: str, ids: Mapping[str, str]) -> list[str]:
    """The documents of a query, best first, each where its best passage stands.

    A query without words finds none; one that is too long for a question is asked by its beginning.
    """
    if not text.strip():
        return []
    passages = knowledge.retrieve(Query(text[:LONGEST_QUESTION], collection, _PASSAGES)).passages
    return list(dict.fromkeys(ids[passage.chunk.source] for passage in passages))


def score(ranked: Sequence[str], relevant: Mapping[str, int]) -> _Scores:
    """The metrics of one ranking.

    >>> score(["b", "a"], {"a": 1})
    _Scores(ndcg_at_10=0.6309297535714575, recall_at_10=1.0, recall_at_100=1.0, mrr_at_10=0.5)
    """
    top = ranked[:SHALLOW]
    first = next((rank for rank, document in enumerate(top, 1) if document in relevant), None)
    best = sorted(relevant.values(), reverse=True)[:SHALLOW]
    return _Scores(
        ndcg_at_10=_gain([relevant.get(document, 0) for document in top]) / _gain(best),
        recall_at_10=len(relevant.keys() & set(top)) / len(relevant),
        recall_at_100=len(relevant.keys() & set(ranked[:DEEP])) / len(relevant),
        mrr_at_10=1.0 / first if first else 0.0,
    )


def metrics(scored: Sequence[_Scores]) -> Metrics:
    """The means over queries, each with its interval."""
    return Metrics(
        queries=len(scored),
        ndcg_at_10=mean([one.ndcg_at_10 for one in scored]),
        recall_at_10=mean([one.recall_at_10 for one in scored]),
        recall_at_100=mean([one.recall_at_100 for one in scored]),
        mrr_at_10=mean([one.mrr_at_10 for one in scored]),
    )


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _parts(queries: Sequence[Judged], scored: Sequence[_Scores]) -> dict[str, Metrics]:
    names = dict.fromkeys(part for query in queries for part in query.parts)
    return {
        name: metrics([one for query, one in zip(queries, scored, strict=True) if name in query.parts])
        for name in sorted(names)
    }
