"""Who is next: links where they carry, base rates where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.errors import BadInput
from vedette.spread.cascade import Cascade, learn
from vedette.spread.forecast.scores import brier, recall_at
from vedette.spread.graph import Graph, graph_of

HOSTS = 150
LINKS = np.random.default_rng(5).integers(HOSTS, size=(700, 2))
LINKS = LINKS[LINKS[:, 0] != LINKS[:, 1]]
GRAPH = graph_of(HOSTS, LINKS[:, 0], LINKS[:, 1], 1.0)


def _cascades(graph: Graph, carries: np.ndarray, lure: np.ndarray, number: int) -> list[Cascade]:
    """Independent cascades from one host, round after round, and hosts that fall by themselves at some time."""
    chance = np.random.default_rng(8)
    made = []
    while len(made) < number:
        when = np.full(HOSTS, np.inf)
        alone = chance.random(HOSTS) < lure
        when[alone] = 3 * chance.random(int(alone.sum()))
        fresh = np.array([int(chance.integers(HOSTS))])
        when[fresh] = 0.0
        for round_ in range(1, 6):
            link, _ = graph.links_from(fresh)
            carried = graph.targets[link[chance.random(len(link)) < carries[link]]]
            fresh = np.unique(carried[when[carried] > round_])
            when[fresh] = round_
        order = np.argsort(when, kind="stable")
        hosts = order[np.isfinite(when[order])]
        if len(hosts) > 3:
            made.append(Cascade(hosts, when[hosts]))
    return made


def _judged(carries: np.ndarray, lure: np.ndarray) -> dict[str, tuple[float, float]]:
    cascades = _cascades(GRAPH, carries, lure, 500)
    model = learn(GRAPH, cascades[:400])
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "base": [], "exposure": []}
    for one in cascades[400:]:
        known = one.until(len(one.hosts) // 2).hosts
        later = np.isin(np.arange(HOSTS), one.hosts)
        later[known] = False
        ways = {"ours": model.probabilities, "base": model.base_rate, "exposure": model.exposure}
        for name, way in ways.items():
            said = way(known)
            assert (said[known] == 0).all()
            found[name].append((recall_at(said, later, 15), brier(np.minimum(said, 1), later)))
    return {name: tuple(np.mean(values, axis=0)) for name, values in found.items()}  # type: ignore[misc]


CHANCE = np.random.default_rng(2)
UNEVEN = np.where(CHANCE.random(GRAPH.links) < 0.3, 0.7, 0.02)
LURES = np.where(CHANCE.random(HOSTS) < 0.1, 0.3, 0.005)


def test_where_links_carry_they_tell_who_is_next() -> None:
    found = _judged(UNEVEN, np.full(HOSTS, 0.01))
    assert found["ours"][0] > 1.3 * found["base"][0]
    assert found["ours"][0] > found["exposure"][0]
    assert found["ours"][1] < 0.95 * found["base"][1]


def test_where_links_carry_nothing_the_base_rate_is_not_spoiled() -> None:
    found = _judged(np.zeros(GRAPH.links), LURES)
    assert found["ours"][0] >= found["base"][0] - 0.02
    assert found["ours"][1] <= found["base"][1] * 1.02
    assert found["exposure"][0] < 0.7 * found["base"][0]


def test_links_that_carry_are_told_from_those_that_do_not() -> None:
    model = learn(GRAPH, _cascades(GRAPH, UNEVEN, np.full(HOSTS, 0.005), 600))
    assert model.links[UNEVEN > 0.5].mean() > 3 * model.links[UNEVEN < 0.5].mean()
    assert ((model.links >= 0) & (model.links <= 1)).all()


def test_cascades_that_cannot_be_learned_from() -> None:
    good = [Cascade(np.array([0, 1]), np.array([0.0, 1.0]))] * 12
    with pytest.raises(BadInput, match="At least 10"):
        learn(GRAPH, good[:9])
    for wrong, said in (
        (Cascade(np.array([0, 0]), np.array([0.0, 1.0])), "once"),
        (Cascade(np.array([0, HOSTS]), np.array([0.0, 1.0])), "outside"),
        (Cascade(np.array([0, 1]), np.array([1.0, 0.0])), "order"),
    ):
        with pytest.raises(BadInput, match=said):
            learn(GRAPH, [*good, wrong])
