"""What carries a message to somebody: mail, text message, webhook. One suite of tests runs over all three."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from vedette.records import Event


@dataclass(frozen=True, slots=True)
class Told:
    """An event with how often it happened."""

    event: Event
    count: int = 1


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one address. `id` is the same at every try, so that a receiver can tell that it has it already.

    `subject` is one line; `text` tells everything in `told`; `at` is ISO 8601 UTC."""

    id: str
    to: str
    subject: str
    text: str
    told: tuple[Told, ...]
    at: str


class Channel(Protocol):
    """A way to reach somebody. May be used by several threads."""

    def deliver(self, message: Message) -> None:
        """Hand a message over, in a bounded time; once it returns somebody else has it.

        Raises ProviderRefused, MailRefused or SettingsError for what another try will not change (no such address,
        wrong key), and another ProviderError for what it may."""
        ...
