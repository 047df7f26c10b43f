"""An SMTP server in this process that keeps what is mailed."""

from __future__ import annotations

import email.policy
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class Mailbox:
    """`kept` are (addresses, message as it came). In the `folder`, where there is one, each is a file of JSON."""

    def __init__(self, address: str, folder: Path | None = None) -> None:
        self.url = f"smtp://{address}"
        self.kept: list[tuple[list[str], str]] = []
        self._folder = folder

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        self.kept.append((list(envelope.rcpt_tos), text))
        if self._folder is not None:
            self._file(self._folder / f"{len(self.kept)}.json", *self.kept[-1])
        return "250 OK"

    def _file(self, path: Path, to: list[str], text: str) -> None:
        message = message_from_bytes(text.encode(), policy=email.policy.SMTPUTF8)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        plain = message.get_body(("plain",))
        assert plain is not None
        told = {"to": to, "subject": message["Subject"], "text": plain.get_content()}
        part = path.with_suffix(".part")
        part.write_text(json.dumps(told), encoding="utf-8")
        part.rename(path)  # whoever looks finds it whole


@contextmanager
def receiving(folder: Path | None = None) -> Iterator[Mailbox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Mailbox(f"127.0.0.1:{port}", folder)
    server = Controller(box, "127.0.0.1", port, enable_SMTPUTF8=True)
    server.start()
    try:
        yield box
    finally:
        server.stop()
