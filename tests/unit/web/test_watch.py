"""Who is put out while an answer comes hears no more of it: at every door, by whatever ended it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.door import CONFIG, Door, Header, opened_door
from vedette.records import AccountChange

End = Callable[[Door, Header], None]
ANSWERS_S = 10


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with opened_door(tmp_path, replace(CONFIG, watch_s=0.1)) as opened:
        yield opened


def disabled(door: Door, _: Header) -> None:
    door.bureau.accounts.change(door.people["reader"].id, AccountChange(disabled=True), "test")


def removed(door: Door, _: Header) -> None:
    door.bureau.accounts.remove(door.people["reader"].id, "test")


def signed_out(door: Door, header: Header) -> None:
    door.http.post("/v1/auth/logout", headers=header).raise_for_status()


def ended_elsewhere(door: Door, header: Header) -> None:
    person = door.people["reader"]
    (session,) = (
        one for one in door.bureau.accounts.sessions(person, header["Authorization"].split()[1]) if one.current
    )
    door.bureau.accounts.end_session(person, session.id)


def streamed(door: Door, header: Header, path: str, body: dict[str, object], end: End) -> list[str]:
    """The lines of a stream, in whose course `end` happens."""
    lines: list[str] = []
    until = time.monotonic() + ANSWERS_S
    headers = {**header, "Accept": "text/event-stream"}
    with door.http.stream("POST", path, json=body, headers=headers, timeout=ANSWERS_S) as response:
        assert response.status_code == 200
        for line in response.iter_lines():
            assert time.monotonic() < until, "the answer goes on"
            if line and not lines:
                end(door, header)
            lines.append(line)
    return lines


def told(lines: list[str]) -> tuple[str, str]:
    """The last event of a stream: its name, and the class of the error in it."""
    *_, name, data = (line for line in lines if line and not line.startswith(":"))
    return name, json.loads(data.removeprefix("data: "))["error"]["class"]


@pytest.mark.parametrize("end", [disabled, removed, signed_out, ended_elsewhere])
def test_an_answer_ends_with_the_session(door: Door, end: End) -> None:
    lines = streamed(door, door.sign_in("reader"), "/v1/ask", {"question": "long"}, end)
    assert told(lines) == ("event: error", "Unauthorized")
    assert door.knowledge.closed.wait(5)


def test_and_in_a_conversation(door: Door) -> None:
    header = door.sign_in("reader")
    path = f"/v1/conversations/{door.begin(header)}/ask"
    assert told(streamed(door, header, path, {"text": "long"}, disabled)) == ("event: error", "Unauthorized")
    assert door.knowledge.closed.wait(5)


def test_and_with_the_key_of_a_program(door: Door) -> None:
    info, secret = door.bureau.accounts.make_key(door.people["reader"], "ci")
    header = {"Authorization": f"Bearer {secret}"}
    body = {"model": "vedette", "stream": True, "messages": [{"role": "user", "content": "long"}]}

    def revoked(door: Door, _: Header) -> None:
        door.bureau.accounts.revoke_key(door.people["reader"], info.id)

    lines = streamed(door, header, "/v1/chat/completions", body, revoked)
    assert "[DONE]" not in "".join(lines)
    assert "error" in json.loads(lines[-2].removeprefix("data: "))
    assert door.knowledge.closed.wait(5)


def test_an_answer_in_one_piece_is_not_given_either(door: Door) -> None:
    header = door.sign_in("reader")

    def disable_soon() -> None:
        while not door.knowledge.asked:
            time.sleep(0.01)
        disabled(door, header)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(disable_soon)
        answer = door.http.post("/v1/ask", json={"question": "long"}, headers=header, timeout=ANSWERS_S)
    assert (answer.status_code, answer.json()["error"]["class"]) == (401, "Unauthorized")


def test_who_may_stay_hears_the_whole_answer_however_old_the_token(door: Door) -> None:
    def a_day_passes(door: Door, _: Header) -> None:
        door.bureau.pass_time(hours=25)

    lines = streamed(door, door.sign_in("reader"), "/v1/ask", {"question": "slow"}, a_day_passes)
    assert "event: answer" in lines
    assert "event: error" not in lines
