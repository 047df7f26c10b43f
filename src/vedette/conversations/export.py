"""A conversation as Markdown (CommonMark), with numbered sources. What came from documents or people is text in it,
never markup: nothing of it becomes a link, an image, HTML or a heading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vedette.records import Answer, Conversation, ConversationTurn, Source

_MARKER = re.compile(r"\[(s\d+)\]")
# What means something anywhere in a line, and what does at its beginning or its end only.
_SPECIAL = re.compile(r"[\\`*{}\[\]<>|~&$^]|(?<![^\W_])_|_(?![^\W_])|^[-+#=]|(?<=\s)#+$")
# An answer keeps its lists and its bold print, the only markup of its own.
_IN_ANSWER = re.compile(r"[\\`\[\]<>!|~&$^]")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+(?=\S)")
_RULE = re.compile(r"[-_*=\s]{2,}")
# Stands where a marker was while the text around it is escaped; no text has these two: they are taken out of it first.
_OPEN, _CLOSE = "\ue000", "\ue001"
_ADDRESS = re.compile(r"(?i)(?<=\w)(:)(?=//)|(?<=\bwww)(\.)|(?<=\bmailto)(:)|(?<=\bxmpp)(:)|(?<=\S)(@)(?=\S)")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def markdown(conversation: Conversation) -> str:
    """The whole conversation: for each turn the question, the answer, its sources with file, page and quotation."""
    info = conversation.info
    parts = [
        f"# {escaped(info.title or 'Conversation')}",
        f"Collection: {escaped(info.collection)} · begun {info.created[:16]} UTC · {len(conversation.turns)} questions",
    ]
    for turn in conversation.turns:
        parts.extend(_turn(turn))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text as one line of Markdown that shows exactly this text.

    >>> print(escaped("<b>*x*</b> [a](http://b.c) CVE-2021-44228"))
    \\<b\\>\\*x\\*\\</b\\> \\[a\\](http\\://b.c) CVE-2021-44228
    """
    line = _CONTROLS.sub("", _BREAKS.sub(" ", text)).strip()
    # A list item begins with a number as well: "1." at the beginning of a line.
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", _unlinked(_SPECIAL.sub(r"\\\g<0>", line)))


def _turn(turn: ConversationTurn) -> list[str]:
    parts = [f"## {turn.number}. {escaped(turn.asked)}"]
    if turn.standalone != turn.asked:
        parts.append(f"Searched for: {escaped(turn.standalone)}")
    if turn.answer is None:
        parts.append(escaped(turn.error or "Not answered yet."))
        return parts
    answer = turn.answer
    numbers = {source.id: number for number, source in enumerate(answer.sources, start=1)}
    parts.append(_answer(answer.reason if answer.refused and not answer.text else answer.text, numbers))
    if answer.topics:
        parts.append("Nearest topics: " + "; ".join(escaped(topic) for topic in answer.topics))
    parts.extend(f"Note: {escaped(notice)}" for notice in answer.notices)
    if answer.sources:
        parts.append("Sources:")
        parts.append("\n".join(_source(number, source) for number, source in enumerate(answer.sources, start=1)))
    parts.append(_colophon(answer, turn))
    return parts


def _answer(text: str, numbers: Mapping[str, int]) -> str:
    """The answer with its lists and bold print, every marker as the number of a source below."""
    clean = text.translate({ord(_OPEN): None, ord(_CLOSE): None})
    marked = _MARKER.sub(lambda match: f"{_OPEN}{numbers[match[1]]}{_CLOSE}" if match[1] in numbers else "", clean)
    lines = "\n".join(_line(line.rstrip()) for line in marked.splitlines())
    return lines.replace(_OPEN, "\\[").replace(_CLOSE, "\\]").strip()


def _line(line: str) -> str:
    """A line of an answer: text after the mark of a list item, if it has one."""
    item = _ITEM.match(line)
    head = item[0] if item and not _RULE.fullmatch(line) else ""
    rest = _unlinked(_IN_ANSWER.sub(r"\\\g<0>", _CONTROLS.sub("", line[len(head) :])))
    begins = rest.lstrip()[:1]
    if begins in "#=+-" or (_RULE.fullmatch(rest) and begins):
        rest = rest.replace(begins, "\\" + begins, 1) if begins else rest
    return head + (re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", rest) if head else rest)


def _unlinked(text: str) -> str:
    """No program that makes links of bare addresses finds one here; a reader sees the address as it is."""
    return _ADDRESS.sub(lambda match: "\\" + match[0], text)


def _source(number: int, source: Source) -> str:
    page = f", page {source.page}" if source.page else ""
    return f"{number}. {escaped(source.title)} ({escaped(source.source)}{page}): “{escaped(source.quote)}”"


def _colophon(answer: Answer, turn: ConversationTurn) -> str:
    rated = {"up": " · rated helpful", "down": " · rated not helpful"}.get(turn.thumb, "")
    reason = f": {escaped(turn.reason)}" if turn.reason else ""
    return f"Answered by {escaped(answer.provider)} · {turn.at[:16]} UTC{rated}{reason}"
