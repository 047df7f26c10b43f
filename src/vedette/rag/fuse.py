"""lane scores -> one ranking: a convex sum of scores that were each divided by the best of their lane.

Fusing normalised scores beats fusing ranks (Bruch, Gai & Ingber 2023, "An Analysis of Fusion Functions for Hybrid
Retrieval"). Every candidate has both scores, whichever lane found it, so that a score says the same whatever else was
found. What a document is *about* (an identifier or a name that the question gives) counts on top.
Measurements: docs/decisions/0001-ranking.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vedette.records import LaneScores

T = TypeVar("T")

# Weight of the dense lane; the lexical lane has the rest.
BALANCED = 0.5
FOREIGN = 0.3  # question and corpus in one language, but not one that the embedding model was trained on
ACROSS = 0.7  # question and corpus in different languages: few words in common
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


def rank(candidates: Candidates, weight: float) -> list[Ranked]:
    """The candidates best first. `weight` is that of the dense lane, 0..1.

    Final score: `(1 - weight) lexical / max + weight dense / max + exact squared`. The square lets a name that is most
    of a question decide it, and one that is a small part of it hardly count.
    """
    fused = (1.0 - weight) * _of_best(candidates.lexical) + weight * _of_best(candidates.dense)
    final = fused + np.square(candidates.exact)
    columns = (candidates.dense, candidates.lexical, candidates.exact, final)
    scores = [LaneScores(*lane) for lane in zip(*(column.tolist() for column in columns), strict=True)]
    order = np.lexsort((np.array(candidates.points), -final))
    return [Ranked(candidates.points[i], scores[i]) for i in order.tolist()]


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
