"""Rules: which events go to whom, and when. Pure functions; the time is an argument, aware and in UTC.

A recipient is written as a URI: `mailto:ana@example.org` (RFC 6068), `sms:+34600111222` (RFC 5724, E.164), `https://…`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vedette.errors import SettingsError
from vedette.records import SEVERITIES, ChannelName, Event, Severity

CHANNELS: dict[str, ChannelName] = {"mailto": "mail", "sms": "sms", "https": "webhook", "http": "webhook"}
E164 = re.compile(r"\+[1-9]\d{6,14}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)")
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where messages go. `name` is all of it that is stored or shown: the path of a webhook may be its secret."""

    name: str
    channel: ChannelName
    address: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nobody is disturbed, in a time zone; past midnight where they end before they begin."""

    begin: time
    end: time
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Rule:
    """Events of these kinds (`*` for any letters), `least` or worse, go to these recipients.

    Those of `digest` minutes go out together, at most `per_hour` messages to each recipient; over that they wait, and
    go together then. What is critical waits for neither digest nor morning."""

    name: str
    to: tuple[Recipient, ...]
    events: tuple[str, ...] = ("*",)
    least: Severity = "info"
    digest: timedelta = timedelta()
    quiet: Quiet | None = None
    per_hour: int = 20


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes by which rule, and when it is due."""

    rule: str
    to: Recipient
    due: datetime


def routes(event: Event, rules: Sequence[Rule], now: datetime) -> tuple[Route, ...]:
    """All that an event goes to, each recipient once: by the first rule that names them."""
    found: dict[str, Route] = {}
    for rule in rules:
        if _wanted(event, rule):
            for recipient in rule.to:
                found.setdefault(recipient.name, Route(rule.name, recipient, due(rule, event.severity, now)))
    return tuple(found.values())


def due(rule: Rule, severity: Severity, now: datetime) -> datetime:
    """When something that happens now goes out: at the end of the digest's span, and of the quiet hours after it."""
    if severity == "critical":
        return now
    if rule.digest:
        # Spans begin at whole multiples since 1970, so that all of one span are due at the same moment.
        past = (now - datetime.fromtimestamp(0, UTC)) % rule.digest
        now += rule.digest - past
    return quiet_until(rule.quiet, now) or now


def quiet_until(quiet: Quiet | None, now: datetime) -> datetime | None:
    """When the quiet hours end, later than `now`; None outside of them."""
    if quiet is None:
        return None
    local = now.astimezone(quiet.zone)
    clock, (begin, end) = local.time(), (quiet.begin, quiet.end)
    inside = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=clock >= end)
    for fold in (0, 1):  # where clocks are put back, the hour of the end comes twice
        ends = datetime.combine(day, end, quiet.zone).replace(fold=fold).astimezone(UTC)
        if ends > now:
            return ends
    return None


def free_at(rule: Rule, sent: Sequence[datetime], now: datetime) -> datetime:
    """When the next message may go to a recipient who was `sent` others at these times: now, or an hour after the one
    that makes room."""
    recent = sorted(at for at in sent if now - HOUR < at <= now)
    return now if len(recent) < rule.per_hour else recent[-rule.per_hour] + HOUR


def recipient(name: str, address: str) -> Recipient:
    """A recipient from how the settings write it, and the address that this stands for. Raises SettingsError.

    >>> recipient("https://hooks.example.org/secret", "https://hooks.example.org/secret").name
    'https://hooks.example.org/…c466b1'
    """
    scheme, _, rest = address.partition(":")
    channel = CHANNELS.get(scheme.lower())
    if channel == "mail" and ADDRESS.fullmatch(rest):
        return Recipient(name, channel, rest)
    if channel == "sms" and E164.fullmatch(rest):
        return Recipient(name, channel, rest)
    if channel == "webhook" and (host := _host(scheme.lower(), address)):
        mark = hashlib.sha256(address.encode()).hexdigest()[:6]
        return Recipient(f"{scheme}://{host}/…{mark}" if name == address else name, channel, address)
    raise SettingsError(
        f"'{name}' of a [[notify.rules]] is no recipient; give one such as mailto:ana@example.org, sms:+34600111222 "
        "(with the code of the country) or https://hooks.example.org/vedette."
    )


def _host(scheme: str, address: str) -> str:
    """Host and port of a webhook; empty for what is none, or is not protected and not on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    fits = scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts.netloc.rpartition("@")[2] if parts.hostname and fits else ""


def quiet_hours(text: str, zone: str) -> Quiet | None:
    """Quiet hours from text such as `22:00-07:00`, none when empty. Raises SettingsError."""
    if not text:
        return None
    found = HOURS.fullmatch(text.replace(" ", ""))
    if found is None:
        raise SettingsError(f"quiet of a [[notify.rules]] is '{text}'; write hours such as 22:00-07:00.")
    begin, end = (time.fromisoformat(part) for part in found.groups())
    try:
        return Quiet(begin, end, ZoneInfo(zone))
    except (ValueError, OSError, KeyError) as error:  # what ZoneInfo raises for a name that is none
        raise SettingsError(f"zone of a [[notify.rules]] is '{zone}'; name one such as Europe/Madrid.") from error


def _wanted(event: Event, rule: Rule) -> bool:
    severe = SEVERITIES.index(event.severity) >= SEVERITIES.index(rule.least)
    return severe and any(fnmatchcase(event.kind, kind) for kind in rule.events)
