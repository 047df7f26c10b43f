"""A clock that is set forward and back by hours while leases, pauses and letters go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from fakes.knowledge import ANSWER, FixedKnowledge
from fakes.line import Line
from fakes.workforce import QUICK
from vedette.app_questions import Desk, worker
from vedette.errors import ProviderError
from vedette.questions.attempt import World
from vedette.records import AnswerEvent, Question

pytestmark = pytest.mark.slow

QUESTIONS = 60
# Back by more than 2 h each time: by less, a pause that has begun lasts until the clock is there again.
JUMPS_H = (5, -7, 30, -48, 3)


@dataclass
class Moody(FixedKnowledge):
    """Fails at each question for the first time, so that all of them pause."""

    failed: set[str] = field(default_factory=set)

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        time.sleep(0.05)
        if question.text not in self.failed:
            self.failed.add(question.text)
            raise ProviderError("Nobody answers; it is tried again later.")
        yield AnswerEvent("answer", answer=ANSWER)


@pytest.mark.fault(
    "clock set forward by 5 h, back by 7, forward by 30, back by 48, forward by 3",
    "leases read no clock; pauses end all the same (set back by less than 2 h they last as much longer)",
)
def test_a_clock_that_jumps(line: Line, seen: Callable[..., None]) -> None:
    offset = timedelta()
    world = World(lambda: datetime.now(UTC) + offset, lambda: 0.5)
    line.mails.fault = "greylist"
    line.submit(QUESTIONS)
    taken = line.store.claim("one that is dead")
    assert taken is not None
    moody = Moody()
    desk = Desk(
        line.settings,
        line.database,
        line.store,
        lambda: nullcontext(moody),
        pace=replace(QUICK, poll_s=0.05),
        world=world,
    )
    at_work = worker(desk)
    at_work.start()
    try:
        for hours in JUMPS_H:
            time.sleep(0.8)
            offset += timedelta(hours=hours)
        before = line.store.counts()
        took = line.wait()
    finally:
        at_work.stop()
    found, sums = line.questions(), line.reckon()
    assert {(one.state, one.mail) for one in found.values()} == {("answered", "sent")}
    assert found[taken.question.id].tries >= 2
    assert sorted(set(line.mails.message_ids)) == sorted(line.mails.message_ids)
    assert len(line.mails.kept) == QUESTIONS
    seen(
        questions=QUESTIONS,
        jumps=len(JUMPS_H),
        not_done_after_the_last_jump=before.waiting + before.answering + before.mails_waiting,
        lost=sums.lost,
        letters_twice=sums.outside,
        all_done_after=took,
    )
