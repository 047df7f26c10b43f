"""Those who receive notices over HTTP, on real sockets: a webhook that checks signatures, and Twilio's REST API.

Twilio's side is as strict as Twilio is: basic auth, path, content type, fields, E.164, length; its errors have its
JSON, its codes and its magic numbers (https://www.twilio.com/docs/iam/test-credentials). `fault` names what goes wrong.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import secrets
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs

from standardwebhooks import Webhook, WebhookVerificationError

Fault = Literal["", "busy", "broken", "gone", "hang", "cut", "late", "moved", "babble"]
"""`busy` 429 with Retry-After 7, `broken` 503, `gone` 410, `hang` no answer, `cut` keeps the message and cuts the line,
`late` keeps it and answers half a second later, `moved` a redirect to a place that takes everything, `babble` 200 and a
page of HTML."""
LATE_S = 0.5
STATUS = {"busy": 429, "broken": 503, "gone": 410, "moved": 307}

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
ACCOUNT, TOKEN = "AC" + "0123456789abcdef" * 2, "token-0123456789abcdef0123456789ab"
SENDER, SERVICE = "+15005550006", "MG" + "0123456789abcdef" * 2
MAGIC = {
    "+15005550001": (21211, "The 'To' number {to} is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number: {to}, is not currently reachable via SMS."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number: {to}, is not a valid mobile number"),
}
KNOWN = {"To", "From", "MessagingServiceSid", "Body"}


@dataclass(frozen=True)
class Received:
    """A request that was taken: headers by lower-case name, and the body as it is meant."""

    headers: dict[str, str]
    body: dict[str, Any]


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.scheme = "http"
        self.fault: Fault = ""
        self.kept: list[Received] = []
        self.asked = 0
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what some tests are about."""


@contextlib.contextmanager
def webhook(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver of webhooks at `url`, over TLS with a context."""
    with _serving(Receiver(_Hook), context) as server:
        yield server


@contextlib.contextmanager
def twilio() -> Iterator[Receiver]:
    """Twilio's API at `url`, with one account."""
    with _serving(Receiver(_Twilio), None) as server:
        yield server


@contextlib.contextmanager
def _serving(server: Receiver, context: ssl.SSLContext | None) -> Iterator[Receiver]:
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver
    data: bytes = b""

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self._answer(405, {"message": "Method not allowed"})

    def do_POST(self) -> None:
        self.server.asked += 1
        self.data = self.rfile.read(int(self.headers.get("content-length", 0)))
        fault = self.server.fault
        if self.path == "/elsewhere":
            self._keep({})
            self._answer(200, {})
        elif fault == "hang":
            self.server.stopping.wait()
        elif fault == "babble":
            self._send(200, b"<html>Welcome to nginx!</html>", {"content-type": "text/html"})
        elif fault in STATUS:
            more = {"busy": {"retry-after": "7"}, "moved": {"location": "/elsewhere"}}.get(fault, {})
            self._answer(STATUS[fault], self.trouble(STATUS[fault]), more)
        else:
            self.take()

    def take(self) -> None:
        raise NotImplementedError

    def trouble(self, status: int) -> dict[str, Any]:
        return {"error": status}

    def _keep(self, body: dict[str, Any]) -> bool:
        """False where the line is cut now."""
        self.server.kept.append(Received({name.lower(): value for name, value in self.headers.items()}, body))
        if self.server.fault == "late":
            self.server.stopping.wait(LATE_S)
        if self.server.fault == "cut":
            self.close_connection = True
            self.connection.close()
        return self.server.fault != "cut"

    def _answer(self, status: int, told: dict[str, Any], more: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(told).encode(), {"content-type": "application/json", **(more or {})})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Hook(_Handler):
    """Takes what the reference implementation of Standard Webhooks takes."""

    def take(self) -> None:
        try:
            body = Webhook(SECRET).verify(self.data, dict(self.headers.items()))
        except WebhookVerificationError as error:
            self._answer(401, {"error": str(error)})
            return
        if self._keep(body):
            self._answer(202, {})


class _Twilio(_Handler):
    path_of_messages: ClassVar[str] = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    def take(self) -> None:
        allowed = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if not secrets.compare_digest(self.headers.get("authorization", ""), allowed):
            self._refuse(401, 20003, "Authenticate")
        elif self.path != self.path_of_messages:
            self._refuse(404, 20404, f"The requested resource {self.path} was not found")
        elif self.headers.get("content-type") != "application/x-www-form-urlencoded":
            self._refuse(415, 20015, "Unsupported content type")
        else:
            self._message({name: values[-1] for name, values in parse_qs(self.data.decode(), True).items()})

    def trouble(self, status: int) -> dict[str, Any]:
        code = {429: 20429, 503: 20503}.get(status, 20001)
        return _error(status, code, "Too many requests" if status == 429 else "Service is unavailable")

    def _message(self, form: dict[str, str]) -> None:
        to, body = form.get("To", ""), form.get("Body", "")
        if wrong := _wrong(form, to, body):
            self._refuse(400, *wrong)
            return
        if self._keep(form):
            sid = "SM" + secrets.token_hex(16)
            self._answer(201, _resource(sid, form))

    def _refuse(self, status: int, code: int, message: str) -> None:
        self._answer(status, _error(status, code, message))


def _wrong(form: dict[str, str], to: str, body: str) -> tuple[int, str] | None:
    if set(form) - KNOWN:
        return 20001, f"Unknown parameter {min(set(form) - KNOWN)}"
    if not to:
        return 21604, "A 'To' phone number is required."
    if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
        return 21211, f"The 'To' number {to} is not a valid phone number."
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return 21603, "A 'From' phone number is required."
    if form.get("From", SENDER) != SENDER or form.get("MessagingServiceSid", SERVICE) != SERVICE:
        return 21606, f"The 'From' phone number {form.get('From')} is not a valid, SMS-capable number of your account."
    if not body:
        return 21602, "Message body is required."
    if len(body) > 1600:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    if to in MAGIC:
        code, said = MAGIC[to]
        return code, said.format(to=to)
    return None


def _error(status: int, code: int, message: str) -> dict[str, Any]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


def _resource(sid: str, form: dict[str, str]) -> dict[str, Any]:
    created = "Sat, 21 Nov 2026 22:00:00 +0000"
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media.json"},
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
    }
