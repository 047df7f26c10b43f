"""A real SMTP server in this process, with the faults that real ones have.

with serving() as server:                # or serving(tls="starttls"), serving(login=("ana", "secret")), ...
    post = Post(server.url, "vedette@example.org", ca_file=server.ca_file)
    server.fault = "hang"                # from the next command on; "" ends it
    server.stop(); server.start()        # connections refused in between; the port stays
    assert server.message_ids == ["<question.1.answer@example.org>"]
"""

from __future__ import annotations

import asyncio
import email.policy
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

Tls = Literal["", "starttls", "smtps"]
Fault = Literal["", "hang", "drip", "greylist", "unknown", "content", "closed", "cut_before", "cut_after"]
"""`hang`: accepts the connection and says nothing any more. `drip`: a byte of an answer every `drip_s`, without an end.
`greylist`: 451 for the first `greylisted` attempts of each recipient. `unknown`: 550 for every recipient. `content`:
554 after the message. `closed`: 554 instead of a greeting. `cut_before`: keeps the message and cuts the line before it
says 250, the ambiguous case. `cut_after`: says 250 and cuts the line, without an answer to QUIT."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that the server took, with its envelope."""

    sender: str
    to: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=email.policy.SMTPUTF8)  # type: ignore[arg-type]
        assert isinstance(parsed, EmailMessage)
        return parsed


class MailServer:
    """`kept` is what it took, in the order of arrival, `message_ids` those of all of it; `sessions` counts connections.
    All of it may be read, and `fault` be set, while it runs. `ca_file` is the authority of its certificate, empty
    without TLS."""

    def __init__(self, controls: dict[str, Any], url: str, ca_file: str) -> None:
        self.url = url
        self.ca_file = ca_file
        self.fault: Fault = ""
        self.greylisted = 1
        self.drip_s = 0.1
        self.kept: list[Kept] = []
        self.message_ids: list[str] = []
        self.sessions = 0
        self.attempts: Counter[str] = Counter()
        self._controls = controls
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen, at the same port as ever."""
        controls = dict(self._controls)
        self._controller = _Controller(self, "127.0.0.1", controls.pop("port"), enable_SMTPUTF8=True, **controls)
        before = self.sessions
        self._controller.start()  # which looks in itself, to see that it is there
        self.sessions = before

    def stop(self) -> None:
        """Cut all connections and refuse new ones, until `start`."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts[address] += 1
        if self.fault == "unknown":
            return "550 5.1.1 no such mailbox"
        if self.fault == "greylist" and self.attempts[address] <= self.greylisted:
            return "451 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:  # noqa: N802
        if self.fault == "content":
            return "554 5.7.1 this is spam"
        assert isinstance(envelope.content, bytes)
        kept = Kept(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
        self.kept.append(kept)
        self.message_ids.append(str(kept.message["Message-ID"]))
        assert isinstance(server, _Session)
        server.took = True
        return "250 OK"


class _Session(SMTP):
    """One connection; every answer goes through `push`."""

    box: MailServer
    took = False

    async def push(self, status: str | bytes) -> None:
        assert self.transport is not None
        took, self.took = self.took, False
        fault = self.box.fault
        if took and fault == "cut_before":
            self.transport.abort()
        elif fault == "hang":
            await asyncio.Event().wait()
        elif fault == "drip":
            await self._drip(status if isinstance(status, bytes) else status.encode())
        elif fault == "closed":
            await super().push("554 5.3.2 no service at the moment")
            self.transport.close()
        else:
            await super().push(status)
            if took and fault == "cut_after":
                self.transport.close()

    async def _drip(self, status: bytes) -> None:
        """The answer, then spaces for as long as the client listens."""
        assert self._writer is not None
        for place in range(10_000):
            self._writer.write(status[place : place + 1] or b" ")
            await self._writer.drain()
            await asyncio.sleep(self.box.drip_s)


class _Controller(Controller):
    def factory(self) -> SMTP:
        session = _Session(self.handler, **self.SMTP_kwargs)
        session.box = self.handler
        self.handler.sessions += 1
        return session


@contextmanager
def serving(
    tls: Tls = "",
    login: tuple[str, str] | None = None,
    certificate: tuple[str, ...] = ("127.0.0.1",),
    folder: Path | None = None,
    listening: bool = True,
) -> Iterator[MailServer]:
    """A mail server on a free port. With `login` it takes mail from this user alone. `certificate` names the hosts that
    it is made out to, for TLS, which needs a `folder` for the file of the authority. Not `listening`: refuses until
    `start`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controls: dict[str, Any] = {"port": port, "decode_data": False}
    scheme, user, ca_file = "smtp", "", ""
    if login:
        controls |= {"authenticator": _only(login), "auth_required": True, "auth_require_tls": tls == "starttls"}
        user = f"{quote(login[0], safe='')}:{quote(login[1], safe='')}@"
    if tls:
        assert folder is not None
        context, ca_file = _certified(certificate, folder)
        scheme = "smtps" if tls == "smtps" else "smtp+starttls"
        controls |= {"ssl_context": context} if tls == "smtps" else {"tls_context": context, "require_starttls": True}
    server = MailServer(controls, f"{scheme}://{user}127.0.0.1:{port}", ca_file)
    if listening:
        server.start()
    try:
        yield server
    finally:
        server.stop()


def _only(login: tuple[str, str]) -> Any:
    wanted = LoginPassword(login[0].encode(), login[1].encode())

    def allowed(server: object, session: object, envelope: object, mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given == wanted, handled=False)

    return allowed


def _certified(hosts: tuple[str, ...], folder: Path) -> tuple[ssl.SSLContext, str]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*hosts).configure_cert(context)
    return context, str(folder / "authority.pem")
