"""Route x role, generated from the routes themselves: what nobody wrote a rule for is closed, and fails here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from fakes.door import CONFIG, OWNER_HEADER, Door, opened_door
from fakes.knowledge import ID
from fakes.people import demo
from fakes.server import serving_app
from vedette.records import NOBODY, OWNER
from vedette.web import routes_health
from vedette.web.api import ROUTES, create_app
from vedette.web.rules import RULES

LEVEL = {"nobody": 0, "reader": 1, "key of a reader": 1, "editor": 2, "admin": 3, "key of an admin": 3, "owner": 3}
NEEDED = {"open": 0, "anybody": 0, "reader": 1, "editor": 2, "admin": 3}
ASK = "POST /v1/conversations/{conversation}/ask"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def leaves(found: Iterable[Any]) -> Iterator[Any]:
    for route in found:
        inner = getattr(route, "original_router", None)
        yield from leaves(inner.routes) if inner is not None else [route]


def test_every_route_has_a_rule_and_every_rule_a_route(tmp_path: Path) -> None:
    with demo(tmp_path) as services:
        app = create_app(services, CONFIG)
    found = list(leaves(app.routes))
    assert [route.path for route in found if not isinstance(route, APIRoute)] == ["/openapi.json"]
    named = [
        f"{method} {route.path_format}" for route in found if isinstance(route, APIRoute) for method in route.methods
    ]
    assert sorted(named) == sorted(RULES)


def test_a_route_that_nobody_wrote_a_rule_for_is_closed_to_the_owner_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = APIRouter()
    forgotten.add_api_route("/v1/forgotten", lambda: "secret", methods=["GET"])
    monkeypatch.setattr("vedette.web.api.ROUTES", (*ROUTES, type("module", (), {"router": forgotten})))
    with demo(tmp_path) as services, serving_app(create_app(services, CONFIG)) as url:
        answer = httpx.get(f"{url}/v1/forgotten", headers=OWNER_HEADER, trust_env=False)
    assert (answer.status_code, answer.json()["error"]["class"]) == (403, "Forbidden")
    assert "no rule" in answer.text


def test_the_document_tells_the_rules(door: Door) -> None:
    document = door.http.get("/openapi.json").json()
    flow = document["components"]["securitySchemes"]["password"]["flows"]["password"]
    assert RULES[f"POST {flow['tokenUrl']}"] == "open"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            rule = RULES[f"{method.upper()} {path}"]
            assert operation["x-rule"] == rule
            assert bool(operation["security"]) is (rule != "open")
            told = set(operation["responses"])
            assert "401" in told or rule == "open", path
            assert "403" in told or rule in ("open", "anybody", "reader"), path


def header(door: Door, who: str, fresh: bool = False) -> dict[str, str]:
    """How somebody shows who they are; `fresh`: by a session that may be ended."""
    if who.startswith("key of"):
        return door.key(who.split()[-1])
    if who in door.people:
        return door.sign_in(who) if fresh else door.session(who)
    return OWNER_HEADER if who == "owner" else {}


@pytest.mark.parametrize("who", LEVEL)
@pytest.mark.parametrize("route", sorted(RULES))
def test_everybody_gets_what_the_table_says(door: Door, route: str, who: str) -> None:
    (method, path), rule = route.split(), RULES[route]
    answer = door.http.request(method, re.sub(r"\{\w+\}", "x" * 16, path), headers=header(door, who, rule == "self"))
    allowed = who in door.people if rule == "self" else LEVEL[who] >= NEEDED[rule]
    if allowed:
        # It got in; what it sent may be wrong. Only signing in says 401 for that: there is nothing to refresh.
        assert answer.status_code not in (403, 500), answer.text
        assert answer.status_code != 401 or route == "POST /v1/auth/refresh"
    else:
        expected = (401, "Unauthorized") if who == "nobody" else (403, "Forbidden")
        assert (answer.status_code, answer.json()["error"]["class"]) == expected, answer.text
        assert ("www-authenticate" in answer.headers) is (who == "nobody")


def test_each_route_is_handed_what_its_caller_may_see(door: Door) -> None:
    for who in ("reader", "editor", "admin", "owner", "nobody"):
        seen = OWNER if who == "owner" else door.people[who].access if who in door.people else NOBODY
        door.knowledge.seen.clear()
        door.http.get("/v1/documents", headers=header(door, who))
        door.http.get("/readyz", headers=header(door, who))
        assert set(door.knowledge.seen) == {seen}


def test_no_route_reaches_knowledge_that_is_not_narrowed() -> None:
    for module in Path(routes_health.__file__).parent.glob("*.py"):
        uses = re.findall(r"services\.(?:knowledge|conversations)\b\S*", module.read_text(encoding="utf-8"))
        narrowed = ["services.knowledge.seen_by(visitor.access)", "services.conversations.seen_by(knowledge),"]
        assert uses == (narrowed if module.name == "parts.py" else [])


MINE = [
    ("GET", "", None),
    ("PATCH", "", {"title": "Mine now"}),
    ("POST", "/ask", {"text": "How?"}),
    ("POST", "/turns/{turn}/again", {"text": "How?"}),
    ("POST", "/turns/{turn}/rating", {"thumb": "up", "reason": ""}),
    ("GET", "/export", None),
    ("DELETE", "", None),
]


@pytest.mark.parametrize("who", ["other", "editor", "admin", "owner"])
@pytest.mark.parametrize(("method", "path", "body"), MINE)
def test_nobody_reaches_the_conversation_of_another(
    door: Door, who: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    mine = door.key("reader")
    conversation, turn = door.ask(mine)
    target = f"/v1/conversations/{conversation}{path.replace('{turn}', turn)}"
    unknown = target.replace(conversation, "0" * 32)
    theirs = door.http.request(method, target, json=body, headers=header(door, who))
    nothing = door.http.request(method, unknown, json=body, headers=header(door, who))
    assert theirs.status_code == nothing.status_code == 404
    assert theirs.json() == nothing.json()
    before = door.http.get(f"/v1/conversations/{conversation}", headers=mine).json()
    assert [one["asked"] for one in before["turns"]] == ["How are passwords stored?"]
    assert conversation not in door.http.get("/v1/conversations", headers=header(door, who)).text
    assert door.http.get(f"/prompts/{conversation}", headers=header(door, who)).status_code == 404


@pytest.mark.parametrize("what", ["sessions", "keys"])
def test_nobody_ends_the_session_or_key_of_another(door: Door, what: str) -> None:
    mine = door.sign_in("reader")
    door.key("reader")
    for one in door.http.get(f"/v1/auth/{what}", headers=mine).json()[what]:
        for who in ("other", "admin"):
            ended = door.http.delete(f"/v1/auth/{what}/{one['id']}", headers=door.sign_in(who))
            assert ended.status_code == 404
    assert door.http.get("/v1/me", headers=mine).json()["person"]["name"] == "reader"
    assert door.http.get("/v1/documents", headers=door.key("reader")).status_code == 200


def test_where_nobody_signs_in_everybody_is_the_owner_and_nobody_has_an_account(tmp_path: Path) -> None:
    with demo(tmp_path) as services, serving_app(create_app(services, CONFIG)) as url:
        http = httpx.Client(base_url=url, trust_env=False)
        with http:
            assert http.get("/v1/me").json() | {"roles": []} == {
                "sign_in": False, "person": None, "registration": False, "version": "1.2.3", "roles": [],
                "mail": False, "training": "ask", "language_default": "",
            }  # fmt: skip
            assert http.delete(f"/v1/documents/{ID}").status_code == 204
            assert http.get("/v1/admin/health").status_code == 200
            for route, rule in RULES.items():
                method, path = route.split()
                answer = http.request(method, re.sub(r"\{\w+\}", "x", path), headers={"Authorization": "Bearer none"})
                assert answer.status_code not in (401, 403), route
                if rule == "self":
                    assert answer.status_code == 404
                    assert "VEDETTE_ACCOUNTS_SIGN_IN" in answer.text
