"""What the tests of the door share: a real server with sign-in, and somebody of each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from fakes.bureau import PASSWORD, Bureau
from fakes.knowledge import FixedKnowledge
from fakes.people import house
from fakes.server import serving_app
from vedette.records import ROLES, Person
from vedette.services import Services
from vedette.web.api import create_app
from vedette.web.config import WebConfig

TOKEN = "the-owner-token"
CONFIG = WebConfig(version="1.2.3", token=TOKEN, max_body_bytes=100_000, heartbeat_s=0.05)
Header = dict[str, str]


@dataclass
class Door:
    """`people` by name: reader, other (a reader too), editor, admin; NAME@example.org signs in with PASSWORD."""

    services: Services
    bureau: Bureau
    http: httpx.Client
    knowledge: FixedKnowledge
    people: dict[str, Person]
    keys: dict[str, Header] = field(default_factory=dict)
    sessions: dict[str, Header] = field(default_factory=dict)

    def sign_in(self, name: str) -> Header:
        """The header of a new session."""
        session = self.bureau.sign_in(self.people[name].email)
        return {"Authorization": f"Bearer {session.access_token}"}

    def session(self, name: str) -> Header:
        """The header of the one session that is not ended."""
        if name not in self.sessions:
            self.sessions[name] = self.sign_in(name)
        return self.sessions[name]

    def key(self, name: str) -> Header:
        """The header of an API key."""
        if name not in self.keys:
            secret = self.bureau.accounts.make_key(self.people[name], "test")[1]
            self.keys[name] = {"Authorization": f"Bearer {secret}"}
        return self.keys[name]

    def begin(self, header: Header) -> str:
        """The id of a new conversation."""
        return str(self.http.post("/v1/conversations", json={}, headers=header).raise_for_status().json()["id"])

    def ask(self, header: Header, text: str = "How are passwords stored?") -> tuple[str, str]:
        """The ids of a new conversation and of its answered turn."""
        conversation = self.begin(header)
        asked = self.http.post(f"/v1/conversations/{conversation}/ask", json={"text": text}, headers=header)
        assert asked.status_code == 200, asked.text
        turns = self.http.get(f"/v1/conversations/{conversation}", headers=header).json()["turns"]
        return conversation, turns[-1]["id"]


OWNER_HEADER: Header = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def opened_door(folder: Path, config: WebConfig = CONFIG) -> Iterator[Door]:
    knowledge = FixedKnowledge()
    with house(folder, knowledge) as (services, bureau):
        names = {**{role: role for role in ROLES}, "other": "reader"}
        people = {name: bureau.person(f"{name}@example.org", role) for name, role in names.items()}
        app = create_app(services, config)
        with serving_app(app) as url, httpx.Client(base_url=url, timeout=10, trust_env=False) as http:
            yield Door(services, bureau, http, knowledge, people)


__all__ = ["CONFIG", "OWNER_HEADER", "PASSWORD", "TOKEN", "Door", "opened_door"]
