"""What becomes of a letter at servers that fail, each a real one."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from servers.smtp import Fault, Tls, serving
from vedette.engines.mail import Post
from vedette.errors import MailDelayed, MailRefused, ProviderError, SettingsError
from vedette.records import Letter

SENDER = "vedette@school.example"
LETTER = Letter(
    "ana@school.example",
    "Re: ¿Qué es un ácido?",
    "Una sustancia [1].\n",
    "<question.1.answer@school.example>",
    "<p>Una sustancia [1].</p>",
    ("<a@x.example>", "<b@x.example>"),
)


@pytest.mark.parametrize(
    ("fault", "error", "brief"),
    [
        ("unknown", MailRefused, "550 5.1.1 no such mailbox"),
        ("content", MailRefused, "554 5.7.1 this is spam"),
        ("greylist", MailDelayed, "451 4.7.1 greylisted, try again later"),
        ("cut_before", MailDelayed, "no connection"),
        ("closed", MailDelayed, "554 5.3.2 no service at the moment"),
    ],
)
def test_a_no_for_good_is_told_from_not_now(fault: Fault, error: type[ProviderError], brief: str) -> None:
    with serving() as server:
        server.fault = fault
        with pytest.raises(error) as raised:
            Post(server.url, SENDER).send(LETTER)
        assert type(raised.value) is error
        assert raised.value.brief == brief
        server.fault = ""
        Post(server.url, SENDER).send(LETTER)
        assert set(server.message_ids) == {LETTER.message_id}


def test_a_greylisted_letter_goes_out_later() -> None:
    with serving() as server:
        server.fault, server.greylisted = "greylist", 2
        for _ in range(2):
            with pytest.raises(MailDelayed):
                Post(server.url, SENDER).send(LETTER)
        Post(server.url, SENDER).send(LETTER)
        assert server.message_ids == [LETTER.message_id]


def test_what_was_taken_is_sent_even_if_the_line_breaks_then() -> None:
    with serving() as server:
        server.fault = "cut_after"
        Post(server.url, SENDER).send(LETTER)
        assert server.message_ids == [LETTER.message_id]


def test_a_server_that_is_away_and_comes_back() -> None:
    with serving(listening=False) as server:
        with pytest.raises(MailDelayed, match="check that it runs"):
            Post(server.url, SENDER).send(LETTER)
        server.start()
        Post(server.url, SENDER).send(LETTER)
        server.stop()
        with pytest.raises(MailDelayed):
            Post(server.url, SENDER).send(LETTER)
        assert server.message_ids == [LETTER.message_id]


@pytest.mark.slow
@pytest.mark.parametrize("tls", ["", "starttls", "smtps"])
@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_no_server_holds_the_sender_longer_than_the_limit(fault: Fault, tls: Tls, tmp_path: Path) -> None:
    """The limit of a socket alone would never be reached: a byte comes ten times within it."""
    with serving(tls, folder=tmp_path) as server:
        server.fault = fault
        began = time.monotonic()
        with pytest.raises(MailDelayed, match=r"within 1 s") as raised:
            Post(server.url, SENDER, ca_file=server.ca_file, timeout_s=1).send(LETTER)
        assert time.monotonic() - began < 1.8
        assert raised.value.brief == "no answer in time"
        assert server.sessions == 1
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_a_server_that_never_shakes_hands(tmp_path: Path) -> None:
    with serving() as server:
        server.fault = "hang"
        began = time.monotonic()
        with pytest.raises(MailDelayed, match=r"within 1 s"):
            Post(server.url.replace("smtp:", "smtps:"), SENDER, timeout_s=1).send(LETTER)
        assert time.monotonic() - began < 1.8


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_over_tls_with_an_authority_of_ones_own(tls: Tls, tmp_path: Path) -> None:
    with serving(tls, login=("ana", "p@ss/word"), folder=tmp_path) as server:
        Post(server.url, SENDER, ca_file=server.ca_file).send(LETTER)
        assert server.message_ids == [LETTER.message_id]
        with pytest.raises(MailDelayed, match=r"not trusted .* mail\.ca_file"):
            Post(server.url, SENDER).send(LETTER)
        assert len(server.kept) == 1


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_a_certificate_of_another_host_is_not_accepted(tls: Tls, tmp_path: Path) -> None:
    with serving(tls, certificate=("elsewhere.example",), folder=tmp_path) as server:
        with pytest.raises(MailDelayed, match=r"not valid for '127\.0\.0\.1'") as raised:
            Post(server.url, SENDER, ca_file=server.ca_file).send(LETTER)
        assert raised.value.brief == "certificate"
        assert not server.kept


def test_a_server_without_tls_gets_no_password(tmp_path: Path) -> None:
    with serving(login=("ana", "secret")) as server:
        for scheme, words in (("smtp+starttls", "cannot do what mail.url asks for"), ("smtps", "does not speak TLS")):
            with pytest.raises(MailDelayed, match=words):
                Post(server.url.replace("smtp:", f"{scheme}:"), SENDER).send(LETTER)
        assert not server.kept


@pytest.mark.parametrize("login", ["", "ana:wrong@"])
def test_a_wrong_password_keeps_the_letter_waiting(login: str) -> None:
    """It is the setting that is wrong: the letters go out once somebody corrects it."""
    with serving(login=("ana", "secret")) as server:
        host = server.url.rpartition("@")[2]
        with pytest.raises(MailDelayed, match=r"user and password .*correct mail\.url") as raised:
            Post(f"smtp://{login}{host}", SENDER).send(LETTER)
        assert "wrong@" not in raised.value.message


def test_a_file_of_certificates_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("empty.pem", "missing.pem"):
        with pytest.raises(SettingsError, match=r"mail\.ca_file"):
            Post("smtps://127.0.0.1:1", SENDER, ca_file=str(tmp_path / name)).send(LETTER)
