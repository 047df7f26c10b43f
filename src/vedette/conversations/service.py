"""Questions with a memory, in this process: `services.Conversations` over a database."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from vedette.conversations import memory
from vedette.conversations.export import markdown
from vedette.conversations.memory import Budget, Summarise
from vedette.conversations.rewrite import RewriteByModel, Rewriter
from vedette.conversations.search import still_found
from vedette.conversations.seen import as_seen, seen_by
from vedette.conversations.store import LONGEST_TITLE, ConversationStore, Ended, NewTurn, numbered, shortened
from vedette.conversations.tools import TextTools
from vedette.errors import BadInput, VedetteError
from vedette.records import (
    AnswerEvent,
    Conversation,
    ConversationInfo,
    ConversationTurn,
    Feedback,
    Question,
    Rewritten,
    Thumb,
    Turn,
    TurnEvent,
)
from vedette.services import Knowledge
from vedette.storage.database import Database
from vedette.storage.texts import storable, storable_question

INTERRUPTED = "It was interrupted before the answer was complete; ask again."
STOPPED = "It was stopped before the answer was complete; ask again."
SILENT = "The answer ended before it was complete; ask again."
BROKEN = "Something went wrong in Vedette; ask again, and run `vedette doctor` if it happens twice."
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Remembering:
    """How conversations are remembered: within which budget, and by which model, if any. `patience` is how long another
    process over the same database may take for an answer: zero where this process is the only one."""

    budget: Budget = field(default_factory=Budget)
    summarise: Summarise | None = None
    rewrite: RewriteByModel | None = None
    patience: timedelta = timedelta()


class LocalConversations:
    """`now` gives the time, in UTC; `new_id` 32 random hexadecimal digits. May be used by many threads at once."""

    def __init__(
        self,
        database: Database,
        tools: TextTools,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        remembering: Remembering | None = None,
    ) -> None:
        self._store = ConversationStore(database)
        self._tools = tools
        self._now = now
        self._new_id = new_id
        self._how = remembering or Remembering()
        self._rewriter = Rewriter(tools, self._how.rewrite)
        self._lock = threading.Lock()
        self._running: set[str] = set()
        self._knowledge: Knowledge | None = None
        self._settle()

    def seen_by(self, knowledge: Knowledge) -> LocalConversations:
        seen = copy.copy(self)  # over the same database, with the same turns running
        seen._knowledge = knowledge
        return seen

    def list(self, person: str, search: str = "") -> tuple[ConversationInfo, ...]:
        if self._knowledge is None or not search.strip():
            return self._store.list(person, search)
        shown = seen_by(self._knowledge)
        return tuple(one.info for one in self._store.found(person, search) if still_found(one, search, shown))

    def begin(self, person: str, collection: str) -> ConversationInfo:
        at = self._at()
        info = ConversationInfo(self._new_id(), "", collection, 0, at, at)
        self._store.begin(person, info)
        return info

    def get(self, person: str, conversation: str) -> Conversation:
        return self._read(person, conversation, self._knowledge)

    def rename(self, person: str, conversation: str, title: str) -> ConversationInfo:
        named = shortened(storable(title), LONGEST_TITLE)
        if not named:
            raise BadInput("The title is empty; give the conversation a name.")
        return self._store.rename(person, conversation, named, self._at())

    def remove(self, person: str, conversation: str) -> None:
        self._store.remove(person, conversation)

    def forget(self, person: str) -> None:
        self._store.forget(person)

    def ask(self, person: str, conversation: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        return self._ask(self._read(person, conversation, knowledge), person, storable_question(text), knowledge, None)

    def again(self, person: str, conversation: str, turn: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        found = self._read(person, conversation, knowledge)
        replaced = numbered(found.turns, turn)
        return self._ask(found, person, storable_question(text or replaced.asked), knowledge, replaced.number)

    def standalone(self, text: str, history: tuple[Turn, ...]) -> Rewritten:
        return self._rewriter.standalone(text, history)

    def rate(self, person: str, conversation: str, turn: str, thumb: Thumb, reason: str) -> ConversationTurn:
        if thumb not in get_args(Thumb):
            raise BadInput(f"A thumb is up, down or empty, not {str(thumb)[:20]!r}.")
        if len(reason) > LONGEST_REASON:
            raise BadInput(f"The reason has {len(reason)} characters; give it in at most {LONGEST_REASON}.")
        if numbered(self.get(person, conversation).turns, turn).state != "done":
            raise BadInput("There is no answer to rate yet; ask again first.")
        self._store.rate(conversation, turn, thumb, storable(reason) if thumb else "", self._at())
        return numbered(self.get(person, conversation).turns, turn)

    def export(self, person: str, conversation: str) -> str:
        return markdown(self.get(person, conversation))

    def feedback(self, limit: int = 200) -> tuple[Feedback, ...]:
        shown = seen_by(self._knowledge) if self._knowledge else None
        return tuple(one.feedback(shown(one.turn) if shown else one.turn) for one in self._store.rated(limit))

    def _read(self, person: str, conversation: str, knowledge: Knowledge | None) -> Conversation:
        self._settle()
        found = self._store.get(person, conversation)
        return as_seen(found, knowledge) if knowledge else found

    def _ask(
        self, before: Conversation, person: str, asked: str, knowledge: Knowledge, replacing: int | None
    ) -> Iterator[TurnEvent]:
        """Store the question, answer it, store the answer. Whatever happens, the turn does not stay pending."""
        before = _until(before, replacing)
        rewritten = self._rewriter.rewrite(asked, before.turns)
        new = NewTurn(self._new_id(), asked, rewritten, self._at(), replacing)
        with self._lock:
            self._running.add(new.id)
        turn: ConversationTurn | None = None
        ended = Ended("failed", "", error=STOPPED)
        try:
            turn = self._store.begin_turn(person, before.info.id, new)
            yield TurnEvent("rewritten", rewritten=rewritten)
            before = self._remembered(before, None)  # only where that of the last turn was cut off
            history = memory.recall(before, self._how.budget, self._tools)
            question = Question(rewritten.text, before.info.collection, history=history)
            for event in _closed(knowledge.ask(question)):
                if event.answer is not None:
                    done = Ended("done", self._at(), event.answer)
                    self._store.end_turn(person, before.info.id, turn.id, done)
                    ended = done
                yield TurnEvent("answer", event=event)
            if ended.answer is None:
                ended = Ended("failed", "", error=SILENT)
        except VedetteError as error:
            if turn is None:
                raise
            if ended.answer is None:
                ended = Ended("failed", "", error=error.message)
        except Exception:
            if ended.answer is None:
                ended = Ended("failed", "", error=BROKEN)
            raise
        finally:
            with self._lock:
                self._running.discard(new.id)
            if turn is not None and ended.answer is None:
                self._store.end_turn(person, before.info.id, turn.id, Ended("failed", self._at(), error=ended.error))
        yield TurnEvent("turn", turn=replace(turn, state=ended.state, answer=ended.answer, error=ended.error))
        stored = self._store.get(person, before.info.id)
        seen = as_seen(stored, knowledge)
        # A conversation with gaps is summarised anew each time, which a model would take too long for.
        self._remembered(seen, self._how.summarise if seen is stored else None)

    def _remembered(self, conversation: Conversation, summarise: Summarise | None) -> Conversation:
        """The conversation with its memory brought up to date, and that stored."""
        upto = memory.overdue(conversation, self._how.budget, self._tools)
        known = conversation.summarised
        if upto <= known:
            return conversation
        text = memory.summary(conversation, upto, self._how.budget, self._tools, summarise)
        self._store.remember(conversation.info.id, text, upto, known)
        return replace(conversation, summary=text, summarised=upto)

    def _settle(self) -> None:
        """Fail the turns that whoever was answering them left behind."""
        with self._lock:
            running = tuple(self._running)
        patience = self._how.patience
        self._store.interrupted(running, self._at(patience) if patience else None, INTERRUPTED)

    def _at(self, ago: timedelta = timedelta()) -> str:
        return (self._now() - ago).astimezone(UTC).isoformat(timespec="microseconds")


def _until(conversation: Conversation, number: int | None) -> Conversation:
    """A conversation as it was before a turn, without the summary if that tells of the turn."""
    if number is None:
        return conversation
    turns = tuple(turn for turn in conversation.turns if turn.number < number)
    if conversation.summarised >= number:
        return Conversation(conversation.info, turns)
    return replace(conversation, turns=turns)


def _closed(events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
    """The events; whoever stops listening stops the answer too."""
    if isinstance(events, Generator):
        with closing(events):
            yield from events
    else:
        yield from events
