"""Accounts with a clock that tests turn, cheap hashes, and mail that is kept instead of sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from vedette.accounts.office import Office, Rules, World
from vedette.accounts.password import Passwords
from vedette.accounts.service import LocalAccounts
from vedette.accounts.throttle import Throttle
from vedette.accounts.tokens import Signer
from vedette.records import Caller, Mail, Person, Session
from vedette.storage.database import Database

PASSWORD, OTHER = "correct horse battery", "another pass phrase"
SECRET = b"0123456789abcdef0123456789abcdef"
HERE, THERE = Caller("192.0.2.1", "Firefox"), Caller("198.51.100.7", "curl")


@dataclass
class Bureau:
    """`later` holds the tasks that `run` runs, `mails` what was sent. `rules` may be set before `accounts` is used."""

    database: Database
    rules: Rules = field(default_factory=lambda: Rules(registration="reader", page="https://vedette.example"))
    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)
    mails: list[Mail] = field(default_factory=list)
    later: list[Callable[[], None]] = field(default_factory=list)
    hash_mib: int = 1

    def __post_init__(self) -> None:
        world = World(lambda: self.now, secrets.token_bytes, self.later.append, self.mails.append)
        self.signer = Signer(SECRET, secrets.token_bytes)
        passwords = Passwords(self.hash_mib, rounds=1)
        self.office = Office(self.database, passwords, self.signer, Throttle(), self.rules, world)
        self.accounts = LocalAccounts(self.office)

    def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def forgive(self) -> None:
        """Count attempts anew."""
        self.office = replace(self.office, throttle=Throttle())
        self.accounts = LocalAccounts(self.office)

    def run(self) -> None:
        """What waits off the request's path, and what that puts off in turn."""
        while self.later:
            self.later.pop(0)()

    def person(self, email: str = "ana@example.org", role: str = "reader") -> Person:
        return self.accounts.create(email, PASSWORD, email.partition("@")[0], role, "test")  # type: ignore[arg-type]

    def sign_in(self, email: str = "ana@example.org", password: str = PASSWORD, caller: Caller = HERE) -> Session:
        return self.accounts.sign_in(email, password, caller)

    def link(self) -> str:
        """The token of the last mail's link."""
        self.run()
        return self.mails[-1].text.partition("#token=")[2].split()[0]

    def handed(self, email: str = "ana@example.org") -> str:
        """The token of a link that an admin hands over."""
        return self.accounts.reset_link(email, "test").partition("#token=")[2]
