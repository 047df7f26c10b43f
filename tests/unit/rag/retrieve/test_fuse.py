"""Fusion, the exact lane and near-duplicates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.rag.retrieve import fuse


def candidates(dense: list[float], lexical: list[float], exact: list[float] | None = None) -> fuse.Candidates:
    n = len(dense)
    return fuse.Candidates(
        tuple(range(n)), np.array(dense), np.array(lexical), np.array(exact or [0.0] * n),
    )  # fmt: skip


def ranked(found: fuse.Candidates, weight: float) -> list[fuse.Ranked]:
    return list(fuse.rank(found, weight))


def test_scores_are_divided_by_the_best_of_their_lane() -> None:
    ranking = ranked(candidates([0.8, 0.4], [5.0, 20.0]), 0.5)
    assert [(one.point, one.scores.final) for one in ranking] == [(1, pytest.approx(0.75)), (0, pytest.approx(0.625))]
    assert (ranking[0].scores.dense, ranking[0].scores.lexical) == (0.4, 20.0)


def test_what_the_question_names_comes_first_whatever_the_other_lanes_say() -> None:
    ranking = ranked(candidates([0.9, 0.1], [20.0, 1.0], [0.0, 1.0]), 0.5)
    assert [one.point for one in ranking] == [1, 0]
    assert ranking[0].scores.exact == 1.0


def test_a_name_that_is_a_small_part_of_the_question_decides_little() -> None:
    ranking = ranked(candidates([0.9, 0.8], [20.0, 15.0], [0.0, 0.2]), 0.5)
    assert [one.point for one in ranking] == [0, 1]


def test_a_lane_that_found_nothing_does_not_count() -> None:
    ranking = ranked(candidates([0.5, 0.6], [0.0, 0.0]), 0.5)
    assert [one.point for one in ranking] == [1, 0]
    assert ranked(candidates([-0.1, -0.2], [0.0, 0.0]), 0.5)[0].scores.final == 0.0


def test_no_candidates_no_ranking() -> None:
    assert ranked(candidates([], []), 0.5) == []


def test_equal_scores_keep_one_order() -> None:
    assert [one.point for one in ranked(candidates([0.5] * 4, [1.0] * 4), 0.5)] == [0, 1, 2, 3]


def test_passages_that_share_a_question_lift_each_other() -> None:
    alone, one, other = 1, 2, 3
    found = fuse.Candidates((alone, one, other), np.ones(3), np.array([3.2, 3.0, 3.0]), np.zeros(3))
    matches = np.array([[1.6, 1.6], [3.0, 0.0], [0.0, 3.0]])
    leaning = fuse.in_context(found, {alone: "a", one: "b", other: "b"}, matches)
    assert leaning.lexical.tolist() == pytest.approx([3.2, 3.75, 3.75])
    assert [one.point for one in ranked(leaning, 0.5)] == [one, other, alone]


def test_passages_that_say_the_same_gain_nothing_and_neither_does_one_that_was_not_looked_at() -> None:
    found = candidates([1.0] * 3, [3.0, 3.0, 1.0])
    leaning = fuse.in_context(found, {0: "a", 1: "a"}, np.array([[2.0, 1.0], [2.0, 1.0]]))
    assert leaning.lexical.tolist() == [3.0, 3.0, 1.0]
    assert fuse.in_context(found, {}, np.zeros((0, 2))).lexical.tolist() == [3.0, 3.0, 1.0]


@given(st.lists(st.lists(st.floats(0.0, 9.0), min_size=4, max_size=4), min_size=1, max_size=8))
def test_a_passage_never_gains_half_of_what_its_document_has_over_it(matches: list[list[float]]) -> None:
    terms = np.array(matches)
    own = terms.sum(axis=1)
    found = fuse.Candidates(tuple(range(len(own))), own, own, np.zeros(len(own)))
    leaning = fuse.in_context(found, dict.fromkeys(found.points, "a"), terms).lexical
    assert np.all(own <= leaning)
    assert np.all(leaning <= own + (terms.max(axis=0).sum() - own) / 2 + 1e-9)
    assert np.all(np.diff(leaning[np.argsort(own)]) >= -1e-9), "the passages of one document keep their order"


def test_the_head_is_the_best_of_the_ranking() -> None:
    found = candidates([value / 100 for value in range(1, 61)], [60.0 - value for value in range(60)])
    assert fuse.head(found, 0.7) == [one.point for one in ranked(found, 0.7)][: fuse.HEAD]


lane = st.lists(st.floats(0.001, 1.0), min_size=1, max_size=30)


@given(lane, st.randoms(use_true_random=False), st.floats(0.1, 100.0), st.floats(0.0, 1.0))
def test_the_unit_of_a_lane_does_not_matter(dense: list[float], random: object, unit: float, weight: float) -> None:
    lexical = [1.0 - value / 2 for value in dense]
    one = ranked(candidates(dense, lexical), weight)
    other = ranked(candidates(dense, [value * unit for value in lexical]), weight)
    assert [r.scores.final for r in one] == pytest.approx([r.scores.final for r in other])
    finals = [item.scores.final for item in one]
    assert finals == sorted(finals, reverse=True)
    assert all(0.0 <= final <= 1.0 + 1e-9 for final in finals)


@pytest.mark.parametrize(
    ("question", "corpus", "spoken", "weight"),
    [
        ("en", ["en"], ["en"], fuse.BALANCED),
        ("es", ["es"], ["en"], fuse.FOREIGN),
        ("es", ["es"], [], fuse.BALANCED),
        ("es", ["en"], ["en"], fuse.ACROSS),
        ("en", [], ["en"], fuse.BALANCED),
    ],
)
def test_the_dense_lane_counts_by_language(question: str, corpus: list[str], spoken: list[str], weight: float) -> None:
    assert fuse.dense_weight(question, corpus, spoken) == weight


def test_an_identifier_is_sure_and_a_name_as_sure_as_its_share() -> None:
    asked = {"t1190": (0, 5), "log4shell": (10, 19)}
    about = {"t1190": ["technique"], "log4shell": ["advisory", "technique"]}
    found = fuse.named_documents(asked, about, {"t1190"}, lambda start, end: 0.3)
    assert found == {"technique": 1.0, "advisory": 0.3}


def test_a_name_inside_a_longer_name_does_not_count() -> None:
    asked = {"shell": (4, 9), "web shell": (0, 9)}
    about = {"shell": ["a"], "web shell": ["b"]}
    assert fuse.named_documents(asked, about, (), lambda start, end: 0.5) == {"b": 0.5}


def test_repetitions_are_folded_into_the_better_passage() -> None:
    words = [f"word{i}" for i in range(40)]
    texts = [" ".join(words), " ".join([*words[:-1], "other"]), " ".join(words[20:]), "something else"]
    assert list(fuse.fold(texts, str)) == [texts[0], texts[2], texts[3]]


def test_folding_reads_no_further_than_it_is_asked() -> None:
    read: list[int] = []

    def text(number: int) -> str:
        read.append(number)
        return f"passage {number} of its own"

    folded = fuse.fold(range(100), text)
    assert [next(folded), next(folded)] == [0, 1]
    assert read == [0, 1]
