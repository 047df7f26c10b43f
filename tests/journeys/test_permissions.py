"""No caller ever sees what they may not read: random people over random libraries, a canary in every document."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from fakes.society import TOPICS, Echo, Sheet, Society, peopled, society
from fakes.words import WordEmbedder
from vedette.engines.qdrant import QdrantIndex
from vedette.errors import NotFound
from vedette.rag.cache import AnswerCache, MemoryStore
from vedette.rag.index.contract import Index
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.service import LocalKnowledge
from vedette.records import OWNER, Access, Query, Question, Retrieval, Sharing
from vedette.records_json import answer_json, encode, retrieval_json

DIMENSION = WordEmbedder.dimension
FORMS = (
    "What does {name} say about the {topic}?",
    "{name}",
    "Who keeps the {topic} of {name}?",
    "How is {identifier} mitigated?",
    "By when must {identifier} be remediated and what is the required action?",
    "Which techniques are there for the {topic}?",
    "List the vulnerabilities of the {topic}",
    "What is the {topic} and who is {name}?",
    "What is kept by {canary}?",
    "How is the {misspelt} {topic} kept?",
)


@pytest.fixture(params=["edge", "qdrant-in-memory"])
def make_index(request: pytest.FixtureRequest) -> Callable[[Path], Index]:
    if request.param == "edge":
        return lambda folder: EdgeIndex(folder / "index", DIMENSION)
    return lambda folder: QdrantIndex(QdrantClient(":memory:"), "test", DIMENSION, "ours")


def memory() -> AnswerCache:
    return AnswerCache(MemoryStore(10_000_000, 3600, time.monotonic))


def asked_about(chance: random.Random, sheet: Sheet) -> str:
    at = chance.randrange(1, len(sheet.name) - 1)
    form = chance.choice(FORMS)
    return form.format(
        name=sheet.name.title(),
        topic=chance.choice(TOPICS),
        identifier=sheet.identifier or "CVE-2031-1003",
        canary=sheet.canary,
        misspelt=(sheet.name[:at] + sheet.name[at + 1 :]).title(),
    )


def shown(knowledge: LocalKnowledge, question: str, collection: str, how: str) -> str:
    """Everything that a caller is told, as JSON."""
    if how == "retrieve":
        return json.dumps(retrieval_json(knowledge.retrieve(Query(question, collection))))
    if how == "scope":
        return json.dumps(encode(knowledge.scope(Question(question, collection))))
    events = list(knowledge.ask(Question(question, collection)))
    answers = [answer_json(event.answer, evidence=True) for event in events if event.answer]
    return json.dumps([*answers, *(event.text for event in events)])


def leaks(text: str, question: str, access: Access, world: Society) -> list[Sheet]:
    """The sheets that a text tells something of which the question does not say and the caller may not know."""
    folded, said = text.casefold(), question.casefold()
    return [
        sheet
        for sheet in world.sheets
        if not world.may(access, sheet)
        and any(word in folded and word not in said for word in (sheet.name, sheet.canary))
    ]


def interrogate(knowledge: LocalKnowledge, world: Society, queries: int, seed: int) -> dict[str, int]:
    """Ask so many questions as random people; counts what was asked and what was rightly found."""
    chance = random.Random(seed)
    done = {"asked": 0, "hidden": 0, "found": 0, "again": 0}
    before: list[tuple[Access, Sheet, str]] = []
    for _ in range(queries):
        if before and chance.random() < 0.4:  # what somebody asked, asked again, by anybody
            access, sheet, question = chance.choice(before)
            access = chance.choice((access, *world.people))
            done["again"] += 1
        else:
            access, sheet = chance.choice(world.people), chance.choice(world.sheets)
            question = asked_about(chance, sheet)
            before.append((access, sheet, question))
        mine = knowledge.seen_by(access)
        how = chance.choice(("ask", "ask", "retrieve", "scope"))
        done["asked"] += 1
        if not any(tag in access.tags for tag in world.readers[sheet.collection]):
            with pytest.raises(NotFound) as refused:
                shown(mine, question, sheet.collection, how)
            assert not leaks(refused.value.message, question, access, world)
            done["hidden"] += 1
            continue
        text = shown(mine, question, sheet.collection, how)
        assert leaks(text, question, access, world) == [], (access, how, question)
        if how in ("ask", "retrieve") and sheet.name.title() in question and world.may(access, sheet):
            assert sheet.canary in text, (access, how, question)
            done["found"] += 1
    return done


def inspect(knowledge: LocalKnowledge, world: Society) -> None:
    """Every list and every document, as everybody."""
    for access in world.people:
        mine, seen = knowledge.seen_by(access), world.seen(access)
        lists = [mine.documents(), mine.failures(), mine.collections()]
        assert not leaks(json.dumps(encode(lists)), "", access, world)
        assert {info.id for info in mine.documents()} == {sheet.id for sheet in seen}
        for info in mine.collections():
            assert info.documents == sum(sheet.collection == info.name for sheet in seen)
        for sheet in world.sheets:
            for read in (mine.document, mine.original, mine.remove, lambda one: mine.share(one, Sharing())):  # noqa: B023
                if sheet not in seen:
                    with pytest.raises(NotFound) as refused:
                        read(sheet.id)
                    with pytest.raises(NotFound) as absent:
                        read("0" * 16)
                    assert refused.value.message.replace(sheet.id, "0" * 16) == absent.value.message
            alike = [one for one in seen if (one.identifier, one.collection) == (sheet.identifier, sheet.collection)]
            if sheet.identifier and alike:
                card = mine.identifier(sheet.identifier, sheet.collection)
                assert not leaks(json.dumps(encode(card)), "", access, world)
                assert {line.document for line in card.lines} == {one.id for one in alike}
            else:
                with pytest.raises(NotFound) as refused:
                    mine.identifier(sheet.identifier or "T9999", sheet.collection)
                assert not leaks(refused.value.message, "", access, world)


def test_nobody_sees_what_they_may_not_read(tmp_path: Path, make_index: Callable[[Path], Index]) -> None:
    world = society(seed=1)
    with peopled(tmp_path, make_index(tmp_path), world, memory(), [Echo()]) as knowledge:
        inspect(knowledge, world)
        done = interrogate(knowledge, world, 150, seed=2)
    assert min(done.values()) > 5, done


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_questions_betray_nothing(tmp_path: Path, make_index: Callable[[Path], Index], seed: int) -> None:
    world = society(seed)
    cache = memory() if seed % 2 else None
    with peopled(tmp_path, make_index(tmp_path), world, cache, [Echo()] if seed % 3 else []) as knowledge:
        inspect(knowledge, world)
        done = interrogate(knowledge, world, 500, seed)
    assert done["asked"] == 500


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[tuple[Access, Society, LocalKnowledge, LocalKnowledge]]:
    """Somebody before a whole library, and the owner of one that holds nothing but what they may read."""
    world = society(seed=11)
    access = max(world.people, key=lambda one: min(len(world.seen(one)), len(world.sheets) - len(world.seen(one))))
    mine = {sheet.id for sheet in world.seen(access)}
    (tmp_path / "whole").mkdir()
    (tmp_path / "part").mkdir()
    whole = EdgeIndex(tmp_path / "whole" / "index", DIMENSION)
    part = EdgeIndex(tmp_path / "part" / "index", DIMENSION)
    with (
        peopled(tmp_path / "whole", whole, world) as all_of_it,
        peopled(tmp_path / "part", part, world, keep=lambda sheet: sheet.id in mine) as alone,
    ):
        yield access, world, all_of_it, alone


def scores(retrieval: Retrieval) -> dict[str, float]:
    """Every score of every passage."""
    return {
        f"{passage.chunk.id} {lane}": score
        for passage in retrieval.passages
        for lane, score in encode(passage.scores).items()
    }


def test_what_is_hidden_changes_nothing(twins: tuple[Access, Society, LocalKnowledge, LocalKnowledge]) -> None:
    """Passages, scores and answers are those of a library without it; only the scope's calibration is of the whole."""
    access, world, whole, alone = twins
    for part in (whole, alone):
        for name in world.readers:
            part._library.catalog.collections.calibrate(name, '{"version": 0}', 0)
    chance, mine, compared = random.Random(5), whole.seen_by(access), 0
    for _ in range(120):
        sheet = chance.choice(world.sheets)
        if sheet.collection not in {info.name for info in mine.collections()}:
            continue
        question = asked_about(chance, sheet)
        query = Query(question, sheet.collection)
        ours, theirs = mine.retrieve(query), alone.retrieve(query)
        assert scores(ours) == pytest.approx(scores(theirs), abs=1e-4), question
        one, other = (list(part.ask(Question(question, sheet.collection)))[-1].answer for part in (mine, alone))
        assert one is not None
        assert other is not None
        assert (one.text, one.sources, one.reason, one.topics) == (
            other.text,
            other.sources,
            other.reason,
            other.topics,
        )
        compared += 1
    assert compared > 20


def test_sharing_takes_effect_at_the_very_next_question(tmp_path: Path, make_index: Callable[[Path], Index]) -> None:
    world = society(seed=3)
    world = replace(world, readers=dict.fromkeys(world.readers, ("everyone",)))
    person = Access(("everyone", "user:0"), "GREEN")
    with peopled(tmp_path, make_index(tmp_path), world, memory()) as knowledge:
        mine = knowledge.seen_by(person)
        sheet = next(one for one in world.sheets if one.document.kind == "prose" and world.may(person, one))
        question = f"Who keeps the {sheet.name.title()}?"

        def told() -> bool:
            texts = [shown(mine, question, sheet.collection, how) for how in ("ask", "retrieve", "ask")]
            found = {sheet.canary in text for text in texts}
            assert len(found) == 1
            return found.pop()

        assert told()
        for sharing, seen in (
            (Sharing(("user:1",)), False),
            (Sharing(("user:0",)), True),
            (Sharing(("user:0",), "RED"), False),
            (Sharing(tlp="GREEN"), True),
        ):
            info = knowledge.share(sheet.id, sharing)
            assert info.sharing == sharing
            assert told() is seen
        knowledge.share_collection(sheet.collection, ("user:1",))
        with pytest.raises(NotFound):
            told()
        knowledge.share_collection(sheet.collection, ("group:x", "user:0"))
        assert told()
        assert knowledge.verify().sound
        knowledge.remove(sheet.id)
        assert not told()
        assert sheet.canary not in shown(knowledge.seen_by(OWNER), question, sheet.collection, "ask")
