"""Mail over SMTP (RFC 5321), with the standard library."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import formatdate, make_msgid
from typing import cast
from urllib.parse import unquote, urlsplit

from vedette.errors import MailDelayed, MailRefused, ProviderError, SettingsError
from vedette.records import Letter, Mail

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# What a server says when it wants to know who we are: a setting is wrong, not the letter (RFC 4954, section 6).
SIGN_IN = (530, 534, 535, 538)
GOODBYE_S = 5.0
LONGEST_SENTENCE = 300
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class _Ids(UnstructuredHeader):
    """Message-IDs, one a line: the library's folding would write a long one as an encoded word."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        headers.map_to_type(name, cast("type[BaseHeader]", _Ids))
    # Seven bits, so that every server takes it and lines stay short (RFC 2045, section 6.7).
    return SMTP.clone(cte_type="7bit", header_factory=headers)


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail goes: `smtp://`, `smtp+starttls://` or `smtps://`, with user and password where the server wants them.

    `sender` is the address that messages come from, `bounces` the one that hears of what could not be delivered
    (`sender` when empty). `ca_file` is a file of certificates (PEM) that are trusted beside the system's. `timeout_s`
    is for a whole delivery, but for the look-up of the server's name, which the system limits."""

    url: str
    sender: str
    bounces: str = ""
    ca_file: str = ""
    timeout_s: float = 60.0

    def send(self, mail: Mail | Letter) -> None:
        """Hand a message to the server; once that has taken it, it is sent, whatever happens to the line.

        Raises MailRefused, MailDelayed, SettingsError."""
        server = self._server()
        message = self._message(mail)
        sender = self.bounces or self.sender
        unicode = () if (mail.to + self.sender + sender).isascii() else ("SMTPUTF8", "BODY=8BITMIME")
        with self._line(*server) as line:
            line.sendmail(sender, mail.to, message, unicode)

    def check(self) -> None:
        """Go as far as one can without a message: reach the server, and sign in. Raises MailDelayed, SettingsError."""
        with self._line(*self._server()):
            pass

    @contextmanager
    def _line(self, scheme: str, where: tuple[str, int], login: tuple[str, str]) -> Iterator[_Line]:
        """A connection to the server, which knows who we are. Raises as `send`, also for what fails in the block."""
        with ExitStack() as stack:
            tls = None if scheme == "smtp" else self._tls()
            line = _Line(self.timeout_s, tls if scheme == "smtps" else None, stack)
            try:
                line.open(*where)
                if scheme == "smtp+starttls":
                    line.starttls(context=tls)
                if login[0]:
                    line.login(*login)
                yield line
            except (OSError, smtplib.SMTPException) as error:
                raise _failure(error, f"{where[0]}:{where[1]}", line) from error
            except UnicodeError as error:
                raise SettingsError("The host, user and password of mail.url must be written in ASCII.") from error
            line.goodbye()

    def _server(self) -> tuple[str, tuple[str, int], tuple[str, str]]:
        """Scheme, host and port, user and password. Raises SettingsError for what no mail can be sent with."""
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError as error:
            raise SettingsError(f"mail.url is not an address ({error}).") from error
        if parts.scheme not in PORTS:
            raise SettingsError(f"mail.url begins with '{parts.scheme}'; it must be one of {', '.join(PORTS)}.")
        for name, address in (("sender", self.sender), ("bounces", self.bounces or self.sender)):
            if not _ADDRESS.fullmatch(address):
                raise SettingsError(f"mail.{name} is {address!r}; it must be one address, such as vedette@example.org.")
        login = (unquote(parts.username or ""), unquote(parts.password or ""))
        return parts.scheme, (parts.hostname or "", port or PORTS[parts.scheme]), login

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.ca_file:
            try:
                context.load_verify_locations(self.ca_file)
            except OSError as error:  # an SSLError is one
                raise SettingsError(
                    f"mail.ca_file {self.ca_file!r} cannot be read ({error}); it must be a file of certificates in PEM."
                ) from error
        return context

    def _message(self, mail: Mail | Letter) -> bytes:
        """The message as it goes over the line. Nothing in a `mail` adds a header or a recipient."""
        if not _ADDRESS.fullmatch(mail.to):
            raise MailRefused(f"{mail.to!r} is no mail address; correct it in the account.", "no address")
        domain = self.sender.rpartition("@")[2]
        if isinstance(mail, Letter):
            letter = mail
        else:
            letter = Letter(mail.to, mail.subject, mail.text, make_msgid(domain=domain))
        if not _MESSAGE_ID.fullmatch(letter.message_id):
            raise MailRefused(f"{letter.message_id!r} is no Message-ID.", "no Message-ID")
        plain = letter.to.isascii() and self.sender.isascii()
        message = EmailMessage(policy=_policy() if plain else _policy().clone(utf8=True))
        message["From"] = self.sender
        message["To"] = letter.to
        message["Subject"] = _BREAKS.sub(" ", letter.subject).strip()
        message["Date"] = formatdate()
        message["Message-ID"] = letter.message_id
        thread = [before for before in letter.references if _MESSAGE_ID.fullmatch(before)]
        # RFC 3834, section 5: whoever gets it need not answer it by machine.
        message["Auto-Submitted"] = "auto-replied" if thread else "auto-generated"
        if thread:
            message["In-Reply-To"] = thread[-1]
            message["References"] = " ".join(thread)
        message.set_content(letter.text)
        if letter.html:
            message.add_alternative(letter.html, subtype="html")
        return message.as_bytes()


class _Line(smtplib.SMTP):
    """A connection that is cut when its time is up. The time limit of a socket is one for each operation: a server
    that drips a byte now and then would hold us for ever."""

    def __init__(self, limit_s: float, tls: ssl.SSLContext | None, stack: ExitStack) -> None:
        self.limit_s = limit_s
        self.overdue = False
        self._ends = time.monotonic() + limit_s
        self._tls = tls
        self._stack = stack
        super().__init__(timeout=limit_s)
        stack.callback(self.close)

    def open(self, host: str, port: int) -> None:
        """Connect, and read what the server says first."""
        self._host = host  # whose certificate is expected after STARTTLS
        code, said = self.connect(host, port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)

    def goodbye(self) -> None:
        """Part in peace if the server does; what it took stays taken."""
        with suppress(OSError, smtplib.SMTPException):
            if self.sock is not None:
                self.sock.settimeout(GOODBYE_S)
                self.quit()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """What smtplib asks for a connection, as it asks its own SMTP_SSL."""
        line = self._stack.enter_context(self._reached(host, port))
        line.settimeout(self.limit_s + 1)  # so that it is the timer that cuts
        held = self._stack.enter_context(line.dup())  # cuts it under TLS too
        timer = threading.Timer(self._left(), self._cut, (held,))
        timer.start()
        self._stack.callback(timer.join)
        self._stack.callback(timer.cancel)
        if self._tls is None:
            return line
        return self._stack.enter_context(self._tls.wrap_socket(line, server_hostname=host))

    def _reached(self, host: str, port: int) -> socket.socket:
        failed = OSError(f"{host} has no address")
        for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            try:
                return socket.create_connection((str(address[0]), port), self._left())
            except OSError as error:
                failed = error
        raise failed

    def _left(self) -> float:
        return max(0.001, self._ends - time.monotonic())

    def _cut(self, held: socket.socket) -> None:
        self.overdue = True
        with suppress(OSError):  # the server was first
            held.shutdown(socket.SHUT_RDWR)


def _failure(error: Exception, where: str, line: _Line) -> ProviderError:
    """What a failure means for the message: no for good, or not now."""
    server = f"The mail server {where}"
    if line.overdue or isinstance(error, TimeoutError):
        return MailDelayed(f"{server} did not take the message within {line.limit_s:g} s.", "no answer in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"{server} shows a certificate that is not trusted ({error.verify_message})"
        return MailDelayed(f"{why}; name your own authority's in mail.ca_file, or correct mail.url.", "certificate")
    if isinstance(error, ssl.SSLError):
        what = f"{server} does not speak TLS as mail.url says ({error.reason or error})"
        return MailDelayed(f"{what}; smtps:// is for port 465, smtp+starttls:// for port 587.", "no TLS")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if "SMTPUTF8" in str(error):
            return MailRefused(f"{server} takes no address with letters beyond ASCII.", "address beyond ASCII")
        return MailDelayed(f"{server} cannot do what mail.url asks for ({error}).", "not supported")
    code, said = _said(error)
    if isinstance(error, smtplib.SMTPAuthenticationError) or code in SIGN_IN:
        return MailDelayed(f"{server} wants another user and password ({said}); correct mail.url.", "sign-in")
    final = isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    if final and 500 <= code <= 599:
        return MailRefused(f"{server} refused the message: {said}", said)
    if code > 0:
        return MailDelayed(f"{server} wants us to try again later: {said}", said)
    return MailDelayed(f"{server} failed ({said}); check that it runs, and mail.url.", "no connection")


def _said(error: Exception) -> tuple[int, str]:
    """Code and sentence of a server on one line; 0 where it said nothing."""
    code, text = 0, str(error).encode()
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        # The library hands over bytes, and a few sentences of its own.
        code, text = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else text
    sentence = text.decode("utf-8", "replace")
    line = _BREAKS.sub(" ", f"{code} {sentence}" if code > 0 else sentence).strip()
    return code, line[:LONGEST_SENTENCE]
