"""What any model must beat: it goes on as it is; it goes on as outbreaks do; it goes on as the nearest one did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vedette.spread.calibrate.abc import How, posterior
from vedette.spread.forecast.contract import Arrays, CurveModel, Curves, Lessons, check

_ENOUGH = 30  # windows of history from which on the simulated ones are not needed


@dataclass(frozen=True, slots=True, eq=False)
class Persistence:
    """The last count, and what it was wrong by before, as whole paths: `errors` (m, K). As the baseline of the forecast
    hubs does (Cramer et al. 2022), with errors of paths and not of steps."""

    errors: Curves
    kind: str = "persistence"

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        chosen = _chosen(len(self.errors), samples, seed)
        last = np.asarray(seen, dtype=np.float32)[:, -1]
        return np.asarray(np.maximum(last[:, None, None] + self.errors[chosen], 0), dtype=np.float32)

    def arrays(self) -> Arrays:
        return {"errors": self.errors}


def learn_persistence(lessons: Lessons) -> CurveModel:
    check(lessons)
    known = _known(lessons)
    return Persistence(known[:, lessons.seen :] - known[:, lessons.seen - 1 : lessons.seen])


def load_persistence(arrays: Arrays) -> CurveModel:
    return Persistence(arrays["errors"])


@dataclass(frozen=True, slots=True, eq=False)
class BaseRate:
    """What followed in other outbreaks, `futures` (m, K), whatever is seen of this one."""

    futures: Curves
    kind: str = "base_rate"

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        drawn = self.futures[_chosen(len(self.futures), samples, seed)]
        return np.broadcast_to(drawn, (len(seen), *drawn.shape)).copy()

    def arrays(self) -> Arrays:
        return {"futures": self.futures}


def learn_base_rate(lessons: Lessons) -> CurveModel:
    check(lessons)
    return BaseRate(_known(lessons)[:, lessons.seen :])


def load_base_rate(arrays: Arrays) -> CurveModel:
    return BaseRate(arrays["futures"])


@dataclass(frozen=True, slots=True, eq=False)
class PlainAbc:
    """What followed in the outbreaks of the bank that began most alike: (n, H + K), compared by the square roots of the
    counts seen. So many are `accepted`; 0: as many as were best."""

    bank: Curves
    seen: int
    kind: str = "abc"
    accepted: int = 0

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        bank, here = np.sqrt(self.bank.astype(np.float64)), np.sqrt(np.asarray(seen, dtype=np.float64))
        left = posterior(bank[:, : self.seen], bank[:, self.seen :], here, How(self.accepted, adjusted=False))
        return (left.draws(samples, seed) ** 2).astype(np.float32)

    def arrays(self) -> Arrays:
        return {"bank": self.bank, "seen": np.array(self.seen)}


def learn_abc(lessons: Lessons) -> CurveModel:
    check(lessons)
    return PlainAbc(lessons.bank if len(lessons.bank) else lessons.history, lessons.seen)


def load_abc(arrays: Arrays) -> CurveModel:
    return PlainAbc(arrays["bank"], int(arrays["seen"]))


def _known(lessons: Lessons) -> Curves:
    """What was observed where that is enough, else what was simulated."""
    return lessons.history if len(lessons.history) >= _ENOUGH or not len(lessons.bank) else lessons.bank


def _chosen(number: int, samples: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """So many of a number, each as often as any other."""
    return np.random.default_rng(seed).permutation(np.arange(max(samples, number)) % number)[:samples]
