"""An answer as one text for readers that know nothing of Vedette: markers [1], [2] and the list of what they name."""

from __future__ import annotations

import re

from vedette.records import Answer, Source

_SOURCES = "\n\nSources:\n\n- "
_MARKER = re.compile(r"\[([^\[\]\s]+)\]")
_SENTENCE = re.compile(r"(?s).+?(?:(?<=[.!?…])(?:\s*\[\d+\])*\s+|\n+|$)")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def numbered(answer: Answer) -> str:
    """The answer's Markdown with `[1]` for its first source, and the sources under it."""
    places = {source.id: place for place, source in enumerate(answer.sources, 1)}

    def number(found: re.Match[str]) -> str:
        return f"[{places[found[1]]}]" if found[1] in places else found[0]

    text = _MARKER.sub(number, answer.text)
    if not answer.sources:
        return text
    lines = (f"[{place}] {named(source)}" for place, source in enumerate(answer.sources, 1))
    return text + _SOURCES + "\n- ".join(lines)


def without_sources(text: str) -> str:
    """What `numbered` wrote, less the list of sources."""
    return text.partition(f"{_SOURCES}[1] ")[0]


def named(source: Source) -> str:
    """Title, page and place of a source; as code, since a title is anybody's and must not become a link or an image."""
    parts = [_code(source.title or source.source)]
    if source.page:
        parts.append(f"page {source.page}")
    if source.title and source.title != source.source:
        parts.append(_code(source.source))
    return ", ".join(parts)


def sentences(text: str) -> list[str]:
    """A text in pieces that end with a sentence, its markers or a line; joined, they are the text.

    >>> sentences("Keys are hashed. [1] Always.\\n\\nSources:\\n")
    ['Keys are hashed. [1] ', 'Always.\\n\\n', 'Sources:\\n']
    """
    return [piece[0] for piece in _SENTENCE.finditer(text)]


def tokens(text: str) -> int:
    """Words and signs, for the counts that OpenAI's wire wants: no model's tokenizer is asked.

    >>> tokens("How are passwords stored?")
    5
    """
    return sum(1 for _ in _TOKEN.finditer(text))


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', ' ').split())}`"
