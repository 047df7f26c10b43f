"""A diffusion model of curves (extra `diffusion`): what the calibrated mechanism's forecast leaves open.

The mechanism says for every day ahead where the square root of the count lies, give or take. Joint paths of what is
left, in units of that give or take, are drawn by a denoising network that sees the days before and the mechanism's
forecast. It learns from the bank first, each half of it forecast from the other, then from the history: where the
simulator is wrong, that is where it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vedette.engines import denoising
from vedette.engines.denoising import Recipe, Weights
from vedette.errors import BadInput
from vedette.spread.calibrate.abc import How, posterior, summaries
from vedette.spread.forecast.contract import Arrays, CurveKind, CurveModel, Curves, Lessons, check

if TYPE_CHECKING:
    from torch import Generator, Tensor

KIND = "diffusion"
WIDTH, BLOCKS, BATCH = 192, 2, 256
UPDATES = 2500
BANK, TAUGHT = 20_000, 8_000  # windows of a bank that are compared with, and that are learned from
FEWEST = 200
AT_ONCE = 2_000  # paths: what a processor's cache holds
LEAST = 0.25  # of a count's square root: below it lies what rounding to whole hosts does


@dataclass(frozen=True, slots=True, eq=False)
class CurveDiffusion:
    """A model that has learned. `bank` float32 (n, H + K) is the mechanism; `centre` and `unit` are those of what the
    network reads."""

    seen: int
    bank: Curves
    weights: Weights
    centre: Curves
    unit: Curves

    @property
    def kind(self) -> str:
        return KIND

    def paths(self, seen: Curves, samples: int, seed: int) -> Curves:
        """float32 (n, samples, K). Every window is given the same chances. Raises MissingExtra."""
        middle, spread = _mechanism(self.bank, self.seen, np.asarray(seen, dtype=np.float32))
        ahead = middle.shape[1]
        with denoising.one_thread():
            known = denoising.tensor((_known(seen, middle, spread) - self.centre) / self.unit)
            noise = denoising.noise((samples, ahead), denoising.generator(seed))
            drawn = np.zeros((len(known), samples, ahead), dtype=np.float32)
            together = max(1, AT_ONCE // samples)
            for first in range(0, len(known), together):
                each = known[first : first + together].repeat_interleave(samples, dim=0)
                chances = noise.repeat(len(each) // samples, 1)
                made = denoising.denoise(_denoiser, self.weights, chances, each).cpu().numpy()
                drawn[first : first + together] = made.reshape(-1, samples, ahead)
        roots = middle[:, None] + spread[:, None] * drawn
        return np.asarray(roots.clip(0) ** 2, dtype=np.float32)

    def arrays(self) -> Arrays:
        shapes = {"seen": np.array(self.seen), "bank": self.bank, "centre": self.centre, "unit": self.unit}
        return {**shapes, **denoising.kept(self.weights, "weights.")}


def kind() -> CurveKind:
    """Diffusion beside the other models of curves: torch, which takes seconds to import, is when it learns or loads."""
    return CurveKind(KIND, learn, load)


def learn(lessons: Lessons) -> CurveModel:
    """Some 60 s on one core. Raises BadInput, Cancelled, MissingExtra."""
    denoising.library()
    check(lessons)
    if len(lessons.bank) < FEWEST:
        raise BadInput(
            f"Diffusion learns from a bank of {FEWEST} simulated outbreaks or more, not {len(lessons.bank)}."
        )
    bank = lessons.bank[:BANK]
    halves = (bank[0::2], bank[1::2])
    taught = [_taught(other, half[: TAUGHT // 2], lessons.seen) for half, other in (halves, halves[::-1])]
    known, left = (np.concatenate(part) for part in zip(*taught, strict=True))
    centre, unit = known.mean(axis=0), known.std(axis=0) + np.float32(1e-3)
    with denoising.one_thread():
        weights = _weights(known.shape[1], left.shape[1], denoising.generator(lessons.seed))
        updates = (UPDATES, min(UPDATES, len(lessons.history) * 5 // 4))
        batches = [_batches((known - centre) / unit, left)]
        if len(lessons.history):
            more, rest = _taught(bank, lessons.history, lessons.seen)
            batches.append(_batches((more - centre) / unit, rest))
        for phase, batch in enumerate(batches):
            recipe = Recipe(
                updates=updates[phase],
                rate=2e-3 if phase == 0 else 3e-4,
                seed=lessons.seed + phase,
                told=lessons.told,
                cancelled=lessons.cancelled,
            )
            denoising.fit(_denoiser, weights, batch, recipe)
    return CurveDiffusion(lessons.seen, bank, weights, centre, unit)


def load(arrays: Mapping[str, npt.NDArray[Any]]) -> CurveModel:
    """The model of `CurveDiffusion.arrays`. Raises BadInput, MissingExtra."""
    denoising.library()
    try:
        return CurveDiffusion(
            seen=int(arrays["seen"]),
            bank=arrays["bank"].astype(np.float32),
            weights=denoising.given(arrays, "weights."),
            centre=arrays["centre"].astype(np.float32),
            unit=arrays["unit"].astype(np.float32),
        )
    except KeyError as reason:
        raise BadInput("The stored model is damaged; train it again.") from reason


def _mechanism(bank: Curves, seen: int, windows: Curves) -> tuple[Curves, Curves]:
    """Middle and spread of the square roots of the counts ahead, as outbreaks of the bank that began alike have them:
    two of (n, K)."""
    left = posterior(summaries(bank[:, :seen]), np.sqrt(bank[:, seen:].astype(np.float64)), summaries(windows), How())
    weights = left.weights[:, :, None]
    middle = (weights * left.values).sum(axis=1)
    spread = np.sqrt((weights * (left.values - middle[:, None]) ** 2).sum(axis=1)) + LEAST
    return middle.astype(np.float32), spread.astype(np.float32)


def _taught(bank: Curves, windows: Curves, seen: int) -> tuple[Curves, Curves]:
    """What the network reads of whole windows (n, F), and what it is to draw (n, K)."""
    middle, spread = _mechanism(bank, seen, windows[:, :seen])
    return _known(windows[:, :seen], middle, spread), (np.sqrt(windows[:, seen:]) - middle) / spread


def _known(seen: Curves, middle: Curves, spread: Curves) -> Curves:
    return np.concatenate([np.sqrt(seen), middle, np.log(spread)], axis=1).astype(np.float32)


def _batches(known: Curves, left: Curves) -> denoising.Batches:
    torch = denoising.library()
    conditions, samples = denoising.tensor(known), denoising.tensor(left)

    def batch(chance: Generator) -> tuple[Tensor, Any]:
        rows = torch.randint(len(samples), (BATCH,), generator=chance).to(samples.device)
        return samples[rows], conditions[rows]

    return batch


def _weights(inputs: int, ahead: int, chance: Generator) -> Weights:
    linear, zeros = denoising.linear, denoising.zeros
    weights = {"in": linear((ahead + inputs + denoising.TIMES, WIDTH), chance), "bias": zeros(WIDTH)}
    for block in range(BLOCKS):
        weights[f"{block}.up"] = linear((WIDTH, WIDTH), chance)
        weights[f"{block}.bias"] = zeros(WIDTH)
        weights[f"{block}.down"] = linear((WIDTH, WIDTH), chance, 0.5)
    weights["out"] = linear((WIDTH, ahead), chance, 0.0)
    return weights


def _denoiser(weights: Weights, noised: Tensor, times: Tensor, condition: Tensor) -> Tensor:
    torch = denoising.library()
    read = torch.cat([noised, condition, denoising.time_features(times)], dim=1)
    state = read @ weights["in"] + weights["bias"]
    for block in range(BLOCKS):
        heard = torch.nn.functional.silu(state @ weights[f"{block}.up"] + weights[f"{block}.bias"])
        state = state + heard @ weights[f"{block}.down"]
    return torch.nn.functional.silu(state) @ weights["out"]
