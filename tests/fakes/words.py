"""An embedder that knows words only: fast, and the same text has the same vector everywhere."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from vedette.rag.embed import Vectors

_WORD = re.compile(r"\w+")


class WordEmbedder:
    """The sum of a random direction for each word, as a unit vector."""

    name = "words"
    dimension = 64
    max_tokens = 256

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([_vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def embed_query(self, text: str) -> Vectors:
        return _vector(text)

    def count_tokens(self, text: str) -> int:
        return len(_WORD.findall(text))

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in _WORD.finditer(text)]


def _vector(text: str) -> Vectors:
    total = sum((_direction(word) for word in _WORD.findall(text.casefold())), np.full(WordEmbedder.dimension, 1e-3))
    return (total / np.linalg.norm(total)).astype(np.float32)


@cache
def _direction(word: str) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(word.encode())).normal(size=WordEmbedder.dimension)
