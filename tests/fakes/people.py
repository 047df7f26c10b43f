"""Services with real accounts and conversations over SQLite, and fixed knowledge: for tests of the doors."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fakes.bureau import Bureau
from fakes.knowledge import FixedKnowledge
from fakes.turns import TOOLS
from vedette.conversations.seen import answers_seen_by
from vedette.conversations.service import LocalConversations
from vedette.questions.service import LocalQuestions, Rules
from vedette.questions.store import SqlQuestions
from vedette.services import Conversations, Forecasting, Knowledge, Questions, Services
from vedette.spread.jobs import Jobs, Limits
from vedette.spread.rates import RateRules
from vedette.spread.service import LocalForecasting
from vedette.spread.service import World as SpreadWorld
from vedette.spread.store import ForecastStore
from vedette.storage.database import Database, open_database, sqlite_url

# What the settings say of a scenario that does not: other numbers than those that stand in the code.
WORLDS, DRAWS = 300, 15


@contextmanager
def house(folder: Path, knowledge: Knowledge | None = None) -> Iterator[tuple[Services, Bureau]]:
    """Services with sign-in, whose database lies in `folder`, and the bureau of its accounts."""
    with _database(folder) as database:
        bureau = Bureau(database)
        known = knowledge or FixedKnowledge()
        with _forecasting(database, known) as forecasting:
            parts = known, _conversations(database), _questions(database), forecasting
            yield Services(*parts, bureau.accounts), bureau


@contextmanager
def demo(folder: Path, knowledge: Knowledge | None = None) -> Iterator[Services]:
    """Services where nobody signs in."""
    with _database(folder) as database:
        known = knowledge or FixedKnowledge()
        with _forecasting(database, known) as forecasting:
            yield Services(known, _conversations(database), _questions(database), forecasting)


def _conversations(database: Database) -> Conversations:
    return LocalConversations(database, TOOLS, lambda: datetime.now(UTC), lambda: secrets.token_hex(16))


def _questions(database: Database) -> Questions:
    store, rules = SqlQuestions(database), Rules(mail=True)
    return LocalQuestions(store, rules, lambda: datetime.now(UTC), lambda: secrets.token_hex(16), answers_seen_by)


@contextmanager
def _forecasting(database: Database, knowledge: Knowledge) -> Iterator[Forecasting]:
    world = SpreadWorld(lambda: datetime.now(UTC), lambda: secrets.token_hex(16), dict, worlds=WORLDS, draws=DRAWS)
    store = ForecastStore(database)
    with closing(Jobs(store, Limits(), world.now, world.new_id)) as jobs:
        yield LocalForecasting(store, jobs, knowledge, RateRules(), world)


@contextmanager
def _database(folder: Path) -> Iterator[Database]:
    database = open_database(sqlite_url(folder / "people.db"))
    try:
        yield database
    finally:
        database.close()
