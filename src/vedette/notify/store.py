"""What keeps the notices: one row for an event on its way to one recipient.

A trouble that goes on (same kind and key) has one row for each recipient, which counts how often it was told; the
database refuses a second one. Rows that go out together are bound to one message before it is sent, so that after a
crash the same message goes out again under the same id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from vedette.errors import StorageError
from vedette.notify.rules import Route
from vedette.records import Event, Notice, NoticeState
from vedette.records_json import decode, encode
from vedette.storage.database import Database
from vedette.storage.tables import notices

ATTEMPTS = 5
MOST_AT_ONCE = 1000
WAITING = notices.c.state == "waiting"


@dataclass(frozen=True, slots=True)
class Taken:
    """An event about to be stored. `ids` are one of 32 hexadecimal digits for each route; what was told first before
    the time `again` is told again."""

    event: Event
    ids: tuple[str, ...]
    at: str
    again: str


@dataclass(frozen=True, slots=True, order=True)
class Lane:
    """What goes to one recipient by one rule; what is `urgent` does not wait for the rest."""

    rule: str
    to: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A message that is to be handed over: its id, from when on, and what it tells; of no id where there is none."""

    id: str = ""
    due: str = ""
    notices: tuple[Notice, ...] = ()


class NoticeStore:
    """Rows in, records out; safe to use by many threads, processes and machines. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, taken: Taken, routes: Sequence[Route]) -> int:
        """Store an event for all its recipients at once; returns how many of them have not heard of it yet."""
        # All in one order: two that tell the same at once wait for each other.
        pairs = sorted(zip(taken.ids, routes, strict=True), key=lambda pair: pair[1].to.name)
        for _ in range(ATTEMPTS):
            try:
                with self._database.writing() as connection:
                    return sum(_take(connection, id_, route, taken) for id_, route in pairs)
            except IntegrityError:  # somebody told the same just now: the next look finds it
                continue
        raise StorageError("The notice could not be stored: others told the same at once, again and again.")

    def over(self, kind: str, key: str) -> int:
        """A trouble has ended: the next one is told at once. Returns how many recipients were told of it."""
        going_on = notices.c.trouble == _trouble(kind, key), notices.c.going_on != notices.c.id
        return self._write(and_(*going_on), going_on=notices.c.id)

    def waiting(self, now: str, latest: str) -> dict[Lane, list[Notice]]:
        """What is due, the first told first; with what is due after `latest`, which nothing puts off to: the clock was
        set back."""
        due = select(notices).where(WAITING, or_(notices.c.due <= now, notices.c.due > latest))
        found: dict[Lane, list[Notice]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(due.order_by(notices.c.made, notices.c.id).limit(MOST_AT_ONCE)):
                found.setdefault(Lane(row.rule, row.recipient, bool(row.urgent)), []).append(_notice(row))
        return found

    def begun(self, lane: Lane) -> Begun:
        """The message that was begun and is not handed over yet."""
        mine = select(notices).where(_of(lane), WAITING, notices.c.message != "")
        with self._database.reading() as connection:
            rows = connection.execute(mine.order_by(notices.c.made, notices.c.id)).all()
        return Begun(rows[0].message, rows[0].due, tuple(_notice(row) for row in rows)) if rows else Begun()

    def begin(self, message: str, some: Collection[Notice]) -> None:
        """Bind these to a message."""
        self._write(_among(some), message=message)

    def sent(self, message: str, at: str) -> None:
        """A message was handed over."""
        self._write(notices.c.message == message, state="sent", sent=at, error="", tries=notices.c.tries + 1)

    def failed(self, message: str, error: str, due: str | None) -> None:
        """A message was not handed over: it is tried again from `due` on, given up for None."""
        what = {"state": "refused"} if due is None else {"due": due}
        self._write(notices.c.message == message, error=error, tries=notices.c.tries + 1, **what)

    def put_off(self, some: Collection[Notice], due: str) -> None:
        """Let these wait until a time."""
        self._write(_among(some), due=due)

    def refuse(self, some: Collection[Notice], error: str) -> None:
        """Give these up."""
        self._write(_among(some), state="refused", error=error)

    def sent_since(self, lane: Lane, since: str) -> list[datetime]:
        """When messages were handed over, from a time on."""
        mine = select(func.max(notices.c.sent)).where(_of(lane), notices.c.sent > since)
        with self._database.reading() as connection:
            return [datetime.fromisoformat(at) for at in connection.scalars(mine.group_by(notices.c.message))]

    def list(self, limit: int) -> tuple[Notice, ...]:
        """The last told first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(notices).order_by(notices.c.made.desc(), notices.c.id).limit(limit))
            return tuple(_notice(row) for row in rows)

    def expire(self, before: str) -> int:
        """Delete what was told before a time and waits no more; returns how many."""
        with self._database.writing() as connection:
            return connection.execute(
                delete(notices).where(notices.c.made < before, notices.c.state != "waiting")
            ).rowcount

    def _write(self, which: ColumnElement[bool], **values: Any) -> int:
        with self._database.writing() as connection:
            return connection.execute(update(notices).where(which).values(**values)).rowcount


def stamp(at: datetime) -> str:
    """A time as it is stored: ISO 8601 UTC of one width."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _take(connection: Connection, id_: str, route: Route, taken: Taken) -> int:
    trouble = _trouble(taken.event.kind, taken.event.key)
    going_on = _digest(trouble, route.to.name)
    same = notices.c.going_on == going_on
    found = connection.execute(select(notices.c.made).where(same)).first()
    if found is not None and found.made > taken.again:
        connection.execute(update(notices).where(same).values(times=notices.c.times + 1))
        return 0
    if found is not None:
        connection.execute(update(notices).where(same).values(going_on=notices.c.id))
    values = {"id": id_, "rule": route.rule, "recipient": route.to.name, "event": json.dumps(encode(taken.event))}
    values |= {"trouble": trouble, "going_on": going_on, "state": "waiting", "made": taken.at, "due": stamp(route.due)}
    urgent = int(taken.event.severity == "critical")
    connection.execute(insert(notices).values(**values, urgent=urgent, message="", error="", sent="", times=1, tries=0))
    return 1


def _of(lane: Lane) -> ColumnElement[bool]:
    return and_(notices.c.rule == lane.rule, notices.c.recipient == lane.to, notices.c.urgent == int(lane.urgent))


def _among(some: Collection[Notice]) -> ColumnElement[bool]:
    return notices.c.id.in_([one.id for one in some])


def _trouble(kind: str, key: str) -> str:
    return _digest(kind, key)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        rule=row.rule,
        to=row.recipient,
        event=decode(Event, json.loads(row.event)),
        state=cast(NoticeState, row.state),
        made=row.made,
        due=row.due,
        count=row.times,
        tries=row.tries,
        error=row.error,
        sent=row.sent,
    )
