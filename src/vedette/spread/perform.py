"""request -> result: one function for each kind of work."""

from __future__ import annotations

from dataclasses import replace

from vedette.errors import BadInput
from vedette.records import ForecastRequest, ForecastResult, Scenario
from vedette.spread.levers import levers_of
from vedette.spread.measures import containment
from vedette.spread.ongoing import going_on
from vedette.spread.scenario import Case, Ground, case_of, forecast, whatif
from vedette.spread.training import Workshop, compare, train
from vedette.spread.watched import Watch


def performed(request: ForecastRequest, ground: Ground, shop: Workshop, watch: Watch) -> ForecastResult:
    """Do it. Raises BadInput, NotFound, MissingExtra, Cancelled."""
    if request.kind in ("forecast", "whatif"):
        case = _case(request.scenario, ground, watch)
        if request.kind == "whatif":
            return whatif(case, watch)
        made = going_on(forecast(case, watch), case, shop)
        return replace(made, levers=levers_of(case, made, watch))
    if request.kind == "contain":
        if request.wish is None:
            raise BadInput("Say what may be done: how many measures, hosts or vulnerabilities.")
        return containment(_case(request.wish.scenario, ground, watch), request.wish, watch)
    if request.kind == "train":
        return train(ground, request.kinds, shop, watch)
    return compare(ground, shop, watch)


def _case(scenario: Scenario | None, ground: Ground, watch: Watch) -> Case:
    if scenario is None:
        raise BadInput("Say what is to be forecast: the hosts that are compromised, and for how many days.")
    watch.told("rates", 0, 1)
    return case_of(ground, scenario)
