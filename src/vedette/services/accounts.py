"""The contract of accounts."""

from __future__ import annotations

from typing import Protocol

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


class Accounts(Protocol):
    """Who somebody is, and who may do what. To strangers nothing tells whether an account exists."""

    def registers(self) -> bool:
        """Whether people can make an account by themselves."""
        ...

    def register(self, email: str, password: str, name: str, caller: Caller) -> None:
        """Make an account with the role that the settings give new ones; done as well, as far as anybody can see, when
        there is one already (its owner is told by mail). Raises BadInput for a weak password or a malformed address,
        Forbidden where registering is closed, TooMany."""
        ...

    def sign_in(self, email: str, password: str, caller: Caller) -> Session:
        """Raises Unauthorized, TooMany: the same, in the same time, for a wrong password and an unknown address."""
        ...

    def refresh(self, refresh_token: str, caller: Caller) -> Session:
        """New tokens for old; a refresh token works once. Raises Unauthorized; one used twice ends its session."""
        ...

    def sign_out(self, access_token: str) -> None:
        """End the session at once. Raises Unauthorized."""
        ...

    def who(self, token: str) -> Person:
        """Whose access token or API key it is. Raises Unauthorized when it is forged, expired, revoked or disabled."""
        ...

    def recheck(self, token: str) -> None:
        """Raises Unauthorized when what a token stood for is gone since `who` took it: its session or key has ended, or
        its person is disabled. That an access token ran out meanwhile ends nothing that it began."""
        ...

    def forgot(self, email: str, caller: Caller) -> None:
        """Mail a link that sets a new password, once, for half an hour; nothing happens for an unknown address, and
        nobody can tell. Raises TooMany."""
        ...

    def reset(self, token: str, password: str, caller: Caller) -> None:
        """Set a new password by such a link and end all sessions. Raises Unauthorized, BadInput."""
        ...

    def change_password(self, person: Person, old: str, new: str, caller: Caller) -> Session:
        """Set a new password, end all other sessions, begin a new one. Raises Forbidden for a wrong old one, BadInput,
        TooMany."""
        ...

    def sessions(self, person: Person, access_token: str = "") -> tuple[SessionInfo, ...]:
        """Where the person is signed in, the last used first."""
        ...

    def end_session(self, person: Person, session: str) -> None:
        """End one of the person's own sessions. Raises NotFound."""
        ...

    def keys(self, person: Person) -> tuple[KeyInfo, ...]:
        """The person's API keys."""
        ...

    def make_key(self, person: Person, name: str, days: int = 0) -> tuple[KeyInfo, str]:
        """A new API key and its secret, which is shown this once. `days` until it expires; 0: never."""
        ...

    def revoke_key(self, person: Person, key: str) -> None:
        """Raises NotFound."""
        ...

    def rename(self, person: Person, name: str, language: str) -> Person:
        """Change one's own name and language."""
        ...

    def people(self) -> tuple[Person, ...]:
        """All accounts, by address."""
        ...

    def create(self, email: str, password: str, name: str, role: Role, by: str) -> Person:
        """Make an account as an admin does. Raises Conflict when there is one, BadInput."""
        ...

    def change(self, person: str, change: AccountChange, by: str) -> Person:
        """Change role, groups, clearance, or disable; what is taken away is gone at the next request. Raises NotFound,
        Conflict when no admin would be left."""
        ...

    def remove(self, person: str, by: str) -> None:
        """Delete an account with its sessions and keys. Raises NotFound, Conflict."""
        ...

    def reset_link(self, email: str, by: str) -> str:
        """A link that sets a new password, once, for half an hour, for an admin to hand over; those of before end.
        Raises NotFound."""
        ...

    def note(self, actor: str, action: str, target: str, **details: str) -> None:
        """Add a line to the audit log."""
        ...

    def audit(self, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The last lines of the audit log, newest first; those before a number when it is given."""
        ...

    def verify_audit(self) -> AuditReport:
        """Whether no line was changed, taken out or put in."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Database, mail, open sign-in."""
        ...
