"""The contract of questions."""

from __future__ import annotations

from typing import Protocol

from vedette.records import (
    Asker,
    PartHealth,
    QueueCounts,
    QueuedQuestion,
    QueueFilter,
    QueueTerms,
    Submission,
    Thumb,
)
from vedette.services.knowledge import Knowledge


class Questions(Protocol):
    """Questions that are answered later, oldest first and fair between people. What was acknowledged is stored."""

    def seen_by(self, knowledge: Knowledge) -> Questions:
        """The same, without what answers took from documents that `knowledge` does not hold, or holds changed."""
        ...

    def terms(self) -> QueueTerms:
        """What is asked and offered where a question is put."""
        ...

    def submit(self, asker: Asker, submission: Submission) -> QueuedQuestion:
        """Store a question; it comes back with its place in the line. Raises BadInput, TooMany over a quota."""
        ...

    def get(self, person: str, question: str) -> QueuedQuestion:
        """Raises NotFound, for another's too."""
        ...

    def list(self, person: str, limit: int = 100, before: str = "") -> tuple[QueuedQuestion, ...]:
        """One's own, the last asked first; those asked before a time where one is given. Without answers: see `get`."""
        ...

    def cancel(self, person: str, question: str) -> QueuedQuestion:
        """Take a question out of the line. Raises NotFound, Conflict when it is answered already."""
        ...

    def retry(self, person: str, question: str) -> QueuedQuestion:
        """Put a question that was given up back into the line, or send its mail again. Raises NotFound, Conflict."""
        ...

    def rate(self, person: str, question: str, thumb: Thumb, reason: str) -> QueuedQuestion:
        """Thumbs up, down, or none. Raises NotFound, BadInput, Conflict when there is no answer yet."""
        ...

    def forget(self, person: str) -> int:
        """Delete all questions of a person with their answers; returns how many."""
        ...

    def queue(self, state: QueueFilter | None = None, limit: int = 100) -> tuple[QueuedQuestion, ...]:
        """Everybody's, the last asked first: for the admin, who may retry them as well; without texts and answers."""
        ...

    def counts(self) -> QueueCounts:
        """How many stand where."""
        ...

    def retry_any(self, question: str) -> QueuedQuestion:
        """`retry` of anybody's question, for the admin. Raises NotFound, Conflict."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """The queue, its workers, and its mail."""
        ...
