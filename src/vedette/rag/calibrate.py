"""calibrate: a sample of a collection -> what its scope decision needs to know, with no questions from anybody.

Three things are learnt. The boundary between the collection's passages and questions about everything else: ridge
regression on the embeddings, with leave-one-out scores for the background questions in closed form (Allen 1974,
"PRESS"). What evidence background questions find in this collection: the centre and spread of each measure. Where to
set the threshold: above nearly all of them, and no higher than a part of the way towards questions that the
collection's own titles and headings make.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette.rag.scope import (
    Calibration,
    Encode,
    Evidence,
    Measures,
    Sought,
    background,
    gather,
    measure,
    plain_words,
    weigh,
    weighed,
)

Vectors = NDArray[np.float32]
Look = Callable[[str], Sought]

VERSION = 1
SAMPLE = 600
"""Passages whose vectors are enough."""
_LOOKED_UP = 110  # background questions
_ANY_LANGUAGE = 0.3  # of them are of any language, the others of the collection's
_OWN = 40
_RIDGE = 0.01  # of the mean squared length: weak, the classes are balanced
_SPREADS = 2.0
_TOWARDS = 0.35
_WIDEST = 4.0
_FEW = 20  # passages: the questions of a smaller collection say less of what it will be asked
_LEAST_SPREAD = 0.03
_QUESTIONS = {
    "en": ("what is {}?", "{}", "tell me about {}"),
    "es": ("¿qué es {}?", "{}", "háblame de {}"),
    "fr": ("qu'est-ce que {} ?", "{}", "parle-moi de {}"),
}

# Before the first calibration: nothing is known of the topic, and the measures are those of an ordinary collection.
UNCALIBRATED = Calibration("", (), 0.0, (0.024, 0.243, 0.191), (0.045, 0.105, 0.232), 0.5)


@dataclass(frozen=True, slots=True)
class Sample:
    """Of a collection: passage vectors (n, dimension), and titles and headings with their language."""

    vectors: Vectors
    headings: tuple[tuple[str, str], ...]


def calibrate(sample: Sample, look: Look, encode: Encode, embedder: str) -> Calibration:
    """Fit the scope decision to a collection. Asks about 150 questions through `look`; `embedder` names the vectors."""
    encode = _remembering(encode)
    lines = background().lines
    vectors = encode(lines)
    direction, offset, scores = boundary(sample.vectors, vectors)
    fitted = Calibration(embedder, tuple(map(float, direction)), offset, (0.0,) * 3, (1.0,) * 3, 0.0)
    found = [(_unlike_itself(look(lines[i]), encode), float(scores[i])) for i in chosen(sample.headings)]
    taken = np.array([(one.support, one.sentence, one.covered) for one, _ in found])
    spread = np.maximum(taken.std(axis=0), _LEAST_SPREAD)
    fitted = replace(fitted, centre=_triple(taken.mean(axis=0)), spread=_triple(spread))
    off = np.array([weighed(_only(one, score), fitted) for one, score in found])
    own = [gather(look(question), fitted, encode) for question in own_questions(sample.headings)]
    on = np.array([weighed(evidence, fitted) for evidence in own])
    threshold = set_threshold(off, on, len(sample.vectors))
    passed = float((on >= threshold).mean()) if len(on) else 0.0
    return replace(fitted, threshold=threshold, refused=float((off < threshold).mean()), passed=passed)


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


def chosen(headings: Sequence[tuple[str, str]]) -> list[int]:
    """Which of the background questions are looked up: most of them in the languages of the collection, for in these it
    will be asked, and in these an embedding takes a language for a topic."""
    languages = background().languages
    known, spoken = Counter(languages), Counter(language for _, language in headings)
    spoken = Counter({language: count for language, count in spoken.items() if language in known}) or known
    picked: list[int] = []
    for language, count in known.items():
        share = _ANY_LANGUAGE * count / known.total() + (1 - _ANY_LANGUAGE) * spoken[language] / spoken.total()
        places = [i for i, other in enumerate(languages) if other == language]
        wanted = min(round(_LOOKED_UP * share), count)
        picked += [places[i * count // wanted] for i in range(wanted)]
    return picked


def own_questions(headings: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Questions that the collection should be able to answer, out of (heading, language)."""
    usable = [(text, language) for text, language in dict.fromkeys(headings) if 3 <= len(text) <= 60]
    step = max(len(usable) // _OWN, 1)
    questions = []
    for number, (text, language) in enumerate(usable[::step][:_OWN]):
        forms = _QUESTIONS.get(language, ("{}",))
        questions.append(forms[number % len(forms)].format(text))
    return tuple(questions)


def write(calibration: Calibration) -> str:
    """As JSON."""
    return json.dumps(asdict(calibration), separators=(",", ":"))


def read(text: str, embedder: str) -> Calibration | None:
    """A calibration that was written; None when it is of another version or embedder and has to be made anew."""
    stored = json.loads(text)
    if stored.get("version") != VERSION or stored.get("embedder") != embedder:
        return None
    for name in ("topic", "centre", "spread"):
        stored[name] = tuple(stored[name])
    return Calibration(**stored)


def set_threshold(off: NDArray[np.float64], on: NDArray[np.float64], passages: int) -> float:
    """Above the weighed evidence of background questions (`off`), a part of the way to that of its own (`on`)."""
    upper = float(off.mean() + _SPREADS * off.std())
    if not len(on):
        return upper
    gap = float(np.clip(np.quantile(on, 0.05) - upper, 0.0, _WIDEST))
    return upper + _TOWARDS * min(passages / _FEW, 1.0) * gap


def _remembering(encode: Encode) -> Encode:
    """The encoder, each text once: the background finds the same few passages of a small collection again and again."""
    known: dict[str, NDArray[np.float32]] = {}

    def remembered(texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, encode(new), strict=True))
        return np.array([known[text] for text in texts])

    return remembered


def _unlike_itself(sought: Sought, encode: Encode) -> Measures:
    """The measures of a background question whose own words do not count as known."""
    return measure(sought, weigh(sought, plain_words(sought.question)), encode)


def _only(measures: Measures, topic: float) -> Evidence:
    return Evidence(measures, topic, 0.0, (), (), (), (), "")


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    first, second, third = map(float, values)
    return first, second, third
