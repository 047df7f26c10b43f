"""history + bank -> models -> backtest: new versions, and how good they would have been.

A bank of outbreaks is simulated on the network with what its history says of the rates; models learn from it and from
the history, oldest outbreak first, which is the order of their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput, Cancelled, MissingExtra
from vedette.records import Backtest, ForecastModel, Incident, ModelState, Trained
from vedette.spread.calibrate.bank import BankWish, curve_of, cut, graph_digest, make_bank
from vedette.spread.draws import learned
from vedette.spread.forecast.backtest import Trial, backtest
from vedette.spread.forecast.contract import CurveKind, CurveModel, Curves, Lessons, from_bytes, to_bytes
from vedette.spread.forecast.drift import Drift, drift
from vedette.spread.forecast.promote import compared
from vedette.spread.forecast.scores import pit
from vedette.spread.network import digest
from vedette.spread.prepared import graph_of_network
from vedette.spread.scenario import Ground
from vedette.spread.store import ForecastStore, Kept
from vedette.spread.watched import Watch

SEEN, AHEAD = 14, 14
"""Days of an outbreak that a model sees, and that it forecasts."""
AGES = (3, 7, 14)
"""At so many days after its first detection an outbreak is forecast."""
BANK, SEED, SAMPLES = 6000, 1, 200
FIRST = "mechanism"
"""The champion until another one is promoted."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where models are made: the `kinds` that can be made here, where they are kept, the time in UTC, and random ids of
    32 hexadecimal digits."""

    kinds: Mapping[str, CurveKind]
    store: ForecastStore
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def train(ground: Ground, kinds: tuple[str, ...], shop: Workshop, watch: Watch) -> Trained:
    """A new version of each kind, of all that can be made when none is named; none is kept before all have learned.
    Raises as they do, Cancelled."""
    unknown = [name for name in kinds if name not in shop.kinds]
    if unknown:
        raise BadInput(f"There is no kind of model {unknown[0]!r}; there is {', '.join(shop.kinds)}.")
    lessons, lineage = lessons_of(ground, watch)
    fitted = _fitted(kinds, lessons, shop, watch)
    reigning = {model.state for model in shop.store.models(ground.network.name)}
    made = []
    for name, model in fitted.items():
        first = name == FIRST and "champion" not in reigning
        state: ModelState = "baseline" if shop.kinds[name].baseline else "champion" if first else "challenger"
        bare = ForecastModel(
            id=shop.new_id(),
            network=ground.network.name,
            kind=name,
            version=0,
            state=state,
            made=shop.now().isoformat(timespec="microseconds"),
            metrics={},
            lineage=lineage,
        )
        made.append(Kept(bare, to_bytes(model)))
    if watch.cancelled():
        raise Cancelled("The training was stopped; no model was kept.")
    return Trained(shop.store.add(*made))


def _fitted(kinds: tuple[str, ...], lessons: Lessons, shop: Workshop, watch: Watch) -> dict[str, CurveModel]:
    fitted = {}
    for name in kinds or tuple(shop.kinds):
        watched = replace(lessons, told=watch.stage(f"learning {name}"), cancelled=watch.cancelled)
        try:
            fitted[name] = shop.kinds[name].learn(watched)
        except (BadInput, MissingExtra):
            if kinds:
                raise
            # What cannot be made here, or of so little history, is left out where nobody named it.
    return fitted


def lessons_of(ground: Ground, watch: Watch) -> tuple[Lessons, dict[str, str]]:
    """What models of this network learn from, and where it comes from."""
    prepared = graph_of_network(ground.network, ground.rules, ground.facts)
    known = learned(prepared.graph, prepared.hosts, ground.incidents)
    wish = BankWish(BANK, SEEN + AHEAD, SEED, told=watch.stage("simulating"), cancelled=watch.cancelled)
    bank = make_bank(prepared.graph, known.priors(), wish)
    windows, outbreaks = history_of(ground.incidents)
    lineage = {
        **bank.lineage,
        "network": digest(ground.network),
        "graph": graph_digest(prepared.graph),
        "rates": known.sentences[0],
        "outbreaks": str(len(names_of(ground.incidents))),
        "cut-off": max(names_of(ground.incidents), default=""),
        "seed": str(SEED),
    }
    simulated = cut(bank.counts, SEEN, AHEAD, AGES)[0]
    return Lessons(seen=SEEN, bank=simulated, history=windows, outbreaks=outbreaks, seed=SEED), lineage


def names_of(incidents: Sequence[Incident]) -> tuple[str, ...]:
    """The outbreaks, in order."""
    return tuple(sorted({one.outbreak for one in incidents}))


def history_of(incidents: Sequence[Incident]) -> tuple[Curves, npt.NDArray[np.int64]]:
    """Windows of the past outbreaks (m, H + K), and the number of the outbreak of each (m), in order."""
    days: dict[str, list[float]] = {}
    for one in incidents:
        days.setdefault(one.outbreak, []).append(one.day)
    curves = [curve_of(days[name], SEEN + AHEAD) for name in names_of(incidents)]
    if not curves:
        return np.zeros((0, SEEN + AHEAD), dtype=np.float32), np.zeros(0, dtype=np.int64)
    windows, rows = cut(np.stack(curves), SEEN, AHEAD, AGES)
    order = np.argsort(rows, kind="stable")
    return windows[order], rows[order]


def compare(ground: Ground, shop: Workshop, watch: Watch) -> Backtest:
    """A rolling-origin backtest of all kinds; its metrics are kept with the newest version of each. Raises BadInput
    where there are too few outbreaks, Cancelled."""
    lessons, _ = lessons_of(ground, watch)
    name = ground.network.name
    models = shop.store.models(name)
    champion = next((model.kind for model in models if model.state == "champion"), FIRST)
    trial = Trial(
        seen=SEEN,
        bank=lessons.bank,
        history=lessons.history,
        outbreaks=lessons.outbreaks,
        samples=SAMPLES,
        seed=SEED,
        told=watch.stage("comparing"),
        cancelled=watch.cancelled,
    )
    usable = [kind for kind in shop.kinds.values() if _made_here(kind, models)]
    scored, _ = backtest(usable, trial)
    result = compared(name, scored, champion, {kind.name for kind in usable if kind.baseline})
    newest = {model.kind: model for model in reversed(models)}
    for row in result.rows:
        if row.model in newest:
            judged = {**row.metrics, "ratio": row.ratio, "low": row.low, "high": row.high}
            shop.store.judge(newest[row.model].id, {**judged, "promotable": float(row.promotable)})
    return result


def _made_here(kind: CurveKind, models: Sequence[ForecastModel]) -> bool:
    """Baselines always; others once a version of them was trained here, and the first champion."""
    return kind.baseline or kind.name == FIRST or kind.name in {model.kind for model in models}


def champion_of(name: str, shop: Workshop) -> tuple[ForecastModel, CurveModel] | None:
    """The model that forecasts counts in a network; None where none was trained yet."""
    for model in shop.store.models(name):
        if model.state == "champion":
            return model, from_bytes(shop.store.kept(model.id).content, shop.kinds)
    return None


def drifted(ground: Ground, shop: Workshop) -> Drift | None:
    """Whether the champion should learn again; None where there is none."""
    found = champion_of(ground.network.name, shop)
    if found is None:
        return None
    model, fitted = found
    names = names_of(ground.incidents)
    since = [place for place, name in enumerate(names) if name > model.lineage.get("cut-off", "")]
    windows, outbreaks = history_of(ground.incidents)
    new = np.isin(outbreaks, since)
    learned_from = int(model.lineage.get("outbreaks", "0"))
    if not new.any():
        return drift(np.zeros(0), np.zeros(0), learned_from)
    paths = fitted.paths(windows[new][:, :SEEN], SAMPLES, SEED)
    totals = pit(paths.sum(axis=2, keepdims=True), windows[new][:, SEEN:].sum(axis=1, keepdims=True))
    return drift(totals[:, 0], outbreaks[new], learned_from)
