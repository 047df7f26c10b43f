"""The statements that every question passes, each built once: to build one costs more than to run it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Update, bindparam, func, literal, or_, select, update

from vedette.questions import rows
from vedette.questions.contract import Work
from vedette.storage.tables import questions as table

columns = table.c
HELD: Mapping[Work, ColumnElement[bool]] = {"answer": columns.state == "answering", "mail": columns.mail == "sending"}


@cache
def facts(quota: bool, daily: bool) -> Select[Any]:
    """What decides on a new question `id` of a `person` with a `priority`: whether it is `known`, the person's last
    `number`, and with quotas how many are `waiting` and were asked after a `day`; its tags as in `tags`."""
    own = columns.person == bindparam("person")
    count = select(func.count()).select_from(table).where(own)
    waiting = count.where(or_(*(columns.state == one for one in rows.OPEN))).scalar_subquery() if quota else literal(0)
    today = count.where(columns.asked > bindparam("day")).scalar_subquery() if daily else literal(0)
    return tags().add_columns(
        select(columns.id).where(columns.id == bindparam("id")).exists().label("known"),
        _greatest(columns.number, own).label("number"),
        waiting.label("waiting"),
        today.label("today"),
    )


@cache
def tags() -> Select[Any]:
    """For `rows.next_tag` of a `person` and a `priority`."""
    same = columns.priority == bindparam("priority")
    least = _least(columns.tag, columns.state == "waiting", same)
    answered = _greatest(columns.tag, columns.state == "answered", same)
    own = _greatest(columns.tag, columns.person == bindparam("person"), same)
    return select(least.label("least"), answered.label("answered"), own.label("own"))


@cache
def ahead() -> Select[Any]:
    """How many stand before the `priority`, `tag` and `asked` of a question. Each way to stand before it is counted up
    to `furthest`."""
    same = columns.priority == bindparam("priority")
    ways = (
        (columns.priority < bindparam("priority"),),
        (same, columns.tag < bindparam("tag")),
        (same, columns.tag == bindparam("tag"), columns.asked < bindparam("asked")),
    )
    waiting = select(columns.id).where(columns.state == "waiting")
    # Apart, for each is a stretch of the index; joined by "or", servers read the whole line.
    first, *others = (
        select(func.count()).select_from(waiting.where(*way).limit(bindparam("furthest")).subquery()).scalar_subquery()
        for way in ways
    )
    return select(sum(others, start=first))


@cache
def line() -> Select[Any]:
    """The next question to answer that nobody else is taking."""
    waiting = select(table).where(columns.state == "waiting")
    return waiting.order_by(columns.priority, columns.tag, columns.asked).limit(1).with_for_update(skip_locked=True)


@cache
def letters() -> Select[Any]:
    """The next letter that is due `now`, or after the `latest` time at which one can be, that nobody else is taking."""
    due = or_(columns.mail_due <= bindparam("now"), columns.mail_due > bindparam("latest"))
    waiting = select(table).where(columns.mail == "waiting", due)
    return waiting.order_by(columns.mail_due).limit(1).with_for_update(skip_locked=True)


@cache
def change() -> Update:
    """Of the question `of`."""
    return update(table).where(columns.id == bindparam("of"))


@cache
def held(work: Work) -> Update:
    """Of the question `of`, as long as it is held with the fence `held`."""
    return change().where(columns.fence == bindparam("held"), HELD[work])


def _least(column: Column[int], *which: ColumnElement[bool]) -> Any:
    # Not min and max: as long as PostgreSQL has not analysed a table, it reads all of it for these.
    return select(column).where(*which).order_by(column).limit(1).scalar_subquery()


def _greatest(column: Column[int], *which: ColumnElement[bool]) -> Any:
    return select(column).where(*which).order_by(column.desc()).limit(1).scalar_subquery()
