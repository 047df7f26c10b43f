"""Bodies of the routes of people: accounts, conversations, administration."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from vedette.records import (
    AccountChange,
    AuditEntry,
    ChannelName,
    ConversationInfo,
    Feedback,
    KeyInfo,
    Notice,
    PartHealth,
    Person,
    Reader,
    Role,
    SessionInfo,
    Thumb,
    Tlp,
    Training,
    Tried,
)
from vedette.web.schemas import AnswerBody, Body

LONGEST = 1_000
"""Characters of any one field that accounts read; what they accept is stricter."""


def text(about: str, least: int = 0) -> str:
    """A text field that is bounded before anything looks at it."""
    field: str = Field(min_length=least, max_length=LONGEST, description=about)
    return field


EMAIL = text("E-mail address.", 1)
PASSWORD = text("Password, 12 to 256 characters.", 1)


class MeBody(BaseModel):
    sign_in: bool = Field(description="Whether people sign in here; if not, everything is allowed.")
    person: Person | None = Field(description="Who is signed in.")
    registration: bool = Field(description="Whether people can make an account by themselves.")
    language_default: str = Field(description="Language of whoever has chosen none, ISO 639-1; their own when empty.")
    version: str
    roles: list[Role] = Field(description="All roles, each of which may do what those before it may.")
    mail: bool = Field(description="Whether answers can be mailed to whoever asks this.")
    training: Training = Field(description="Whether questions become training data: as each says, always or never.")


class RenameBody(Body):
    name: str = text("The name that others see.")
    language: str = Field("", pattern="^([a-z]{2})?$", description="Language of the page, ISO 639-1.")


class RegisterBody(Body):
    email: str = EMAIL
    password: str = PASSWORD
    name: str = Field("", max_length=LONGEST, description="The name that others see.")


class LoginBody(Body):
    email: str = EMAIL
    password: str = text("Password.", 1)


class TokenBody(BaseModel):
    access_token: str = Field(description="For `Authorization: Bearer`.")
    token_type: str = "bearer"
    expires_in: int = Field(description="Seconds.")


class ForgotBody(Body):
    email: str = EMAIL


class ResetBody(Body):
    token: str = text("The token of the link that was mailed.", 1)
    password: str = PASSWORD


class PasswordBody(Body):
    old: str = text("The password until now.", 1)
    new: str = PASSWORD


class SessionsBody(BaseModel):
    sessions: list[SessionInfo]


class KeysBody(BaseModel):
    keys: list[KeyInfo]


class NewKeyBody(Body):
    name: str = text("What it is for.", 1)
    days: int = Field(0, ge=0, le=3650, description="Days until it expires; 0: never.")


class MadeKeyBody(BaseModel):
    key: KeyInfo
    secret: str = Field(description="The key itself, shown this once.")


class BeginBody(Body):
    collection: str = Field("default", min_length=1, max_length=100, description="The collection to ask.")


class TitleBody(Body):
    title: str = text("A new title.")


class TextBody(Body):
    text: str = Field(description="What you want to know; at most 4,000 characters.")


class AgainBody(Body):
    text: str = Field("", description="The question in other words; the same again when empty.")


class RatingBody(Body):
    thumb: Thumb
    reason: str = Field("", max_length=10_000, description="Why; at most 2,000 characters.")


class TurnBodyOut(BaseModel):
    id: str
    number: int = Field(description="Counts from 1.")
    asked: str = Field(description="What was written.")
    standalone: str = Field(description="The question as it was searched for.")
    because: str = Field(description="Why that differs; empty where it does not.")
    state: Literal["pending", "done", "failed"]
    at: str
    answer: AnswerBody | None
    error: str
    thumb: Thumb
    reason: str


class ConversationBody(BaseModel):
    info: ConversationInfo
    turns: list[TurnBodyOut]
    summary: str = Field(description="What the first `summarised` turns said.")
    summarised: int


class ConversationsBody(BaseModel):
    conversations: list[ConversationInfo]


class ReaderNamesBody(BaseModel):
    readers: list[Reader] = Field(description="Tags, and how they are called.")


class PeopleBody(BaseModel):
    people: list[Person]


class NewPersonBody(Body):
    email: str = EMAIL
    password: str = PASSWORD
    name: str = Field("", max_length=LONGEST, description="The name that others see.")
    role: Role = "reader"


class LinkBody(BaseModel):
    link: str = Field(description="The link that sets a new password, shown this once.")


class ChangeBody(Body):
    """What is to change; the rest stays."""

    role: Role | None = None
    groups: list[str] | None = Field(None, max_length=100, description="Names of groups.")
    clearance: Tlp | None = Field(None, description="The most confidential TLP label they may read.")
    disabled: bool | None = Field(None, description="Kept out at once; nothing is deleted.")

    def record(self) -> AccountChange:
        groups = None if self.groups is None else tuple(self.groups)
        return AccountChange(self.role, groups, self.clearance, self.disabled)


class AuditBody(BaseModel):
    entries: list[AuditEntry]


class FeedbackBody(BaseModel):
    feedback: list[Feedback]


class HealthBody(BaseModel):
    parts: list[PartHealth]


class NoticesBody(BaseModel):
    notices: list[Notice]


class TryBody(Body):
    channel: ChannelName | None = Field(None, description="Only those of this channel.")


class TriedBody(BaseModel):
    tried: list[Tried]
