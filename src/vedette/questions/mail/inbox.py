"""Where questions come in by mail: a maildir or an IMAP mailbox. One suite of tests runs over both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Aside = Literal["unknown-sender", "doubtful-sender", "unreadable"]
"""Why a message is not answered; the folder that it is moved to has this name."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came. `raw` is only its beginning where its `size`, in bytes, is over the limit of the inbox."""

    key: str
    raw: bytes
    size: int


class Inbox(Protocol):
    """Messages, each of which stays unread until it is `done` or `set_aside`: a crash in between brings it once more.

    Raises ProviderError or StorageError where the mailbox cannot be reached; what was begun can be done again."""

    def unread(self) -> Iterator[Received]:
        """Those that are there now and unread, the oldest first."""
        ...

    def done(self, key: str) -> None:
        """Mark a message as read; nothing happens to one that is gone."""
        ...

    def set_aside(self, key: str, why: Aside) -> None:
        """Move a message, still unread, to the folder `why`, for a human to look at; nothing happens to one that is
        gone."""
        ...

    def close(self) -> None:
        """Part from the mailbox."""
        ...
