"""A line of questions in any store, and small things to put into it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

from fakes.knowledge import ANSWER
from vedette.questions.contract import Claim, Ended, NewQuestion, QuestionStore, Quota
from vedette.questions.store import SqlQuestions
from vedette.records import MailState, QueuedQuestion, QueueState, Submission
from vedette.storage.database import open_database

ANA, BOB, EVE = "a" * 32, "b" * 32, "e" * 32
ANY = Quota()
T = TypeVar("T")


@contextmanager
def opened(url: str) -> Iterator[QuestionStore]:
    """The store at a URL, of whatever kind, until the end of the block."""
    if url.startswith("mongodb"):
        from vedette.engines.mongodb import MongoQuestions

        with closing(MongoQuestions(url)) as questions:
            yield questions
    else:
        with closing(open_database(url)) as database:
            yield SqlQuestions(database)


def moment(second: float = 0) -> str:
    """So many seconds after the first of January, as stores keep times."""
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).isoformat(timespec="microseconds")


def question(person: str = ANA, second: float = 0, text: str = "Why?", priority: int = 1, **more: Any) -> NewQuestion:
    """One that nobody has asked yet."""
    return NewQuestion(uuid.uuid4().hex, person, priority, moment(second), Submission(text, **more))


def ask(store: QuestionStore, person: str = ANA, second: float = 0, **more: Any) -> QueuedQuestion:
    """A question in the line."""
    return store.add(question(person, second, **more), ANY)


def taken(store: QuestionStore, holder: str = "w1") -> Claim:
    """The next question, which there has to be."""
    claim = store.claim(holder)
    assert claim is not None
    return claim


def letter(store: QuestionStore, second: float = 100, holder: str = "m1") -> Claim:
    """The next letter, which there has to be."""
    claim = store.claim_mail(holder, moment(second))
    assert claim is not None
    return claim


def answered(second: float = 10, mail: bool = False) -> Ended:
    """An answer."""
    return Ended("answered", moment(second), ANSWER, mail=mail)


def dead(second: float = 10, mail: bool = False) -> Ended:
    """No answer, for good."""
    return Ended("dead", moment(second), reason="timeout", error="It took too long.", mail=mail)


def again(due: float, second: float = 10) -> Ended:
    """No answer yet."""
    return Ended("again", moment(second), reason="provider_down", error="Nobody answers.", due=moment(due))


def mailed(store: QuestionStore, **more: Any) -> QueuedQuestion:
    """An answered question whose letter waits to be sent."""
    ask(store, by_mail=True, **more)
    claim = taken(store)
    store.finish(claim, answered(mail=True))
    return claim.question


def standing(store: QuestionStore, question: str) -> tuple[QueueState, int, MailState]:
    """The state of a question, how often it was tried, and where its letter stands."""
    found = store.get(question)
    return found.state, found.tries, found.mail


def drained(url: str, holder: str, work_s: float = 0.0) -> list[str]:
    """Answer until nothing waits; the questions, in turn. May run in a process of its own."""
    done = []
    with opened(url) as store:
        while (claim := store.claim(holder)) is not None:
            time.sleep(work_s)
            store.finish(claim, answered())
            done.append(claim.question.id)
    return done


def at_once(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """What the tasks return, each in a thread of its own; they start together."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        start.wait(30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))
