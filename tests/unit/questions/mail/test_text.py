"""The question in a mail: what programs quote and sign is no part of it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.questions.mail.text import line_of, question_in, text_of_html

ASKED = "What is MFA?"


@pytest.mark.parametrize(
    "text",
    [
        "\n\n What is MFA?  \r\n\r\n",
        "What is MFA?\n\nOn Mon, 3 Nov 2026 at 10:00, Vedette <v@example.org> wrote:\n> Older\n>> oldest\n",
        "What is MFA?\n\nOn Mon, 3 Nov 2026 at 10:00, Vedette of the School\n<v@example.org> wrote:\n\n> Older",
        "What is MFA?\n\nEl lun, 3 nov 2026 a las 10:00, Vedette (<v@example.org>) escribió:\n\n> Antes",
        "What is MFA?\n\nLe lun. 3 nov. 2026 à 10:00, Vedette <v@example.org> a écrit\u00a0:\n> Avant",
        "What is MFA?\nLe 03/11/2026, Vedette a écrit :\nAvant, sans marque",
        "On 3 Nov, Vedette wrote:\n> Older\n> and more\n\nWhat is MFA?",
        "> Older\n>\n> more\nWhat is MFA?",
        "What is MFA?\n-- \nAna Lee\nSchool of examples",
        "What is MFA?\n\nSent from my iPhone",
        "What is MFA?\n\nEnviado desde mi iPhone\n\n> x",
        "What is MFA?\n\n-----Original Message-----\nFrom: Vedette\nOlder",
        "What is MFA?\n\n-----Mensaje original-----\nDe: Vedette\nAntes",
        "What is MFA?\n\n________________________________\nFrom: Vedette <v@example.org>\nSent: Monday\nOlder",
        "What is MFA?\n\nFrom: Vedette <v@example.org>\nSent: Monday\nTo: Ana\nSubject: x\n\nOlder",
        "What is MFA?\n\n*De:* Vedette <v@example.org>\n*Enviado el:* lunes\n\nAntes",
        "\ufeffWhat\x00 is\tMFA?\x07",
    ],
)
def test_only_what_was_written_is_asked(text: str) -> None:
    assert question_in(text) == ASKED


@pytest.mark.parametrize(
    "text",
    [
        "Compare:\n- one\n- two\n\n\nWhat does\n---\nmean in Markdown?".replace("\n\n\n", "\n\n"),
        "On which day did somebody write this?\nOn Monday I wrote: nothing.",
        "From: which port does SSH listen?\nI wonder.",
        "Best regards is how one ends a letter. Why?\nThanks in advance!",
        "Is 5 > 3?\n  > /dev/null",
        "Sent from where?\n\nThat is my question.",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert question_in(text).split() == text.split()


@pytest.mark.parametrize("text", ["", "\n \n", "> all\n> quoted", "-- \nAna", "Sent from my iPhone"])
def test_nothing_written_is_nothing_asked(text: str) -> None:
    assert question_in(text) == ""


def test_html_becomes_lines_without_what_it_quotes() -> None:
    html = """<html><head><title>x</title><style>p {color: red}</style></head><body><script>alert(1)</script>
    <div>What
      is <b>MFA</b>?</div><ul><li>one<li>two</ul>&lt;end&gt; &iquest;s&iacute;?
    <div class="gmail_quote">On Monday, Vedette wrote:<blockquote>Older</blockquote></div></body></html>"""
    assert question_in(text_of_html(html)).split("\n") == ["What is MFA?", "one", "two", "<end> ¿sí?"]


@given(st.text(), st.integers(1, 50))
def test_any_text_is_read(text: str, longest: int) -> None:
    for asked in (question_in(text), question_in(text_of_html(text)), line_of(text, longest)):
        assert not set(asked) & set("\x00\r\x7f\u2028")
    assert len(line_of(text, longest)) <= longest


PIECES = ["On ", "On a@b\n", "-", "_", "> ", " \n", "From: a\n", "\n\n", "\t \u00a0", "Sent from ", "wrote:", "a"]
TAGS = ["<div>", "<b>", "<!--", "<", "<table><td>", "<blockquote>", "<a b='", "&", "<p>"]


@pytest.mark.parametrize("piece", PIECES + TAGS)
def test_long_texts_take_little_time(piece: str) -> None:
    began = time.process_time()
    question_in(piece * (300_000 // len(piece)))
    text_of_html(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 10
