"""Bodies of the questions that are answered later."""

from __future__ import annotations

from pydantic import BaseModel, Field

from vedette.records import (
    DeadReason,
    MailState,
    QueueCounts,
    QueueState,
    Submission,
    Thumb,
)
from vedette.web.schemas import AnswerBody, Body


class SubmitBody(Body):
    text: str = Field(description="What you want to know; at most 4,000 characters.")
    collection: str = Field("default", min_length=1, max_length=100, description="The collection to ask.")
    language: str = Field("", pattern="^([a-z]{2})?$", description="Language of the answer and its mail, ISO 639-1.")
    by_mail: bool | None = Field(None, description="Whether the answer is mailed; where it can be, when left out.")
    training: bool = Field(False, description="Whether question and answer may become training data.")
    key: str = Field("", max_length=200, description="What is sent twice with the same key is one question.")


class QueuedBody(BaseModel):
    id: str
    person: str
    number: int = Field(description="Counts one's own questions from 1.")
    submission: Submission
    state: QueueState
    asked: str = Field(description="When, ISO 8601 UTC.")
    priority: int = Field(description="The lower goes first.")
    place: int = Field(description="1: the next one to be answered; 301: after the 300th; 0: it does not wait.")
    tries: int
    reason: DeadReason = Field(description="Why it was given up, or waits for another try.")
    error: str
    answered: str
    answer: AnswerBody | None
    mail: MailState = Field(description="State of the mail; empty where none is wanted, or not yet.")
    mail_tries: int
    mail_error: str
    sent: str
    thumb: Thumb
    thumb_reason: str


class QueuedListBody(BaseModel):
    questions: list[QueuedBody]


class QueueBody(BaseModel):
    questions: list[QueuedBody]
    counts: QueueCounts


class DeletedBody(BaseModel):
    deleted: int = Field(description="How many there were.")


class DataDeletedBody(BaseModel):
    conversations: int
    questions: int
    forecasts: int
