"""Accounts in this process, over a database."""

from __future__ import annotations

from vedette.accounts import audit, entry, keys, people, recovery, sessions
from vedette.accounts.office import Office
from vedette.accounts.tokens import KEY
from vedette.errors import NotFound
from vedette.records import (
    AccountChange,
    AuditEntry,
    AuditReport,
    Caller,
    KeyInfo,
    PartHealth,
    Person,
    Role,
    Session,
    SessionInfo,
)

MOST_LINES = 1_000


class LocalAccounts:
    """Implements `vedette.services.Accounts`; see there for what each method does and raises."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def registers(self) -> bool:
        return self._office.rules.registration != "closed"

    def register(self, email: str, password: str, name: str, caller: Caller) -> None:
        entry.register(self._office, email, password, name, caller)

    def sign_in(self, email: str, password: str, caller: Caller) -> Session:
        return entry.sign_in(self._office, email, password, caller)

    def refresh(self, refresh_token: str, caller: Caller) -> Session:
        return entry.refresh(self._office, refresh_token, caller)

    def sign_out(self, access_token: str) -> None:
        entry.sign_out(self._office, access_token)

    def who(self, token: str) -> Person:
        return entry.who(self._office, token)

    def recheck(self, token: str) -> None:
        entry.recheck(self._office, token)

    def forgot(self, email: str, caller: Caller) -> None:
        recovery.forgot(self._office, email, caller)

    def reset(self, token: str, password: str, caller: Caller) -> None:
        recovery.reset(self._office, token, password, caller)

    def change_password(self, person: Person, old: str, new: str, caller: Caller) -> Session:
        return recovery.change(self._office, person, (old, new), caller)

    def sessions(self, person: Person, access_token: str = "") -> tuple[SessionInfo, ...]:
        now = self._office.now()
        # An API key lists sessions too, and is none of them.
        signed = bool(access_token) and not access_token.startswith(KEY)
        current = self._office.signer.read(access_token, now).session if signed else ""
        with self._office.database.reading() as connection:
            return sessions.listed(connection, person.id, current, now)

    def end_session(self, person: Person, session: str) -> None:
        with self._office.database.writing() as connection:
            if not sessions.end(connection, session, person.id):
                raise NotFound("There is no such session.")
            audit.append(connection, self._office.now(), person.id, "session.end", person.id)

    def keys(self, person: Person) -> tuple[KeyInfo, ...]:
        return keys.listed(self._office, person)

    def make_key(self, person: Person, name: str, days: int = 0) -> tuple[KeyInfo, str]:
        return keys.make(self._office, person, name, days)

    def revoke_key(self, person: Person, key: str) -> None:
        keys.revoke(self._office, person, key)

    def rename(self, person: Person, name: str, language: str) -> Person:
        return people.rename(self._office, person, name, language)

    def people(self) -> tuple[Person, ...]:
        return people.every(self._office)

    def create(self, email: str, password: str, name: str, role: Role, by: str) -> Person:
        return people.create(self._office, Person("", email, name, role), password, by)

    def change(self, person: str, change: AccountChange, by: str) -> Person:
        return people.change(self._office, person, change, by)

    def remove(self, person: str, by: str) -> None:
        people.remove(self._office, person, by)

    def reset_link(self, email: str, by: str) -> str:
        return recovery.reset_link(self._office, email, by)

    def note(self, actor: str, action: str, target: str, **details: str) -> None:
        with self._office.database.writing() as connection:
            audit.append(connection, self._office.now(), actor, action, target, **details)

    def audit(self, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        with self._office.database.reading() as connection:
            return audit.last(connection, before, max(0, min(limit, MOST_LINES)))

    def verify_audit(self) -> AuditReport:
        with self._office.database.snapshot() as connection:
            return audit.verify(connection)

    def health(self) -> tuple[PartHealth, ...]:
        kind = self._office.database.kind
        admins = sum(person.may("admin") for person in self.people())
        mail = self._office.world.send is not None
        return (
            PartHealth("people", True, f"{kind} database answers"),
            PartHealth(
                "admins",
                admins > 0,
                f"{admins} may manage people",
                "" if admins else "Make one: vedette users create-admin ADDRESS",
            ),
            PartHealth(
                "mail",
                True,
                "links for new passwords are mailed" if mail else "no mail: an admin hands out links for new passwords",
            ),
        )
