"""retrieve: question -> exact, lexical and dense lanes -> fused passages.

Each lane gives its best points inside the scope (collection and filters are part of the engine's query); then both
scores are asked for every point that any lane found, so that nothing is guessed of what a lane did not return.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from vedette.errors import BadInput
from vedette.rag import analyse, fuse
from vedette.rag.embed import Vectors
from vedette.rag.index import Index, Scope, Search, SparseVector
from vedette.rag.library import Library
from vedette.records import LONGEST_QUESTION, CollectionInfo, Passage, Query, Understanding

LANE = 100  # points of each lane
SUBJECTS, EACH = 16, 24  # documents that the question names, and points of each lane in each of them


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds for each stage of one question."""

    clock: Callable[[], float] = time.perf_counter
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = self.clock()
        try:
            yield
        finally:
            spent = (self.clock() - started) * 1000
            self.timings[name] = round(self.timings.get(name, 0.0) + spent, 3)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked for and found. `vector` (dimension,): the question's; `asked`: its terms and their weights;
    `frequencies`: in how many chunks of the collection each term stands, shape (len(asked),); `named`: documents it
    names, and how surely (0..1)."""

    passages: tuple[Passage, ...]
    vector: Vectors
    asked: Mapping[str, float]
    frequencies: NDArray[np.float64]
    named: Mapping[str, float]


def check(query: Query) -> str:
    """The text of a query, trimmed. Raises BadInput."""
    text = query.text.strip()
    if not text:
        raise BadInput("The question is empty; write what you want to know.")
    if len(text) > LONGEST_QUESTION:
        raise BadInput(f"The question has {len(text)} characters; ask in at most {LONGEST_QUESTION}.")
    return text


def search(query: Query, understanding: Understanding, vector: Vectors, library: Library, watch: Stopwatch) -> Looked:
    """The `query.k` best passages of the collection; `vector` is that of the question. Raises NotFound, BadInput."""
    text = check(query)
    facts = library.catalog.collection(query.collection)
    scope = Scope(query.collection, query.filters)
    with watch.stage("analyse"):
        asked = analyse.query_terms(text, understanding.language, facts.languages)
        frequencies = library.catalog.frequencies(query.collection, analyse.term_ids(list(asked)))
        lexical = analyse.sparse_query(asked, frequencies, facts.chunks)
        rarity = analyse.idf(frequencies, facts.chunks)
        weights = {term: weight * rare for (term, weight), rare in zip(asked.items(), rarity, strict=True)}
        named = _named(text, understanding, weights, facts, library)
    with watch.stage("search"):
        candidates = _candidates(vector, lexical, named, scope, library.index)
    with watch.stage("fuse"):
        spoken = library.spoken
        weight = fuse.dense_weight(understanding.language, facts.main_languages, spoken)
        ranking = fuse.rank(_in_context(candidates, lexical, weight, library.index), weight)
        passages = _passages(ranking, query.k, library)
    return Looked(passages, vector, asked, frequencies, named)


def _named(
    text: str, understanding: Understanding, weights: Mapping[str, float], facts: CollectionInfo, library: Library
) -> dict[str, float]:
    """Documents about an identifier or a name that the question gives, and how surely (0..1)."""
    keys = analyse.subjects_asked(text)
    about = library.catalog.about(facts.name, list(keys))
    total = sum(weights.values())

    def share(start: int, end: int) -> float:
        inside = analyse.query_terms(text[start:end], understanding.language, facts.languages)
        return sum(weights.get(term, 0.0) for term in inside) / total if total else 0.0

    identifiers = {found.value.casefold() for found in understanding.identifiers}
    return fuse.named_documents(keys, about, identifiers, share)


def _candidates(
    vector: Vectors, lexical: SparseVector, named: Mapping[str, float], scope: Scope, index: Index
) -> fuse.Candidates:
    """Every point that a lane found, in the whole scope or in a document that is named, with both scores."""
    allowed = (document for document in named if scope.filters.get("document", document) == document)
    surest = sorted(allowed, key=lambda document: -named[document])[:SUBJECTS]
    places = [(scope, LANE, 0.0)]
    places += [(scope.narrowed("document", document), EACH, named[document]) for document in surest]
    queries: tuple[Vectors | SparseVector, ...] = (vector, lexical)
    lanes: tuple[dict[int, float], ...] = ({}, {})
    exact: dict[int, float] = {}
    hits = iter(index.search([Search(query, where, limit) for where, limit, _ in places for query in queries]))
    for (_, _, sure), lane in product(places, lanes):
        found = dict(next(hits))
        lane.update(found)
        exact.update((point, max(sure, exact.get(point, 0.0))) for point in found)
    missing = [[point for point in exact if point not in lane] for lane in lanes]
    rest = [Search(query, scope, len(points), points) for query, points in zip(queries, missing, strict=True)]
    for lane, late in zip(lanes, index.search(rest), strict=True):
        lane.update(late)
    dense, sparse = (np.array([lane.get(point, 0.0) for point in exact]) for lane in lanes)
    return fuse.Candidates(tuple(exact), dense, sparse, np.array(list(exact.values())))


def _in_context(candidates: fuse.Candidates, lexical: SparseVector, weight: float, index: Index) -> fuse.Candidates:
    """The candidates, the best of them leaning towards their documents in the lexical lane too."""
    found = index.lexical(fuse.head(candidates, weight))
    matches = analyse.matches(lexical, [vector for _, vector in found.values()])
    return fuse.in_context(candidates, {point: document for point, (document, _) in found.items()}, matches)


def _passages(ranking: Sequence[fuse.Ranked], k: int, library: Library) -> tuple[Passage, ...]:
    """The first k of a ranking that are valid and say something that none before them said."""
    return tuple(islice(fuse.fold(_valid(ranking, k, library), lambda passage: passage.chunk.text), k))


def _valid(ranking: Sequence[fuse.Ranked], k: int, library: Library) -> Iterator[Passage]:
    """Passages whose document still stands in this version, fetched as they are needed."""
    step = k + 4
    for first in range(0, len(ranking), step):
        part = ranking[first : first + step]
        entries = library.index.fetch([ranked.point for ranked in part])
        headers = library.catalog.headers(entry.document for entry in entries.values())
        for ranked in part:
            entry = entries.get(ranked.point)
            header = headers.get(entry.document) if entry is not None else None
            if entry is not None and header is not None and entry.version == header.version:
                yield Passage(
                    document=entry.document,
                    title=header.title,
                    kind=entry.kind,
                    language=entry.language,
                    chunk=entry.chunk,
                    scores=ranked.scores,
                    metadata=entry.metadata,
                )
