"""The composition root of questions that are answered later: settings -> their store, their service, their worker."""

from __future__ import annotations

import os
import random
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from vedette.app_conversations import open_people
from vedette.conversations.seen import answers_seen_by, unmarked
from vedette.errors import Forbidden, NotFound
from vedette.questions.attempt import Pace, World
from vedette.questions.contract import QuestionStore
from vedette.questions.mail import reply
from vedette.questions.service import LocalQuestions, Rules
from vedette.questions.store import SqlQuestions
from vedette.questions.work import Hands, Worker
from vedette.records import OWNER_ID, Answer, Letter, Person, Question, QueuedQuestion, Rewritten, Training, Turn
from vedette.services import Knowledge
from vedette.settings import Settings
from vedette.storage.database import Database

GONE = "The account that asked is gone or disabled."
OWNER_PERSON = Person(OWNER_ID, "", "", "admin")
Reach = Callable[[], AbstractContextManager[Knowledge]]
"""The knowledge to answer from, for one question. Raises Unreachable."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker is put together from."""

    settings: Settings
    database: Database
    store: QuestionStore
    reach: Reach
    standalone: Callable[[str, tuple[Turn, ...]], Rewritten] = lambda text, history: Rewritten(text)
    died: Callable[[QueuedQuestion], None] = lambda question: None
    passing: Callable[[str], None] = lambda point: None
    pace: Pace | None = None
    world: World | None = None


def open_store(settings: Settings, database: Database, stack: ExitStack) -> QuestionStore:
    """Where questions are kept: beside people, or in MongoDB; `stack` closes it."""
    if not settings.questions.url:
        return SqlQuestions(database)
    from vedette.engines.mongodb import MongoQuestions

    store = MongoQuestions(settings.questions.url)
    stack.callback(store.close)
    return store


def local_questions(settings: Settings, store: QuestionStore) -> LocalQuestions:
    """The service over a store."""
    chosen = settings.questions
    rules = Rules(
        waiting=chosen.waiting,
        per_day=chosen.per_day,
        mail=bool(settings.mail.url),
        training=cast(Training, chosen.training),
    )
    return LocalQuestions(store, rules, _now, lambda: secrets.token_hex(16), answers_seen_by)


@contextmanager
def questions_of(settings: Settings) -> Iterator[LocalQuestions]:
    """The line of the data folder for a command, beside a running server too."""
    with ExitStack() as stack:
        yield local_questions(settings, open_store(settings, open_people(settings, stack), stack))


def worker(desk: Desk) -> Worker:
    """A worker that is not started yet."""
    chosen, settings = desk.settings.questions, desk.settings
    pace = desk.pace or Pace(
        tries=chosen.tries, patience_s=chosen.patience_s, insist_s=round(chosen.insist_hours * 3600)
    )
    hands = Hands(
        store=desk.store,
        answer=lambda question, insist, given_up: _answer(desk, pace, question, insist, given_up),
        write=lambda question: _written(desk, question),
        send=_post(settings),
        died=desk.died,
        expire=lambda: _expire(settings, desk.store),
        passing=desk.passing,
    )
    holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    return Worker(hands, pace, desk.world or World(_now, random.random), holder)


def _answer(
    desk: Desk, pace: Pace, question: QueuedQuestion, insist: bool, given_up: Callable[[], bool]
) -> Answer | None:
    asked = question.submission
    access = who(desk.database, question.person).access
    with desk.reach() as knowledge:
        knowledge = knowledge.seen_by(access)
        before = _before(desk, knowledge, question)
        read = desk.standalone(asked.text, before) if before else Rewritten(asked.text)
        wanted = Question(read.text, asked.collection, asked.language, history=before)
        for event in knowledge.ask(replace(wanted, patience_s=pace.patience_s, insist=insist)):
            if event.answer is not None:
                told = (read.because,) if read.because else ()
                return replace(event.answer, notices=(*told, *event.answer.notices))
            if given_up():
                break
    return None


def _before(desk: Desk, knowledge: Knowledge, question: QueuedQuestion) -> tuple[Turn, ...]:
    """The question that this one follows, with its answer as the person may still read it."""
    follows = question.submission.follows
    if not follows:
        return ()
    try:
        found = desk.store.get(follows, question.person)
    except NotFound:
        return ()
    shown = answers_seen_by(knowledge)
    return (Turn(found.submission.text, unmarked(shown(found.answer).text)),) if found.answer else ()


def who(database: Database, person: str) -> Person:
    """Whose question it is. Raises Forbidden for somebody who is gone or kept out."""
    if person == OWNER_ID:
        return OWNER_PERSON
    # Not above: it brings signing in with it, which nobody does in the demo.
    from vedette.accounts.people import by_id, person_of

    with database.reading() as connection:
        row = by_id(connection, person)
    if row is None or row["disabled"]:
        raise Forbidden(GONE)
    return person_of(row)


def _written(desk: Desk, question: QueuedQuestion) -> Letter | None:
    try:
        person = who(desk.database, question.person)
    except Forbidden:
        return None
    if not person.email:
        return None
    if question.answer is not None:
        with desk.reach() as knowledge:
            shown = answers_seen_by(knowledge.seen_by(person.access))
            question = replace(question, answer=shown(question.answer))
    to = reply.Recipient(person.email, person.name, person.language)
    return reply.letter(question, to, _letterhead(desk.settings))


def _letterhead(settings: Settings) -> reply.Letterhead:
    return reply.Letterhead(settings.accounts.page_url, settings.mail.sender, replies=bool(settings.inbox.url))


def _post(settings: Settings) -> Callable[[Letter], None] | None:
    mail = settings.mail
    if not mail.url:
        return None
    from vedette.engines.mail import Post

    return Post(mail.url, mail.sender, mail.bounces, mail.ca_file).send


def _expire(settings: Settings, store: QuestionStore) -> None:
    if settings.questions.keep_days:
        before = _now() - timedelta(days=settings.questions.keep_days)
        store.expire(before.isoformat(timespec="microseconds"))


def _now() -> datetime:
    return datetime.now(UTC)
