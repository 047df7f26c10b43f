"""Conversations: turns of question and answer, and what people thought of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vedette.records.answer import Answer, AnswerEvent

Thumb = Literal["up", "down", ""]
TurnState = Literal["pending", "done", "failed"]


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A line of the list of conversations, the last changed first. Times are ISO 8601 UTC."""

    id: str
    title: str
    collection: str
    turns: int
    created: str
    changed: str


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """One exchange; `number` counts from 1. `asked` is what the person wrote, `standalone` the question that was
    searched for (the same where nothing had to be added, else `because` says why it is not); `answer` is None while it
    is pending, and where it failed, for the reason in `error`."""

    id: str
    number: int
    asked: str
    standalone: str
    state: TurnState
    at: str
    answer: Answer | None = None
    error: str = ""
    thumb: Thumb = ""
    reason: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its turns, oldest first. `summary` holds what the first `summarised` turns said."""

    info: ConversationInfo
    turns: tuple[ConversationTurn, ...]
    summary: str = ""
    summarised: int = 0


@dataclass(frozen=True, slots=True)
class Feedback:
    """A rated answer, for the admin."""

    person: str
    conversation: str
    turn: str
    question: str
    answer: str
    thumb: Thumb
    reason: str
    at: str
    provider: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A question as it was searched for, and why it was changed: empty where it stands by itself."""

    text: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class TurnEvent:
    """One event of a question in a conversation.

    kind `rewritten`: `rewritten` is the question as it is searched for; always the first. kind `answer`: `event` is the
    next of the answer's own. kind `turn`: `turn` as it is stored; always the last, even where the answer failed.
    """

    kind: Literal["rewritten", "answer", "turn"]
    rewritten: Rewritten | None = None
    event: AnswerEvent | None = None
    turn: ConversationTurn | None = None
