"""Secrets sent through every route, in the right places and in wrong ones: none of them in the log, the metrics, the
body of an error, any file of the data folder or a mail, but for the one mail that is meant."""

from __future__ import annotations

import json
import quopri
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.mailbox import Mailbox, receiving
from fakes.process import vedette_json
from fakes.provider import MODEL, serving
from fakes.small_library import write_library
from fakes.staffed import PASSWORD, SECRET, Header, Staffed, staffed

# The provider refuses it and repeats it in its error, as real ones do.
PROVIDER_KEY = "sk-canary-of-the-provider-key"
TYPED = {
    "password": "canary password of ana",
    "wrong password": "canary of a wrong guess",
    "new password": "canary of the new pass phrase",
    "later password": "canary of the later pass phrase",
}
ANA = "ana@example.org"
pytestmark = pytest.mark.slow


@dataclass
class Told:
    """What the server gave out: error bodies, by the request."""

    errors: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    office: Staffed
    mailbox: Mailbox
    told: Told


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data = tmp_path_factory.mktemp("data")
    vedette_json(data, "ingest", str(write_library(tmp_path_factory.mktemp("library") / "docs")))
    with receiving() as mailbox, serving("openai") as provider:
        settings = {
            "VEDETTE_MAIL_URL": mailbox.url,
            "VEDETTE_ACCOUNTS_REGISTRATION": "reader",
            "VEDETTE_LLM_URL": provider.url,
            "VEDETTE_LLM_MODEL": MODEL,
            "VEDETTE_LLM_KEY": PROVIDER_KEY,
        }
        with staffed(data, **settings) as office:
            told = Told()
            live(office, mailbox, told)
            everywhere(office, told)
            yield Scene(office, mailbox, told)


def call(office: Staffed, told: Told, route: str, **sent: Any) -> httpx.Response:
    """One request; what it is refused with is kept."""
    method, path = route.split(" ")
    with httpx.Client(base_url=office.server.url, timeout=60, trust_env=False) as client:
        answer = client.request(method, path, **sent)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        told.errors[f"{route} {len(told.errors)}"] = answer.text
    return answer


def live(office: Staffed, mailbox: Mailbox, told: Told) -> None:
    """A person's whole life, every secret where it belongs."""
    kept = told.secrets
    account = {"email": ANA, "password": TYPED["password"]}
    call(office, told, "POST /v1/auth/register", json={**account, "name": "Ana"})
    call(office, told, "POST /v1/auth/register", json={**account, "name": "Ana"})
    call(office, told, "POST /v1/auth/login", json={**account, "password": TYPED["wrong password"]})
    signed = call(office, told, "POST /v1/auth/login", json=account)
    kept["access token"], kept["refresh token"] = signed.json()["access_token"], signed.cookies["vedette_refresh"]
    carried = call(
        office, told, "POST /v1/auth/refresh", headers={"Cookie": f"vedette_refresh={kept['refresh token']}"}
    )
    kept["second refresh token"] = carried.cookies["vedette_refresh"]
    ana = {"Authorization": f"Bearer {kept['access token']}"}
    kept["API key"] = call(office, told, "POST /v1/auth/keys", headers=ana, json={"name": "job"}).json()["secret"]
    call(
        office, told, "POST /v1/ask", headers={"Authorization": f"Bearer {kept['API key']}"}, json={"question": "How?"}
    )
    changed = {"old": TYPED["password"], "new": TYPED["new password"]}
    call(office, told, "POST /v1/auth/password", headers=ana, json={**changed, "old": TYPED["wrong password"]})
    call(office, told, "POST /v1/auth/password", headers=ana, json=changed)
    call(office, told, "POST /v1/auth/forgot", json={"email": ANA})
    kept["reset token"] = linked(mailbox)
    reset = {"token": kept["reset token"], "password": TYPED["later password"]}
    call(office, told, "POST /v1/auth/reset", json={**reset, "password": "short"})
    call(office, told, "POST /v1/auth/reset", json=reset)
    call(office, told, "POST /v1/auth/reset", json=reset)
    admin = office.sign_in("admin")
    people = call(office, told, "GET /v1/admin/people", headers=admin).json()["people"]
    person = next(one["id"] for one in people if one["email"] == ANA)
    link = call(office, told, f"POST /v1/admin/people/{person}/reset-link", headers=admin).json()["link"]
    kept["handed link"] = link.partition("#token=")[2]


def linked(mailbox: Mailbox) -> str:
    """The token of the link that was mailed."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        for _, message in mailbox.kept:
            found = re.search(r"#token=(\S+)", plain(message))
            if found:
                return found[1]
        time.sleep(0.05)
    raise AssertionError("no link was mailed")


def plain(message: str) -> str:
    return quopri.decodestring(message.encode()).decode("utf-8", "replace")


def everywhere(office: Staffed, told: Told) -> None:
    """Every route with every secret in the query, in headers and in bodies of wrong shapes, as people do by mistake."""
    secrets = {**TYPED, **told.secrets}
    document = office.http.get("/openapi.json").json()
    admin = office.sign_in("admin")
    for path, methods in document["paths"].items():
        for method in methods:
            route = f"{method.upper()} {re.sub(r'{[^}]+}', 'none', path)}"
            if "logout" in path:
                continue
            query = {name.replace(" ", "_"): value for name, value in secrets.items()}
            header = {"X-Api-Key": told.secrets["API key"], "Cookie": f"session={told.secrets['refresh token']}"}
            odd: Header = {"Authorization": f"Basic {told.secrets['API key']}"}
            body = {"password": list(TYPED.values()), "token": {"of": told.secrets["reset token"]}, "email": 7}
            call(office, told, route, params=query, headers=admin | header, json=body)
            call(office, told, route, headers=header | odd, content=json.dumps(secrets)[:-1])
    for name, value in told.secrets.items():
        for path in ("/v1/auth/keys/", "/v1/auth/sessions/", "/v1/documents/", "/prompts/", "/nowhere/"):
            method = "DELETE" if "auth" in path else "GET"
            answer = httpx.request(method, f"{office.server.url}{path}{value}", headers=admin, trust_env=False)
            assert answer.status_code in (400, 403, 404), name


def secrets_of(scene: Scene) -> dict[str, str]:
    fixed = {"the secret key": SECRET, "the provider's key": PROVIDER_KEY, "a colleague's password": PASSWORD}
    return {**TYPED, **scene.told.secrets, **fixed}


def test_the_log_holds_none(scene: Scene) -> None:
    log = "".join(path.read_text() for path in (scene.office.server.data / "logs").iterdir())
    assert log.count('"message": "request"') > 100
    for name, value in secrets_of(scene).items():
        assert value not in log, name


def test_no_error_repeats_one(scene: Scene) -> None:
    assert len(scene.told.errors) > 100
    for name, value in secrets_of(scene).items():
        for route, body in scene.told.errors.items():
            assert value not in body, (name, route)


def test_the_metrics_hold_none(scene: Scene) -> None:
    answer = scene.office.http.get("/metrics", headers=scene.office.sign_in("admin"))
    assert "vedette_http_requests_total" in answer.text
    for name, value in secrets_of(scene).items():
        assert value not in answer.text, name


def test_no_file_holds_one_in_plain_text(scene: Scene) -> None:
    files = [path for path in scene.office.server.data.rglob("*") if path.is_file()]
    assert any(path.name.startswith("people.db") for path in files)
    for path in files:
        held = path.read_bytes()
        for name, value in secrets_of(scene).items():
            assert value.encode() not in held, (name, path)


def test_only_the_mail_that_is_meant_holds_one_and_it_is_the_link(scene: Scene) -> None:
    holding = []
    for addresses, message in scene.mailbox.kept:
        assert addresses == [ANA]
        for name, value in secrets_of(scene).items():
            if value in plain(message):
                holding.append(name)
    assert len(scene.mailbox.kept) >= 2
    assert holding == ["reset token"]


def test_the_audit_log_and_the_state_of_the_parts_hold_none(scene: Scene) -> None:
    admin = scene.office.sign_in("admin")
    shown = "".join(
        scene.office.http.get(path, headers=admin).text
        for path in ("/v1/admin/audit?limit=1000", "/v1/admin/health", "/v1/admin/people", "/readyz", "/v1/auth/keys")
    )
    assert "sign-in.failed" in shown
    for name, value in secrets_of(scene).items():
        assert value not in shown, name


def test_the_token_of_the_data_folder_is_for_its_owner_alone(scene: Scene) -> None:
    data: Path = scene.office.server.data
    assert scene.office.server.token in (data / "server.json").read_text()
    for name in ("server.json", "people.db"):
        assert (data / name).stat().st_mode & 0o077 == 0, name
