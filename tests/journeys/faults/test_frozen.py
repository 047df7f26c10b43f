"""Workers that sleep past their lease and wake up, and workers that share a file."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from fakes.line import Line
from fakes.workforce import STORING, Note, employed, notes

pytestmark = pytest.mark.slow

QUESTIONS = 30
# What the sleeper had begun, and what ends that.
ASLEEP = {
    "answered": ("claim", "finish"),
    "letter claimed": ("claim mail", "mailed"),
    "letter sent": ("claim mail", "mailed"),
}


@pytest.mark.fault("worker frozen past its lease: {point}", "another takes it up; who wakes changes nothing")
@pytest.mark.parametrize("point", list(ASLEEP))
def test_who_wakes_up_too_late_is_refused(line: Line, point: str, seen: Callable[..., None]) -> None:
    begin, end = ASLEEP[point]
    line.submit(QUESTIONS)
    with employed(replace(line.orders, point=point, accident="freeze", accidents=1, within=5)):
        took = line.wait()
        frozen = _frozen(notes(line.orders))
        (held,) = [note for note in unfinished(notes(line.orders), begin, end) if note.pid == frozen]
        # By then another one has answered and mailed it; now the sleeper goes on where it was.
        os.kill(frozen, signal.SIGCONT)
        line.wait(lambda: {("refused", frozen, held.question), ("late", frozen, held.question)} & _told(line))
    noted = notes(line.orders)
    assert [note.pid != frozen for note in noted if (note.what, note.question) == (end, held.question)] == [True]
    sums = line.reckon()
    assert (sums.lost, sums.stale, sums.unsent, sums.outside) == (0, 0, 0, 0), sums
    # Who had not sent it finds out before it does.
    assert (("send", frozen, held.question) in _told(line)) == (point == "letter sent")
    seen(
        questions=QUESTIONS,
        frozen=1,
        lost=sums.lost,
        stale=sums.stale,
        results_refused=sums.refused,
        letters_twice_outside=sums.outside,
        inside=sums.inside,
        all_done_after=took,
    )


def _told(line: Line) -> set[tuple[str, int, str]]:
    return {(note.what, note.pid, note.question) for note in notes(line.orders)}


def _frozen(noted: Sequence[Note]) -> int:
    """The process that sleeps."""
    (asleep,) = [note.pid for note in noted if note.what == "frozen"]
    return asleep


def unfinished(noted: Sequence[Note], begin: str, end: str) -> list[Note]:
    """What was claimed and not ended with the same fence."""
    ended = {(note.question, note.fence) for note in noted if note.what == end}
    return [note for note in noted if note.what == begin and (note.question, note.fence) not in ended]


@pytest.mark.fault(
    f"worker frozen {STORING}, killed later",
    "on servers all others are answered meanwhile; on SQLite they wait for the kill",
)
@pytest.mark.parametrize("questions_url", ["sqlite", "postgresql", "mariadb"], indirect=True)
def test_who_sleeps_in_a_transaction(line: Line, seen: Callable[..., None]) -> None:
    line.submit(QUESTIONS)
    with employed(replace(line.orders, point=STORING, accident="freeze", accidents=1, within=5)):
        line.wait(lambda: any(note.what == "frozen" for note in notes(line.orders)))
        if line.database.kind == "sqlite":
            time.sleep(2.0)
        else:
            # But for what the sleeper was storing; what its other thread had begun is taken up too.
            line.wait(lambda: len(line.store.held()) == _open(line) == 1, 40)
        meanwhile = QUESTIONS - line.store.counts().waiting - line.store.counts().answering
        os.kill(_frozen(notes(line.orders)), signal.SIGKILL)
        took = line.wait()
    sums = line.reckon()
    assert (sums.lost, sums.stale, sums.unsent, sums.outside) == (0, 0, 0, 0), sums
    assert sums.inside <= 1
    seen(
        questions=QUESTIONS,
        answered_before_the_kill=meanwhile,
        lost=sums.lost,
        stale=sums.stale,
        letters_twice_outside=sums.outside,
        inside=sums.inside,
        all_done_after_the_kill=took,
    )


def _open(line: Line) -> int:
    counts = line.store.counts()
    return counts.waiting + counts.answering + counts.mails_waiting


@pytest.mark.fault("two workers at once, nothing else", "each question answered once, each answer mailed once")
def test_two_workers_share_a_line(line: Line, seen: Callable[..., None]) -> None:
    line.submit(100)
    # Whole beats of rest: on a machine that is busy otherwise a beat may come late.
    with employed(replace(line.orders, pace=replace(line.orders.pace, beat_s=2.0))):
        took = line.wait()
    sums, noted = line.reckon(), notes(line.orders)
    assert (sums.lost, sums.stale, sums.unsent, sums.outside, sums.inside) == (0, 0, 0, 0, 0), sums
    found = line.questions().values()
    assert {(one.tries, one.mail_tries) for one in found} == {(1, 1)}
    workers = {note.pid for note in noted if note.what == "finish"}
    assert len(workers) == 2
    seen(
        questions=len(found),
        workers=2,
        answered_once=sum(one.tries == 1 for one in found),
        mailed_once=len(line.mails.kept),
        all_done_after=took,
    )
