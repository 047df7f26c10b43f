"""What the flows of accounts work with: a database, passwords, a signer, a throttle, the rules, the world outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from vedette.accounts.audit import stamp
from vedette.accounts.password import Passwords
from vedette.accounts.throttle import Throttle
from vedette.accounts.tokens import Entropy, Signer
from vedette.records import Mail
from vedette.storage.database import Database

Registration = Literal["closed", "reader", "editor"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say. A session ends `refresh_s` after its last use and `session_s` after it began. `page` is
    the address of the page as people reach it, without a trailing slash. `language` is that of new accounts, empty for
    none: whose it is chooses one later."""

    registration: Registration = "closed"
    access_s: int = 24 * 3600
    refresh_s: int = 14 * 24 * 3600
    session_s: int = 90 * 24 * 3600
    reset_s: int = 30 * 60
    page: str = "http://127.0.0.1:8000"
    language: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """Clock, randomness, and what goes out. `later` runs a task off the request's path; `send` mails, None: nobody."""

    now: Callable[[], datetime]
    entropy: Entropy
    later: Callable[[Callable[[], None]], None]
    send: Callable[[Mail], None] | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """Handed to every function of this package that does something."""

    database: Database
    passwords: Passwords
    signer: Signer
    throttle: Throttle
    rules: Rules
    world: World

    def now(self) -> datetime:
        return self.world.now()

    def in_s(self, seconds: int) -> str:
        """The time in so many seconds, as the tables keep it."""
        return stamp(self.now() + timedelta(seconds=seconds))

    def new_id(self) -> str:
        return self.world.entropy(16).hex()

    def mail(self, mail: Mail) -> None:
        """Send it off the request's path, where mail can be sent."""
        if (send := self.world.send) is not None:
            self.world.later(lambda: send(mail))
