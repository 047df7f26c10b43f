"""Tokens at the door that prove nothing: 401 at every route that looks at one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator

import httpx
import jwt
import pytest

from fakes.bureau import SECRET
from fakes.door import TOKEN, Door, opened_door
from vedette.records import AccountChange

ROUTES = [("GET", "/v1/me"), ("GET", "/v1/documents"), ("POST", "/v1/auth/logout"), ("GET", "/v1/admin/people")]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def token(door: Door) -> str:
    return door.session("admin")["Authorization"].split()[1]


def said(door: Door, secret: bytes = SECRET, algorithm: str = "HS256", **claims: object) -> str:
    """The admin's token with other claims, signed as if our secret had leaked, or with another."""
    read = jwt.decode(token(door), options={"verify_signature": False})
    return jwt.encode({**read, **claims}, secret, algorithm)


def unsigned(door: Door) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    return f"{head}.{token(door).split('.')[1]}."


def ended(door: Door) -> str:
    header = door.sign_in("admin")
    door.http.post("/v1/auth/logout", headers=header).raise_for_status()
    return header["Authorization"].split()[1]


def disabled(door: Door) -> str:
    header = door.sign_in("other")
    door.bureau.accounts.change(door.people["other"].id, AccountChange(disabled=True), "test")
    return header["Authorization"].split()[1]


FORGED: dict[str, Callable[[Door], str]] = {
    "no JWT": lambda door: "x",
    "empty parts": lambda door: "..",
    "algorithm none": unsigned,
    "another secret": lambda door: said(door, b"k" * 32),
    "another algorithm": lambda door: said(door, algorithm="HS384"),
    "expired": lambda door: said(door, exp=1),
    "not yet valid": lambda door: said(door, nbf=int(door.bureau.now.timestamp()) + 60),
    "another audience": lambda door: said(door, aud="elsewhere"),
    "another issuer": lambda door: said(door, iss="elsewhere"),
    "another type": lambda door: said(door, typ="refresh"),
    "another person": lambda door: said(door, sub=door.people["reader"].id),
    "unknown session": lambda door: said(door, sid="0" * 32),
    "signature cut": lambda door: token(door)[:-3],
    "body of another": lambda door: ".".join((token(door).split(".")[0], said(door, sub="x").split(".")[1], "x")),
    "session ended": ended,
    "disabled": disabled,
    "refresh token": lambda door: door.bureau.sign_in(door.people["admin"].email).refresh_token,
    "link for a new password": lambda door: door.bureau.handed(door.people["admin"].email),
    "key that never was": lambda door: "vk_" + "A" * 43,
    "key cut": lambda door: door.key("admin")["Authorization"].split()[1][:-1],
    "owner token cut": lambda door: TOKEN[:-1],
    "owner token and more": lambda door: TOKEN + "x",
    "two tokens": lambda door: f"{token(door)}, {token(door)}",
    "very long": lambda door: token(door) + "A" * 20_000,
}


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_opens_nothing(door: Door, forge: Callable[[Door], str]) -> None:
    header = {"Authorization": f"Bearer {forge(door)}"}
    for method, path in ROUTES:
        answer = door.http.request(method, path, headers=header)
        assert (answer.status_code, answer.json()["error"]["class"]) == (401, "Unauthorized"), path
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("value", [b"Bearer", b"Basic eDp5", "Bearer é".encode(), b"Bearer \xff\xfe", b"\xff"])
def test_a_header_that_is_no_token_opens_nothing(door: Door, value: bytes) -> None:
    answer = door.http.get("/v1/documents", headers=[(b"authorization", value)])
    assert (answer.status_code, answer.json()["error"]["class"]) == (401, "Unauthorized")


def test_a_token_elsewhere_than_in_its_header_opens_nothing(door: Door) -> None:
    value = token(door)
    tries: list[dict[str, object]] = [
        {"params": {"access_token": value}},
        {"headers": {"Cookie": f"access_token={value}; vedette_refresh={value}"}},
        {"headers": {"X-Forwarded-User": "admin@example.org", "X-Remote-User": "admin"}},
    ]
    for given in tries:
        assert door.http.get("/v1/documents", **given).status_code == 401  # type: ignore[arg-type]


def test_a_stale_token_does_not_keep_its_holder_from_signing_in(door: Door) -> None:
    stale = {"Authorization": f"Bearer {ended(door)}"}
    body = {"email": "admin@example.org", "password": "wrong"}
    assert "password is wrong" in door.http.post("/v1/auth/login", json=body, headers=stale).text
    assert door.http.get("/livez", headers=stale).text == "ok"
    assert httpx.get(f"{door.http.base_url}/docs", headers=stale, trust_env=False).status_code == 200
