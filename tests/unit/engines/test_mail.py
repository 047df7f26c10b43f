"""Mail to a real SMTP server in this process."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from servers.smtp import serving
from vedette.engines.mail import Post
from vedette.errors import MailRefused, SettingsError
from vedette.records import Letter, Mail

SENDER = "vedette@example.org"
MAIL = Mail("ana@example.org", "Vedette: Elija una contraseña nueva", "Enlace:\nhttps://x.example/reset#token=vp_1\n")
LETTER = Letter(
    to="ana@example.org",
    subject="Re: ¿Qué es un ácido y cómo se distingue de una base cuando no hay papel tornasol a mano?",
    text="Una sustancia [1].\n",
    message_id="<question.0123456789abcdef0123456789abcdef.answer@example.org>",
    html="<p>Una sustancia [1].</p>\n",
    references=("<first@mail.example>", "<second@mail.example>"),
)


def sent(mail: Mail | Letter, sender: str = SENDER) -> EmailMessage:
    """As it arrives."""
    with serving() as server:
        Post(server.url, sender).send(mail)
        assert server.kept[0].to == (mail.to,)
        assert server.kept[0].sender == sender
        return server.kept[0].message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return part.get_content().replace("\r\n", "\n")


def test_a_mail_arrives() -> None:
    kept = sent(MAIL)
    assert (kept["To"], kept["From"], kept["Subject"]) == (MAIL.to, SENDER, MAIL.subject)
    assert text_of(kept) == MAIL.text
    assert kept["Message-ID"].endswith("@example.org>")
    assert kept["Auto-Submitted"] == "auto-generated"


def test_a_letter_arrives_in_two_forms_and_in_its_thread() -> None:
    kept = sent(LETTER)
    assert (kept["To"], kept["From"], kept["Subject"]) == (LETTER.to, SENDER, LETTER.subject)
    assert kept["Message-ID"] == LETTER.message_id
    assert kept["In-Reply-To"] == "<second@mail.example>"
    assert kept["References"].split() == list(LETTER.references)
    assert kept["Auto-Submitted"] == "auto-replied"
    assert kept["Date"].datetime is not None
    assert kept.get_content_type() == "multipart/alternative"
    assert (text_of(kept), text_of(kept, "html")) == (LETTER.text, LETTER.html)


def test_a_letter_without_a_thread_or_another_form() -> None:
    kept = sent(replace(LETTER, html="", references=()))
    assert "In-Reply-To" not in kept
    assert "References" not in kept
    assert kept["Auto-Submitted"] == "auto-generated"
    assert kept.get_content_type() == "text/plain"


@pytest.mark.parametrize("start", ["ñandú 水 🙂 " * 300, "x" * 2000, "ñ"])
def test_long_lines_and_other_scripts_go_over_the_line_in_short_ascii(start: str) -> None:
    text = f"{start}\n.\nMAIL FROM:<a@b.c>\n..\n"
    references = tuple(f"<{'a' * size}@{'b' * size}.example>" for size in (20, 90, 200))
    letter = replace(LETTER, subject="水 " * 100, text=text, html=f"<p>{text}</p>", references=references)
    with serving() as server:
        Post(server.url, SENDER).send(letter)
        assert len(server.kept) == 1
        content, kept = server.kept[0].content, server.kept[0].message
    assert content.isascii()
    head, _, body = content.partition(b"\r\n\r\n")
    assert max(map(len, head.splitlines())) <= 998
    assert max(map(len, body.splitlines())) <= 78
    assert text_of(kept) == text
    assert kept["Subject"] == letter.subject.strip()
    assert kept["References"].split() == list(references)
    # Whole in the head itself: few programs look for encoded words there.
    assert all(head.count(one.encode()) == 1 + (one is references[-1]) for one in references)


def test_what_cannot_be_sent_is_taken_to_the_address_for_bounces() -> None:
    with serving() as server:
        Post(server.url, SENDER, bounces="bounces@example.org").send(LETTER)
        assert (server.kept[0].sender, server.kept[0].message["From"]) == ("bounces@example.org", SENDER)


def test_with_user_and_password() -> None:
    with serving(login=("vedette", "p@ss word")) as server:
        assert "p%40ss%20word" in server.url
        Post(server.url, SENDER).send(MAIL)
        assert len(server.kept) == 1


def test_an_address_that_is_not_ascii() -> None:
    assert sent(Mail("añá@example.org", "x", "y"))["To"] == "añá@example.org"
    assert sent(replace(LETTER, to="añá@example.org"))["To"] == "añá@example.org"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
def test_nothing_in_a_subject_is_a_header(end: str) -> None:
    kept = sent(replace(LETTER, subject=f"Hi{end}Bcc: eve@evil.example{end}{end}Text of Eve"))
    assert "Bcc" not in kept
    assert kept["Subject"].startswith("Hi Bcc: eve@evil.example")
    assert text_of(kept) == LETTER.text


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org\nBcc: eve@evil.example",
        "ana@example.org\r\nRCPT TO:<eve@evil.example>",
        "ana@example.org, eve@evil.example",
        "ana@example.org> SIZE=1",
        "Ana <ana@example.org>",
        "ana",
        "",
    ],
)
def test_one_address_is_one_recipient(address: str) -> None:
    with serving() as server:
        for mail in (replace(MAIL, to=address), replace(LETTER, to=address)):
            with pytest.raises(MailRefused, match="no mail address"):
                Post(server.url, SENDER).send(mail)
        with pytest.raises(SettingsError, match=r"mail\.sender"):
            Post(server.url, address).send(MAIL)
        assert server.sessions == 0


@pytest.mark.parametrize("message_id", ["<a@b>\nBcc: eve@evil.example", "<a b@c>", "a@b", "<ñ@b>", "<a@b><c@d>", ""])
def test_a_message_id_is_one(message_id: str) -> None:
    with pytest.raises(MailRefused, match="no Message-ID"):
        Post("smtp://127.0.0.1:1", SENDER).send(replace(LETTER, message_id=message_id))
    kept = sent(replace(LETTER, references=("<first@mail.example>", message_id)))
    assert (kept["References"], kept["In-Reply-To"]) == ("<first@mail.example>", "<first@mail.example>")
    assert "Bcc" not in kept


@pytest.mark.parametrize("url", ["pigeon://x", "smtp://x:port", "smtp://[x", f"smtp://{'a' * 70}.example"])
def test_a_url_that_is_none_is_a_setting_to_correct(url: str) -> None:
    with pytest.raises(SettingsError, match=r"mail\.url"):
        Post(url, SENDER).send(MAIL)


def test_a_password_that_the_protocol_cannot_carry_is_a_setting_to_correct() -> None:
    with serving(login=("ana", "ñ")) as server, pytest.raises(SettingsError, match=r"password of mail\.url"):
        Post(server.url, SENDER).send(MAIL)


def test_an_address_for_bounces_that_is_none() -> None:
    with pytest.raises(SettingsError, match=r"mail\.bounces"):
        Post("smtp://x", SENDER, bounces="nobody").send(MAIL)
