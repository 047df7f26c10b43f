"""What `simulate` promises of any outbreak: who comes sooner, and that the same comes again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.errors import BadInput, Cancelled
from vedette.spread.graph import Graph, graph_of
from vedette.spread.outbreak import ByDay, Model, Outbreak, Phase, Reach, Run, Times
from vedette.spread.simulate import simulate

ENTRY = Outbreak(np.array([0], dtype=np.int32))
patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def random_graph(hosts: int, links: int, seed: int) -> Graph:
    random = np.random.default_rng(seed)
    sources, targets = random.integers(0, hosts, (2, links))
    apart = sources != targets
    rates = random.exponential(1.0, links)
    return graph_of(
        hosts, sources[apart], targets[apart], rates[apart], random.exponential(1, hosts), random.exponential(2, hosts)
    )


def days(graph: Graph, outbreak: Outbreak, run: Run) -> npt.NDArray[np.float32]:
    return simulate(graph, outbreak, Times(), run).days


@patient
@given(
    st.integers(2, 40), st.integers(1, 200), st.integers(0, 10**6), st.sampled_from(["SI", "SIR", "SEIR"]), st.data()
)
def test_less_of_anything_compromises_nobody_sooner(
    hosts: int, links: int, seed: int, model: Model, data: st.DataObject
) -> None:
    """Slower or closed links, sooner cleaning, later onset, fewer entries, more immune: in no world, for no host."""
    graph, run = random_graph(hosts, links, seed), Run(20, seed=seed, threads=1)
    random = np.random.default_rng(seed + 1)
    until = data.draw(st.sampled_from([0.5, 3.0, np.inf]))
    outbreak = Outbreak(np.unique(random.integers(0, hosts, 3)).astype(np.int32), model, until=until)
    less = replace(
        graph,
        rates=graph.rates * random.choice(np.float32([0, 0.5, 0.999, 1]), graph.links),
        recovery=graph.recovery * random.choice(np.float32([1, 1.5, 10]), hosts),
        onset=graph.onset * random.choice(np.float32([0, 0.5, 1]), hosts),
    )
    immune = np.setdiff1d(random.integers(0, hosts, 2), outbreak.entries).astype(np.int32)
    fewer = replace(outbreak, entries=outbreak.entries[:1], immune=immune)
    before, after = days(graph, outbreak, run), days(less, fewer, run)
    assert (after >= before).all()
    assert np.isinf(after[:, immune]).all()
    assert before[np.isfinite(before)].max() <= until


@pytest.mark.parametrize("model", ["SI", "SIS", "SIR", "SEIR"])
def test_the_same_whatever_the_threads_and_batches(model: Model) -> None:
    graph, outbreak = random_graph(60, 300, 5), Outbreak(np.array([0, 7], dtype=np.int32), model, until=4.0)
    question, run = ByDay((1.0, 2.0, 4.0)), Run(300, seed=3, threads=1)
    alone, together = (simulate(graph, outbreak, question, replace(run, threads=threads)) for threads in (1, 3))
    for name in ("ever", "total", "active"):
        assert np.array_equal(getattr(alone, name), getattr(together, name))
    whole = days(graph, outbreak, run)
    assert np.array_equal(whole[100:150], days(graph, outbreak, replace(run, worlds=50, first=100, threads=2)))
    assert not np.array_equal(whole, days(graph, outbreak, replace(run, seed=4)))


@pytest.mark.parametrize("model", ["SI", "SIS", "SIR", "SEIR"])
def test_all_questions_are_answered_from_the_same_worlds(model: Model) -> None:
    graph, run = random_graph(50, 250, 6), Run(200)
    outbreak = Outbreak(np.array([3], dtype=np.int32), model, until=5.0)
    times = days(graph, outbreak, run)
    course = simulate(graph, outbreak, ByDay((0.5, 2.0, 5.0)), run)
    for place, day in enumerate((0.5, 2.0, 5.0)):
        assert np.array_equal(course.ever[place], (times <= day).sum(axis=0))
        assert np.array_equal(course.total[:, place], (times <= day).sum(axis=1))
    assert (course.active <= course.total).all()
    reached = simulate(graph, outbreak, Reach(), run)
    assert np.array_equal(reached.hosts, course.ever[-1])
    assert np.array_equal(reached.sizes, course.total[:, -1])
    some = np.array([9, 3, 20], dtype=np.int32)
    assert np.array_equal(simulate(graph, outbreak, Times(some), run).days, times[:, some])


@pytest.mark.parametrize("model", ["SI", "SIS", "SIR"])
def test_a_world_ends_once_a_watched_host_is_compromised(model: Model) -> None:
    graph, run = random_graph(50, 250, 8), Run(300)
    outbreak, watched = Outbreak(np.array([3], dtype=np.int32), model, until=6.0), np.array([9, 20, 30], dtype=np.int32)
    times = days(graph, outbreak, run)[:, watched]
    first = times.min(axis=1, keepdims=True)
    stopped = simulate(graph, outbreak, Times(watched, stop=True), run).days
    assert np.array_equal(stopped, np.where(times <= first, times, np.inf))
    assert np.isfinite(stopped).any()


def test_a_draw_from_a_posterior_multiplies_the_rates_of_its_world() -> None:
    graph, scales = random_graph(30, 120, 9), np.random.default_rng(1).uniform(0.2, 2, (8, 2)).astype(np.float32)
    drawn = days(graph, ENTRY, Run(8, scales=scales))
    for world, (links, cleaning) in enumerate(scales):
        scaled = replace(graph, rates=graph.rates * links, recovery=graph.recovery * cleaning)
        assert days(scaled, ENTRY, Run(1, first=world)) == pytest.approx(drawn[world : world + 1], rel=1e-5)


def test_one_phase_that_changes_nothing_changes_nothing() -> None:
    graph, run = random_graph(30, 120, 9), Run(50)
    plain = days(graph, ENTRY, run)
    assert days(graph, replace(ENTRY, phases=(Phase(0.5),)), run) == pytest.approx(plain, rel=1e-5)


def test_progress_is_told_and_a_cancel_heard() -> None:
    graph, heard = random_graph(60, 300, 5), list[int]()
    simulate(graph, ENTRY, Times(), Run(500, told=heard.append))
    assert heard == sorted(heard)
    assert heard[-1] == 500
    with pytest.raises(Cancelled):
        simulate(graph, ENTRY, Times(), Run(500, told=heard.append, cancelled=lambda: heard[-1] != 500))


NAN = np.float32(np.nan)


@pytest.mark.parametrize(
    ("outbreak", "run", "sentence"),
    [
        (Outbreak(np.array([60])), Run(1), "Host 60 is compromised at first, but the network has hosts 0 to 59 only."),
        (Outbreak(np.array([-1])), Run(1), "Host -1 is compromised at first"),
        (Outbreak(np.array([0.5])), Run(1), "whole numbers"),
        (Outbreak(np.array([], dtype=np.int32)), Run(1), "Nobody is compromised at first"),
        (replace(ENTRY, immune=np.array([0])), Run(1), "Host 0 is immune and compromised at first"),
        (replace(ENTRY, immune=np.array([77])), Run(1), "Host 77 is immune"),
        (replace(ENTRY, until=-1.0), Run(1), "0 or more, until when"),
        (replace(ENTRY, model="SIS"), Run(1), "until which day"),
        (replace(ENTRY, model="SIRS"), Run(1), "no model 'SIRS'"),
        (replace(ENTRY, phases=(Phase(2.0), Phase(1.0))), Run(1), "one after the other"),
        (replace(ENTRY, phases=(Phase(-2.0),)), Run(1), "one after the other"),
        (replace(ENTRY, phases=(Phase(1.0, -1.0),)), Run(1), "multiplies transmission"),
        (replace(ENTRY, phases=(Phase(1.0, 1.0, np.ones(3, np.float32)),)), Run(1), "multiplies recovery"),
        (ENTRY, Run(0), "at least one world"),
        (ENTRY, Run(2, scales=np.ones((1, 2), np.float32)), "for each of the 2 worlds"),
        (ENTRY, Run(1, scales=np.array([[1, NAN]])), "for each of the 1 worlds"),
    ],
)
def test_what_cannot_be_simulated_is_said(outbreak: Outbreak, run: Run, sentence: str) -> None:
    for question in (Times(), Reach()):
        with pytest.raises(BadInput, match=sentence):
            simulate(random_graph(60, 300, 5), outbreak, question, run)


@pytest.mark.parametrize("asked", [(), (2.0, 1.0), (1.0, 1.0), (-1.0,), (np.inf,), (9.0,)])
def test_days_to_look_at_are_checked(asked: tuple[float, ...]) -> None:
    with pytest.raises(BadInput, match=r"[Dd]ay"):
        simulate(random_graph(60, 300, 5), replace(ENTRY, until=8.0), ByDay(asked), Run(1))


def test_a_host_alone_and_a_graph_without_links() -> None:
    graph = graph_of(2, [], [], [], recovery=1.0)
    assert days(graph, ENTRY, Run(3)).tolist() == [[0, np.inf]] * 3
    with pytest.raises(BadInput, match="no hosts"):
        simulate(graph_of(0, [], [], []), ENTRY, Times(), Run(1))
