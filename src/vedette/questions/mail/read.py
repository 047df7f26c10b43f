"""What a mail that came in is: a question, a letter of ours that came back, nothing to answer, or nothing to believe.

Two steps, so that strangers make us read little: `envelope_of` looks at the header, `content_of` at the rest, once the
sender is known to have an account.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256
from typing import Literal

from vedette.errors import BadInput
from vedette.questions.mail.bounce import Bounce, bounce_in, is_report
from vedette.questions.mail.inbox import Aside, Received
from vedette.questions.mail.parts import (
    Fields,
    bytes_of,
    decoded,
    first_of,
    head_of,
    leaves_of,
    message_ids,
    parameter_of,
    text_of,
    values_of,
)
from vedette.questions.mail.sender import doubt_about, sender_of
from vedette.questions.mail.text import line_of, question_in, text_of_html
from vedette.records import LONGEST_QUESTION

Problem = Literal["", "empty", "too_long", "too_large", "unreadable"]
"""Why a mail asks nothing that can be answered."""
LONGEST_SUBJECT, LONGEST_NAME, LONGEST_THREAD = 200, 120, 20
_MACHINES = ("mailer-daemon", "postmaster")
_AUTOMATIC = ("list-id", "x-auto-response-suppress", "x-autoreply", "x-autorespond")
_REPLY = re.compile(r"(?i)^(?:(?:re|rv|aw|tr|fwd?) ?: ?)+")
# Parts that mail programs add by themselves, and nobody means as a document.
_BY_PROGRAM = ("application/pgp-", "application/pkcs7-", "application/x-pkcs7-", "text/vcard", "text/x-vcard")
_BY_PROGRAM_TOO = ("text/calendar", "application/ms-tnef")


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom to believe: the checks that the mail server `authserv` made, or everybody. Mails from `own` addresses are
    not read: the first of them is the sender of our letters, which are in the person's language, else in `language`.
    Questions go to `collection`."""

    own: tuple[str, ...]
    authserv: str = ""
    trust_all: bool = False
    collection: str = "default"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whose mail it is, and where it stands: `thread` are the Message-IDs before it, its own last. `key` is the same
    whenever this mail is read."""

    sender: str
    key: str
    subject: str
    thread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nobody waits for an answer to it."""

    why: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Nobody knows whom an answer would reach."""

    aside: Aside
    why: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a question; `name` is a bare file name."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail asks; no text where there is a problem."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    problem: Problem = ""


def envelope_of(
    received: Received, rules: Rules, question_of: Callable[[str], str | None]
) -> Envelope | Bounce | Ignored | Doubtful:
    """What the header of a mail says. `question_of` gives the question that a Message-ID of ours belongs to."""
    try:
        fields = head_of(received.raw)
        return _judged(received, fields, rules, question_of)
    except BadInput as error:
        return Doubtful("unreadable", error.message)
    except Exception as error:  # noqa: BLE001 - any fault of the mail library on hostile bytes is that mail's failure
        return Doubtful("unreadable", f"It cannot be read ({error!r}).")


def content_of(received: Received, envelope: Envelope) -> Content:
    """What a mail asks: its text without quotations and signature, or its subject where it has none."""
    if received.size > len(received.raw):
        return Content("", problem="too_large")
    try:
        parts = list(leaves_of(received.raw))
        text = question_in(_body(parts)) or _REPLY.sub("", envelope.subject)
        attachments = tuple(_attachments(parts))
    except Exception:  # noqa: BLE001 - as above; whoever sent it is told
        return Content("", problem="unreadable")
    problem: Problem = "too_long" if len(text) > LONGEST_QUESTION else "" if text else "empty"
    return Content("" if problem else text, attachments, problem)


def _judged(
    received: Received, fields: Fields, rules: Rules, question_of: Callable[[str], str | None]
) -> Envelope | Bounce | Ignored | Doubtful:
    sender = sender_of(values_of(fields, "from"))
    machine = sender is not None and sender.lower().rpartition("@")[0] in _MACHINES
    if machine or is_report(fields):
        bounce = bounce_in(received.raw, fields, question_of)
        return bounce or Ignored("a report of a mail server")
    automatic = _automatic(fields)
    if automatic:
        return Ignored(automatic)
    if sender is None:
        return Doubtful("doubtful-sender", "It has not exactly one sender.")
    if sender.lower() in (own.lower() for own in rules.own):
        return Ignored("a mail of ours")
    doubt = "" if rules.trust_all else doubt_about(sender, values_of(fields, "authentication-results"), rules.authserv)
    if doubt:
        return Doubtful("doubtful-sender", f"The sender is not believed: {doubt}.")
    own_id = message_ids(first_of(fields, "message-id"))[:1]
    before = message_ids(*values_of(fields, "references"), *values_of(fields, "in-reply-to"))
    return Envelope(
        sender=sender,
        key=f"mail:{own_id[0] if own_id else sha256(received.raw).hexdigest()}",
        subject=line_of(decoded(first_of(fields, "subject")), LONGEST_SUBJECT),
        thread=(*(one for one in before if one not in own_id), *own_id)[-LONGEST_THREAD:],
    )


def _automatic(fields: Fields) -> str:
    """Why nobody wrote a mail by hand; empty where somebody may have. Source: RFC 3834."""
    submitted = first_of(fields, "auto-submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return "an automatic reply"
    if first_of(fields, "precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return "a mail to many"
    if "".join(first_of(fields, "return-path").split()) == "<>":
        return "a mail without a way back"
    return next((f"a mail with {name}" for name in _AUTOMATIC if any(key == name for key, _ in fields)), "")


def _body(parts: list[Message]) -> str:
    """The text that a mail shows: plain, or else HTML."""
    shown = [part for part in parts if not _is_file(part)]
    for kind, read in (("text/plain", str), ("text/html", text_of_html)):
        texts = [
            read(text_of(bytes_of(part), parameter_of(part, "content-type", "charset")))
            for part in shown
            if part.get_content_type() == kind
        ]
        if any(text.strip() for text in texts):
            return "\n".join(texts)
    return ""


def _attachments(parts: list[Message]) -> list[Attachment]:
    files = [part for part in parts if _is_file(part) and not _is_by_program(part)]
    return [Attachment(_name(part, number), bytes_of(part)) for number, part in enumerate(files, start=1)]


def _is_file(part: Message) -> bool:
    text = part.get_content_type() in ("text/plain", "text/html")
    named = _disposition(part) == "attachment" or parameter_of(part, "content-disposition", "filename")
    return bool(named) or not text


def _is_by_program(part: Message) -> bool:
    """Signatures, cards, invitations, and the pictures that a text shows."""
    kind = part.get_content_type()
    inline = kind.startswith("image/") and _disposition(part) != "attachment"
    return inline or kind.startswith((*_BY_PROGRAM, *_BY_PROGRAM_TOO))


def _disposition(part: Message) -> str:
    return str(part.get("content-disposition", "")).partition(";")[0].strip().lower()


def _name(part: Message, number: int) -> str:
    given = parameter_of(part, "content-disposition", "filename") or parameter_of(part, "content-type", "name")
    name = line_of(re.split(r"[/\\]", given)[-1], 1000).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_NAME:
        name = f"{stem[: LONGEST_NAME - 10]}{dot}{ending[:9]}"
    return name or f"attachment-{number}"
