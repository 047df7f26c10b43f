"""Notices over HTTP POST, signed as Standard Webhooks has it (https://www.standardwebhooks.com, spec 1.0)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from vedette.engines.faults import retry_after_s
from vedette.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderTimeout, SettingsError
from vedette.notify.contract import Message
from vedette.records_json import encode

SECRET = "whsec_"
PASSING = (408, 409, 425, 429)  # what a 4xx says when a later try may pass


@dataclass(frozen=True, slots=True)
class Webhook:
    """`notify.contract.Channel` for addresses; `secret` is `whsec_` and the key in base64, unsigned when empty.

    `clock` gives seconds since 1970."""

    secret: str = ""
    timeout_s: float = 10.0
    clock: Callable[[], float] = time.time

    def deliver(self, message: Message) -> None:
        body = json.dumps(payload(message), ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "user-agent": "Vedette"}
        headers |= signed(message.id, round(self.clock()), body, key_of(self.secret))
        host = urlsplit(message.to).hostname or ""
        try:
            # No redirects: what is told here goes nowhere that the settings do not name.
            with httpx.stream("POST", message.to, content=body, headers=headers, timeout=self.timeout_s) as response:
                refuse(response, host)  # whatever else it says is not read
        except httpx.TimeoutException as error:
            raise ProviderTimeout(
                f"The webhook at {host} did not answer in {self.timeout_s:g} s.", "timeout"
            ) from error
        except httpx.HTTPError as error:
            raise ProviderError(f"The webhook at {host} cannot be reached ({error}).", "no connection") from error
        except (httpx.InvalidURL, UnicodeError) as error:  # a host that is no name
            raise ProviderRefused(f"The address of the webhook at {host} is none ({error}); correct it.") from error


def payload(message: Message) -> dict[str, object]:
    """The body: what happened, once for each event."""
    events = [{**encode(told.event), "count": told.count} for told in message.told]
    data = {"subject": message.subject, "text": message.text, "events": events}
    return {"type": "vedette.notice", "timestamp": message.at, "data": data}


def signed(id_: str, at: int, body: bytes, key: bytes) -> dict[str, str]:
    """The headers: id, time, and the signature of both with the body; `at` in seconds since 1970.

    >>> signed("msg_1", 1614265330, b"{}", b"")["webhook-timestamp"]
    '1614265330'
    """
    headers = {"webhook-id": id_, "webhook-timestamp": str(at)}
    if key:
        digest = hmac.new(key, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def key_of(secret: str) -> bytes:
    """The key in a secret. Raises SettingsError."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET), validate=True)
    except binascii.Error:
        key = b""
    if secret and not 24 <= len(key) <= 64:
        raise SettingsError(
            "notify.webhook_secret is no secret; give whsec_ and 24 to 64 random bytes in base64, such as "
            "`echo whsec_$(openssl rand -base64 32)` prints."
        )
    return key


def refuse(response: httpx.Response, host: str) -> None:
    """Nothing for what was taken. Raises ProviderRefused, ProviderBusy."""
    status = response.status_code
    if 200 <= status < 300:
        return
    if status in PASSING or status >= 500:
        raise ProviderBusy(
            f"The webhook at {host} answered {status}.", retry_after_s(response.headers.get("retry-after")), str(status)
        )
    what = "sent us elsewhere" if 300 <= status < 400 else "refused the notice"
    raise ProviderRefused(f"The webhook at {host} {what} ({status}); correct its address in the settings.", str(status))
