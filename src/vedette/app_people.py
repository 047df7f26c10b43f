"""The composition root of people: settings -> database, accounts, mail, backups. `vedette.app` puts it all together."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from sqlalchemy import select

from vedette import running
from vedette.accounts.office import Office, Registration, Rules, World
from vedette.accounts.password import Passwords
from vedette.accounts.people import by_email, person_of, typed
from vedette.accounts.service import LocalAccounts
from vedette.accounts.throttle import Throttle
from vedette.accounts.tokens import Signer, secret_of
from vedette.app_conversations import open_people
from vedette.app_questions import open_store
from vedette.conversations.store import ConversationStore
from vedette.errors import Conflict, NotFound, StorageError, VedetteError
from vedette.questions.contract import every
from vedette.records import OWNER_ID, Asker, Mail
from vedette.settings import Settings
from vedette.settings.sections import MailSettings
from vedette.spread.store import ForecastStore
from vedette.storage import backup
from vedette.storage.database import Database
from vedette.storage.tables import people as table


@contextmanager
def accounts_of(settings: Settings) -> Iterator[LocalAccounts]:
    """The accounts of the data folder for a command: they may be opened beside a running server."""
    with ExitStack() as stack:
        yield local_accounts(settings, open_people(settings, stack), stack)


def remove_person(settings: Settings, person: str, by: str) -> None:
    """Delete an account with its conversations, questions and forecasts, beside a server too. Raises NotFound,
    Conflict."""
    with ExitStack() as stack:
        database = open_people(settings, stack)
        local_accounts(settings, database, stack).remove(person, by)
        ConversationStore(database).forget(person)
        open_store(settings, database, stack).forget(person)
        ForecastStore(database).forget(person)


def remove_data(settings: Settings, person: str, by: str) -> tuple[int, int, int]:
    """Delete the conversations, questions and forecasts of a person, who stays; returns how many of each."""
    with ExitStack() as stack:
        database = open_people(settings, stack)
        conversations = ConversationStore(database)
        count = len(conversations.list(person, ""))
        conversations.forget(person)
        questions = open_store(settings, database, stack).forget(person)
        forecasts = ForecastStore(database).forget(person)
        local_accounts(settings, database, stack).note(by, "data.remove", person)
    return count, questions, forecasts


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
    """Export the training data; returns how many answers. Raises Conflict where the file is there, StorageError."""
    # Not above: they bring the numbering plans of the world with them, which no server needs.
    from vedette.questions.training.export import keyed, manifest, training_lines
    from vedette.questions.training.personal import redactor

    with ExitStack() as stack:
        database = open_people(settings, stack)
        with database.reading() as connection:
            people = [(row.name, row.email) for row in connection.execute(select(table.c.name, table.c.email))]
        redact = redactor((name for name, _ in people), (address for _, address in people), networks)
        secret = secret_of(settings.data / "secret.key", secrets.token_bytes)
        questions = every(open_store(settings, database, stack))
        lines = training_lines(questions, redact, keyed(b"training" + secret))
        settings_told = {"networks": networks, "training": settings.questions.training}
        try:
            with file.open("x", encoding="utf-8") as out:
                told = manifest(_copied(lines, out), settings_told)
            file.with_name(f"{file.name}.manifest.json").write_text(told, encoding="utf-8")
        except FileExistsError as error:
            raise Conflict(f"{file} exists already; give the export another name, or remove it.") from error
        except OSError as error:
            raise StorageError(f"{file} cannot be written: {error.strerror}; check free space and rights.") from error
    return int(json.loads(told)["examples"])


def _copied(lines: Iterable[str], out: IO[str]) -> Iterator[str]:
    for line in lines:
        out.write(f"{line}\n")
        yield line


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
