"""The chain of language models: the first one that answers writes the draft.

    messages -> provider 1 (tried again when it is busy) -> provider 2 -> … -> Outcome

The last rung, the extractive answerer, needs no model and stands outside: an `Outcome` without a draft sends the caller
there. There is one retry loop and one clock for the whole chain, and this is it.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from vedette.errors import ProviderBusy, ProviderError, ProviderTimeout
from vedette.rag.generate.breaker import Breaker
from vedette.records import AnswerEvent, Draft, Message, PartHealth


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one provider may take, in seconds: for the whole answer, to its first text, between two pieces of text,
    and to be connected at all. Its own limit for an answer counts too, unless whoever asks is `patient`."""

    total_s: float = 60.0
    first_token_s: float = 15.0
    stall_s: float = 10.0
    connect_s: float = 3.0
    patient: bool = False


class Generator(Protocol):
    """A language model behind some wire protocol."""

    @property
    def name(self) -> str:
        """The name that the settings give it."""
        ...

    def generate(self, messages: Sequence[Message], limits: Limits) -> Iterator[str]:
        """The answer in pieces, as they come, and an empty one now and then while none comes. Closing the iterator
        closes the connection.

        Raises ProviderTimeout, ProviderBusy, ProviderRefused, or ProviderError for anything else; also when the answer
        is cut off before its end.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChainLimits:
    """Budgets of the chain. `attempts` counts the calls to one busy provider; a pause between them longer than
    `patience_s` is not waited for: the next provider is asked instead."""

    deadline_s: float = 60.0
    first_token_s: float = 15.0
    stall_s: float = 10.0
    connect_s: float = 3.0
    attempts: int = 2
    patience_s: float = 2.0
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    max_characters: int = 40_000
    patient: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What the chain needs of the world: monotonic seconds, a pause in seconds, a random number of [0, 1).

    `told` hears of a provider that is left out from now on, with its error; and with None of its first answer of all,
    and of the first one after that.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    told: Callable[[str, ProviderError | None], None] = lambda provider, error: None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a draft, or None when no provider gave one. `notices` tell the reader about fallbacks in a few
    words; `failures` carry the full reasons, in order, for logs and `vedette doctor`."""

    draft: Draft | None
    notices: tuple[str, ...] = ()
    failures: tuple[ProviderError, ...] = ()


@dataclass(slots=True)
class _Rung:
    generator: Generator
    breaker: Breaker
    last_error: ProviderError | None = None
    down: bool | None = None  # None: it has neither answered yet nor failed often


@dataclass(slots=True)
class _Run:
    """One question on its way down the chain."""

    limits: ChainLimits
    deadline: float
    briefs: list[str] = field(default_factory=list)
    failures: list[ProviderError] = field(default_factory=list)


class Chain:
    """Providers in the order of the settings, with a breaker each. May be used by many threads at once."""

    def __init__(self, generators: Sequence[Generator], limits: ChainLimits, world: World) -> None:
        self._limits = limits
        self._world = world
        self._rungs = tuple(
            _Rung(one, Breaker(limits.breaker_failures, limits.breaker_seconds, world.clock)) for one in generators
        )

    @property
    def configured(self) -> bool:
        """Whether there is any provider at all."""
        return bool(self._rungs)

    @property
    def names(self) -> tuple[str, ...]:
        """The providers, in their order."""
        return tuple(rung.generator.name for rung in self._rungs)

    def run(self, messages: Sequence[Message], patience_s: float = 0.0) -> abc.Generator[AnswerEvent, None, Outcome]:
        """Token events as they come, empty ones while a model thinks: whoever has gone stops it there. The outcome is
        the generator's return value: `outcome = yield from chain.run(…)`.

        When a provider fails after its first token, a `stage` event named `generate` is sent: the tokens before it are
        void. Never raises a ProviderError; never runs past `deadline_s` by more than one piece of text. With
        `patience_s`, that is how long the first provider that answers may take, for its first token too.
        """
        limits = patient(self._limits, patience_s) if patience_s else self._limits
        run = _Run(limits, self._world.clock() + limits.deadline_s)
        for rung in self._rungs:
            if self._world.clock() >= run.deadline:
                run.briefs.append(f"the time limit of {limits.deadline_s:g} s ended")
                break
            text = yield from self._ask(rung, messages, run)
            if text is not None:
                name = rung.generator.name
                notices = (f"{'; '.join(run.briefs)}; answered by {name}.",) if run.briefs else ()
                return Outcome(Draft(text, name, notices=notices), notices, tuple(run.failures))
        notices = (f"{'; '.join(run.briefs)}; answered without a language model.",) if run.briefs else ()
        return Outcome(None, notices, tuple(run.failures))

    def health(self) -> tuple[PartHealth, ...]:
        """One line for each provider, from what its last requests met; sends nothing."""
        return tuple(_health(rung) for rung in self._rungs)

    def _ask(self, rung: _Rung, messages: Sequence[Message], run: _Run) -> abc.Generator[AnswerEvent, None, str | None]:
        """One provider, tried again while it is busy and the pause is worth it. None when it did not answer."""
        name = rung.generator.name
        if not rung.breaker.allow():
            run.briefs.append(f"{name} is left out for now ({_brief(rung.last_error)})")
            return None
        tell = rung.breaker.abandoned
        try:
            for attempt in range(self._limits.attempts):
                try:
                    text = yield from self._attempt(rung.generator, messages, run)
                except ProviderError as error:
                    run.failures.append(error)
                    rung.last_error = error
                    pause = self._pause(error, attempt, run)
                    if pause is None:
                        asked = error.retry_after_s if isinstance(error, ProviderBusy) else None
                        tell = partial(rung.breaker.failed, asked or 0.0)
                        run.briefs.append(f"{name} did not answer ({error.brief})")
                        break
                    self._world.sleep(pause)
                else:
                    tell, rung.last_error = rung.breaker.succeeded, None
                    return text
            return None
        finally:
            tell()
            down = rung.breaker.tripped
            if down != rung.down and (down or rung.last_error is None):
                rung.down = down
                self._world.told(name, rung.last_error)

    def _attempt(
        self, generator: Generator, messages: Sequence[Message], run: _Run
    ) -> abc.Generator[AnswerEvent, None, str]:
        """One request: its text, or a ProviderError."""
        pieces = generator.generate(messages, self._clipped(run))
        text = ""
        try:
            for piece in pieces:
                text += piece
                if self._world.clock() > run.deadline:
                    raise ProviderTimeout(f"{generator.name} did not finish in the time left for it.", "too slow")
                if len(text) > self._limits.max_characters:
                    raise ProviderError(f"{generator.name} comes to no end; lower its max_tokens.", "endless answer")
                yield AnswerEvent("token", piece)
            if not text.strip():
                raise ProviderError(f"{generator.name} gave an empty answer; check its model.", "empty answer")
        except ProviderError:
            if text:
                yield AnswerEvent("stage", "generate")
            raise
        finally:
            if isinstance(pieces, abc.Generator):
                pieces.close()
        return text

    def _clipped(self, run: _Run) -> Limits:
        left = max(0.0, run.deadline - self._world.clock())
        ours = run.limits
        first, stall, connect = (min(left, limit) for limit in (ours.first_token_s, ours.stall_s, ours.connect_s))
        return Limits(left, first, stall, connect, ours.patient)

    def _pause(self, error: ProviderError, attempt: int, run: _Run) -> float | None:
        """Seconds to wait before the same provider is tried again; None when the next one is to be asked.

        Only a busy provider is tried again: after a timeout the same wait would be paid twice. Full jitter, as in
        "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), over half a second, one second, …
        """
        if not isinstance(error, ProviderBusy) or attempt + 1 >= self._limits.attempts:
            return None
        pause = error.retry_after_s
        if pause is None:
            pause = 0.5 * 2**attempt * self._world.random()
        fits = pause <= self._limits.patience_s and self._world.clock() + pause < run.deadline
        return pause if fits else None


def patient(limits: ChainLimits, seconds: float) -> ChainLimits:
    """The limits for whoever can wait: a small model on a small machine reads for minutes before its first word."""
    stall_s = max(limits.stall_s, seconds / 10)
    return replace(limits, deadline_s=seconds, first_token_s=seconds, stall_s=stall_s, patient=True)


def _health(rung: _Rung) -> PartHealth:
    name = f"provider {rung.generator.name}"
    error, state = rung.last_error, rung.breaker.state
    if error is None:
        return PartHealth(name, True, "no failure since the last answer")
    detail = f"left out for {rung.breaker.wait_s:.0f} s more" if state == "open" else "its last request failed"
    return PartHealth(name, False, f"{detail} ({error.brief})", error.message)


def _brief(error: ProviderError | None) -> str:
    return error.brief if error else "failed"
