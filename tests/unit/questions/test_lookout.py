"""Who is taken for dead: looks are counted, not seconds."""

from __future__ import annotations

from dataclasses import replace

from vedette.questions import lookout
from vedette.questions.contract import Held

ONE = Held("q1", "answer", fence=1, beat=0, tries=1)
OTHER = Held("q2", "mail", fence=4, beat=9, tries=1)


def after(*looks: list[Held]) -> lookout.Sightings:
    seen: lookout.Sightings = {}
    for found in looks:
        seen = lookout.look(seen, found)
    return seen


def test_a_claim_that_stands_still_is_lost_after_so_many_looks() -> None:
    assert lookout.lost(after(*[[ONE]] * 3), 3) == []
    assert lookout.lost(after(*[[ONE]] * 4), 3) == [ONE]


def test_a_beat_or_another_holder_begins_anew() -> None:
    beaten, taken = replace(ONE, beat=1), replace(ONE, fence=2)
    for moved in (beaten, taken):
        assert lookout.lost(after(*[[ONE]] * 3, [moved], [moved], [moved]), 3) == []


def test_what_was_gone_meanwhile_is_seen_for_the_first_time() -> None:
    assert lookout.lost(after([ONE], [ONE], [ONE], [], [ONE]), 3) == []


def test_each_claim_counts_by_itself() -> None:
    beaten = replace(ONE, beat=1)
    assert lookout.lost(after([ONE, OTHER], [beaten, OTHER], [beaten, OTHER]), 2) == [OTHER]
    assert lookout.lost(after([ONE, replace(ONE, work="mail")]), 0) == [ONE, replace(ONE, work="mail")]
