"""Retrieval quality on labelled sets, by the product's own `evaluate retrieval`, beside BM25 and MiniLM alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench, timed
from benchmarks.results import Row
from vedette.app import open_knowledge
from vedette.learning.beir import Judged, LabelledSet, read_labelled
from vedette.learning.evaluate_retrieval import Metrics, RetrievalReport, evaluate_retrieval, metrics, score
from vedette.services import Knowledge
from vedette.settings import load


@dataclass(frozen=True, slots=True)
class Set:
    """A labelled set, the language of its stemmer, and what is to be reached on each part of it ("" is all of it)."""

    name: str
    language: str
    targets: Mapping[str, float]


SECURITY = Set("security", "english", {"": 0.67, "source=cti-mcq": 0.83, "source=sigma": 0.50})
SETS = (Set("xquad-es", "spanish", {"": 0.97}), SECURITY, Set("scifact", "english", {"": 0.735}))


def rows(bench: Bench) -> Iterator[Row]:
    for chosen in SETS:
        yield from _rows(chosen, bench)


def _rows(chosen: Set, bench: Bench) -> Iterator[Row]:
    folder = bench.dev_set(chosen.name)
    labelled = read_labelled(folder)
    with library(chosen, labelled, bench) as (_, report):
        rankings = _plain(folder, chosen, bench.work / "retrieval" / chosen.name, bench)
    for part, target in chosen.targets.items():
        queries = [query for query in labelled.queries if not part or part in query.parts]
        ours = report.parts[part] if part else report.overall
        bm25, minilm = (_scored(queries, rankings[lane]).ndcg_at_10.value for lane in ("bm25", "minilm"))
        yield Row(
            name=f"retrieval: {chosen.name}{' ' + part if part else ''}",
            ours=ours.ndcg_at_10.value,
            unit="nDCG@10",
            better="higher",
            target=target,
            peer=bm25,
            beside="BM25",
            note=_note(report, ours, minilm),
        )


@contextmanager
def library(chosen: Set, labelled: LabelledSet, bench: Bench) -> Iterator[tuple[Knowledge, RetrievalReport]]:
    """The corpus of a set as a library of its own, in a collection of its name, kept from run to run; and how well it
    finds."""
    place = bench.work / "retrieval" / chosen.name
    with open_knowledge(load({}, place / "data")) as knowledge:
        yield knowledge, evaluate_retrieval(knowledge, labelled, place / "pages", chosen.name)


def _plain(folder: Path, chosen: Set, place: Path, bench: Bench) -> dict[str, dict[str, list[str]]]:
    """The rankings of BM25 and of MiniLM: lane -> query -> documents."""
    program = Path(__file__).with_name("peer_ranking.py")
    kept = str(place / "minilm.npy")
    command = [str(bench.peer_python()), str(program), "rank", str(folder), chosen.language, kept]
    found: dict[str, dict[str, list[str]]] = json.loads(timed(command).output)
    return found


def _scored(queries: Sequence[Judged], ranking: Mapping[str, Sequence[str]]) -> Metrics:
    return metrics([score(ranking[query.id], query.relevant) for query in queries])


def _note(report: RetrievalReport, ours: Metrics, minilm: float) -> str:
    ndcg = ours.ndcg_at_10
    return (
        f"default settings, {ours.queries} queries, {report.documents} documents read as pages, "
        f"{report.chunks} chunks; "
        f"95 % interval {ndcg.low:.3f} to {ndcg.high:.3f}; recall@10 {ours.recall_at_10.value:.3f}, recall@100 "
        f"{ours.recall_at_100.value:.3f}, MRR@10 {ours.mrr_at_10.value:.3f}; BM25: bm25s, Snowball stems, k1 0.9, "
        f"b 0.4, whole documents; MiniLM fp32 alone over whole documents: {minilm:.3f}"
    )
