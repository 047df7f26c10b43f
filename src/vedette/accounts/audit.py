"""The audit log: lines are added, never changed, and each is chained to the one before by its hash.

hash = SHA-256 of the previous hash and the line as canonical JSON. Whoever changes, takes out or puts in a line breaks
the chain; whoever may write the whole database can forge it anew, so note the last hash elsewhere now and then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from vedette.records import AuditEntry, AuditReport
from vedette.storage.tables import audit, audit_head

PAGE = 1_000


def stamp(now: datetime) -> str:
    """A time as the tables keep it: UTC, of one width.

    >>> stamp(datetime(2026, 11, 21, tzinfo=UTC))
    '2026-11-21T00:00:00.000+00:00'
    """
    return now.astimezone(UTC).isoformat(timespec="milliseconds")


def append(
    connection: Connection, now: datetime, actor: str, action: str, target: str = "", /, **details: str
) -> AuditEntry:
    """Add a line, in the transaction of what it tells of: the last statement of it, because it locks the log."""
    number, previous = connection.execute(select(audit_head.c.number, audit_head.c.hash).with_for_update()).one()
    at, actor, action, target = stamp(now), clean(actor, 64), clean(action, 64), clean(target, 254)
    details = {clean(name, 64): clean(value, 500) for name, value in details.items()}
    entry = AuditEntry(number + 1, at, actor, action, target, details, "")
    hashed = _hash(entry, previous)
    line = {"number": number + 1, "at": at, "actor": actor, "action": action, "target": target}
    connection.execute(insert(audit).values(**line, details=_canonical(details), hash=hashed))
    connection.execute(update(audit_head).values(number=number + 1, hash=hashed))
    return AuditEntry(number + 1, at, actor, action, target, details, hashed)


def last(connection: Connection, before: int | None, limit: int) -> tuple[AuditEntry, ...]:
    """The last lines, newest first; those before a number when it is given."""
    wanted = select(audit).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(audit.c.number < before)
    return tuple(_entry(row) for row in connection.execute(wanted))


def verify(connection: Connection) -> AuditReport:
    """Follow the chain from the first line to the head."""
    number, previous = 0, ""
    while page := connection.execute(
        select(audit).where(audit.c.number > number).order_by(audit.c.number).limit(PAGE)
    ).all():
        for row in page:
            number += 1
            try:
                fits = row.number == number and row.hash == _hash(_entry(row), previous)
            except ValueError:
                fits = False
            if not fits:
                return AuditReport(number - 1, broken=number)
            previous = row.hash
    head = connection.execute(select(audit_head.c.number, audit_head.c.hash)).first()
    complete = head is not None and (head.number, head.hash) == (number, previous)
    return AuditReport(number, broken=None if complete else number + 1)


def clean(text: str, longest: int) -> str:
    """The text without what no database keeps (control characters, lone surrogates), cut.

    >>> clean("a\\x00b\\ud800c", 2)
    'ab'
    """
    return "".join(sign for sign in text if sign.isprintable())[:longest]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.number, row.at, row.actor, row.action, row.target, json.loads(row.details), row.hash)


def _hash(entry: AuditEntry, previous: str) -> str:
    line = [previous, entry.number, entry.at, entry.actor, entry.action, entry.target, dict(entry.details)]
    return sha256(_canonical(line).encode()).hexdigest()


def _canonical(data: list[object] | Mapping[str, str]) -> str:
    return json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
