"""Notices as text messages, through Twilio's REST API and its own SDK (extra `sms`).

POST /2010-04-01/Accounts/{sid}/Messages.json; source: Twilio, "Message resource" and "Error and Warning Dictionary".
"""

from __future__ import annotations

import logging
from typing import Any

from vedette.errors import MissingExtra, ProviderBusy, ProviderError, ProviderRefused, ProviderTimeout
from vedette.notify.contract import Message

API = "https://api.twilio.com"
# Twilio takes 1,600 characters and bills 153 (67 with other alphabets) at a time; this is read on a telephone.
LONGEST = 320
# Twilio advises against deciding by its own codes, which change; 20429 alone is older than the status 429.
TOO_MANY = (429, 20429)


class TwilioSms:
    """`notify.contract.Channel` for telephone numbers in E.164. `sender` is a number of the account, or the SID of a
    messaging service (`MG…`); `url` another address of the API, such as one of Twilio's regions."""

    def __init__(self, account: str, token: str, sender: str, url: str = API, timeout_s: float = 10.0) -> None:
        """Raises MissingExtra."""
        try:
            from twilio.http.http_client import TwilioHttpClient
            from twilio.rest import Client
        except ModuleNotFoundError as error:
            raise MissingExtra.of("twilio", "sms") from error
        # The SDK tells every request and answer to its logger at INFO, addresses of people among it.
        logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
        # Without an environment of its own it takes host and account from variables of this process.
        nothing: dict[str, str] = {"VEDETTE": ""}
        http = TwilioHttpClient(timeout=timeout_s, max_retries=0)
        self._client = Client(account, token, http_client=http, environment=nothing)
        self._client.api.base_url = url.rstrip("/")
        self._sender = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self._timeout_s = timeout_s

    def deliver(self, message: Message) -> None:
        from requests import RequestException, Timeout
        from twilio.base.exceptions import TwilioException

        try:
            self._client.messages.create(to=message.to, body=body(message), **self._sender)
        except Timeout as error:
            raise ProviderTimeout(f"Twilio did not answer in {self._timeout_s:g} s.", "timeout") from error
        except RequestException as error:
            raise ProviderError(f"Twilio cannot be reached ({type(error).__name__}).", "no connection") from error
        except TwilioException as error:
            raise refusal(error) from error
        except (ValueError, KeyError, TypeError) as error:  # what the SDK raises for an answer that is not Twilio's
            raise ProviderError("What answered for Twilio is not Twilio; check notify.twilio_url.", "answer") from error


def body(message: Message) -> str:
    """The text of a message: its subject and as much of the rest as a telephone shows."""
    whole = f"{message.subject}\n{' '.join(message.text.split())}"
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1].rstrip() + "…"


def refusal(error: Any) -> ProviderError:
    """Our error for one of Twilio's, which carries a status, its own code and a sentence."""
    status, code = getattr(error, "status", 0), getattr(error, "code", None)
    said = getattr(error, "msg", "") or getattr(error, "title", "") or str(error)
    told = f"({status}, {code}: {said})"
    if status in TOO_MANY or code in TOO_MANY:
        return ProviderBusy(f"Twilio is asked too often {told}.", brief=str(status))
    if status >= 500:
        return ProviderBusy(f"Twilio is failing {told}.", brief=str(status))
    if status in (401, 403):
        return ProviderRefused(
            f"Twilio refused the account {told}; check notify.twilio_account and notify.twilio_token.", str(status)
        )
    return ProviderRefused(f"Twilio refused the message {told}; check the number in the settings.", str(status))
