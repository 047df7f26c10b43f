"""How a worker is put together: a question that follows another is understood with it, as its person may read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.knowledge import ANSWER, FixedKnowledge
from fakes.queue import ANA, BOB, answered, ask, question, taken
from vedette.app_conversations import text_tools
from vedette.app_questions import Desk, worker
from vedette.conversations.rewrite import Rewriter
from vedette.questions.contract import Quota
from vedette.questions.store import SqlQuestions
from vedette.records import OWNER_ID, Answer, QueuedQuestion, Source
from vedette.settings import Settings
from vedette.storage.database import Database, open_database, sqlite_url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_url(tmp_path / "people.db"))
    yield opened
    opened.close()


@pytest.fixture
def knowledge() -> FixedKnowledge:
    return FixedKnowledge()


@pytest.fixture
def desk(database: Database, knowledge: FixedKnowledge, tmp_path: Path) -> Desk:
    store, tools = SqlQuestions(database), text_tools()
    return Desk(Settings(tmp_path), database, store, lambda: nullcontext(knowledge), Rewriter(tools).standalone)


def answer_to(desk: Desk, asked: QueuedQuestion) -> Answer | None:
    return worker(desk)._hands.answer(asked, False, lambda: False)


def first(desk: Desk, person: str = OWNER_ID, source: Source = ANSWER.sources[0]) -> QueuedQuestion:
    """A question about a CVE that was answered."""
    asked = ask(desk.store, person, text="What is CVE-2021-44228?")
    told = replace(ANSWER, text="CVE-2021-44228 is a fault of Log4j. [s1]", sources=(source,))
    desk.store.finish(taken(desk.store), replace(answered(), answer=told))
    return asked


def follow_up(desk: Desk, follows: str, person: str = OWNER_ID) -> QueuedQuestion:
    return desk.store.add(question(person, 5, "How do I mitigate it?", follows=follows), Quota())


def test_a_follow_up_is_searched_as_it_stands_alone_and_says_so(desk: Desk, knowledge: FixedKnowledge) -> None:
    answer = answer_to(desk, follow_up(desk, first(desk).id))
    assert knowledge.asked[-1].text == "How do I mitigate CVE-2021-44228?"
    assert knowledge.asked[-1].history[0].answer == "CVE-2021-44228 is a fault of Log4j."
    assert answer is not None
    assert "“it”" in answer.notices[0]


def test_nothing_is_taken_from_what_cannot_be_read_any_more(desk: Desk, knowledge: FixedKnowledge) -> None:
    gone = replace(ANSWER.sources[0], document="gone")
    answer_to(desk, follow_up(desk, first(desk, source=gone).id))
    assert "fault" not in knowledge.asked[-1].history[0].answer


def test_the_question_of_another_is_not_followed(desk: Desk, knowledge: FixedKnowledge) -> None:
    theirs = first(desk, BOB)
    answer_to(desk, follow_up(desk, theirs.id))
    answer_to(desk, follow_up(desk, "0" * 32))
    assert [(asked.text, asked.history) for asked in knowledge.asked] == [("How do I mitigate it?", ())] * 2


def test_who_is_gone_is_not_answered(desk: Desk) -> None:
    claim = worker(desk)
    ask(desk.store, ANA)
    claim._answer()
    assert [(one.state, one.reason) for one in desk.store.list(ANA)] == [("dead", "not_allowed")]
