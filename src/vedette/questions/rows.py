"""A question as it is kept, the same fields in every store, and what each step writes into them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from vedette.errors import TooMany
from vedette.questions.contract import Ended, Mailed, NewQuestion, Quota, Work
from vedette.records import QueueCounts, QueuedQuestion, Submission
from vedette.records_json import answer_from_json, answer_json, decode, encode
from vedette.storage.texts import storable

Row = Mapping[str, Any]
Values = dict[str, Any]

NO_SUCH = "There is no such question."
STALE = "Somebody else has this question by now; what was made of it is not taken."
CROWDED = "Too many of your questions come at the same moment; send them one after the other."
# Of two questions of one person at the same moment, both wanting the next number, one tries again.
AT_ONCE = 100
OPEN = ("waiting", "resting", "answering")
WAITS = ("waiting", "resting")
MAIL_FAILED = ("refused", "bounced")
ENDED = ("answered", "dead", "cancelled")
# Everybody looks at their place again and again, so a long line is not counted to its end.
FURTHEST = 300
# No pause between two tries is longer: what is due later was written by a clock that has been set back since.
LONGEST_PAUSE = timedelta(hours=2)


def first_values(new: NewQuestion, number: int, tag: int) -> Values:
    """A new question, waiting."""
    return {
        "id": new.id,
        "person": new.person,
        "number": number,
        "priority": new.priority,
        "tag": tag,
        "asked": new.asked,
        "submission": json.dumps(encode(new.submission)),
        "state": "waiting",
        "due": "",
        "tries": 0,
        "reason": "",
        "error": "",
        "answered": "",
        "answer": "",
        **_no_mail(),
        "holder": "",
        "fence": 0,
        "beat": 0,
        "thumb": "",
        "thumb_reason": "",
    }


def next_tag(waiting: int | None, answered: int | None, own: int | None) -> int:
    """The tag of a new question, from 1, out of tags of its own priority: the least that waits, the greatest that was
    answered, the greatest of its person. 0 is the tag of what was given up.

    >>> next_tag(7, 6, 11), next_tag(7, 6, None), next_tag(2, 40, 3), next_tag(None, 40, None), next_tag(None, None, 0)
    (12, 7, 40, 40, 1)
    """
    # The greatest answered too: one that slept for long, and waits again with its old tag, does not set the line back.
    return max(waiting or 0, answered or 0, (own or 0) + 1)


def require_room(quota: Quota, waiting: int, today: int) -> None:
    """Whether a person may ask one more. Raises TooMany."""
    if quota.waiting and waiting >= quota.waiting:
        raise TooMany(
            f"{waiting} of your questions wait for their answers already, and no more may; wait for one, or cancel one."
        )
    if quota.per_day and today >= quota.per_day:
        raise TooMany(f"You asked {today} questions in 24 hours, and no more are taken; ask again tomorrow.")


def ended_values(tries: int, ended: Ended) -> Values:
    """What an attempt to answer leaves behind; `tries` with this one. Nobody's next questions stand behind one that was
    given up: its tag is given up too."""
    values: Values = {"holder": "", "reason": ended.reason, "error": storable(ended.error), "due": ""}
    untried = max(0, tries - 1)
    match ended.state:
        case "again":
            return values | {"state": "resting", "due": ended.due, "tries": tries if ended.counts else untried}
        case "back":
            return values | {"state": "waiting", "tries": untried}
        case "answered":
            kept = json.dumps(answer_json(ended.answer, evidence=True)) if ended.answer else ""
            values |= {"answer": kept}
        case "dead":
            values |= {"tag": 0}
    letter = {"mail": "waiting"} if ended.mail else {}
    return values | {"state": ended.state, "answered": ended.at, **_no_mail(), **letter}


def mailed_values(mailed: Mailed) -> Values:
    """What an attempt to send leaves behind."""
    sent = mailed.at if mailed.state == "sent" else ""
    return {
        "holder": "",
        "mail": mailed.state,
        "mail_due": mailed.due,
        "mail_error": storable(mailed.error),
        "sent": sent,
    }


def bounced_values(error: str) -> Values:
    """A letter that came back."""
    return {"mail": "bounced", "mail_error": storable(error)}


def cancelled_values() -> Values:
    """Taken out of the line: its holder finishes in vain, for nobody holds it. Its tag is given up, so that its
    person's next questions do not stand behind it."""
    return {"state": "cancelled", "tag": 0, "holder": "", "due": "", "reason": "", "error": ""}


def again_values(tag: int) -> Values:
    """Back into the line as if it were new."""
    return {"state": "waiting", "tag": tag, "tries": 0, "answered": "", "due": "", **_no_mail()}


def send_again_values() -> Values:
    """A letter that failed, waiting once more."""
    return {"mail": "waiting", "mail_due": "", "mail_tries": 0}


def released_mail_values() -> Values:
    """A letter whose sender is lost, waiting once more."""
    return {"mail": "waiting", "mail_due": "", "holder": ""}


def taken_values(row: Row, work: Work, holder: str) -> Values:
    """What a claim writes; the try is counted."""
    held = {"holder": holder, "fence": row["fence"] + 1, "beat": 0}
    if work == "mail":
        return held | {"mail": "sending", "mail_tries": row["mail_tries"] + 1}
    return held | {"state": "answering", "tries": row["tries"] + 1}


def counted(states: Mapping[str, int], mails: Mapping[str, int], oldest: str, holders: Iterable[str]) -> QueueCounts:
    """How many stand where, from how many rows have each state and each state of mail."""
    return QueueCounts(
        waiting=sum(states.get(name, 0) for name in WAITS),
        answering=states.get("answering", 0),
        answered=states.get("answered", 0),
        dead=states.get("dead", 0),
        cancelled=states.get("cancelled", 0),
        mails_waiting=mails.get("waiting", 0) + mails.get("sending", 0),
        mails_failed=mails.get("refused", 0) + mails.get("bounced", 0),
        oldest=oldest,
        holders=tuple(sorted(set(holders))),
    )


def latest(now: str) -> str:
    """The time after which nothing can be due that was written by a clock that still goes.

    >>> latest("2026-01-01T00:00:00.000000+00:00")
    '2026-01-01T02:00:00.000000+00:00'
    """
    return (datetime.fromisoformat(now) + LONGEST_PAUSE).isoformat(timespec="microseconds")


def question_of(row: Row, place: int = 0) -> QueuedQuestion:
    """The record of a row. `place` counts only where it waits."""
    return QueuedQuestion(
        id=row["id"],
        person=row["person"],
        number=row["number"],
        submission=decode(Submission, json.loads(row["submission"])),
        state="waiting" if row["state"] == "resting" else row["state"],
        asked=row["asked"],
        priority=row["priority"],
        place=place,
        tries=row["tries"],
        reason=row["reason"],
        error=row["error"],
        answered=row["answered"],
        answer=answer_from_json(json.loads(row["answer"])) if row["answer"] else None,
        mail=row["mail"],
        mail_tries=row["mail_tries"],
        mail_error=row["mail_error"],
        sent=row["sent"],
        thumb=row["thumb"],
        thumb_reason=row["thumb_reason"],
    )


def _no_mail() -> Values:
    return {"mail": "", "mail_due": "", "mail_tries": 0, "mail_error": "", "sent": ""}
