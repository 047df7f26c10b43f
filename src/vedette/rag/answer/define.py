"""Definitions: the names of what is asked about, sentences that say what it is, and where a document introduces it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.rag.answer.candidates import Candidate, pieces, readable
from vedette.rag.text.outline import Unit, plain
from vedette.rag.understand.asked import content_words
from vedette.records import Document, Passage

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

_OPENING, _MOST = 4000, 3
# What the place of a definition, a heading that bears the name, and enough words add to its likeness.
_PLACE, _NAMED, _TOLD, _ENOUGH = 0.3, 0.15, 0.6, 16
_ASKING = frozenset(("mean", "means", "define", "explain", "describe", "significa", "says", "tell", "about"))
_ARTICLE = r"(?:(?:an?|the|el|la|los|las|una?|unos|unas|le|les|l'|une?)\s+)?"
_NUMBERED = r"(?:[A-Z]{0,2}\d[\w.:]*\s*[–—-]?\s*)?"
_LABEL = r"\W*(?:[\w# ]{1,24}:\s+)?"
_KIND = r"(?:attacks?|flaws?|vulnerabilit(?:y|ies)|threats?|models?|authenticators?|ataques?|vulnerabilidad(?:es)?)"
_OF_KIND = r"(?:(?:fallas|fallos|errores|ataques|vulnerabilidades) de|flaws of|attacks? of)"
_SAYS = (
    r"(?:(?:is|are|was|were|es|son|era) (?!not\b|no\b)(?:\w+ly )?(?:an?|the|any|one|when|where|used|defined|based|"
    r"some(?:thing|one)|una?|el|la|los|las|cuando|aquel\w*)\b|(?:may|can) be (?:defined|described|seen)|refers? to|"
    r"means\b|denotes|describes|applies|renders|(?:occurs?|happens?|arises?) (?:when|if)|consists? (?:of|in)|"
    r"involves|provides?|allows?|significa|consiste|se refieren? a|permite|(?:ocurren?|se producen?) cuando|est une?|"
    r"d[eé]signe)"
)


def names_of(question: str, texts: Iterable[str]) -> tuple[str, ...]:
    """What the question asks about, and the other names that texts give it in brackets: the long form of an
    abbreviation, the abbreviation of a long form (after Schwartz & Hearst 2003).

    >>> names_of("What is CSRF?", ["A [Cross-Site Request Forgery (CSRF)](x) attack occurs when ..."])
    ('csrf', 'Cross-Site Request Forgery')
    """
    words = [word for word in content_words(question) if word not in _ASKING]
    if not words:
        return ()
    topic = " ".join(words)
    found = [topic]
    for text in texts:
        shown = plain(text)
        if len(words) == 1 and 2 <= len(topic) <= 6:
            found += _long_forms(topic.upper(), shown)
        else:
            found += re.findall(rf"\b{_pattern(topic)}\s*\(([A-Z][\w-]{{1,7}})\)", shown, re.IGNORECASE)
    return tuple({name.casefold(): name for name in reversed(found)}.values())[::-1]


def _long_forms(short: str, text: str) -> Iterator[str]:
    """The words before a bracketed abbreviation whose initials are its letters, but for one."""
    for match in re.finditer(rf"((?:[\w’'-]+\s+){{1,{len(short) + 2}}})\({short}s?\)", text, re.IGNORECASE):
        words = match[1].split()
        for first in range(len(words)):
            initials = [part[0].upper() for word in words[first:] for part in word.split("-") if part]
            alike = sum(one == other for one, other in zip(initials, short, strict=False))
            if len(initials) == len(short) and alike >= max(2, len(short) - 1):
                yield " ".join(words[first:])


def _pattern(name: str) -> str:
    """A name in singular or plural, its words apart by spaces or hyphens."""
    words = (re.sub(r"(?<=\w{4})e?s$", "", word) for word in re.split(r"[\s-]+", name))
    small = r"[\s-]+(?:(?:of|the|to|for|in|and|de|del|la|las|el|los|en|y|du|des|les?)\s+){0,2}"
    return small.join(f"{re.escape(word)}(?:e?s)?" for word in words)


def phrase(names: Sequence[str]) -> str:
    """A pattern for any of the names, with its abbreviation in brackets; "" for none."""
    every = "|".join(_pattern(name) for name in names)
    return rf"[\"“‘*_]?(?:{every})[\"”’*_]?(?:\s*\([^)]{{1,60}}\))?" if every else ""


def defines(wanted: str, text: str) -> bool:
    """Whether a sentence says what something is. `wanted` is its `phrase`.

    >>> defines(phrase(["kerberoasting"]), "Kerberoasting is an attack on service tickets.")
    True
    >>> defines(phrase(["secret"]), "Complex secrets are a burden."), defines(phrase(["SSRF"]), "SSRF is not limited.")
    (False, False)
    """
    opening = rf"{_LABEL}{_ARTICLE}(?:{_OF_KIND}\s+)?{wanted}"
    aside = r"(?:,[^,]{1,120},|\s+[—–-]+\s.{1,120}?\s[—–-]+)?"
    says = rf"(?:\s+{_KIND})?{aside}\s+{_SAYS}|\s?[:–—-]\s+(?:\S+\s+){{5}}|\.\s+(?:The|An?|It|This|In)\b"
    return bool(wanted and re.match(rf"{opening}(?:{says})", text, re.IGNORECASE))


def introduces(wanted: str, heading: str) -> bool:
    """Whether a title or heading is a thing, its number and what follows a dash or a bracket left aside.

    >>> introduces(phrase(["session"]), "7 Sessions"), introduces(phrase(["inyección"]), "A03:2021 – Inyección")
    (True, True)
    """
    return bool(wanted and re.match(rf"{_NUMBERED}{_ARTICLE}{wanted}\s*(?:[^\w\s]|$)", heading, re.IGNORECASE))


def defined(
    question: str,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    outlines: Mapping[str, tuple[Unit, ...]],
    encode: Encode,
) -> list[Candidate]:
    """The sentence, anywhere in the documents of the passages, that says best what a question asks about, and what
    follows it; else the first sentences of the section that bears its name; else nothing."""
    opened = (text for name in outlines for text in (documents[name].title, documents[name].text[:_OPENING]))
    wanted = phrase(names_of(question, [*opened, *(p.chunk.text for p in passages)]))
    if not wanted:
        return []
    worth: dict[str, float] = {}
    for passage in passages:
        worth.setdefault(passage.document, passage.scores.final)
    found = [one for name, outline in outlines.items() for one in _defining(name, documents[name], outline, wanted)]
    if not found:
        begun = (_opening(name, documents[name], outline, wanted) for name, outline in outlines.items())
        return next((run for run in begun if run), [])
    vectors = encode([question, *(item[0].text for item in found)])
    most = max(worth.values()) or 1.0

    def fits(place: int) -> float:
        item = found[place][0]
        named = any(introduces(wanted, over) for over in (documents[item.document].title, *item.unit.headings))
        likeness = float(vectors[place + 1] @ vectors[0])
        told = min(1.0, len(item.text.split()) / _ENOUGH)
        return likeness + _PLACE * worth[item.document] / most + (_NAMED if named else 0.0) + _TOLD * told

    return found[max(range(len(found)), key=fits)]


def _defining(name: str, document: Document, outline: Sequence[Unit], wanted: str) -> Iterator[list[Candidate]]:
    """Each sentence of a document that says what the thing is, with those that follow it in its paragraph."""
    anywhere = re.compile(wanted, re.IGNORECASE)
    for place, unit in enumerate(outline):
        text = document.text[unit.start : unit.end]
        if unit.kind != "heading" and anywhere.search(text):
            run = list(_run(name, document, place, unit, wanted))
            for first, item in enumerate(run):
                if defines(wanted, item.text):
                    yield run[first : first + _MOST]


def _opening(name: str, document: Document, outline: Sequence[Unit], wanted: str) -> list[Candidate]:
    """The first sentences under the first heading that bears the name, or under a title that does."""
    titled = bool(re.match(rf"{_NUMBERED}{_ARTICLE}{wanted}\b", document.title, re.IGNORECASE))
    for place, unit in enumerate(outline):
        if unit.kind == "paragraph" and (titled or any(introduces(wanted, over) for over in unit.headings[-1:])):
            return list(_run(name, document, place, unit, wanted))[:_MOST]
    return []


def _titled(text: str, spans: list[tuple[int, int]], wanted: str) -> list[tuple[int, int]]:
    """The sentences of a unit, a first one that only gives the name of a thing ("Private cloud.") with the next."""
    if len(spans) > 1 and re.fullmatch(rf"{_ARTICLE}{wanted}\s*\.", text[slice(*spans[0])], re.IGNORECASE):
        return [(spans[0][0], spans[1][1]), *spans[2:]]
    return spans


def _run(name: str, document: Document, place: int, unit: Unit, wanted: str) -> Iterator[Candidate]:
    """The sentences of a unit that can be shown, up to one that introduces a list."""
    for start, end in _titled(document.text, pieces(document.text, unit), wanted):
        shown = plain(document.text[start:end])
        if shown.endswith(":"):
            return
        if readable(shown, unit):
            yield Candidate(name, start, end, shown, unit, place, 1.0)
