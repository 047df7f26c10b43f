"""What would change a forecast: only what helps, and only by an amount that can be read."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from fakes.knowledge import FixedKnowledge
from fakes.networks import SMALL
from vedette.app_spread import kept_in_memory
from vedette.records import Asset, Forecast, ForecastProgress, ForecastRequest, Link, Network, Scenario
from vedette.settings import load

# In a day 0.02 hosts are lost that isolating b would save.
SLOW = Network(
    "slow", (Asset("web-1"), Asset("b"), Asset("c")), (Link("web-1", "b", rate=0.02), Link("b", "c", rate=0.15))
)


def levers(tmp_path: Path, network: Network, days: int) -> list[float]:
    with ExitStack() as stack:
        forecasting = kept_in_memory(load({}, tmp_path), network, FixedKnowledge(), stack)
        scenario = Scenario(network.name, ("web-1",), days=days, worlds=400, draws=1)
        steps = list(forecasting.perform(ForecastRequest("forecast", scenario)))
    made = cast(Forecast, next(step for step in steps if not isinstance(step, ForecastProgress)))
    return [float(cast(re.Match[str], re.search(r": ([\d.]+) hosts fewer", said))[1]) for said in made.levers]


def test_the_largest_comes_first(tmp_path: Path) -> None:
    told = levers(tmp_path, SMALL, 90)
    assert told
    assert told == sorted(told, reverse=True)


def test_what_would_read_as_nothing_is_not_told(tmp_path: Path) -> None:
    assert levers(tmp_path, SLOW, 1) == []
    assert len(levers(tmp_path, SLOW, 30)) == 1
