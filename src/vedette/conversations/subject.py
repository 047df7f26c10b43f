"""What a conversation is about: the identifiers, names and noun phrases of its last turns, the latest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vedette.conversations.tools import TIED, TextTools
from vedette.conversations.words import Words, pattern, words_of
from vedette.records import ConversationTurn, Identifier

LONGEST_SUBJECT = 200  # characters
_WORD = re.compile(r"(?:\b[dlnscjmt]|\bqu)['’](?=\w)|[^\W_]+(?:[-./'’&+#][^\W_]+)*", re.IGNORECASE)
_DETERMINER = re.compile(
    r"(?:\b(?:the|an?|el|la|los|las|una?|del|al|les?|une?|des|du|au)\s|\b[ld]['’])$", re.IGNORECASE
)
_OF = re.compile(r"\s+(?:of|de|du|des|de la|de los|de las)\s+(?:the\s)?|\s+d['’]|\s+de l['’]", re.IGNORECASE)
_HELPS = re.compile(r"\b(?:is|are|was|were|be|been)\s(?:(?:the|an?)\s)?$", re.IGNORECASE)
_DOES = re.compile(r"\b(?:does|do|did|can|could|should|must|will|would)\s(?:(?:the|an?)\s)?$", re.IGNORECASE)
_ACTOR = re.compile(r"\b(?:i|we|you|one|to|someone|somebody)\s$", re.IGNORECASE)
_PARTICIPLE = re.compile(
    r"\w{3,}(?:ed|en|wn)|kept|made|done|sent|held|told|lost|found|paid|built|set|run|read", re.IGNORECASE
)
_NAME = re.compile(
    r"[^\W\d_a-zß-öø-ÿ][\w&'’-]*(?:[ ](?:(?:de|of|van|von|du|da)[ ])?[^\W\d_a-zß-öø-ÿ][\w&'’-]*)*"
)  # fmt: skip
_ASKS_WHICH = re.compile(
    r"^\W*(?:(?:by|with|in|to|from)\s+)?(?:which|what|who|whom|qué|que|quién(?:es)?|cuál(?:es)?|quel(?:le)?s?|qui)"
    r"(?:\s+(?!(?:is|are|was|were|es|son|est|sont)\b)(?P<noun>[\w-]+))?",
    re.IGNORECASE,
)


# Parts of a record that people also ask about for themselves.
_SUBJECTS = frozenset({"ransomware", "rançongiciel"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a text that can be its subject, `[start, end)`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Need:
    """What is missing: of which kind of identifier (empty: any), several things, or a person."""

    kind: str = ""
    plural: bool = False
    person: bool = False


def subject_of(need: Need, turns: Sequence[ConversationTurn], tools: TextTools) -> str:
    """What the turns, the last first, were about and what fits; empty when nothing does."""
    latest = list(reversed(turns))
    if need.person:
        return next((name for turn in latest for name in _people(turn, tools)), "")
    if need.kind and not (need.plural and _several(latest[0], tools)):
        for turn in latest:
            found = _of_kind(turn, need.kind, tools)
            if found:
                return found
    for turn in latest:
        found = _several(turn, tools) if need.plural else ""
        found = found or _answered(turn, tools) or _asked(turn, tools)
        if 0 < len(found) <= LONGEST_SUBJECT:
            return found
    return ""


def phrase(turn: ConversationTurn, tools: TextTools) -> Phrase | None:
    """What a question is about: its first identifier, a title that was found for it, or the first of its noun phrases,
    one with an article before others.

    English, Spanish and French without a grammar: runs of words that carry meaning, less the verbs that their
    neighbours give away ("is … allowed", "how does … work", "do I store …").
    """
    question = turn.standalone
    for identifier in tools.identifiers(question):
        return Phrase(identifier.value, identifier.start, identifier.end)
    for title in _titles(turn)[:1]:
        name = re.search(rf"\b{re.escape(title.rpartition(': ')[2])}\b", question, re.IGNORECASE)
        if name and len(name[0]) > 2:
            return Phrase(name[0], name.start(), name.end())
    language = words_of(tools.language(question, "en"))
    runs = list(_runs(question, language, tools))
    articled = [run for run in runs if _DETERMINER.search(question, 0, run.start)]
    if not runs:
        return None
    first = (articled or runs)[0]
    for run in runs:
        if run.start > first.start and _OF.fullmatch(question, first.end, run.start):
            return Phrase(question[first.start : run.end], first.start, run.end)
    return first


def is_subject(word: str, words: Words, tools: TextTools) -> bool:
    """Whether a word can be what a question is about by itself."""
    lowered = word.casefold().rstrip("'’")
    if lowered in _SUBJECTS:
        return True
    if lowered in words.particles or not tools.content_words(lowered) or len(lowered) < 2:
        return False
    if tools.is_aspect(lowered) or pattern(rf"(?:{words.general})").fullmatch(lowered):
        return False
    return not any(pattern(rf"(?:{nouns})").fullmatch(lowered) for nouns, _ in words.nouns)


def _runs(question: str, words: Words, tools: TextTools) -> Iterator[Phrase]:
    """Runs of words that carry meaning and hold at least one that can be a subject."""
    asked = pattern(rf"\W*(?:{words.which})\b").match(question) or pattern(rf"\W*(?:{words.asked})").match(question)
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(question, asked.end() if asked else 0), None]:
        apart = match is None or (run and question[run[-1].end() : match.start()].strip())
        carries = match is not None and _carries(match[0], words, tools)
        if run and (apart or not carries):
            yield from _trimmed(question, run, words, tools)
            run = []
        if match is not None and carries:
            run.append(match)


def _carries(word: str, words: Words, tools: TextTools) -> bool:
    plain = TIED.sub("", word) if words.inverts else word
    return word[-1] not in "'’" and plain.casefold() not in words.particles and bool(tools.content_words(plain))


def _trimmed(question: str, run: Sequence[re.Match[str]], words: Words, tools: TextTools) -> Iterator[Phrase]:
    before = question[: run[0].start()]
    kept = list(run)
    if _ACTOR.search(before) and (len(kept) > 1 or not before.lower().endswith("to ")):
        kept = kept[1:]
    while kept and not is_subject(kept[0][0], words, tools) and not kept[0][0][0].isupper():
        kept = kept[1:]
    if kept and _HELPS.search(before) and _PARTICIPLE.fullmatch(kept[-1][0]):
        kept = kept[:-1]
    if len(kept) == 2 and _DOES.search(before) and not kept[-1][0][0].isupper():
        kept = kept[:-1]
    if any(is_subject(match[0], words, tools) for match in kept):
        start, end = kept[0].start(), kept[-1].end()
        yield Phrase(question[start:end], start, end)


def _is(identifier: Identifier, kind: str) -> bool:
    """Whether an identifier is of a kind such as `cve` or `attack:G`; every one is of the empty kind."""
    name, _, letter = kind.partition(":")
    return not kind or (identifier.kind == name and identifier.value.startswith(letter))


def _of_kind(turn: ConversationTurn, kind: str, tools: TextTools) -> str:
    """The identifier of a kind that a turn is about, or its noun phrase where its source is of that kind."""
    for identifier in tools.identifiers(turn.standalone):
        if _is(identifier, kind):
            return identifier.value
    answered = _answered(turn, tools)
    if any(_is(identifier, kind) for identifier in tools.identifiers(answered)):
        return answered
    titled = any(_is(identifier, kind) for title in _titles(turn)[:1] for identifier in tools.identifiers(title))
    return _asked(turn, tools) if titled else ""


def _asked(turn: ConversationTurn, tools: TextTools) -> str:
    found = phrase(turn, tools)
    return found.text if found else ""


def _answered(turn: ConversationTurn, tools: TextTools) -> str:
    """What the answer names where the question asked which one it is: "Which vulnerability …?" -> the first CVE."""
    words = words_of(tools.language(turn.standalone, "en"))
    which = _ASKS_WHICH.match(turn.standalone)
    if which is None or turn.answer is None or turn.answer.refused or tools.identifiers(turn.standalone):
        return ""
    kind = next((kind for nouns, kind in words.nouns if which["noun"] and _singular(which["noun"], nouns)), None)
    if kind is None:
        return ""
    for text in (turn.answer.text, *_titles(turn)[:1]):
        for identifier in tools.identifiers(text):
            if _is(identifier, kind):
                return identifier.value
    return ""


def _singular(noun: str, nouns: str) -> bool:
    plural = noun.endswith("s") and not noun.endswith(("ss", "us", "is"))
    return not plural and pattern(rf"(?:{nouns})").fullmatch(noun) is not None


def _several(turn: ConversationTurn, tools: TextTools) -> str:
    """The names that an answer gives where the question asked which ones there are."""
    which = _ASKS_WHICH.match(turn.standalone)
    if which is None or turn.answer is None or turn.answer.refused or not (which["noun"] or "").endswith("s"):
        return ""
    asked = set(tools.content_words(turn.standalone))
    names = [name for name in _names(turn.answer.text, tools) if not asked & set(tools.content_words(name))]
    return ", ".join(dict.fromkeys(names[:4]))


def _people(turn: ConversationTurn, tools: TextTools) -> list[str]:
    """Names in the question, then in the answer; those of several words first, for people mostly have two."""
    answer = "" if turn.answer is None or turn.answer.refused else turn.answer.text
    found = [*_names(turn.standalone, tools), *_names(answer, tools)]
    return sorted(dict.fromkeys(found), key=lambda name: " " not in name)


def _names(text: str, tools: TextTools) -> list[str]:
    """Runs of capitalised words, but for the word that begins a sentence and is none by itself."""
    taken = [(found.start, found.end) for found in tools.identifiers(text)]
    begins = {start for start, _ in tools.sentences(text)}
    found: list[str] = []
    for match in _NAME.finditer(text):
        parts = match[0].split(" ")
        if match.start() in begins or text[max(0, match.start() - 1)] in "¿¡":
            while parts and (not tools.content_words(parts[0]) or tools.is_aspect(parts[0].casefold())):
                parts = parts[1:]
            if len(parts) == 1 and not any(letter.isdigit() or letter.isupper() for letter in parts[0][1:]):
                continue  # any word may stand first
        if parts and not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(" ".join(parts))
    return found


def _titles(turn: ConversationTurn) -> list[str]:
    return [source.title for source in turn.answer.sources] if turn.answer else []
