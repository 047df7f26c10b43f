"""A line of questions in any store, people who ask and get mail, and what the notes of its workers add up to."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from fakes.bureau import Bureau
from fakes.queue import opened
from fakes.workforce import SENDER, Note, Orders, notes
from servers import smtp
from vedette.app_questions import local_questions
from vedette.questions.contract import QuestionStore, every
from vedette.questions.mail.reply import question_of
from vedette.questions.service import LocalQuestions
from vedette.records import Asker, QueuedQuestion, Submission
from vedette.settings.sections import MailSettings, QuestionsSettings, Settings
from vedette.storage.database import Database, open_database, sqlite_url


@dataclass
class Line:
    """`acknowledged` are the ids that askers were told. `server` names the store's program with its version."""

    settings: Settings
    database: Database
    store: QuestionStore
    service: LocalQuestions
    mails: smtp.MailServer
    askers: list[Asker]
    orders: Orders
    server: str

    def __post_init__(self) -> None:
        self.acknowledged: list[str] = []

    def submit(self, number: int, by_mail: bool = True) -> None:
        """So many questions, of all people in turn. Raises StorageError."""
        for count in range(number):
            asker = self.askers[count % len(self.askers)]
            asked = self.service.submit(asker, Submission(f"Why {count}?", by_mail=by_mail))
            self.acknowledged.append(asked.id)

    def questions(self) -> dict[str, QueuedQuestion]:
        """All there are, by id."""
        return {one.id: one for one in every(self.store)}

    def done(self) -> bool:
        """Whether all are answered, and no letter waits."""
        counts = self.store.counts()
        return (counts.waiting, counts.answering, counts.mails_waiting) == (0, 0, 0)

    def wait(self, done: Callable[[], bool] | None = None, limit_s: float = 240.0) -> float:
        """Wait until all is done, or what is named; the seconds that it took."""
        begun = time.monotonic()
        while not (done or self.done)():
            assert time.monotonic() < begun + limit_s, self.store.counts()
            time.sleep(0.1)
        return time.monotonic() - begun

    def reckon(self) -> Reckoning:
        """What the notes, the letters and the store add up to."""
        return reckoned(notes(self.orders), self.mails.kept, self.questions(), self.acknowledged)


@dataclass(frozen=True)
class Reckoning:
    """`stale`: questions that were finished more than once, or whose answer or letter is not by who finished last.
    `refused`: claims whose holder found out that it is too late, from the store or from its own beat before that.
    `again_s`: the longest time between the end of a worker and another's taking up what it had."""

    lost: int
    stale: int
    unsent: int
    outside: int
    inside: int
    refused: int
    kills: int
    again_s: float


def reckoned(
    noted: list[Note], kept: list[smtp.Kept], found: dict[str, QueuedQuestion], acknowledged: list[str]
) -> Reckoning:
    """The sums of a test, see `Reckoning`."""
    letters = Counter(question_of(str(one.message["Message-ID"])) for one in kept)
    finished = Counter(note.question for note in noted if note.what == "finish")
    ended = {(note.question, note.fence) for note in noted if note.what == "mailed"}
    # Those letters that were about to leave, and of which nobody noted that they had.
    windows = Counter(
        note.question for note in noted if note.what == "send" and (note.question, note.fence) not in ended
    )
    mailed = [one for one in acknowledged if one in found and found[one].submission.by_mail]
    twice = {one: letters[one] - 1 for one in mailed if letters[one] > 1}
    told = {(question_of(str(one.message["Message-ID"])), _process(one.content.decode())) for one in kept}
    stale = {one for one, times in finished.items() if times > 1}
    for note in noted:
        if note.what == "finish" and _process(_answer(found[note.question])) != note.pid:
            stale.add(note.question)
    stale |= {one for one, pid in told if one in found and pid != _process(_answer(found[one]))}
    return Reckoning(
        lost=sum(1 for one in acknowledged if one not in found or found[one].state != "answered"),
        stale=len(stale),
        unsent=sum(1 for one in mailed if found[one].mail != "sent" or not letters[one]),
        outside=sum(max(0, more - windows[one]) for one, more in twice.items()),
        inside=sum(min(more, windows[one]) for one, more in twice.items()),
        refused=len(_refused(noted)),
        kills=sum(note.what == "killed" for note in noted),
        again_s=_again_s(noted),
    )


def _refused(noted: list[Note]) -> set[tuple[str, int]]:
    """Whichever thread of a worker finds out first, the keeper or who did the work: the other then stores nothing."""
    ended = {(note.question, note.fence) for note in noted if note.what in ("finish", "mailed", "again", "dead")}
    late = {(note.question, note.fence) for note in noted if note.what in ("refused", "late")}
    return late - ended


def _again_s(noted: list[Note]) -> float:
    killed = {note.pid: note.at for note in noted if note.what == "killed"}
    ends = {"claim": "finish", "claim mail": "mailed"}
    over = {(note.what, note.question, note.fence) for note in noted}
    longest = 0.0
    for note in noted:
        end = ends.get(note.what)
        if note.pid not in killed or end is None or (end, note.question, note.fence) in over:
            continue
        # Killed between the store's taking it and the note of that: then nobody has to take it up.
        later = [
            one.at for one in noted if one.what == note.what and one.question == note.question and one.at > note.at
        ]
        longest = max([longest, *(at - killed[note.pid] for at in later[:1])])
    return longest


def _answer(question: QueuedQuestion) -> str:
    return question.answer.text if question.answer else ""


def _process(said: str) -> int:
    """The process that an answer says it is of."""
    words = said.partition("Process ")[2].split()
    return int(words[0]) if words else 0


@contextmanager
def opened_line(url: str, folder: Path, people: int = 4) -> Iterator[Line]:
    """A line at the URL of a store without questions. People are kept in the same database, or in SQLite beside."""
    with ExitStack() as stack:
        people_url = sqlite_url(folder / "people.db") if url.startswith("mongodb") else url
        database = open_database(people_url)
        stack.callback(database.close)
        store = stack.enter_context(opened(url))
        mails = stack.enter_context(smtp.serving())
        settings = Settings(
            folder, mail=MailSettings(mails.url, SENDER), questions=QuestionsSettings(waiting=0, per_day=0)
        )
        bureau = Bureau(database)
        persons = [bureau.person(f"{uuid.uuid4().hex}@example.org") for _ in range(people)]
        yield Line(
            settings=settings,
            database=database,
            store=store,
            service=local_questions(settings, store),
            mails=mails,
            askers=[Asker(person.id, address=person.email) for person in persons],
            orders=Orders(url, people_url, str(folder / "notes"), mails.url),
            server=_version(url, database),
        )


def _version(url: str, database: Database) -> str:
    if url.startswith("mongodb"):
        return "mongo-java-server"
    if database.kind == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with database.reading() as connection:
        said = str(connection.execute(text("SELECT version()")).scalar())
    return " ".join(said.split()[:2]) if database.kind == "postgresql" else f"MariaDB {said.partition('-')[0]}"
