"""Questions in a SQL database: one row each, with its answer, its letter, and who works at it.

Servers hand different rows to workers that claim at once (`FOR UPDATE SKIP LOCKED`); SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from vedette.errors import Conflict, NotFound
from vedette.questions import rows, statements
from vedette.questions.contract import Claim, Ended, Held, Mailed, NewQuestion, Quota, Stale, Work
from vedette.records import QueueCounts, QueuedQuestion, QueueFilter, Thumb
from vedette.storage.database import Database
from vedette.storage.tables import questions as table

columns = table.c


class SqlQuestions:
    """`QuestionStore` over SQLite, PostgreSQL, MariaDB or MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewQuestion, quota: Quota) -> QueuedQuestion:
        for _ in range(rows.AT_ONCE):
            try:
                with self._database.writing() as connection:
                    values = _add(connection, new, quota)
                    return rows.question_of(values, _place(connection, values))
            except IntegrityError:
                continue
        raise Conflict(rows.CROWDED)

    def get(self, question: str, person: str | None = None) -> QueuedQuestion:
        with self._database.reading() as connection:
            row = _existing(connection, question, person)
            return rows.question_of(row, _place(connection, row))

    def list(
        self, person: str | None = None, state: QueueFilter | None = None, limit: int = 100, before: str = ""
    ) -> tuple[QueuedQuestion, ...]:
        wanted = select(table).order_by(columns.asked.desc(), columns.id).limit(limit)
        if person is not None:
            wanted = wanted.where(columns.person == person)
        if state == "mail_failed":
            wanted = wanted.where(columns.mail.in_(rows.MAIL_FAILED))
        elif state is not None:
            wanted = wanted.where(columns.state.in_(rows.WAITS if state == "waiting" else (state,)))
        if before:
            wanted = wanted.where(columns.asked < before)
        with self._database.reading() as connection:
            return tuple(rows.question_of(dict(row)) for row in connection.execute(wanted).mappings())

    def counts(self) -> QueueCounts:
        waits = columns.state.in_(rows.WAITS)
        with self._database.reading() as connection:
            states, mails = _counted(connection, "state"), _counted(connection, "mail")
            oldest = connection.execute(select(func.min(columns.asked)).where(waits)).scalar()
            holders = (
                connection.execute(select(columns.holder).where(or_(*statements.HELD.values())).distinct())
                .scalars()
                .all()
            )
        return rows.counted(states, mails, oldest or "", holders)

    def cancel(self, question: str, person: str | None = None) -> bool:
        with self._database.writing() as connection:
            row = _existing(connection, question, person, lock=True)
            return _write(connection, row, columns.state.in_(rows.OPEN), rows.cancelled_values())

    def retry(self, question: str, person: str | None = None) -> bool:
        given_up = columns.state.in_(("dead", "cancelled"))
        failed = and_(columns.state == "answered", columns.mail.in_(rows.MAIL_FAILED))
        with self._database.writing() as connection:
            row = _existing(connection, question, person, lock=True)
            given = {"person": row["person"], "priority": row["priority"]}
            again = rows.again_values(rows.next_tag(*connection.execute(statements.tags(), given).one()))
            return _write(connection, row, given_up, again) or _write(connection, row, failed, rows.send_again_values())

    def rate(self, question: str, person: str, thumb: Thumb, reason: str) -> bool:
        with self._database.writing() as connection:
            row = _existing(connection, question, person, lock=True)
            return _write(connection, row, columns.state == "answered", {"thumb": thumb, "thumb_reason": reason})

    def claim(self, holder: str) -> Claim | None:
        return self._claim(statements.line(), {}, "answer", holder)

    def claim_mail(self, holder: str, now: str) -> Claim | None:
        return self._claim(statements.letters(), {"now": now, "latest": rows.latest(now)}, "mail", holder)

    def finish(self, claim: Claim, ended: Ended) -> None:
        self._finish(claim, rows.ended_values(claim.question.tries, ended))

    def mailed(self, claim: Claim, mailed: Mailed) -> None:
        self._finish(claim, rows.mailed_values(mailed))

    def bounced(self, question: str, error: str) -> bool:
        back = update(table).where(columns.id == question, columns.mail == "sent")
        with self._database.writing() as connection:
            return connection.execute(back.values(rows.bounced_values(error))).rowcount == 1

    def beat(self, claim: Claim) -> bool:
        with self._database.writing() as connection:
            moved = statements.held(claim.work).values(beat=columns.beat + 1)
            return connection.execute(moved, {"of": claim.question.id, "held": claim.fence}).rowcount == 1

    def held(self) -> tuple[Held, ...]:
        seen = select(columns.id, columns.state, columns.fence, columns.beat, columns.tries)
        with self._database.reading() as connection:
            found = connection.execute(seen.where(or_(*statements.HELD.values()))).all()
        return tuple(
            Held(row.id, "answer" if row.state == "answering" else "mail", row.fence, row.beat, row.tries)
            for row in found
        )

    def release(self, held: Held, ended: Ended) -> bool:
        values = rows.ended_values(held.tries, ended) if held.work == "answer" else rows.released_mail_values()
        free = select(columns.id).where(columns.id == held.id).with_for_update(skip_locked=True)
        with self._database.writing() as connection:
            # Who has it may sleep in the middle of storing: whoever looks on does not wait for that.
            if connection.execute(free).first() is None:
                return False
            still = statements.held(held.work).where(columns.beat == held.beat)
            return connection.execute(still.values(values), {"of": held.id, "held": held.fence}).rowcount == 1

    def wake(self, now: str) -> int:
        due = or_(columns.due <= now, columns.due > rows.latest(now))
        woken = update(table).where(columns.state == "resting", due).values(state="waiting", due="")
        with self._database.writing() as connection:
            return int(connection.execute(woken).rowcount)

    def forget(self, person: str) -> int:
        return self._delete(columns.person == person)

    def expire(self, before: str) -> int:
        over = and_(columns.state.in_(rows.ENDED), columns.mail.not_in(("waiting", "sending")))
        return self._delete(columns.asked < before, over)

    def _claim(self, line: Select[Any], given: rows.Row, work: Work, holder: str) -> Claim | None:
        with self._database.writing() as connection:
            found = connection.execute(line, given).mappings().first()
            if found is None:
                return None
            row = dict(found)
            row |= (taken := rows.taken_values(row, work, holder))
            connection.execute(statements.change(), {"of": row["id"], **taken})
        return Claim(rows.question_of(row), work, row["fence"])

    def _finish(self, claim: Claim, values: Mapping[str, Any]) -> None:
        held = {"of": claim.question.id, "held": claim.fence, **values}
        with self._database.writing() as connection:
            if connection.execute(statements.held(claim.work), held).rowcount != 1:
                raise Stale(rows.STALE)

    def _delete(self, *which: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            gone = int(connection.execute(delete(table).where(*which)).rowcount)
        if gone:
            self._database.scrub()
        return gone


def _add(connection: Connection, new: NewQuestion, quota: Quota) -> rows.Values:
    given = {"id": new.id, "person": new.person, "priority": new.priority, "day": quota.day}
    # One statement sees one moment: the number that it leads to is taken as soon as anything of it has changed.
    found = connection.execute(statements.facts(quota.waiting > 0, quota.per_day > 0), given).one()
    if found.known:
        return _existing(connection, new.id, None)
    rows.require_room(quota, found.waiting, found.today)
    tag = rows.next_tag(found.least, found.answered, found.own)
    values = rows.first_values(new, (found.number or 0) + 1, tag)
    connection.execute(insert(table), values)
    return values


def _place(connection: Connection, row: rows.Row) -> int:
    if row["state"] != "waiting":
        return 0
    line = {name: row[name] for name in ("priority", "tag", "asked")}
    ahead: int = connection.execute(statements.ahead(), line | {"furthest": rows.FURTHEST}).scalar_one()
    return min(ahead, rows.FURTHEST) + 1


def _row(connection: Connection, question: str, person: str | None = None, lock: bool = False) -> rows.Values | None:
    wanted = select(table).where(columns.id == question)
    if person is not None:
        wanted = wanted.where(columns.person == person)
    found = connection.execute(wanted.with_for_update() if lock else wanted).mappings().first()
    return dict(found) if found is not None else None


def _existing(connection: Connection, question: str, person: str | None, lock: bool = False) -> rows.Values:
    row = _row(connection, question, person, lock)
    if row is None:
        raise NotFound(rows.NO_SUCH)
    return row


def _write(connection: Connection, row: rows.Row, if_: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    changed = update(table).where(columns.id == row["id"], if_).values(values)
    return connection.execute(changed).rowcount == 1


def _counted(connection: Connection, name: str) -> dict[str, int]:
    column = columns[name]
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}
