"""Conversations and their turns in the database. Every statement names the person: nobody reaches another's rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from vedette.conversations.search import folded, told_by
from vedette.conversations.seen import unmarked
from vedette.errors import NotFound
from vedette.records import (
    Answer,
    Conversation,
    ConversationInfo,
    ConversationTurn,
    Feedback,
    Rewritten,
    Thumb,
    TurnState,
)
from vedette.records_json import answer_from_json, answer_json
from vedette.storage.database import Database
from vedette.storage.tables import conversations, turns

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A question about to be answered. `replacing`: the number of the first turn that it takes the place of."""

    id: str
    asked: str
    rewritten: Rewritten
    at: str
    replacing: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a turn."""

    state: TurnState
    at: str
    answer: Answer | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """A turn that somebody rated, and when."""

    person: str
    conversation: str
    turn: ConversationTurn
    at: str

    def feedback(self, shown: ConversationTurn) -> Feedback:
        """What is told of it; `shown` is the turn as it may be read."""
        text, provider = (unmarked(shown.answer.text), shown.answer.provider) if shown.answer else ("", "")
        return Feedback(
            person=self.person,
            conversation=self.conversation,
            turn=shown.id,
            question=shown.standalone,
            answer=text,
            thumb=shown.thumb,
            reason=shown.reason,
            at=self.at,
            provider=provider,
        )


class ConversationStore:
    """Rows in, records out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, person: str, search: str) -> tuple[ConversationInfo, ...]:
        """Those in which every word of `search` stands somewhere, the last changed first."""
        with self._database.reading() as connection:
            return tuple(_info(row) for row in connection.execute(_found(person, search)))

    def found(self, person: str, search: str) -> tuple[Conversation, ...]:
        """Those of `list`, with all their turns."""
        with self._database.reading() as connection:
            rows = connection.execute(_found(person, search)).all()
            told: dict[str, list[ConversationTurn]] = {row.id: [] for row in rows}
            for one in connection.execute(_turns().where(turns.c.conversation.in_([*told]))):
                told[one.conversation].append(_turn(one))
        return tuple(_conversation(row, told[row.id]) for row in rows)

    def begin(self, person: str, info: ConversationInfo) -> None:
        """Add an empty conversation."""
        values = {"id": info.id, "person": person, "collection": info.collection, "created": info.created}
        rest = {"title": info.title, "searched": folded(info.title), "changed": info.changed}
        with self._database.writing() as connection:
            connection.execute(insert(conversations).values(**values, **rest, summary="", summarised=0))

    def get(self, person: str, conversation: str) -> Conversation:
        """One with all its turns. Raises NotFound."""
        with self._database.reading() as connection:
            row = _row(connection, person, conversation)
            found = connection.execute(_turns().where(turns.c.conversation == conversation)).all()
        return _conversation(row, [_turn(one) for one in found])

    def rename(self, person: str, conversation: str, title: str, at: str) -> ConversationInfo:
        """Raises NotFound."""
        with self._database.writing() as connection:
            _touch(connection, person, conversation, at, title=title, searched=folded(title))
            return _info(_row(connection, person, conversation))

    def remove(self, person: str, conversation: str) -> None:
        """Raises NotFound."""
        with self._database.writing() as connection:
            _row(connection, person, conversation)
            connection.execute(delete(conversations).where(conversations.c.id == conversation))
        self._database.scrub()

    def forget(self, person: str) -> None:
        """Delete all of a person's."""
        with self._database.writing() as connection:
            connection.execute(delete(conversations).where(conversations.c.person == person))
        self._database.scrub()

    def begin_turn(self, person: str, conversation: str, new: NewTurn) -> ConversationTurn:
        """Store a question as `pending`, in the place of those it replaces; the first one gives the title.

        Raises NotFound."""
        with self._database.writing() as connection:
            # This row is locked until the end, so that two questions at once get two numbers.
            _touch(connection, person, conversation, new.at)
            if new.replacing is not None:
                _cut(connection, conversation, new.replacing)
            row = _row(connection, person, conversation)
            if not row.title:
                title = shortened(new.asked, LONGEST_TITLE)
                _touch(connection, person, conversation, new.at, title=title, searched=folded(title))
            last = connection.scalar(select(func.max(turns.c.number)).where(turns.c.conversation == conversation))
            values = {"id": new.id, "conversation": conversation, "number": (last or 0) + 1, "at": new.at}
            values |= {"asked": new.asked, "standalone": new.rewritten.text, "because": new.rewritten.because}
            values |= {"state": "pending", "searched": folded(new.asked)}
            blank = dict.fromkeys(("answer", "error", "thumb", "reason", "rated"), "")
            connection.execute(insert(turns).values(**values, **blank))
            return _turn(connection.execute(select(turns).where(turns.c.id == new.id)).one())

    def end_turn(self, person: str, conversation: str, turn: str, ended: Ended) -> None:
        """Store what became of a turn; nothing where it was removed meanwhile."""
        answer = ended.answer
        values: dict[str, Any] = {"state": ended.state, "error": ended.error}
        if answer is not None:
            values["answer"] = json.dumps(answer_json(answer, evidence=True))
            values["searched"] = turns.c.searched + "\n" + told_by(answer)
        with self._database.writing() as connection:
            # In the order in which `begin_turn` locks: the conversation, then its turns.
            mine = conversations.c.id == conversation, conversations.c.person == person
            connection.execute(update(conversations).where(*mine).values(changed=ended.at))
            connection.execute(update(turns).where(turns.c.id == turn).values(**values))

    def interrupted(self, running: Collection[str], before: str | None, error: str) -> None:
        """Fail every pending turn (from before a time, where one is given), except those that are `running`."""
        lost = [turns.c.state == "pending", turns.c.id.not_in(running)]
        if before is not None:
            lost.append(turns.c.at < before)
        with self._database.reading() as connection:
            if connection.execute(select(turns.c.id).where(*lost).limit(1)).first() is None:
                return
        with self._database.writing() as connection:
            connection.execute(update(turns).where(*lost).values(state="failed", error=error))

    def remember(self, conversation: str, summary: str, summarised: int, known: int) -> None:
        """Store a summary, unless another one came in between (`known` turns were summarised before)."""
        same = conversations.c.id == conversation, conversations.c.summarised == known
        with self._database.writing() as connection:
            connection.execute(update(conversations).where(*same).values(summary=summary, summarised=summarised))

    def rate(self, conversation: str, turn: str, thumb: Thumb, reason: str, at: str) -> None:
        """Store what somebody thinks of an answer."""
        mine = turns.c.conversation == conversation, turns.c.id == turn
        with self._database.writing() as connection:
            connection.execute(update(turns).where(*mine).values(thumb=thumb, reason=reason, rated=at if thumb else ""))

    def rated(self, limit: int) -> tuple[Rated, ...]:
        """What was rated, newest first."""
        joined = turns.join(conversations, conversations.c.id == turns.c.conversation)
        query = select(turns, conversations.c.person).select_from(joined).where(turns.c.rated != "")
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(turns.c.rated.desc(), turns.c.id).limit(limit)).all()
        return tuple(Rated(row.person, row.conversation, _turn(row), row.rated) for row in rows)


def shortened(text: str, longest: int) -> str:
    """One line of at most `longest` characters, cut between words where that is possible.

    >>> shortened("How do I store  passwords safely?", 22)
    'How do I store…'
    """
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    head = line[: longest - 1]
    return (head.rpartition(" ")[0] or head) + "…"


def _infos() -> Select[Any]:
    count = select(func.count()).where(turns.c.conversation == conversations.c.id).scalar_subquery()
    return select(conversations, count.label("turns"))


def _found(person: str, search: str) -> Select[Any]:
    """The person's conversations in which every word of `search` stands somewhere, the last changed first."""
    query = _infos().where(conversations.c.person == person)
    for word in folded(search).split():
        inside = select(turns.c.id).where(
            turns.c.conversation == conversations.c.id, turns.c.searched.contains(word, autoescape=True)
        )
        query = query.where(or_(conversations.c.searched.contains(word, autoescape=True), inside.exists()))
    return query.order_by(conversations.c.changed.desc(), conversations.c.id)


def _turns() -> Select[Any]:
    return select(turns).order_by(turns.c.conversation, turns.c.number)


def _row(connection: Connection, person: str, conversation: str) -> Row[Any]:
    mine = conversations.c.id == conversation, conversations.c.person == person
    row = connection.execute(_infos().where(*mine)).first()
    return row if row is not None else _not_found()


def _touch(connection: Connection, person: str, conversation: str, at: str, **values: str) -> None:
    mine = conversations.c.id == conversation, conversations.c.person == person
    if connection.execute(update(conversations).where(*mine).values(changed=at, **values)).rowcount == 0:
        _not_found()


def _cut(connection: Connection, conversation: str, number: int) -> None:
    """Remove the turns from a number on, and a summary that tells of one of them."""
    connection.execute(delete(turns).where(turns.c.conversation == conversation, turns.c.number >= number))
    told = conversations.c.id == conversation, conversations.c.summarised >= number
    connection.execute(update(conversations).where(*told).values(summary="", summarised=0))


def _not_found() -> Any:
    raise NotFound("There is no such conversation; the list of conversations shows yours.")


def _info(row: Row[Any]) -> ConversationInfo:
    return ConversationInfo(row.id, row.title, row.collection, row.turns, row.created, row.changed)


def _conversation(row: Row[Any], said: Sequence[ConversationTurn]) -> Conversation:
    return Conversation(_info(row), tuple(said), row.summary, row.summarised)


def _turn(row: Row[Any]) -> ConversationTurn:
    return ConversationTurn(
        id=row.id,
        number=row.number,
        asked=row.asked,
        standalone=row.standalone,
        state=cast(TurnState, row.state),
        at=row.at,
        answer=answer_from_json(json.loads(row.answer)) if row.answer else None,
        error=row.error,
        thumb=cast(Thumb, row.thumb),
        reason=row.reason,
        because=row.because,
    )


def numbered(found: Sequence[ConversationTurn], turn: str) -> ConversationTurn:
    """The turn with an id. Raises NotFound."""
    for one in found:
        if one.id == turn:
            return one
    raise NotFound("There is no such turn in this conversation; open it again to see those there are.")
