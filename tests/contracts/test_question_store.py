"""What a store of questions promises, over SQLite, PostgreSQL, MariaDB and MongoDB: a question's life."""

from __future__ import annotations

import dataclasses

import pytest

from fakes.knowledge import ANSWER
from fakes.queue import (
    ANA,
    ANY,
    BOB,
    EVE,
    again,
    answered,
    ask,
    dead,
    letter,
    mailed,
    moment,
    question,
    standing,
    taken,
)
from vedette.errors import NotFound
from vedette.questions.contract import Claim, Ended, Held, Mailed, QuestionStore, Stale
from vedette.records import QueueCounts, QueuedQuestion, QueueState, Submission

NOWHERE = "0" * 32
BACK = Ended("back", moment(10))
SENT = Mailed("sent", moment(20))
# What people write, and what breaks stores.
TEXTS = [
    "¿Qué es «amparo»? 🦉👩🏽‍⚖️",
    "'; DROP TABLE questions; --",
    '"\\"{$gt: 1}%s%(x)s',
    "x" * 4000,
    " \t\r\n",
    "",
    "a\0b\ud83e",
]


def test_a_question_is_kept_as_it_was_asked(store: QuestionStore) -> None:
    submission = Submission("Why?", "law", "es", True, True, "mail", "key", "Re: amparo", ("<1@a>", "<2@b>"))
    new = dataclasses.replace(question(ANA, 5, priority=0), submission=submission)
    added = store.add(new, ANY)
    assert added == QueuedQuestion(new.id, ANA, 1, submission, "waiting", moment(5), priority=0, place=1)
    assert store.get(new.id) == store.get(new.id, ANA) == added


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:12])
def test_any_text_comes_back(store: QuestionStore, text: str) -> None:
    asked = ask(store, text=text, subject=text, thread=(text, text))
    claim = taken(store)
    assert claim.question.submission == Submission(text, subject=text, thread=(text, text))
    answer = dataclasses.replace(ANSWER, text=text)
    store.finish(claim, dataclasses.replace(answered(), answer=answer))
    assert store.get(asked.id).answer == answer


def test_the_same_id_is_the_same_question(store: QuestionStore) -> None:
    first = store.add(new := question(ANA, 1, "Why?"), ANY)
    other = dataclasses.replace(new, submission=Submission("Why not?"), asked=moment(2))
    assert store.add(other, ANY) == first
    store.finish(taken(store), answered())
    assert store.add(other, ANY).state == "answered"
    assert len(store.list()) == 1


def test_the_questions_of_a_person_are_numbered(store: QuestionStore) -> None:
    asked = [ask(store, person, second) for second, person in enumerate([ANA, ANA, BOB, ANA, BOB])]
    assert [one.number for one in asked] == [1, 2, 1, 3, 2]
    assert store.cancel(asked[0].id)
    assert ask(store, ANA).number == 4


def test_what_is_not_there(store: QuestionStore) -> None:
    bobs = ask(store, BOB).id
    for attempt in (store.get, store.cancel, store.retry, lambda one, who: store.rate(one, who, "up", "")):
        for one in (NOWHERE, bobs, "", "x" * 100, "'"):
            with pytest.raises(NotFound):
                attempt(one, ANA)
    for everybodys in (store.get, store.cancel, store.retry):
        with pytest.raises(NotFound):
            everybodys(NOWHERE)
    assert standing(store, bobs) == ("waiting", 0, "")
    assert not store.bounced(NOWHERE, "gone")
    assert store.claim("w1") is not None
    assert store.claim("w1") is None
    assert store.claim_mail("m1", moment()) is None


def test_the_list_has_the_last_asked_first(store: QuestionStore) -> None:
    seconds = [ask(store, person, second) for second, person in enumerate([ANA, BOB, ANA, ANA])]
    ids = [one.id for one in reversed(seconds)]
    listed = store.list()
    assert [one.id for one in listed] == ids
    assert {one.place for one in listed} == {0}
    assert [one.id for one in store.list(limit=2)] == ids[:2]
    assert [one.id for one in store.list(before=moment(2))] == ids[2:]
    assert [one.id for one in store.list(ANA)] == [ids[0], ids[1], ids[3]]
    assert store.list(EVE) == ()


def test_the_list_of_a_state(store: QuestionStore) -> None:
    states: list[QueueState] = ["waiting", "answering", "answered", "dead", "cancelled"]
    ids = {state: ask(store, ANA, second).id for second, state in enumerate(reversed(states))}
    assert store.cancel(ids["cancelled"])
    store.finish(taken(store), dead())
    store.finish(taken(store), answered())
    taken(store)
    assert {state: [one.id for one in store.list(state=state)] for state in states} == {s: [ids[s]] for s in states}
    asleep = taken(store)
    store.finish(asleep, again(due=60))
    assert [one.id for one in store.list(state="waiting")] == [asleep.question.id]


def test_a_claim(store: QuestionStore) -> None:
    ask(store)
    claim = taken(store, "w1")
    assert (claim.work, claim.question.state, claim.question.tries, claim.question.place) == (
        "answer",
        "answering",
        1,
        0,
    )
    assert store.get(claim.question.id) == claim.question
    assert store.held() == (Held(claim.question.id, "answer", claim.fence, 0, 1),)
    assert store.counts().holders == ("w1",)


def test_an_answer(store: QuestionStore) -> None:
    asked = ask(store)
    store.finish(taken(store), answered(second=7))
    expected = dataclasses.replace(asked, state="answered", place=0, tries=1, answered=moment(7), answer=ANSWER)
    assert store.get(asked.id) == expected
    assert store.held() == ()
    assert store.claim_mail("m1", moment(100)) is None, "nobody wanted a letter"


def test_another_try_waits_until_it_is_due(store: QuestionStore) -> None:
    asked = ask(store)
    store.finish(taken(store), again(due=60))
    found = store.get(asked.id)
    assert (found.state, found.reason, found.error) == ("waiting", "provider_down", "Nobody answers.")
    assert store.wake(moment(59)) == 0
    assert store.claim("w1") is None
    assert store.wake(moment(60)) == 1
    assert store.wake(moment(60)) == 0
    assert taken(store).question.tries == 2


def test_a_try_that_does_not_count_waits_as_long(store: QuestionStore) -> None:
    asked = ask(store)
    for _ in range(3):
        store.finish(taken(store), dataclasses.replace(again(due=60), counts=False))
        assert standing(store, asked.id) == ("waiting", 0, "")
        assert store.claim("w1") is None
        assert store.wake(moment(60)) == 1
    assert taken(store).question.tries == 1


def test_a_clock_set_back_keeps_nothing_asleep(store: QuestionStore) -> None:
    day = 24 * 3600
    asked = mailed(store)
    store.mailed(letter(store, day), Mailed("waiting", moment(day), "4.2.1 Later.", moment(day + 60)))
    ask(store, BOB)
    store.finish(taken(store), again(due=day + 60))
    assert store.wake(moment(3600)) == 1
    assert letter(store, 3600).question.id == asked.id


def test_a_question_that_goes_back_was_not_tried(store: QuestionStore) -> None:
    asked = ask(store)
    for _ in range(3):
        store.finish(taken(store), BACK)
    assert standing(store, asked.id) == ("waiting", 0, "")
    assert store.get(asked.id).place == 1


def test_the_dead_say_why_and_can_be_tried_again(store: QuestionStore) -> None:
    asked = ask(store)
    store.finish(taken(store), dead(second=9, mail=True))
    found = store.get(asked.id)
    assert (found.state, found.reason, found.error, found.answered, found.mail) == (
        "dead",
        "timeout",
        "It took too long.",
        moment(9),
        "waiting",
    )
    assert not store.rate(asked.id, ANA, "up", "")
    assert store.retry(asked.id, ANA)
    assert store.get(asked.id) == dataclasses.replace(asked, reason="timeout", error="It took too long.")
    assert store.claim_mail("m1", moment(100)) is None, "the letter that told of it is not wanted any more"
    assert not store.retry(asked.id), "it waits already"
    store.finish(taken(store), answered())
    assert store.get(asked.id).reason == store.get(asked.id).error == ""
    assert not store.retry(asked.id), "it is answered"


def test_cancelled_in_the_line(store: QuestionStore) -> None:
    asked = ask(store)
    assert store.cancel(asked.id, ANA)
    assert standing(store, asked.id) == ("cancelled", 0, "")
    assert store.claim("w1") is None
    assert not store.cancel(asked.id), "it is cancelled already"
    assert store.retry(asked.id)
    assert taken(store).question.id == asked.id


def test_cancelled_while_it_rests(store: QuestionStore) -> None:
    asked = ask(store)
    store.finish(taken(store), again(due=60))
    assert store.cancel(asked.id)
    assert store.wake(moment(100)) == 0
    assert standing(store, asked.id) == ("cancelled", 1, "")


def test_too_late_to_cancel(store: QuestionStore) -> None:
    asked = ask(store)
    store.finish(taken(store), answered())
    assert not store.cancel(asked.id, ANA)
    ask(store)
    store.finish(died := taken(store), dead())
    assert not store.cancel(died.question.id)


class TestFence:
    """What a holder brings that is none any more is refused, and changes nothing."""

    @pytest.mark.parametrize("late", [answered(mail=True), dead(), again(60), BACK], ids=lambda late: late.state)
    def test_taken_back_and_handed_on(self, store: QuestionStore, late: Ended) -> None:
        ask(store)
        lost = taken(store, "w1")
        assert store.release(store.held()[0], again(due=0))
        self.refused(store, lost=late, claim=lost)
        assert store.wake(moment(0)) == 1
        self.refused(store, lost=late, claim=lost)
        found = taken(store, "w1")
        assert found.fence > lost.fence
        self.refused(store, lost=late, claim=lost)
        store.finish(found, answered())
        self.refused(store, lost=late, claim=lost)

    def test_cancelled_meanwhile(self, store: QuestionStore) -> None:
        asked = ask(store)
        lost = taken(store)
        assert store.cancel(asked.id)
        self.refused(store, lost=answered(), claim=lost)
        assert store.retry(asked.id)
        taken(store)
        self.refused(store, lost=answered(), claim=lost)

    def test_finished_already(self, store: QuestionStore) -> None:
        ask(store)
        store.finish(claim := taken(store), answered())
        self.refused(store, lost=answered(99), claim=claim)

    def test_forgotten_meanwhile(self, store: QuestionStore) -> None:
        ask(store)
        claim = taken(store)
        assert store.forget(ANA) == 1
        with pytest.raises(Stale):
            store.finish(claim, answered())
        assert not store.beat(claim)
        assert store.list() == ()

    def refused(self, store: QuestionStore, *, lost: Ended, claim: Claim) -> None:
        before = store.get(claim.question.id)
        with pytest.raises(Stale):
            store.finish(claim, lost)
        assert not store.beat(claim)
        assert store.get(before.id) == before


class TestBeat:
    def test_it_moves(self, store: QuestionStore) -> None:
        ask(store)
        claim = taken(store)
        assert [store.beat(claim) for _ in range(3)] == [True] * 3
        assert store.held() == (Held(claim.question.id, "answer", claim.fence, 3, 1),)
        store.finish(claim, answered())
        assert not store.beat(claim)

    def test_nobody_is_taken_back_who_moves(self, store: QuestionStore) -> None:
        asked = ask(store)
        claim = taken(store)
        seen = store.held()[0]
        assert store.beat(claim)
        assert not store.release(seen, again(due=60))
        assert standing(store, asked.id) == ("answering", 1, "")
        assert store.release(store.held()[0], again(due=60))
        assert store.held() == ()
        assert not store.release(seen, again(due=60))

    def test_taken_back_for_good(self, store: QuestionStore) -> None:
        asked = ask(store)
        taken(store)
        assert store.release(store.held()[0], dataclasses.replace(dead(mail=True), reason="worker_lost"))
        found = store.get(asked.id)
        assert (found.state, found.reason, found.tries, found.mail) == ("dead", "worker_lost", 1, "waiting")

    def test_what_was_seen_of_one_claim_takes_no_other_back(self, store: QuestionStore) -> None:
        ask(store)
        taken(store, "w1")
        seen = store.held()[0]
        assert store.release(seen, again(due=0))
        store.wake(moment(0))
        taken(store, "w2")
        assert not store.release(seen, again(due=0))
        assert store.counts().holders == ("w2",)


def test_what_the_person_thinks_of_it(store: QuestionStore) -> None:
    asked = ask(store)
    assert not store.rate(asked.id, ANA, "up", "")
    store.finish(taken(store), answered())
    assert store.rate(asked.id, ANA, "down", "Not what I asked 🦉")
    assert (store.get(asked.id).thumb, store.get(asked.id).thumb_reason) == ("down", "Not what I asked 🦉")
    assert store.rate(asked.id, ANA, "", "")
    assert (store.get(asked.id).thumb, store.get(asked.id).thumb_reason) == ("", "")


def test_who_is_forgotten_leaves_nothing(store: QuestionStore) -> None:
    for person in (ANA, ANA, BOB):
        mailed(store, person=person)
    ask(store, ANA, 7)
    assert store.forget(ANA) == 3
    assert [one.person for one in store.list()] == [BOB]
    assert letter(store).question.person == BOB
    assert store.forget(ANA) == 0


def test_what_is_old_ends(store: QuestionStore) -> None:
    gone, sent, unsent, sending, kept = (ask(store, ANA, second).id for second in range(5))
    store.finish(taken(store), dead())
    for _ in range(3):
        store.finish(taken(store), answered(mail=True))
    for _ in range(3):
        claim = letter(store)
        if claim.question.id != sending:
            store.mailed(claim, SENT if claim.question.id == sent else Mailed("waiting", moment(20), "", moment(60)))
    new = ask(store, ANA, 100).id
    assert store.cancel(new)
    assert store.expire(moment(100)) == 2
    assert {one.id for one in store.list()} == {unsent, sending, kept, new}
    store.mailed(letter(store), Mailed("refused", moment(61)))
    assert store.expire(moment(101)) == 2
    assert {one.id for one in store.list()} == {sending, kept}
    assert gone


def test_how_many_stand_where(store: QuestionStore) -> None:
    assert store.counts() == QueueCounts()
    for second in range(9):
        ask(store, ANA, second)
    for ended in (dead(), answered(mail=True), answered(mail=True), answered(mail=True), answered(), again(due=60)):
        store.finish(taken(store), ended)
    store.mailed(letter(store), Mailed("refused", moment(20)))
    letter(store, holder="m2")
    taken(store, "w2")
    assert store.cancel(store.list()[0].id)
    assert store.counts() == QueueCounts(2, 1, 4, 1, 1, 2, 1, moment(5), ("m2", "w2"))
