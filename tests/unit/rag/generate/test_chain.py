"""The chain of providers under an injected clock: who answers, within what time, and what the reader is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderTimeout
from vedette.rag.generate.chain import Chain, ChainLimits, Limits, Outcome, World
from vedette.records import AnswerEvent, Message

PROMPT = (Message("user", "How are passwords stored?"),)
LIMITS = ChainLimits()


@dataclass
class Clock:
    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    told: list[tuple[str, ProviderError | None]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def world(self) -> World:
        return World(lambda: self.now, self.sleep, lambda: 0.5, lambda *told: self.told.append(told))


Act = Callable[[Clock, Limits], Iterator[str]]


@dataclass
class Model:
    """A provider that behaves as `acts` say, one for each request; the last one for all further requests."""

    name: str
    clock: Clock
    acts: tuple[Act, ...]
    calls: int = 0
    limits: list[Limits] = field(default_factory=list)

    def generate(self, messages: Sequence[Message], limits: Limits) -> Iterator[str]:
        assert messages == PROMPT
        act = self.acts[min(self.calls, len(self.acts) - 1)]
        self.calls += 1
        self.limits.append(limits)
        return act(self.clock, limits)


def well(clock: Clock, limits: Limits) -> Iterator[str]:
    for word in ("Argon2id ", "[1]."):
        clock.now += 0.1
        yield word


def failing(error: ProviderError, seconds: float = 0.01) -> Act:
    def act(clock: Clock, limits: Limits) -> Iterator[str]:
        clock.now += seconds
        raise error
        yield ""

    return act


def hang(clock: Clock, limits: Limits) -> Iterator[str]:
    clock.now += limits.first_token_s
    raise ProviderTimeout("one sent no text", "no answer in time")
    yield ""


def drip(clock: Clock, limits: Limits) -> Iterator[str]:
    """A word every nine seconds: never stalls, and never comes to an end in time."""
    spent = 0.0
    while spent + 9.0 < limits.total_s:
        clock.now, spent = clock.now + 9.0, spent + 9.0
        yield "word "
    clock.now += limits.total_s - spent
    raise ProviderTimeout("one did not finish", "too slow")


def cut(clock: Clock, limits: Limits) -> Iterator[str]:
    clock.now += 0.2
    yield "Passwords are "
    raise ProviderError("one broke off", "broken off")


def empty(clock: Clock, limits: Limits) -> Iterator[str]:
    clock.now += 0.2
    yield "  \n"


FAULTS: dict[str, tuple[Act, float, str]] = {
    # fault: how it behaves, the latest second at which the next provider has been asked, what the reader is told
    "refused": (failing(ProviderError("no", "no connection")), 1.0, "no connection"),
    "wrong key": (failing(ProviderRefused("no", "401")), 1.0, "401"),
    "unknown model": (failing(ProviderRefused("no", "404")), 1.0, "404"),
    "garbage": (failing(ProviderError("no", "unusable answer")), 1.0, "unusable answer"),
    "empty": (empty, 1.0, "empty answer"),
    "cut stream": (cut, 1.0, "broken off"),
    "500": (failing(ProviderBusy("no", None, "500")), 2.0, "500"),
    "429, long pause asked": (failing(ProviderBusy("no", 20.0, "429")), 1.0, "429"),
    "429, short pause asked": (failing(ProviderBusy("no", 1.5, "429")), 2.5, "429"),
    "hang": (hang, LIMITS.first_token_s + 0.5, "no answer in time"),
    "slow drip": (drip, LIMITS.deadline_s, "too slow"),
}


def run(chain: Chain) -> tuple[list[AnswerEvent], Outcome]:
    stream = chain.run(PROMPT)
    events = []
    while True:
        try:
            events.append(next(stream))
        except StopIteration as end:
            return events, end.value


def shown(events: Sequence[AnswerEvent]) -> str:
    """What the page shows: a stage event clears it."""
    text = ""
    for event in events:
        text = "" if event.kind == "stage" else text + event.text
    return text


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"slow drip"}))
def test_the_next_provider_answers_in_time(fault: str) -> None:
    act, latest, brief = FAULTS[fault]
    clock = Clock()
    second = Model("ollama", clock, (well,))
    events, outcome = run(Chain([Model("openai", clock, (act,)), second], LIMITS, clock.world()))
    assert outcome.draft is not None
    assert (outcome.draft.provider, outcome.draft.text) == ("ollama", "Argon2id [1].")
    assert shown(events) == outcome.draft.text
    assert outcome.notices == (f"openai did not answer ({brief}); answered by ollama.",) == outcome.draft.notices
    assert clock.now - 0.2 <= latest


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_without_a_working_provider_the_outcome_says_why(fault: str) -> None:
    act, _, brief = FAULTS[fault]
    clock = Clock()
    events, outcome = run(Chain([Model("openai", clock, (act,))], LIMITS, clock.world()))
    assert outcome.draft is None
    assert outcome.notices == (f"openai did not answer ({brief}); answered without a language model.",)
    assert outcome.failures
    assert shown(events) == ""
    assert clock.now <= LIMITS.deadline_s


def test_a_slow_provider_uses_up_the_time_and_the_next_is_not_begun() -> None:
    clock = Clock()
    second = Model("ollama", clock, (well,))
    _, outcome = run(Chain([Model("openai", clock, (drip,)), second], LIMITS, clock.world()))
    assert (outcome.draft, second.calls) == (None, 0)
    assert "the time limit of 60 s ended" in outcome.notices[0]
    assert clock.now <= LIMITS.deadline_s


def test_whoever_is_patient_gets_the_answer_of_a_provider_that_reads_for_minutes() -> None:
    def late(clock: Clock, limits: Limits) -> Iterator[str]:
        clock.now += 600
        yield from well(clock, limits)

    clock = Clock()
    model = Model("one", clock, (late,))
    events = list(Chain([model], LIMITS, clock.world()).run(PROMPT, 1800))
    assert "".join(event.text for event in events) == "Argon2id [1]."
    assert model.limits == [Limits(1800, 1800, 180, LIMITS.connect_s, patient=True)]


def test_no_provider_no_notice() -> None:
    clock = Clock()
    assert run(Chain([], LIMITS, clock.world())) == ([], Outcome(None))


def test_a_busy_provider_is_tried_again_after_a_random_part_of_half_a_second() -> None:
    clock = Clock()
    model = Model("openai", clock, (failing(ProviderBusy("no", None, "500")), well))
    _, outcome = run(Chain([model], LIMITS, clock.world()))
    assert (outcome.draft is not None, outcome.notices, clock.slept) == (True, (), [0.25])


def test_the_pause_that_a_provider_asks_for_is_kept() -> None:
    clock = Clock()
    model = Model("openai", clock, (failing(ProviderBusy("no", 1.5, "429")), well))
    run(Chain([model], LIMITS, clock.world()))
    assert clock.slept == [1.5]


def test_a_long_pause_is_kept_by_later_questions_too() -> None:
    clock = Clock()
    first = Model("openai", clock, (failing(ProviderBusy("no", 20.0, "429")), well))
    chain = Chain([first, Model("ollama", clock, (well,))], LIMITS, clock.world())
    run(chain)
    _, during = run(chain)
    assert (first.calls, clock.slept) == (1, [])
    assert during.notices == ("openai is left out for now (429); answered by ollama.",)
    clock.now += 20.0
    _, after = run(chain)
    assert after.draft is not None
    assert (after.draft.provider, after.notices) == ("openai", ())


def test_only_busy_providers_are_tried_again() -> None:
    for error in (ProviderTimeout("no"), ProviderRefused("no"), ProviderError("no")):
        clock = Clock()
        model = Model("openai", clock, (failing(error), well))
        run(Chain([model], LIMITS, clock.world()))
        assert model.calls == 1


def test_five_failing_questions_open_the_breaker_and_a_probe_closes_it() -> None:
    clock = Clock()
    first = Model("openai", clock, (failing(ProviderError("no", "no connection")),) * 5 + (well,))
    chain = Chain([first, Model("ollama", clock, (well,))], LIMITS, clock.world())
    for _ in range(7):
        run(chain)
    assert first.calls == 5
    assert "left out for" in chain.health()[0].detail
    clock.now += LIMITS.breaker_seconds
    assert run(chain)[1].notices == ()
    assert chain.health()[0].ok


def test_closing_the_stream_closes_the_provider_s_and_frees_the_probe() -> None:
    clock = Clock()
    closed: list[bool] = []

    def endless(clock: Clock, limits: Limits) -> Iterator[str]:
        try:
            while True:
                yield "word "
        finally:
            closed.append(True)

    fault = failing(ProviderError("no"))
    chain = Chain([Model("openai", clock, (fault,) * 5 + (endless, well))], LIMITS, clock.world())
    for _ in range(5):
        run(chain)
    clock.now += LIMITS.breaker_seconds
    stream = chain.run(PROMPT)
    next(stream)
    stream.close()
    assert closed == [True]
    assert run(chain)[1].draft is not None


def test_an_endless_answer_is_stopped() -> None:
    clock = Clock()

    def endless(clock: Clock, limits: Limits) -> Iterator[str]:
        while True:
            yield "word " * 100

    limits = replace(LIMITS, max_characters=2000)
    _, outcome = run(Chain([Model("openai", clock, (endless,))], limits, clock.world()))
    assert outcome.notices == ("openai did not answer (endless answer); answered without a language model.",)


ACTS = [well, hang, drip, cut, empty, *(act for act, _, _ in FAULTS.values())]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(st.sampled_from(ACTS), min_size=1, max_size=3), max_size=5), st.floats(0.5, 90.0))
def test_whatever_the_providers_do_the_budget_holds(acts: list[list[Act]], deadline: float) -> None:
    clock = Clock()
    models = [Model(f"model-{at}", clock, tuple(chosen)) for at, chosen in enumerate(acts)]
    events, outcome = run(Chain(models, replace(LIMITS, deadline_s=deadline), clock.world()))
    assert clock.now <= deadline + 0.3  # no fake sends a piece of text that takes longer than this to come
    assert shown(events) == (outcome.draft.text if outcome.draft else "")
    for model in models:
        assert model.calls <= LIMITS.attempts
        assert all(one.first_token_s <= one.total_s <= deadline for one in model.limits)


def test_a_provider_that_is_left_out_is_told_once_and_so_is_its_return() -> None:
    clock, error = Clock(), ProviderError("no", "no connection")
    model = Model("one", clock, (*[failing(error)] * 7, well))
    chain = Chain((model,), LIMITS, clock.world())
    for _ in range(4):
        run(chain)
    assert clock.told == []
    for _ in range(4):
        run(chain)
        clock.now += 31.0  # the breaker lets one request try
    assert clock.told == [("one", error), ("one", None)]


def test_the_first_answer_of_all_is_told() -> None:
    """A provider may have been down when the process ended that was there before."""
    clock = Clock()
    chain = Chain((Model("one", clock, (failing(ProviderError("no", "500")), well)),), LIMITS, clock.world())
    run(chain)
    assert clock.told == []
    for _ in range(3):
        run(chain)
    assert clock.told == [("one", None)]
