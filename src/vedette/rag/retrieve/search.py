"""retrieve: question -> exact, lexical and dense lanes -> fused passages.

Each lane gives its best points inside the scope (collection and filters are part of the engine's query); then both
scores are asked for every point that any lane found, so that nothing is guessed of what a lane did not return.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from vedette.errors import BadInput
from vedette.rag.embed import Vectors
from vedette.rag.index.contract import Entry, Index, Scope, Search
from vedette.rag.library.shelf import Library
from vedette.rag.retrieve import fuse
from vedette.rag.text import analyse
from vedette.rag.text.analyse import SparseVector
from vedette.rag.understand.gloss import INTO
from vedette.records import LONGEST_QUESTION, CollectionInfo, Passage, Query, Understanding

T = TypeVar("T")

LANE = 64  # points of each lane, or as many as are wanted
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


class Place(NamedTuple):
    """Where a lane looks, for how many points, and how surely (0..1) the question names that document."""

    scope: Scope
    limit: int
    sure: float


class Lane(NamedTuple):
    """What one lane found: point -> score, and point -> how surely its document is named."""

    scores: dict[int, float]
    exact: dict[int, float]


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


def beside(work: Callable[[], T]) -> Callable[[], T]:
    """Begin work in another thread; what is returned waits for its result, or raises what it raised."""
    return _helpers().submit(work).result


@cache
def _helpers() -> ThreadPoolExecutor:
    """Threads that stay: to begin one for each question costs a tenth of what it does. More than cores gain nothing."""
    return ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0)), thread_name_prefix="beside")


def search(
    query: Query, understanding: Understanding, embedding: Callable[[], Vectors], library: Library, watch: Stopwatch
) -> Looked:
    """The `query.k` best passages of the collection. Raises NotFound, BadInput.

    `embedding` waits for the question's vector: the lexical lane is searched while the question is embedded.
    """
    text = check(query)
    facts = library.catalog.collections.named(query.collection)
    scope = library.scope(query.collection, query.filters)
    with watch.stage("analyse"):
        asked = analyse.query_terms(text, understanding.language, facts.languages)
        if understanding.wording:
            asked = analyse.query_terms(understanding.wording, INTO, facts.languages) | asked
        frequencies = library.catalog.collections.frequencies(query.collection, analyse.term_ids(list(asked)))
        terms = analyse.sparse_query(asked, frequencies, facts.chunks)
        rarity = analyse.idf(frequencies, facts.chunks)
        weights = {term: weight * rare for (term, weight), rare in zip(asked.items(), rarity, strict=True)}
        named = _named(text, understanding, weights, facts, library)
        places = _places(named, scope, max(LANE, query.k))
    with watch.stage("lexical"):
        lexical = _lane(terms, places, library.index)
    with watch.stage("embed"):
        vector = embedding()
    with watch.stage("dense"):
        dense = _lane(vector, places, library.index)
        candidates = _candidates((vector, terms), (dense, lexical), scope, library.index)
    with watch.stage("fuse"):
        spoken = library.spoken
        language = INTO if understanding.wording else understanding.language
        weight = fuse.dense_weight(language, facts.main_languages, spoken)
        best = library.index.lexical(fuse.head(candidates, weight))
        entries = {point: entry for point, (entry, _) in best.items()}
        documents = {point: entry.document for point, entry in entries.items()}
        matches = analyse.matches(terms, [held for _, held in best.values()])
        ranking = fuse.rank(fuse.in_context(candidates, documents, matches), weight)
        passages = _passages(ranking, entries, query.k, library)
    return Looked(passages, vector, asked, frequencies, named)


def _named(
    text: str, understanding: Understanding, weights: Mapping[str, float], facts: CollectionInfo, library: Library
) -> dict[str, float]:
    """Documents about an identifier or a name that the question gives, and how surely (0..1)."""
    keys = analyse.subjects_asked(text)
    about = library.catalog.documents.about(facts.name, list(keys))
    total = sum(weights.values())

    def share(start: int, end: int) -> float:
        inside = analyse.query_terms(text[start:end], understanding.language, facts.languages)
        return sum(weights.get(term, 0.0) for term in inside) / total if total else 0.0

    identifiers = {found.value.casefold() for found in understanding.identifiers}
    return fuse.named_documents(keys, about, identifiers, share)


def _places(named: Mapping[str, float], scope: Scope, limit: int) -> list[Place]:
    """Where to look: in the whole scope for its `limit` best points, and in each of the documents that are named."""
    allowed = (document for document in named if scope.filters.get("document", document) == document)
    surest = sorted(allowed, key=lambda document: -named[document])[:SUBJECTS]
    return [
        Place(scope, limit, 0.0),
        *(Place(scope.narrowed("document", document), EACH, named[document]) for document in surest),
    ]


def _lane(query: Vectors | SparseVector, places: Sequence[Place], index: Index) -> Lane:
    """What one lane finds in the places."""
    lane = Lane({}, {})
    found = index.search([Search(query, place.scope, place.limit) for place in places])
    for place, hits in zip(places, found, strict=True):
        lane.scores.update(hits)
        lane.exact.update((hit.point, max(place.sure, lane.exact.get(hit.point, 0.0))) for hit in hits)
    return lane


def _candidates(
    queries: Sequence[Vectors | SparseVector], lanes: Sequence[Lane], scope: Scope, index: Index
) -> fuse.Candidates:
    """Every point that a lane found, with the scores of both."""
    exact: dict[int, float] = {}
    for lane in lanes:
        exact.update((point, max(sure, exact.get(point, 0.0))) for point, sure in lane.exact.items())
    missing = [[point for point in exact if point not in lane.scores] for lane in lanes]
    rest = [Search(query, scope, len(points), points) for query, points in zip(queries, missing, strict=True)]
    scores = [lane.scores | dict(late) for lane, late in zip(lanes, index.search(rest), strict=True)]
    dense, lexical = (np.array([known.get(point, 0.0) for point in exact]) for known in scores)
    return fuse.Candidates(tuple(exact), dense, lexical, np.array(list(exact.values())))


def _passages(
    ranking: Iterator[fuse.Ranked], known: Mapping[int, Entry], k: int, library: Library
) -> tuple[Passage, ...]:
    """The first k of a ranking that are valid and say something that none before them said."""
    return tuple(islice(fuse.fold(_valid(ranking, known, k, library), lambda passage: passage.chunk.text), k))


def _valid(ranking: Iterator[fuse.Ranked], known: Mapping[int, Entry], k: int, library: Library) -> Iterator[Passage]:
    """Passages whose document still stands in this version; entries that are not `known` are fetched when needed."""
    while part := list(islice(ranking, k + 4)):
        unknown = [ranked.point for ranked in part if ranked.point not in known]
        entries = {**known, **library.index.fetch(unknown)} if unknown else known
        headers = library.catalog.documents.headers(entry.document for entry in entries.values())
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
