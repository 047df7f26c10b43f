"""The contract of notices."""

from __future__ import annotations

from typing import Protocol

from vedette.records import (
    ChannelName,
    Notice,
    PartHealth,
    Tried,
)


class Notices(Protocol):
    """What people are told of trouble."""

    def notices(self, limit: int = 50) -> tuple[Notice, ...]:
        """The last told first."""
        ...

    def test(self, channel: ChannelName | None = None) -> tuple[Tried, ...]:
        """Send a trial message to every recipient (of a channel), now; what came of each."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Whether the last ones arrived."""
        ...
