"""The composition root of questions by mail: settings -> inbox, rules, ports, and the thread that looks into it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vedette.accounts.people import by_email, person_of, typed
from vedette.engines.mail import Post
from vedette.errors import BadInput, SettingsError, VedetteError
from vedette.questions.mail.inbox import Inbox
from vedette.questions.mail.read import Attachment, Rules
from vedette.questions.mail.reply import question_of
from vedette.questions.mail.take import Ports, collect
from vedette.records import PartHealth, Person, Upload
from vedette.services import Knowledge, Questions
from vedette.settings import Settings
from vedette.storage.database import Database

LEAVING_S = 5.0
PART = "inbox"


@contextmanager
def collecting(
    settings: Settings,
    database: Database,
    questions: Questions,
    knowledge: Knowledge,
    bounced: Callable[[str, str], bool],
) -> Iterator[Callable[[], PartHealth]]:
    """Look into the inbox until the end of the block; one process of an installation does. Yields what tells how the
    last look went. Raises SettingsError."""
    inbox, rules = open_inbox(settings), rules_of(settings)
    mail = settings.mail
    ports = Ports(
        person_of=lambda address: _person(database, address),
        submit=questions.submit,
        bounced=bounced,
        question_of=question_of,
        send=Post(mail.url, mail.sender, mail.bounces, mail.ca_file).send,
        keep=(lambda person, file: _keep(knowledge, rules.collection, person, file))
        if settings.inbox.attachments == "ingest"
        else None,
    )
    stopped = threading.Event()
    seen = PartHealth(PART, True, "not looked into yet")

    def look() -> None:
        nonlocal seen
        with closing(inbox):
            while not stopped.is_set():
                seen = _look(inbox, rules, ports)
                stopped.wait(settings.inbox.every_s)

    thread = threading.Thread(target=look, name="inbox", daemon=True)
    thread.start()
    try:
        yield lambda: seen
    finally:
        stopped.set()
        thread.join(LEAVING_S)


def open_inbox(settings: Settings) -> Inbox:
    """The inbox that the settings name. Raises SettingsError."""
    chosen = settings.inbox
    if not settings.mail.url:
        raise SettingsError("inbox.url is set but mail.url is not; name the server that mails the answers.")
    parts, limit = urlsplit(chosen.url), chosen.max_mb * 1_000_000
    if parts.scheme == "maildir" and not parts.netloc:
        from vedette.engines.inbox_maildir import MaildirInbox

        return MaildirInbox(Path(unquote(parts.path)), limit)
    from vedette.engines.inbox_imap import ImapInbox

    return ImapInbox(chosen.url, limit, chosen.ca_file)


def rules_of(settings: Settings) -> Rules:
    """Whom to believe, and which mails are ours."""
    user = unquote(urlsplit(settings.inbox.url).username or "")
    own = (settings.mail.sender, settings.mail.bounces, user)
    return Rules(
        own=tuple(dict.fromkeys(address for address in own if "@" in address)),
        authserv=settings.inbox.authserv,
        trust_all=settings.inbox.trust_all,
        collection=settings.inbox.collection,
        language=settings.server.language,
    )


def _look(inbox: Inbox, rules: Rules, ports: Ports) -> PartHealth:
    log = logging.getLogger(__name__)
    try:
        counts = collect(inbox, rules, ports)
    except Exception as error:  # noqa: BLE001 - one look that fails, whatever at, must not be the last one
        log.error("the inbox was not read", extra={"error": str(error)})
        return PartHealth(PART, False, "the last look failed", str(error))
    if counts != type(counts)():
        log.info("the inbox was read", extra={"counts": str(counts)})
    return PartHealth(PART, True, "the last look found nothing wrong")


def checked_mail(settings: Settings) -> tuple[PartHealth, ...]:
    """Whether the mail server and the inbox that the settings name let us in; sends and marks nothing."""
    mail = settings.mail
    checks: list[tuple[str, Callable[[], object]]] = []
    if mail.url:
        checks.append(("mail", Post(mail.url, mail.sender, mail.bounces, mail.ca_file).check))
    if settings.inbox.url:
        checks.append((PART, lambda: _opened(open_inbox(settings))))
    return tuple(_checked(name, check) for name, check in checks)


def _opened(inbox: Inbox) -> None:
    with closing(inbox):
        next(iter(inbox.unread()), None)


def _checked(name: str, check: Callable[[], object]) -> PartHealth:
    try:
        check()
    except VedetteError as error:
        return PartHealth(name, False, "does not let us in", error.message)
    return PartHealth(name, True, "lets us in")


def _person(database: Database, address: str) -> Person | None:
    with database.reading() as connection:
        row = by_email(connection, typed(address))
    return person_of(row) if row is not None else None


def _keep(knowledge: Knowledge, collection: str, person: Person, file: Attachment) -> None:
    report = knowledge.seen_by(person.access).upload(Upload(file.name, file.data, collection))
    if report.failed:
        raise BadInput(report.failed[0].reason)
