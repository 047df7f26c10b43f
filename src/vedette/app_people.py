"""The composition root of people: settings -> database, accounts, mail, backups. `vedette.app` puts it all together."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from vedette import running
from vedette.accounts.office import Office, Registration, Rules, World
from vedette.accounts.password import Passwords
from vedette.accounts.service import LocalAccounts
from vedette.accounts.throttle import Throttle
from vedette.accounts.tokens import Signer, secret_of
from vedette.app_conversations import open_people
from vedette.app_questions import open_store
from vedette.conversations.store import ConversationStore
from vedette.errors import VedetteError
from vedette.records import Mail
from vedette.settings import Settings
from vedette.settings.sections import MailSettings
from vedette.storage import backup
from vedette.storage.database import Database


@contextmanager
def accounts_of(settings: Settings) -> Iterator[LocalAccounts]:
    """The accounts of the data folder for a command: they may be opened beside a running server."""
    with ExitStack() as stack:
        yield local_accounts(settings, open_people(settings, stack), stack)


def remove_person(settings: Settings, person: str, by: str) -> None:
    """Delete an account with its conversations and questions, beside a server too. Raises NotFound, Conflict."""
    with ExitStack() as stack:
        database = open_people(settings, stack)
        local_accounts(settings, database, stack).remove(person, by)
        ConversationStore(database).forget(person)
        open_store(settings, database, stack).forget(person)


def remove_data(settings: Settings, person: str, by: str) -> tuple[int, int]:
    """Delete the conversations and questions of a person, who stays; returns how many of each."""
    with ExitStack() as stack:
        database = open_people(settings, stack)
        conversations = ConversationStore(database)
        count = len(conversations.list(person, ""))
        conversations.forget(person)
        questions = open_store(settings, database, stack).forget(person)
        local_accounts(settings, database, stack).note(by, "data.remove", person)
    return count, questions


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


def local_accounts(settings: Settings, database: Database, stack: ExitStack) -> LocalAccounts:
    chosen = settings.accounts
    secret = chosen.secret_key.encode() or secret_of(settings.data / "secret.key", secrets.token_bytes)
    rules = Rules(
        registration=cast(Registration, chosen.registration),
        access_s=round(chosen.token_hours * 3600),
        refresh_s=round(chosen.refresh_days * 86_400),
        session_s=round(chosen.session_days * 86_400),
        page=chosen.page_url.rstrip("/"),
        language=settings.server.language,
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

    return Post(settings.url, settings.sender, settings.bounces, settings.ca_file).send
