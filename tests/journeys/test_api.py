"""A user's path over HTTP, against `vedette serve` and `vedette up` as they are started."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fakes.process import Server, serving, vedette_json
from fakes.small_library import PASSWORDS, write_library
from vedette.remote.wire import server_sent_events

QUESTION = {"question": "What is used to store passwords?"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    vedette_json(data, "ingest", str(write_library(tmp_path_factory.mktemp("library") / "docs")))
    with serving(data) as running:
        yield running


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        yield client


def test_a_question_and_where_its_answer_stands(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json=QUESTION).json()
    assert not answer["refused"]
    assert "Argon2id" in answer["answer"]
    source = answer["sources"][0]
    document = http.get(f"/v1/documents/{source['document']}").json()
    assert document["text"][source["start"] : source["end"]] == source["quote"]
    original = http.get(document["original"])
    assert (original.content, original.headers["content-type"]) == (PASSWORDS.encode(), "text/markdown; charset=utf-8")
    assert http.post("/chat", json=QUESTION).json()["answer"] == answer["answer"]


def test_the_events_of_an_answer(http: httpx.Client) -> None:
    question = {"question": "What should be used to store passwords?"}  # new: one from memory has no stages
    with http.stream("POST", "/v1/ask", json=question, headers={"Accept": "text/event-stream"}) as response:
        events = list(server_sent_events(response.iter_lines()))
    plain = http.post("/v1/ask", json=question).json()
    assert events[0][0] == "stage"
    assert events[-1][0] == "answer"
    assert {**events[-1][1], "timings_ms": {}} == {**plain, "timings_ms": {}}


def test_a_refusal(http: httpx.Client) -> None:
    answer = http.post("/v1/ask", json={"question": "Who won the 1998 World Cup?"}).json()
    assert answer["refused"]
    assert answer["reason"]


def test_an_upload_is_asked_and_removed(http: httpx.Client) -> None:
    files = {"file": ("../heron.md", b"# Heron\n\nThe heron code of the boat house is seven.\n")}
    report = http.post("/v1/documents", files=files, data={"collection": "birds"}).json()
    assert report["documents"] == 1
    ask = {"question": "What is the heron code?", "collection": "birds"}
    assert "seven" in http.post("/v1/ask", json=ask).json()["answer"]
    (info,) = http.get("/v1/documents", params={"collection": "birds"}).json()["documents"]
    assert info["source"] == "heron.md"
    assert http.delete(f"/v1/documents/{info['id']}").status_code == 204
    assert http.get(f"/v1/documents/{info['id']}").status_code == 404
    gone = http.post("/v1/ask", json=ask)
    assert gone.status_code == 404 or gone.json()["refused"]


def test_a_bad_upload_is_named_and_the_others_stay(http: httpx.Client) -> None:
    report = http.post("/v1/documents", files={"file": ("bad.pdf", b"%PDF-1.7 nothing")}).json()
    assert report["documents"] == 0
    assert report["failed"][0]["path"].endswith("bad.pdf")
    unknown = http.post("/v1/documents", files={"file": ("a.exe", b"MZ")})
    assert unknown.status_code == 400 or unknown.json()["failed"]
    for name in ("\t", "a\nb", "a" * 200):
        nowhere = http.post("/v1/documents", files={"file": ("a.md", b"# A")}, data={"collection": name})
        assert (nowhere.status_code, "needs a name" in nowhere.text) == (400, True)
    assert not http.post("/v1/ask", json=QUESTION).json()["refused"]


def test_only_the_owner_reads_the_servers_paths(http: httpx.Client, server: Server, tmp_path: Path) -> None:
    (tmp_path / "stork.md").write_text("# Stork\n\nThe stork code of the boat house is nine.\n")
    body = {"targets": [str(tmp_path)], "collection": "storks"}
    assert http.post("/v1/ingest", json=body).status_code == 403
    headers = {**server.owner, "Accept": "application/x-ndjson"}
    lines = [json.loads(line) for line in http.post("/v1/ingest", json=body, headers=headers).text.splitlines() if line]
    assert "progress" in lines[0]
    assert lines[-1]["report"]["documents"] == 1


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://[::1]/"])
def test_addresses_inside_are_not_fetched(http: httpx.Client, target: str) -> None:
    response = http.post("/v1/ingest", json={"targets": [target]})
    if response.status_code == 200:
        assert response.json()["failed"]
        assert response.json()["documents"] == 0
    else:
        assert response.json()["error"]["class"] == "UnsafeTarget"


def test_health_metrics_and_pages(http: httpx.Client) -> None:
    assert http.get("/livez").text == "ok"
    assert http.get("/readyz").json()["ready"] is True
    http.post("/v1/ask", json=QUESTION)
    assert 'vedette_stage_seconds_bucket{le="0.001",stage="' in http.get("/metrics").text
    assert "Vedette" in http.get("/").text
    assert http.get("/v1/collections", headers={"Host": "evil.example"}).status_code == 400


def test_the_log_is_ecs_json_without_questions(http: httpx.Client, server: Server) -> None:
    http.post("/v1/ask", json={"question": "What about the unmistakable zanzibar clause?"})
    path = server.data / "logs" / "vedette.json"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert any(line.get("url.path") == "/v1/ask" and line["http.response.status_code"] == 200 for line in lines)
    assert "zanzibar" not in path.read_text()


def test_up_answers_at_once_and_reads_its_library_once(tmp_path: Path) -> None:
    docs, data = write_library(tmp_path / "docs"), tmp_path / "data"
    with serving(data, "up", "--library", str(docs)) as server, httpx.Client(trust_env=False) as http:
        assert http.get(f"{server.url}/livez").status_code == 200
        limit = time.monotonic() + 60
        while (data / "library.unfinished").exists() or not http.get(f"{server.url}/v1/collections").json()[
            "collections"
        ]:
            assert time.monotonic() < limit
            time.sleep(0.05)
        assert not http.post(f"{server.url}/v1/ask", json=QUESTION, timeout=30).json()["refused"]
        version = http.post(f"{server.url}/v1/ask", json=QUESTION, timeout=30).json()["corpus_version"]
    (docs / "new.md").write_text("# New\n\nSomething new.\n")
    with serving(data, "up", "--library", str(docs)) as server:
        time.sleep(1.0)
        again = httpx.post(f"{server.url}/v1/ask", json=QUESTION, timeout=30, trust_env=False).json()
    assert again["corpus_version"] == version
