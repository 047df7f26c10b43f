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
# 1,000 on each store.
QUESTIONS = 125
KILLS = 10


@pytest.mark.fault("worker killed: {point}", "every question answered, every answer mailed, nothing stale")
@pytest.mark.parametrize("point", POINTS)
def test_killed_workers_lose_nothing(line: Line, point: str, seen: Callable[..., None]) -> None:
    line.submit(QUESTIONS)
    with employed(replace(line.orders, point=point, accidents=KILLS)):
        took = line.wait()
    sums = line.reckon()
    assert (sums.lost, sums.stale, sums.unsent, sums.outside) == (0, 0, 0, 0), sums
    assert KILLS // 2 <= sums.kills <= KILLS
    assert sums.inside <= sums.kills
    if point in ("letter sent",):
        assert sums.inside, "this is where it has to happen"
    seen(
        questions=QUESTIONS,
        kills=sums.kills,
        lost=sums.lost,
        stale=sums.stale,
        letters_twice_outside=sums.outside,
        inside=sums.inside,
        taken_up_again_within=sums.again_s,
        all_done_after=took,
    )
