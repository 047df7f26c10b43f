"""The composition root of people: settings -> database, accounts, mail, backups. `vedette.app` puts it all together."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

from vedette import running
from vedette.accounts.office import Office, Registration, Rules, World
from vedette.accounts.password import Passwords
from vedette.accounts.service import LocalAccounts
from vedette.accounts.throttle import Throttle
from vedette.accounts.tokens import Signer, secret_of
from vedette.conversations.by_model import rewriting, summarising
from vedette.conversations.service import LocalConversations, Remembering
from vedette.conversations.store import ConversationStore
from vedette.conversations.tools import TextTools
from vedette.errors import VedetteError
from vedette.rag.generate.chain import Chain, Outcome
from vedette.rag.text.analyse import detect_language
from vedette.rag.text.identifiers import find_identifiers
from vedette.rag.text.sentences import sentences
from vedette.rag.understand.asked import content_words, is_aspect_word
from vedette.rag.verify.harmless import harmless
from vedette.records import Mail, Message
from vedette.settings import MailSettings, Settings
from vedette.storage import backup
from vedette.storage.database import Database, open_database, sqlite_url

# Fewer than most texts have: what is counted is rather too much than too little.
CHARACTERS_OF_TOKEN = 3


@contextmanager
def accounts_of(settings: Settings) -> Iterator[LocalAccounts]:
    """The accounts of the data folder for a command: they may be opened beside a running server."""
    with ExitStack() as stack:
        yield local_accounts(settings, open_people(settings, stack), stack)


def remove_person(settings: Settings, person: str, by: str) -> None:
    """Delete an account and its conversations, beside a running server too. Raises NotFound, Conflict."""
    with ExitStack() as stack:
        database = open_people(settings, stack)
        local_accounts(settings, database, stack).remove(person, by)
        ConversationStore(database).forget(person)


def back_up(settings: Settings, file: Path) -> backup.Backup:
    """Write a backup of everything. Raises Conflict while a server runs, and as `backup.write`."""
    with ExitStack() as stack:
        running.own(settings.data, stack)
        return backup.write(
            file, settings.data, open_people(settings, stack), datetime.now(UTC).isoformat(timespec="seconds")
        )


def put_back(settings: Settings, file: Path, replace: bool) -> backup.Backup:
    """Restore a backup. Raises Conflict while a server runs, and as `backup.restore`."""
    with ExitStack() as stack:
        running.own(settings.data, stack)
        return backup.restore(file, settings.data, open_people(settings, stack), replace)


def open_people(settings: Settings, stack: ExitStack) -> Database:
    database = open_database(settings.database.url or sqlite_url(settings.data / "people.db"))
    stack.callback(database.close)
    return database


def local_accounts(settings: Settings, database: Database, stack: ExitStack) -> LocalAccounts:
    chosen = settings.accounts
    secret = chosen.secret_key.encode() or secret_of(settings.data / "secret.key", secrets.token_bytes)
    rules = Rules(
        registration=cast(Registration, chosen.registration),
        access_s=round(chosen.token_hours * 3600),
        refresh_s=round(chosen.refresh_days * 86_400),
        session_s=round(chosen.session_days * 86_400),
        page=chosen.page_url.rstrip("/"),
    )
    office = Office(
        database=database,
        passwords=Passwords(chosen.hash_memory_mib),
        signer=Signer(secret, secrets.token_bytes),
        throttle=Throttle(chosen.throttle),
        rules=rules,
        world=World(lambda: datetime.now(UTC), secrets.token_bytes, _later(stack), _post(settings.mail)),
    )
    return LocalAccounts(office)


def local_conversations(settings: Settings, database: Database, chain: Chain) -> LocalConversations:
    """Conversations over the database; the models of `chain`, where it has any, rewrite and summarise."""
    tools = TextTools(
        identifiers=find_identifiers,
        sentences=sentences,
        language=detect_language,
        tokens=lambda text: -(-len(text) // CHARACTERS_OF_TOKEN),
        content_words=content_words,
        is_aspect=is_aspect_word,
        harmless=lambda text, said: harmless(text, said)[0],
    )
    write = partial(_written, chain)
    remembering = Remembering(
        summarise=summarising(write) if chain.configured else None,
        rewrite=rewriting(write) if chain.configured else None,
        # On a server of its own, another process may be answering; a file has one owner.
        patience=timedelta(seconds=2 * settings.answer.deadline_s) if settings.database.url else timedelta(),
    )
    return LocalConversations(database, tools, lambda: datetime.now(UTC), lambda: secrets.token_hex(16), remembering)


def _written(chain: Chain, messages: Sequence[Message]) -> str:
    """What the chain writes; empty where none of it answers."""
    run = chain.run(messages)
    while True:
        try:
            next(run)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome.draft.text if outcome.draft else ""


def _later(stack: ExitStack) -> Callable[[Callable[[], None]], None]:
    """Runs tasks one after the other in a thread, those that wait at the end too; what fails is logged."""
    pool = stack.enter_context(ThreadPoolExecutor(max_workers=1, thread_name_prefix="later"))

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except VedetteError as error:
            logging.getLogger(__name__).error("a mail was not sent", extra={"error": error.message})

    return lambda task: cast(None, pool.submit(run, task))


def _post(settings: MailSettings) -> Callable[[Mail], None] | None:
    if not settings.url:
        return None
    from vedette.engines.mail import Post

    return Post(settings.url, settings.sender).send
