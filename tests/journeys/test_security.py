"""Who gets in, and who no longer does, against `vedette serve` with sign-in, as it is started."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from fakes.process import vedette, vedette_json
from fakes.provider import KEY, MODEL, serving
from fakes.small_library import write_library
from fakes.staffed import PASSWORD, SECRET, SIGN_IN, Header, Staffed, staffed
from vedette.conversations.seen import LEFT_OUT

QUESTION = "What is used to store passwords?"
COOKIE = "vedette_refresh"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    data = tmp_path_factory.mktemp("data")
    vedette_json(data, "ingest", str(write_library(tmp_path_factory.mktemp("library") / "docs")))
    with serving("openai") as provider:
        llm = {"VEDETTE_LLM_URL": provider.url, "VEDETTE_LLM_MODEL": MODEL, "VEDETTE_LLM_KEY": KEY}
        with staffed(data, **llm) as opened:
            yield opened


@pytest.fixture(scope="module")
def admin(office: Staffed) -> Header:
    return office.sign_in("admin")


def newcomer(office: Staffed, admin: Header, name: str, role: str = "reader") -> Header:
    """The header of a new person's session."""
    body = {"email": f"{name}@example.org", "password": PASSWORD, "name": name, "role": role}
    assert office.http.post("/v1/admin/people", headers=admin, json=body).status_code == 201
    return office.sign_in(name)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "VEDETTE_ACCOUNTS_SIGN_IN"),
        ({"VEDETTE_ACCOUNTS_SIGN_IN": "true"}, "VEDETTE_ACCOUNTS_SECRET_KEY"),
        ({"VEDETTE_ACCOUNTS_SECRET_KEY": SECRET}, "VEDETTE_ACCOUNTS_SIGN_IN"),
        ({**SIGN_IN, "VEDETTE_ACCOUNTS_SECRET_KEY": "too-short"}, "32"),
    ],
    ids=("nobody signs in", "no secret", "a secret alone", "a short secret"),
)
def test_others_are_not_served_by_a_server_that_is_not_ready_for_them(
    tmp_path: Path, given: dict[str, str], word: str
) -> None:
    refused = vedette(tmp_path / "data", "serve", "--host", "0.0.0.0", "--port", "0", **given)
    assert refused.returncode != 0
    assert (refused.stdout, refused.stderr.count("\n"), word in refused.stderr) == ("", 1, True), refused.stderr
    assert not (tmp_path / "data" / "server.json").exists()


def test_the_cookie_is_for_the_server_alone_and_renews_itself(office: Staffed) -> None:
    body = {"email": "reader@example.org", "password": PASSWORD}
    with httpx.Client(base_url=office.server.url, trust_env=False) as page:
        signed = page.post("/v1/auth/login", json=body)
        attributes = {part.strip().lower() for part in signed.headers.get_list("set-cookie")[0].split(";")}
        assert {"httponly", "samesite=strict", "path=/v1/auth"} < attributes
        assert signed.cookies[COOKIE] not in signed.text
        foreign = page.post("/v1/auth/refresh", headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        carried = page.post("/v1/auth/refresh")
        assert carried.status_code == 200
        assert carried.cookies[COOKIE] != signed.cookies[COOKIE]
    assert SECRET not in signed.text + str(signed.headers)


def test_over_https_the_cookie_is_secure(tmp_path: Path) -> None:
    with staffed(tmp_path / "data", VEDETTE_ACCOUNTS_PAGE_URL="https://vedette.example.org") as office:
        body = {"email": "reader@example.org", "password": PASSWORD}
        cookies = office.http.post("/v1/auth/login", json=body).headers.get_list("set-cookie")
    assert all("secure" in {part.strip().lower() for part in cookie.split(";")} for cookie in cookies)


def test_of_twenty_who_carry_on_with_one_cookie_one_does_and_the_session_ends(office: Staffed) -> None:
    body = {"email": "reader@example.org", "password": PASSWORD}
    signed = httpx.post(f"{office.server.url}/v1/auth/login", json=body, trust_env=False)
    cookie = {"Cookie": f"{COOKIE}={signed.cookies[COOKIE]}"}
    together = Barrier(20)

    def carry_on(_: int) -> httpx.Response:
        together.wait()
        return httpx.post(f"{office.server.url}/v1/auth/refresh", headers=cookie, trust_env=False, timeout=30)

    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(carry_on, range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    winner = next(answer for answer in answers if answer.status_code == 200)
    for token in (signed, winner):
        bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
        assert office.http.get("/v1/me", headers=bearer).status_code == 401
    stolen = {"Cookie": f"{COOKIE}={winner.cookies[COOKIE]}"}
    assert office.http.post("/v1/auth/refresh", headers=stolen).status_code == 401


def test_who_is_disabled_is_out_at_the_next_request(office: Staffed, admin: Header) -> None:
    first, second = newcomer(office, admin, "leaver"), office.sign_in("leaver")
    key = office.http.post("/v1/auth/keys", headers=first, json={"name": "job"}).json()["secret"]
    body = {"email": "leaver@example.org", "password": PASSWORD}
    signed = httpx.post(f"{office.server.url}/v1/auth/login", json=body, trust_env=False)
    ways = (first, second, {"Authorization": f"Bearer {key}"})
    chat = {"model": "vedette", "messages": [{"role": "user", "content": QUESTION}], "stream": True}
    asking = {"question": QUESTION}
    streaming = {"Accept": "text/event-stream"}
    with office.http.stream("POST", "/v1/ask", headers=first | streaming, json=asking) as events:
        next(events.iter_lines())
        office.stop_letting_in(admin, "leaver@example.org")
        for way in ways:
            again = (
                office.http.get("/v1/me", headers=way),
                office.http.post("/v1/ask", headers=way | streaming, json=asking),
                office.http.post("/v1/retrieve", headers=way, json={"query": QUESTION}),
                office.http.get("/v1/conversations", headers=way),
                office.http.post("/v1/chat/completions", headers=way, json=chat),
            )
            assert [answer.status_code for answer in again] == [401] * 5
    cookie = {"Cookie": f"{COOKIE}={signed.cookies[COOKIE]}"}
    assert office.http.post("/v1/auth/refresh", headers=cookie).status_code == 401
    wrong = office.http.post("/v1/auth/login", json=body)
    unknown = office.http.post("/v1/auth/login", json={**body, "email": "nobody@example.org"})
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())


def test_a_conversation_forgets_what_its_owner_may_no_longer_read(office: Staffed, admin: Header) -> None:
    reader = newcomer(office, admin, "asker")
    heron, egret = (
        "# Heron\n\nThe heron code of the pond is seven.\n",
        "# Egret\n\nThe egret code of the mill is nine.\n",
    )
    document = office.upload(admin, "heron.md", heron, collection="b")
    kept = office.upload(admin, "egret.md", egret, collection="b")
    begun = office.http.post("/v1/conversations", headers=reader, json={"collection": "b"}).json()["id"]
    conversation = f"/v1/conversations/{begun}"

    def ask(text: str) -> str:
        return office.http.post(f"{conversation}/ask", headers=reader, json={"text": text}).text

    def read() -> str:
        ways = ("", "/export", "/export?form=evidence")
        told = [office.http.get(f"{conversation}{way}", headers=reader) for way in ways]
        assert {one.status_code for one in told} == {200}
        return "".join(one.text for one in told)

    assert "seven" in ask("What is the heron code?")
    assert "nine" in ask("What is the egret code?")
    before = office.http.get(conversation, headers=reader).json()
    assert ("seven" in read(), LEFT_OUT in read()) == (True, False)
    sharing = f"/v1/documents/{document}/sharing"
    assert office.http.patch(sharing, headers=admin, json={"readers": ["group:board"], "tlp": ""}).status_code == 200
    assert ("seven" in read(), "nine" in read(), LEFT_OUT in read()) == (False, True, True)
    assert "seven" not in ask("And what about the heron code?")
    assert "seven" not in read()
    assert office.http.patch(sharing, headers=admin, json={"readers": [], "tlp": ""}).status_code == 200
    restored = office.http.get(conversation, headers=reader).json()
    assert restored["turns"][:2] == before["turns"]
    assert office.http.delete(f"/v1/documents/{document}", headers=admin).status_code == 204
    assert ("seven" in read(), "nine" in read()) == (False, True)
    assert office.http.delete(f"/v1/documents/{kept}", headers=admin).status_code == 204
    assert "nine" not in read()


def test_who_is_removed_leaves_no_conversation(office: Staffed, admin: Header) -> None:
    leaver = newcomer(office, admin, "goner")
    office.http.post("/v1/conversations", headers=leaver, json={})
    email = "goner@example.org"
    people = office.http.get("/v1/admin/people", headers=admin).json()["people"]
    person = next(one["id"] for one in people if one["email"] == email)
    assert office.http.delete(f"/v1/admin/people/{person}", headers=admin).status_code == 204
    assert office.http.get("/v1/conversations", headers=leaver).status_code == 401
    with closing(sqlite3.connect(office.server.data / "people.db")) as database:
        left = database.execute("SELECT count(*) FROM conversations WHERE person = ?", (person,)).fetchone()
    assert left == (0,)
