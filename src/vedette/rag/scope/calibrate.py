"""calibrate: a sample of a collection -> what its scope decision needs to know, with no questions from anybody.

Three things are learnt. The boundary between the collection's passages and questions about everything else: ridge
regression on the embeddings, with leave-one-out scores for the background questions in closed form (Allen 1974,
"PRESS"). Where on it background questions of each language lie, and how to tell by its vector which language a question
is in: the same regression, each language against the others. What evidence background questions find in this
collection: the centre and spread of each measure.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vedette.rag.scope.background import background, plain_words
from vedette.rag.scope.evidence import Calibration, Encode, Measures, Sought, Tongue, best_sentence, measure, weigh

Vectors = NDArray[np.float32]
Look = Callable[[str], Sought]

VERSION = 2
SAMPLE = 600
"""Passages whose vectors are enough."""
_EVERY = 3  # of the background questions, so many apart, are looked up
_RIDGE = 0.01  # of the mean squared length: weak, the classes are balanced

# Before the first calibration: nothing is known of the topic, and the measures are those of an ordinary collection.
UNCALIBRATED = Calibration("", (), (), (0.024, 0.243, 0.191), (0.045, 0.105, 0.232))


def calibrate(passages: Vectors, look: Look, encode: Encode, embedder: str) -> Calibration:
    """Fit the scope decision to a collection, by the vectors of some of its passages, (n, dimension).

    Asks about 140 questions through `look`; `embedder` names the vectors.
    """
    known = background()
    vectors = encode(known.lines)
    topic, offset, alone = boundary(passages, vectors)
    tongues = []
    languages = np.array(known.languages)
    for language in dict.fromkeys(known.languages):
        inside = languages == language
        direction, constant, _ = boundary(vectors[inside], vectors[~inside])
        # The boundary's own offset is part of every score, and of every level: it cancels out.
        tongues.append(Tongue(_rounded(direction), constant, float(alone[inside].mean() - offset)))
    found = [_unlike_itself(look(line), encode) for line in known.lines[::_EVERY]]
    taken = np.array([(one.support, one.sentence, one.covered) for one in found])
    centre, spread = _triple(taken.mean(axis=0)), _triple(taken.std(axis=0))
    return Calibration(embedder, _rounded(topic), tuple(tongues), centre, spread, VERSION)


def boundary(passages: Vectors, questions: Vectors) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Direction and offset of the boundary (passages +1, questions -1), and the questions' scores without themselves.

    Ridge regression on balanced classes.
    """
    points = np.concatenate([passages, questions]).astype(np.float64)
    labels = np.concatenate([np.ones(len(passages)), -np.ones(len(questions))])
    balance = np.where(labels > 0, 0.5 / max(len(passages), 1), 0.5 / len(questions)) * len(points)
    mean = (balance[:, None] * points).sum(axis=0) / balance.sum()
    centred = points - mean
    gram = (centred * balance[:, None]).T @ centred + _RIDGE * len(points) * np.eye(points.shape[1])
    inverse = np.linalg.inv(gram)
    direction = inverse @ ((centred * balance[:, None]).T @ labels)
    leverage = np.minimum(((centred @ inverse) * centred).sum(axis=1) * balance, 0.95)
    alone = (centred @ direction - leverage * labels) / (1.0 - leverage)
    return direction, float(-mean @ direction), alone[len(passages) :]


def write(calibration: Calibration) -> str:
    """As JSON."""
    return json.dumps(asdict(calibration), separators=(",", ":"))


@lru_cache(maxsize=16)
def read(text: str, embedder: str) -> Calibration | None:
    """A calibration that was written; None when it is of another version or embedder and has to be made anew."""
    stored = json.loads(text)
    if stored.get("version") != VERSION or stored.get("embedder") != embedder:
        return None
    for name in ("topic", "centre", "spread"):
        stored[name] = tuple(stored[name])
    stored["tongues"] = tuple(Tongue(**one | {"direction": tuple(one["direction"])}) for one in stored["tongues"])
    return Calibration(**stored)


def _unlike_itself(sought: Sought, encode: Encode) -> Measures:
    """The measures of a background question whose own words do not count as known."""
    measures = measure(sought, weigh(sought, plain_words(sought.question)))
    return replace(measures, sentence=best_sentence(sought, encode))


def _rounded(direction: NDArray[np.float64]) -> tuple[float, ...]:
    """Shorter to store and to read, and no less exact than the vectors it is multiplied with."""
    return tuple(float(value) for value in np.round(direction, 5))


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    first, second, third = map(float, values)
    return first, second, third
