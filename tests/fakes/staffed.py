"""`vedette serve` with sign-in and people, a process of its own over a real database: for journeys about security."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fakes.process import Server, clean_environment, serving
from vedette.app_people import accounts_of
from vedette.records import ROLES
from vedette.settings import load

PASSWORD = "correct horse battery"
SECRET = "canary-of-the-secret-key-0123456789abcdef"
SIGN_IN = {
    "VEDETTE_ACCOUNTS_SIGN_IN": "true",
    "VEDETTE_ACCOUNTS_SECRET_KEY": SECRET,
    "VEDETTE_ACCOUNTS_HASH_MEMORY_MIB": "8",
    "VEDETTE_SERVER_PER_ADDRESS": "0",
    "VEDETTE_SERVER_PER_PERSON": "0",
}
Header = dict[str, str]


@dataclass(frozen=True)
class Staffed:
    """A server where reader, editor and admin have an account, NAME@example.org with PASSWORD; `http` is nobody's."""

    server: Server
    http: httpx.Client

    def sign_in(self, name: str, password: str = PASSWORD) -> Header:
        """The header of a new session."""
        body = {"email": f"{name}@example.org", "password": password}
        signed = httpx.post(f"{self.server.url}/v1/auth/login", json=body, trust_env=False, timeout=30)
        assert signed.status_code == 200, signed.text
        return {"Authorization": f"Bearer {signed.json()['access_token']}"}

    def upload(self, who: Header, name: str, text: str, **form: Any) -> str:
        """The id of a new document."""
        sent = self.http.post("/v1/documents", headers=who, files={"file": (name, text.encode())}, data=form)
        assert sent.status_code == 200, sent.text
        assert sent.json()["failed"] == [], sent.text
        wanted = {"collection": form.get("collection", "default")}
        listed = self.http.get("/v1/documents", headers=who, params=wanted).json()["documents"]
        return next(str(one["id"]) for one in listed if one["source"] == name)

    def stop_letting_in(self, admin: Header, email: str) -> None:
        """Disable an account."""
        people = self.http.get("/v1/admin/people", headers=admin).json()["people"]
        person = next(one["id"] for one in people if one["email"] == email)
        changed = self.http.patch(f"/v1/admin/people/{person}", headers=admin, json={"disabled": True})
        assert changed.status_code == 200, changed.text


@contextmanager
def staffed(data: Path, **extra: str) -> Iterator[Staffed]:
    """A server over `data`; `extra` are settings as environment variables, over those of `SIGN_IN`."""
    given = SIGN_IN | extra
    with accounts_of(load({**clean_environment(), **given}, data)) as accounts:
        known = {person.email for person in accounts.people()}
        for role in ROLES:
            if f"{role}@example.org" not in known:
                accounts.create(f"{role}@example.org", PASSWORD, role, role, "test")
    with (
        serving(data, **given) as server,
        httpx.Client(base_url=server.url, timeout=60, trust_env=False) as http,
    ):
        yield Staffed(server, http)
