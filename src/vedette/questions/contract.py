"""What keeps the questions: a table of a SQL database, or a collection of MongoDB. One suite of tests runs over all.

A question that somebody works at carries a *fence*, a number that grows whenever the question changes hands, and a
*beat*, a number that its holder counts up every few seconds. Whoever looks on takes a question back once they have not
seen its beat move for a while by their own monotonic clock: no two clocks are ever compared. What a holder brings is
taken only with the fence that it was handed, so whoever was taken for dead and wakes up changes nothing (M. Kleppmann,
"How to do distributed locking", 2016: fencing tokens).

The line is fair by start-time fair queueing (P. Goyal, H. Vin, H. Cheng, SIGCOMM 1996): a question's `tag` is one more
than its person's last tag, or the tag that the line has come to if that is greater; the least (priority, tag, asked)
goes first. The flood of one person thus stands behind the first question of every other one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from vedette.errors import Conflict
from vedette.records import Answer, DeadReason, MailState, QueueCounts, QueuedQuestion, QueueFilter, Submission, Thumb

Work = Literal["answer", "mail"]


class Stale(Conflict):
    """Somebody else has this question by now; what was made of it is not taken."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many questions of one person may wait at once, and how many they may ask in 24 hours; 0 for any number.
    `day` is the time 24 hours ago."""

    waiting: int = 0
    per_day: int = 0
    day: str = ""


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question about to be stored: `id` 32 hexadecimal digits, a lower `priority` first, `asked` ISO 8601 UTC."""

    id: str
    person: str
    priority: int
    asked: str
    submission: Submission


@dataclass(frozen=True, slots=True)
class Claim:
    """A question in the hands of a worker, to be answered or to be mailed."""

    question: QueuedQuestion
    work: Work
    fence: int


@dataclass(frozen=True, slots=True)
class Held:
    """What onlookers see of a claim."""

    id: str
    work: Work
    fence: int
    beat: int
    tries: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of an attempt to answer, at a time: `answered`, `dead`, or `again` from the time `due` on, as one more
    try where it `counts`; `back`: it goes back as if nobody had tried. With `mail`, a letter waits to be sent from the
    same moment on."""

    state: Literal["answered", "dead", "again", "back"]
    at: str
    answer: Answer | None = None
    reason: DeadReason = ""
    error: str = ""
    due: str = ""
    mail: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Mailed:
    """What came of an attempt to send: `waiting` tries again from `due` on."""

    state: MailState
    at: str
    error: str = ""
    due: str = ""


PAGE = 500


class QuestionStore(Protocol):
    """Questions, safe to use by many threads, processes and machines at once. Raises StorageError where it fails."""

    def add(self, new: NewQuestion, quota: Quota) -> QueuedQuestion:
        """Store a question for good; the one that is there already for an id that was stored before. Raises TooMany."""
        ...

    def get(self, question: str, person: str | None = None) -> QueuedQuestion:
        """One question, with its place; of this person alone where one is named. Raises NotFound."""
        ...

    def list(
        self, person: str | None = None, state: QueueFilter | None = None, limit: int = 100, before: str = ""
    ) -> tuple[QueuedQuestion, ...]:
        """The last asked first, those asked before a time where one is given; without their places."""
        ...

    def counts(self) -> QueueCounts:
        """How many stand where."""
        ...

    def cancel(self, question: str, person: str | None = None) -> bool:
        """Take one out that is not answered yet; whoever answers it meanwhile brings it in vain. False: too late."""
        ...

    def retry(self, question: str, person: str | None = None) -> bool:
        """Put a dead or cancelled one back into the line; for an answered one whose mail failed, send it again. False
        where there is nothing to do again."""
        ...

    def rate(self, question: str, person: str, thumb: Thumb, reason: str) -> bool:
        """What the person thinks of the answer. False where there is none."""
        ...

    def claim(self, holder: str) -> Claim | None:
        """The next question to answer, as this holder's; None when none waits. Its try is counted."""
        ...

    def finish(self, claim: Claim, ended: Ended) -> None:
        """Store what came of it; answer and waiting letter in one transaction. Raises Stale."""
        ...

    def claim_mail(self, holder: str, now: str) -> Claim | None:
        """The next letter to send that is due. Its try is counted."""
        ...

    def mailed(self, claim: Claim, mailed: Mailed) -> None:
        """Store what became of the letter. Raises Stale."""
        ...

    def bounced(self, question: str, error: str) -> bool:
        """A letter that was sent came back. False where there was none."""
        ...

    def beat(self, claim: Claim) -> bool:
        """Count up the heartbeat of a claim. False: it is lost."""
        ...

    def held(self) -> tuple[Held, ...]:
        """All claims."""
        ...

    def release(self, held: Held, ended: Ended) -> bool:
        """Take a claim back whose beat is still what it was: `ended` is `again` or `dead` for an answer; a letter
        always waits again, due at once. False: it moved meanwhile."""
        ...

    def wake(self, now: str) -> int:
        """Put those back into the line whose pause is over, also where the clock was set back since; returns how
        many."""
        ...

    def forget(self, person: str) -> int:
        """Delete all questions of a person for good; returns how many."""
        ...

    def expire(self, before: str) -> int:
        """Delete what was answered, given up or cancelled and asked before a time; returns how many."""
        ...


def every(store: QuestionStore) -> Iterator[QueuedQuestion]:
    """All questions, the last asked first, page by page."""
    before, known = "", set[str]()
    while page := [one for one in store.list(None, None, PAGE, before) if one.id not in known]:
        yield from page
        # Up to the same moment once more: others may have been asked at it.
        before, known = page[-1].asked + "~", {one.id for one in page}
