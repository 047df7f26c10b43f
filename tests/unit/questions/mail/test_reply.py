"""Letters: what they say, in three languages, and what no answer can smuggle into them."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from vedette.questions.mail.phrases import PHRASES
from vedette.questions.mail.reply import Letterhead, Recipient, answer_letter, failure_letter, letter, question_of
from vedette.records import Answer, QueuedQuestion, Source, Submission

ID = "0123456789abcdef0123456789abcdef"
URL = f"https://school.example/questions/{ID}"
HEAD = Letterhead("https://school.example/", "vedette@school.example")
ANA = Recipient("ana@school.example", "Ana", "es")
SOURCE = Source("s7", "d", "Química, tema 3", "quimica.pdf", 12, 0, 9, "Un ácido\n  cede protones.", 0.9)
ANSWER = Answer(
    text="Un **ácido** cede protones [s7].\n\n- No es una base [s9][s7].",
    refused=False,
    reason="",
    claims=(),
    sources=(SOURCE, replace(SOURCE, id="s9", title="", source="notas.md", page=0, quote="Una base los acepta.")),
    provider="extractive",
    corpus_version=3,
    timings_ms={},
)
REFUSED = replace(
    ANSWER, text="Nada.", refused=True, reason="Nada sobre el fútbol.", sources=(), topics=("Ácidos", "Sales")
)
ASKED = Submission("¿Qué es un <b>ácido</b>?\n¿Y una base?", language="es", by_mail=True)
QUESTION = QueuedQuestion(ID, "p", 1, ASKED, "answered", "2026-11-21T10:00:00", answer=ANSWER)
BY_MAIL = replace(
    QUESTION,
    submission=replace(ASKED, origin="mail", subject="RE: Re[2]: Aw: Duda de\n química", thread=("<a@x>", "<b@x>")),
)


class Tags(HTMLParser):
    """What a mail program would do with a page: its tags, where they lead, its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.leads: list[str] = []
        self.acts: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.leads.extend(value or "" for name, value in attrs if name in ("href", "src", "background", "action"))
        self.acts.extend(name for name, _ in attrs if name.startswith("on"))

    def handle_data(self, data: str) -> None:
        self.text += data


def saying(text: str, **changes: object) -> QueuedQuestion:
    return replace(QUESTION, answer=replace(ANSWER, text=text, **changes))  # type: ignore[arg-type]


def test_an_answer_with_its_numbered_sources() -> None:
    made = answer_letter(QUESTION, ANA, HEAD)
    assert made.text == (
        "Hola, Ana:\n\nUsted preguntó:\n> ¿Qué es un <b>ácido</b>?\n> ¿Y una base?\n\n"
        "Un **ácido** cede protones [1].\n\n- No es una base [2][1].\n\n"
        "Fuentes\n\n[1] Química, tema 3, página 12\n    «Un ácido cede protones.»\n\n"
        "[2] notas.md\n    «Una base los acepta.»\n\n"
        f"Lea esta respuesta en la página y diga si le ha servido:\n{URL}\n\n"
        "Nadie lee las respuestas a este correo.\n"
    )
    assert (made.to, made.message_id) == ("ana@school.example", f"<question.{ID}.answer@school.example>")
    assert made.subject == "¿Qué es un <b>ácido</b>? ¿Y una base?"
    assert made.references == ()


def test_the_same_as_html() -> None:
    page = answer_letter(QUESTION, ANA, HEAD).html
    tags = Tags(page)
    assert '<html lang="es">' in page
    assert "<p>Un <strong>ácido</strong> cede protones [1].</p>\n<ul>\n<li>No es una base [2][1].</li>" in page
    assert "<p>[1] <b>Química, tema 3</b>, página 12</p>" in page
    assert "¿Qué es un &lt;b&gt;ácido&lt;/b&gt;?<br>¿Y una base?" in page
    assert "«Un ácido cede protones.»" in tags.text
    assert tags.leads == [URL]
    assert "color:" not in page  # light or dark is the reader's choice
    assert '"color-scheme" content="light dark"' in page


def test_a_question_that_came_by_mail_stays_in_its_thread() -> None:
    made = answer_letter(BY_MAIL, ANA, HEAD)
    assert made.subject == "Re: Duda de química"
    assert made.references == ("<a@x>", "<b@x>")
    assert failure_letter(replace(BY_MAIL, answer=None), ANA, HEAD).subject == "Re: Duda de química"


def test_that_a_reply_asks_is_said_only_where_it_does() -> None:
    for language, phrases in PHRASES.items():
        to = replace(ANA, language=language)
        assert answer_letter(QUESTION, to, replace(HEAD, replies=True)).text.endswith(f"\n{phrases.reply}\n")
        assert answer_letter(QUESTION, to, HEAD).text.endswith(f"\n{phrases.no_reply}\n")


def test_a_refusal_says_why_and_what_is_near() -> None:
    made = letter(replace(QUESTION, answer=REFUSED), ANA, HEAD)
    assert "No está en estos documentos\nNada sobre el fútbol.\n\nTemas más cercanos:\n- Ácidos\n- Sales" in made.text
    assert "Fuentes" not in made.text
    assert "<li>Ácidos</li><li>Sales</li>" in made.html
    assert "Nada sobre el fútbol." in made.html


def test_the_notices_are_told() -> None:
    made = answer_letter(saying("x", notices=("ollama: no connection; answered by <backup>.",)), ANA, HEAD)
    assert "Tenga en cuenta:\n- ollama: no connection; answered by <backup>." in made.text
    assert "answered by &lt;backup&gt;." in made.html


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("reason", ["provider_down", "timeout", "worker_lost", "not_found", "not_allowed", "broken"])
def test_a_failure_says_why_and_what_to_do(language: str, reason: str) -> None:
    phrases = PHRASES[language]
    dead = replace(QUESTION, state="dead", answer=None, reason=reason, error="secret-host:11434 refused")  # type: ignore[arg-type]
    made = letter(dead, replace(ANA, language=language), HEAD)
    for shown in (made.text, Tags(made.html).text):
        assert phrases.failed.format(reason=phrases.reasons[reason]) in shown
        assert phrases.advice[reason] in shown
        assert URL in shown
        assert "secret-host" not in shown  # what the log tells the admin
    assert made.message_id == f"<question.{ID}.failure@school.example>"
    assert made.subject == phrases.unanswered.format(subject="¿Qué es un <b>ácido</b>? ¿Y una base?")


@pytest.mark.parametrize(
    ("chosen", "asked", "used"), [("fr-CA", "es", "fr"), ("", "es", "es"), ("", "", "en"), ("de", "es", "en")]
)
def test_the_language_is_the_persons_then_the_questions(chosen: str, asked: str, used: str) -> None:
    question = replace(QUESTION, submission=replace(ASKED, language=asked))
    made = answer_letter(question, replace(ANA, language=chosen), HEAD)
    assert PHRASES[used].asked in made.text
    assert f'<html lang="{used}">' in made.html
    assert ('<div lang="es">' in made.html) == (asked == "es")


HOSTILE = [
    "<script>fetch('https://evil.example')</script>",
    '<img src="https://evil.example/a.png" onerror="x()">',
    "![x](https://evil.example/pixel.png)",
    '![x](https://evil.example/pixel.png "title (a)")',
    "![x](//evil.example/pixel.png)",
    "![x](pixel.png)",
    "![a ![b](c)](https://evil.example/pixel.png)",
    "![x][p]\n\n[p]: https://evil.example/pixel.png",
    "[click](https://evil.example/?q=(a))",
    "[click](javascript:alert(1))",
    "[click](<javascript:alert(1)>)",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](/relative)",
    "[click][p]\n\n[p]: https://evil.example",
    "[s7]: https://evil.example\n\nSee [s7].",
    "<https://evil.example>",
    "</div></body><a href=https://evil.example>x</a>",
    "[s7](https://evil.example)",
    "&#60;img src=https://evil.example&#62;",
    "| a |\n| - |\n| <img src=x> |",
    "```html onclick=x\n<a href='https://evil.example'>x</a>\n```",
    "[a" * 2000 + "](https:x" * 2000,
    "[a](http:" + "x(" * 20_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_of_an_answer_leads_out_or_runs(text: str) -> None:
    source = replace(SOURCE, title=text, quote=text)
    question = replace(saying(text, sources=(source,), notices=(text,)), submission=replace(ASKED, text=text))
    for answer in (question.answer, replace(REFUSED, reason=text, topics=(text,))):
        tags = Tags(answer_letter(replace(question, answer=answer), replace(ANA, name=text), HEAD).html)
        assert tags.leads == [URL]
        assert not tags.acts
        assert not tags.names & {"img", "script", "iframe", "style", "form", "object", "svg"}


@pytest.mark.parametrize(
    "text", ["[click](https://evil.example/a_(b))", "![click](//evil.example 'a')", "[click](<x:y>)"]
)
def test_a_link_is_its_text_in_the_plain_form_too(text: str) -> None:
    assert "\n\nSee click, [1].\n\n" in answer_letter(saying(f"See {text}, [s7]."), ANA, HEAD).text


def test_brackets_of_a_program_stay() -> None:
    made = answer_letter(saying("Run `[char](65)` and `$a[0](1)` [s7]."), ANA, HEAD)
    assert "Run `[char](65)` and `$a[0](1)` [1]." in made.text
    assert "<code>[char](65)</code> and <code>$a[0](1)</code> [1]." in made.html


def test_a_marker_without_a_source_is_left_out() -> None:
    assert "\n\nEs así [1] .\n\n" in answer_letter(saying("Es así [s7] [s99]."), ANA, HEAD).text


def test_no_control_character_comes_through() -> None:
    bad = "a\x1b[2J\u202eb\x00c\ud800"
    submission = replace(ASKED, text=f"{bad}\r\nBcc: eve@evil.example", subject=f"{bad}\r\nBcc: eve@evil.example")
    question = replace(saying(bad), submission=submission)
    made = answer_letter(question, replace(ANA, name=f"Ana\r\n{bad}"), HEAD)
    for shown in (made.text, made.html, made.subject):
        shown.encode()
        assert not set("\x1b\u202e\x00\r") & set(shown)
    assert made.subject == "Re: a [2J b c Bcc: eve@evil.example"
    assert "\n" not in made.subject


def test_a_long_question_has_a_short_subject() -> None:
    question = replace(QUESTION, submission=replace(ASKED, text="palabra " * 500))
    subject = answer_letter(question, ANA, HEAD).subject
    assert len(subject) <= 120
    assert subject.endswith("palabra…")


def test_the_question_is_read_back_from_its_message_ids() -> None:
    for made in (answer_letter(QUESTION, ANA, HEAD), failure_letter(QUESTION, ANA, HEAD)):
        assert question_of(f" {made.message_id}\n") == ID
    for other in (
        f"question.{ID}.answer@x",
        f"<question.{ID}.answer@x><y@z>",
        f"<question.{ID}.other@x>",
        "<question.1.answer@x>",
    ):
        assert question_of(other) is None


def test_every_language_says_everything() -> None:
    for phrases in PHRASES.values():
        assert set(phrases.reasons) == set(phrases.advice) == set(PHRASES["en"].reasons)
        for name in type(phrases).__slots__:
            assert getattr(phrases, name)
