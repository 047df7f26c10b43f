"""One document from an `http(s)` URL, without letting the URL reach into the network that Vedette runs in.

Server-side request forgery: a name is resolved once, every address it has must be public, and the connection goes to
the address that was checked (a second resolution could give another one: DNS rebinding), with the name kept for `Host`
and the certificate. Each redirect is checked the same way. No proxy, no credentials, limits on size and total time.
See the OWASP Server-Side Request Forgery Prevention Cheat Sheet.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from vedette.errors import BadInput, LoadError, TooLarge, UnsafeTarget
from vedette.rag.load.discover import Found, plain_name
from vedette.rag.load.limits import MB
from vedette.rag.load.registry import ending

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_HEADERS = {"User-Agent": "vedette", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
_PIECE = 65536
# Global by the registries, yet ways to write any IPv4 address: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo
# (RFC 4380), IPv4-mapped and -compatible (RFC 4291).
_CARRIERS = [ipaddress.ip_network(text) for text in (
    "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::ffff:0:0/96", "::/96",
)]  # fmt: skip


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host name, by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet.

    >>> [is_public(ipaddress.ip_address(text)) for text in ("93.184.215.14", "127.0.0.1", "64:ff9b::7f00:1")]
    [True, False, False]
    """
    if address.version == 6 and any(address in network for network in _CARRIERS):
        return False
    return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How URLs are fetched. `allow` decides on each address; `trust` are the certificates, the system's for None."""

    max_mb: int = 10
    max_seconds: float = 15.0
    resolver: Resolver = resolve
    allow: Callable[[Address], bool] = is_public
    clock: Callable[[], float] = time.monotonic
    trust: ssl.SSLContext | None = None

    def open(self, url: str) -> Iterator[Found]:
        """The document at a URL, as `discover` wants it; fetched now, in one go.

        Raises UnsafeTarget for an address that may not be reached, TooLarge over the limit of size, BadInput for a
        URL that is none, LoadError where the server fails or takes too long.
        """
        deadline = self.clock() + self.max_seconds
        at = url
        for _ in range(_REDIRECTS + 1):
            parts = _checked(at)
            try:
                with self._connection(parts, at, deadline) as connection:
                    connection.request("GET", _path(parts), headers=_HEADERS)
                    response = connection.getresponse()
                    location = response.getheader("Location")
                    if response.status in _MOVED and location:
                        at = urljoin(at, location)
                        continue
                    found = self._found(url, at, response, deadline)
            except (http.client.HTTPException, OSError) as error:
                raise LoadError(self._trouble(at, error, deadline)) from error
            yield found
            return
        raise LoadError(f"{url} redirects more than {_REDIRECTS} times; give the address where it ends.")

    @contextmanager
    def _connection(self, parts: SplitResult, url: str, deadline: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to an address of the host that was checked, cut at the deadline whatever it is doing then."""
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = self._addresses(host, port, url)
        line = _dial(addresses, port, max(deadline - self.clock(), 0.001))
        held = [line]
        # A time-out of the socket is for one read: a server that drips bytes would never reach it.
        timer = threading.Timer(max(deadline - self.clock(), 0), lambda: _cut(held[0]))
        timer.daemon = True
        timer.start()
        try:
            if parts.scheme == "https":
                context = self.trust or ssl.create_default_context()
                held[0] = secured = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
                secured.do_handshake()
            connection = http.client.HTTPConnection(host, port)
            # The scheme decides whether `Host` names the port; the connection itself is made already.
            connection.default_port = _PORTS[parts.scheme]
            connection.sock = held[0]
            yield connection
        finally:
            timer.cancel()
            held[0].close()

    def _addresses(self, host: str, port: int, url: str) -> list[Address]:
        """All addresses of the host. Raises UnsafeTarget if one of them may not be reached."""
        try:
            found = [ipaddress.ip_address(text.split("%")[0]) for text in self.resolver(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise LoadError(f"The name {host} in {url} cannot be resolved; check the address.") from error
        if not found:
            raise LoadError(f"The name {host} in {url} has no address; check it.")
        for address in found:
            if not self.allow(address):
                raise UnsafeTarget(
                    f"{url} leads to {address}, which is not a public address; download it by hand and ingest the file."
                )
        return found

    def _found(self, url: str, at: str, response: http.client.HTTPResponse, deadline: float) -> Found:
        if response.status != 200:
            raise LoadError(f"{at} answered {response.status} {plain_name(response.reason)}; check the address.")
        media_type = response.getheader("Content-Type") or ""
        if not ending(urlsplit(at).path, media_type):
            kind = plain_name(media_type) or "unknown"
            raise BadInput(f"{at} is of type {kind}, which is not read; download it by hand and ingest the file.")
        packed = response.getheader("Content-Encoding") or "identity"
        if packed.lower() != "identity":
            packed = plain_name(packed)
            raise LoadError(f"{at} comes packed ({packed}) though unasked; download it by hand and ingest the file.")
        data = self._body(at, response, deadline)
        return Found(url, len(data), lambda: data, media_type)

    def _body(self, url: str, response: http.client.HTTPResponse, deadline: float) -> bytes:
        pieces = bytearray()
        too_large = TooLarge(f"{url} has more than {self.max_mb} MB; download it by hand or raise ingest.url_max_mb.")
        if (response.length or 0) > self.max_mb * MB:
            raise too_large
        while piece := response.read1(_PIECE):
            pieces += piece
            if len(pieces) > self.max_mb * MB:
                raise too_large
        if response.length or self.clock() > deadline:
            raise http.client.IncompleteRead(bytes(pieces))
        return bytes(pieces)

    def _trouble(self, url: str, error: Exception, deadline: float) -> str:
        if self.clock() >= deadline or isinstance(error, TimeoutError):
            return f"{url} took longer than {self.max_seconds:g} s; download it by hand and ingest the file."
        if isinstance(error, ssl.SSLError):
            return f"{url} has no sound certificate ({error.reason or error}); check the address."
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        reason = "it broke off" if isinstance(error, http.client.IncompleteRead) else plain_name(told.strip())
        return f"{url} could not be fetched ({reason}); check the address and try again."


def _dial(addresses: list[Address], port: int, timeout: float) -> socket.socket:
    for number, address in enumerate(addresses, 1):
        try:
            return socket.create_connection((str(address), port), timeout=timeout)
        except OSError:
            if number == len(addresses):
                raise
    raise OSError("no address")


def _cut(line: socket.socket) -> None:
    # The method of the plain socket: that of a TLS socket would first take away what a reading thread still uses.
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _path(parts: SplitResult) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(path, safe="%/:=&?~+!$,;'@()*[]")


def _checked(url: str) -> SplitResult:
    """The parts of a URL. Raises UnsafeTarget for another scheme than http(s), and for a name or password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port  # a port that is no number is found only when it is asked for
    except ValueError as error:
        raise BadInput(f"{url} is not a URL; give it as https://host/path.") from error
    if parts.scheme not in _PORTS:
        raise UnsafeTarget(f"{url} is not read: only http and https are.")
    if parts.username is not None or parts.password is not None:
        raise UnsafeTarget(f"The URL for {parts.hostname} carries a user name; give it without one.")
    if not parts.hostname or port == 0 or any(ord(sign) <= 32 for sign in url):
        raise BadInput(f"{url} is not a URL; give it as https://host/path.")
    return parts
