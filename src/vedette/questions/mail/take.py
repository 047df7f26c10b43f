"""inbox -> envelope -> person -> content -> question: what comes in by mail goes into the line.

A mail is marked as read only once its question is stored. A crash in between brings it again, with the same key, which
makes it the same question. Who is not known, or not believed, gets no letter: it would reach whoever was forged.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from vedette.errors import BadInput, MailRefused, ProviderError, TooMany
from vedette.questions.mail.bounce import Bounce
from vedette.questions.mail.inbox import Aside, Inbox, Received
from vedette.questions.mail.notices import Notice, answers_notice, notice
from vedette.questions.mail.read import (
    Attachment,
    Content,
    Doubtful,
    Envelope,
    Rules,
    content_of,
    envelope_of,
)
from vedette.records import Asker, Letter, Person, Submission

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """What is needed of others: whose account an address is, the line of questions, which question a Message-ID of ours
    is of, the mail server. `keep` reads an attachment into the collection, as that person may, and raises BadInput for
    what cannot be read; without it, or for those who are no editors, attachments are not read."""

    person_of: Callable[[str], Person | None]
    submit: Callable[[Asker, Submission], object]
    bounced: Callable[[str, str], bool]
    question_of: Callable[[str], str | None]
    send: Callable[[Letter], None]
    keep: Callable[[Person, Attachment], None] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the mails of one look into the inbox. `told`: not asked, and its sender knows why. `later`: no
    letter could be sent about it, so it stays unread."""

    asked: int = 0
    told: int = 0
    bounced: int = 0
    ignored: int = 0
    aside: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class _Desk:
    inbox: Inbox
    rules: Rules
    ports: Ports


def collect(inbox: Inbox, rules: Rules, ports: Ports) -> Counts:
    """Take up every unread mail. Raises ProviderError, StorageError; what was not taken up stays unread."""
    desk = _Desk(inbox, rules, ports)
    return Counts(**Counter(_take(desk, received) for received in inbox.unread()))


def _take(desk: _Desk, received: Received) -> str:
    """What became of a mail: the name of a count."""
    found = envelope_of(received, desk.rules, desk.ports.question_of)
    if isinstance(found, Doubtful):
        return _set_aside(desk, received, found.aside, found.why)
    if isinstance(found, Envelope):
        person = desk.ports.person_of(found.sender)
        if person is None or person.disabled:
            return _set_aside(desk, received, "unknown-sender", "The sender has no account.")
        return _answer(desk, received, found, person)
    if isinstance(found, Bounce):
        desk.ports.bounced(found.question, f"{found.status} {found.diagnostic}".strip())
    else:
        log.info("a mail was not answered", extra={"why": found.why})
    desk.inbox.done(received.key)
    return "bounced" if isinstance(found, Bounce) else "ignored"


def _answer(desk: _Desk, received: Received, envelope: Envelope, person: Person) -> str:
    about, details = _submit(desk, content_of(received, envelope), envelope, person)
    asked = about in ("", "not_read", "not_kept")
    if about and answers_notice(envelope):
        if not asked:
            return _set_aside(desk, received, "unreadable", f"It answers a letter about a mail and is {about}, too.")
    elif about:
        try:
            desk.ports.send(notice(about, envelope, person, desk.rules, details))
        except MailRefused as error:
            log.warning("a letter about a mail was refused", extra={"error": error.message})
        except ProviderError as error:
            log.warning("a letter about a mail was not sent", extra={"error": error.message})
            if not asked:
                return "later"
    desk.inbox.done(received.key)
    return "asked" if asked else "told"


def _submit(desk: _Desk, content: Content, envelope: Envelope, person: Person) -> tuple[Notice, str]:
    """Put a question into the line; what its sender is to be told, if anything, with the details."""
    if content.problem:
        return content.problem, ""
    submission = Submission(
        text=content.text,
        collection=desk.rules.collection,
        by_mail=True,
        origin="mail",
        key=envelope.key,
        subject=envelope.subject,
        thread=envelope.thread,
        follows=_follows(envelope.thread, desk.ports.question_of),
    )
    keep = desk.ports.keep if person.may("editor") else None
    failed = _keep(keep, person, content.attachments) if keep else []
    try:
        desk.ports.submit(Asker(person.id, person.may("editor"), person.email, person.language), submission)
    except TooMany:
        return "too_many", ""
    except BadInput as error:
        return "refused", error.message
    if content.attachments and not keep:
        return "not_read", ", ".join(one.name for one in content.attachments)
    return ("not_kept", "\n".join(failed)) if failed else ("", "")


def _follows(thread: tuple[str, ...], question_of: Callable[[str], str | None]) -> str:
    """The question whose letter this mail answers; empty where it answers none."""
    ours = (question_of(before) for before in reversed(thread))
    return next((question for question in ours if question), "")


def _keep(keep: Callable[[Person, Attachment], None], person: Person, files: tuple[Attachment, ...]) -> list[str]:
    """What could not be read, and why."""
    failed = []
    for file in files:
        try:
            keep(person, file)
        except BadInput as error:
            failed.append(f"{file.name}: {error.message}")
    return failed


def _set_aside(desk: _Desk, received: Received, aside: Aside, why: str) -> str:
    log.warning("a mail was set aside", extra={"folder": aside, "why": why})
    desk.inbox.set_aside(received.key, aside)
    return "aside"
