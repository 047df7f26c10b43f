"""Questions about everything: what a collection is told apart from, and what words are rare among."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PUNCTUATION = "¿?¡!.,;:()[]\"'“”«»"


@dataclass(frozen=True, slots=True)
class Background:
    """Questions about everything: `lines`, the language of each, and in how many of them each word stands."""

    lines: tuple[str, ...]
    languages: tuple[str, ...]
    counts: Mapping[str, int]


@cache
def background() -> Background:
    """The questions of `background.txt`."""
    text = files("vedette.rag.scope").joinpath("background.txt").read_text(encoding="utf-8")
    lines: list[str] = []
    languages: list[str] = []
    language = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            language = line.strip("[]")
        elif not line.startswith("#"):
            lines.append(line)
            languages.append(language)
    counts = Counter(word for line in lines for word in plain_words(line))
    return Background(tuple(lines), tuple(languages), counts)


def plain_words(text: str) -> frozenset[str]:
    """The words of a text, case folded, punctuation off."""
    return frozenset(filter(None, map(bare, text.split())))


def bare(word: str) -> str:
    """A word case folded, punctuation off."""
    return word.strip(PUNCTUATION).casefold()
