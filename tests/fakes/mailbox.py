"""An SMTP server in this process that keeps what is mailed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class Mailbox:
    """`kept` are (addresses, message as it came)."""

    def __init__(self, address: str) -> None:
        self.url = f"smtp://{address}"
        self.kept: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        self.kept.append((list(envelope.rcpt_tos), text))
        return "250 OK"


@contextmanager
def receiving() -> Iterator[Mailbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox(f"127.0.0.1:{port}")
    server = Controller(box, "127.0.0.1", port, enable_SMTPUTF8=True)
    server.start()
    try:
        yield box
    finally:
        server.stop()
