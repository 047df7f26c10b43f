"""A notifier over a database of each kind, under a clock that stands still."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Protocol

import pytest

from fakes.postman import Clock, Postman
from vedette.notify.rules import Recipient, Rule, recipient
from vedette.notify.service import Notifier, Plan, World
from vedette.storage.database import Database


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
