"""Server-side request forgery, with servers and name resolution of the test's own."""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from vedette.errors import BadInput, LoadError, TooLarge, UnsafeTarget, VedetteError
from vedette.rag.load.fetch import Fetcher, is_public, resolve

PAGE = b"<h1>Advisory</h1><p>Patch now.</p>"


class Site(BaseHTTPRequestHandler):
    """Answers by path; keeps the `Host` headers that it saw."""

    hosts: list[str] = []  # noqa: RUF012 - one list for the server of a test, emptied by the fixture

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        getattr(self, "at_" + self.path.strip("/").split("?")[0].split("/")[0], self.at_page)()

    def reply(self, body: bytes, length: int | None = None, kind: str = "text/html") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def at_page(self) -> None:
        self.reply(PAGE)

    def at_program(self) -> None:
        self.reply(b"MZ", kind="application/octet-stream")

    def at_large(self) -> None:
        self.reply(b"x" * 3_000_000)

    def at_vast(self) -> None:
        self.reply(b"x", length=10_000_000_000)

    def at_packed(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Encoding", "gzip")
        self.end_headers()

    def at_escape(self) -> None:
        self.wfile.write(b"HTTP/1.1 404 \x1b[31mred\r\n\r\n")

    def at_garbage(self) -> None:
        self.wfile.write(b"\x00\x1b[31m\r\n\r\n")

    def at_short(self) -> None:
        self.reply(PAGE, length=1000)

    def at_missing(self) -> None:
        self.send_error(404)

    def at_redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path.split("to=", 1)[1])
        self.end_headers()

    def at_round(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/round")
        self.end_headers()

    def at_drip(self) -> None:
        self.send_response(200)
        for number in range(200):
            self.wfile.write(b"X-%d: " % number)
            self.wfile.flush()
            time.sleep(0.05)

    def at_slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"x")
            time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


@pytest.fixture
def site() -> Iterator[int]:
    yield from serve(None)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_site(authority: trustme.CA) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("docs.example.test").configure_cert(context)
    yield from serve(context)


def serve(context: ssl.SSLContext | None) -> Iterator[int]:
    Site.hosts.clear()
    with Quiet(("127.0.0.1", 0), Site) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def names(**addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver for these hosts; dots of a name are written as underscores."""
    table = {name.replace("_", "."): address.split() for name, address in addresses.items()}

    def lookup(host: str, port: int) -> list[str]:
        if host not in table:
            raise OSError("Name or service not known")
        return table[host]

    return lookup


def here(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Lets the test's server pass for a public one, and nothing else."""
    return str(address) == "127.0.0.1" or is_public(address)


LOCAL = Fetcher(resolver=names(docs_example_test="127.0.0.1"), allow=here, max_seconds=5)


def test_a_page_is_fetched_under_its_own_name(site: int) -> None:
    [found] = LOCAL.open(f"http://docs.example.test:{site}/guide?x=ñ")
    assert (found.read(), found.size, found.media_type) == (PAGE, len(PAGE), "text/html")
    assert found.source == f"http://docs.example.test:{site}/guide?x=ñ"
    assert Site.hosts == [f"docs.example.test:{site}"]


def test_a_certificate_is_checked_for_the_name_and_not_the_address(secure_site: int, authority: trustme.CA) -> None:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    lookup = names(docs_example_test="127.0.0.1", other_example_test="127.0.0.1")
    fetcher = Fetcher(resolver=lookup, allow=here, trust=trust)
    [found] = fetcher.open(f"https://docs.example.test:{secure_site}/")
    assert found.read() == PAGE
    with pytest.raises(LoadError, match="no sound certificate"):
        list(fetcher.open(f"https://other.example.test:{secure_site}/"))
    with pytest.raises(LoadError, match="no sound certificate"):
        list(LOCAL.open(f"https://docs.example.test:{secure_site}/"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    fetcher = Fetcher(resolver=names(evil_example="93.184.215.14 " + address))
    with pytest.raises(UnsafeTarget, match="not a public address"):
        list(fetcher.open("http://evil.example/"))


@pytest.mark.parametrize(
    "host", ["0177.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:7f00:1]", "localhost"]
)
def test_ways_to_write_this_machine_are_refused(host: str) -> None:
    with pytest.raises(UnsafeTarget, match="not a public address"):
        list(Fetcher(resolver=resolve).open(f"http://{host}:1/"))


def test_a_name_is_resolved_once_and_the_checked_address_is_used(site: int) -> None:
    """DNS rebinding: the second answer would be another machine, so there must be no second question."""
    answers = iter([["127.0.0.1"]])
    [found] = Fetcher(resolver=lambda host, port: next(answers), allow=here).open(f"http://rebind.example:{site}/")
    assert found.read() == PAGE
    assert list(answers) == []


def test_a_redirect_is_checked_like_the_first_address(site: int) -> None:
    lookup = names(docs_example_test="127.0.0.1", inner_example_test="10.0.0.5")
    fetcher = Fetcher(resolver=lookup, allow=here)
    with pytest.raises(UnsafeTarget, match=r"leads to 10\.0\.0\.5"):
        list(fetcher.open(f"http://docs.example.test:{site}/redirect?to=http://inner.example.test/admin"))
    with pytest.raises(UnsafeTarget, match="only http and https"):
        list(fetcher.open(f"http://docs.example.test:{site}/redirect?to=file:///etc/passwd"))
    [found] = fetcher.open(f"http://docs.example.test:{site}/redirect?to=/page")
    assert found.read() == PAGE
    with pytest.raises(LoadError, match="redirects more than 5 times"):
        list(fetcher.open(f"http://docs.example.test:{site}/round"))


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("file:///etc/passwd", UnsafeTarget),
        ("gopher://docs.example.test/", UnsafeTarget),
        ("http://user:secret@docs.example.test/", UnsafeTarget),
        ("http://docs.example.test@evil.example/", UnsafeTarget),
        ("http:///nowhere", BadInput),
        ("http://docs.example.test:99999/", BadInput),
        ("http://docs.example.test:0/", BadInput),
        ("http://docs.example.test/a\r\nX-Injected: 1", BadInput),
        ("http://unknown.example.test/", LoadError),
    ],
)
def test_addresses_that_are_none(url: str, error: type[VedetteError]) -> None:
    with pytest.raises(error) as raised:
        list(LOCAL.open(url))
    assert "secret" not in raised.value.message


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("missing", LoadError, "answered 404"),
        ("program", BadInput, "is of type application/octet-stream, which is not read"),
        ("short", LoadError, "broke off"),
        ("large", TooLarge, "more than 2 MB"),
        ("vast", TooLarge, "more than 2 MB"),
        ("packed", LoadError, r"packed \(gzip\)"),
        ("escape", LoadError, r"answered 404 \\x1b\[31mred;"),
        ("garbage", LoadError, "could not be fetched"),
    ],
)
def test_what_a_server_may_send(site: int, path: str, error: type[VedetteError], said: str) -> None:
    fetcher = Fetcher(max_mb=2, resolver=LOCAL.resolver, allow=here)
    with pytest.raises(error, match=said) as raised:
        list(fetcher.open(f"http://docs.example.test:{site}/{path}"))
    assert raised.value.message.isprintable()


@pytest.mark.parametrize("path", ["drip", "slow"])
def test_a_server_that_drips_is_cut_off(site: int, path: str) -> None:
    fetcher = Fetcher(max_seconds=0.4, resolver=LOCAL.resolver, allow=here)
    started = time.monotonic()
    with pytest.raises(LoadError, match=r"took longer than 0\.4 s"):
        list(fetcher.open(f"http://docs.example.test:{site}/{path}"))
    assert time.monotonic() - started < 3


def test_nobody_listens(site: int) -> None:
    with pytest.raises(LoadError, match="could not be fetched"):
        list(LOCAL.open("http://docs.example.test:1/"))


def test_a_proxy_of_the_environment_is_not_used(site: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    [found] = LOCAL.open(f"http://docs.example.test:{site}/")
    assert found.read() == PAGE
