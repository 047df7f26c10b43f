"""Tokens that we did not sign, or not for this: every one is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from fakes.bureau import HERE, SECRET, THERE, Bureau
from vedette.accounts.tokens import Claims
from vedette.errors import SettingsError, Unauthorized
from vedette.records import AccountChange
from vedette.storage.database import open_database, sqlite_url

Forge = Callable[["Forger"], str]


class Forger:
    """A genuine token taken apart, and the means to put another together."""

    def __init__(self, bureau: Bureau) -> None:
        bureau.person("admin@example.org", "admin")
        self.bureau = bureau
        self.person = bureau.person()
        self.session = bureau.sign_in()
        self.genuine = self.session.access_token
        self.head, self.body, self.signature = self.genuine.split(".")
        self.claims: dict[str, Any] = json.loads(unpacked(self.body))

    def signed(self, headers: dict[str, Any] | None = None, secret: bytes = SECRET, **claims: Any) -> str:
        """Signed with our own secret, as if it had leaked: only what it says can give it away."""
        said = {name: value for name, value in {**self.claims, **claims}.items() if value is not ...}
        return by_hand({"alg": "HS256", "typ": "JWT", **(headers or {})}, said, secret)


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def by_hand(headers: dict[str, Any], claims: Any, secret: bytes, algorithm: str = "sha256") -> str:
    signed = f"{packed(json.dumps(headers).encode())}.{packed(json.dumps(claims).encode())}"
    return f"{signed}.{packed(hmac.digest(secret, signed.encode(), algorithm))}"


def unsigned(forger: Forger, algorithm: str) -> str:
    return f"{packed(json.dumps({'alg': algorithm, 'typ': 'JWT'}).encode())}.{forger.body}."


def of_another(forger: Forger) -> str:
    """The right session, another person."""
    other = forger.bureau.person("bob@example.org", "editor")
    return forger.signed(sub=other.id)


def disabled(forger: Forger) -> str:
    forger.bureau.accounts.change(forger.person.id, AccountChange(disabled=True), "test")
    return forger.genuine


def signed_out(forger: Forger) -> str:
    forger.bureau.accounts.sign_out(forger.genuine)
    return forger.genuine


def removed(forger: Forger) -> str:
    forger.bureau.accounts.remove(forger.person.id, "test")
    return forger.genuine


def stolen(forger: Forger) -> str:
    for caller in (HERE, THERE):
        try:
            forger.bureau.accounts.refresh(forger.session.refresh_token, caller)
        except Unauthorized:
            return forger.genuine
    raise AssertionError


def revoked_key(forger: Forger) -> str:
    info, secret = forger.bureau.accounts.make_key(forger.person, "x")
    forger.bureau.accounts.revoke_key(forger.person, info.id)
    return secret


KEY_HEADER = {"jwk": {"kty": "oct", "k": packed(b"k" * 32)}}
FORGED: dict[str, Forge] = {
    "nothing": lambda f: "",
    "no token": lambda f: "Bearer",
    "two parts": lambda f: f"{f.head}.{f.body}",
    "four parts": lambda f: f"{f.genuine}.{f.signature}",
    "five parts, as encrypted ones": lambda f: f"{f.genuine}.a.b",
    "algorithm none": lambda f: unsigned(f, "none"),
    "algorithm None": lambda f: unsigned(f, "None"),
    "algorithm empty": lambda f: unsigned(f, ""),
    "no signature": lambda f: f"{f.head}.{f.body}.",
    "signature of another token": lambda f: f"{f.head}.{f.body}.{f.bureau.sign_in().access_token.split('.')[2]}",
    "signature cut": lambda f: f.genuine[:-4],
    "body changed": lambda f: f"{f.head}.{packed(json.dumps({**f.claims, 'sub': 'x'}).encode())}.{f.signature}",
    "header changed": lambda f: packed(b"{}") + f".{f.body}.{f.signature}",
    "another secret": lambda f: f.signed(secret=b"k" * 32),
    "empty secret": lambda f: f.signed(secret=b""),
    "secret's digest": lambda f: f.signed(secret=hashlib.sha256(SECRET).digest()),
    "HS512 with our secret": lambda f: by_hand({"alg": "HS512", "typ": "JWT"}, f.claims, SECRET, "sha512"),
    "RS256 over HMAC": lambda f: f.signed({"alg": "RS256"}),
    "key id that is a path": lambda f: f.signed({"kid": "../../../dev/null"}, secret=b""),
    "key in the header": lambda f: f.signed(KEY_HEADER, secret=b"k" * 32),
    "key at an address": lambda f: f.signed({"jku": "http://192.0.2.9/keys"}, secret=b"k" * 32),
    "unknown critical header": lambda f: f.signed({"crit": ["exp2"], "exp2": 1}),
    "claims that are a list": lambda f: by_hand({"alg": "HS256"}, [f.claims], SECRET),
    "claims that are text": lambda f: by_hand({"alg": "HS256"}, "admin", SECRET),
    "expired": lambda f: f.signed(exp=f.claims["nbf"]),
    "expired in 1970": lambda f: f.signed(exp=0),
    "expiry that is text": lambda f: f.signed(exp=str(f.claims["exp"])),
    "expiry that is true": lambda f: f.signed(exp=True),
    "expiry without end": lambda f: f.signed(exp=float("inf")),
    "not yet valid": lambda f: f.signed(nbf=f.claims["nbf"] + 60),
    "start that is text": lambda f: f.signed(nbf="0"),
    **{f"no {name}": lambda f, name=name: f.signed(**{name: ...}) for name in ("iss", "aud", "exp", "nbf", "jti")},
    **{f"no {name}": lambda f, name=name: f.signed(**{name: ...}) for name in ("typ", "sub", "sid")},
    "another issuer": lambda f: f.signed(iss="elsewhere"),
    "another audience": lambda f: f.signed(aud="elsewhere"),
    "several audiences": lambda f: f.signed(aud=["elsewhere", "vedette"]),
    "another type": lambda f: f.signed(typ="refresh"),
    "no type": lambda f: f.signed(typ=""),
    "a number as its id": lambda f: f.signed(jti=7),
    "a number as its person": lambda f: f.signed(sub=7),
    "a session that is null": lambda f: f.signed(sid=None),
    "unknown session": lambda f: f.signed(sid="0" * 32),
    "unknown person": lambda f: f.signed(sub="0" * 32),
    "another's session": of_another,
    "session with a wildcard": lambda f: f.signed(sid="%"),
    "signed out": signed_out,
    "disabled": disabled,
    "removed": removed,
    "session of a stolen refresh token": stolen,
    "refresh token": lambda f: f.session.refresh_token,
    "link for a new password": lambda f: f.bureau.handed(f.person.email),
    "key that never was": lambda f: "vk_" + "A" * 43,
    "revoked key": revoked_key,
    "key's digest": lambda f: "vk_" + hashlib.sha256(b"x").hexdigest(),
    "very long": lambda f: f.genuine + "A" * 100_000,
    "with a NUL": lambda f: f.genuine + "\0",
    "letters of no alphabet": lambda f: "é.é.é",
    "lone surrogate": lambda f: "\ud800",
}


@pytest.fixture
def forger(tmp_path: Path) -> Forger:
    return Forger(Bureau(open_database(sqlite_url(tmp_path / "people.db"))))


def test_the_genuine_one_is_taken_and_so_is_the_same_put_together_by_hand(forger: Forger) -> None:
    """Else the forger below would prove nothing."""
    accounts = forger.bureau.accounts
    assert accounts.who(forger.genuine).id == accounts.who(forger.signed()).id == forger.person.id


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(forger: Forger, forge: Forge) -> None:
    token = forge(forger)
    with pytest.raises(Unauthorized) as raised:
        forger.bureau.accounts.who(token)
    assert raised.value.message == Unauthorized().message
    with pytest.raises(Unauthorized):
        forger.bureau.accounts.sign_out(token)


@pytest.mark.parametrize("kind", ["access token", "API key", "link"])
def test_no_token_does_the_work_of_another(forger: Forger, kind: str) -> None:
    accounts = forger.bureau.accounts
    token = {
        "access token": forger.genuine,
        "API key": accounts.make_key(forger.person, "x")[1],
        "link": forger.bureau.handed(forger.person.email),
    }[kind]
    with pytest.raises(Unauthorized):
        accounts.refresh(token, HERE)
    if kind != "link":
        with pytest.raises(Unauthorized):
            accounts.reset(token, "a long new phrase", HERE)


def test_what_the_library_reads_is_what_we_wrote(forger: Forger) -> None:
    read = jwt.decode(forger.genuine, SECRET, algorithms=["HS256"], audience="vedette", options={"verify_exp": False})
    assert set(read) == {"iss", "aud", "exp", "nbf", "jti", "typ", "sub", "sid"}
    assert forger.bureau.signer.read(forger.genuine, forger.bureau.now) == Claims(forger.person.id, read["sid"])


def test_a_short_secret_is_refused() -> None:
    from vedette.accounts.tokens import Signer

    with pytest.raises(SettingsError, match="32"):
        Signer(b"x" * 31, lambda size: b"")
