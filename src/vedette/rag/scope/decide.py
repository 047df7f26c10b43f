"""decide: the evidence -> is it enough to answer the question? If not, one sentence says why.

Support, sentence and covered are taken relative to what background questions reach in this collection (`calibrate`), so
that one set of weights, and one threshold, serves a library of ten thousand passages and a CV of two. The weights were
fitted by logistic regression on collections made of the development sets; `benchmarks/scope_transfer.py` prints them,
and judges each family of collections by weights fitted on the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from vedette.rag.scope.evidence import Calibration, Evidence, Measures
from vedette.rag.scope.reasons import say
from vedette.records import ScopeDecision


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the logistic model: on the three measures in units of `spread`, on the topic's score, on the square of what is
    strange, and the constant."""

    support: float
    sentence: float
    covered: float
    topic: float
    strange: float
    constant: float


# Fitted (`benchmarks/scope_transfer.py`), but for two by judgement on the same questions: names weigh a third more, and
# half a logit is given to answering, where more than 95 % of off-topic questions were refused.
WEIGHTS = Weights(support=0.61, sentence=0.69, covered=0.61, topic=3.35, strange=-16.0, constant=-4.13)
_NAMED = 3.0  # by judgement: the development sets have no names to fit it on
_LEAST_SPREADS = (0.05, 0.1, 0.2)  # in a tiny collection background finds nothing, and one word in common were proof
_ROUNDING = 1e-6
_FARTHEST = 8.0  # spreads: beyond it, more of a measure says nothing more


def decide(evidence: Evidence, calibration: Calibration) -> ScopeDecision:
    """Whether the evidence is enough. A record that is asked for by identifier decides by being there or not."""
    probability = 1.0 / (1.0 + math.exp(-_clip(weighed(evidence, calibration))))
    unknown = say("unknown", evidence.language, ", ".join(evidence.unknown)) if evidence.unknown else ""
    if evidence.unknown and not evidence.known:
        return ScopeDecision(False, min(probability, 0.02), unknown, evidence.topics)
    if evidence.known and evidence.named >= 1.0:
        return ScopeDecision(True, max(probability, 0.95), unknown, evidence.topics)
    if probability >= 0.5:
        return ScopeDecision(True, probability, unknown, evidence.topics)
    return ScopeDecision(False, probability, unknown or _why(evidence), evidence.topics)


def enough(evidence: Evidence, calibration: Calibration) -> float:
    """The measure of a sentence that would bring the question into scope: 0 where it decides nothing, infinity where
    none would be enough."""
    if (evidence.unknown and not evidence.known) or (evidence.known and evidence.named >= 1.0):
        return 0.0
    measures = replace(evidence.measures, sentence=calibration.centre[1])
    without = weighed(replace(evidence, measures=measures), calibration)
    spreads = -without / WEIGHTS.sentence
    if spreads > _FARTHEST:
        return math.inf
    return calibration.centre[1] + spreads * max(calibration.spread[1], _LEAST_SPREADS[1]) + _ROUNDING


def weighed(evidence: Evidence, calibration: Calibration) -> float:
    """The logit; higher is rather in scope."""
    support, sentence, covered = scaled(evidence.measures, calibration)
    found = WEIGHTS.support * support + WEIGHTS.sentence * sentence + WEIGHTS.covered * covered
    found += WEIGHTS.topic * evidence.topic + WEIGHTS.strange * evidence.strange**2
    return found + _NAMED * evidence.named**2 + WEIGHTS.constant


def scaled(measures: Measures, calibration: Calibration) -> tuple[float, float, float]:
    """The measures as multiples of their spread over what background questions reach, capped."""
    found = (measures.support, measures.sentence, measures.covered)
    spreads = map(max, calibration.spread, _LEAST_SPREADS)
    known = zip(found, calibration.centre, spreads, strict=True)
    support, sentence, covered = (min((value - centre) / spread, _FARTHEST) for value, centre, spread in known)
    return support, sentence, covered


def _clip(logit: float) -> float:
    return min(max(logit, -30.0), 30.0)


def _why(evidence: Evidence) -> str:
    if not evidence.topics:
        return say("empty", evidence.language)
    if evidence.missing:
        return say("missing", evidence.language, " / ".join(f"“{word}”" for word in evidence.missing))
    return say("weak", evidence.language)
