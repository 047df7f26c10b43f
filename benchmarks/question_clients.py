"""Clients of a store of questions, several of them in one process.

They wait for a line on stdin before they begin, so that several processes begin together, and print {"done": …,
"seconds": …, "errors": […]}.

    python -m benchmarks.question_clients add URL CLIENTS SECONDS      ask, one question after the other in each thread
    python -m benchmarks.question_clients work URL CLIENTS SECONDS     claim and finish
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from vedette.engines.mongodb import MongoQuestions
from vedette.errors import VedetteError
from vedette.questions.contract import Ended, NewQuestion, QuestionStore, Quota
from vedette.questions.store import SqlQuestions
from vedette.records import Answer, Submission
from vedette.storage.database import open_database

TEXT = " ".join(["What does article 103 of the constitution say of the amparo?"] * 3)
ANSWER = Answer(TEXT * 5, False, "", (), (), "extractive", 1, {})
EACH = 10
"""Questions of one person."""


@contextmanager
def opened(url: str) -> Iterator[QuestionStore]:
    """The store at a URL, of whatever kind."""
    if url.startswith("mongodb"):
        with closing(MongoQuestions(url)) as questions:
            yield questions
    else:
        with closing(open_database(url)) as database:
            yield SqlQuestions(database)


def stamp(past: timedelta = timedelta()) -> str:
    """Now, or a while ago."""
    return (datetime.now(UTC) - past).isoformat(timespec="microseconds")


def ask(store: QuestionStore, person: str) -> None:
    """With the quotas that a school would set, which are counted for every question."""
    new = NewQuestion(uuid4().hex, person, 1, stamp(), Submission(TEXT, by_mail=True, origin="page"))
    store.add(new, Quota(waiting=20, per_day=100, day=stamp(timedelta(days=1))))


def adding(store: QuestionStore) -> Callable[[], int]:
    """Asks one question at each call; every ten by another person."""
    person, numbers = uuid4().hex, itertools.count()

    def step() -> int:
        ask(store, f"{person[:20]}{next(numbers) // EACH:012x}")
        return 1

    return step


def working(store: QuestionStore) -> Callable[[], int]:
    """Answers one question at each call."""
    holder = uuid4().hex

    def step() -> int:
        claim = store.claim(holder)
        if claim is None:
            return 0
        store.finish(claim, Ended("answered", stamp(), ANSWER, mail=True))
        return 1

    return step


def many(steps: list[Callable[[], int]], seconds: float) -> None:
    """Each client takes one step after the other in a thread of its own until the time is over."""
    done, errors = [0] * len(steps), []
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()

    def client(number: int) -> None:
        while time.monotonic() < began + seconds:
            try:
                done[number] += steps[number]()
            except VedetteError as error:
                errors.append(error.message)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"done": sum(done), "seconds": time.monotonic() - began, "errors": errors}))


def main(command: str, url: str, clients: str, seconds: str) -> None:
    make = {"add": adding, "work": working}[command]
    with opened(url) as store:
        many([make(store) for _ in range(int(clients))], float(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
