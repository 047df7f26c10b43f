"""Who is next, over every store: the order of the line, fair between people, and how many each of them may ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.queue import ANA, ANY, BOB, EVE, again, answered, ask, dead, moment, opened, question, taken
from vedette.errors import TooMany
from vedette.questions import rows
from vedette.questions.contract import QuestionStore, Quota
from vedette.storage.database import sqlite_url

PEOPLE = [ANA, BOB, EVE]


def flood(store: QuestionStore, person: str, number: int, since: float = 0, priority: int = 1) -> list[str]:
    return [ask(store, person, since + one / 1000, priority=priority).id for one in range(number)]


def served(store: QuestionStore, number: int) -> str:
    """The people whose questions come next, answered one after the other: `a`, `b` or `e` for each."""
    who = []
    for _ in range(number):
        claim = taken(store)
        store.finish(claim, answered())
        who.append(claim.question.person[0])
    return "".join(who)


def test_one_person_in_the_order_asked(store: QuestionStore) -> None:
    ids = flood(store, ANA, 5)
    assert [store.get(one).place for one in ids] == [1, 2, 3, 4, 5]
    assert [taken(store).question.id for _ in ids] == ids


def test_the_first_question_stands_before_the_flood_of_another(store: QuestionStore) -> None:
    flood(store, ANA, 100)
    assert ask(store, BOB, 1).place == 2
    assert served(store, 4) == "abaa"


def test_three_floods_take_turns(store: QuestionStore) -> None:
    for second, person in enumerate(PEOPLE):
        flood(store, person, 4, second)
    assert served(store, 12) == "abe" * 4


def test_a_newcomer_is_neither_starved_nor_put_first(store: QuestionStore) -> None:
    """After hours in which others asked, and while they still wait."""
    for second in range(30):
        flood(store, ANA, 1, second)
        assert served(store, 1) == "a"
    flood(store, ANA, 8, 40)
    flood(store, BOB, 8, 41)
    assert served(store, 6) == "ababab"
    flood(store, EVE, 5, 42)
    assert served(store, 15) == "abe" * 5


def test_who_asks_one_after_the_other_starves_nobody(store: QuestionStore) -> None:
    flood(store, BOB, 10)
    for second in range(1, 10):
        ask(store, ANA, second)
        assert sorted(served(store, 2)) == ["a", "b"]


def test_staff_goes_first(store: QuestionStore) -> None:
    flood(store, ANA, 3)
    flood(store, BOB, 3, 1)
    flood(store, EVE, 2, 2, priority=0)
    assert served(store, 8) == "eeababab"


def test_whoever_becomes_staff_begins_anew(store: QuestionStore) -> None:
    flood(store, ANA, 50)
    flood(store, BOB, 3, 1, priority=0)
    ask(store, ANA, 2, priority=0)
    assert served(store, 4) == "babb"


def test_one_that_rested_long_sets_nobody_back(store: QuestionStore) -> None:
    """It comes next, for it is old; whoever asks while it waits again stands where everybody stands."""
    old = ask(store, EVE).id
    store.finish(taken(store), again(due=60))
    flood(store, ANA, 40, 1)
    assert served(store, 30) == "a" * 30
    assert store.wake(moment(60)) == 1
    flood(store, BOB, 10, 61)
    assert store.get(old).place == 1
    assert served(store, 20) == "eb" + "ab" * 9


def test_what_is_being_answered_is_a_turn(store: QuestionStore) -> None:
    flood(store, ANA, 2)
    for _ in range(2):
        taken(store)
    flood(store, BOB, 2, 1)
    flood(store, ANA, 2, 2)
    assert served(store, 4) == "bbaa"


def test_an_hour_in_which_nothing_is_answered_is_forgiven(store: QuestionStore) -> None:
    flood(store, ANA, 5)
    for _ in range(5):
        store.finish(taken(store), again(due=60))
    flood(store, BOB, 5, 10)
    assert store.wake(moment(60)) == 5
    assert served(store, 10) == "ab" * 5


@pytest.mark.parametrize("end", ["cancelled", "dead"])
def test_what_came_to_nothing_costs_no_turns(store: QuestionStore, end: str) -> None:
    for one in flood(store, ANA, 5):
        if end == "cancelled":
            assert store.cancel(one)
        else:
            store.finish(taken(store), dead())
    flood(store, BOB, 5, 1)
    flood(store, ANA, 5, 2)
    assert served(store, 10) == "ba" * 5


def test_what_is_tried_again_stands_at_the_end(store: QuestionStore) -> None:
    gone = flood(store, ANA, 3)
    for one in gone:
        assert store.cancel(one)
    flood(store, BOB, 3, 1)
    for one in gone:
        assert store.retry(one)
    assert [taken(store).question.person for _ in range(6)] == [ANA, BOB] * 3, "its flood is still one"


def test_the_place_is_the_order(store: QuestionStore) -> None:
    for second, (person, priority) in enumerate([(ANA, 1)] * 3 + [(BOB, 1)] * 2 + [(EVE, 0), (ANA, 0), (EVE, 1)]):
        ask(store, person, second, priority=priority)
    places = {one.id: store.get(one.id).place for one in store.list()}
    assert sorted(places.values()) == list(range(1, 9))
    order = [taken(store).question.id for _ in places]
    assert order == sorted(places, key=places.__getitem__)
    assert {store.get(one).place for one in order} == {0}


def test_a_long_line_is_not_counted_to_its_end(store: QuestionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "FURTHEST", 3)
    assert [store.get(one).place for one in flood(store, ANA, 6)] == [1, 2, 3, 4, 4, 4]


class TestQuota:
    def test_of_those_that_wait(self, store: QuestionStore) -> None:
        two = Quota(waiting=2)
        first, _ = (store.add(question(second=second), two) for second in range(2))
        with pytest.raises(TooMany, match="2 of your questions wait"):
            store.add(question(), two)
        assert store.add(question(BOB), two).number == 1
        taken(store)
        with pytest.raises(TooMany):
            store.add(question(), two)
        store.finish(taken(store), again(due=60))
        assert store.cancel(first.id)
        assert store.add(question(second=3), two).number == 3
        with pytest.raises(TooMany):
            store.add(question(), two)

    def test_of_a_day(self, store: QuestionStore) -> None:
        for second in range(3):
            ask(store, ANA, second)
            store.finish(taken(store), answered())
        with pytest.raises(TooMany, match="3 questions in 24 hours"):
            store.add(question(), Quota(per_day=3, day=moment(-1)))
        with pytest.raises(TooMany):
            store.add(question(second=4), Quota(per_day=2, day=moment(0)))
        assert store.add(question(second=4), Quota(per_day=3, day=moment(0))).number == 4

    def test_it_does_not_matter_for_what_is_there_already(self, store: QuestionStore) -> None:
        one = Quota(waiting=1, per_day=1, day=moment(-1))
        new = question()
        assert store.add(new, one) == store.add(new, one)
        with pytest.raises(TooMany):
            store.add(question(), one)

    def test_whoever_is_refused_leaves_nothing(self, store: QuestionStore) -> None:
        ask(store)
        with pytest.raises(TooMany):
            store.add(new := question(), Quota(waiting=1))
        assert len(store.list()) == 1
        assert store.add(new, ANY).number == 2


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuestionStore]:
    with opened(sqlite_url(tmp_path_factory.mktemp("line") / "people.db")) as store:
        yield store


class Backlogs:
    """How often everybody was served of those who waited together, since they did."""

    def __init__(self) -> None:
        self.waiting: Counter[str] = Counter()
        self.leads: dict[tuple[str, str], list[int]] = {}

    def asked(self, person: str) -> None:
        self.waiting[person] += 1
        self._look()

    def was_served(self, person: str) -> None:
        self.waiting[person] -= 1
        for pair, leads in self.leads.items():
            leads.append(leads[-1] + (pair[0] == person) - (pair[1] == person))
        self._look()

    def _look(self) -> None:
        for pair in combinations(PEOPLE, 2):
            if all(self.waiting[person] for person in pair):
                self.leads.setdefault(pair, [0])
            else:
                self.leads.pop(pair, None)


def traffic(store: QuestionStore, steps: list[tuple[str, int] | None], check: Callable[[Backlogs], None]) -> None:
    for person in PEOPLE:
        store.forget(person)
    backlogs = Backlogs()
    for second, step in enumerate(steps):
        if step is not None:
            flood(store, step[0], step[1], second)
            for _ in range(step[1]):
                backlogs.asked(step[0])
        elif any(backlogs.waiting.values()):
            backlogs.was_served(PEOPLE["abe".index(served(store, 1))])
        check(backlogs)
    for _ in range(backlogs.waiting.total()):
        backlogs.was_served(PEOPLE["abe".index(served(store, 1))])
        check(backlogs)


CHECKED = settings(max_examples=60, deadline=None)
Step = st.one_of(st.none(), st.tuples(st.sampled_from(PEOPLE), st.integers(1, 6)))


@pytest.mark.slow
def test_fair_to_the_flood_of_everybody(line: QuestionStore) -> None:
    """From when two who never asked before wait together, neither is ever ahead by more than one."""

    def check(now: Backlogs) -> None:
        assert all(abs(leads[-1]) <= 1 for leads in now.leads.values())

    @CHECKED
    @given(st.permutations(PEOPLE), st.lists(st.integers(0, 9), min_size=3, max_size=3))
    def held(people: list[str], pauses: list[int]) -> None:
        turns = zip(people, pauses, strict=True)
        traffic(line, [step for who, pause in turns for step in ((who, 12), *[None] * pause)], check)

    held()


@pytest.mark.slow
def test_fair_to_any_traffic(line: QuestionStore) -> None:
    """Between any two moments while two people wait, the numbers served differ by at most two: one of each size (SFQ,
    theorem 1)."""

    def check(now: Backlogs) -> None:
        for leads in now.leads.values():
            assert max(leads) - min(leads) <= 2

    @CHECKED
    @given(st.lists(Step, min_size=10, max_size=40))
    def held(steps: list[tuple[str, int] | None]) -> None:
        traffic(line, steps, check)

    held()
