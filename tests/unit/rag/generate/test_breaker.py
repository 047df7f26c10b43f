"""The breaker as a state machine, against a model of it that is written another way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vedette.rag.generate.breaker import Breaker

LIMIT, PAUSE = 5, 30.0


class BreakerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.breaker = Breaker(LIMIT, PAUSE, lambda: self.now)
        self.in_a_row = 0
        self.shut_until = 0.0
        self.out = 0

    def open(self) -> bool:
        return self.now < self.shut_until

    def half_open(self) -> bool:
        return not self.open() and self.in_a_row >= LIMIT

    @rule(seconds=st.sampled_from([0.1, 1.0, 29.9, 30.0, 31.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def ask(self) -> None:
        expected = not self.open() and not (self.half_open() and self.out > 0 and self.probing)
        assert self.breaker.allow() is expected
        if expected:
            self.out += 1
            self.probing = self.half_open()

    probing = False

    @precondition(lambda self: self.out)
    @rule()
    def succeed(self) -> None:
        self.breaker.succeeded()
        self.out, self.in_a_row, self.shut_until, self.probing = self.out - 1, 0, 0.0, False

    @precondition(lambda self: self.out)
    @rule(retry_after=st.sampled_from([0.0, 2.0, 100.0]))
    def fail(self, retry_after: float) -> None:
        self.breaker.failed(retry_after)
        self.out, self.probing = self.out - 1, False
        self.in_a_row += 1
        pause = max(retry_after, PAUSE if self.in_a_row >= LIMIT else 0.0)
        self.shut_until = max(self.shut_until, self.now + pause) if pause else self.shut_until

    @precondition(lambda self: self.out)
    @rule()
    def abandon(self) -> None:
        self.breaker.abandoned()
        self.out, self.probing = self.out - 1, False

    @invariant()
    def the_state_is_the_model_s(self) -> None:
        expected = "open" if self.open() else "half-open" if self.half_open() else "closed"
        assert self.breaker.state == expected
        assert self.breaker.wait_s == max(0.0, self.shut_until - self.now)


TestBreakerMachine = BreakerMachine.TestCase
TestBreakerMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def opened(clock: list[float]) -> Breaker:
    breaker = Breaker(LIMIT, PAUSE, lambda: clock[0])
    for _ in range(LIMIT):
        assert breaker.allow()
        breaker.failed()
    return breaker


def test_it_opens_after_five_failures_in_a_row_for_thirty_seconds() -> None:
    clock = [0.0]
    breaker = opened(clock)
    assert (breaker.state, breaker.allow()) == ("open", False)
    clock[0] = 29.9
    assert not breaker.allow()
    clock[0] = 30.0
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.state == "closed"


def test_one_failing_probe_opens_it_again() -> None:
    clock = [0.0]
    breaker = opened(clock)
    clock[0] = 30.0
    assert breaker.allow()
    breaker.failed()
    assert breaker.state == "open"


def test_of_many_threads_one_probes() -> None:
    for _ in range(20):
        clock = [0.0]
        breaker = opened(clock)
        clock[0] = 31.0
        with ThreadPoolExecutor(16) as pool:
            allowed = list(pool.map(lambda one: one.allow(), [breaker] * 64))
        assert sum(allowed) == 1
