"""gloss: a question in Spanish or French -> its wording in English, word for word, for documents in English.

No translation: terms of the field and words that ask are replaced by those of `glossary/*.toml`, the longest first,
matched as written, then without accents, then by their stems. What is not listed stays as it is, for it may be a name
or the same word in English. An encoder and an index that know only English can make something of the result.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from vedette.rag.text.analyse import stem
from vedette.rag.text.identifiers import find_identifiers
from vedette.rag.text.languages import stop_words
from vedette.records import Question, Understanding

INTO = "en"
_FROM = ("es", "fr")
_ENOUGH = 0.6  # of the content words have to be read, or the question is taken as it stands
_TOKEN = re.compile(r"[^\W_]+(?:[._/:@\\\-][^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")
_OPENING = str.maketrans("", "", '¿¡«»“”"')
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gloss:
    """`text`: the English wording; `read` (0..1): the share of the content words that the glossary has;
    `pieces`: what was written, and what it was read as."""

    text: str
    read: float
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    english: str
    content: bool


@dataclass(frozen=True, slots=True)
class _Glossary:
    """Ways to write a term -> what it means: as written, without accents, by stems. `longest` term in words."""

    ways: tuple[Mapping[_Key, _Entry], ...]
    longest: int


@dataclass(frozen=True, slots=True)
class _Token:
    """A word at `[start, end)`; one that is `kept` is a name or an identifier, and means itself."""

    start: int
    end: int
    forms: _Key
    kept: bool


def worded(question: str, read: Understanding, documents: Sequence[str]) -> Understanding:
    """The reading of a question with its English wording, where most `documents` are in English, none to speak of in
    the question's language, and enough of it can be read. `documents`: their languages, the most frequent first."""
    if INTO not in documents[:1]:
        return read
    language = read.language
    if gloss(question, language).read < _ENOUGH:
        language = _told_by_terms(question)
    if not language or language in documents:
        return read
    return replace(read, language=language, wording=gloss(question, language).text)


def in_words_of_documents(question: Question, read: Understanding) -> tuple[Question, Understanding]:
    """A question and its reading as the documents would put it; as they are, where no wording was found."""
    if not read.wording:
        return question, read
    identifiers = find_identifiers(read.wording)
    return replace(question, text=read.wording), replace(read, identifiers=identifiers, language=INTO, wording="")


def as_written(word: str, question: str, language: str) -> str:
    """The words of a question that were read as some English ones of which `word` is one; else the word itself."""
    for written, english in gloss(question, language).pieces:
        if word in english.casefold().split():
            return written.casefold()
    return word


def gloss(text: str, language: str) -> Gloss:
    """The English wording of a text in Spanish ("es") or French ("fr"); of another language, the text itself, unread.

    >>> gloss("¿Cómo se guardan las contraseñas de Active Directory?", "es").text
    'how to store password of Active Directory?'
    >>> gloss("T1566.001 : hameçonnage", "fr").text, gloss("Store passwords", "en").read
    ('T1566.001 : phishing', 0.0)
    """
    if language not in _FROM:
        return Gloss(text, 0.0, ())
    text = unicodedata.normalize("NFC", text)
    known, tokens = _glossary(language), _tokens(text, language)
    pieces: list[tuple[int, int, str]] = []
    read = unread = asking = at = 0
    while at < len(tokens):
        size, entry = _longest(tokens[at:], known)
        start, end = tokens[at].start, tokens[at + size - 1].end
        written = text[start:end]
        same = entry is None or entry.english.casefold() == written.casefold()
        pieces.append((start, end, written if entry is None or same else entry.english))
        read += entry is not None and entry.content
        asking += entry is not None
        unread += entry is None and not tokens[at].kept
        at += size
    both = tuple((text[start:end], english) for start, end, english in pieces)
    return Gloss(_joined(text, pieces), _share(read, unread, asking), both)


def _told_by_terms(text: str) -> str:
    """The language of a few words whose function words do not tell it ("copias de seguridad"): the one whose glossary
    reads them all. "" where none does, or where a word may be English."""
    words = {word.casefold() for word in _WORD.findall(unicodedata.normalize("NFC", text))}
    if not words.isdisjoint(stop_words(INTO)):
        return ""
    for language in _FROM:
        if not (words.isdisjoint(stop_words(language)) and text.isascii()):
            found = gloss(text, language)
            if found.read == 1.0 and found.text.casefold() != text.casefold():
                return language
    return ""


def _share(read: int, unread: int, asking: int) -> float:
    """Of the content words, those that were read; a question with none but names is read where its asking is."""
    return read / (read + unread) if read + unread else float(asking > 0)


def _longest(tokens: Sequence[_Token], known: _Glossary) -> tuple[int, _Entry | None]:
    """How many of the next words belong to the longest term that begins with them, and the term; else one, and None."""
    for size in range(min(known.longest, len(tokens)), 0, -1):
        if size == 1 and tokens[0].kept:
            break
        for way, meanings in enumerate(known.ways):
            entry = meanings.get(tuple(token.forms[way] for token in tokens[:size]))
            if entry is not None:
                return size, entry
    return 1, None


def _joined(text: str, pieces: Sequence[tuple[int, int, str]]) -> str:
    """The pieces with what stands between them, but for hyphens and apostrophes of what was taken apart."""
    words, done, whole = "", 0, False
    for start, end, english in pieces:
        between, kept = text[done:start].translate(_OPENING), english == text[start:end]
        taken_apart = between.strip() in ("-", "'", "’") and not (whole and kept)
        words += " " if taken_apart else between
        words += english
        done, whole = end, kept
    return " ".join((words + text[done:].translate(_OPENING)).split())


def _tokens(text: str, language: str) -> list[_Token]:
    kept = [(found.start, found.end) for found in find_identifiers(text)]
    found: list[_Token] = []
    for token in _TOKEN.finditer(text):
        inside = [span for span in kept if span[0] < token.end() and token.start() < span[1]]
        name = bool(inside) or not set(token[0]) <= {"-"} | set(filter(str.isalpha, token[0]))
        words = [token] if name else list(_WORD.finditer(text, token.start(), token.end()))
        found += [_token(word, name, text, language) for word in words]
    return found


def _token(word: re.Match[str], name: bool, text: str, language: str) -> _Token:
    shouted = len(word[0]) > 1 and word[0].isupper() and not text.isupper()
    inside = bool(text[: word.start()].strip(" ¿¡«»“”\"'(")) and word[0][:1].isupper()
    forms = _forms(word[0], language)
    listed = not shouted and any((forms[way],) in meanings for way, meanings in enumerate(_glossary(language).ways[:2]))
    return _Token(word.start(), word.end(), forms, name or shouted or (inside and not listed))


@cache
def _glossary(language: str) -> _Glossary:
    path = files("vedette.rag.understand").joinpath("glossary", f"{language}.toml")
    ways: tuple[dict[_Key, _Entry], ...] = ({}, {}, {})
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    for section, entries in sections.items():
        for english, said in entries.items():
            entry = _Entry(english, section != "asking")
            for form in said.split(", "):
                for way, key in enumerate(zip(*(_forms(word, language) for word in _WORD.findall(form)), strict=True)):
                    ways[way].setdefault(key, entry)
    for english in (english for section, entries in sections.items() if section != "asking" for english in entries):
        ways[0].setdefault(tuple(word.casefold() for word in _WORD.findall(english)), _Entry(english, True))
    return _Glossary(ways, max(map(len, ways[0])))


def _forms(word: str, language: str) -> _Key:
    """A word as written, without accents, and its stem. The French stemmer leaves the -nt of "ils effacent" on."""
    folded = word.casefold()
    singular = folded[:-2] if language == "fr" and folded.endswith("ent") and len(folded) > 5 else folded
    return folded, stem(folded, ""), stem(singular, language)
