"""Letters of ours that come back: what a mail server says of them (RFC 3464, RFC 3463)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message

from vedette.errors import BadInput
from vedette.questions.mail.parts import Fields, bytes_of, first_of, inside, leaves_of, message_ids, text_of
from vedette.questions.mail.text import line_of

READ = 64_000
"""Bytes of a bounce that are read: they come from strangers, and quote what we wrote at their end."""
LONGEST_DIAGNOSTIC = 300
_FINAL = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_ADDRESSES = re.compile(r"(?i)^(?:smtp|x-unix|lmtp) ?; ?")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter about a question that could not be delivered, for good: `status` such as 5.1.1."""

    question: str
    status: str
    diagnostic: str


def is_report(fields: Fields) -> bool:
    """Whether a mail is a report on another one, by its form."""
    return first_of(fields, "content-type").lower().startswith("multipart/report")


def bounce_in(raw: bytes, fields: Fields, question_of: Callable[[str], str | None]) -> Bounce | None:
    """The letter that a mail says came back for good; None where it is of no letter of ours, or may still arrive.

    A report is asked for its fields, what a mail server writes without form for a status and the Message-ID in its
    text. Anybody can write either, but nobody else knows the id of a question."""
    try:
        parts = list(leaves_of(raw[:READ]))
    except BadInput:
        return None
    if is_report(fields):
        status, said = next((found for part in parts for found in _failures(part)), ("", ""))
    else:
        text = "\n".join(text_of(bytes_of(part), "") for part in parts)
        found = _FINAL.search(text)
        status = found[0] if found else ""
        said = next((line for line in text.splitlines() if status and status in line), "")
    named = [first_of(fields, "in-reply-to"), first_of(fields, "references"), *map(_head_of_quoted, parts)]
    question = next((known for one in message_ids(*named) if (known := question_of(one))), None)
    if not status or not question:
        return None
    return Bounce(question, status, line_of(_ADDRESSES.sub("", said), LONGEST_DIAGNOSTIC))


def _failures(part: Message) -> list[tuple[str, str]]:
    """(status, what was said) for each recipient that a report gives up."""
    if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
        return []
    return [
        (status[0], str(block.get("diagnostic-code", "")) or status[0])
        for block in inside(part)
        if str(block.get("action", "")).strip().lower() == "failed"
        and (status := _FINAL.search(str(block.get("status", ""))))
    ]


def _head_of_quoted(part: Message) -> str:
    """Where the Message-ID of the letter that came back can stand."""
    return "\n".join([*(str(mail.get("message-id", "")) for mail in inside(part)), text_of(bytes_of(part), "")])
