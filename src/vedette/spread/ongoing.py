"""An outbreak that goes on: what the network's other outbreaks say of how many are found, and of who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vedette.errors import BadInput
from vedette.records import Forecast, Incident
from vedette.spread.cascade import Cascade, learn
from vedette.spread.prepared import graph_of_network
from vedette.spread.risk import bands
from vedette.spread.scenario import Ground
from vedette.spread.training import AHEAD, SAMPLES, SEEN, Workshop, champion_of, names_of

SHOWN = 20


def going_on(made: Forecast, ground: Ground, shop: Workshop) -> Forecast:
    """The forecast of an outbreak of the history, with what others say of it; the same for any other forecast."""
    outbreak = made.scenario.outbreak
    if not outbreak:
        return made
    return _next(_found(made, [one.day for one in ground.incidents if one.outbreak == outbreak], shop), ground)


def _found(made: Forecast, days: Sequence[float], shop: Workshop) -> Forecast:
    """How many will have been found by each day, as far as the champion looks; without one, nothing."""
    champion = champion_of(made.scenario.network, shop)
    if champion is None:
        return made
    model, fitted = champion
    whole = np.floor(days)
    last = int(whole.max())
    seen = np.array([[(whole == day).sum() for day in range(last - SEEN + 1, last + 1)]], dtype=np.float32)
    paths = fitted.paths(seen, 4 * SAMPLES, made.scenario.seed)[0].astype(np.float64)
    found = len(days) + np.concatenate([np.zeros((len(paths), 1)), paths.cumsum(axis=1)], axis=1)
    shown = min(made.scenario.days, AHEAD) + 1
    return replace(made, found=bands(found[:, :shown]), model=f"{model.kind}-{model.version}")


def _next(made: Forecast, ground: Ground) -> Forecast:
    """Who is next, as cascades have it; nothing where there are too few of them."""
    graph = graph_of_network(ground.network, ground.rules, ground.facts).graph
    places = {asset.id: place for place, asset in enumerate(ground.network.assets)}
    of_each = {name: _cascade(ground.incidents, name, places) for name in names_of(ground.incidents)}
    now = of_each.pop(made.scenario.outbreak)
    try:
        learned = learn(graph, tuple(of_each.values()))
    except BadInput as few:
        return replace(made, assumptions=(*made.assumptions, few.message))
    chances = learned.probabilities(now.hosts)
    order = np.argsort(-chances, kind="stable")[:SHOWN]
    hosts = tuple(asset.id for asset in ground.network.assets)
    return replace(made, next=tuple((hosts[at], round(float(chances[at]), 5)) for at in order if chances[at] > 0))


def _cascade(incidents: Sequence[Incident], name: str, places: dict[str, int]) -> Cascade:
    own = sorted((one for one in incidents if one.outbreak == name), key=lambda one: (one.day, one.host))
    return Cascade(
        np.array([places[one.host] for one in own], dtype=np.int64),
        np.array([one.day for one in own], dtype=np.float64),
    )
