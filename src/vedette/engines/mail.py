"""Mail over SMTP (RFC 5321), with the standard library."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from vedette.errors import ProviderError, SettingsError
from vedette.records import Mail

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail goes: `smtp://`, `smtp+starttls://` or `smtps://`, with user and password where the server wants them.

    `sender` is the address that messages come from."""

    url: str
    sender: str
    timeout_s: float = 20.0

    def send(self, mail: Mail) -> None:
        """Hand a message to the server. Raises ProviderError, SettingsError."""
        parts = urlsplit(self.url)
        if parts.scheme not in PORTS:
            raise SettingsError(f"mail.url begins with '{parts.scheme}'; it must be one of {', '.join(PORTS)}.")
        address = (parts.hostname or "", parts.port or PORTS[parts.scheme])
        try:
            with self._connect(parts.scheme, address) as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(self._message(mail))
        except (OSError, smtplib.SMTPException) as error:
            raise ProviderError(
                f"The mail server {address[0]}:{address[1]} failed ({error}); check mail.url."
            ) from error

    def _connect(self, scheme: str, address: tuple[str, int]) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if scheme == "smtps":
            return smtplib.SMTP_SSL(*address, timeout=self.timeout_s, context=context)
        server = smtplib.SMTP(*address, timeout=self.timeout_s)
        if scheme == "smtp+starttls":
            server.starttls(context=context)
        return server

    def _message(self, mail: Mail) -> EmailMessage:
        plain = mail.to.isascii() and self.sender.isascii()
        message = EmailMessage(policy=SMTP if plain else SMTPUTF8)
        message["From"] = self.sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message
