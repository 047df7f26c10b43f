"""Denoising diffusion in torch (extra `diffusion`), as plain functions over dictionaries of weights.

A sample x is noised to a(t) x + s(t) e, t from 0 to 1, with the cosine schedule a = cos(pi t / 2), s = sin(pi t / 2)
(Nichol and Dhariwal, 2021, without their offset: at t = 1 nothing of x is left). The network says v = a e - s x
(Salimans and Ho, "Progressive distillation", 2022), which is of the same size at all t; samples are drawn by the
deterministic steps of Song, Meng and Ermon ("Denoising diffusion implicit models", 2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vedette.errors import Cancelled, MissingExtra

if TYPE_CHECKING:
    from torch import Generator, Tensor

Weights = dict[str, "Tensor"]
Denoiser = Callable[[Weights, "Tensor", "Tensor", Any], "Tensor"]
"""(weights, noised (n, ...), times (n), condition) -> v, of the shape of what was noised."""
Batches = Callable[["Generator"], tuple["Tensor", Any]]
"""The next batch: samples (n, ...), and the condition of each."""

TIMES = 16  # features of the time


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a denoiser learns: so many `updates` of AdamW, whose rate rises to `rate` in the first twentieth of them and
    falls to 0 by a cosine. `told(done, updates)` hears of it every hundred; once `cancelled()` says so, Cancelled is
    raised."""

    updates: int
    rate: float = 2e-3
    decay: float = 1e-2
    seed: int = 0
    told: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False


def library() -> Any:
    """The module torch. Raises MissingExtra."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtra.of("torch", "diffusion") from error
    return torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums come out the same however many cores there are, and networks this small gain nothing from more."""
    torch = library()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def device() -> str:
    """Where to compute: a GPU where there is one."""
    return "cuda" if library().cuda.is_available() else "cpu"


def generator(seed: int) -> Generator:
    """Chances are drawn on the CPU, so that they are the same with a GPU."""
    return library().Generator().manual_seed(seed % 2**63)


def noise(shape: tuple[int, ...], chance: Generator) -> Tensor:
    return library().randn(shape, generator=chance).to(device())


def schedule(times: Tensor) -> tuple[Tensor, Tensor]:
    """How much of the sample, and how much noise, is there at some times 0..1."""
    torch = library()
    return torch.cos(times * (math.pi / 2)), torch.sin(times * (math.pi / 2))


def time_features(times: Tensor) -> Tensor:
    """(n) -> (n, TIMES): sines and cosines of half a turn, one, two, four, …"""
    torch = library()
    turns = times[:, None] * (math.pi * 2.0 ** torch.arange(TIMES // 2, device=times.device) / 2)
    return torch.cat([torch.sin(turns), torch.cos(turns)], dim=1)


def loss(denoiser: Denoiser, weights: Weights, batch: tuple[Tensor, Any], chance: Generator) -> Tensor:
    """The mean squared error of v on a batch noised at random times, one in each n-th of 0..1: a scalar."""
    torch = library()
    samples, condition = batch
    number = len(samples)
    times = (torch.arange(number) + torch.rand(number, generator=chance)).to(samples.device) / number
    times = times[torch.randperm(number, generator=chance).to(samples.device)]
    keep, add = (part.reshape(-1, *[1] * (samples.dim() - 1)) for part in schedule(times))
    noised_by = noise(tuple(samples.shape), chance)
    said = denoiser(weights, keep * samples + add * noised_by, times, condition)
    return ((said - (keep * noised_by - add * samples)) ** 2).mean()


def fit(denoiser: Denoiser, weights: Weights, batches: Batches, recipe: Recipe) -> list[float]:
    """Train the weights of a denoiser, in place; returns the loss of every update. Raises Cancelled."""
    return descend(lambda chance: loss(denoiser, weights, batches(chance), chance), weights, recipe)


def descend(lost: Callable[[Generator], Tensor], weights: Weights, recipe: Recipe) -> list[float]:
    """Make a loss, a scalar that depends on the weights and on chance, smaller; returns it of every update. Raises
    Cancelled."""
    torch = library()
    chance = generator(recipe.seed)
    for weight in weights.values():
        weight.requires_grad_(True)
    optimiser = torch.optim.AdamW(list(weights.values()), lr=recipe.rate, weight_decay=recipe.decay)
    losses: list[float] = []
    for update in range(recipe.updates):
        if update % 100 == 0:
            if recipe.cancelled():
                raise Cancelled("The training was stopped.")
            recipe.told(update, recipe.updates)
        optimiser.param_groups[0]["lr"] = recipe.rate * _pace((update + 1) / recipe.updates)
        now = lost(chance)
        optimiser.zero_grad()
        now.backward()
        torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
        optimiser.step()
        losses.append(float(now.detach()))
    for weight in weights.values():
        weight.requires_grad_(False)
    recipe.told(recipe.updates, recipe.updates)
    return losses


def _pace(part: float) -> float:
    return min(1.0, 20 * part) * (1 + math.cos(math.pi * part)) / 2


def denoise(denoiser: Denoiser, weights: Weights, noised: Tensor, condition: Any, steps: int = 20) -> Tensor:
    """Samples (n, ...), one for each of some standard normal noises of that shape. Same noise, same samples."""
    torch = library()
    with torch.no_grad():
        times = torch.linspace(1, 0, steps + 1, device=noised.device)
        keeps, adds = schedule(times)
        for step in range(steps):
            said = denoiser(weights, noised, times[step].expand(len(noised)), condition)
            clean = keeps[step] * noised - adds[step] * said
            rest = adds[step] * noised + keeps[step] * said
            noised = keeps[step + 1] * clean + adds[step + 1] * rest
    return noised


def linear(shape: tuple[int, ...], chance: Generator, scale: float = 1.0) -> Tensor:
    """Weights (inputs, outputs) of the size that keeps the variance of what comes in, times `scale`."""
    return (library().randn(shape, generator=chance) * (scale / math.sqrt(shape[0]))).to(device())


def zeros(*shape: int) -> Tensor:
    return library().zeros(shape, device=device())


def tensor(array: npt.NDArray[Any]) -> Tensor:
    """An array as float32, where it is computed with."""
    return library().from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(device())


def kept(weights: Weights, prefix: str) -> dict[str, npt.NDArray[np.float32]]:
    """Weights as arrays, their names after a prefix; `given` makes them weights again."""
    return {prefix + name: weight.detach().cpu().numpy().astype(np.float32) for name, weight in weights.items()}


def given(arrays: Mapping[str, npt.NDArray[Any]], prefix: str) -> Weights:
    return {
        name.removeprefix(prefix): tensor(array.copy()) for name, array in arrays.items() if name.startswith(prefix)
    }
