"""A notifier over a database of each kind, a clock that stands still, and channels that fail when they are told to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from vedette.errors import VedetteError
from vedette.notify.contract import Message
from vedette.notify.rules import Recipient, Rule, recipient
from vedette.notify.service import Notifier, Plan, World
from vedette.storage.database import Database


@dataclass
class Clock:
    """12:00 UTC on a Saturday in November, until it is put on."""

    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Postman:
    """A channel that keeps what it is handed, or raises what it is told to."""

    kept: list[Message] = field(default_factory=list)
    error: VedetteError | None = None
    asked: int = 0

    def deliver(self, message: Message) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.kept.append(message)


class Make(Protocol):
    def __call__(self, *rules: Rule, repeat: timedelta = ..., language: str = ...) -> Notifier: ...


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def ana() -> Recipient:
    return recipient("mailto:ana@example.org", "mailto:ana@example.org")


@pytest.fixture
def luis() -> Recipient:
    return recipient("env:LUIS", "sms:+34600111222")


@pytest.fixture
def make(database: Database, clock: Clock, postman: Postman) -> Make:
    numbers = itertools.count(1)

    def made(*rules: Rule, repeat: timedelta = timedelta(hours=24), language: str = "en") -> Notifier:
        world = World(lambda: clock.now, lambda: f"{next(numbers):032x}")
        return Notifier(database, Plan(rules, language, repeat), {"mail": postman, "sms": postman}, world)

    return made
