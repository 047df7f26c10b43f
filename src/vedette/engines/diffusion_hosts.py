"""Who is compromised when, jointly: what the mechanism's forecast of every host leaves open, learned on the graph.

The mechanism says for every host with which probability it is compromised by each day ahead. Two things are learned on
top, both by passing messages along the links, so that hosts may be renumbered, added and removed:

1. a correction of each host's log-odds, by maximum likelihood;
2. a denoising diffusion model of the joint residual. The residual of a host is its outcome's normal score: where the
   corrected probabilities say it falls, as a uniform number (randomised within a day, Dunn and Smyth, "Randomized
   quantile residuals", 1996), as a quantile of the normal distribution. Were the probabilities right and the hosts
   independent, residuals were independent standard normal numbers, which is what an untrained model draws.

A deterministic forecast with a diffusion model of its residual is the division of CoST (2025).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vedette.engines import denoising
from vedette.engines.denoising import Recipe, Weights
from vedette.errors import BadInput
from vedette.spread.graph import Floats, Graph

if TYPE_CHECKING:
    from torch import Generator, Tensor

Days = npt.NDArray[np.int16]

WIDTH, LAYERS = 32, 3
BATCH, STEPS = 8, 10
AT_ONCE = 1_000_000  # numbers of one layer: what a processor's cache holds
FLOOR = 1e-4  # no host is certain to be compromised, or not to be, within a day


@dataclass(frozen=True, slots=True, eq=False)
class HostWindow:
    """An outbreak at a moment. `features` float32 (n, f): what is known of each host, `host_features` and what else
    there is. `chance` float32 (K, n): how probable the mechanism finds it that a host is compromised by the end of each
    of the K days ahead. `outcome` int16 (n): on which of them it was, 0 to K - 1; K: on none of them; -1: before."""

    features: Floats
    chance: Floats
    outcome: Days


@dataclass(frozen=True, slots=True, eq=False)
class HostLessons:
    """`simulated` outbreaks teach first, `observed` ones then; either may be empty."""

    graph: Graph
    simulated: Sequence[HostWindow]
    observed: Sequence[HostWindow] = ()
    updates: int = 1200
    seed: int = 0
    told: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, eq=False)
class _Links:
    """Where messages go: of every link its ends, and its share of all rates into its target and out of its source.
    `unit_in` and `unit_out` (n, 1): what makes such a mean of independent standard normal numbers one itself."""

    sources: Tensor
    targets: Tensor
    shares_in: Tensor
    shares_out: Tensor
    unit_in: Tensor
    unit_out: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class HostDiffusion:
    """A model that has learned. `centre` and `spread` (f) of the features it was taught with."""

    correction: Weights
    residual: Weights
    centre: Floats
    spread: Floats

    def corrected(self, graph: Graph, features: Floats, chance: Floats) -> Floats:
        """The mechanism's probabilities `chance` (K, n), corrected: float32 (K, n)."""
        with denoising.one_thread(), denoising.library().no_grad():
            condition = self._condition(graph, features, chance)
            corrected = _corrected(self.correction, condition, denoising.tensor(_logit(chance))[None])
            return np.asarray(corrected[0].cpu().numpy(), dtype=np.float32)

    def outcomes(self, graph: Graph, window: HostWindow, samples: int, seed: int) -> Days:
        """Equally probable joint outcomes of a window (whose own `outcome` says only who was compromised before):
        int16 (samples, n), as `HostWindow.outcome`. Same seed, same outcomes."""
        chance = denoising.generator(seed)
        noise = denoising.noise((samples, graph.hosts), chance)
        return self.outcomes_of(graph, window, noise)

    def outcomes_of(self, graph: Graph, window: HostWindow, noise: Tensor) -> Days:
        """One outcome for each row of some standard normal noise (samples, n)."""
        probable = self.corrected(graph, window.features, window.chance)
        with denoising.one_thread(), denoising.library().no_grad():
            links, nodes = self._condition(graph, window.features, probable)
            uncertain = _uncertain([probable])
            together = max(1, AT_ONCE // (WIDTH * (graph.links + graph.hosts)))
            parts = [
                denoising.denoise(
                    _denoiser, self.residual, part, (links, nodes.expand(len(part), -1, -1), uncertain), STEPS
                )
                for part in noise.split(together)
            ]
            scores = denoising.library().cat(parts).cpu().numpy()
        return decode(scores, probable, window.outcome < 0)

    def arrays(self) -> Mapping[str, npt.NDArray[Any]]:
        """All that `load` needs, none of dtype object."""
        return {
            **denoising.kept(self.correction, "correction."),
            **denoising.kept(self.residual, "residual."),
            "centre": self.centre,
            "spread": self.spread,
        }

    def _condition(self, graph: Graph, features: Floats, chance: Floats) -> tuple[_Links, Tensor]:
        known = (_known(features, chance) - self.centre) / self.spread
        return _links(graph), denoising.tensor(known)[None]


def learn(lessons: HostLessons) -> HostDiffusion:
    """Raises BadInput, Cancelled, MissingExtra. Some 60 s on one core for 500 hosts."""
    windows = [*lessons.simulated, *lessons.observed]
    if not windows:
        raise BadInput("There are no outbreaks to learn from; simulate some, or give the incidents of some.")
    known = np.concatenate([_known(window.features, window.chance) for window in windows])
    centre, spread = known.mean(axis=0), known.std(axis=0) + np.float32(1e-3)
    with denoising.one_thread():
        chance = denoising.generator(lessons.seed)
        inputs = known.shape[1]
        model = HostDiffusion(_weights(inputs, 0, chance), _weights(inputs, 1, chance), centre, spread)
        phases = [part for part in (lessons.simulated, lessons.observed) if part]
        for phase, part in enumerate(phases):
            _fit_correction(model, lessons, part, phase)
        for phase, part in enumerate(phases):
            _fit_residual(model, lessons, part, phase)
    return model


def load(arrays: Mapping[str, npt.NDArray[Any]]) -> HostDiffusion:
    """The model of `HostDiffusion.arrays`. Raises MissingExtra, BadInput."""
    denoising.library()
    try:
        return HostDiffusion(
            correction=denoising.given(arrays, "correction."),
            residual=denoising.given(arrays, "residual."),
            centre=arrays["centre"].astype(np.float32),
            spread=arrays["spread"].astype(np.float32),
        )
    except KeyError as reason:
        raise BadInput("The stored model is damaged; train it again.") from reason


def host_features(graph: Graph, since: Floats, criticality: Floats) -> Floats:
    """What is known of hosts on any graph: `since` (n), for how many days each has been compromised, -1: is not; and
    how critical it is (n), 0..1. Float32 (n, 7)."""
    begun = since >= 0
    sources = graph.sources()
    into = np.bincount(graph.targets, weights=graph.rates, minlength=graph.hosts)
    pressed = np.bincount(graph.targets, weights=graph.rates * begun[sources], minlength=graph.hosts)
    out = np.bincount(sources, weights=graph.rates, minlength=graph.hosts)
    columns = (begun, np.where(begun, np.exp(-since), 0), pressed / np.maximum(into, 1e-12), np.log1p(pressed))
    return np.column_stack([*columns, np.log1p(into), np.log1p(out), criticality]).astype(np.float32)


def outcome_of(days: Floats, ahead: int) -> Days:
    """Times of compromise (…), in days from now, as outcomes: the day they fall on, `ahead` for later and never."""
    return np.floor(np.minimum(days, ahead)).clip(-1, ahead).astype(np.int16)


def encode(outcome: Days, chance: Floats, chances: npt.NDArray[np.float64]) -> Floats:
    """Outcomes (n) as normal scores (n), the higher the earlier; `chances` (n), uniform in 0..1, say where within its
    day an outcome lies. Those before the window are as uncertain as what nothing is known of."""
    from scipy.special import ndtri

    bounds = _bounds(chance)
    day, each = outcome.clip(0).astype(np.int64), np.arange(len(outcome))
    below, above = bounds[day, each], bounds[day + 1, each]
    places = np.where(outcome < 0, chances, below + chances * (above - below))
    return np.asarray(-ndtri(places.clip(1e-6, 1 - 1e-6)), dtype=np.float32)


def decode(scores: Floats, chance: Floats, before: npt.NDArray[np.bool_]) -> Days:
    """Normal scores (samples, n) as outcomes (samples, n); -1 for the hosts compromised `before` (n)."""
    from scipy.special import ndtr

    places = ndtr(-scores.astype(np.float64))
    days = (places[:, None, :] >= _bounds(chance)[1:-1]).sum(axis=1).astype(np.int16)
    return np.where(before, np.int16(-1), days)


def _bounds(chance: Floats) -> npt.NDArray[np.float64]:
    """Where the days of every host begin and end within 0..1: float64 (K + 2, n), increasing."""
    hosts = chance.shape[1]
    parts = np.diff(chance.astype(np.float64), axis=0, prepend=0, append=1).clip(FLOOR)
    return np.concatenate([np.zeros((1, hosts)), np.cumsum(parts / parts.sum(axis=0), axis=0)])


# ── learning ─────────────────────────────────────────────────────────────────────────────────────


def _fit_correction(model: HostDiffusion, lessons: HostLessons, windows: Sequence[HostWindow], phase: int) -> None:
    torch = denoising.library()
    links = _links(lessons.graph)
    chances = denoising.tensor(np.stack([_logit(window.chance) for window in windows]))
    nodes = _nodes(model, windows, [window.chance for window in windows])
    outcomes = torch.from_numpy(np.stack([window.outcome for window in windows]).astype(np.int64)).to(nodes.device)

    def lost(chance: Generator) -> Tensor:
        rows = torch.randint(len(windows), (BATCH,), generator=chance).to(nodes.device)
        probable = _corrected(model.correction, (links, nodes[rows]), chances[rows])
        parts = torch.diff(probable, dim=1, prepend=torch.zeros_like(probable[:, :1])).clamp(min=FLOOR)
        parts = torch.cat([parts, 1 - probable[:, -1:]], dim=1).clamp(min=FLOOR)
        right = torch.gather(parts, 1, outcomes[rows].clamp(min=0)[:, None])[:, 0]
        return -(right.log() * (outcomes[rows] >= 0)).mean()

    denoising.descend(lost, model.correction, _recipe(lessons, lessons.updates // 3, phase))


def _fit_residual(model: HostDiffusion, lessons: HostLessons, windows: Sequence[HostWindow], phase: int) -> None:
    torch = denoising.library()
    links = _links(lessons.graph)
    probable = [model.corrected(lessons.graph, window.features, window.chance) for window in windows]
    nodes, uncertain = _nodes(model, windows, probable), _uncertain(probable)
    within = np.random.default_rng([lessons.seed, phase])

    def batch(chance: Generator) -> tuple[Tensor, Any]:
        rows = torch.randint(len(windows), (BATCH,), generator=chance)
        scores = [
            encode(windows[row].outcome, probable[row], within.random(lessons.graph.hosts)) for row in rows.tolist()
        ]
        rows = rows.to(nodes.device)
        return denoising.tensor(np.stack(scores)), (links, nodes[rows], uncertain[rows])

    denoising.fit(_denoiser, model.residual, batch, _recipe(lessons, lessons.updates, phase))


def _recipe(lessons: HostLessons, updates: int, phase: int) -> Recipe:
    return Recipe(
        updates=updates // (1 + phase),
        rate=3e-3 if phase == 0 else 1e-3,
        seed=lessons.seed + phase,
        told=lessons.told,
        cancelled=lessons.cancelled,
    )


# ── the networks ─────────────────────────────────────────────────────────────────────────────────


def _weights(inputs: int, noised: int, chance: Generator) -> Weights:
    """Of a network that reads `inputs` features of a host, and its noised residual where `noised` is 1."""
    linear = denoising.linear
    weights = {"in": linear((inputs + 4 * noised, WIDTH), chance)}
    if noised:
        weights["time"] = linear((denoising.TIMES, WIDTH), chance)
    for layer in range(LAYERS):
        for name in ("own", "into", "back", "all"):
            weights[f"{layer}.{name}"] = linear((WIDTH, WIDTH), chance, 0.5)
        weights[f"{layer}.bias"] = denoising.zeros(WIDTH)
        weights[f"{layer}.down"] = linear((WIDTH, WIDTH), chance, 0.5)
    weights["out"] = linear((WIDTH, 5 if noised else 2), chance, 0.0)
    return weights


def _passed(weights: Weights, links: _Links, state: Tensor) -> Tensor:
    """States of hosts (n, batch, WIDTH) after all rounds of messages."""
    torch = denoising.library()
    for layer in range(LAYERS):
        state = torch.nn.functional.layer_norm(state, (WIDTH,))
        said = {name: state @ weights[f"{layer}.{name}"] for name in ("own", "into", "back")}
        heard = said["own"] + state.mean(dim=0, keepdim=True) @ weights[f"{layer}.all"] + weights[f"{layer}.bias"]
        heard = heard.index_add(0, links.targets, said["into"][links.sources] * links.shares_in)
        heard = heard.index_add(0, links.sources, said["back"][links.targets] * links.shares_out)
        state = state + torch.nn.functional.silu(heard) @ weights[f"{layer}.down"]
    return state


def _denoiser(weights: Weights, noised: Tensor, times: Tensor, condition: tuple[_Links, Tensor, Tensor]) -> Tensor:
    """For a field of normal numbers that depend on each other the best answer is a linear one, whose factors depend on
    the time: of the host itself, of the hosts it is linked with, and of all, each weighted by how uncertain it is."""
    torch = denoising.library()
    links, nodes, uncertain = condition
    field = noised.transpose(0, 1)
    shared = ((noised * uncertain).sum(dim=1) / uncertain.square().sum(dim=1).sqrt()).expand(len(field), -1)
    into = torch.zeros_like(field).index_add(0, links.targets, field[links.sources] * links.shares_in[..., 0])
    back = torch.zeros_like(field).index_add(0, links.sources, field[links.targets] * links.shares_out[..., 0])
    parts = torch.stack([field, into * links.unit_in, back * links.unit_out, shared], dim=2)
    read = torch.cat([parts, nodes.transpose(0, 1)], dim=2)
    state = read @ weights["in"] + denoising.time_features(times) @ weights["time"]
    factors = _passed(weights, links, state) @ weights["out"]
    return (factors[..., 0] + (factors[..., 1:] * parts).sum(dim=2)).transpose(0, 1)


def _corrected(weights: Weights, condition: tuple[_Links, Tensor], chances: Tensor) -> Tensor:
    """Log-odds (batch, K, n) of being compromised by each day as probabilities (batch, K, n), shifted and stretched
    for each host: those of later days stay the higher ones."""
    torch = denoising.library()
    links, nodes = condition
    said = (_passed(weights, links, nodes.transpose(0, 1) @ weights["in"]) @ weights["out"]).permute(1, 2, 0)
    return torch.sigmoid(chances * torch.exp(said[:, 1:].clamp(-2, 2)) + said[:, :1])


def _links(graph: Graph) -> _Links:
    torch, place = denoising.library(), denoising.device()
    sources, targets = graph.sources().astype(np.int64), graph.targets.astype(np.int64)
    into, back = (_shares(ends, graph) for ends in (targets, sources))
    ends = [torch.from_numpy(end).to(place) for end in (sources, targets)]
    shares = [denoising.tensor(share)[:, None, None] for share, _ in (into, back)]
    units = [denoising.tensor(unit)[:, None] for _, unit in (into, back)]
    return _Links(ends[0], ends[1], shares[0], shares[1], units[0], units[1])


def _shares(ends: npt.NDArray[np.int64], graph: Graph) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The share of every link in the rates of all that have the same end (m), and the unit of their mean (n)."""
    rates = graph.rates.astype(np.float64)
    shares = rates / np.maximum(np.bincount(ends, weights=rates, minlength=graph.hosts)[ends], 1e-12)
    return shares, 1 / np.sqrt(np.bincount(ends, weights=shares**2, minlength=graph.hosts) + 1e-9)


def _known(features: Floats, chance: Floats) -> Floats:
    """Features (n, f + 3): with the mechanism's log-odds of the first day, the middle one and the last."""
    days = [0, len(chance) // 2, len(chance) - 1]
    return np.column_stack([features, _logit(chance[days]).T]).astype(np.float32)


def _nodes(model: HostDiffusion, windows: Sequence[HostWindow], chances: Sequence[Floats]) -> Tensor:
    known = [_known(window.features, chance) for window, chance in zip(windows, chances, strict=True)]
    return denoising.tensor((np.stack(known) - model.centre) / model.spread)


def _uncertain(chances: Sequence[Floats]) -> Tensor:
    """How uncertain the fate of every host is at the end: (batch, n)."""
    return denoising.tensor(np.stack([chance[-1] * (1 - chance[-1]) + FLOOR for chance in chances]))


def _logit(chance: Floats) -> Floats:
    inside = chance.clip(FLOOR, 1 - FLOOR)
    return np.asarray(np.log(inside / (1 - inside)), dtype=np.float32)
