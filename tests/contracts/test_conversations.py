"""Conversations over every database: whose they are, what is kept of a turn whatever happens, search, memory."""

from __future__ import annotations

import itertools
import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from fakes.knowledge import ANSWER, FixedKnowledge
from fakes.turns import TOOLS
from vedette.conversations.memory import Budget
from vedette.conversations.service import INTERRUPTED, STOPPED, LocalConversations, Remembering
from vedette.errors import BadInput, NotFound, ProviderBusy
from vedette.records import AnswerEvent, ConversationTurn, Question, StoredDocument, Turn, TurnEvent
from vedette.services import Knowledge
from vedette.storage.database import Database

ANA, BOB = "a" * 32, "b" * 32


class Clock:
    """A second later at every look."""

    def __init__(self) -> None:
        self._seconds = itertools.count()

    def __call__(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(self._seconds))


class Telling(FixedKnowledge):
    """Answers with what it was asked; `told` are the questions as they came."""

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        if any(word in question.text for word in ("busy", "crash", "long")):
            yield from super().ask(question)
            return
        self.asked.append(question)
        yield AnswerEvent("answer", answer=replace(ANSWER, text=f"Of {question.text} [s1]"))


def opened(database: Database, remembering: Remembering | None = None) -> LocalConversations:
    return LocalConversations(database, TOOLS, Clock(), lambda: uuid.uuid4().hex, remembering)


@pytest.fixture
def conversations(database: Database) -> LocalConversations:
    return opened(database)


@pytest.fixture
def knowledge() -> Telling:
    return Telling()


def last(events: Iterator[TurnEvent]) -> ConversationTurn:
    *_, end = events
    assert end.turn is not None
    return end.turn


def started(conversations: LocalConversations, knowledge: Knowledge, *questions: str) -> str:
    begun = conversations.begin(ANA, "default")
    for question in questions:
        last(conversations.ask(ANA, begun.id, question, knowledge))
    return begun.id


def test_events_come_in_order_and_the_turn_is_stored(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = conversations.begin(ANA, "default")
    events = list(conversations.ask(ANA, begun.id, " What is T1110? ", knowledge))
    assert [event.kind for event in events] == ["rewritten", "answer", "turn"]
    assert events[0].rewritten is not None
    assert (events[0].rewritten.text, events[0].rewritten.because) == ("What is T1110?", "")
    kept = conversations.get(ANA, begun.id)
    assert kept.turns == (events[-1].turn,)
    assert (kept.info.title, kept.info.turns, kept.turns[0].number) == ("What is T1110?", 1, 1)
    assert kept.turns[0].answer == replace(ANSWER, text="Of What is T1110? [s1]")


def test_a_follow_up_is_searched_as_it_stands_alone(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = started(conversations, knowledge, "What is CVE-2021-44228?", "How do I mitigate it?")
    turn = conversations.get(ANA, begun).turns[-1]
    assert (turn.asked, turn.standalone) == ("How do I mitigate it?", "How do I mitigate CVE-2021-44228?")
    assert "“it”" in turn.because
    assert knowledge.asked[-1].text == turn.standalone
    assert knowledge.asked[-1].history == (Turn("What is CVE-2021-44228?", "Of What is CVE-2021-44228?"),)


def test_the_turn_is_pending_until_it_is_answered(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = conversations.begin(ANA, "default")
    events = conversations.ask(ANA, begun.id, "What is T1110?", knowledge)
    assert conversations.get(ANA, begun.id).turns == ()
    next(events)
    assert conversations.get(ANA, begun.id).turns[0].state == "pending"
    assert last(events).state == "done"


def test_who_stops_listening_leaves_a_failed_turn_and_stops_the_answer(
    conversations: LocalConversations, knowledge: Telling
) -> None:
    begun = conversations.begin(ANA, "default")
    events = conversations.ask(ANA, begun.id, "a long one", knowledge)
    next(events)
    next(events)
    assert next(events).event is not None
    events.close()  # type: ignore[attr-defined]
    turn = conversations.get(ANA, begun.id).turns[0]
    assert (turn.state, turn.error, turn.answer) == ("failed", STOPPED, None)
    assert knowledge.closed.is_set()


def test_who_stops_listening_after_the_answer_has_it(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = conversations.begin(ANA, "default")
    events = conversations.ask(ANA, begun.id, "What is T1110?", knowledge)
    while (event := next(events)).event is None or event.event.answer is None:
        pass
    events.close()  # type: ignore[attr-defined]
    assert conversations.get(ANA, begun.id).turns[0].state == "done"


def test_a_failure_ends_the_turn_with_its_reason(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = conversations.begin(ANA, "default")
    turn = last(conversations.ask(ANA, begun.id, "busy?", knowledge))
    assert (turn.state, turn.error) == ("failed", "The provider is busy; it is tried again later.")
    with pytest.raises(RuntimeError, match="internals"):
        list(conversations.ask(ANA, begun.id, "crash?", knowledge))
    crashed = conversations.get(ANA, begun.id).turns[1]
    assert crashed.state == "failed"
    assert "internals" not in crashed.error


def test_a_kill_leaves_no_turn_pending(database: Database, knowledge: Telling) -> None:
    before = opened(database)
    begun = before.begin(ANA, "default")
    running = before.ask(ANA, begun.id, "What is T1110?", knowledge)
    next(running)
    patient = opened(database, Remembering(patience=timedelta(minutes=5)))  # another process over the same database
    assert patient.get(ANA, begun.id).turns[0].state == "pending"
    turn = opened(database).get(ANA, begun.id).turns[0]
    assert (turn.asked, turn.state, turn.error) == ("What is T1110?", "failed", INTERRUPTED)
    assert last(running).state == "done"
    assert before.get(ANA, begun.id).turns[0].state == "done", "it was alive after all"


def test_nobody_reaches_the_conversations_of_another(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = started(conversations, knowledge, "What is T1110?")
    turn = conversations.get(ANA, begun).turns[0].id
    assert conversations.list(BOB) == ()
    for attempt in (
        lambda: conversations.get(BOB, begun),
        lambda: conversations.rename(BOB, begun, "mine"),
        lambda: conversations.remove(BOB, begun),
        lambda: conversations.export(BOB, begun),
        lambda: conversations.rate(BOB, begun, turn, "up", ""),
        lambda: conversations.ask(BOB, begun, "And?", knowledge),
        lambda: conversations.again(BOB, begun, turn, "", knowledge),
        lambda: conversations.get(BOB, "f" * 32),
    ):
        with pytest.raises(NotFound) as caught:
            attempt()
        assert caught.value.message == "There is no such conversation; the list of conversations shows yours."
    conversations.forget(BOB)
    assert conversations.get(ANA, begun).info.turns == 1
    conversations.forget(ANA)
    assert conversations.list(ANA) == ()


def test_search_finds_all_words_in_titles_and_turns(conversations: LocalConversations, knowledge: Telling) -> None:
    first = started(conversations, knowledge, "¿Qué es el Kérberoasting?", "What is 100% of T1110_x?")
    second = started(conversations, knowledge, "What is phishing?")
    conversations.rename(ANA, second, "Correo «engañoso»")

    def found(words: str) -> list[str]:
        return [info.id for info in conversations.list(ANA, words)]

    assert found("") == [second, first]
    assert found("KERBEROASTING") == found("kérb t1110") == [first]
    assert found("enganoso phishing") == [second]
    assert found("100%") == found("_x") == [first]
    assert found("%zzz") == found("kerberoasting phishing") == []


class Withdrawn(FixedKnowledge):
    """Holds nothing any more."""

    def document(self, document: str) -> StoredDocument:
        raise NotFound("There is no such document.")


def test_search_does_not_betray_what_its_owner_may_no_longer_read(
    conversations: LocalConversations, knowledge: Telling
) -> None:
    first = started(conversations, knowledge, "What is T1110?", "Who uses it?")
    second = started(conversations, knowledge, "Of what?")
    conversations.rename(ANA, first, "Salt")
    whole, without = conversations.seen_by(knowledge), conversations.seen_by(Withdrawn())

    def found(mine: LocalConversations, words: str) -> list[str]:
        return [info.id for info in mine.list(ANA, words)]

    assert found(whole, "passwords") == found(whole, "") == found(without, "") == [first, second]
    assert found(without, "passwords") == [], "it stands in answers alone, and in the titles of their sources"
    assert found(without, "SÁLT t1110") == [first], "these are the person's own words"
    assert found(without, "salt passwords") == []


def test_rename_and_remove(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = started(conversations, knowledge, "What is T1110?")
    assert conversations.rename(ANA, begun, "  Brute\nforce \0 ").title == "Brute force"
    with pytest.raises(BadInput, match="empty"):
        conversations.rename(ANA, begun, " \n ")
    last(conversations.ask(ANA, begun, "Why?", knowledge))
    assert conversations.get(ANA, begun).info.title == "Brute force"
    conversations.remove(ANA, begun)
    with pytest.raises(NotFound):
        conversations.get(ANA, begun)


def test_asking_again_replaces_the_turn_and_all_after_it(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = started(conversations, knowledge, "What is T1110?", "Who uses it?", "And T1566?")
    second = conversations.get(ANA, begun).turns[1]
    turn = last(conversations.again(ANA, begun, second.id, "How do I detect it?", knowledge))
    assert (turn.number, turn.standalone) == (2, "How do I detect T1110?")
    assert [one.asked for one in conversations.get(ANA, begun).turns] == ["What is T1110?", "How do I detect it?"]
    same = last(conversations.again(ANA, begun, turn.id, "", knowledge))
    assert (same.number, same.asked) == (2, "How do I detect it?")
    with pytest.raises(NotFound, match="turn"):
        conversations.again(ANA, begun, second.id, "", knowledge)


def test_feedback(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = started(conversations, knowledge, "What is T1110?", "What is T1566?", "busy?")
    first, second, failed = (turn.id for turn in conversations.get(ANA, begun).turns)
    assert conversations.rate(ANA, begun, first, "up", "").thumb == "up"
    rated = conversations.rate(ANA, begun, second, "down", " Wrong page. ")
    assert (rated.thumb, rated.reason) == ("down", "Wrong page.")
    told = conversations.feedback()
    assert [(one.person, one.turn, one.thumb, one.reason) for one in told] == [
        (ANA, second, "down", "Wrong page."),
        (ANA, first, "up", ""),
    ]
    assert (told[0].question, told[0].answer) == ("What is T1566?", "Of What is T1566?")
    assert len(conversations.feedback(limit=1)) == 1
    conversations.rate(ANA, begun, first, "", "not kept")
    assert [one.turn for one in conversations.feedback()] == [second]
    for thumb, reason, turn in (("sideways", "", first), ("up", "x" * 2001, first), ("up", "", failed)):
        with pytest.raises(BadInput):
            conversations.rate(ANA, begun, turn, thumb, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("question", ["", " \n", "\0", "x" * 4001])
def test_a_bad_question_is_refused_before_anything_is_stored(
    conversations: LocalConversations, knowledge: Telling, question: str
) -> None:
    begun = conversations.begin(ANA, "default")
    with pytest.raises(BadInput):
        conversations.ask(ANA, begun.id, question, knowledge)
    assert conversations.get(ANA, begun.id).turns == ()


def test_any_text_is_kept_as_it_is(conversations: LocalConversations, knowledge: Telling) -> None:
    question = "🔐 naïve ÄÖ ' \" \\ % _ {x} %s :name 漢字 \u0301 \U0001f9d1\u200d\U0001f4bb?"
    begun = started(conversations, knowledge, question)
    assert conversations.get(ANA, begun).turns[0].asked == question
    halves = started(conversations, knowledge, "half \ud800 of it")
    assert conversations.get(ANA, halves).turns[0].asked == "half ? of it"


def test_two_questions_at_once_are_two_turns(conversations: LocalConversations, knowledge: Telling) -> None:
    begun = conversations.begin(ANA, "default")
    barrier = threading.Barrier(4)

    def ask(number: int) -> ConversationTurn:
        events = conversations.ask(ANA, begun.id, f"What is T111{number}?", knowledge)
        barrier.wait()
        return last(events)

    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(ask, range(4)))
    assert {turn.state for turn in turns} == {"done"}
    assert [turn.number for turn in conversations.get(ANA, begun.id).turns] == [1, 2, 3, 4]


def test_old_turns_are_summarised_and_the_last_stay_word_for_word(database: Database, knowledge: Telling) -> None:
    budget = Budget(summary=20, verbatim=16)
    conversations = opened(database, Remembering(budget))
    begun = started(conversations, knowledge, *(f"What is T11{number}?" for number in range(10, 16)))
    kept = conversations.get(ANA, begun)
    assert 0 < kept.summarised < 6
    assert "T1110" in kept.summary or "T1111" in kept.summary
    last(conversations.ask(ANA, begun, "What is T1116?", knowledge))
    history = knowledge.asked[-1].history
    assert history[0] == Turn("", kept.summary)
    assert history[-1] == Turn("What is T1115?", "Of What is T1115?")
    assert TOOLS.tokens(kept.summary) <= budget.summary
    assert sum(TOOLS.tokens(turn.question + " " + turn.answer) for turn in history[1:]) <= budget.verbatim
    early = conversations.get(ANA, begun).turns[0]
    last(conversations.again(ANA, begun, early.id, "", knowledge))
    assert knowledge.asked[-1].history == ()
    assert conversations.get(ANA, begun).summary == ""


def test_a_model_summarises_and_rewrites_where_there_is_one(database: Database, knowledge: Telling) -> None:
    seen: list[list[Turn]] = []

    def summarise(turns: object) -> str:
        seen.append(list(turns))  # type: ignore[call-overload]
        if len(seen) == 2:
            raise ProviderBusy
        return f"Summary {len(seen)} [s1]."

    remembering = Remembering(Budget(20, 8), summarise, lambda text, turns: f"{text} of {turns[-1].question}")
    conversations = opened(database, remembering)
    begun = started(conversations, knowledge, "What is T1110?", "Why?", "What is T1566?")
    turns = conversations.get(ANA, begun).turns
    assert [turn.standalone for turn in turns] == ["What is T1110?", "Why? of What is T1110?", "What is T1566?"]
    assert seen[0][0] == Turn("What is T1110?", "Of What is T1110?")
    assert len(seen) == 2
    assert "T1110" in conversations.get(ANA, begun).summary, "the extract does where the model fails"


def test_the_answer_is_stored_with_its_evidence(database: Database, knowledge: Telling) -> None:
    started(opened(database), knowledge, "What is T1110?")
    with database.reading() as connection:
        stored = json.loads(connection.execute(text("SELECT answer FROM turns")).scalar_one())
    assert stored["passages"]
    assert stored["checks"]
