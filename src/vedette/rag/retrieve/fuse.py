"""lane scores -> one ranking: a convex sum of scores that were each divided by the best of their lane.

Fusing normalised scores beats fusing ranks (Bruch, Gai & Ingber 2023, "An Analysis of Fusion Functions for Hybrid
Retrieval"). Every candidate has both scores, whichever lane found it, so that a score says the same whatever else was
found. What a document is *about* (an identifier or a name that the question gives) counts on top.
Measurements: docs/decisions/0001-ranking.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vedette.records import LaneScores

T = TypeVar("T")

# Weight of the dense lane; the lexical lane has the rest.
BALANCED = 0.5
FOREIGN = 0.3  # question and corpus in one language, but not one that the embedding model was trained on
ACROSS = 0.7  # question and corpus in different languages: few words in common
HEAD = 16  # of the best passages lean towards their documents
CONTEXT = 0.5  # how much, at most
DUPLICATE = 0.9  # share of words in common from which one passage repeats another
_UNMARKED = str.maketrans(".,;:!?()[]\"'", " " * 12)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Scores of the n points that any lane found; arrays of shape (n,), higher is better.

    `dense` are cosines, `lexical` BM25 sums, both of every point, `exact` what `named_documents` gives its document.
    """

    points: tuple[int, ...]
    dense: NDArray[np.float64]
    lexical: NDArray[np.float64]
    exact: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A point in its place, best first in a list."""

    point: int
    scores: LaneScores


def dense_weight(question: str, corpus: Collection[str], spoken: Collection[str]) -> float:
    """How much the dense lane counts (0..1), by the languages of question, corpus and embedding model.

    `spoken` empty: a multilingual model.

    >>> dense_weight("en", ["en"], ["en"]), dense_weight("es", ["es", "en"], ["en"]), dense_weight("es", ["en"], ["en"])
    (0.5, 0.3, 0.7)
    """
    if corpus and question not in corpus:
        return ACROSS
    return BALANCED if not spoken or question in spoken else FOREIGN


def named_documents(
    asked: Mapping[str, tuple[int, int]],
    about: Mapping[str, Sequence[str]],
    identifiers: Collection[str],
    share: Callable[[int, int], float],
) -> dict[str, float]:
    """Document -> how surely the question names what it is about, 0..1.

    `asked` are the keys of the question with their spans, `about` those of them that documents are about. An
    identifier counts 1, a name as much as its `share` of the question's term weight; inside a longer name that was
    found, a shorter one does not count ("Web Shell" in "Server Software Component: Web Shell").

    >>> asked = {"web": (0, 3), "web shell": (0, 9), "t1505.003": (12, 21)}
    >>> named_documents(asked, {"web": ["a"], "web shell": ["b"], "t1505.003": ["c"]}, {"t1505.003"}, lambda *_: 0.4)
    {'b': 0.4, 'c': 1.0}
    """
    found: dict[str, float] = {}
    taken: list[tuple[int, int]] = []
    for key in sorted(about, key=lambda key: asked[key][0] - asked[key][1]):
        start, end = asked[key]
        if any(first <= start and end <= last and (first, last) != (start, end) for first, last in taken):
            continue
        taken.append((start, end))
        sure = 1.0 if key in identifiers else min(share(start, end), 1.0)
        for document in about[key]:
            found[document] = max(sure, found.get(document, 0.0))
    return found


def rank(candidates: Candidates, weight: float) -> Iterator[Ranked]:
    """The candidates best first. `weight` is that of the dense lane, 0..1. Lazy: stop when you have enough.

    Final score: `(1 - weight) lexical / max + weight dense / max + exact squared`. The square lets a name that is most
    of a question decide it, and one that is a small part of it hardly count.
    """
    final = _final(candidates, weight)
    columns = (candidates.dense, candidates.lexical, candidates.exact, final)
    for i in _order(candidates, final):
        yield Ranked(candidates.points[i], LaneScores(*(float(column[i]) for column in columns)))


def head(candidates: Candidates, weight: float) -> list[int]:
    """The `HEAD` best points as `rank` would have them."""
    return [candidates.points[i] for i in _order(candidates, _final(candidates, weight))[:HEAD]]


def in_context(candidates: Candidates, documents: Mapping[int, str], matches: NDArray[np.float64]) -> Candidates:
    """The candidates, the lexical scores of those in `documents` leaning towards what their documents say.

    `documents`: point -> document, `matches`: what each term adds to the score of each of these points, shape
    (len(documents), terms). The score of a document counts each term where it says it best, and each of its n passages
    gains `CONTEXT (n - 1) / n` of what the document has over it. So the document that answers the parts of a question
    in several passages is found as one; `analyse.in_context` does the same to the other lane.

    >>> lane = np.array([3.0, 2.0, 4.0])
    >>> found = Candidates((1, 2, 3), lane, lane, np.zeros(3))
    >>> in_context(found, {1: "a", 2: "a", 3: "b"}, np.array([[3.0, 0.0], [0.0, 2.0], [2.0, 2.0]])).lexical.tolist()
    [3.5, 2.75, 4.0]
    """
    rows: dict[str, list[int]] = {}
    for row, document in enumerate(documents.values()):
        rows.setdefault(document, []).append(row)
    more = np.zeros(len(documents))
    for own in rows.values():
        if len(own) > 1:
            said = matches[own]
            more[own] = CONTEXT * (1 - 1 / len(own)) * (said.max(axis=0).sum() - said.sum(axis=1))
    gains = dict(zip(documents, more.tolist(), strict=True))
    lexical = candidates.lexical + np.array([gains.get(point, 0.0) for point in candidates.points])
    return replace(candidates, lexical=lexical)


def fold(ranking: Iterable[T], text: Callable[[T], str]) -> Iterator[T]:
    """The ranking without passages that repeat a better one nearly word for word. Lazy: stop when you have enough.

    >>> list(fold(["Patch now, all hosts.", "patch now all hosts", "Unplug the host."], str))
    ['Patch now, all hosts.', 'Unplug the host.']
    """
    kept: list[frozenset[str]] = []
    for item in ranking:
        words = frozenset(text(item).casefold().translate(_UNMARKED).split())
        if not any(_alike(words, other) for other in kept):
            kept.append(words)
            yield item


def _final(candidates: Candidates, weight: float) -> NDArray[np.float64]:
    fused = (1.0 - weight) * _of_best(candidates.lexical) + weight * _of_best(candidates.dense)
    return np.asarray(fused + np.square(candidates.exact), dtype=np.float64)


def _order(candidates: Candidates, final: NDArray[np.float64]) -> list[int]:
    order: list[int] = np.lexsort((np.array(candidates.points), -final)).tolist()
    return order


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the Jaccard similarity of two sets is at least `DUPLICATE`."""
    small, large = sorted((len(one), len(other)))
    if small < DUPLICATE * large:
        return False
    common = len(one & other)
    return common >= DUPLICATE * (small + large - common)


def _of_best(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0.0 else np.zeros_like(scores)
