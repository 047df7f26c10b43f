"""What a mail is taken for, and what of it is read: honest ones, automatic ones, broken and hostile ones."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.letters_in import ANSWER_ID, AUTHSERV, OURS, QUESTION, bounce, mail
from vedette.questions.mail.bounce import Bounce
from vedette.questions.mail.inbox import Received
from vedette.questions.mail.read import Attachment, Content, Doubtful, Envelope, Ignored, Rules, content_of, envelope_of
from vedette.questions.mail.reply import question_of

RULES = Rules((OURS,), AUTHSERV)


def received(message: EmailMessage | bytes) -> Received:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return Received("1", raw, len(raw))


def judged(message: EmailMessage | bytes, rules: Rules = RULES) -> Envelope | Bounce | Ignored | Doubtful:
    return envelope_of(received(message), rules, question_of)


def read(message: EmailMessage | bytes) -> Content:
    envelope = judged(message)
    assert isinstance(envelope, Envelope), envelope
    return content_of(received(message), envelope)


def test_an_envelope_says_whose_it_is_and_where_it_stands() -> None:
    found = judged(
        mail(
            Subject="Re: ¿Qué es MFA?",
            Message_ID="<2@example.org>",
            In_Reply_To=ANSWER_ID,
            References=f"<1@example.org> {ANSWER_ID}",
        )
    )
    assert found == Envelope(
        "ana@example.org", "mail:<2@example.org>", "Re: ¿Qué es MFA?", ("<1@example.org>", ANSWER_ID, "<2@example.org>")
    )


def test_a_mail_without_an_id_has_the_same_key_whenever_it_is_read() -> None:
    one, again, other = (judged(mail(text, Message_ID="")) for text in ("a", "a", "b"))
    assert isinstance(one, Envelope)
    assert isinstance(other, Envelope)
    assert one == again
    assert one.key != other.key
    assert one.thread == ()


def test_a_long_thread_keeps_its_last_ids() -> None:
    found = judged(mail(References=" ".join(f"<{number}@example.org>" for number in range(100, 200))))
    assert isinstance(found, Envelope)
    assert found.thread[-2:] == ("<199@example.org>", "<1@example.org>")
    assert len(found.thread) == 20


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "automatic reply"),
        ({"Auto_Submitted": "auto-generated; owner=x"}, "automatic reply"),
        ({"Precedence": "Bulk"}, "to many"),
        ({"Precedence": "list"}, "to many"),
        ({"Precedence": "junk"}, "to many"),
        ({"List_Id": "<friends.example.org>"}, "list-id"),
        ({"X_Auto_Response_Suppress": "All"}, "x-auto-response-suppress"),
        ({"Return_Path": " < > "}, "way back"),
        ({"sender": f"Vedette <{OURS.upper()}>"}, "of ours"),
        ({"sender": "Mailer-Daemon <MAILER-DAEMON@example.org>"}, "report"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"}, "report"),
    ],
)
def test_nothing_that_nobody_wrote_is_answered(fields: dict[str, str], why: str) -> None:
    kind = fields.pop("Content_Type", "")
    message = mail(**fields)
    raw = message.as_bytes()
    if kind:
        raw = raw.replace(b'text/plain; charset="utf-8"', kind.encode())
        assert kind.encode() in raw
    found = judged(raw)
    assert isinstance(found, Ignored)
    assert why in found.why


def test_what_somebody_wrote_is_no_automatic_mail() -> None:
    assert isinstance(judged(mail(Auto_Submitted="no", Return_Path="<ana@example.org>", Precedence="first")), Envelope)


def test_a_sender_that_is_not_vouched_for_is_doubted_unless_all_are_trusted() -> None:
    forged = mail(Authentication_Results="")
    found = judged(forged)
    assert isinstance(found, Doubtful)
    assert (found.aside, "no Authentication-Results of mx.school.example" in found.why) == ("doubtful-sender", True)
    assert isinstance(judged(forged, replace(RULES, trust_all=True)), Envelope)
    for unset in (Rules((OURS,)), Rules((OURS,), "other.example")):
        assert isinstance(judged(mail(), unset), Doubtful)


def test_two_senders_are_none_even_where_all_are_trusted() -> None:
    raw = b"From: eve@evil.example\r\n" + mail().as_bytes()
    assert isinstance(judged(raw, Rules((OURS,), trust_all=True)), Doubtful)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"no header at all",
        b"From: ana@example.org\rX: y\n",
        b"From: ana@example.org\nSubject: a\0b\n",
        b"From: ana@example.org\nno colon\nSubject: x\n",
        b" folded\nFrom: ana@example.org\n",
        b"From: ana@example.org\n" + b"X: y\n" * 2000,
        b"From: ana@example.org\nX: " + b"y" * 300_000 + b"\n",
    ],
)
def test_a_header_that_two_programs_could_read_in_two_ways_is_not_read(head: bytes) -> None:
    found = judged(head + b"\nWhat?", Rules((OURS,), trust_all=True))
    assert isinstance(found, Doubtful)


def test_a_letter_that_came_back_for_good_is_known() -> None:
    said = "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown"
    assert judged(bounce()) == Bounce(QUESTION, "5.1.1", said)
    whole = bounce().replace(b"text/rfc822-headers", b"message/rfc822")
    assert judged(whole) == Bounce(QUESTION, "5.1.1", said)
    by_reference = bounce(original="<lost>").replace(b"Auto-Submitted", f"References: {ANSWER_ID}\nX".encode())
    assert judged(by_reference) == Bounce(QUESTION, "5.1.1", said)


@pytest.mark.parametrize(
    "raw",
    [
        bounce("4.4.1", "delayed"),
        bounce("4.4.1", "failed"),
        bounce("2.0.0", "delivered"),
        bounce("5.1.1", "delayed"),
        bounce(original="<somebody-elses@example.org>"),
        bounce().replace(b"message/delivery-status", b"text/plain"),
    ],
)
def test_a_letter_that_may_still_arrive_or_is_not_ours_is_no_bounce(raw: bytes) -> None:
    assert isinstance(judged(raw), Ignored)


def test_a_bounce_without_a_form_is_known_by_its_text() -> None:
    text = "Hi. This is the program at example.org.\n<ana@example.org>:\nRemote host said: 550 5.1.1 no such user\n\n{}"
    daemon = "MAILER-DAEMON@example.org"
    wanted = Bounce(QUESTION, "5.1.1", "Remote host said: 550 5.1.1 no such user")
    assert judged(mail(text.format(f"Message-ID: {ANSWER_ID}"), daemon)) == wanted
    assert isinstance(judged(mail(text.format(""), daemon)), Ignored)
    assert isinstance(judged(mail(f"Try 195.5.1.1 again: {ANSWER_ID}", daemon)), Ignored)


def test_a_question_is_read_as_plain_text_else_from_html_else_from_the_subject() -> None:
    both = mail("What is MFA?\n")
    both.add_alternative("<p>What is <b>HTML</b>?</p>", subtype="html")
    assert read(both) == Content("What is MFA?")
    only = mail()
    only.set_content("<p>¿Qué es <b>MFA</b>?</p>", subtype="html", charset="iso-8859-1")
    assert read(only) == Content("¿Qué es MFA?")
    empty_plain = mail(" \n")
    empty_plain.add_alternative("<p>What?</p>", subtype="html")
    assert read(empty_plain) == Content("What?")
    assert read(mail("> all\n> quoted\n", Subject="RE: Fwd: What is MFA?")) == Content("What is MFA?")
    assert read(mail("\n", Subject="")) == Content("", problem="empty")
    assert read(mail("\n", Subject="Re:")).problem == "empty"


def test_a_text_in_pieces_around_a_picture_is_read_whole() -> None:
    message = mail("What is\n")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", disposition="inline", cid="<1@x>")
    message.add_attachment("this?\n", disposition="inline")
    assert read(message) == Content("What is\n\nthis?")


def test_attachments_are_files_that_somebody_attached() -> None:
    message = mail()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../etc/Ünï\x00.pdf")
    message.add_attachment("kept", filename="C:\\notes.txt")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    message.add_attachment(b"sig", maintype="application", subtype="pgp-signature", filename="x.asc")
    message.add_attachment(b"?", maintype="application", subtype="octet-stream")
    message.add_attachment(b"x", maintype="text", subtype="csv", filename="a" * 300 + ".csv")
    found = read(message)
    assert found.text == "What is MFA?"
    assert found.attachments == (
        Attachment("Ünï .pdf", b"%PDF"),
        Attachment("notes.txt", b"kept\n"),
        Attachment("a.png", b"\x89PNG"),
        Attachment("attachment-4", b"?"),
        Attachment("a" * 110 + ".csv", b"x"),
    )


def test_what_is_too_long_or_too_large_is_told() -> None:
    assert read(mail("why " * 1000)).text == ("why " * 1000).strip()
    assert read(mail("why? " * 1000)) == Content("", problem="too_long")
    raw = mail("x").as_bytes()
    cut = Received("1", raw[:-1], 10**9)
    envelope = envelope_of(cut, RULES, question_of)
    assert isinstance(envelope, Envelope)
    assert content_of(cut, envelope) == Content("", problem="too_large")


def body(kind: str, data: bytes, coding: str = "8bit") -> bytes:
    raw = mail().as_bytes().partition(b"Content-Type")[0]
    return raw + f"Content-Type: {kind}\nContent-Transfer-Encoding: {coding}\n\n".encode() + data


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("text/plain; charset=unknown-8bit", "¿año?".encode(), "¿año?"),
        ("text/plain; charset=utf-8", "¿año?".encode("latin-1"), "¿año?"),
        ("text/plain; charset=punycode", b"x-" * 50_000 + b"\n> q", None),
        ('text/plain; charset="a\x01b"', b"What?", "What?"),
        ("text/plain; charset*=utf-8'en'utf-8", "¿año?".encode(), "¿año?"),
        ("text/plain; charset=" + "x" * 10_000, b"What?", "What?"),
        ("text/plain; charset=utf-7", b"What +2AA-?", "What +2AA-?"),
        ("text/plain; charset=utf-16", b"\xff\xfeW\x00?\x00", "W?"),
        ("text/plain; format=flowed", b"What\0 is\x1b MFA?", "What is MFA?"),
        ("nonsense", b"What?", "What?"),
        ('multipart/mixed; boundary="', b"What?", "A question"),
        (
            "multipart/mixed; boundary=b",
            b'--b\nContent-Type: text/plain; charset="' + b";" * 600_000 + b"\n\nWhat?",
            "What?",
        ),
    ],
)
def test_nonsense_is_read_as_well_as_it_can(kind: str, data: bytes, text: str | None) -> None:
    began = time.process_time()
    found = read(body(kind, data))
    assert time.process_time() - began < 2
    assert text is None or found.text == text


def test_wrong_codings_do_not_break_it() -> None:
    assert read(body("text/plain", b"V2hhdD8", "base64")).text == "What?"
    for coding in ("base64", "quoted-printable", "x-uuencode", "uue", "\x7f", "7bit; x"):
        read(body("text/plain", b"=\xff=3\nbegin 644 x\n#\xff\xff\n!!!!!", coding))


@pytest.mark.slow
def test_what_is_nested_without_end_is_told() -> None:
    def nested(depth: int, kind: str) -> bytes:
        opened = b"".join(
            b"Content-Type: %s; boundary=b%d\n\n--b%d\n" % (kind.encode(), level, level) for level in range(depth)
        )
        return mail().as_bytes().partition(b"Content-Type")[0] + opened + b"Content-Type: text/plain\n\nWhat?"

    assert read(nested(20, "multipart/mixed")).text == "What?"
    assert read(nested(5000, "multipart/mixed")).problem == "unreadable"
    began = time.process_time()
    read(nested(5000, "message/rfc822"))
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000
    assert read(mail().as_bytes().partition(b"Content-Type")[0] + many).problem == "unreadable"
    assert time.process_time() - began < 5


LINES = st.sampled_from([
    b"From: ana@example.org", b"From: =?utf-8?b?//8=?= <a@b.c>", b"Subject: =?x?q?=00=ff?= =?utf-8?b?a?=", b"", b"",
    b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--", b"Content-Type: text/html; charset=idna",
    b"Content-Type: message/rfc822", b"Content-Type: message/delivery-status", b"Action: failed", b"Status: 5.1.1",
    b"Content-Transfer-Encoding: base64", b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=x",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b", b"<div><p>What?",
    b"Content-Disposition: inline; filename*=nonsense'%00", b" folded", b"Message-ID: " + ANSWER_ID.encode(),
    b"Authentication-Results: mx.school.example; dmarc=pass header.from=example.org", b"> quoted", b"\xff\xfe\0",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(LINES, st.binary(max_size=20)), max_size=25), st.sampled_from([b"\n", b"\r\n"]))
def test_no_mail_breaks_the_reader(lines: list[bytes], end: bytes) -> None:
    whole = received(end.join(lines))
    for rules in (RULES, Rules((OURS,), trust_all=True)):
        found = envelope_of(whole, rules, question_of)
        if isinstance(found, Doubtful):
            assert "cannot be read" not in found.why, found.why
        if isinstance(found, Envelope):
            asked = content_of(whole, found)
            assert bool(asked.text) is not bool(asked.problem)
            assert "\0" not in asked.text + found.subject
    # A fault of the library would be told as this; all that are known are gone around.
    assert content_of(whole, Envelope("a@b.c", "mail:x", "", ())).problem in ("", "empty")


def test_ten_megabytes_are_read_in_seconds() -> None:
    message = mail()
    message.add_attachment(b"x" * 7_000_000, maintype="application", subtype="pdf", filename="a.pdf")
    began = time.process_time()
    assert len(read(message).attachments[0].data) == 7_000_000
    assert time.process_time() - began < 5
    assert base64.b64encode(b"x" * 7_000_000)[:100] in message.as_bytes().replace(b"\n", b"")
