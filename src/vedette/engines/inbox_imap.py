"""An inbox at an IMAP server (RFC 3501) over TLS, with the standard library."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from imaplib import IMAP4, IMAP4_SSL
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from vedette.errors import ProviderBusy, ProviderRefused, SettingsError
from vedette.questions.mail.inbox import Aside, Received

T = TypeVar("T")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
# The first personal namespace: what names of folders begin with (RFC 2342).
_NAMESPACE = re.compile(rb'\(\("((?:[^"\\]|\\.)*)"')


class ImapInbox:
    """The mailbox of `imaps://user:password@host/INBOX`; of a message, `limit` bytes are fetched.

    The connection is kept; one that broke is made again, once for a command. Every command may be given twice: the key
    of a message is the mailbox's UIDVALIDITY and its UID in it, and what stands for another UIDVALIDITY is let alone.
    `timeout_s` is for each answer of the server. `ca_file` is a file of certificates (PEM) that are trusted beside the
    system's. Raises SettingsError."""

    def __init__(self, url: str, limit: int, ca_file: str = "", timeout_s: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme != "imaps" or not parts.hostname or not parts.username:
            raise SettingsError("inbox.url must be such as imaps://user:password@mail.example.org/INBOX; correct it.")
        self._host, self._port = parts.hostname, parts.port or 993
        self._user, self._password = unquote(parts.username), unquote(parts.password or "")
        self._mailbox = unquote(parts.path.strip("/")) or "INBOX"
        if not self._mailbox.isascii() or not self._mailbox.isprintable():
            raise SettingsError(f"inbox.url names the mailbox {self._mailbox!r}; choose one in letters of ASCII.")
        self._limit = limit
        self._timeout_s = timeout_s
        self._tls = _tls(ca_file)
        self._client: IMAP4_SSL | None = None
        self._validity = b""

    def unread(self) -> Iterator[Received]:
        validity, uids = self._call(self._search)
        for uid in uids:
            received = self._call(partial(self._fetch, validity, uid))
            if received is not None:
                yield received

    def done(self, key: str) -> None:
        validity, uid = key.encode().split(b".")
        self._call(lambda client: self._mark(client, validity, uid))

    def set_aside(self, key: str, why: Aside) -> None:
        validity, uid = key.encode().split(b".")
        self._call(lambda client: self._move(client, validity, uid, why))

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, IMAP4.error):
                client.logout()

    def _search(self, client: IMAP4_SSL) -> tuple[bytes, list[bytes]]:
        self._select(client)
        found = _ok(client.uid("SEARCH", "UNSEEN UNDELETED"))
        return self._validity, sorted(b" ".join(part for part in found if part).split(), key=int)

    def _fetch(self, validity: bytes, uid: bytes, client: IMAP4_SSL) -> Received | None:
        if validity != self._validity:
            return None
        parts = _ok(client.uid("FETCH", uid.decode(), f"(RFC822.SIZE BODY.PEEK[]<0.{self._limit}>)"))
        told = b" ".join(part[0] if isinstance(part, tuple) else part for part in parts if part)
        size = _SIZE.search(told)
        raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        if size is None or not raw:  # it is gone; Dovecot gives a message of no bytes
            return None
        return Received(f"{validity.decode()}.{uid.decode()}", raw, int(size[1]))

    def _mark(self, client: IMAP4_SSL, validity: bytes, uid: bytes) -> None:
        if validity == self._validity:
            _ok(client.uid("STORE", uid.decode(), "+FLAGS.SILENT", r"(\Seen)"))

    def _move(self, client: IMAP4_SSL, validity: bytes, uid: bytes, why: Aside) -> None:
        if validity != self._validity:
            return
        folder = _quoted(self._prefix(client) + why)
        client.create(folder)  # it answers NO where there is one
        client.subscribe(folder)  # so that mail programs show it
        if "MOVE" in client.capabilities:
            _ok(client.uid("MOVE", uid.decode(), folder))
        else:
            _ok(client.uid("COPY", uid.decode(), folder))
            self._mark(client, validity, uid)

    def _prefix(self, client: IMAP4_SSL) -> str:
        if "NAMESPACE" not in client.capabilities:
            return ""
        found = _NAMESPACE.match(_ok(client.namespace())[0] or b"")
        return found[1].decode() if found else ""

    def _call(self, command: Callable[[IMAP4_SSL], T]) -> T:
        kept = self._client is not None
        try:
            return self._try(command)
        except ProviderBusy:
            if not kept:
                raise
        return self._try(command)  # servers end connections that were silent for long

    def _try(self, command: Callable[[IMAP4_SSL], T]) -> T:
        server = f"The IMAP server {self._host}:{self._port}"
        try:
            if self._client is None:
                self._client = self._open()
            return command(self._client)
        except ssl.SSLCertVerificationError as error:
            why = f"{server} shows a certificate that is not trusted ({error.verify_message})"
            raise ProviderBusy(f"{why}; name your own authority's in inbox.ca_file.", brief="certificate") from error
        except (OSError, IMAP4.abort) as error:
            self._drop()
            raise ProviderBusy(f"{server} failed ({error}); check that it runs, and inbox.url.") from error
        except IMAP4.error as error:
            self._drop()
            raise ProviderRefused(f"{server} refused ({error}); check inbox.url.", brief="refused") from error

    def _open(self) -> IMAP4_SSL:
        client = IMAP4_SSL(self._host, self._port, ssl_context=self._tls, timeout=self._timeout_s)
        try:
            if "AUTH=PLAIN" in client.capabilities:
                client.authenticate("PLAIN", lambda _: f"\0{self._user}\0{self._password}".encode())
            else:
                client.login(_quoted(self._user), self._password)
            # What it can do for those who are signed in is more.
            client.capabilities = tuple((_ok(client.capability())[0] or b"").decode("ascii", "replace").upper().split())
            self._select(client)
        except (OSError, IMAP4.error):
            client.shutdown()
            raise
        return client

    def _select(self, client: IMAP4_SSL) -> None:
        _ok(client.select(_quoted(self._mailbox)))
        self._validity = client.response("UIDVALIDITY")[1][0] or b"0"

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()


def _tls(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # an SSLError is one
            raise SettingsError(
                f"inbox.ca_file {ca_file!r} cannot be read ({error}); it must be a file of certificates in PEM."
            ) from error
    return context


def _ok(answer: tuple[str, Any]) -> Any:
    """What a command brought. Raises IMAP4.error with the server's sentence."""
    kind, data = answer
    if kind != "OK":
        raise IMAP4.error((data[0] or b"").decode("utf-8", "replace")[:300])
    return data


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
