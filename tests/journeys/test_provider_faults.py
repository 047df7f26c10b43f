"""Fault by provider, on real sockets: who answers, and within what time."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from fakes.provider import KEY, MODEL, WORDS, serving
from vedette.engines.ollama_api import OllamaApi
from vedette.engines.openai_api import OpenAiApi
from vedette.engines.streaming import Endpoint, LoopThread
from vedette.rag.generate.chain import Chain, ChainLimits, Outcome, World
from vedette.records import AnswerEvent, Message

WIRES = {"openai": OpenAiApi, "ollama": OllamaApi}
PROMPT = (Message("user", "How are passwords stored?"),)
WORLD = World(time.monotonic, time.sleep, random.Random(7).random)
LIMITS = ChainLimits(deadline_s=6.0, first_token_s=1.0, stall_s=1.0, connect_s=1.0)
FAULTS = {
    # fault: seconds until the second provider has answered, what the reader is told
    "": (0.5, None),
    "busy_once": (2.0, None),
    "busy": (2.0, "429"),
    "busy_long": (1.0, "429"),
    "quota": (1.0, "429"),
    "broken": (2.0, "500"),
    "html": (1.0, "unusable answer"),
    "plain": (0.5, None),
    "plain_empty": (1.0, "empty answer"),
    "plain_cut": (1.0, "broken off"),
    "nothing": (1.0, "unusable answer|broken off"),
    "garbage": (1.0, "unusable answer"),
    "wrong_shape": (1.0, "unusable answer|broken off"),
    "empty": (1.0, "empty answer"),
    "cut": (1.0, "broken off"),
    "cut_clean": (1.0, "broken off"),
    "error_midway": (1.0, "broken off"),
    "hang": (2.0, "no answer in time"),
    "drip_headers": (2.0, "no answer in time"),
    "drip": (2.0, "no answer in time"),
    "stall": (2.0, "stopped midway"),
}


@pytest.fixture(scope="module")
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    for kind in WIRES.values():  # the client libraries are loaded outside the measured times
        list(Chain([kind(Endpoint("x", "http://127.0.0.1:9", "x"), thread)], LIMITS, WORLD).run(PROMPT))
    yield thread
    thread.close()


def asked(chain: Chain) -> tuple[str, Outcome, float]:
    """What the page shows at the end, the outcome, and how long it took."""
    begun, text, stream = time.monotonic(), "", chain.run(PROMPT)
    while True:
        try:
            event: AnswerEvent = next(stream)
        except StopIteration as end:
            return text, end.value, time.monotonic() - begun
        text = "" if event.kind == "stage" else text + event.text


@pytest.mark.slow
@pytest.mark.parametrize("wire", sorted(WIRES))
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_the_second_provider_answers_in_time(loop: LoopThread, wire: str, fault: str) -> None:
    seconds, brief = FAULTS[fault]
    other = "ollama" if wire == "openai" else "openai"
    with serving(wire, fault) as first, serving(other) as second:
        rungs = [
            WIRES[wire](Endpoint("first", first.url, MODEL, KEY), loop),
            WIRES[other](Endpoint("second", second.url, MODEL, KEY), loop),
        ]
        text, outcome, took = asked(Chain(rungs, LIMITS, WORLD))
    assert outcome.draft is not None
    assert text == outcome.draft.text == "".join(WORDS)
    assert outcome.draft.provider == ("second" if brief else "first")
    told = [f"first did not answer ({one}); answered by second." for one in (brief or "").split("|")]
    assert outcome.notices == () if brief is None else outcome.notices[0] in told
    assert took < seconds + 0.5  # half a second for a loaded machine


@pytest.mark.parametrize("wire", sorted(WIRES))
@pytest.mark.parametrize(("key", "model", "brief"), [("sk-wrong", MODEL, "401"), (KEY, "other", "404")])
def test_wrong_settings_of_the_first_fall_through(
    loop: LoopThread, wire: str, key: str, model: str, brief: str
) -> None:
    with serving(wire) as server:
        rungs = [
            WIRES[wire](Endpoint("first", server.url, model, key), loop),
            WIRES[wire](Endpoint("second", server.url, MODEL, KEY), loop),
        ]
        text, outcome, took = asked(Chain(rungs, LIMITS, WORLD))
    assert text == "".join(WORDS)
    assert outcome.notices == (f"first did not answer ({brief}); answered by second.",)
    assert took < 1.0


@pytest.mark.parametrize("wire", sorted(WIRES))
def test_a_closed_port_costs_less_than_a_second(loop: LoopThread, wire: str) -> None:
    with serving(wire) as gone, serving(wire) as server:
        gone.server_close()
        rungs = [
            WIRES[wire](Endpoint("first", gone.url, MODEL, KEY), loop),
            WIRES[wire](Endpoint("second", server.url, MODEL, KEY), loop),
        ]
        text, outcome, took = asked(Chain(rungs, LIMITS, WORLD))
    assert text == "".join(WORDS)
    assert outcome.notices == ("first did not answer (no connection); answered by second.",)
    assert took < 1.0


@pytest.mark.slow
def test_the_budget_ends_a_chain_of_hanging_providers(loop: LoopThread) -> None:
    with serving("openai", "hang") as server:
        rungs = [OpenAiApi(Endpoint(f"model-{at}", server.url, MODEL, KEY), loop) for at in range(9)]
        limits = ChainLimits(deadline_s=2.5, first_token_s=1.0, stall_s=1.0)
        text, outcome, took = asked(Chain(rungs, limits, WORLD))
    assert (text, outcome.draft) == ("", None)
    assert took < 2.5 + 0.5
    assert outcome.notices[0].endswith("the time limit of 2.5 s ended; answered without a language model.")
