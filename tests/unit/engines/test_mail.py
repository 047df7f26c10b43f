"""Mail to a real SMTP server in this process."""

from __future__ import annotations

import email.policy
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from vedette.engines.mail import Post
from vedette.errors import ProviderError, SettingsError
from vedette.records import Mail

MAIL = Mail("ana@example.org", "Vedette: Elija una contraseña nueva", "Enlace:\nhttps://x.example/reset#token=vp_1\n")


class Sink:
    """Keeps what comes; refuses the address `refused@example.org`."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=email.policy.SMTPUTF8)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        self.kept.append(message)
        return "250 OK"


def allowed(server: object, session: object, envelope: object, mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given == LoginPassword(b"vedette", b"p@ss word"))


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def address(sink: Sink) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(sink, "127.0.0.1", port, enable_SMTPUTF8=True, authenticator=allowed, auth_require_tls=False)
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop()


def test_a_mail_arrives(sink: Sink, address: str) -> None:
    Post(f"smtp://{address}", "vedette@example.org").send(MAIL)
    kept = sink.kept[0]
    assert (kept["To"], kept["From"], kept["Subject"]) == (MAIL.to, "vedette@example.org", MAIL.subject)
    assert kept.get_content().replace("\r\n", "\n") == MAIL.text
    assert kept["Message-ID"].endswith("@example.org>")
    assert kept["Auto-Submitted"] == "auto-generated"


def test_with_user_and_password(sink: Sink, address: str) -> None:
    Post(f"smtp://vedette:p%40ss%20word@{address}", "vedette@example.org").send(MAIL)
    assert len(sink.kept) == 1
    with pytest.raises(ProviderError) as raised:
        Post(f"smtp://vedette:secret-word@{address}", "vedette@example.org", timeout_s=2).send(MAIL)
    assert "secret-word" not in raised.value.message


def test_an_address_that_is_not_ascii(sink: Sink, address: str) -> None:
    Post(f"smtp://{address}", "vedette@example.org").send(Mail("añá@example.org", "x", "y"))
    assert sink.kept[0]["To"] == "añá@example.org"


def test_what_fails_is_told(address: str) -> None:
    with pytest.raises(ProviderError, match="no such mailbox"):
        Post(f"smtp://{address}", "vedette@example.org").send(Mail("refused@example.org", "x", "y"))
    for url in ("smtp://127.0.0.1:1", f"smtp+starttls://{address}", f"smtps://{address}"):
        with pytest.raises(ProviderError):
            Post(url, "vedette@example.org", timeout_s=2).send(MAIL)
    with pytest.raises(SettingsError):
        Post("pigeon://x", "vedette@example.org").send(MAIL)
