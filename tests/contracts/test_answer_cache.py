"""One suite for both stores of answers, in memory and a real Redis, and for what may be given from them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.society import Echo, Sheet, Society, peopled, society
from fakes.words import WordEmbedder
from vedette.engines.redis_cache import PAUSE_S, RedisStore
from vedette.errors import BadInput, ProviderBusy, StorageError
from vedette.rag.cache import OVERHEAD, AnswerCache, MemoryStore, Store, cache_health
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.service import LocalKnowledge
from vedette.records import Access, Answer, Message, PartHealth, Question, Sharing, Turn

Make = Callable[[float], Store]


@pytest.fixture(params=["memory", "redis"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes a store that keeps for so many seconds."""
    with ExitStack() as stack:

        def made(seconds: float) -> Store:
            store: Store
            if request.param == "memory":
                store = MemoryStore(1_000_000, seconds, time.monotonic)
            else:
                store = RedisStore(request.getfixturevalue("redis_url"), seconds, time.monotonic)
            stack.callback(store.close)
            return store

        yield made


class Counting:
    """A store that counts what it gives."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.given = self.kept = 0

    def get(self, key: str) -> bytes | None:
        found = self._store.get(key)
        self.given += found is not None
        return found

    def put(self, key: str, value: bytes) -> None:
        self.kept += 1
        self._store.put(key, value)

    def check(self) -> str:
        return self._store.check()

    def close(self) -> None:
        self._store.close()


@pytest.fixture
def store(make: Make) -> Counting:
    return Counting(make(60))


WORLD = replace(society(seed=4, people=2, collections=1, documents=12), readers={"c0": ("everyone",)})
ANNA, BERT = Access(("everyone", "user:anna"), "RED"), Access(("everyone", "user:bert"), "RED")


@pytest.fixture
def knowledge(tmp_path: Path, store: Counting) -> Iterator[LocalKnowledge]:
    index = EdgeIndex(tmp_path / "index", WordEmbedder.dimension)
    with peopled(tmp_path, index, open_to_all(WORLD), AnswerCache(store)) as opened:
        yield opened


def open_to_all(world: Society) -> Society:
    return replace(world, sheets=tuple(replace(sheet, sharing=Sharing()) for sheet in world.sheets))


def answer(knowledge: LocalKnowledge, question: Question) -> Answer:
    answers = [event.answer for event in knowledge.ask(question) if event.answer]
    assert len(answers) == 1
    return answers[0]


def prose() -> Sheet:
    return next(sheet for sheet in WORLD.sheets if sheet.document.kind == "prose")


def about(sheet: Sheet) -> Question:
    return Question(f"Who keeps the {sheet.name.title()}?", sheet.collection)


def test_what_is_put_is_given_back_until_its_time_is_over(make: Make) -> None:
    store = make(0.3)
    assert store.get("a") is None
    store.put("a", b"\x00one")
    store.put("b", b"")
    assert (store.get("a"), store.get("b")) == (b"\x00one", b"")
    store.put("a", b"two")
    assert store.get("a") == b"two"
    time.sleep(0.4)
    assert store.get("a") is None


def test_a_store_says_that_it_is_well(make: Make) -> None:
    store = make(60)
    store.put("a", bytes(100_000))
    assert store.check() in ("1 answers in memory, 0.1 of 1.0 MB", "Redis answers")


def test_memory_keeps_what_was_used_last_within_its_bytes() -> None:
    store = MemoryStore(3 * (OVERHEAD + 101), 60, time.monotonic)
    for key in "abc":
        store.put(key, bytes(100))
    store.get("a")
    store.put("d", bytes(100))
    assert [key for key in "abcd" if store.get(key) is not None] == ["a", "c", "d"]
    store.put("e", bytes(10_000))
    assert [key for key in "acde" if store.get(key) is not None] == []


def test_redis_that_is_not_there_is_told_and_left_alone_for_a_while() -> None:
    now = [0.0]
    store = RedisStore("redis://127.0.0.1:1/0", 60, lambda: now[0])
    for key in ("a", "b"):
        with pytest.raises(StorageError, match=r"d(oes|id) not answer"):
            store.get(key)
        with pytest.raises(StorageError, match="did not answer"):
            store.check()
    now[0] = PAUSE_S + 1
    with pytest.raises(StorageError, match="check VEDETTE_CACHE_URL"):
        store.check()
    now[0] = 2 * PAUSE_S + 2
    with pytest.raises(StorageError, match="does not answer"):
        store.put("a", b"")
    with pytest.raises(BadInput, match="redis://"):
        RedisStore("http://127.0.0.1", 60, time.monotonic)


@pytest.mark.slow
def test_answers_go_on_without_a_cache_that_works(tmp_path: Path) -> None:
    index = EdgeIndex(tmp_path / "index", WordEmbedder.dimension)
    cache = AnswerCache(RedisStore("redis://127.0.0.1:1/0", 60, time.monotonic))
    with peopled(tmp_path, index, open_to_all(WORLD), cache) as opened:
        assert prose().canary in answer(opened, about(prose())).text
        (part,) = (part for part in opened.health() if part.name == "answer cache")
        assert (part.ok, "is asked again" in part.advice) == (False, True)
    assert cache_health(None) == PartHealth("answer cache", True, "off")


def test_the_same_answer_is_given_again_and_said_to_be(knowledge: LocalKnowledge, store: Counting) -> None:
    first, second = (answer(knowledge, about(prose())) for _ in range(2))
    assert (store.kept, store.given) == (1, 1)
    assert prose().canary in first.text
    assert replace(second, timings_ms={}) == replace(first, timings_ms={})
    assert (set(second.timings_ms), "dense" in first.timings_ms) == ({"cache"}, True)


def test_another_question_caller_or_history_is_another_answer(knowledge: LocalKnowledge, store: Counting) -> None:
    question = about(prose())
    others = [
        question,
        replace(question, text=f"{question.text} "),
        replace(question, language="es"),
        replace(question, filters={"kind": "prose"}),
        replace(question, history=(Turn("Who?", "She."),)),
    ]
    for caller in (knowledge, knowledge.seen_by(ANNA), knowledge.seen_by(BERT)):
        for one in others:
            answer(caller, one)
    assert (store.given, store.kept) == (0, 15)
    answer(knowledge.seen_by(Access(("user:anna", "everyone"), "RED")), question)
    assert store.given == 1


def test_nothing_that_changed_goes_or_is_forbidden_is_given(knowledge: LocalKnowledge, store: Counting) -> None:
    sheet, question, anna = prose(), about(prose()), knowledge.seen_by(ANNA)
    for change, seen in (
        (lambda: knowledge.share(sheet.id, Sharing(("user:bert",))), False),
        (lambda: knowledge.share(sheet.id, Sharing(("user:anna",))), True),
        (lambda: knowledge.share_collection("c0", ("user:anna", "everyone")), True),
        (lambda: knowledge.remove(sheet.id), False),
    ):
        answer(anna, question)
        change()
        for _ in range(2):
            assert (sheet.canary in answer(anna, question).text) is seen
    assert store.given > 0


def test_an_answer_made_while_something_changed_is_not_kept(knowledge: LocalKnowledge, store: Counting) -> None:
    events = knowledge.ask(about(prose()))
    next(events)
    knowledge.share(prose().id, Sharing(("user:bert",)))
    assert [event.answer for event in events if event.answer]
    assert store.kept == 0


class Failing:
    name = "failing"

    def generate(self, messages: list[Message], limits: object) -> Iterator[str]:
        raise ProviderBusy("too many requests", 60.0)
        yield ""


@pytest.mark.slow
@pytest.mark.parametrize(("models", "kept"), [([Failing()], 0), ([Failing(), Echo()], 0), ([Echo()], 1)])
def test_an_answer_that_came_of_a_failure_is_not_kept(
    tmp_path: Path, store: Counting, models: list[Failing | Echo], kept: int
) -> None:
    index = EdgeIndex(tmp_path / "index", WordEmbedder.dimension)
    with peopled(tmp_path, index, open_to_all(WORLD), AnswerCache(store), models) as opened:
        first = answer(opened, about(prose()))
        assert prose().canary in first.text
        assert store.kept == kept
        refused = answer(opened, Question("Who won the 1998 World Cup of Zürich?", "c0"))
        assert refused.refused
        assert store.kept == kept + 1


def test_another_model_makes_other_answers(knowledge: LocalKnowledge, store: Counting) -> None:
    made = [LocalKnowledge(knowledge._desk, knowledge._reader, AnswerCache(store, making)) for making in ("a", "b")]
    for one in (*made, *made):
        answer(one, about(prose()))
    assert (store.kept, store.given) == (2, 2)
