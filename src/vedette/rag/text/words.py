"""Lists of words in the source."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Words with white space between them, as a set."""
    return frozenset(words.split())
