"""A store of questions that many threads and processes use at once, over every store."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from functools import partial

import pytest
from sqlalchemy import update

from fakes.queue import ANA, ANY, BOB, EVE, again, answered, ask, at_once, drained, mailed, moment, question, taken
from vedette.errors import TooMany
from vedette.questions.contract import Claim, Mailed, QuestionStore, Quota, Stale
from vedette.storage.database import open_database
from vedette.storage.tables import questions as table

THREADS = 20
WORKERS = 8


def test_the_same_question_sent_twenty_times(store: QuestionStore) -> None:
    new = question()
    added = at_once([lambda: store.add(new, Quota(waiting=1))] * THREADS)
    assert {one.id for one in added} == {new.id}
    assert len(store.list()) == 1


def test_numbers_are_given_once(store: QuestionStore) -> None:
    added = at_once([partial(store.add, question(second=second), ANY) for second in range(THREADS)])
    assert sorted(one.number for one in added) == list(range(1, THREADS + 1))
    claims = [taken(store).question for _ in range(THREADS)]
    assert {one.id for one in claims} == {one.id for one in added}


def test_a_quota_is_exact(store: QuestionStore) -> None:
    for person, quota in ((ANA, Quota(waiting=7)), (BOB, Quota(per_day=7, day=moment(-1)))):

        def attempt(second: int, person: str = person, quota: Quota = quota) -> bool:
            try:
                store.add(question(person, second), quota)
            except TooMany:
                return False
            return True

        assert Counter(at_once([partial(attempt, second) for second in range(THREADS)])) == {True: 7, False: 13}
        assert len(store.list(person)) == 7


def test_people_who_ask_at_once_get_the_tags_of_people_who_ask_in_turn(store: QuestionStore) -> None:
    def flood(person: str) -> None:
        for second in range(10):
            ask(store, person, second)

    at_once([partial(flood, person) for person in (ANA, BOB, EVE)])
    for _ in range(10):
        assert {taken(store).question.person for _ in range(3)} == {ANA, BOB, EVE}


def test_eight_threads_claim_each_question_once(store: QuestionStore) -> None:
    ids = {ask(store, person, second).id for second in range(20) for person in (ANA, BOB, EVE)}

    def work(holder: str) -> list[str]:
        done = []
        while (claim := store.claim(holder)) is not None:
            assert store.beat(claim)
            store.finish(claim, answered(mail=True))
            done.append(claim.question.id)
        while (claim := store.claim_mail(holder, moment(100))) is not None:
            store.mailed(claim, Mailed("sent", moment(20)))
            done.append(claim.question.id)
        return done

    done = Counter(one for some in at_once([partial(work, f"w{n}") for n in range(WORKERS)]) for one in some)
    assert done == dict.fromkeys(ids, 2), "once answered, once mailed"
    assert {(one.state, one.mail, one.tries, one.mail_tries) for one in store.list()} == {("answered", "sent", 1, 1)}


@pytest.mark.slow
def test_eight_processes_claim_each_question_once(store: QuestionStore, questions_url: str) -> None:
    ids = {ask(store, person, second).id for second in range(40) for person in (ANA, BOB)}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fakes.queue"])
    with ProcessPoolExecutor(WORKERS, context) as pool:
        shares = [pool.submit(drained, questions_url, f"w{number}", 0.02) for number in range(WORKERS)]
        done = Counter(one for share in shares for one in share.result(120))
    assert done == dict.fromkeys(ids, 1)
    assert store.counts().answered == len(ids)


def test_everything_at_once(store: QuestionStore) -> None:
    """People ask, cancel and retry, workers answer, an onlooker takes back: nothing is lost, nothing hangs."""

    def people(person: str) -> list[str]:
        asked = [ask(store, person, second).id for second in range(12)]
        for one in asked[::3]:
            if store.cancel(one, person):
                assert store.retry(one, person)
        return asked

    def work(holder: str) -> list[str]:
        idle = 0
        while idle < 20:
            idle = 0 if _answer(store, holder) else idle + 1
        return []

    def look() -> list[str]:
        for _ in range(20):
            for held in store.held():
                store.release(held, again(due=0))
            store.wake(moment(0))
            store.counts()
        return []

    tasks = [partial(people, person) for person in (ANA, BOB, EVE)]
    everything = at_once([*tasks, *[partial(work, f"w{number}") for number in range(4)], look])
    store.wake(moment(0))
    while _answer(store, "w9"):
        pass
    ids = {one for some in everything for one in some}
    assert {one.id: one.state for one in store.list()} == dict.fromkeys(ids, "answered")


def test_of_eight_who_hold_one_claim_one_finishes(store: QuestionStore) -> None:
    ask(store)
    claim = taken(store)

    def finish() -> bool:
        try:
            store.finish(claim, answered())
        except Stale:
            return False
        return True

    assert sum(at_once([finish] * WORKERS)) == 1


def test_of_eight_onlookers_one_takes_back(store: QuestionStore) -> None:
    mailed(store)
    assert store.claim_mail("m1", moment(100)) is not None
    held = store.held()[0]
    assert sum(at_once([lambda: store.release(held, again(due=0))] * WORKERS)) == 1


@pytest.mark.parametrize("questions_url", ["postgresql", "mariadb"], indirect=True)
def test_an_onlooker_does_not_wait_for_who_sleeps_in_a_transaction(store: QuestionStore, questions_url: str) -> None:
    """Else one frozen worker would keep all others from looking."""
    ask(store)
    claim = taken(store)
    held = store.held()[0]
    with closing(open_database(questions_url)) as sleeper, sleeper.engine.connect() as connection:
        connection.execute(update(table).where(table.c.id == claim.question.id).values(state="answered"))
        begun = time.monotonic()
        assert not store.release(held, again(due=0))
        assert time.monotonic() - begun < 5
        connection.rollback()
    assert store.release(held, again(due=0))


def _answer(store: QuestionStore, holder: str) -> Claim | None:
    claim = store.claim(holder)
    if claim is not None:
        with suppress(Stale):  # taken back or cancelled meanwhile
            store.finish(claim, answered())
    return claim
