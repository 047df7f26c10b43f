"""Misspelt words of a question: one that no document has is read as the word of a title that is nearest to it.

Nearness is the number of letters put in, left out, exchanged or swapped with a neighbour (Damerau 1964).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

from vedette.rag.understand.asked import STOP

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")  # not what is left of SMBv1 without its number
_PLURAL = re.compile(r"\w{4,}[^s]s")
_LEAST, _ALONE, _LONG = 4, 6, 9


def corrected(question: str, known: Callable[[str], bool], titles: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The words to be read as others: (as written, as in a title). `known` tells whether any document has a word.

    A short word is read as another only where that makes a pair of words of a title.

    >>> corrected("who uses kerborasting", lambda word: word in ("who", "uses"), ["Tickets: Kerberoasting"])
    (('kerborasting', 'kerberoasting'),)
    """
    words = _WORD.findall(question)
    strange = [word for word in words if len(word) >= _LEAST and word.casefold() not in STOP and not known(word)]
    if not strange:
        return ()
    shown, counts, pairs = _words(tuple(titles))
    read: list[tuple[str, str]] = []
    for word in dict.fromkeys(strange):
        place = words.index(word)
        around = {w.casefold() for w in words[max(0, place - 1) : place + 2] if w != word}
        best = _nearest(word.casefold(), counts, lambda other, near=around: _paired(other, near, pairs))  # type: ignore[misc]
        if best:
            read.append((word, shown[best] if word[0].isupper() else best))
    return tuple(read)


@lru_cache(maxsize=8)
def _words(titles: tuple[str, ...]) -> tuple[dict[str, str], Counter[str], set[tuple[str, str]]]:
    """The words of titles as they stand there, how often, and their pairs, all by folded word."""
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    for title in titles:
        found = _WORD.findall(title)
        folded = [word.casefold() for word in found]
        one = [(word[:-1], as_is[:-1]) for word, as_is in zip(folded, found, strict=True) if _PLURAL.fullmatch(word)]
        shown |= dict((*one, *zip(folded, found, strict=True)))
        counts.update([*folded, *(word for word, _ in one)])
        pairs |= set(pairwise(folded))
    return shown, counts, pairs


def _paired(word: str, around: set[str], pairs: set[tuple[str, str]]) -> bool:
    return any((word, other) in pairs or (other, word) in pairs for other in around)


def _nearest(word: str, counts: Counter[str], paired: Callable[[str], bool]) -> str:
    most = 2 if len(word) >= _LONG else 1
    alike = [
        (distance, not paired(other), -count, other)
        for other, count in counts.items()
        if other[0] == word[0] and len(other) >= _LEAST and (distance := _distance(word, other, most)) <= most
    ]
    kept = [one for one in alike if len(word) >= _ALONE or not one[1]]
    return min(kept)[-1] if kept else ""


def _distance(one: str, other: str, most: int) -> int:
    """Edits from one word to the other; `most + 1` where there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, mark in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != mark))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == mark:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
