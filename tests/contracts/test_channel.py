"""One suite for all that carries notices: mail, text messages, webhooks, against servers on real sockets."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from fakes import receivers
from servers import smtp
from vedette.engines.mail import Post
from vedette.engines.twilio_sms import TwilioSms
from vedette.engines.webhook import Webhook
from vedette.errors import MailRefused, ProviderBusy, ProviderError, ProviderRefused
from vedette.notify.contract import Channel, Message, Told
from vedette.notify.mail import MailChannel
from vedette.records import Event

EVENT = Event("pipeline_error", "ingest:cv", "Dos no se leyeron", "año.pdf: roto", "warning", "2026-11-21")
MESSAGE = Message("0" * 31 + "1", "", "[Vedette] Dos no se leyeron", "año.pdf: roto", (Told(EVENT, 3),), EVENT.at)
LIMIT_S = 2.0


@dataclass(frozen=True)
class Line:
    """A channel and who is at its other end: what it `took`, as (id, subject and text); how to make it fail."""

    channel: Channel
    stranger: Channel  # the same with a wrong secret
    to: str
    took: Callable[[], list[tuple[str, str]]]
    fail: Callable[[str], None]
    secret: str

    def deliver(self, **changed: str) -> None:
        self.channel.deliver(replace(MESSAGE, **{"to": self.to, **changed}))


@contextmanager
def mail() -> Iterator[Line]:
    faults = {"for good": "unknown", "for now": "greylist", "hang": "hang", "": ""}
    with smtp.serving(login=("ana", "secret-word")) as server:

        def fail(how: str) -> None:
            if how == "nobody":
                server.stop()
            else:
                server.fault = faults[how]  # type: ignore[assignment]

        def took() -> list[tuple[str, str]]:
            told = [kept.message for kept in server.kept]
            return [(str(one["Message-ID"])[8:40], f"{one['Subject']}\n{one.get_content()}") for one in told]

        def channel(url: str) -> MailChannel:
            return MailChannel(Post(url, "vedette@example.org", timeout_s=LIMIT_S).send, "example.org")

        wrong = channel(server.url.replace("secret-word", "secret-letter"))
        yield Line(channel(server.url), wrong, "head@example.org", took, fail, "secret-")


@contextmanager
def sms() -> Iterator[Line]:
    with receivers.twilio() as server:

        def channel(token: str) -> TwilioSms:
            return TwilioSms(receivers.ACCOUNT, token, receivers.SENDER, server.url, LIMIT_S)

        def took() -> list[tuple[str, str]]:
            return [("", one.body["Body"]) for one in server.kept]

        faults = {"for good": "gone"}
        token = receivers.TOKEN
        wrong = channel("token-of-another")
        yield Line(channel(token), wrong, "+34600111222", took, _failing(server, faults), "token-")


@contextmanager
def hook() -> Iterator[Line]:
    with receivers.webhook() as server:

        def took() -> list[tuple[str, str]]:
            kept = [(one.headers["webhook-id"], one.body["data"]) for one in server.kept]
            return [(id_, f"{data['subject']}\n{data['text']}") for id_, data in kept]

        wrong = Webhook("whsec_" + receivers.SECRET[6:][::-1].strip("=") + "=", LIMIT_S)
        right = Webhook(receivers.SECRET, LIMIT_S)
        yield Line(right, wrong, f"{server.url}/in?key=1", took, _failing(server, {"for good": "gone"}), "whsec_")


def _failing(server: receivers.Receiver, faults: dict[str, str]) -> Callable[[str], None]:
    named = {"for now": "busy", "hang": "hang", "": "", **faults}

    def fail(how: str) -> None:
        if how == "nobody":
            server.shutdown()
            server.server_close()
        else:
            server.fault = named[how]  # type: ignore[assignment]

    return fail


LINES = {"mail": mail, "sms": sms, "webhook": hook}


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    with LINES[request.param]() as opened:
        yield opened


def final(error: ProviderError) -> bool:
    return isinstance(error, ProviderRefused | MailRefused)


def test_a_message_arrives_once_and_whole(line: Line) -> None:
    line.deliver()
    ((id_, text),) = line.took()
    assert id_ in ("", MESSAGE.id)
    assert MESSAGE.subject in text
    assert MESSAGE.text in text


def test_another_try_carries_the_same_id(line: Line) -> None:
    for _ in range(2):
        line.deliver()
    assert len({id_ for id_, _ in line.took()}) == 1
    line.deliver(id="f" * 32)
    assert len({id_ for id_, _ in line.took()}) == (1 if line.took()[0][0] == "" else 2)


def test_what_is_refused_for_good_is_told_from_what_may_pass(line: Line) -> None:
    line.fail("for now")
    with pytest.raises(ProviderError) as busy:
        line.deliver()
    assert not final(busy.value)
    line.fail("for good")
    with pytest.raises(ProviderError) as refused:
        line.deliver()
    assert final(refused.value)
    assert line.took() == []
    line.fail("")
    line.deliver()
    assert len(line.took()) == 1


@pytest.mark.slow
def test_who_does_not_answer_is_given_up_in_time(line: Line) -> None:
    line.fail("hang")
    began = time.monotonic()
    with pytest.raises(ProviderError) as raised:
        line.deliver()
    assert not final(raised.value)
    assert time.monotonic() - began < LIMIT_S * 3


def test_where_nobody_listens_it_is_tried_again(line: Line) -> None:
    line.fail("nobody")
    with pytest.raises(ProviderError) as raised:
        line.deliver()
    assert not final(raised.value)


def test_a_wrong_secret_is_refused_and_stands_in_no_error_and_no_log(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ProviderError) as raised:
        line.stranger.deliver(replace(MESSAGE, to=line.to))
    line.deliver()
    assert len(line.took()) == 1
    assert line.secret not in raised.value.message
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert line.secret not in logged


def test_nothing_in_a_message_becomes_a_header_or_another_recipient(line: Line) -> None:
    text = "Bcc: eve@example.org\r\n.\r\nMAIL FROM:<x>&To=%2B34600999888\n&Body=x\x00 ñ 漢 🙂"
    line.deliver(subject="[Vedette] ñ 漢\r\nBcc: eve@example.org", text=text)
    ((_, told),) = line.took()
    assert "ñ 漢" in told
    assert "34600999888" in told


def test_a_long_message_is_taken(line: Line) -> None:
    line.deliver(text="0123456789 " * 20_000)
    assert len(line.took()) == 1


def test_many_threads_deliver_at_once(line: Line) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: line.deliver(id=f"{number:032d}", text=f"no. {number}."), range(12)))
    assert sorted(text.split("no. ")[1].split(".")[0] for _, text in line.took()) == sorted(map(str, range(12)))


def test_a_busy_receiver_says_how_long_to_wait() -> None:
    with hook() as line:
        line.fail("for now")
        with pytest.raises(ProviderBusy) as raised:
            line.deliver()
    assert raised.value.retry_after_s == 7.0
