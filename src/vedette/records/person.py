"""People: who asks, what they may read, how they proved who they are, and what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from vedette.records.document import Sharing

Role = Literal["reader", "editor", "admin"]
"""Each may do what the one before may: read and ask; add documents and collections; manage people."""
ROLES: tuple[Role, ...] = ("reader", "editor", "admin")
Tlp = Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
"""Traffic Light Protocol 2.0 (FIRST): how far a document may go."""
TLP: tuple[Tlp, ...] = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")

EVERYONE = "everyone"
"""The reader tag of everybody who is signed in. Others: `user:ID`, `group:NAME`."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller may see. Without a tag: nothing.

    `tags` are those that collections and documents may name as readers; `clearance` the most confidential TLP label
    that is shown. `everything` is the owner of the data folder, who is not filtered at all.
    """

    tags: tuple[str, ...] = ()
    clearance: Tlp = "CLEAR"
    everything: bool = False

    @property
    def own(self) -> tuple[str, ...]:
        """The readers of a collection that this caller makes: the person alone; everyone, for the owner."""
        return (EVERYONE,) if self.everything else tuple(tag for tag in self.tags if tag.startswith("user:"))

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of documents that are shown, that of those without one first."""
        return ("", *TLP[: TLP.index(self.clearance) + 1])

    def may_read(self, sharing: Sharing) -> bool:
        """Whether this access suffices for a document of a collection that it may read."""
        if self.everything:
            return True
        named = not sharing.readers or not set(self.tags).isdisjoint(sharing.readers)
        return named and sharing.tlp in self.labels

    @property
    def key(self) -> str:
        """Names what can be seen, for caches: equal for callers who see the same."""
        return "*" if self.everything else "\0".join((self.clearance, *sorted(self.tags)))


NOBODY = Access()
OWNER = Access(everything=True)
OWNER_ID = "owner"
"""Names the owner of the data folder, who has no account, where an account's id would stand."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as others see it. `groups` are names; `created` and `seen` ISO 8601 UTC, `seen` empty when never."""

    id: str
    email: str
    name: str
    role: Role
    groups: tuple[str, ...] = ()
    clearance: Tlp = "GREEN"
    disabled: bool = False
    created: str = ""
    seen: str = ""
    language: str = ""

    @property
    def access(self) -> Access:
        """What this person may see; an admin sees everything."""
        if self.role == "admin":
            return OWNER
        groups = (f"group:{name}" for name in self.groups)
        return Access((EVERYONE, f"user:{self.id}", *groups), self.clearance)

    def may(self, role: Role) -> bool:
        """Whether this person may do what `role` may."""
        return not self.disabled and ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Reader:
    """A tag that collections and documents may name as a reader, and how those who choose readers call it."""

    tag: str
    name: str


def readers_among(people: Iterable[Person]) -> tuple[Reader, ...]:
    """Everyone, the groups of `people`, then the people, without those who are disabled.

    People choose their names themselves, so behind a name stands the account: the address up to the @, and all of it
    where two would be called the same.

    >>> ana, bob = (Person(name, f"{name}@example.org", name.title(), "reader", ("soc",)) for name in ("ana", "bob"))
    >>> [reader.name for reader in readers_among((bob, ana))]
    ['everyone', 'soc', 'Ana (ana)', 'Bob (bob)']
    """
    there = [person for person in people if not person.disabled]
    called = {person.id: _called(person, person.email.partition("@")[0]) for person in there}
    often = Counter(called.values())
    named = {one.id: called[one.id] if often[called[one.id]] == 1 else _called(one, one.email) for one in there}
    groups = sorted({group for person in there for group in person.groups})
    return (
        Reader(EVERYONE, EVERYONE),
        *(Reader(f"group:{group}", group) for group in groups),
        *(Reader(f"user:{one}", name) for one, name in sorted(named.items(), key=lambda item: item[1].casefold())),
    )


def _called(person: Person, account: str) -> str:
    return f"{person.name} ({account})" if person.name else account


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an admin changes of an account; None leaves it as it is."""

    role: Role | None = None
    groups: tuple[str, ...] | None = None
    clearance: Tlp | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What signing in gives. Both tokens are secrets; `expires_s` and `refresh_s` count from now."""

    person: Person
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_s: int
    refresh_s: int


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A line of "where you are signed in". `device` is the User-Agent, cut."""

    id: str
    device: str
    address: str
    created: str
    seen: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """An API key as listed: `prefix` is its beginning, the rest is not kept."""

    id: str
    name: str
    prefix: str
    created: str
    used: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person, in plain text."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request to an account comes from: for throttling, for the audit log, for the list of sessions."""

    address: str = "local"
    device: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log: `actor` did `action` to `target`. `hash` chains it to the line before it."""

    number: int
    at: str
    actor: str
    action: str
    target: str
    details: Mapping[str, str]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Whether the chain holds; `broken` is the number of the first line that does not fit."""

    entries: int
    broken: int | None = None
