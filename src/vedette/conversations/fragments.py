"""Follow-ups that are no whole question: "Why?", "Tell me more", "And for Linux?", "What about CVE-2023-1234?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vedette.conversations.subject import Need, is_subject, phrase, subject_of
from vedette.conversations.tools import WORD, TextTools
from vedette.conversations.words import PLATFORM, Words, pattern
from vedette.records import ConversationTurn, Rewritten

LONGEST = 8  # words of a fragment
_DETERMINER = r"(?:the|my|your|our|el|la|los|las|les?|l['’]|an?|una?|une?)\s*"
_NO_CIRCUMSTANCE = ("of", "de", "d'", "to", "a", "à")
_NAME = re.compile(r"[^\W\d_a-zß-öø-ÿ][\w-]*(?: [^\W\d_a-zß-öø-ÿ][\w-]*)*")
_END = re.compile(r"[\s?!.…]*$")


def completed(text: str, turns: Sequence[ConversationTurn], words: Words, tools: TextTools) -> Rewritten | None:
    """A fragment as a whole question; None for what is none, or what cannot be completed."""
    body = text.strip(" \t\n¿?¡!.…")
    inner = pattern(rf"(?:{words.lead})").sub("", body, count=1) if pattern(words.lead).match(body) else body
    if any(pattern(form).fullmatch(inner) for form in (words.more, words.bare, _quantity(words))):
        subject = subject_of(Need(), turns, tools)
        if not subject or not inner:
            return None
        opening = "¿" if "¿" in text else ""
        form = opening + _capital(f"{inner} ({subject})") + _mark(text)
        return Rewritten(form, words.because[1].format(subject=subject))
    rest = _rest(body, inner, words)
    asks = pattern(rf"(?:(?:{words.preposition})\s+)?(?:{words.asking})\b|.*[,¿]|.*\s(?:{words.bare})$").match(rest)
    if not rest or asks or len(rest.split()) > LONGEST:
        return None
    if _only_aspects(rest, words, tools):
        subject = subject_of(Need(), turns, tools)
        form = f"{_capital(rest)} {words.of} {subject}?"
        return Rewritten(form, words.because[1].format(subject=subject)) if subject else None
    led = rest != body or _depends(rest, words, tools)
    new = _same_of(turns[-1], rest, words, tools) if led else ""
    return Rewritten(new, words.because[2].format(subject=rest)) if new else None


def without_lead(text: str, words: Words) -> str:
    """A question without the "and" that it begins with.

    >>> from vedette.conversations.words import words_of
    >>> without_lead("¿y cómo se detecta?", words_of("es"))
    '¿Cómo se detecta?'
    """
    match = pattern(rf"(?P<open>¿?)\s*(?:{words.lead})").match(text)
    return match["open"] + _capital(text[match.end() :].lstrip("¿")) if match else text


def _quantity(words: Words) -> str:
    """ "within how many hours", "en cuántos días"."""
    return rf"(?:(?:{words.preposition}|within)\s+)?(?:how (?:many|much)|cu[aá]nt[oa]s?|combien de)\s+[\w-]+"


def _rest(body: str, inner: str, words: Words) -> str:
    """What is asked for instead: after "what about" or a leading "and", or a noun phrase by itself."""
    about = pattern(words.about).fullmatch(body)
    if about:
        return about["rest"].strip()
    return inner.strip()


def _depends(rest: str, words: Words, tools: TextTools) -> bool:
    """Whether a noun phrase by itself can only be meant as the rest of a question: "on Linux?", "CVE-2023-1234?"."""
    begins = pattern(rf"(?:{words.preposition})\s|(?:{PLATFORM})\b").match(rest)
    return begins is not None or bool(tools.identifiers(rest))


def _only_aspects(rest: str, words: Words, tools: TextTools) -> bool:
    """Whether a fragment only names parts of what was spoken of: "the mitigations", "any examples"."""
    if tools.identifiers(rest) or pattern(PLATFORM).search(rest):
        return False
    meaning = [word for word in WORD.findall(re.sub(r"\b[ldsn]['’]", " ", rest)) if tools.content_words(word)]
    return bool(meaning) and not any(is_subject(word, words, tools) for word in meaning)


def _same_of(turn: ConversationTurn, rest: str, words: Words, tools: TextTools) -> str:
    """The question before, asked of something else or under another circumstance; empty where that cannot be said."""
    before = turn.standalone
    prepositional = pattern(rf"(?P<preposition>{words.preposition})\s+(?P<object>.+)").fullmatch(rest)
    thing = prepositional["object"] if prepositional else rest
    new, old = tools.identifiers(thing), tools.identifiers(before)
    if new and old:
        return before[: old[-1].start] + thing[new[0].start : new[-1].end] + before[old[-1].end :]
    platform = pattern(rf"(?:{_DETERMINER})?(?:{PLATFORM})").fullmatch(thing)
    there = pattern(rf"\b(?:{PLATFORM})\b").search(before)
    if platform and there:
        return before[: there.start()] + thing + before[there.end() :]
    if platform and not prepositional:
        return _appended(before, f"{words.on} {thing}")
    if prepositional:
        return _circumstance(before, prepositional["preposition"], thing, words)
    return _replaced(turn, thing, words, tools)


def _circumstance(before: str, preposition: str, thing: str, words: Words) -> str:
    """The question before, under another circumstance of the same preposition where it has one."""
    same = rf"\b{preposition}\s+(?P<object>.+?)(?=\s+(?:{words.preposition})\b|[\s?!.]*$)"
    there = list(pattern(same).finditer(before))
    if pattern(words.times).fullmatch(preposition) and not there:
        timed = list(pattern(rf"\b(?:{words.times})\s+(?=\d)").finditer(before)) if thing[:1].isdigit() else []
        if timed:
            return f"{before[: timed[-1].start()]}{preposition} {thing}{_mark(before)}"
    if there and preposition not in _NO_CIRCUMSTANCE:
        return before[: there[-1].start("object")] + thing + before[there[-1].end("object") :]
    return _appended(before, f"{preposition} {thing}")


def _replaced(turn: ConversationTurn, thing: str, words: Words, tools: TextTools) -> str:
    """The question before, with something else in the place of its subject: of "staff use USB sticks", the first."""
    before, subject = turn.standalone, phrase(turn, tools)
    if subject is None:
        return ""
    names = list(_NAME.finditer(before, subject.start, subject.end))
    if len(names) > 1 and thing[0].isupper():  # "Peter Novak know Kubernetes"
        return before[: names[-1].start()] + thing + before[names[-1].end() :]
    start, end = subject.start, subject.end
    for match in WORD.finditer(before, start, end):
        if match.start() > start and tools.content_words(match[0]) and not is_subject(match[0], words, tools):
            end = start + len(before[start : match.start()].rstrip())
            break
    own = re.search(rf"{_DETERMINER}$", before[:start], re.IGNORECASE)
    if own and re.match(_DETERMINER, thing, re.IGNORECASE):
        start = own.start()
    return before[:start] + thing + before[end:]


def _appended(before: str, what: str) -> str:
    match = _END.search(before)
    end = match.start() if match else len(before)
    return f"{before[:end]} {what}{before[end:] or '?'}"


def _mark(text: str) -> str:
    return "?" if text.rstrip().endswith("?") else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
