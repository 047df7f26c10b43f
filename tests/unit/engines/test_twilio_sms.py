"""Text messages through Twilio's own SDK, against an API as strict as Twilio's."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from fakes import receivers
from fakes.receivers import ACCOUNT, MAGIC, SENDER, SERVICE, TOKEN, Receiver
from vedette.engines.twilio_sms import LONGEST, TwilioSms
from vedette.errors import MissingExtra, ProviderBusy, ProviderError, ProviderRefused
from vedette.notify.contract import Message

HEAD = "+34600111222"


@pytest.fixture
def api() -> Iterator[Receiver]:
    with receivers.twilio() as server:
        yield server


def channel(api: Receiver, account: str = ACCOUNT, sender: str = SENDER) -> TwilioSms:
    return TwilioSms(account, TOKEN, sender, api.url, timeout_s=5.0)


def message(to: str = HEAD, text: str = "año.pdf: roto") -> Message:
    return Message("0" * 32, to, "[Vedette] Two files failed", text, (), "2026-11-21")


def test_the_form_is_what_twilio_wants(api: Receiver) -> None:
    channel(api).deliver(message())
    (kept,) = api.kept
    assert kept.body == {"To": HEAD, "From": SENDER, "Body": "[Vedette] Two files failed\naño.pdf: roto"}
    assert kept.headers["user-agent"].startswith("twilio-python/")


def test_a_messaging_service_stands_in_for_a_number(api: Receiver) -> None:
    channel(api, sender=SERVICE).deliver(message())
    (kept,) = api.kept
    assert (kept.body["MessagingServiceSid"], "From" in kept.body) == (SERVICE, False)


@pytest.mark.parametrize("to", [*MAGIC, "+34", "600111222", "", "head@example.org"])
def test_a_number_that_cannot_be_reached_is_refused_with_twilios_reason(api: Receiver, to: str) -> None:
    code = MAGIC[to][0] if to in MAGIC else 21604 if not to else 21211
    with pytest.raises(ProviderRefused, match=str(code)):
        channel(api).deliver(message(to))
    assert api.kept == []


@pytest.mark.parametrize(("fault", "told"), [("busy", "20429"), ("broken", "20503")])
def test_what_may_pass_is_tried_again(api: Receiver, fault: receivers.Fault, told: str) -> None:
    api.fault = fault
    with pytest.raises(ProviderBusy, match=told):
        channel(api).deliver(message())
    assert api.asked == 1  # there is one that tries again, and it is not the SDK


@pytest.mark.parametrize("fault", ["cut", "babble"])
def test_an_answer_that_is_none_is_tried_again(api: Receiver, fault: receivers.Fault) -> None:
    api.fault = fault
    with pytest.raises(ProviderError) as raised:
        channel(api).deliver(message())
    assert not isinstance(raised.value, ProviderRefused)


def test_the_token_goes_nowhere_else(api: Receiver) -> None:
    api.fault = "moved"
    with pytest.raises(ProviderRefused):
        channel(api).deliver(message())
    assert api.kept == []


def test_another_account_is_refused_and_the_settings_are_named(api: Receiver) -> None:
    with pytest.raises(ProviderRefused, match=r"401.*notify\.twilio_token") as raised:
        channel(api, account="AC" + "f" * 32).deliver(message())
    assert TOKEN not in raised.value.message


def test_variables_of_the_process_change_nothing(api: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCOUNT_SID": "ACx", "AUTH_TOKEN": "x", "EDGE": "sydney", "REGION": "au1"}.items():
        monkeypatch.setenv(f"TWILIO_{name}", value)
    channel(api).deliver(message())
    assert len(api.kept) == 1


def test_a_telephone_is_told_the_beginning(api: Receiver) -> None:
    channel(api).deliver(message(text="año.pdf: roto\n" * 1000))
    body = api.kept[0].body["Body"]
    assert LONGEST - 2 <= len(body) <= LONGEST
    assert body.endswith("…")


def test_without_the_sdk_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "twilio.rest", None)
    with pytest.raises(MissingExtra, match=r"vedette\[sms\]"):
        TwilioSms(ACCOUNT, TOKEN, SENDER)
