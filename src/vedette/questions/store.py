"""Questions in a SQL database: one row each, with its answer, its letter, and who works at it.

Servers hand different rows to workers that claim at once (`FOR UPDATE SKIP LOCKED`); SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from vedette.errors import Conflict, NotFound
from vedette.questions import rows
from vedette.questions.contract import Claim, Ended, Held, Mailed, NewQuestion, Quota, Stale, Work
from vedette.records import QueueCounts, QueuedQuestion, QueueState, Thumb
from vedette.storage.database import Database
from vedette.storage.tables import questions as table

NO_SUCH = "There is no such question."
STALE = "Somebody else has this question by now; what was made of it is not taken."
# Of two questions of one person at the same moment, both wanting the next number, one tries again.
AT_ONCE = 100
columns = table.c
HELD: Mapping[Work, ColumnElement[bool]] = {"answer": columns.state == "answering", "mail": columns.mail == "sending"}


class SqlQuestions:
    """`QuestionStore` over SQLite, PostgreSQL, MariaDB or MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewQuestion, quota: Quota) -> QueuedQuestion:
        for _ in range(AT_ONCE):
            try:
                with self._database.writing() as connection:
                    values = _add(connection, new, quota)
                return rows.question_of(values, self._place(values))
            except IntegrityError:
                continue
        raise Conflict("Too many of your questions come at the same moment; send them one after the other.")

    def get(self, question: str, person: str | None = None) -> QueuedQuestion:
        with self._database.reading() as connection:
            row = _existing(connection, question, person)
        return rows.question_of(row, self._place(row))

    def list(
        self, person: str | None = None, state: QueueState | None = None, limit: int = 100, before: str = ""
    ) -> tuple[QueuedQuestion, ...]:
        wanted = select(table).order_by(columns.asked.desc(), columns.id).limit(limit)
        if person is not None:
            wanted = wanted.where(columns.person == person)
        if state is not None:
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
            holders = connection.execute(select(columns.holder).where(or_(*HELD.values())).distinct()).scalars().all()
        return rows.counted(states, mails, oldest or "", holders)

    def cancel(self, question: str, person: str | None = None) -> bool:
        with self._database.writing() as connection:
            row = _existing(connection, question, person, lock=True)
            return _write(
                connection, row, columns.state.in_(rows.OPEN), rows.cancelled_values() | {"fence": row["fence"] + 1}
            )

    def retry(self, question: str, person: str | None = None) -> bool:
        given_up = columns.state.in_(("dead", "cancelled"))
        failed = and_(columns.state == "answered", columns.mail.in_(("refused", "bounced")))
        with self._database.writing() as connection:
            row = _existing(connection, question, person, lock=True)
            waiting, answered, own = connection.execute(select(*_tags(row["person"], row["priority"]))).one()
            again = rows.again_values(rows.next_tag(waiting, answered, own))
            return _write(connection, row, given_up, again) or _write(connection, row, failed, rows.send_again_values())

    def rate(self, question: str, person: str, thumb: Thumb, reason: str) -> bool:
        with self._database.writing() as connection:
            row = _existing(connection, question, person, lock=True)
            return _write(connection, row, columns.state == "answered", {"thumb": thumb, "thumb_reason": reason})

    def claim(self, holder: str) -> Claim | None:
        line = select(table).where(columns.state == "waiting").order_by(columns.priority, columns.tag, columns.asked)
        return self._claim(line, "answer", holder)

    def claim_mail(self, holder: str, now: str) -> Claim | None:
        due = or_(columns.mail_due <= now, columns.mail_due > rows.latest(now))
        return self._claim(
            select(table).where(columns.mail == "waiting", due).order_by(columns.mail_due), "mail", holder
        )

    def finish(self, claim: Claim, ended: Ended) -> None:
        self._finish(claim, rows.ended_values(claim.question.tries, ended))

    def mailed(self, claim: Claim, mailed: Mailed) -> None:
        self._finish(claim, rows.mailed_values(mailed))

    def bounced(self, question: str, error: str) -> bool:
        back = update(table).where(columns.id == question, columns.mail == "sent")
        with self._database.writing() as connection:
            return connection.execute(back.values(mail="bounced", mail_error=error)).rowcount == 1

    def beat(self, claim: Claim) -> bool:
        with self._database.writing() as connection:
            moved = _held(claim.question.id, claim.fence, claim.work).values(beat=columns.beat + 1)
            return connection.execute(moved).rowcount == 1

    def held(self) -> tuple[Held, ...]:
        seen = select(columns.id, columns.state, columns.fence, columns.beat, columns.tries)
        with self._database.reading() as connection:
            found = connection.execute(seen.where(or_(*HELD.values()))).all()
        return tuple(
            Held(row.id, "answer" if row.state == "answering" else "mail", row.fence, row.beat, row.tries)
            for row in found
        )

    def release(self, held: Held, ended: Ended) -> bool:
        values = rows.ended_values(held.tries, ended) if held.work == "answer" else rows.released_mail_values()
        with self._database.writing() as connection:
            still = _held(held.id, held.fence, held.work).where(columns.beat == held.beat)
            return connection.execute(still.values(values)).rowcount == 1

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

    def _claim(self, line: Select[Any], work: Work, holder: str) -> Claim | None:
        with self._database.writing() as connection:
            found = connection.execute(line.limit(1).with_for_update(skip_locked=True)).mappings().first()
            if found is None:
                return None
            row = dict(found)
            row |= (taken := rows.taken_values(row, work, holder))
            connection.execute(update(table).where(columns.id == row["id"]).values(taken))
        return Claim(rows.question_of(row), work, row["fence"])

    def _place(self, row: rows.Row) -> int:
        if row["state"] != "waiting":
            return 0
        same = columns.priority == row["priority"]
        before = or_(
            columns.priority < row["priority"],
            and_(same, columns.tag < row["tag"]),
            and_(same, columns.tag == row["tag"], columns.asked < row["asked"]),
        )
        ahead = select(func.count()).select_from(table).where(columns.state == "waiting", before)
        with self._database.reading() as connection:
            return int(connection.execute(ahead).scalar_one()) + 1

    def _finish(self, claim: Claim, values: Mapping[str, Any]) -> None:
        with self._database.writing() as connection:
            if connection.execute(_held(claim.question.id, claim.fence, claim.work).values(values)).rowcount != 1:
                raise Stale(STALE)

    def _delete(self, *which: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            gone = int(connection.execute(delete(table).where(*which)).rowcount)
        if gone:
            self._database.scrub()
        return gone


def _add(connection: Connection, new: NewQuestion, quota: Quota) -> rows.Values:
    own = columns.person == new.person
    count = select(func.count()).select_from(table).where(own)
    facts = select(
        select(columns.id).where(columns.id == new.id).exists().label("known"),
        select(func.max(columns.number)).where(own).scalar_subquery().label("number"),
        (count.where(columns.state.in_(rows.OPEN)).scalar_subquery() if quota.waiting else literal(0)).label("waiting"),
        (count.where(columns.asked > quota.day).scalar_subquery() if quota.per_day else literal(0)).label("today"),
        *_tags(new.person, new.priority),
    )
    # One statement sees one moment: the number that it leads to is taken as soon as anything of it has changed.
    known, number, waiting, today, *tags = tuple(connection.execute(facts).one())
    if known:
        return _existing(connection, new.id, None)
    rows.require_room(quota, waiting, today)
    values = rows.first_values(new, (number or 0) + 1, rows.next_tag(*tags))
    connection.execute(insert(table).values(values))
    return values


def _tags(person: str, priority: int) -> tuple[Any, Any, Any]:
    same = columns.priority == priority
    least = select(func.min(columns.tag)).where(columns.state == "waiting", same)
    answered = select(func.max(columns.tag)).where(columns.state == "answered", same)
    own = select(func.max(columns.tag)).where(columns.person == person, same)
    return least.scalar_subquery(), answered.scalar_subquery(), own.scalar_subquery()


def _row(connection: Connection, question: str, person: str | None = None, lock: bool = False) -> rows.Values | None:
    wanted = select(table).where(columns.id == question)
    if person is not None:
        wanted = wanted.where(columns.person == person)
    found = connection.execute(wanted.with_for_update() if lock else wanted).mappings().first()
    return dict(found) if found is not None else None


def _existing(connection: Connection, question: str, person: str | None, lock: bool = False) -> rows.Values:
    row = _row(connection, question, person, lock)
    if row is None:
        raise NotFound(NO_SUCH)
    return row


def _write(connection: Connection, row: rows.Row, if_: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    changed = update(table).where(columns.id == row["id"], if_).values(values)
    return connection.execute(changed).rowcount == 1


def _held(question: str, fence: int, work: Work) -> Any:
    return update(table).where(columns.id == question, columns.fence == fence, HELD[work])


def _counted(connection: Connection, name: str) -> dict[str, int]:
    column = columns[name]
    return {row[0]: row[1] for row in connection.execute(select(column, func.count()).group_by(column))}
