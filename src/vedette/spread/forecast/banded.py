"""A model whose bands were put right on outbreaks that it did not learn from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vedette.spread.calibrate.conformal import Stretch, stretch
from vedette.spread.forecast.contract import Arrays, CurveKind, CurveModel, Curves, Lessons, check

_SHARE = 0.2  # of the outbreaks are kept from the model, to put its bands right
_FEWEST = 50  # outbreaks of history that are kept from it, below which simulated ones are
_SAMPLES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Banded:
    """A model and how far its bands are stretched."""

    model: CurveModel
    bands: Stretch

    @property
    def kind(self) -> str:
        return self.model.kind

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        return self.bands.apply(self.model.paths(seen, samples, seed))

    def arrays(self) -> Arrays:
        own = {"bands.factors": self.bands.factors, "bands.limits": self.bands.limits}
        return {**self.model.arrays(), **own, "bands.outbreaks": np.array(self.bands.outbreaks)}


def banded(kind: CurveKind) -> CurveKind:
    """The same kind, with its bands put right: on a fifth of the history where that is 50 outbreaks or more, else on a
    fifth of the bank, where they hold as far as the simulator does."""

    def learn(lessons: Lessons) -> CurveModel:
        check(lessons)
        rest, kept, outbreaks = _split(lessons)
        model = kind.learn(rest)
        paths = model.paths(kept[:, : lessons.seen], _SAMPLES, lessons.seed)
        return Banded(model, stretch(paths, kept[:, lessons.seen :], outbreaks))

    def load(arrays: Arrays) -> CurveModel:
        own = {name: array for name, array in arrays.items() if not name.startswith("bands.")}
        bands = Stretch(arrays["bands.factors"], arrays["bands.limits"], int(arrays["bands.outbreaks"]))
        return Banded(kind.load(own), bands)

    return replace(kind, learn=learn, load=load)


def _split(lessons: Lessons) -> tuple[Lessons, Curves, npt.NDArray[np.int64]]:
    """What is left to learn from; the windows that are not, and whose they are."""
    chance = np.random.default_rng((lessons.seed, 7))
    if len(lessons.history):
        names = lessons.outbreaks if len(lessons.outbreaks) else np.arange(len(lessons.history))
        every = np.unique(names)
        if len(every) * _SHARE >= _FEWEST or not len(lessons.bank):
            kept = np.isin(names, chance.permutation(every)[: max(1, int(len(every) * _SHARE))])
            return (
                replace(lessons, history=lessons.history[~kept], outbreaks=names[~kept]),
                lessons.history[kept],
                names[kept],
            )
    kept = np.zeros(len(lessons.bank), dtype=bool)
    kept[chance.permutation(len(kept))[: min(1000, max(1, int(len(kept) * _SHARE)))]] = True
    return replace(lessons, bank=lessons.bank[~kept]), lessons.bank[kept], np.arange(int(kept.sum()))
