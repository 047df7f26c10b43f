"""Questions that are answered later: where they stand, and what became of their mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vedette.records.answer import Answer
from vedette.records.conversation import Thumb

QueueState = Literal["waiting", "answering", "answered", "dead", "cancelled"]
"""`dead`: given up for the reason that is named; whoever asked, or an admin, can put it back into the line."""
QueueFilter = Literal["waiting", "answering", "answered", "dead", "cancelled", "mail_failed"]
"""Which questions to list: those that stand somewhere, or those whose mail was refused or bounced."""
MailState = Literal["", "waiting", "sending", "sent", "refused", "bounced"]
"""Empty: none is wanted. `refused`: no server took it; `bounced`: one took it and could not deliver it."""
Origin = Literal["page", "api", "cli", "mail"]
Training = Literal["ask", "always", "never"]
DeadReason = Literal["", "provider_down", "timeout", "worker_lost", "not_found", "not_allowed", "broken"]
"""Why a question was given up, or why it waits for another try."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who puts a question into the line. `staff` goes first and has no quota; without an address there is no mail."""

    id: str
    staff: bool = False
    address: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A question to be answered later.

    `language` of the answer and its mail: that of the question when empty. `training`: whether the person agrees that
    question and answer become training data. A `key` makes it the same question however often it is sent. A question
    that came by mail has the mail's `subject`, and in `thread` the Message-IDs before it, its own last. One that
    `follows` another question of the same person is understood with it and its answer."""

    text: str
    collection: str = "default"
    language: str = ""
    by_mail: bool = False
    training: bool = False
    origin: Origin = "api"
    key: str = ""
    subject: str = ""
    thread: tuple[str, ...] = ()
    follows: str = ""


@dataclass(frozen=True, slots=True)
class QueuedQuestion:
    """A question of the queue. `number` counts the person's own from 1; `place` is 1 for the next one to be answered,
    301 for all behind the three-hundredth, 0 for one that does not wait. Times are ISO 8601 UTC, empty for what has not
    happened. `error` says in a sentence what went wrong in the last try, `mail_error` what the mail server said."""

    id: str
    person: str
    number: int
    submission: Submission
    state: QueueState
    asked: str
    priority: int = 1
    place: int = 0
    tries: int = 0
    reason: DeadReason = ""
    error: str = ""
    answered: str = ""
    answer: Answer | None = None
    mail: MailState = ""
    mail_tries: int = 0
    mail_error: str = ""
    sent: str = ""
    thumb: Thumb = ""
    thumb_reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many questions stand where. `oldest` is when the longest waiting one was asked; `holders` are the workers
    that have one."""

    waiting: int = 0
    answering: int = 0
    answered: int = 0
    dead: int = 0
    cancelled: int = 0
    mails_waiting: int = 0
    mails_failed: int = 0
    oldest: str = ""
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueTerms:
    """Whether answers can be mailed, and whether questions become training data: as each person says, always, or
    never."""

    mail: bool
    training: Training


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with everything a server needs. `text` is plain, `html` the same with its form; `message_id` with its
    angle brackets. `references` are the Message-IDs of its thread, the one that it replies to last."""

    to: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    references: tuple[str, ...] = ()
