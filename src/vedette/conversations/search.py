"""Search in conversations: the words that are compared, in titles, questions, answers and their sources' titles."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from vedette.conversations.seen import LEFT_OUT
from vedette.records import Answer, Conversation, ConversationTurn


def folded(text: str) -> str:
    """A text as it is compared in a search: no case, no accents.

    >>> folded("¿Cómo se DETECTA?")
    '¿como se detecta?'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def told_by(answer: Answer) -> str:
    """What a search finds of an answer, folded. The sentence that something was left out is none of it: it would tell
    which words were."""
    titles = " ".join(source.title for source in answer.sources)
    return folded(f"{answer.text.removesuffix(LEFT_OUT)}\n{titles}")


def still_found(found: Conversation, search: str, shown: Callable[[ConversationTurn], ConversationTurn]) -> bool:
    """Whether all words of `search` stand in what may still be read of a conversation that has them; `shown` gives a
    turn as it may be read, and is asked only where a word is not one of the person's own."""
    own = folded("\n".join((found.info.title, *(turn.asked for turn in found.turns))))
    others = [word for word in folded(search).split() if word not in own]
    if not others:
        return True
    told = "\n".join(told_by(turn.answer) for turn in map(shown, found.turns) if turn.answer is not None)
    return all(word in told for word in others)
