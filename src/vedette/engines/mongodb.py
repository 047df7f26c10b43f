"""Questions in a collection of MongoDB: one document each, so that every step is one atomic write of its server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from vedette.errors import BadInput, Conflict, MissingExtra, NotFound, StorageError
from vedette.questions import rows
from vedette.questions.contract import Claim, Ended, Held, Mailed, NewQuestion, Quota, Stale, Work
from vedette.records import QueueCounts, QueuedQuestion, QueueFilter, Thumb
from vedette.storage.tables import questions as table

if TYPE_CHECKING:
    from pymongo.collection import Collection

P = ParamSpec("P")
R = TypeVar("R")
Order = tuple[tuple[str, int], ...]
Which = dict[str, Any]

TIMEOUT_MS = 10_000
DATABASE = "vedette"  # where the URL names none
LONGEST_REASON = 200
LINE: Order = (("priority", 1), ("tag", 1), ("asked", 1))
HELD: Mapping[Work, Which] = {"answer": {"state": "answering"}, "mail": {"mail": "sending"}}
TRIES: Mapping[Work, str] = {"answer": "tries", "mail": "mail_tries"}
WAITS = {"$in": rows.WAITS}


def _told(step: Callable[P, R]) -> Callable[P, R]:
    """What the driver raises, as StorageError."""

    @wraps(step)
    def tried(*arguments: P.args, **named: P.kwargs) -> R:
        from pymongo.errors import PyMongoError

        try:
            return step(*arguments, **named)
        except PyMongoError as error:
            said = str(error).partition(" (configured timeouts")[0][:LONGEST_REASON]
            raise StorageError(f"The MongoDB server of the questions failed ({said}); check its log.") from error

    return tried


class MongoQuestions:
    """`QuestionStore` in the collection `questions` of the database that the URL names. What it says is stored is in
    the journals of most servers of its set. Raises MissingExtra, BadInput for a URL that is none, StorageError."""

    def __init__(self, url: str, timeout_ms: int = TIMEOUT_MS) -> None:
        try:
            from pymongo import MongoClient
            from pymongo.errors import ConfigurationError
        except ImportError as error:
            raise MissingExtra.of("pymongo", "mongodb") from error
        try:
            self._client: MongoClient[Which] = MongoClient(url, timeoutMS=timeout_ms)
        except (ConfigurationError, ValueError) as error:
            raise BadInput(
                f"The address of the MongoDB server is none ({error}); give mongodb://host:27017/vedette."
            ) from error
        try:
            self._questions = self._open()
        except StorageError:
            self._client.close()
            raise

    def close(self) -> None:
        """Let go of the server."""
        self._client.close()

    @_told
    def add(self, new: NewQuestion, quota: Quota) -> QueuedQuestion:
        from pymongo.errors import DuplicateKeyError

        for _ in range(rows.AT_ONCE):
            number, waiting, today = self._counted(new.person, quota)
            # Looked for after the counting: where it was sent twice at once, the other one is not one too many.
            found = self._questions.find_one({"_id": new.id})
            if found is None:
                rows.require_room(quota, waiting, today)
                found = _document(rows.first_values(new, number + 1, self._next_tag(new.person, new.priority)))
                try:
                    self._questions.insert_one(found)
                except DuplicateKeyError:
                    continue
            return rows.question_of(_row(found), self._place(found))
        raise Conflict(rows.CROWDED)

    @_told
    def get(self, question: str, person: str | None = None) -> QueuedQuestion:
        found = self._existing(_one(question, person))
        return rows.question_of(_row(found), self._place(found))

    @_told
    def list(
        self, person: str | None = None, state: QueueFilter | None = None, limit: int = 100, before: str = ""
    ) -> tuple[QueuedQuestion, ...]:
        which: Which = {} if person is None else {"person": person}
        if state == "mail_failed":
            which["mail"] = {"$in": rows.MAIL_FAILED}
        elif state is not None:
            which["state"] = WAITS if state == "waiting" else state
        if before:
            which["asked"] = {"$lt": before}
        found = self._questions.find(which, sort=(("asked", -1), ("_id", 1)), limit=limit)
        return tuple(rows.question_of(_row(one)) for one in found)

    @_told
    def counts(self) -> QueueCounts:
        states: dict[str, int] = {}
        mails: dict[str, int] = {}
        both = {"$group": {"_id": {"state": "$state", "mail": "$mail"}, "number": {"$sum": 1}}}
        for one in self._questions.aggregate([both]):
            state, mail = one["_id"]["state"], one["_id"]["mail"]
            states[state] = states.get(state, 0) + one["number"]
            mails[mail] = mails.get(mail, 0) + one["number"]
        oldest = self._end({"state": WAITS}, "asked", 1)
        holders = self._questions.distinct("holder", {"$or": [*HELD.values()]})
        return rows.counted(states, mails, oldest or "", holders)

    @_told
    def cancel(self, question: str, person: str | None = None) -> bool:
        open_ = {"state": {"$in": rows.OPEN}}
        return self._write(_one(question, person), open_, {"$set": rows.cancelled_values()})

    @_told
    def retry(self, question: str, person: str | None = None) -> bool:
        row = self._existing(one := _one(question, person))
        given_up = {"state": {"$in": ("dead", "cancelled")}}
        again = rows.again_values(self._next_tag(row["person"], row["priority"]))
        failed = {"state": "answered", "mail": {"$in": rows.MAIL_FAILED}}
        return self._write(one, given_up, {"$set": again}) or self._write(
            one, failed, {"$set": rows.send_again_values()}
        )

    @_told
    def rate(self, question: str, person: str, thumb: Thumb, reason: str) -> bool:
        said = {"thumb": thumb, "thumb_reason": reason}
        return self._write(_one(question, person), {"state": "answered"}, {"$set": said})

    @_told
    def claim(self, holder: str) -> Claim | None:
        return self._claim({"state": "waiting"}, LINE, "answer", holder)

    @_told
    def claim_mail(self, holder: str, now: str) -> Claim | None:
        due = _due("mail_due", now)
        return self._claim({"mail": "waiting", **due}, (("mail_due", 1),), "mail", holder)

    @_told
    def finish(self, claim: Claim, ended: Ended) -> None:
        self._finish(claim, rows.ended_values(claim.question.tries, ended))

    @_told
    def mailed(self, claim: Claim, mailed: Mailed) -> None:
        self._finish(claim, rows.mailed_values(mailed))

    @_told
    def bounced(self, question: str, error: str) -> bool:
        back = {"$set": rows.bounced_values(error)}
        return self._changed({"_id": question, "mail": "sent"}, back)

    @_told
    def beat(self, claim: Claim) -> bool:
        return self._changed(_held(claim.question.id, claim.fence, claim.work), {"$inc": {"beat": 1}})

    @_told
    def held(self) -> tuple[Held, ...]:
        seen = self._questions.find({"$or": [*HELD.values()]}, ("state", "fence", "beat", "tries"))
        return tuple(_seen(one) for one in seen)

    @_told
    def release(self, held: Held, ended: Ended) -> bool:
        values = rows.ended_values(held.tries, ended) if held.work == "answer" else rows.released_mail_values()
        return self._changed(_held(held.id, held.fence, held.work) | {"beat": held.beat}, {"$set": values})

    @_told
    def wake(self, now: str) -> int:
        woken = {"$set": {"state": "waiting", "due": ""}}
        return self._questions.update_many({"state": "resting", **_due("due", now)}, woken).modified_count

    @_told
    def forget(self, person: str) -> int:
        return self._questions.delete_many({"person": person}).deleted_count

    @_told
    def expire(self, before: str) -> int:
        over = {"state": {"$in": rows.ENDED}, "mail": {"$nin": ("waiting", "sending")}}
        return self._questions.delete_many({"asked": {"$lt": before}, **over}).deleted_count

    @_told
    def _open(self) -> Collection[Which]:
        from pymongo import IndexModel, ReadPreference, WriteConcern

        questions = self._client.get_default_database(DATABASE).get_collection(
            "questions", read_preference=ReadPreference.PRIMARY, write_concern=WriteConcern("majority", j=True)
        )
        numbers = IndexModel((("person", 1), ("number", 1)), unique=True)
        same = (IndexModel([(column.name, 1) for column in index.columns]) for index in table.indexes)
        questions.create_indexes([numbers, *same])
        return questions

    def _counted(self, person: str, quota: Quota) -> tuple[int, int, int]:
        """A person's last number, and how many questions wait and were asked today. The number is read first: whoever
        adds one meanwhile takes the next, and we begin again."""
        own = {"person": person}
        number = self._end(own, "number", -1) or 0
        count = self._questions.count_documents
        waiting = count({**own, "state": {"$in": rows.OPEN}}) if quota.waiting else 0
        today = count({**own, "asked": {"$gt": quota.day}}) if quota.per_day else 0
        return number, waiting, today

    def _next_tag(self, person: str, priority: int) -> int:
        least = self._end({"state": "waiting", "priority": priority}, "tag", 1)
        answered = self._end({"state": "answered", "priority": priority}, "tag", -1)
        own = self._end({"person": person, "priority": priority}, "tag", -1)
        return rows.next_tag(least, answered, own)

    def _end(self, which: Which, field: str, order: int) -> Any:
        """The least (1) or greatest (-1) value of a field; None without a document."""
        found = self._questions.find_one(which, (field,), sort=((field, order),))
        return found and found[field]

    def _place(self, row: rows.Row) -> int:
        if row["state"] != "waiting":
            return 0
        same: Which = {}
        before = []
        for field, _ in LINE:
            before.append({**same, field: {"$lt": row[field]}})
            same[field] = row[field]
        return self._questions.count_documents({"state": "waiting", "$or": before}, limit=rows.FURTHEST) + 1

    def _existing(self, which: Which) -> Which:
        found = self._questions.find_one(which)
        if found is None:
            raise NotFound(rows.NO_SUCH)
        return found

    def _write(self, one: Which, if_: Which, change: Which) -> bool:
        changed = self._changed(one | if_, change)
        if not changed:
            self._existing(one)
        return changed

    def _changed(self, which: Which, change: Which) -> bool:
        return self._questions.update_one(which, change).matched_count == 1

    def _claim(self, which: Which, order: Order, work: Work, holder: str) -> Claim | None:
        from pymongo import ReturnDocument

        taken = {"$set": {"holder": holder, "beat": 0, **HELD[work]}, "$inc": {"fence": 1, TRIES[work]: 1}}
        found = self._questions.find_one_and_update(which, taken, sort=order, return_document=ReturnDocument.AFTER)
        return Claim(rows.question_of(_row(found)), work, found["fence"]) if found else None

    def _finish(self, claim: Claim, values: Mapping[str, Any]) -> None:
        if not self._changed(_held(claim.question.id, claim.fence, claim.work), {"$set": values}):
            raise Stale(rows.STALE)


def _one(question: str, person: str | None) -> Which:
    return {"_id": question} if person is None else {"_id": question, "person": person}


def _held(question: str, fence: int, work: Work) -> Which:
    return {"_id": question, "fence": fence, **HELD[work]}


def _due(field: str, now: str) -> Which:
    return {"$or": [{field: {"$lte": now}}, {field: {"$gt": rows.latest(now)}}]}


def _seen(document: Which) -> Held:
    work: Work = "answer" if document["state"] == "answering" else "mail"
    return Held(document["_id"], work, document["fence"], document["beat"], document["tries"])


def _document(values: rows.Values) -> Which:
    return {"_id": values.pop("id"), **values}


def _row(document: Which) -> rows.Row:
    return {"id": document["_id"], **document}
