"""Workers killed with SIGKILL at every point where that leaves something half done, and at any other moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fakes.line import Line
from fakes.workforce import ANYWHERE, employed

pytestmark = pytest.mark.slow

POINTS = (
    "claimed", "answered", "finished", "letter claimed", "letter written", "letter sent", "letter stored", ANYWHERE,
)  # fmt: skip
# Questions and kills at each point: for the page of reliability, 1,000 questions on each store; and every day.
THOROUGH, EVERY_DAY = (125, 10), (40, 4)


@pytest.mark.fault("worker killed: {point}", "every question answered, every answer mailed, nothing stale")
@pytest.mark.parametrize("point", POINTS)
def test_killed_workers_lose_nothing(
    line: Line, point: str, seen: Callable[..., None], request: pytest.FixtureRequest
) -> None:
    questions, kills = THOROUGH if request.config.getoption("reliability") else EVERY_DAY
    line.submit(questions)
    with employed(replace(line.orders, point=point, accidents=kills)):
        took = line.wait()
    sums = line.reckon()
    assert (sums.lost, sums.stale, sums.unsent, sums.outside) == (0, 0, 0, 0), sums
    assert kills // 2 <= sums.kills <= kills
    assert sums.inside <= sums.kills
    if point in ("letter sent",):
        assert sums.inside, "this is where it has to happen"
    seen(
        questions=questions,
        kills=sums.kills,
        lost=sums.lost,
        stale=sums.stale,
        letters_twice_outside=sums.outside,
        inside=sums.inside,
        taken_up_again_within=sums.again_s,
        all_done_after=took,
    )
