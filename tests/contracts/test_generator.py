"""The contract of `vedette.rag.generate.chain.Generator`, over both wires, against a provider on a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from fakes.provider import KEY, MODEL, WORDS, FakeProvider, serving
from vedette.engines.ollama_api import OllamaApi
from vedette.engines.openai_api import OpenAiApi
from vedette.engines.streaming import Endpoint, LoopThread
from vedette.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderTimeout
from vedette.rag.generate.chain import Generator, Limits
from vedette.records import Message

WIRES = {"openai": OpenAiApi, "ollama": OllamaApi}
PROMPT = (Message("system", "Answer from the passages."), Message("user", "How are passwords stored?"))
QUICK = Limits(total_s=2.0, first_token_s=0.5, stall_s=0.5, connect_s=0.5)
PATIENT = Limits(total_s=20.0, first_token_s=20.0, stall_s=20.0, connect_s=20.0)


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture(params=sorted(WIRES))
def server(request: pytest.FixtureRequest) -> Iterator[FakeProvider]:
    with serving(request.param) as provider:
        yield provider


def model(server: FakeProvider, loop: LoopThread, **changes: object) -> Generator:
    values: dict[str, object] = {"name": "mine", "url": server.url, "model": MODEL, "key": KEY} | changes
    return WIRES[server.wire](Endpoint(**values), loop)  # type: ignore[arg-type]


def said(pieces: Iterator[str]) -> tuple[str, ...]:
    """Without the empty ones, of which there is one for every second without a word."""
    return tuple(filter(None, pieces))


def test_the_answer_comes_in_pieces_and_whole(server: FakeProvider, loop: LoopThread) -> None:
    assert said(model(server, loop).generate(PROMPT, PATIENT)) == WORDS


def test_what_is_sent_is_what_the_settings_say(server: FakeProvider, loop: LoopThread) -> None:
    list(model(server, loop, temperature=0.3, max_tokens=99, context_window=4096).generate(PROMPT, PATIENT))
    sent = json.loads(server.requests[0]["body"])
    options = sent if server.wire == "openai" else sent["options"]
    assert (options["temperature"], options.get("max_tokens", options.get("num_predict"))) == (0.3, 99)
    assert sent["messages"][0] == {"role": "system", "content": "Answer from the passages."}
    if server.wire == "ollama":
        assert options["num_ctx"] == 4096


def test_nothing_of_the_environment_is_sent(
    server: FakeProvider, loop: LoopThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: from-the-environment")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "".join(model(server, loop).generate(PROMPT, PATIENT)) == "".join(WORDS)
    headers = server.requests[0]["headers"]
    assert "from-the-environment" not in str(headers)
    assert not [name for name in headers if name.lower().startswith("x-")]


def test_a_proxy_is_used_when_it_is_set(server: FakeProvider, loop: LoopThread) -> None:
    host = f"http://127.0.0.1:{server.server_port}"
    elsewhere = server.url.replace("127.0.0.1", "model.invalid")
    with pytest.raises(ProviderRefused, match="no model"):  # the fake sees the proxy form of the path, and refuses it
        list(model(server, loop, url=elsewhere, proxy=host).generate(PROMPT, PATIENT))
    assert server.requests[0]["path"].startswith("http://model.invalid:")


def test_a_model_without_a_system_role_gets_the_rules_all_the_same(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "no_system_role"
    with pytest.raises(ProviderRefused, match="roles must alternate"):
        list(model(server, loop).generate(PROMPT, PATIENT))
    assert list(model(server, loop, system_role=False).generate(PROMPT, PATIENT))
    (message,) = json.loads(server.requests[-1]["body"])["messages"]
    assert message == {"role": "user", "content": "Answer from the passages.\n\nHow are passwords stored?"}


def test_a_cut_at_max_tokens_shows(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "length"
    assert list(model(server, loop).generate(PROMPT, PATIENT))[-1] == " …"


def test_a_whole_answer_in_place_of_a_stream_is_one_piece(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "plain"
    for _ in range(2):
        assert said(model(server, loop).generate(PROMPT, PATIENT)) == ("".join(WORDS),)
    server.fault = "plain_length"
    assert "".join(model(server, loop).generate(PROMPT, PATIENT)) == "".join(WORDS) + " …"


def test_a_stream_under_the_wrong_content_type_is_read(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "misnamed"
    assert said(model(server, loop).generate(PROMPT, PATIENT)) == WORDS


def test_a_whole_answer_that_was_filtered_says_so(loop: LoopThread) -> None:
    with serving("openai", "plain_filtered") as filtered, pytest.raises(ProviderRefused, match="content filter"):
        list(model(filtered, loop).generate(PROMPT, PATIENT))


@pytest.mark.parametrize(
    ("fault", "error", "brief"),
    [
        ("busy", ProviderBusy, "429"),
        ("quota", ProviderRefused, "429"),
        ("broken", ProviderBusy, "500"),
        ("html", ProviderError, "unusable answer"),
        ("garbage", ProviderError, "unusable answer"),
        ("cut", ProviderError, "broken off"),
        ("cut_clean", ProviderError, "broken off"),
        ("error_midway", ProviderError, "broken off"),
        ("plain_error", ProviderError, "broken off"),
        ("hang", ProviderTimeout, "no answer in time"),
        ("drip_headers", ProviderTimeout, "no answer in time"),
        ("drip", ProviderTimeout, "no answer in time"),
        ("stall", ProviderTimeout, "stopped midway"),
    ],
)
def test_a_fault_is_one_clear_error_in_time(
    server: FakeProvider, loop: LoopThread, fault: str, error: type[ProviderError], brief: str
) -> None:
    list(model(server, loop).generate(PROMPT, PATIENT))  # the client library is loaded outside the measured time
    server.fault = fault
    begun = time.monotonic()
    with pytest.raises(error) as raised:
        list(model(server, loop).generate(PROMPT, QUICK))
    assert time.monotonic() - begun < QUICK.first_token_s + 1.0
    assert type(raised.value) is error
    assert raised.value.brief == brief
    assert raised.value.message.count("mine") == 1
    assert KEY not in raised.value.message


@pytest.mark.parametrize("fault", ["empty", "plain_empty"])
def test_an_answer_without_text_says_so(server: FakeProvider, loop: LoopThread, fault: str) -> None:
    server.fault = fault
    assert said(model(server, loop).generate(PROMPT, PATIENT)) == ()  # the chain takes it for a failure


@pytest.mark.parametrize("fault", ["nothing", "wrong_shape", "plain_other", "plain_cut"])
def test_a_stream_without_an_end_is_an_error(server: FakeProvider, loop: LoopThread, fault: str) -> None:
    server.fault = fault
    with pytest.raises(ProviderError, match=r"belongs|broke off"):
        list(model(server, loop).generate(PROMPT, PATIENT))


def test_the_whole_answer_has_a_limit_even_while_words_come(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "slow"
    server.words = WORDS * 10
    with pytest.raises(ProviderTimeout, match=r"within 0\.6 s"):
        list(model(server, loop, timeout_s=0.6).generate(PROMPT, PATIENT))


def test_a_patient_asker_waits_beyond_the_providers_own_limit(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "slow"
    limits = replace(PATIENT, patient=True)
    assert said(model(server, loop, timeout_s=0.2).generate(PROMPT, limits)) == WORDS


@pytest.mark.slow
def test_whoever_waits_for_the_first_word_can_leave(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "hang"
    pieces = model(server, loop).generate(PROMPT, PATIENT)
    assert next(pieces) == ""
    pieces.close()  # type: ignore[attr-defined]
    assert server.disconnected.wait(5)


@pytest.mark.slow
def test_an_answer_under_way_when_all_stops_is_an_error(server: FakeProvider) -> None:
    server.fault = "hang"
    loop = LoopThread()
    pieces = model(server, loop).generate(PROMPT, PATIENT)
    assert next(pieces) == ""
    loop.close()
    with pytest.raises(ProviderError, match="stops"):
        list(pieces)


def test_retry_after_is_handed_on(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "busy_long"
    with pytest.raises(ProviderBusy) as raised:
        list(model(server, loop).generate(PROMPT, PATIENT))
    assert raised.value.retry_after_s == 20.0
    assert len(server.requests) == 1


def test_a_wrong_key_is_refused_and_not_repeated_in_the_error(server: FakeProvider, loop: LoopThread) -> None:
    with pytest.raises(ProviderRefused, match="key_env") as raised:
        list(model(server, loop, key="sk-wrong-key").generate(PROMPT, PATIENT))
    assert "sk-wrong-key" not in raised.value.message


def test_an_unknown_model_is_named(server: FakeProvider, loop: LoopThread) -> None:
    with pytest.raises(ProviderRefused, match="no model 'other'"):
        list(model(server, loop, model="other").generate(PROMPT, PATIENT))


@pytest.mark.parametrize("wire", sorted(WIRES))
def test_a_closed_port_and_an_unknown_name_fail_at_once(loop: LoopThread, wire: str) -> None:
    with serving(wire) as server:
        gone = server.url
    for url, told in ((gone, "does not listen"), ("http://no-such-host.invalid/v1", "unknown")):
        with pytest.raises(ProviderError, match=told) as raised:
            list(WIRES[wire](Endpoint("mine", url, MODEL, KEY), loop).generate(PROMPT, QUICK))
        assert raised.value.brief == "no connection"


def test_closing_the_iterator_closes_the_connection(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "slow"
    server.words = WORDS * 50
    stream = model(server, loop).generate(PROMPT, PATIENT)
    with closing(stream):  # type: ignore[type-var]
        assert next(stream) == WORDS[0]
    assert server.disconnected.wait(2.0)


def test_a_connection_is_used_again(server: FakeProvider, loop: LoopThread) -> None:
    one = model(server, loop)
    for _ in range(3):
        assert said(one.generate(PROMPT, PATIENT)) == WORDS
    assert len({request["client"] for request in server.requests}) == 1


@pytest.mark.slow
def test_what_happens_after_the_end_does_not_matter(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "hang_after_end"
    begun = time.monotonic()
    assert said(model(server, loop).generate(PROMPT, PATIENT)) == WORDS
    assert time.monotonic() - begun < 3.0


@pytest.mark.slow
def test_many_questions_at_once_keep_their_answers_apart(server: FakeProvider, loop: LoopThread) -> None:
    server.fault = "slow"
    streams = [model(server, loop).generate(PROMPT, PATIENT) for _ in range(8)]
    begun = time.monotonic()
    answers = list(zip(*streams, strict=True))
    assert [word[0] for word in answers] == list(WORDS)
    assert time.monotonic() - begun < 8 * len(WORDS) * 0.1
