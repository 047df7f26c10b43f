"""An outbreak that goes on: what the network's other outbreaks say of how many are found, and of who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vedette.errors import BadInput
from vedette.records import Forecast, Incident
from vedette.spread.cascade import Cascade, learn
from vedette.spread.risk import bands
from vedette.spread.scenario import Case
from vedette.spread.training import AHEAD, SAMPLES, SEEN, Workshop, champion_of, names_of

SHOWN = 20


def going_on(made: Forecast, case: Case, shop: Workshop) -> Forecast:
    """The forecast of an outbreak of the history, with what others say of it; the same for any other forecast."""
    outbreak = made.scenario.outbreak
    if not outbreak:
        return made
    days = [one.day for one in case.ground.incidents if one.outbreak == outbreak]
    return _next(_found(made, days, shop), case)


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


def _next(made: Forecast, case: Case) -> Forecast:
    """Who is next, as cascades have it; nothing where there are too few of them."""
    hosts, incidents = case.usual.hosts, case.ground.incidents
    places = {host: place for place, host in enumerate(hosts)}
    of_each = {name: _cascade(incidents, name, places) for name in names_of(incidents)}
    now = of_each.pop(made.scenario.outbreak)
    try:
        learned = learn(case.usual.graph, tuple(of_each.values()))
    except BadInput as few:
        return replace(made, assumptions=(*made.assumptions, few.message))
    chances = learned.probabilities(now.hosts)
    order = np.argsort(-chances, kind="stable")[:SHOWN]
    return replace(made, next=tuple((hosts[at], round(float(chances[at]), 5)) for at in order if chances[at] > 0))


def _cascade(incidents: Sequence[Incident], name: str, places: dict[str, int]) -> Cascade:
    own = sorted((one for one in incidents if one.outbreak == name), key=lambda one: (one.day, one.host))
    return Cascade(
        np.array([places[one.host] for one in own], dtype=np.int64),
        np.array([one.day for one in own], dtype=np.float64),
    )
