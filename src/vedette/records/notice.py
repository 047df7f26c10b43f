"""Events that somebody is to hear of, and what became of telling them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
ChannelName = Literal["mail", "sms", "webhook"]
NoticeState = Literal["waiting", "sent", "refused"]
"""`refused`: given up, for the reason that `error` names."""
EVENT_KINDS = ("pipeline_error", "dead_letter", "provider_down", "feed_stale")
"""The kinds there are by now; any other text is one, too."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody should know. `key` names the trouble: two of the same kind and key are one that goes on.

    `subject` is one line, `text` what is known and what to do; `at` is ISO 8601 UTC."""

    kind: str
    key: str
    subject: str
    text: str
    severity: Severity = "warning"
    at: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """An event on its way to one recipient, by one rule. `count` is how often it was told while it went on, `made` when
    it was told first; `due` is when it goes out at the earliest, `sent` when it did. Times are ISO 8601 UTC."""

    id: str
    rule: str
    to: str
    event: Event
    state: NoticeState
    made: str
    due: str
    count: int = 1
    tries: int = 0
    error: str = ""
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial message to one recipient; `error` is empty where it was taken."""

    to: str
    channel: ChannelName
    error: str = ""
