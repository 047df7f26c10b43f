"""The letter that a question ends with: its answer with numbered sources, or why there is none.

What came from documents, models or people is text in it: the mail holds no image, and no link but the one to the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from markdown_it import MarkdownIt

from vedette.questions.mail.phrases import PHRASES, Phrases
from vedette.records import Answer, Letter, QueuedQuestion, Source

Part = tuple[str, str]
"""A piece of a letter as plain text and as HTML."""
LONGEST_SUBJECT = 120
_ID = re.compile(r"<question\.([0-9a-f]{32})\.(?:answer|failure)@[^\s<>@]+>")
_MARKER = re.compile(r"\[(s\d+)\]")
_REPLY = re.compile(r"(?i)^(?:(?:re|rv|aw|tr|fwd?)\s*(?:\[\d+\])?\s*:\s*)+")
# A link or an image that leads somewhere; `[char](65)` of a program is none.
_LINK = re.compile(
    r"!?\[(?!s\d+\])([^\[\]]{0,500})\]"
    r"\(\s*<?(?:[a-zA-Z][\w+.-]*:|[/.#]|www\.)(?:[^()]|\([^()]{0,500}\)){0,2000}\)"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>{title}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:42em">
{body}
</body></html>
"""
_QUOTE = '<blockquote style="margin:.5em 0 1em;padding-left:1em;border-left:3px solid">{}</blockquote>'


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter is for. `language` en, es or fr; that of the question when empty, English for every other one."""

    address: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same in all letters: the address of the page, that of the sender, and whether `replies` ask."""

    page: str
    sender: str
    replies: bool = False


def letter(question: QueuedQuestion, to: Recipient, head: Letterhead) -> Letter:
    """The letter that an answered question, or one that was given up, ends with."""
    return failure_letter(question, to, head) if question.answer is None else answer_letter(question, to, head)


def answer_letter(question: QueuedQuestion, to: Recipient, head: Letterhead) -> Letter:
    """The answer, also one that refuses, of a question that has one."""
    answer = question.answer
    assert answer is not None
    phrases = _phrases(question, to)
    parts = _refusal(answer, phrases) if answer.refused else [_answer(answer, _language_of(question))]
    if answer.notices:
        parts.append(_list(phrases.note, answer.notices))
    if answer.sources:
        parts.append((phrases.sources, f"<h3>{escape(phrases.sources)}</h3>"))
        parts.extend(_source(number, source, phrases) for number, source in enumerate(answer.sources, start=1))
    return _letter("answer", question, to, head, [*parts, _link(phrases.rate, question, head)])


def failure_letter(question: QueuedQuestion, to: Recipient, head: Letterhead) -> Letter:
    """Why a question was given up, and what to do."""
    phrases = _phrases(question, to)
    reason = question.reason or "broken"
    told = _paragraph(phrases.failed.format(reason=phrases.reasons[reason]))
    parts = [told, _paragraph(phrases.advice[reason]), _link(phrases.again, question, head)]
    return _letter("failure", question, to, head, parts)


def message_id(question: str, kind: Literal["answer", "failure"], sender: str) -> str:
    """The same for every attempt to send the same letter, so that a mailbox shows a second one as the first."""
    return f"<question.{question}.{kind}@{sender.rpartition('@')[2]}>"


def question_of(message_id: str) -> str | None:
    """The id of the question that a Message-ID was made for. Anybody can write one: it proves nothing of a sender.

    >>> question_of("<question.0123456789abcdef0123456789abcdef.answer@school.example>")
    '0123456789abcdef0123456789abcdef'
    >>> question_of("<1234@school.example>")
    """
    found = _ID.fullmatch(message_id.strip())
    return found[1] if found else None


def _letter(
    kind: Literal["answer", "failure"], question: QueuedQuestion, to: Recipient, head: Letterhead, parts: list[Part]
) -> Letter:
    phrases, asked = _phrases(question, to), question.submission
    name = _line(to.name)
    hello = phrases.hello_name.format(name=name) if name else phrases.hello
    lines = _clean(asked.text).strip().splitlines()
    quoted = "<br>".join(escape(line) for line in lines)
    every = [
        _paragraph(hello),
        (
            phrases.asked + "".join(f"\n> {line}" for line in lines),
            f"<p>{escape(phrases.asked)}</p>{_QUOTE.format(quoted)}",
        ),
        *parts,
        _paragraph(phrases.reply if head.replies else phrases.no_reply),
    ]
    subject = _subject(question, phrases.unanswered if kind == "failure" else "{subject}")
    body = "\n".join(markup for _, markup in every)
    return Letter(
        to=to.address,
        subject=subject,
        text="\n\n".join(text for text, _ in every) + "\n",
        message_id=message_id(question.id, kind, head.sender),
        html=_PAGE.format(language=_language(question, to), title=escape(subject), body=body),
        references=asked.thread,
    )


def _subject(question: QueuedQuestion, form: str) -> str:
    """A reply keeps the subject that mail programs sort by (RFC 5322, 3.6.5)."""
    asked = question.submission
    if asked.subject.strip():
        return f"Re: {_short(_REPLY.sub('', _line(asked.subject)))}".strip()
    return form.format(subject=_short(_line(asked.text)))


def _answer(answer: Answer, language: str) -> Part:
    numbers = {source.id: number for number, source in enumerate(answer.sources, start=1)}
    text = _numbered(_LINK.sub(r"\1", _clean(answer.text)), numbers).strip()
    markup = _markdown().render(text)
    return text, f'<div lang="{escape(language)}">\n{markup}</div>' if language else markup


def _refusal(answer: Answer, phrases: Phrases) -> list[Part]:
    why = _clean(answer.reason or answer.text).strip()
    parts = [(f"{phrases.refused}\n{why}", f"<h3>{escape(phrases.refused)}</h3><p>{escape(why)}</p>")]
    return [*parts, _list(phrases.topics, answer.topics)] if answer.topics else parts


def _source(number: int, source: Source, phrases: Phrases) -> Part:
    title = _line(source.title or source.source)
    page = f", {phrases.page.format(page=source.page)}" if source.page else ""
    quote = phrases.quoted.format(quote=_line(source.quote))
    markup = f"<p>[{number}] <b>{escape(title)}</b>{escape(page)}</p>{_QUOTE.format(escape(quote))}"
    return f"[{number}] {title}{page}\n    {quote}", markup


def _list(title: str, items: tuple[str, ...]) -> Part:
    lines = [_line(item) for item in items]
    markup = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return "\n- ".join((title, *lines)), f"<p>{escape(title)}</p><ul>{markup}</ul>"


def _link(title: str, question: QueuedQuestion, head: Letterhead) -> Part:
    url = f"{head.page.rstrip('/')}/questions/{question.id}"
    return f"{title}\n{url}", f'<p>{escape(title)}<br><a href="{escape(url)}">{escape(url)}</a></p>'


def _paragraph(text: str) -> Part:
    return text, f"<p>{escape(text)}</p>"


def _markdown() -> MarkdownIt:
    """What nothing leads out of: without these rules no text becomes a link or an image."""
    rules = ["link", "image", "autolink", "reference"]
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(rules)


def _numbered(text: str, numbers: Mapping[str, int]) -> str:
    return _MARKER.sub(lambda found: f"[{numbers[found[1]]}]" if found[1] in numbers else "", text)


def _phrases(question: QueuedQuestion, to: Recipient) -> Phrases:
    return PHRASES[_language(question, to)]


def _language(question: QueuedQuestion, to: Recipient) -> str:
    language = (to.language or _language_of(question))[:2]
    return language if language in PHRASES else "en"


def _language_of(question: QueuedQuestion) -> str:
    """That of question and answer, empty where it is not known."""
    understood = question.answer.understanding if question.answer else None
    return question.submission.language or (understood.language if understood else "")


def _clean(text: str) -> str:
    """Without what a terminal or a mail program would act on; lines stay."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"
