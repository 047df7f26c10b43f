"""The parts of a mail, whatever is wrong with it.

Mail comes from strangers: what takes time that grows faster than the mail is bounded, and the library's old policy is
used, whose fields are plain texts; those of the new one are parsed at each look, in ways that take long or fail.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32

from vedette.errors import BadInput

LONGEST_HEAD, LONGEST_FIELD, MOST_FIELDS = 256_000, 20_000, 1000
MOST_PARTS, DEEPEST = 1000, 50
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_BARE_RETURN = re.compile(rb"\r(?!\n)")
_ID = re.compile(r"<[!-;=?-~]{3,250}>")
# Python has codecs that are none of mail: some are slow without bound.
_CODECS = (
    *("ascii", "utf-8", "utf-16", "utf-32", "iso8859", "iso2022", "cp", "koi8", "mac", "kz1048", "ptcp154", "tis-620"),
    *("gb", "big5", "hz", "shift_jis", "euc_", "johab"),
)

Fields = Sequence[tuple[str, str]]
"""The header of a mail from the top: names in lower case, values on one line, still encoded."""


class _Cut(Compat32):
    """Fields cut at a length that no honest one has: the parameters of a long one take hours to tell apart."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_FIELD]


def head_of(raw: bytes) -> Fields:
    """The header of a mail. Raises BadInput for one that two programs could read in different ways."""
    end = _END_OF_HEAD.search(raw, 0, LONGEST_HEAD)
    head = raw[: end.end()] if end else raw
    if len(head) > LONGEST_HEAD:
        raise BadInput("Its header is too long.")
    if b"\0" in head or _BARE_RETURN.search(head):
        raise BadInput("Its header has characters that none may have.")
    message = BytesParser(policy=_Cut()).parsebytes(head, headersonly=True)
    fields = list(message.raw_items())
    if message.defects or not 0 < len(fields) <= MOST_FIELDS:
        raise BadInput("Its header is malformed.")
    return [(name.lower(), _on_one_line(value)) for name, value in fields]


def values_of(fields: Fields, name: str) -> list[str]:
    """The values of all fields of a name, from the top."""
    return [value for key, value in fields if key == name]


def first_of(fields: Fields, name: str) -> str:
    """The value of the first field of a name; empty without one."""
    return next((value for key, value in fields if key == name), "")


def message_ids(*values: str) -> tuple[str, ...]:
    """The Message-IDs in values of fields, each once."""
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(value)))


def decoded(value: str) -> str:
    """A value as people read it, its encoded words (RFC 2047) in plain.

    >>> decoded("=?utf-8?q?=C2=BFQu=C3=A9_es?= MFA?")
    '¿Qué es MFA?'
    """
    try:
        parts = decode_header(value[:1000])
    except (ValueError, HeaderParseError):
        return value
    return "".join(one if isinstance(one, str) else text_of(one, charset or "latin-1") for one, charset in parts)


def leaves_of(raw: bytes) -> Iterator[Message]:
    """The parts of a mail that hold something, in their order; a mail in it is one part. Raises BadInput."""
    if raw.lower().count(b"multipart/") > DEEPEST:
        raise BadInput("It has parts in parts in parts.")
    try:
        waiting = [BytesParser(policy=_Cut()).parsebytes(raw)]
    except RecursionError as error:
        raise BadInput("It has mails in mails in mails.") from error
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise BadInput("It has too many parts.")
        if part.get_content_maintype() == "multipart":
            waiting.extend(reversed(inside(part)))
        else:
            yield part


def inside(part: Message) -> list[Message]:
    """The parts in a part."""
    held = part.get_payload()
    return [one for one in held if isinstance(one, Message)] if isinstance(held, list) else []


def bytes_of(part: Message) -> bytes:
    """What a part holds, decoded; nothing for a mail in it."""
    held = part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


def parameter_of(part: Message, field: str, name: str) -> str:
    """A parameter of a field of a part, such as the charset of its content-type; empty without one."""
    found = part.get_param(name, "", field)
    if isinstance(found, tuple):  # RFC 2231
        return text_of(found[2].encode("latin-1", "replace"), found[0] or "")
    return decoded(_on_one_line(found)) if isinstance(found, str) else ""


def text_of(data: bytes, charset: str) -> str:
    """Text in a character set, or in UTF-8 or Latin-1 where it is in none.

    >>> text_of("año".encode(), "unknown-8bit"), text_of("año".encode("latin-1"), "punycode")
    ('año', 'año')
    """
    try:
        if codecs.lookup(charset).name.startswith(_CODECS):
            return data.decode(charset, "strict" if charset.lower() in ("us-ascii", "utf-8") else "replace")
    except (LookupError, ValueError):
        pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _on_one_line(value: object) -> str:
    text = re.sub(r"[\r\n]+", "", str(value))
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
