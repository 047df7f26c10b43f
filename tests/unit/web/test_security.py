"""What the guard refuses, each refusal one sentence in the body of every error."""

from __future__ import annotations

import logging
import socket

import httpx
import pytest

from fakes.knowledge import FixedKnowledge
from fakes.server import serving_app
from vedette.records import LONGEST_QUESTION
from vedette.services import Services
from vedette.web.api import create_app
from vedette.web.config import WebConfig
from vedette.web.security import safe_name


def refused(response: httpx.Response, status: int, name: str, word: str) -> None:
    error = response.json()["error"]
    assert (response.status_code, error["class"]) == (status, name), response.text
    assert word in error["message"]
    assert set(error) == {"class", "message", "retry"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[::2]:80", ""])
def test_a_foreign_host_is_refused(http: httpx.Client, host: str) -> None:
    refused(http.get("/v1/collections", headers={"Host": host}), 400, "BadInput", "ALLOWED_HOSTS")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "[::1]:8000", "127.0.0.1"])
def test_our_own_names_pass(http: httpx.Client, host: str) -> None:
    assert http.get("/livez", headers={"Host": host}).status_code == 200


def test_two_hosts_are_refused(url: str) -> None:
    port = int(url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert b" 400 " in line.recv(100)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_sites_page_may_not_post(http: httpx.Client, headers: dict[str, str]) -> None:
    refused(http.post("/v1/ask", json={"question": "How?"}, headers=headers), 403, "Forbidden", "CORS_ORIGINS")


def test_our_own_page_and_named_origins_may_post(http: httpx.Client, url: str) -> None:
    for origin in (url, "https://portal.example"):
        assert http.post("/v1/ask", json={"question": "How?"}, headers={"Origin": origin}).status_code == 200


def test_cors_names_only_configured_origins(http: httpx.Client) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = http.options("/v1/ask", headers={"Origin": "https://portal.example", **ask})
    assert allowed.headers["access-control-allow-origin"] == "https://portal.example"
    foreign = http.options("/v1/ask", headers={"Origin": "https://evil.example", **ask})
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize("path", ["/", "/docs", "/livez", "/v1/collections", "/nowhere"])
def test_every_answer_carries_the_headers(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert len(headers["x-request-id"]) == 32


PATHS = [
    ("/v1/ingest", {"targets": ["/etc"]}),
    ("/v1/ingest", {"targets": ["s3://bucket/a"]}),
    ("/v1/ingest", {"targets": ["https://example.org/a", "file:///etc/passwd"]}),
    ("/ingest", {"targets": ["relative/path"]}),
]


@pytest.mark.parametrize(("path", "body"), PATHS)
@pytest.mark.parametrize("given", [None, "Bearer wrong", "Bearer", "Basic the-owner-token", "the-owner-token"])
def test_paths_of_this_machine_are_read_for_the_owner_token_alone(
    http: httpx.Client, path: str, body: dict[str, object], given: str | None
) -> None:
    headers = {"Authorization": given} if given is not None else {}
    refused(http.post(path, json=body, headers=headers), 403, "Forbidden", "owner token")


def test_a_server_without_a_token_takes_none(services: Services) -> None:
    with serving_app(create_app(services, WebConfig("1", token=""))) as url:
        body = {"targets": ["/etc"]}
        answer = httpx.post(f"{url}/v1/ingest", json=body, headers={"Authorization": "Bearer"}, trust_env=False)
    refused(answer, 403, "Forbidden", "owner token")


def test_without_sign_in_a_server_that_others_reach_serves_its_owner_only(
    services: Services, owner: dict[str, str]
) -> None:
    with serving_app(create_app(services, WebConfig("1", token="the-owner-token", local=False))) as url:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            refused(httpx.get(f"{url}/v1/documents", headers=headers, trust_env=False), 401, "Unauthorized", "Sign in")
            assert "Passwords" not in httpx.get(url, headers=headers, trust_env=False).text
        assert httpx.get(f"{url}/v1/documents", headers=owner, trust_env=False).status_code == 200


def test_bodies_over_the_limit_are_refused_announced_or_not(http: httpx.Client) -> None:
    refused(http.post("/v1/ask", json={"question": "a" * 1_000_000}), 413, "TooLarge", "bytes")
    chunks = (b"x" * 50_000 for _ in range(10))
    unannounced = http.post("/v1/ask", content=chunks, headers={"Content-Type": "application/json"})
    refused(unannounced, 413, "TooLarge", "bytes")
    refused(http.post("/v1/documents", files={"file": ("a.md", b"a" * 400_000)}), 413, "TooLarge", "MAX_UPLOAD_MB")


def test_an_upload_over_the_limit_is_refused_while_it_streams(http: httpx.Client, knowledge: FixedKnowledge) -> None:
    before = list(knowledge.given)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
    chunks = (head if number == 0 else b"x" * 50_000 for number in range(20))
    sent = http.post("/v1/documents", content=chunks, headers={"Content-Type": "multipart/form-data; boundary=b"})
    refused(sent, 413, "TooLarge", "MAX_UPLOAD_MB")
    assert knowledge.given == before


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"{not json", "JSON"),
        (b"[" * 50_000, "body"),
        (b"\xff\xfe", "valid"),
        (b"{}", "question"),
        (b'{"question": 7}', "question"),
        (b'{"question": "  "}', "empty"),
        (b'{"question": "How?", "colection": "a"}', "colection"),
        (b'{"question": "How?", "collection": ""}', "collection"),
    ],
)
def test_a_bad_body_is_one_sentence(http: httpx.Client, body: bytes, word: str) -> None:
    response = http.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    refused(response, 400, "BadInput", word)


def test_a_body_of_another_type_is_told_which_one(http: httpx.Client) -> None:
    refused(http.post("/v1/ask", data={"question": "How?"}), 400, "BadInput", "application/json")


@pytest.mark.parametrize("target", ["http:/etc/passwd", "https:notes.md", "HTTP:/x"])
def test_what_only_looks_like_an_address_is_a_path(http: httpx.Client, target: str) -> None:
    refused(http.post("/v1/ingest", json={"targets": [target]}), 403, "Forbidden", "owner")


def test_a_question_over_the_limit(http: httpx.Client) -> None:
    for path, key in (("/v1/ask", "question"), ("/v1/retrieve", "query")):
        refused(http.post(path, json={key: "a" * (LONGEST_QUESTION + 1)}), 413, "TooLarge", "4000")


@pytest.mark.parametrize(
    "files",
    [{"file": ("..", b"a")}, {"file": ("a/..", b"a")}, {"file": (" ", b"a")}, {"note": (None, b"a")}],
)
def test_an_upload_without_a_name_or_file(http: httpx.Client, files: dict[str, tuple[str | None, bytes]]) -> None:
    refused(http.post("/v1/documents", files=files), 400, "BadInput", "file")


def test_an_upload_that_is_no_form(http: httpx.Client) -> None:
    refused(http.post("/v1/documents", content=b"abc"), 400, "BadInput", "multipart")
    broken = {"Content-Type": "multipart/form-data"}
    refused(http.post("/v1/documents", content=b"abc", headers=broken), 400, "BadInput", "form")


def test_unknown_routes_and_methods(http: httpx.Client) -> None:
    refused(http.get("/nowhere"), 404, "NotFound", "/docs")
    assert http.get("/v1/ask").status_code == 405


def test_a_crash_tells_no_internals(http: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = http.post("/v1/ask", json={"question": "crash"})
    assert (response.status_code, response.json()["error"]["class"]) == (500, "VedetteError")
    assert "secret" not in response.text
    assert "secret internals" in caplog.text


def test_safe_names_have_no_path_and_no_controls() -> None:
    assert safe_name("/abs/über.md") == "über.md"
    assert safe_name("a\u202ecod.exe") == "acod.exe"
    long = safe_name("n" * 400 + ".pdf")
    assert len(long) <= 150
    assert long.endswith(".pdf")
