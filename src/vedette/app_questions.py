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
from pathlib import Path
from typing import cast

from sqlalchemy import select

from vedette.accounts.people import by_email, by_id, person_of, typed
from vedette.accounts.tokens import secret_of
from vedette.app_conversations import open_people
from vedette.conversations.seen import answers_seen_by
from vedette.errors import Forbidden, NotFound, StorageError
from vedette.questions import reply
from vedette.questions.attempt import Pace, World
from vedette.questions.contract import QuestionStore, every
from vedette.questions.export import keyed, manifest, training_lines
from vedette.questions.personal import redactor
from vedette.questions.service import LocalQuestions, Rules
from vedette.questions.store import SqlQuestions
from vedette.questions.work import Hands, Worker
from vedette.records import OWNER_ID, Answer, Asker, Letter, Person, Question, QueuedQuestion, Training
from vedette.services import Knowledge
from vedette.settings import Settings
from vedette.storage.database import Database
from vedette.storage.tables import people as table

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


def asker_of(settings: Settings, address: str) -> Asker:
    """Who asks on the command line: the account of an address, else the owner of the data folder. Raises NotFound."""
    if not address:
        return Asker(OWNER_ID, staff=True)
    with ExitStack() as stack, open_people(settings, stack).reading() as connection:
        row = by_email(connection, typed(address))
        if row is None:
            raise NotFound(f"There is no account of {address}; `vedette users list` shows all.")
        person = person_of(row)
    return Asker(person.id, person.may("editor"), person.email, person.language)


def write_training(settings: Settings, file: Path, networks: bool) -> int:
    """Export the training data; returns how many answers. Raises StorageError."""
    with ExitStack() as stack:
        database = open_people(settings, stack)
        with database.reading() as connection:
            people = [(row.name, row.email) for row in connection.execute(select(table.c.name, table.c.email))]
        redact = redactor((name for name, _ in people), (address for _, address in people), networks)
        secret = secret_of(settings.data / "secret.key", secrets.token_bytes)
        questions = every(open_store(settings, database, stack))
        lines = list(training_lines(questions, redact, keyed(b"training" + secret)))
    try:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        told = manifest(lines, {"networks": networks, "training": settings.questions.training})
        file.with_name(f"{file.name}.manifest.json").write_text(told, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror}; check free space and rights.") from error
    return len(lines)


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
    wanted = Question(asked.text, asked.collection, asked.language, patience_s=pace.patience_s, insist=insist)
    access = who(desk.database, question.person).access
    with desk.reach() as knowledge:
        knowledge = knowledge.seen_by(access)
        for event in knowledge.ask(wanted):
            if event.answer is not None or given_up():
                return event.answer
    return None


def who(database: Database, person: str) -> Person:
    """Whose question it is. Raises Forbidden for somebody who is gone or kept out."""
    if person == OWNER_ID:
        return OWNER_PERSON
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
    return reply.Letterhead(settings.accounts.page_url, settings.mail.sender)


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
