"""The mechanism, calibrated: outbreaks that began like this one, moved along a regression to where this one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vedette.errors import BadInput
from vedette.spread.calibrate.abc import How, posterior, summaries
from vedette.spread.forecast.contract import Arrays, CurveModel, Curves, Lessons, check

FEWEST = 60  # windows of history, below which analogs are anecdotes
PLENTY = 500  # from which on they were better than a wrong simulator


@dataclass(frozen=True, slots=True, eq=False)
class Mechanism:
    """Windows (n, H + K), simulated or observed, of which the first `seen` days are compared."""

    windows: Curves
    seen: int
    kind: str

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        known = self.windows.astype(np.float64)
        there, here = summaries(known[:, : self.seen]), summaries(seen)
        left = posterior(there, np.sqrt(known[:, self.seen :]), here, How())
        return (np.maximum(left.draws(samples, seed), 0) ** 2).astype(np.float32)

    def arrays(self) -> Arrays:
        return {"windows": self.windows, "seen": np.array(self.seen)}


def learn_mechanism(lessons: Lessons) -> CurveModel:
    """From the bank alone: what the rates of the network say. Raises BadInput."""
    check(lessons)
    if not len(lessons.bank):
        raise BadInput("The mechanism is calibrated on a bank of simulated outbreaks; there is none.")
    return Mechanism(lessons.bank, lessons.seen, "mechanism")


def load_mechanism(arrays: Arrays) -> CurveModel:
    return Mechanism(arrays["windows"], int(arrays["seen"]), "mechanism")


def learn_analogs(lessons: Lessons) -> CurveModel:
    """From the history alone: what really followed, whatever the rates say. Raises BadInput."""
    check(lessons)
    if len(lessons.history) < FEWEST:
        raise BadInput(f"Analogs need {FEWEST} windows of observed outbreaks; there are {len(lessons.history)}.")
    return Mechanism(lessons.history, lessons.seen, "analogs")


def load_analogs(arrays: Arrays) -> CurveModel:
    return Mechanism(arrays["windows"], int(arrays["seen"]), "analogs")
