"""The composition root of conversations: settings -> their database, and what rewrites and summarises."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial

from vedette.conversations.by_model import rewriting, summarising
from vedette.conversations.service import LocalConversations, Remembering
from vedette.conversations.tools import TextTools
from vedette.rag.generate.chain import Chain, Outcome
from vedette.rag.text.analyse import detect_language
from vedette.rag.text.identifiers import find_identifiers
from vedette.rag.text.sentences import sentences
from vedette.rag.understand.asked import content_words, is_aspect_word
from vedette.rag.verify.harmless import harmless
from vedette.records import Message
from vedette.settings import Settings
from vedette.storage.database import Database, open_database, sqlite_url

# Fewer than most texts have: what is counted is rather too much than too little.
CHARACTERS_OF_TOKEN = 3


def open_people(settings: Settings, stack: ExitStack) -> Database:
    """The database of people and conversations; `stack` closes it."""
    database = open_database(settings.database.url or sqlite_url(settings.data / "people.db"))
    stack.callback(database.close)
    return database


def local_conversations(settings: Settings, database: Database, chain: Chain) -> LocalConversations:
    """Conversations over the database; the models of `chain`, where it has any, rewrite and summarise."""
    write = partial(_written, chain)
    remembering = Remembering(
        summarise=summarising(write) if chain.configured else None,
        rewrite=rewriting(write) if chain.configured else None,
        # On a server of its own, another process may be answering; a file has one owner.
        patience=timedelta(seconds=2 * settings.answer.deadline_s) if settings.database.url else timedelta(),
    )
    return LocalConversations(
        database, text_tools(), lambda: datetime.now(UTC), lambda: secrets.token_hex(16), remembering
    )


def text_tools() -> TextTools:
    """What conversations read texts with."""
    return TextTools(
        identifiers=find_identifiers,
        sentences=sentences,
        language=detect_language,
        tokens=lambda text: -(-len(text) // CHARACTERS_OF_TOKEN),
        content_words=content_words,
        is_aspect=is_aspect_word,
        harmless=lambda text, said: harmless(text, said)[0],
    )


def _written(chain: Chain, messages: Sequence[Message]) -> str:
    """What the chain writes; empty where none of it answers."""
    run = chain.run(messages)
    while True:
        try:
            next(run)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome.draft.text if outcome.draft else ""
