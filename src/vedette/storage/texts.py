"""Texts that every database takes."""

from __future__ import annotations

from vedette.errors import BadInput
from vedette.records import LONGEST_QUESTION


def storable(text: str) -> str:
    """A text without NUL, without the halves of characters, and without space around it."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()


def storable_question(text: str) -> str:
    """A question as it is kept. Raises BadInput when it is empty or too long."""
    asked = storable(text)
    if not asked:
        raise BadInput("The question is empty; write what you want to know.")
    if len(asked) > LONGEST_QUESTION:
        raise BadInput(f"The question has {len(asked)} characters; ask in at most {LONGEST_QUESTION}.")
    return asked
