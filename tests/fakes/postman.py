"""A clock that stands still, and a channel of notices that fails when it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vedette.errors import VedetteError
from vedette.notify.contract import Message


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
