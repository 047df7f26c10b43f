"""The worker over a real store: what it answers and mails, what it gives back, and whom it believes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.knowledge import ANSWER
from fakes.queue import ANA, BOB, ask, letter, opened, standing, taken
from vedette.errors import BadInput, ProviderBusy, StorageError
from vedette.questions import work
from vedette.questions.attempt import Pace, World
from vedette.questions.contract import Ended, QuestionStore
from vedette.questions.work import Hands, Worker
from vedette.records import Answer, Letter, QueuedQuestion

PACE = Pace(poll_s=0.01, beat_s=0.02, looks=5, tries=2, pause_s=60, insist_s=3600, mail_tries=2, grace_s=0.1)
# For two workers at once: one of them may be kept from its work for a moment.
BESIDE = replace(PACE, looks=15)
# A keeper that looks once, at the start.
AT_REST = replace(PACE, beat_s=60)


def until(holds: Callable[[], object]) -> None:
    limit = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.005)


@dataclass
class Yard:
    """A line in SQLite, and workers that are stopped with the test. `answer` may be another function; the rest keeps
    what came of it, in order."""

    store: QuestionStore
    stack: ExitStack
    now: datetime = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
    asked: list[str] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)
    died: list[str] = field(default_factory=list)
    expired: list[None] = field(default_factory=list)

    def hands(self, **changes: Any) -> Hands:
        hands = Hands(
            self.store,
            self.answer,
            self.write,
            lambda one: self.mailed.append(one.to),
            lambda question: self.died.append(question.id),
            lambda: self.expired.append(None),
        )
        return replace(hands, **changes)

    def start(self, pace: Pace = PACE, answerers: int = 1, **changes: Any) -> Worker:
        worker = Worker(self.hands(**changes), pace, World(lambda: self.now, lambda: 0.5), f"w{time.monotonic()}")
        worker.start(answerers)
        self.stack.callback(worker.stop)
        return worker

    def answer(self, question: QueuedQuestion, insist: bool, given_up: Callable[[], bool]) -> Answer | None:
        self.asked.append(question.id)
        return ANSWER

    def write(self, question: QueuedQuestion) -> Letter | None:
        return Letter(question.submission.text, "Why?", "Because.", f"<question.{question.id}.answer@example.org>")

    def states(self) -> dict[str, str]:
        return {one.submission.text: f"{one.state} {one.mail}".strip() for one in self.store.list()}


@dataclass
class Slow:
    """Answers once it is told to `go`, or not when it was given up before."""

    text: str = "Slowly. [s1]"
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go: threading.Event = field(default_factory=threading.Event)
    left: list[str] = field(default_factory=list)
    heeding: bool = True

    def __call__(self, question: QueuedQuestion, insist: bool, given_up: Callable[[], bool]) -> Answer | None:
        self.begun.release()
        while not self.go.wait(0.005):
            if self.heeding and given_up():
                self.left.append(question.id)
                return None
        return replace(ANSWER, text=self.text)

    def has_begun(self) -> None:
        assert self.begun.acquire(timeout=20)


class Watched:
    """A store that counts what it is asked, and fails while it is `down`."""

    def __init__(self, store: QuestionStore) -> None:
        self._store = store
        self.down = False
        self.calls = Counter[str]()

    def __getattr__(self, name: str) -> Any:
        if self.down:
            self.calls["failed"] += 1
            raise StorageError("The database does not answer.")
        self.calls[name] += 1
        return getattr(self._store, name)


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    with opened(f"sqlite:///{tmp_path / 'people.db'}") as store, ExitStack() as stack:
        yield Yard(store, stack)


def test_questions_are_answered_and_mailed_in_order(yard: Yard) -> None:
    ids = [ask(yard.store, ANA, second, text=f"q{second}", by_mail=second != 1).id for second in range(3)]
    yard.start()
    until(lambda: yard.states() == {"q0": "answered sent", "q1": "answered", "q2": "answered sent"})
    assert (yard.asked, yard.mailed) == (ids, ["q0", "q2"])
    first = yard.store.get(ids[0])
    assert (first.answer, first.sent, first.tries) == (ANSWER, "2026-01-01T00:01:00.000000+00:00", 1)


def test_what_is_not_done_when_it_stops_goes_back_to_its_place_untried(yard: Yard) -> None:
    first, second = (ask(yard.store, person, second, by_mail=True).id for second, person in enumerate((ANA, BOB)))
    slow = Slow()
    worker = yard.start(answer=slow)
    slow.has_begun()
    worker.stop()
    assert standing(yard.store, first) == standing(yard.store, second) == ("waiting", 0, "")
    assert (yard.store.get(first).place, yard.store.get(second).place) == (1, 2)
    assert slow.left == [first]


def test_no_thread_outlives_it(yard: Yard) -> None:
    before = threading.active_count()
    slow = Slow()
    ask(yard.store)
    worker = yard.start(answer=slow, answerers=3)
    slow.has_begun()
    assert threading.active_count() == before + 5
    worker.stop()
    assert threading.active_count() == before


def test_a_cancelled_question_is_not_answered_to_its_end(yard: Yard) -> None:
    cancelled, other = ask(yard.store, ANA).id, ask(yard.store, BOB).id
    slow = Slow()
    yard.start(answer=slow)
    slow.has_begun()
    yard.store.cancel(cancelled)
    slow.has_begun()
    assert slow.left == [cancelled]
    slow.go.set()
    until(lambda: yard.store.get(other).state == "answered")
    assert standing(yard.store, cancelled) == ("cancelled", 1, "")


def test_the_answer_of_one_that_was_taken_for_dead_is_not_stored(yard: Yard) -> None:
    question = ask(yard.store, by_mail=True).id
    slow = Slow(heeding=False)
    worker = yard.start(AT_REST, answer=slow, send=None)
    slow.has_begun()
    (held,) = yard.store.held()
    assert yard.store.release(held, Ended("again", "2026", reason="worker_lost", due="2026"))
    yard.store.wake("2026-01-02T00:00:00.000000+00:00")
    claim = taken(yard.store, "other")
    yard.store.finish(claim, Ended("answered", "2026", replace(ANSWER, text="The other's."), mail=False))
    slow.go.set()
    until(lambda: not worker._jobs)
    found = yard.store.get(question)
    assert found.answer is not None
    assert (found.answer.text, found.mail, found.tries) == ("The other's.", "", 2)


def test_no_second_letter_leaves_one_that_was_taken_for_dead(yard: Yard) -> None:
    ask(yard.store, text="ana@example.org", by_mail=True)

    def write(question: QueuedQuestion) -> Letter | None:
        if question.mail_tries == 1:  # it sleeps here
            (held,) = yard.store.held()
            yard.store.release(held, Ended("again", "2026"))
            letter(yard.store, 100, "other")
        return yard.write(question)

    worker = yard.start(AT_REST, write=write)
    until(lambda: yard.states() == {"ana@example.org": "answered sending"} and not worker._jobs)
    assert yard.mailed == []


def test_a_store_that_fails_for_a_while_loses_nothing(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "STORE_PAUSE_S", 0.01)
    ids = [ask(yard.store, ANA, second, text=f"q{second}", by_mail=True).id for second in range(2)]
    slow, failing = Slow(), Watched(yard.store)
    yard.start(answer=slow, store=failing)
    slow.has_begun()
    failing.down = True
    slow.go.set()
    until(lambda: failing.calls["failed"] > 20)
    assert standing(yard.store, ids[0]) == ("answering", 1, "")
    failing.down = False
    until(lambda: yard.states() == {"q0": "answered sent", "q1": "answered sent"})
    assert [yard.store.get(one).tries for one in ids] == [1, 1]
    assert (yard.mailed, slow.left) == (["q0", "q1"], [])


def test_one_that_is_given_up_is_told_once(yard: Yard) -> None:
    def answer(question: QueuedQuestion, insist: bool, given_up: Callable[[], bool]) -> Answer | None:
        raise BadInput("It is too long.")

    question = ask(yard.store, text="q", by_mail=True).id
    yard.start(answer=answer, answerers=2)
    until(lambda: yard.states() == {"q": "dead sent"})
    found = yard.store.get(question)
    assert (found.reason, found.error, yard.died) == ("broken", "It is too long.", [question])


def test_a_fault_of_ours_ends_no_thread(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "STORE_PAUSE_S", 0.01)
    for second in range(2):
        ask(yard.store, ANA, second, text=f"q{second}")

    def answer(question: QueuedQuestion, insist: bool, given_up: Callable[[], bool]) -> Answer | None:
        raise BadInput("It is too long.")

    def died(question: QueuedQuestion) -> None:
        raise RuntimeError("nobody expected this")

    yard.start(answer=answer, died=died)
    until(lambda: yard.states() == {"q0": "dead", "q1": "dead"})


def test_what_a_dead_worker_had_is_taken_up_and_at_last_given_up(yard: Yard) -> None:
    ask(yard.store, text="q", by_mail=True)
    question = taken(yard.store, "dead").question.id
    slow = Slow()
    two = [yard.start(BESIDE, answer=slow) for _ in range(2)]
    slow.has_begun()
    assert standing(yard.store, question)[:2] == ("answering", 2)
    for worker in two:
        worker.stop()
    taken(yard.store, "dead too")
    for _ in range(2):
        yard.start(BESIDE, answer=slow)
    until(lambda: yard.states() == {"q": "dead sent"})
    assert (yard.store.get(question).reason, yard.died) == ("worker_lost", [question])


def test_the_letter_of_a_dead_postman_is_sent_by_the_next(yard: Yard) -> None:
    ask(yard.store, text="q", by_mail=True)
    yard.store.finish(taken(yard.store), Ended("answered", "2026", ANSWER, mail=True))
    letter(yard.store, holder="dead")
    yard.start()
    until(lambda: yard.states() == {"q": "answered sent"})
    assert yard.mailed == ["q"]


def test_one_whose_model_is_away_waits_and_is_tried_again(yard: Yard) -> None:
    away = threading.Event()
    away.set()
    insisted: list[bool] = []

    def answer(question: QueuedQuestion, insist: bool, given_up: Callable[[], bool]) -> Answer | None:
        insisted.append(insist)
        if away.is_set():
            raise ProviderBusy("No language model answers now.")
        return ANSWER

    question = ask(yard.store).id
    yard.start(answer=answer)
    until(lambda: yard.store.get(question).reason == "provider_down")
    assert standing(yard.store, question) == ("waiting", 0, "")
    away.clear()
    yard.now += timedelta(seconds=61)
    until(lambda: yard.store.get(question).state == "answered")
    assert insisted == [True, True]


def test_a_slow_answerer_keeps_its_claim(yard: Yard) -> None:
    ask(yard.store, text="q")
    slow, onlooker = Slow(), Watched(yard.store)
    yard.start(answer=slow)
    slow.has_begun()
    yard.start(BESIDE, store=onlooker)
    until(lambda: onlooker.calls["held"] > 1.5 * BESIDE.looks)
    slow.go.set()
    until(lambda: yard.states() == {"q": "answered"})
    (found,) = yard.store.list()
    assert (found.tries, slow.left, yard.asked) == (1, [], [])


def test_two_answerers_are_at_work_at_once(yard: Yard) -> None:
    for person in (ANA, BOB):
        ask(yard.store, person)
    slow = Slow()
    yard.start(answer=slow, answerers=2)
    for _ in range(2):
        slow.has_begun()
    assert yard.store.counts().answering == 2


def test_letters_wait_where_no_mail_server_is_set(yard: Yard) -> None:
    ask(yard.store, text="q", by_mail=True)
    watched = Watched(yard.store)
    yard.start(store=watched, send=None)
    until(lambda: yard.states() == {"q": "answered waiting"} and watched.calls["wake"] > 3)
    assert watched.calls["claim_mail"] == 0
    assert yard.store.counts().mails_waiting == 1


def test_what_is_too_old_is_looked_for_now_and_then(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(yard.store)
    worker = yard.start(store=watched)
    until(lambda: watched.calls["held"] > 5)
    worker.stop()
    assert len(yard.expired) == 1
    monkeypatch.setattr(work, "EXPIRE_LOOKS", 2)
    yard.start()
    until(lambda: len(yard.expired) > 3)
