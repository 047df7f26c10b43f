"""The wire format of every route, over a real server."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from fakes.knowledge import ID, TEXT, FixedKnowledge
from fakes.server import serving_app
from vedette.errors import StorageError
from vedette.records import IngestRequest, Turn, Upload
from vedette.remote.wire import server_sent_events
from vedette.services import Services
from vedette.web.api import create_app
from vedette.web.config import WebConfig

ASK_KEYS = {"answer", "refused", "reason", "claims", "sources", "provider", "corpus_version", "timings_ms"}


def test_ask_gives_the_shape_that_must_not_move(http: httpx.Client) -> None:
    body = http.post("/v1/ask", json={"question": "How are passwords stored?", "collection": "default"}).json()
    assert set(body) >= ASK_KEYS
    assert set(body["claims"][0]) == {"text", "support", "sources"}
    assert set(body["sources"][0]) >= {"id", "document", "title", "page", "start", "end", "quote", "score"}
    assert body["claims"][0]["sources"] == [body["sources"][0]["id"]]
    assert "passages" not in body


def test_a_quote_is_the_stored_text_at_its_offsets(http: httpx.Client) -> None:
    source = http.post("/v1/ask", json={"question": "How?"}).json()["sources"][0]
    text = http.get(f"/v1/documents/{source['document']}").json()["text"]
    assert source["quote"] == text[source["start"] : source["end"]]


def test_ask_with_evidence_adds_passages_and_checks(http: httpx.Client) -> None:
    body = http.post("/v1/ask", json={"question": "How?", "evidence": True}).json()
    assert body["passages"][0]["scores"] == {"dense": 0.7, "lexical": 3.5, "exact": 0.0, "final": 0.8}
    assert body["checks"][0]["name"] == "citations"
    assert body["understanding"]["intent"] == "question"


def test_history_and_filters_reach_the_service(http: httpx.Client, knowledge: FixedKnowledge) -> None:
    history = [{"question": "Who?", "answer": "Nobody."}]
    http.post("/v1/ask", json={"question": "Why?", "filters": {"kind": "cve"}, "history": history, "language": "es"})
    asked = knowledge.asked[-1]
    assert (asked.filters, asked.language, asked.history) == ({"kind": "cve"}, "es", (Turn("Who?", "Nobody."),))


def test_a_streamed_answer_ends_with_the_same_json(http: httpx.Client) -> None:
    plain = http.post("/v1/ask", json={"question": "How?"}).json()
    with http.stream("POST", "/v1/ask", json={"question": "How?"}, headers={"Accept": "text/event-stream"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = list(server_sent_events(response.iter_lines()))
    assert [name for name, _ in events] == ["stage", "token", "answer"]
    assert events[1][1] == {"text": "Passwörter "}
    assert events[-1][1] == plain


def test_an_error_before_the_stream_is_a_status_and_later_an_event(http: httpx.Client) -> None:
    accept = {"Accept": "text/event-stream"}
    early = http.post("/v1/ask", json={"question": "How?", "collection": "none"}, headers=accept)
    assert (early.status_code, early.json()["error"]["class"]) == (404, "NotFound")
    late = http.post("/v1/ask", json={"question": "busy"}, headers=accept)
    name, data = list(server_sent_events(iter(late.text.splitlines())))[-1]
    assert name == "error"
    assert data == {
        "error": {"class": "ProviderBusy", "message": "The provider is busy; it is tried again later.", "retry": True}
    }


def test_a_provider_error_says_when_to_try_again(http: httpx.Client) -> None:
    response = http.post("/v1/ask", json={"question": "busy"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "3")


def test_a_client_that_goes_stops_the_work(http: httpx.Client, knowledge: FixedKnowledge) -> None:
    knowledge.closed.clear()
    with http.stream("POST", "/v1/ask", json={"question": "long"}, headers={"Accept": "text/event-stream"}) as response:
        next(response.iter_lines())
    assert knowledge.closed.wait(5)


def test_a_client_that_waits_for_json_and_goes_stops_the_work(url: str, knowledge: FixedKnowledge) -> None:
    knowledge.closed.clear()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/v1/ask", json={"question": "long"}, timeout=0.3, trust_env=False)
    assert knowledge.closed.wait(5)


def test_a_slow_answer_is_kept_alive(http: httpx.Client) -> None:
    slow = http.post("/v1/ask", json={"question": "slow"}, headers={"Accept": "text/event-stream"})
    assert slow.text.count(": still working\n\n") >= 3
    assert list(server_sent_events(iter(slow.text.splitlines())))[-1][0] == "answer"


def test_retrieve_shows_every_lane(http: httpx.Client) -> None:
    body = http.post("/v1/retrieve", json={"query": "hash", "k": 3}).json()
    assert body["k"] == 3
    assert body["passages"][0]["id"] == "passwords.md:1:0"
    assert set(body["passages"][0]["scores"]) == {"dense", "lexical", "exact", "final"}


def test_the_founding_names_do_the_same(http: httpx.Client) -> None:
    pairs = [
        ("/chat", "/v1/ask", {"question": "How?"}),
        ("/retrieve", "/v1/retrieve", {"query": "hash"}),
        ("/preprocess", "/v1/preprocess", {"text": "T1110"}),
        ("/ingest", "/v1/ingest", {"targets": ["https://example.org/a.html"]}),
    ]
    for alias, path, body in pairs:
        assert http.post(alias, json=body).json() == http.post(path, json=body).json()
        assert path in http.get("/openapi.json").json()["paths"][alias]["post"]["summary"]


def test_upload_hands_over_a_bare_name(http: httpx.Client, knowledge: FixedKnowledge) -> None:
    response = http.post("/v1/documents", files={"file": ("../../etc/plan.md", b"# Plan")}, data={"collection": "cv"})
    assert response.status_code == 200
    assert knowledge.given[-1] == Upload("plan.md", b"# Plan", "cv")
    assert response.json()["failed"] == [{"path": "bad.pdf", "reason": "It is not a PDF.", "page": 3}]


def test_ingest_of_paths_streams_lines_to_the_owner(
    http: httpx.Client, knowledge: FixedKnowledge, owner: dict[str, str]
) -> None:
    headers = {**owner, "Accept": "application/x-ndjson"}
    response = http.post("/v1/ingest", json={"targets": ["/srv/docs"], "prune": False}, headers=headers)
    lines = [json.loads(line) for line in response.text.splitlines() if line]
    assert [next(iter(line)) for line in lines] == ["progress", "report"]
    assert knowledge.given[-1] == IngestRequest(("/srv/docs",), "default", False)


def test_documents_and_failures(http: httpx.Client, owner: dict[str, str]) -> None:
    assert http.get("/v1/documents").json()["documents"][0]["id"] == ID
    assert http.get("/v1/documents", params={"collection": "none"}).json() == {"documents": []}
    assert http.get("/v1/failures").json()["failed"] == [
        {"collection": "default", "path": "bad.pdf", "reason": "It is not a PDF.", "page": 3}
    ]
    named = {"collection": "default", "source": "bad.pdf"}
    assert http.delete("/v1/failures", params=named, headers=owner).status_code == 204
    assert http.delete("/v1/failures", params={**named, "collection": "cv"}, headers=owner).status_code == 404
    assert http.delete("/v1/failures", headers=owner).status_code == 400
    assert http.get("/v1/collections").json()["collections"][0]["name"] == "default"
    shown = http.get(f"/v1/documents/{ID}").json()
    assert (shown["text"], shown["original"]) == (TEXT, f"/v1/documents/{ID}/original")
    assert http.get("/v1/documents/0000000000000000").status_code == 404
    assert http.delete(f"/v1/documents/{ID}", headers=owner).status_code == 204
    assert http.post("/v1/verify", json={"repair": True}, headers=owner).json()["repaired"] == 1


def test_an_original_comes_as_it_was_and_runs_nothing(http: httpx.Client) -> None:
    response = http.get(f"/v1/documents/{ID}/original")
    assert response.content == TEXT.encode()
    assert response.headers["content-disposition"] == "attachment; filename*=utf-8''contrase%C3%B1as%20seguras.md"
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_health_says_what_to_do(http: httpx.Client, knowledge: FixedKnowledge) -> None:
    assert http.get("/livez").text == "ok"
    assert http.get("/readyz").json()["ready"] is True
    knowledge.healthy = False
    down = http.get("/readyz")
    knowledge.healthy = True
    assert (down.status_code, down.json()["parts"][0]["advice"]) == (503, "Run vedette documents verify.")


def test_metrics_count_requests_stages_and_refusals(services: Services) -> None:
    with serving_app(create_app(services, WebConfig("1", token=""))) as url, httpx.Client() as http:
        http.post(f"{url}/v1/ask", json={"question": "How?"})
        http.post(f"{url}/v1/ask", json={"question": "Who won at football?"})
        text = http.get(f"{url}/metrics").text
    assert 'vedette_http_requests_total{method="POST",route="/v1/ask",status="200"} 2.0' in text
    assert 'vedette_stage_seconds_count{stage="total"} 2.0' in text
    assert 'vedette_answers_total{provider="extractive"} 1.0' in text
    assert "vedette_refusals_total 1.0" in text


def test_metrics_tell_how_many_questions_stand_where(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_app(create_app(services, WebConfig("1", token=""))) as url, httpx.Client(base_url=url) as http:
        http.post("/v1/questions", json={"text": "How?"})
        text = http.get("/metrics").text
        monkeypatch.setattr(type(services.questions), "counts", failing)
        broken = http.get("/metrics").text
    assert 'vedette_questions{state="waiting"} 1.0' in text
    assert 'vedette_mails{state="failed"} 0.0' in text
    assert ("vedette_questions{" in broken, "vedette_http_requests_total{" in broken) == (False, True)


def failing(_: object) -> None:
    raise StorageError("The database does not answer.")


def test_the_pages_need_nobody_else(http: httpx.Client) -> None:
    for path in ("/", "/docs"):
        page = http.get(path)
        assert page.headers["content-type"].startswith("text/html")
        assert set(re.findall(r"<script[^>]*>", page.text)) <= {'<script src="/docs.js" defer>'}
        assert not re.search(r"""(src|href|url)\W{1,3}(https?:)?//""", page.text)
    docs = http.get("/docs").text
    assert 'action="/v1/auth/login"' in docs
    assert http.get("/docs.js").headers["content-type"].startswith("text/javascript")
    assert all(path in docs for path in http.get("/openapi.json").json()["paths"])


def test_every_route_is_documented_with_its_errors(http: httpx.Client) -> None:
    spec = http.get("/openapi.json").json()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert operation["description"], path
            if path.startswith("/v1") or method == "post":
                assert "ErrorBody" in json.dumps(operation["responses"]["default"]), path
                assert "422" not in operation["responses"], path
