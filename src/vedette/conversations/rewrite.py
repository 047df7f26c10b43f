"""Follow-ups as questions that stand alone: "How do I mitigate it?" -> "How do I mitigate CVE-2021-44228?".

Only a question that cannot be understood by itself is changed: one that has a pronoun without an antecedent, names no
subject, or is a mere fragment. Where a model is configured it writes the new form, and the rules below where it fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from vedette.conversations import fragments
from vedette.conversations.leaning import Leaning, leaning
from vedette.conversations.subject import subject_of
from vedette.conversations.tools import TextTools
from vedette.conversations.words import Words, words_of
from vedette.errors import VedetteError
from vedette.records import LONGEST_QUESTION, Answer, ConversationTurn, Rewritten, Turn

RewriteByModel = Callable[[str, Sequence[Turn]], str]
"""A follow-up as a question that stands alone, from it and the turns before; empty where the model cannot."""
LONGEST_FOLLOW_UP = 240  # characters: a longer question says what it is about
LONGEST_READ = 600  # characters of an earlier question or answer
TURNS_BACK = 4
_END = re.compile(r"[\s?!.…]*$")


class Rewriter:
    """Rewrites with the given tools, and by a model where there is one."""

    def __init__(self, tools: TextTools, model: RewriteByModel | None = None) -> None:
        self._tools = tools
        self._model = model

    def rewrite(self, text: str, turns: Sequence[ConversationTurn]) -> Rewritten:
        """The question to search for, and why it is not the one that was asked."""
        told = [_begun(turn) for turn in turns[-TURNS_BACK:] if turn.state != "pending"]
        if not told or len(text) > LONGEST_FOLLOW_UP:
            return Rewritten(text)
        words = words_of(self._tools.language(text, self._tools.language(told[-1].asked, "en")))
        offline = self._by_rules(text, told, words)
        if not offline.because or len(offline.text) > LONGEST_QUESTION:
            return Rewritten(text)
        return self._by_model(text, told) or offline

    def standalone(self, text: str, history: Sequence[Turn]) -> Rewritten:
        """`rewrite` after turns that were kept elsewhere."""
        return self.rewrite(text, [_answered(turn) for turn in history])

    def _by_model(self, text: str, turns: Sequence[ConversationTurn]) -> Rewritten | None:
        if self._model is None:
            return None
        earlier = [Turn(turn.standalone, turn.answer.text if turn.answer else "") for turn in turns]
        try:
            said = "\n".join([text, *(f"{turn.question}\n{turn.answer}" for turn in earlier)])
            written = " ".join(self._tools.harmless(self._model(text, earlier), said).split())
        except VedetteError:  # no model answers now: the rules do
            return None
        fits = 0 < len(written) <= min(LONGEST_QUESTION, 10 * len(text) + 300)
        return Rewritten(written, f"{text} → {written}") if fits and written != text else None

    def _by_rules(self, text: str, turns: Sequence[ConversationTurn], words: Words) -> Rewritten:
        fragment = fragments.completed(text, turns, words, self._tools)
        if fragment is not None:
            return fragment
        found = leaning(text, words, self._tools)
        subject = subject_of(found.need, turns, self._tools) if found else ""
        if found is None or not subject or subject.casefold() in text.casefold():
            return Rewritten(text)
        because = words.because[0 if found.what else 1].format(what=found.what, subject=subject)
        return Rewritten(_placed(text, found, subject, words), because)


def _begun(turn: ConversationTurn) -> ConversationTurn:
    """A turn with the beginnings of what was said: what it is about stands there, and it is read in no time."""
    answer = turn.answer and replace(turn.answer, text=turn.answer.text[:LONGEST_READ])
    return replace(turn, standalone=turn.standalone[:LONGEST_READ], answer=answer)


def _placed(text: str, found: Leaning, subject: str, words: Words) -> str:
    """The subject where the pronoun stood, or at the end of the question."""
    filled = (found.put or "({subject})").replace("{subject}", subject)
    if found.end:
        new = text[: found.start] + filled + text[found.end :]
    else:
        at = _END.search(text)
        end = at.start() if at else len(text)
        new = f"{text[:end]} {filled}{text[end:]}"
    return fragments.without_lead(new, words)


def _answered(turn: Turn) -> ConversationTurn:
    """A turn that was kept elsewhere; of its answer, the text is known."""
    answer = Answer(turn.answer, False, "", (), (), "", 0, {})
    return ConversationTurn("", 0, turn.question, turn.question, "done", "", answer)
