"""The sums that the tests of faults rest on see what they are there for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.knowledge import ANSWER
from fakes.line import Reckoning, reckoned
from fakes.workforce import Note
from servers.smtp import Kept
from vedette.records import QueuedQuestion, Submission

Q = "a" * 32
NOTES = [
    Note("claim", 1, 0, Q, 1),
    Note("finish", 1, 1, Q, 1),
    Note("claim mail", 1, 2, Q, 2),
    Note("send", 1, 3, Q, 2),
    Note("mailed", 1, 4, Q, 2),
]
TAKEN_UP = [NOTES[0], Note("killed", 1, 2), Note("claim", 2, 4.5, Q, 2)]
WELL = Reckoning(lost=0, stale=0, unsent=0, outside=0, inside=0, refused=0, kills=0, again_s=0.0)


def stored(process: int) -> dict[str, QueuedQuestion]:
    said = replace(ANSWER, text=f"Process {process} says so.")
    return {Q: QueuedQuestion(Q, "p", 1, Submission("Why?", by_mail=True), "answered", "t", answer=said, mail="sent")}


def letter(process: int = 1) -> Kept:
    text = f"Message-ID: <question.{Q}.answer@school.example>\r\n\r\nProcess {process} says so.\r\n"
    return Kept("vedette@school.example", ("ana@example.org",), text.encode())


@pytest.mark.parametrize(
    ("noted", "kept", "by", "seen"),
    [
        (NOTES, [letter()], 1, WELL),
        (NOTES, [letter(), letter()], 1, replace(WELL, outside=1)),
        (NOTES[:-1], [letter(), letter()], 1, replace(WELL, inside=1)),
        (NOTES[:-1], [letter()] * 3, 1, replace(WELL, inside=1, outside=1)),
        (NOTES, [], 1, replace(WELL, unsent=1)),
        (NOTES, [letter()], 2, replace(WELL, stale=1)),
        (NOTES, [letter(2)], 1, replace(WELL, stale=1)),
        ([*NOTES, Note("finish", 1, 5, Q, 3)], [letter()], 1, replace(WELL, stale=1)),
        (TAKEN_UP, [letter()], 1, replace(WELL, kills=1, again_s=2.5)),
    ],
    ids=["well", "twice", "ambiguous", "both", "unsent", "overwritten", "another letter", "finished twice", "taken up"],
)
def test_what_is_counted(noted: list[Note], kept: list[Kept], by: int, seen: Reckoning) -> None:
    assert reckoned(noted, kept, stored(by), [Q]) == seen


def test_an_acknowledged_question_that_is_not_there_is_lost() -> None:
    assert reckoned([], [], {}, [Q]).lost == 1
