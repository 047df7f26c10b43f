"""The hard facts of a sentence, which a source must hold literally: numbers, dates, identifiers, names, polarity."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from vedette.rag.text.identifiers import find_identifiers
from vedette.rag.text.sentences import sentences

Terms = Callable[[str], Sequence[str]]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero janvier", "february feb febrero fevrier", "march mar marzo mars",
            "april apr abril avril",
            "may mayo mai", "june jun junio juin", "july jul julio juillet", "august aug agosto aout",
            "september sep sept septiembre septembre", "october oct octubre octobre",
            "november nov noviembre novembre", "december dec diciembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORDS = {
    word: str(number)
    for number, words in enumerate(
        (
            "zero cero", "", "two dos deux", "three tres trois", "four cuatro quatre", "five cinco cinq", "six seis",
            "seven siete sept", "eight ocho huit", "nine nueve neuf", "ten diez dix", "eleven once onze",
            "twelve doce douze",
        )
    )
    for word in words.split()
}  # fmt: skip
_NAMED_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<n>\d\d)-(?P<d>\d\d)"),
    re.compile(rf"\b(?P<m>{_NAMED_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?\b"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er)? (?:de |of )?(?P<m>{_NAMED_MONTH})\.?"
        r"(?: (?:de |del )?(?P<y>\d{4}))?\b"
    ),
    re.compile(rf"\b(?P<m>{_NAMED_MONTH})\.? (?:de |of )?(?P<y>\d{{4}})\b"),
)  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])|(?<![\w.])\d+(?:[.,]\d+)*(?=%|[a-z]{1,5}\b)", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w-])(?:[^\W\d_a-z]\w*(?:[-.+]\w+)*|\w*[a-z]\w*[A-Z]\w*)")
_NEGATIONS = re.compile(
    r"\b(not|no|never|none|neither|nor|without|cannot|can't|don't|doesn't|isn't|aren't|won't|shouldn't|wasn't|weren't|"
    r"didn't|unable|fails? to|prohibit(?:ed|s)?|forbidden|except|nunca|jam[aá]s|sin|ni|ning[uú]n[oa]?|tampoco|"
    r"prohibido|ne|pas|jamais|sans|aucune?)\b",
    re.IGNORECASE,
)
_OPPOSITES = tuple(
    tuple(re.compile(rf"\b(?:{side})\b", re.IGNORECASE) for side in pair)
    for pair in (
        (r"enabl\w+|activ(?:ate|ar?|e)\w*", r"disabl\w+|deactivat\w+|desactiv\w+"),
        (r"allow\w*|permit\w*", r"den(?:y|ies|ied)|block\w*|forbid\w*|prohibit\w*|disallow\w*"),
        (r"increas\w*|rais\w+|grow\w*", r"decreas\w*|reduc\w+|lower\w*"),
        (r"before|prior to|antes", r"after|following|despu[eé]s"),
        (r"more than|over|above|exceed\w*|m[aá]s de", r"less than|fewer than|under|below|menos de"),
        (r"at least|minimum|no less than|al menos|m[ií]nimo", r"at most|maximum|up to|no more than|m[aá]ximo"),
        (r"required|mandatory|obligatori\w+", r"optional\w*|opcional\w*"),
        (r"must|shall|required", r"may|might|could|optional\w*"),
        (r"secure|safe", r"insecure|unsafe|vulnerable"),
        (r"always|siempre", r"never|nunca"),
        (r"valid", r"invalid"),
        (r"encrypt\w*", r"decrypt\w*|unencrypted|plaintext"),
        (r"true", r"false"),
        (r"known", r"unknown"),
        (r"online", r"offline"),
        (r"internal\w*", r"external\w*"),
        (r"succe\w+", r"fail\w*"),
        (r"first", r"last"),
        (r"high", r"low"),
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[-.'][^\W_]+)*")
_PASSIVE = re.compile(r"\b(by|por|par)\b", re.IGNORECASE)
_JOINING = frozenset(("and", "or", "the", "y", "o", "e", "et", "ou", "s"))
_REQUIREMENT = frozenset(("MUST", "SHALL", "SHOULD", "MAY", "NOT", "REQUIRED", "RECOMMENDED", "OPTIONAL"))
_NEARLY_SAME, _SHORT = 0.6, 3
# Sentences of an answer are held against the same windows of the same passages, again and again.
_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class Facts:
    """`dates` are `(year, month, day)` with 0 for what is not said; `numbers` are canonical ("1500", "0.5")."""

    numbers: frozenset[str]
    dates: frozenset[tuple[int, int, int]]
    identifiers: frozenset[str]
    names: frozenset[str]


@lru_cache(maxsize=_REMEMBERED)
def facts(text: str, inside: bool = False) -> Facts:
    """The facts of a sentence; with `inside`, of a passage, where a capital at the start may be a name as well.

    >>> found = facts("By 24 December 2021, eight agencies of CISA patched 1,500 hosts for CVE-2021-44228.")
    >>> sorted(found.numbers), sorted(found.dates), sorted(found.identifiers), sorted(found.names)
    (['1500', '8'], [(2021, 12, 24)], ['CVE-2021-44228'], ['cisa'])
    """
    identifiers = find_identifiers(text)
    rest = text
    for found in identifiers:
        rest = rest[: found.start] + " " * (found.end - found.start) + rest[found.end :]
    folded = fold(rest)
    dates: set[tuple[int, int, int]] = set()
    for pattern in _DATES:
        for date in pattern.finditer(folded):
            dates.add(_date(date.groupdict()))
        folded = pattern.sub(lambda match: " " * len(match.group()), folded)
    numbers = {_canonical(found.group()) for found in _NUMBER.finditer(folded)}
    numbers |= {_WORDS[word] for word in re.findall(r"[a-z]+", folded) if word in _WORDS}
    values = frozenset(found.value.casefold() for found in identifiers)
    shown = frozenset(found.value for found in identifiers)
    names = frozenset(name for name in _names(rest, inside) if name not in values and name not in _MONTHS)
    return Facts(frozenset(numbers), frozenset(dates), shown, names)


def missing(claim: Facts, source: Facts, words: frozenset[str]) -> tuple[str, ...]:
    """What the claim says that the source does not. `words` are the folded words of the source."""
    lost = [number for number in claim.numbers if number not in source.numbers and number not in words]
    lost += [
        "-".join(str(part) for part in date if part)
        for date in claim.dates
        if not any(_agrees(date, other) for other in source.dates)
    ]
    lost += [value for value in claim.identifiers if value not in source.identifiers]
    lost += [name for name in claim.names if not _has(name, words)]
    return tuple(sorted(lost))


def contradicts(claim: str, source: str, terms: Terms) -> str:
    """Why the polarity of a claim is not that of its source; empty where it is.

    A negation counts with the three terms that follow it; an opposite counts where the rest of the claim is shared.

    >>> contradicts("Passwords must not be stored in plain text.", "Store passwords in plain text.", str.split)
    'negation'
    """
    for one, other in ((claim, source), (source, claim)):
        for scope in _negated(one, terms):
            shared = scope & set(terms(other))
            if shared and not any(shared & set(against) for against in _negated(other, terms)):
                return "negation"
    for left, right in (turned for sides in _OPPOSITES for turned in (sides, sides[::-1])):
        if left.search(claim) and not left.search(source) and right.search(source) and not right.search(claim):
            return "opposite"
    return ""


def altered(claim: str, source: str) -> str:
    """What a claim changes in a sentence that is otherwise its source's: a name, a negation, an opposite; "" if none.

    >>> altered("It hits Chrome, HTML Edge and Opera.", "It hits Chrome, Microsoft Edge and Opera. HTML helps.")
    'HTML for Microsoft'
    >>> altered("It is deleted and is not kept.", "It is deleted and is kept.")
    'not'
    """
    parts = [source[start:end] for start, end in sentences(source)] or [source]
    part = max(parts, key=lambda text: _aligned(claim, text)[0])
    same, changes = _aligned(claim, part)
    whole = _aligned(claim, source)
    if whole[0] > same + _SHORT:  # the claim joins two sentences
        part, (same, changes) = source, whole
    if not same or same < _NEARLY_SAME * len(_WORD.findall(claim)):
        return ""
    turned = len(_NEGATIONS.findall(claim)) != len(_NEGATIONS.findall(part))
    found = next((reason for change in changes if (reason := _reason(change, turned))), "")
    return found or _moved(claim, part, changes)


@dataclass(frozen=True, slots=True)
class _Change:
    """Words that a claim has in the place of others; `first`: they begin it, where a capital is no name."""

    put: Sequence[str]
    had: Sequence[str]
    first: bool


def _reason(change: _Change, turned: bool) -> str:
    """Why a change is not a mere rewording; `turned`: the sentences have not the same number of negations."""
    new, old = " ".join(change.put), " ".join(change.had)
    if max(len(change.put), len(change.had)) > _SHORT:
        return ""
    if turned and bool(_NEGATIONS.search(new)) != bool(_NEGATIONS.search(old)):
        return new or f"without {old}"
    if change.put and change.had and not change.first and (_is_name(change.put) or _is_name(change.had)):
        return f"{new} for {old}"
    pairs = ((left, right) for sides in _OPPOSITES for left, right in (sides, sides[::-1]))
    opposite = any(left.search(new) and right.search(old) and not left.search(old) for left, right in pairs)
    return f"{new} for {old}" if opposite else ""


def _moved(claim: str, source: str, changes: Sequence[_Change]) -> str:
    """The names that a claim has in another order than its source; the order in an enumeration says nothing, and that
    of a passive sentence is its own.

    >>> _moved("Edge attacks Opera.", "Opera attacks Edge.", _aligned("Edge attacks Opera.", "Opera attacks Edge.")[1])
    'Edge before Opera'
    """
    if bool(_PASSIVE.search(claim)) != bool(_PASSIVE.search(source)):
        return ""
    ours, theirs = _WORD.findall(claim), _WORD.findall(source)
    names = [word for word in dict.fromkeys(ours) if _is_name((word,)) and word in theirs]
    put = {word for change in changes for word in change.put}
    for name in (name for name in names if name in put):
        for other in (other for other in names if other != name):
            first, second = sorted((name, other), key=ours.index)
            between = ours[ours.index(first) + 1 : ours.index(second)]
            listed = all(_is_name((word,)) or word in _JOINING for word in between)
            if theirs.index(first) > theirs.index(second) and not listed:
                return f"{first} before {second}"
    return ""


def _is_name(words: Sequence[str]) -> bool:
    """Whether words hold a capital or a digit, as names do; the capitals of requirements ("SHALL") are none."""
    return any(any(c.isupper() or c.isdigit() for c in word) and word not in _REQUIREMENT for word in words)


@lru_cache(maxsize=_REMEMBERED)
def _aligned(claim: str, source: str) -> tuple[int, Sequence[_Change]]:
    """How many words stand in both texts in order, and where they differ; what the source has before and after is no
    difference."""
    ours, theirs = _WORD.findall(claim), _WORD.findall(source)
    matcher = SequenceMatcher(None, [fold(w) for w in ours], [fold(w) for w in theirs], autojunk=False)
    codes = matcher.get_opcodes()
    same = sum(end - start for kind, start, end, _, _ in codes if kind == "equal")
    inner = [(a, b, c, d) for kind, a, b, c, d in codes if kind != "equal" and (b > a or 0 < a < len(ours))]
    return same, tuple(_Change(ours[a:b], theirs[c:d], a == 0) for a, b, c, d in inner)


def fold(text: str) -> str:
    """Case and accents removed; the length may change.

    >>> fold("Contraseña ÚNICA")
    'contrasena unica'
    """
    if text.isascii():
        return text.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=_REMEMBERED)
def words_of(text: str) -> frozenset[str]:
    """The folded words of a text, and their hyphenated parts."""
    folded = fold(text)
    return frozenset(re.findall(r"\w+(?:[-.+]\w+)*", folded)) | frozenset(re.findall(r"\w+", folded))


def _negated(text: str, terms: Terms) -> Iterator[set[str]]:
    for found in _NEGATIONS.finditer(text):
        after = list(terms(re.split(r"[,;:.!?]\s", text[found.end() :], maxsplit=1)[0]))[:3]
        if after:
            yield set(after)


def _names(text: str, inside: bool) -> Iterator[str]:
    for found in _NAME.finditer(text):
        word = found.group()
        before = text[: found.start()].rstrip(" \"'“‘(*_¿¡")
        first = not before or before[-1] in ".:;?!-–—|\n#>"
        if len(word) > 1 and (inside or not first or any(c.isupper() for c in word[1:])):
            yield fold(word)


def _has(name: str, words: frozenset[str]) -> bool:
    singular = name[:-1] if name.endswith("s") else name + "s"
    possessive = name.removesuffix("'s")
    if name in words or singular in words or possessive in words:
        return True
    parts = re.findall(r"\w+", name)
    return len(parts) > 1 and all(part in words for part in parts)


def _canonical(number: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        return re.sub(r"[.,]", "", number)
    return number.replace(",", ".")


def _date(parts: dict[str, str | None]) -> tuple[int, int, int]:
    named = parts.get("m")
    month = _MONTHS[named] if named else int(parts.get("n") or 0)
    return int(parts.get("y") or 0), month, int(parts.get("d") or 0)


def _agrees(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """A date less exact than that of the source is right; one more exact is not."""
    return all(a == b or a == 0 for a, b in zip(one, other, strict=True))
