"""What comes of a try to answer or to mail, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.knowledge import ANSWER
from vedette.errors import (
    BadInput,
    Forbidden,
    MailDelayed,
    MailRefused,
    NotFound,
    ProviderBusy,
    ProviderTimeout,
    StorageError,
    Unauthorized,
    Unreachable,
)
from vedette.questions import attempt
from vedette.questions.attempt import Pace, World
from vedette.questions.contract import Claim, Ended, Held, Mailed
from vedette.records import Answer, Letter, QueuedQuestion, Submission

PACE = Pace(tries=3, pause_s=10, insist_s=3600)
WORLD = World(lambda: datetime(2026, 1, 1, 12, tzinfo=UTC), lambda: 1.0)
QUESTION = QueuedQuestion(
    "a" * 32, "b" * 32, 1, Submission("Why?", by_mail=True), "answering", WORLD.stamp(-60), tries=1, mail_tries=1
)
OLD = replace(QUESTION, asked=WORLD.stamp(-7200))
LETTER = Letter("ana@example.org", "Why?", "Because.", "<question.1.answer@example.org>")


def claimed(question: QueuedQuestion = QUESTION) -> Claim:
    return Claim(question, "answer", 1)


def answering(*, raises: Exception | None = None, question: QueuedQuestion = QUESTION) -> Ended | None:
    def answer(asked: QueuedQuestion, insist: bool) -> Answer | None:
        assert insist is (asked.tries < PACE.tries and asked.asked > WORLD.stamp(-3600))
        if raises is not None:
            raise raises
        return ANSWER

    return attempt.answered(claimed(question), answer, PACE, WORLD)


def test_an_answer_ends_it_with_a_letter_where_one_is_wanted() -> None:
    assert answering() == Ended("answered", WORLD.stamp(), ANSWER, mail=True)
    unmailed = replace(QUESTION, submission=Submission("Why?"))
    assert answering(question=unmailed) == Ended("answered", WORLD.stamp(), ANSWER, mail=False)


def test_what_was_given_up_on_the_way_is_nothing() -> None:
    assert attempt.answered(claimed(), lambda question, insist: None, PACE, WORLD) is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ProviderBusy("busy"), "provider_down"),
        (Unreachable("gone"), "provider_down"),
        (Unauthorized("an old token"), "provider_down"),
    ],
)
def test_models_that_are_away_are_waited_for_uncounted_then_counted(error: Exception, reason: str) -> None:
    tired = replace(QUESTION, tries=2)
    ended = answering(raises=error, question=tired)
    assert ended is not None
    assert (ended.state, ended.reason, ended.error, ended.counts) == ("again", reason, str(error), False)
    assert ended.due == WORLD.stamp(PACE.pause_s)
    given_up = answering(raises=error, question=replace(OLD, tries=3))
    assert given_up is not None
    assert (given_up.state, given_up.mail) == ("dead", True)


def test_models_that_never_end_are_counted_and_the_last_try_does_without_them() -> None:
    slow = ProviderTimeout("slow")
    first, last = (answering(raises=slow, question=replace(QUESTION, tries=tries)) for tries in (1, 3))
    assert first is not None
    assert last is not None
    assert (first.state, first.reason, first.counts) == ("again", "timeout", True)
    assert (last.state, last.reason) == ("dead", "timeout")
    answered = answering(question=replace(QUESTION, tries=3))
    assert answered is not None
    assert answered.state == "answered"


@pytest.mark.parametrize(("age_s", "pause_s"), [(-3600, 10), (60, 10), (600, 60), (3599, 359.9), (8999, 899.9)])
def test_who_has_waited_for_a_model_waits_a_tenth_as_long(age_s: float, pause_s: float) -> None:
    patient = replace(PACE, insist_s=9000)
    question = replace(QUESTION, asked=WORLD.stamp(-age_s))

    def away(asked: QueuedQuestion, insist: bool) -> Answer | None:
        raise ProviderBusy("busy")

    ended = attempt.answered(claimed(question), away, patient, WORLD)
    assert ended is not None
    assert ended.due == WORLD.stamp(pause_s)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(NotFound("no collection"), "not_found"), (Forbidden("disabled"), "not_allowed"), (BadInput("no"), "broken")],
)
def test_what_no_try_can_change_is_given_up_at_once(error: Exception, reason: str) -> None:
    ended = answering(raises=error)
    assert ended == Ended("dead", WORLD.stamp(), reason=reason, error=str(error), mail=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [StorageError("disk full"), RuntimeError("a bug")])
def test_anything_else_is_tried_again_and_given_up_in_the_end(error: Exception) -> None:
    first, last = (answering(raises=error, question=replace(QUESTION, tries=tries)) for tries in (1, 3))
    assert first is not None
    assert last is not None
    assert (first.state, first.due) == ("again", WORLD.stamp(10))
    assert (last.state, last.reason) == ("dead", "broken")
    assert "a bug" not in last.error


def test_a_question_that_takes_every_worker_down_is_given_up() -> None:
    held = Held(QUESTION.id, "answer", 1, 5, tries=2)
    assert attempt.lost(held, QUESTION, PACE, WORLD).state == "again"
    ended = attempt.lost(replace(held, tries=3), QUESTION, PACE, WORLD)
    assert (ended.state, ended.reason) == ("dead", "worker_lost")
    assert attempt.lost(replace(held, work="mail", tries=99), QUESTION, PACE, WORLD).state == "again"


def mailing(error: Exception | None = None, letter: Letter | None = LETTER, tries: int = 1) -> Mailed:
    def send(given: Letter) -> None:
        assert given == letter
        if error is not None:
            raise error

    return attempt.mailed(claimed(replace(QUESTION, mail_tries=tries)), lambda question: letter, send, PACE, WORLD)


def test_a_letter_is_sent_refused_or_tried_again() -> None:
    assert mailing() == Mailed("sent", WORLD.stamp())
    refused = MailRefused("mail.example.org:25 refused it: 550 no such user", "550 no such user")
    assert mailing(refused) == Mailed("refused", WORLD.stamp(), "550 no such user")
    assert mailing(letter=None).state == "refused"
    for error in (MailDelayed("451 later"), StorageError("no disk"), RuntimeError("a bug")):
        again = mailing(error)
        assert (again.state, again.due) == ("waiting", WORLD.stamp(PACE.mail_pause_s))
    last = mailing(MailDelayed("mail.example.org:25 said 451 later", "451 later"), tries=PACE.mail_tries)
    assert (last.state, last.error) == ("refused", f"It was tried {PACE.mail_tries} times. 451 later")
