"""The encoder that remembers: the same vectors as without, each text embedded once while it is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vedette.rag.embed import Remembered, Vectors


def test_each_text_is_embedded_once_while_it_is_kept() -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return np.array([[len(text), 1.0] for text in texts], np.float32)

    remembered = Remembered(encode, most=3)
    assert remembered(["a", "bb", "a"]).tolist() == [[1, 1], [2, 1], [1, 1]]
    assert remembered(["bb", "ccc"]).tolist() == [[2, 1], [3, 1]]
    assert asked == ["a", "bb", "ccc"]
    remembered(["dddd"])  # the fourth: "a" was not used for the longest time
    remembered(["bb", "a"])
    assert asked == ["a", "bb", "ccc", "dddd", "a"]
    assert remembered(["a"]).dtype == np.float32


def test_what_is_not_kept_is_still_told() -> None:
    """More texts at once than are kept: each of them has its vector all the same."""
    remembered = Remembered(lambda texts: np.array([[len(text), 1.0] for text in texts], np.float32), most=1)
    assert remembered(["a", "bb", "a", "ccc"])[:, 0].tolist() == [1, 2, 1, 3]
    assert remembered(["ccc", "bb"])[:, 0].tolist() == [3, 2]
