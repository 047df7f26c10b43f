"""What the web is told when it is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vedette.errors import BadInput, TooLarge
from vedette.records import LONGEST_QUESTION

MAX_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Limits and names of one server.

    `token` proves the owner; without one nobody can. With `local`, the server listens on this machine alone, where,
    without accounts, everybody is its owner. `page` is the folder of the built page, if there is one. `secure` cookies
    are sent over https only. `language` (ISO 639-1) is that of whoever has chosen none, their own when empty. Limits of
    requests are a minute's, 0 for none, counted in the Redis at `limits_url` where one is given. While an answer runs,
    it is asked every `watch_s` whether its caller may still be here.
    """

    version: str
    token: str = field(repr=False)
    local: bool = True
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    cors_origins: tuple[str, ...] = ()
    max_upload_bytes: int = 25_000_000
    max_network_bytes: int = 25_000_000
    max_body_bytes: int = 1_000_000
    threads: int = 32
    streams: int = 512
    heartbeat_s: float = 10.0
    watch_s: float = 3.0
    page: Path | None = None
    secure: bool = False
    per_address: int = 0
    per_person: int = 0
    language: str = ""
    limits_url: str = field(default="", repr=False)


def check_collection(name: str) -> str:
    """The name of a collection, when it is one line of 1 to `MAX_NAME_CHARS` characters. Raises BadInput."""
    if not name.strip() or len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise BadInput(f"A collection needs a name of 1 to {MAX_NAME_CHARS} printable characters; choose another one.")
    return name


def check_question(text: str) -> str:
    """The question, when it is neither empty nor longer than `LONGEST_QUESTION`. Raises BadInput, TooLarge."""
    if not text.strip():
        raise BadInput("The question is empty; write what you want to know.")
    if len(text) > LONGEST_QUESTION:
        raise TooLarge(f"The question has {len(text)} characters; the limit is {LONGEST_QUESTION}, so shorten it.")
    return text
