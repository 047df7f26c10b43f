"""Whether a question leans on the one before it, and by which word: pronouns without an antecedent, no subject at all.

A pronoun has its antecedent in the question itself when a noun stands in an earlier clause; in its own clause only for
a possessive (principle B of binding: Chomsky 1981, "Lectures on Government and Binding").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vedette.conversations.subject import Need, is_subject
from vedette.conversations.tools import TIED, WORD, TextTools
from vedette.conversations.words import PLATFORM, Words, pattern

_PLURAL = re.compile(
    r"(?:they|them|their|these|those|ell[oa]s|est[oa]s|es[oa]s|l[oa]s|ils|elles|leurs?|ces|les)", re.IGNORECASE
)
_OF_PERSON = re.compile(r"(?:his|her)\s+(?!(?:and|or|in|on|at|by|to|for)\b)\w", re.IGNORECASE)
_OWN_VERB = re.compile(r"\b(?:i|we|you|one|to)\s+[\w-]+", re.IGNORECASE)
_ALONE = re.compile(r"¿?\s*(?P<asked>.+?)\s+(?:se\s+|l[oae]s?\s+)?(?P<verb>[^\W\d_]+)\s*\?*", re.IGNORECASE)
_RELATIVE = re.compile(r"\s+(?:that|which|who|que|qui|dont)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?]\s")
_ARTICLED = re.compile(r"\s\w+\s(?:el|la|los|las|les?|l['’])\s*(\w+)", re.IGNORECASE)
_INVERTED = re.compile(r"[^\W_]+-(?:t-)?$")  # the verb of "coûte-t-il"
_ANY = re.compile(r"(?:\b(?:an?|any|every|each|una?|cada|une?|chaque|les|des)\s|\bl['’])\s*[^\W\d_]{3,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaning:
    """By what a question leans: the word `what`, or nothing, where it names no subject. `put` says what stands at
    `[start, end)` afterwards; where `end` is 0, the subject goes to the end of the question."""

    need: Need
    what: str = ""
    start: int = 0
    end: int = 0
    put: str = ""


def leaning(text: str, words: Words, tools: TextTools) -> Leaning | None:
    """By what a question leans on those before it; None where it stands alone."""
    if "?" not in text and not pattern(rf"\W*(?:{words.lead})?(?:{words.asking})\b").match(text):
        return None  # a statement
    empty = [match.span() for match in pattern(words.empty).finditer(text)]
    ways = (_by_noun, _by_person, _by_moved, _by_possessive, _by_pronoun)
    found = [lean for way in ways for lean in way(text, words, tools)]
    found = [lean for lean in found if not any(start <= lean.start < end for start, end in empty)]
    if found:
        return min(found, key=lambda lean: lean.start)
    return _without_subject(text, words, tools)


def _by_noun(text: str, words: Words, tools: TextTools) -> list[Leaning]:
    """ "this technique", "esa vulnerabilidad", "ces groupes"."""
    for nouns, kind in words.nouns:
        for match in pattern(rf"\b(?P<this>{words.this})\s+(?P<noun>{nouns})\b").finditer(text):
            said = _SENTENCE.search(text, 0, match.start()) or _RELATIVE.match(text, match.end())
            if not said and not tools.identifiers(text):
                plural = bool(_PLURAL.fullmatch(match["this"]))
                end = "" if kind else " ({subject})"
                put = match[0] + end if end else "{subject}"
                return [Leaning(Need(kind, plural), match[0], match.start(), match.end(), put)]
    return []


def _by_person(text: str, words: Words, tools: TextTools) -> list[Leaning]:
    match = pattern(words.person).search(text)
    if match is None or _antecedent(text, match.start(), True, words, tools):
        return []
    put = "{subject}’s" if _OF_PERSON.match(text, match.start()) else "{subject}"
    return [Leaning(Need(person=True), match[0], match.start(), match.end(), put)]


def _by_moved(text: str, words: Words, tools: TextTools) -> list[Leaning]:
    """Pronouns that stand before or at the end of their verb: "lo mitigo", "mitigarlo", "le détecter"."""
    for source, form in words.moved:
        match = pattern(source).search(text)
        if match and not _antecedent(text, match.start(), False, words, tools):
            put = form.replace("{verb}", match["verb"])
            need = Need(plural=bool(_PLURAL.fullmatch(match["pronoun"].strip())))
            return [Leaning(need, match["pronoun"].strip(), match.start(), match.end(), put)]
    return []


def _by_possessive(text: str, words: Words, tools: TextTools) -> list[Leaning]:
    for match in pattern(words.possessive).finditer(text):
        if not _antecedent(text, match.start(), True, words, tools) and not _which(text, words, tools):
            after = _ARTICLED.match(text, match.end())  # "¿Cuándo alcanzaron su máximo los ataques?"
            if words.inverts and not (after and is_subject(after[1], words, tools)):
                return [Leaning(Need(), match[0], match.start())]
            if not words.inverts:
                plural = bool(_PLURAL.fullmatch(match[0]))
                return [Leaning(Need(plural=plural), match[0], match.start(), match.end(), "{subject}’s")]
    return []


def _by_pronoun(text: str, words: Words, tools: TextTools) -> list[Leaning]:
    for source, same_clause in ((words.subject, True), (words.object, False)):
        for match in pattern(source).finditer(text):
            if _antecedent(text, match.start(), same_clause, words, tools):
                continue
            need = Need(plural=bool(_PLURAL.fullmatch(match[0])))
            if words.inverts:
                return [Leaning(need, match[0], match.start())]
            return [Leaning(need, match[0], match.start(), match.end(), "{subject}")]
    return []


def _antecedent(text: str, at: int, same_clause: bool, words: Words, tools: TextTools) -> bool:
    """Whether something that a pronoun at `at` can stand for is named before it."""
    asked = pattern(rf"\W*(?:{words.lead})?\W*(?:{words.asked})").match(text)
    begin = min(asked.end(), at) if asked else 0
    before = _INVERTED.sub("", text[begin:at]) if words.inverts else text[begin:at]
    clauses = pattern(rf"{words.clause}|[.!?]\s").split(before)
    if not same_clause:
        clauses = clauses[:-1]
    return any(_ANY.search(clause) or _names(_OWN_VERB.sub(" ", clause), words, tools) for clause in clauses)


def _which(text: str, words: Words, tools: TextTools) -> bool:
    """Whether what is asked for is named: "Which university has its …"."""
    which = pattern(rf"\W*(?:{words.lead})?\W*(?:{words.which})\s+([\w-]+)").match(text)
    return which is not None and is_subject(which[1], words, tools)


def _names(text: str, words: Words, tools: TextTools) -> bool:
    return any(is_subject(word, words, tools) for word in WORD.findall(TIED.sub(" ", text)))


def _without_subject(text: str, words: Words, tools: TextTools) -> Leaning | None:
    """A question whose words only say what is asked: "Which versions are affected?", "¿Cómo se detecta?"."""
    if tools.identifiers(text) or pattern(rf"\W*(?:{words.lead})?(?:{words.defines})").match(text):
        return None
    body = pattern(rf"^\W*(?:{words.lead})").sub("", text)
    asks = pattern(rf"\W*(?:{words.asking})\b").match(body) is not None
    alone = _ALONE.fullmatch(body) if words.inverts else None
    if alone and pattern(rf"(?:{words.bare})|qu[eé]").fullmatch(alone["asked"]) and alone["verb"].islower():
        return Leaning(Need(), put="{subject}")
    content = WORD.findall(TIED.sub(" ", pattern(rf"\b(?:{PLATFORM})\b").sub(" ", body)))
    carrying = [word for word in content if tools.content_words(word) and word.casefold() not in words.particles]
    if not carrying or any(is_subject(word, words, tools) for word in carrying):
        return None
    return Leaning(Need()) if asks or len(content) <= 4 else None
