"""The line of questions, in this process: `services.Questions` over a store."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import get_args

from vedette.errors import BadInput, Conflict, NotFound, StorageError
from vedette.questions.contract import NewQuestion, QuestionStore, Quota
from vedette.records import (
    Answer,
    Asker,
    PartHealth,
    QueueCounts,
    QueuedQuestion,
    QueueFilter,
    QueueTerms,
    Submission,
    Thumb,
    Training,
)
from vedette.services import Knowledge
from vedette.storage.texts import storable, storable_question

LONGEST_REASON = 2000
STAFF, PEOPLE = 0, 1
"""Priorities: the lower goes first."""
DAY = timedelta(days=1)
PATIENCE = timedelta(minutes=15)
"""How long the oldest question may wait before somebody should look whether there is a worker."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How many questions of one person may wait at once and how many they may ask a day (0: any number), whether mail
    can be sent, and whether people are asked before their questions become training data."""

    waiting: int = 20
    per_day: int = 100
    mail: bool = False
    training: Training = "ask"


class LocalQuestions:
    """`now` gives the time, in UTC; `new_id` 32 random hexadecimal digits; `seen` leaves out of answers what a
    knowledge does not hold. May be used by many threads at once."""

    def __init__(
        self,
        store: QuestionStore,
        rules: Rules,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        seen: Callable[[Knowledge], Callable[[Answer], Answer]],
    ) -> None:
        self._store = store
        self._rules = rules
        self._now = now
        self._new_id = new_id
        self._seen = seen
        self._shown: Callable[[Answer], Answer] = lambda answer: answer

    def seen_by(self, knowledge: Knowledge) -> LocalQuestions:
        other = copy.copy(self)
        other._shown = self._seen(knowledge)
        return other

    def terms(self) -> QueueTerms:
        return QueueTerms(self._rules.mail, self._rules.training)

    def submit(self, asker: Asker, submission: Submission) -> QueuedQuestion:
        now = self._now()
        new = NewQuestion(
            id=_named(asker.id, submission.key) if submission.key else self._new_id(),
            person=asker.id,
            priority=STAFF if asker.staff else PEOPLE,
            asked=_stamp(now),
            submission=self._checked(asker, submission),
        )
        rules = self._rules
        quota = Quota() if asker.staff else Quota(rules.waiting, rules.per_day, _stamp(now - DAY))
        return self._told(self._store.add(new, quota))

    def get(self, person: str, question: str) -> QueuedQuestion:
        return self._told(self._store.get(question, person))

    def list(self, person: str, limit: int = 100, before: str = "") -> tuple[QueuedQuestion, ...]:
        found = self._store.list(person, None, limit, before)
        return tuple(replace(self._placed(one), answer=None) for one in found)

    def cancel(self, person: str, question: str) -> QueuedQuestion:
        if not self._store.cancel(question, person):
            raise Conflict("It does not wait any more, so it cannot be cancelled.")
        return self.get(person, question)

    def retry(self, person: str, question: str) -> QueuedQuestion:
        self._retry(question, person)
        return self.get(person, question)

    def rate(self, person: str, question: str, thumb: Thumb, reason: str) -> QueuedQuestion:
        if thumb not in get_args(Thumb):
            raise BadInput(f"A thumb is up, down or empty, not {str(thumb)[:20]!r}.")
        if len(reason) > LONGEST_REASON:
            raise BadInput(f"The reason has {len(reason)} characters; give it in at most {LONGEST_REASON}.")
        if not self._store.rate(question, person, thumb, storable(reason) if thumb else ""):
            raise Conflict("There is no answer to rate yet.")
        return self.get(person, question)

    def forget(self, person: str) -> int:
        return self._store.forget(person)

    def queue(self, state: QueueFilter | None = None, limit: int = 100) -> tuple[QueuedQuestion, ...]:
        found = self._store.list(None, state, limit)
        return tuple(
            replace(one, submission=replace(one.submission, text="", subject=""), answer=None) for one in found
        )

    def counts(self) -> QueueCounts:
        return self._store.counts()

    def retry_any(self, question: str) -> QueuedQuestion:
        self._retry(question, None)
        found = self._store.get(question)
        return replace(found, submission=replace(found.submission, text="", subject=""), answer=None)

    def health(self) -> tuple[PartHealth, ...]:
        try:
            counts = self._store.counts()
        except StorageError as error:
            return (PartHealth("questions", False, "the store does not answer", error.message),)
        detail = f"{counts.waiting} waiting, {counts.answering} being answered, {counts.dead} given up"
        if counts.oldest and not counts.holders and counts.oldest < _stamp(self._now() - PATIENCE):
            return (PartHealth("questions", False, detail, "Nobody answers them; start one: vedette worker."),)
        if counts.mails_failed:
            detail += f", {counts.mails_failed} mails came back or were refused"
        return (PartHealth("questions", True, detail),)

    def _retry(self, question: str, person: str | None) -> None:
        if not self._store.retry(question, person):
            raise Conflict(
                "It was neither given up nor cancelled, and its mail did not fail: nothing is to be retried."
            )

    def _placed(self, question: QueuedQuestion) -> QueuedQuestion:
        """The same with its place in the line, which lists of the store leave out."""
        if question.state != "waiting":
            return question
        try:
            return self._store.get(question.id, question.person)
        except NotFound:  # deleted meanwhile
            return question

    def _checked(self, asker: Asker, submission: Submission) -> Submission:
        if submission.by_mail and not self._rules.mail:
            raise BadInput("No mail server is set here, so no answer can be mailed; ask without mail.")
        if submission.by_mail and not asker.address:
            raise BadInput("There is no address to mail the answer to; sign in with an account, or ask without mail.")
        agreed = {"ask": submission.training, "always": True, "never": False}[self._rules.training]
        return replace(
            submission,
            text=storable_question(submission.text),
            subject=storable(submission.subject),
            language=submission.language,
            training=agreed,
        )

    def _told(self, question: QueuedQuestion) -> QueuedQuestion:
        return question if question.answer is None else replace(question, answer=self._shown(question.answer))


def _named(person: str, key: str) -> str:
    return sha256(f"{person}\0{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")
