"""Conversations over HTTP: the events of an answer, what is stored when its reader goes, exports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fakes.door import Door, opened_door
from fakes.knowledge import ANSWER, ID
from vedette.records_json import answer_json
from vedette.remote.wire import server_sent_events

Events = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


@pytest.fixture
def http(door: Door) -> Iterator[httpx.Client]:
    """A client of the reader."""
    base = str(door.http.base_url)
    with httpx.Client(base_url=base, headers=door.session("reader"), timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def conversation(http: httpx.Client) -> str:
    begun = http.post("/v1/conversations", json={"collection": "default"})
    assert begun.status_code == 201
    return f"/v1/conversations/{begun.json()['id']}"


def events(answer: httpx.Response) -> Events:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    return list(server_sent_events(iter(answer.text.splitlines())))


def turns(http: httpx.Client, conversation: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.get(conversation).json()["turns"]
    return found


def test_the_events_of_an_answer_end_with_the_stored_turn(http: httpx.Client, conversation: str) -> None:
    told = events(http.post(f"{conversation}/ask", json={"text": "How are passwords stored?"}))
    assert [name for name, _ in told] == ["rewritten", "stage", "token", "answer", "turn"]
    assert told[0][1] == {"text": "How are passwords stored?", "because": ""}
    assert told[2][1] == {"text": "Passwörter "}
    assert told[3][1] == answer_json(ANSWER)
    (stored,) = turns(http, conversation)
    assert told[4][1] == stored
    assert (stored["number"], stored["state"], stored["answer"]) == (1, "done", answer_json(ANSWER))
    info = http.get(conversation).json()["info"]
    assert (info["title"], info["turns"]) == ("How are passwords stored?", 1)


def test_an_answer_that_fails_is_told_in_the_turn(http: httpx.Client, conversation: str) -> None:
    told = events(http.post(f"{conversation}/ask", json={"text": "busy"}))
    assert [name for name, _ in told] == ["rewritten", "stage", "turn"]
    assert (told[-1][1]["state"], told[-1][1]["answer"]) == ("failed", None)
    assert "busy" in told[-1][1]["error"]


def test_what_breaks_inside_is_an_event_without_internals(http: httpx.Client, conversation: str) -> None:
    told = events(http.post(f"{conversation}/ask", json={"text": "crash"}))
    assert told[-1][0] == "error"
    assert "secret" not in str(told)
    assert turns(http, conversation)[0]["state"] == "failed"


@pytest.mark.parametrize(("text", "status"), [("", 400), ("  ", 400), ("a" * 4001, 413)])
def test_a_question_that_cannot_be_asked_is_a_status(
    http: httpx.Client, conversation: str, text: str, status: int
) -> None:
    assert http.post(f"{conversation}/ask", json={"text": text}).status_code == status
    assert turns(http, conversation) == []


def test_a_reader_who_goes_stops_the_answer_and_loses_no_question(
    http: httpx.Client, conversation: str, door: Door
) -> None:
    door.knowledge.closed.clear()
    with http.stream("POST", f"{conversation}/ask", json={"text": "long"}) as response:
        assert "rewritten" in next(response.iter_lines())
    assert door.knowledge.closed.wait(5)
    limit = time.monotonic() + 5
    while turns(http, conversation)[0]["state"] == "pending" and time.monotonic() < limit:
        time.sleep(0.02)
    (stored,) = turns(http, conversation)
    assert (stored["asked"], stored["state"]) == ("long", "failed")
    assert "stopped" in stored["error"]


def test_a_slow_answer_is_kept_alive(http: httpx.Client, conversation: str) -> None:
    slow = http.post(f"{conversation}/ask", json={"text": "slow"})
    assert slow.text.count(": still working\n\n") >= 3
    assert events(slow)[-1][0] == "turn"


def test_asking_again_replaces_a_turn_and_those_after_it(http: httpx.Client, conversation: str) -> None:
    for text in ("How?", "Why?", "When?"):
        http.post(f"{conversation}/ask", json={"text": text})
    second = turns(http, conversation)[1]["id"]
    told = events(http.post(f"{conversation}/turns/{second}/again", json={"text": "Where?"}))
    assert told[-1][1]["asked"] == "Where?"
    assert [one["asked"] for one in turns(http, conversation)] == ["How?", "Where?"]
    last = turns(http, conversation)[1]["id"]
    assert events(http.post(f"{conversation}/turns/{last}/again", json={"text": ""}))[-1][1]["asked"] == "Where?"
    assert http.post(f"{conversation}/turns/none/again", json={"text": ""}).status_code == 404


def test_ratings_reach_the_admin(http: httpx.Client, conversation: str, door: Door) -> None:
    http.post(f"{conversation}/ask", json={"text": "How?"})
    turn = turns(http, conversation)[0]["id"]
    rated = http.post(f"{conversation}/turns/{turn}/rating", json={"thumb": "down", "reason": "too short"}).json()
    assert (rated["thumb"], rated["reason"], rated["answer"]) == ("down", "too short", answer_json(ANSWER))
    assert http.post(f"{conversation}/turns/{turn}/rating", json={"thumb": "sideways"}).status_code == 400
    found = door.http.get("/v1/admin/feedback", headers=door.session("admin")).json()["feedback"]
    assert [(one["turn"], one["reason"]) for one in found if one["turn"] == turn] == [(turn, "too short")]


def test_conversations_are_listed_searched_renamed_and_removed(http: httpx.Client, conversation: str) -> None:
    http.post(f"{conversation}/ask", json={"text": "What is a zeppelin?"})
    id_ = conversation.rsplit("/", 1)[1]

    def found(search: str) -> list[str]:
        listed = http.get("/v1/conversations", params={"search": search}).json()["conversations"]
        return [one["id"] for one in listed]

    assert found("zeppelin") == [id_]
    assert http.patch(conversation, json={"title": "Airships"}).json()["title"] == "Airships"
    assert http.patch(conversation, json={"title": " "}).status_code == 400
    assert id_ in found("airships")
    assert http.delete(conversation).status_code == 204
    assert http.get(conversation).status_code == 404
    assert id_ not in found("")


def test_exports_hold_the_sources_and_the_evidence(http: httpx.Client, conversation: str) -> None:
    http.post(f"{conversation}/ask", json={"text": "How?"})
    text = http.get(f"{conversation}/export")
    assert text.headers["content-type"].startswith("text/markdown")
    assert "attachment" in text.headers["content-disposition"]
    assert "Passwords are salted." in text.text
    evidence = http.get(f"{conversation}/export", params={"form": "evidence"}).json()
    answer = evidence["turns"][0]["answer"]
    assert answer["checks"]
    assert answer["passages"]
    assert [(one["id"], one["content_hash"]) for one in evidence["documents"]] == [(ID, "c0ffee")]
    assert http.get(f"{conversation}/export", params={"form": "pdf"}).status_code == 400


def test_an_identifier_has_a_card(http: httpx.Client) -> None:
    card = http.get("/v1/identifiers/T1110", params={"collection": "default"}).json()
    assert card["related"] == [["mitigation", "M1036", "Account Use Policies"]]
    assert card["lines"][0] == {"label": "Tactic", "text": "Credential Access", "document": ID}
    assert http.get("/v1/identifiers/T9999").status_code == 404
