"""understand: a question -> the identifiers it names, its language, and what the person wants.

The intent is read off the question's embedding by least squares on the example sentences of `intents.toml` (one
column for each intent; Hastie, Tibshirani & Friedman 2009, 4.2). It is computed at first use: the examples are text
that anybody can extend, and there is no second model to ship.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import cast

import numpy as np
from numpy.typing import NDArray

from vedette.rag.text.analyse import detect_language
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import Intent, Understanding

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

_RIDGE = 0.5
_SHARPNESS = 8.0
_SURE = 0.5  # below it, a question is a question


@dataclass(frozen=True, slots=True)
class IntentModel:
    """`weights` (dimension + 1, intents): the last row is the constant."""

    intents: tuple[Intent, ...]
    weights: NDArray[np.float64]


class Understander:
    """Understands questions with one encoder; learns the intents when it is first asked."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._learning = threading.Lock()
        self._model: IntentModel | None = None

    def understand(self, read: Understanding, vector: NDArray[np.float32]) -> Understanding:
        """A question that was read, with its intent. `vector` (dimension,) is its embedding."""
        with self._learning:
            if self._model is None:
                self._model = learn_intents(read_examples(), self._encode)
        return with_intent(read, vector, self._model)


def read_question(question: str, language: str = "en") -> Understanding:
    """Identifiers and language of a question: what its words alone tell. `language`: that of a doubtful one."""
    return Understanding(find_identifiers(question), detect_language(question, language), "question")


def with_intent(read: Understanding, vector: NDArray[np.float32], model: IntentModel) -> Understanding:
    """A question with its intent. One that names an identifier is never small talk."""
    probabilities = intent_probabilities(vector, model)
    if read.identifiers:
        probabilities.pop("small_talk", None)
    intent = max(probabilities, key=lambda name: probabilities[name])
    if probabilities[intent] < _SURE:
        intent = "question"
    return replace(read, intent=intent, confidence=round(probabilities[intent], 4))


def read_examples() -> dict[Intent, list[str]]:
    """The sentences of `intents.toml` by intent."""
    return cast(
        dict[Intent, list[str]],
        tomllib.loads(files("vedette.rag.understand").joinpath("intents.toml").read_text(encoding="utf-8")),
    )


def learn_intents(examples: dict[Intent, list[str]], encode: Encode) -> IntentModel:
    """Least squares with a ridge on the examples' vectors; every intent weighs the same."""
    intents = tuple(examples)
    texts = [text for intent in intents for text in examples[intent]]
    wanted = np.repeat(np.arange(len(intents)), [len(examples[intent]) for intent in intents])
    targets = np.eye(len(intents))[wanted]
    balance = 1.0 / (len(intents) * targets.sum(axis=0))[wanted][:, None] * len(texts)
    points = _with_constant(encode(texts))
    penalty = _RIDGE * np.eye(points.shape[1])
    penalty[-1, -1] = 1e-9
    weights = np.linalg.solve((points * balance).T @ points + penalty, (points * balance).T @ targets)
    return IntentModel(intents, weights)


def intent_probabilities(vector: NDArray[np.float32], model: IntentModel) -> dict[Intent, float]:
    """Intent -> probability, for a question's vector (dimension,)."""
    scores = _SHARPNESS * (_with_constant(vector[None, :]) @ model.weights)[0]
    shares = np.exp(scores - scores.max())
    return dict(zip(model.intents, map(float, shares / shares.sum()), strict=True))


def _with_constant(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.concatenate([vectors.astype(np.float64), np.ones((len(vectors), 1))], axis=1)
