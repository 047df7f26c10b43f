"""What a model of curves is: it learns from courses of outbreaks, and continues one of which the beginning is seen.

A curve is how many hosts are newly found compromised on each day. A window of one is `seen` days and the days ahead:
float32 (n, H + K). How models are kept: arrays and numbers in a `.npz`, never pickled objects.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

Curves = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[Any]]


def _nothing() -> Curves:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What can be learned from. `bank`: simulated windows (n, H + K). `history`: observed windows (m, H + K), m may be
    0, and `outbreaks` (m): which outbreak each is of, since windows of the same one are no independent witnesses.
    `told(done, total)` hears how far the learning is; once `cancelled()` says so, Cancelled is raised. Same lessons,
    same `seed`: same model."""

    seen: int
    bank: Curves
    history: Curves = field(default_factory=_nothing)
    outbreaks: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    seed: int = 0
    told: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False

    @property
    def ahead(self) -> int:
        """K."""
        return int(max(self.bank.shape[1], self.history.shape[1])) - self.seen


class CurveModel(Protocol):
    """A model that has learned. `kind` is the name of its `CurveKind`."""

    @property
    def kind(self) -> str: ...

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        """`samples` equally probable continuations of each of the windows `seen` (n, H): float32 (n, samples, K), 0 or
        more. Each is a joint path: sums and peaks over it mean something. Same seed, same paths."""
        ...

    def arrays(self) -> Arrays:
        """All that `CurveKind.load` needs, none of dtype object."""
        ...


@dataclass(frozen=True, slots=True)
class CurveKind:
    """How models of one kind are made. A `baseline` stands beside the others for ever and is never promoted. `learn`
    raises BadInput where there is too little to learn from, Cancelled."""

    name: str
    learn: Callable[[Lessons], CurveModel]
    load: Callable[[Arrays], CurveModel]
    baseline: bool = False


def check(lessons: Lessons) -> None:
    """Raises BadInput for lessons that cannot be used."""
    widths = {curves.shape[1] for curves in (lessons.bank, lessons.history) if len(curves)}
    if not widths:
        raise BadInput("There are no curves to learn from; simulate a bank, or give the incidents of outbreaks.")
    if len(widths) > 1 or not 0 < lessons.seen < min(widths):
        raise BadInput(
            f"Windows of {' and '.join(map(str, sorted(widths)))} days, {lessons.seen} of them seen, do not fit; "
            "give all the same days, some seen and some ahead."
        )
    for curves in (lessons.bank, lessons.history):
        if not np.isfinite(curves).all() or (curves < 0).any():
            raise BadInput("A curve is a number of hosts a day, 0 or more.")
    if len(lessons.outbreaks) not in (0, len(lessons.history)):
        raise BadInput("Name the outbreak of every window of the history, or of none.")


def to_bytes(model: CurveModel) -> bytes:
    """A model as the bytes of a `.npz`."""
    kept = io.BytesIO()
    np.savez_compressed(kept, allow_pickle=False, kind=np.array(model.kind), **dict(model.arrays()))
    return kept.getvalue()


def from_bytes(content: bytes, kinds: Mapping[str, CurveKind]) -> CurveModel:
    """The model that `to_bytes` kept. Raises BadInput where it is damaged, or of a kind that cannot be used here."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as reason:
        raise BadInput("The stored model is damaged; train it again.") from reason
    name = str(arrays.pop("kind", ""))
    if name not in kinds:
        raise BadInput(f"No model of the kind {name!r} can be used here; there are {', '.join(sorted(kinds))}.")
    return kinds[name].load(arrays)
