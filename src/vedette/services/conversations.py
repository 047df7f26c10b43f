"""The contract of conversations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vedette.records import (
    Conversation,
    ConversationInfo,
    ConversationTurn,
    Feedback,
    Rewritten,
    Thumb,
    Turn,
    TurnEvent,
)
from vedette.services.knowledge import Knowledge


class Conversations(Protocol):
    """Questions with a memory. `person` is the id of whose conversations they are: nobody sees another's."""

    def seen_by(self, knowledge: Knowledge) -> Conversations:
        """The same, without what answers took from documents that `knowledge` does not hold, or holds changed."""
        ...

    def list(self, person: str, search: str = "") -> tuple[ConversationInfo, ...]:
        """Those whose title or turns, as they may be read, contain all words of `search`, the last changed first."""
        ...

    def begin(self, person: str, collection: str) -> ConversationInfo:
        """A new, empty one; its first question becomes its title."""
        ...

    def get(self, person: str, conversation: str) -> Conversation:
        """Raises NotFound, for another's too."""
        ...

    def rename(self, person: str, conversation: str, title: str) -> ConversationInfo:
        """Raises NotFound, BadInput."""
        ...

    def remove(self, person: str, conversation: str) -> None:
        """Raises NotFound."""
        ...

    def ask(self, person: str, conversation: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        """Ask in a conversation: the rewritten question first, then the answer's events, the stored turn last.

        `knowledge` is what this person may see. The turn is stored before it is answered: a kill loses no question.
        Raises NotFound, BadInput before anything comes."""
        ...

    def again(self, person: str, conversation: str, turn: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        """Ask a turn anew, with another text where one is given; it and all after it are replaced. Raises as `ask`."""
        ...

    def standalone(self, text: str, history: tuple[Turn, ...]) -> Rewritten:
        """A question after others, as one that stands alone; for who keeps the history themselves. Stores nothing."""
        ...

    def rate(self, person: str, conversation: str, turn: str, thumb: Thumb, reason: str) -> ConversationTurn:
        """Thumbs up, down, or none, with a reason. Raises NotFound, BadInput."""
        ...

    def export(self, person: str, conversation: str) -> str:
        """The conversation as Markdown, sources included. Raises NotFound."""
        ...

    def feedback(self, limit: int = 200) -> tuple[Feedback, ...]:
        """What was rated by anybody, newest first: for the admin."""
        ...

    def forget(self, person: str) -> None:
        """Delete all conversations of a person."""
        ...
