"""Webhooks, against a receiver that checks signatures with the reference implementation of Standard Webhooks."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest
import trustme

from fakes import receivers
from fakes.receivers import SECRET, Receiver
from vedette.engines.webhook import Webhook, key_of
from vedette.errors import ProviderBusy, ProviderError, ProviderRefused, SettingsError
from vedette.notify.contract import Message, Told
from vedette.records import Event

EVENT = Event("provider_down", "llm", "llm is down", "no connection", "critical", "2026-11-21T22:00:00+00:00")
MESSAGE = Message("a1" * 16, "", "[Vedette] llm is down", "no connection", (Told(EVENT, 3),), EVENT.at)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receivers.webhook() as server:
        yield server


def deliver(hook: Receiver, secret: str = SECRET) -> None:
    Webhook(secret, timeout_s=5.0).deliver(replace(MESSAGE, to=f"{hook.url}/in"))


def test_the_body_tells_every_event(hook: Receiver) -> None:
    deliver(hook)
    (kept,) = hook.kept
    assert kept.body["type"] == "vedette.notice"
    assert kept.body["timestamp"] == EVENT.at
    (event,) = kept.body["data"]["events"]
    assert (event["kind"], event["key"], event["severity"], event["count"]) == ("provider_down", "llm", "critical", 3)
    assert kept.headers["webhook-id"] == MESSAGE.id


def test_without_a_secret_nothing_is_signed(hook: Receiver) -> None:
    with pytest.raises(ProviderRefused, match="401"):
        deliver(hook, secret="")
    assert hook.kept == []


def test_a_signature_of_another_time_is_refused(hook: Receiver) -> None:
    with pytest.raises(ProviderRefused, match="401"):
        Webhook(SECRET, clock=lambda: 1_700_000_000.0).deliver(replace(MESSAGE, to=hook.url))


def test_a_redirect_is_not_followed(hook: Receiver) -> None:
    hook.fault = "moved"
    with pytest.raises(ProviderRefused, match="elsewhere"):
        deliver(hook)
    assert (hook.kept, hook.asked) == ([], 1)


def test_a_failing_receiver_is_tried_again(hook: Receiver) -> None:
    hook.fault = "broken"
    with pytest.raises(ProviderBusy, match="503"):
        deliver(hook)


def test_where_the_line_is_cut_it_goes_again_under_its_id(hook: Receiver) -> None:
    hook.fault = "cut"
    with pytest.raises(ProviderError) as raised:
        deliver(hook)
    assert not isinstance(raised.value, ProviderRefused)
    hook.fault = ""
    deliver(hook)
    assert [one.headers["webhook-id"] for one in hook.kept] == [MESSAGE.id] * 2


def test_a_certificate_of_a_stranger_gets_nothing() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with receivers.webhook(context) as hook:
        with pytest.raises(ProviderError, match="certificate"):
            deliver(hook)
        assert hook.asked == 0


@pytest.mark.parametrize("host", ["a..b:9", f"{'a' * 300}.org", "xn--a", "localhost:abc"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(ProviderRefused, match="address of the webhook"):
        Webhook().deliver(replace(MESSAGE, to=f"https://{host}/in"))


@pytest.mark.parametrize("secret", ["whsec_", "whsec_short", "not base64 at all!", "whsec_" + "A" * 20])
def test_a_secret_that_is_none_is_told(secret: str) -> None:
    with pytest.raises(SettingsError, match="openssl rand") as raised:
        key_of(secret)
    assert secret not in raised.value.message or secret == "whsec_"
