"""How well a library tells what it can answer: questions it should take, questions it should refuse -> rates, AUROC.

The rates are at the threshold in use; AUROC (the chance that an answerable question gets a higher probability than one
that is not) does not depend on it. Intervals of rates are Wilson's (1927), which are not empty where all or none were
refused; those of AUROC percentile bootstraps over questions (Efron & Tibshirani 1993, 13).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vedette.errors import BadInput, LoadError, NotFound
from vedette.learning.intervals import Interval, interval
from vedette.records import Question
from vedette.services import Knowledge

SHORT = 4
"""A question of so many words at most is a short one."""
_ROUNDS = 1000
_Z = 1.96
_WRONG_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Slice:
    """One kind of question on one side: how many, and which share was refused."""

    name: str
    questions: int
    refused: float


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """`refused_off`: share of the off-topic questions that are refused (higher is better); `refused_on`: share of the
    answerable ones (lower is better); `auroc` of the probability. `missed`, `wronged`: some questions on the wrong side
    (answered though off topic; refused though answerable)."""

    on: int
    off: int
    refused_off: Interval
    refused_on: Interval
    auroc: Interval
    slices_on: tuple[Slice, ...]
    slices_off: tuple[Slice, ...]
    missed: tuple[str, ...]
    wronged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    questions: tuple[str, ...]
    probabilities: NDArray[np.float64]
    refused: NDArray[np.float64]


def evaluate_scope(
    knowledge: Knowledge,
    on: Sequence[str],
    off: Sequence[str],
    collection: str = "default",
    told: Callable[[int], None] = lambda _done: None,
) -> ScopeReport:
    """Ask for the scope decision of every question; `told(done)` after each. Raises BadInput when a side is empty."""
    if not on or not off:
        raise BadInput("Give at least one answerable and one off-topic question.")
    asked = _decide(knowledge, on, collection, lambda done: told(done))
    other = _decide(knowledge, off, collection, lambda done: told(len(on) + done))
    return ScopeReport(
        on=len(on),
        off=len(off),
        refused_off=_rate(other.refused),
        refused_on=_rate(asked.refused),
        auroc=_auroc(asked.probabilities, other.probabilities),
        slices_on=_slices(asked),
        slices_off=_slices(other),
        missed=_some(other, refused=False),
        wronged=_some(asked, refused=True),
    )


def read_questions(path: Path) -> list[str]:
    """Questions of a `.jsonl` file (objects with `text`) or of a text file, one a line. Raises NotFound, LoadError."""
    try:
        lines = [line for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()) if line]
        return [str(json.loads(line)["text"]) for line in lines] if path.suffix == ".jsonl" else lines
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}; name a file of questions.") from error
    except OSError as error:
        raise LoadError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from error
    except (ValueError, KeyError, TypeError) as error:
        wanted = 'JSON Lines with a "text" in each' if path.suffix == ".jsonl" else "text in UTF-8"
        raise LoadError(f"{path} is not {wanted}; correct it, or give a text file with a question a line.") from error


def area(on: NDArray[np.float64], off: NDArray[np.float64]) -> float:
    """AUROC: the chance that a random `on` is above a random `off`, ties counting half (Mann & Whitney 1947).

    >>> area(np.array([0.9, 0.8]), np.array([0.1, 0.8]))
    0.875
    """
    ordered = np.sort(off)
    below, not_above = np.searchsorted(ordered, on, "left"), np.searchsorted(ordered, on, "right")
    return float((below + not_above).sum() / (2.0 * len(on) * len(off)))


def _decide(knowledge: Knowledge, questions: Sequence[str], collection: str, told: Callable[[int], None]) -> _Side:
    probabilities, refused = [], []
    for done, text in enumerate(questions, 1):
        decision = knowledge.scope(Question(text, collection))
        probabilities.append(decision.probability)
        refused.append(not decision.in_scope)
        told(done)
    return _Side(tuple(questions), np.array(probabilities), np.array(refused, dtype=np.float64))


def _rate(refused: NDArray[np.float64]) -> Interval:
    rate, times, z2 = float(refused.mean()), len(refused), _Z * _Z
    centre = (rate + z2 / (2 * times)) / (1 + z2 / times)
    half = _Z * math.sqrt(rate * (1 - rate) / times + z2 / (4 * times * times)) / (1 + z2 / times)
    return Interval(round(rate, 4), round(max(centre - half, 0.0), 4), round(min(centre + half, 1.0), 4))


def _auroc(on: NDArray[np.float64], off: NDArray[np.float64]) -> Interval:
    random = np.random.default_rng(0)
    drawn = [area(random.choice(on, len(on)), random.choice(off, len(off))) for _ in range(_ROUNDS)]
    return interval(area(on, off), np.array(drawn))


def _slices(side: _Side) -> tuple[Slice, ...]:
    """By length: whether a rate is owed to the length of questions, which says nothing of their topic."""
    short = np.array([len(text.split()) <= SHORT for text in side.questions])
    kinds = ((f"up to {SHORT} words", short), (f"over {SHORT} words", ~short))
    return tuple(Slice(name, int(of.sum()), round(float(side.refused[of].mean()), 4)) for name, of in kinds if of.any())


def _some(side: _Side, refused: bool) -> tuple[str, ...]:
    wrong = zip(side.questions, side.refused, strict=True)
    return tuple(text for text, was in wrong if bool(was) is refused)[:_WRONG_SHOWN]
