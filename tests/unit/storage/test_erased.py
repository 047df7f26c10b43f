"""What is deleted is gone from the file of people and conversations, while it is open."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from fakes.bureau import Bureau
from fakes.knowledge import FixedKnowledge
from fakes.turns import TOOLS
from vedette.conversations.service import LocalConversations
from vedette.storage.database import Database, open_database, sqlite_url
from vedette.storage.tables import turns

LONG = "hidden-canary " * 400  # more than a page of the file


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def opened(folder: Path) -> tuple[Database, LocalConversations]:
    database = open_database(sqlite_url(folder / "people.db"))
    return database, LocalConversations(database, TOOLS, lambda: datetime.now(UTC), lambda: secrets.token_hex(16))


def asked(conversations: LocalConversations, person: str, text: str) -> str:
    begun = conversations.begin(person, "default")
    list(conversations.ask(person, begun.id, text, FixedKnowledge()))
    return begun.id


def test_a_conversation(tmp_path: Path) -> None:
    database, conversations = opened(tmp_path)
    kept = asked(conversations, "ana", "What stays?")
    begun = asked(conversations, "ana", LONG[:4000])
    assert b"hidden-canary" in bytes_of(tmp_path)
    conversations.remove("ana", begun)
    assert b"hidden-canary" not in bytes_of(tmp_path)
    asked(conversations, "ana", LONG[:4000])
    conversations.forget("ana")
    assert b"hidden-canary" not in bytes_of(tmp_path)
    assert kept.encode() not in bytes_of(tmp_path)
    database.close()


def test_a_person(tmp_path: Path) -> None:
    database, _ = opened(tmp_path)
    bureau = Bureau(database)
    bureau.person("admin@example.org", "admin")
    person = bureau.person("hidden-canary@example.org")
    assert b"hidden-canary" in bytes_of(tmp_path)
    bureau.accounts.remove(person.id, "test")
    assert b"hidden-canary" not in bytes_of(tmp_path)
    assert b"admin@example.org" in bytes_of(tmp_path)
    database.close()


def test_who_reads_is_not_waited_for_and_the_next_removal_makes_up_for_it(tmp_path: Path) -> None:
    database, conversations = opened(tmp_path)
    begun = asked(conversations, "ana", LONG[:4000])
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(turns)).scalar_one() == 1
        conversations.remove("ana", begun)
        asked(conversations, "ana", "Who else is there?")
        assert b"hidden-canary" in bytes_of(tmp_path)
    conversations.forget("nobody")
    assert b"hidden-canary" not in bytes_of(tmp_path)
    database.close()
