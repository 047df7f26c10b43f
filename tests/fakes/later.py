"""Students who ask to be answered later, at a real server over the small library: for journeys."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fakes.process import Server, vedette
from fakes.small_library import write_library
from fakes.staffed import PASSWORD
from servers.smtp import MailServer

PASSWORDS = "How are passwords stored?"
BACKUPS = "Who holds the backup keys?"
LIMIT_S = 60.0


def read_library(folder: Path) -> Path:
    """A data folder that holds the small library."""
    done = vedette(folder / "data", "ingest", str(write_library(folder / "files")))
    assert "Traceback" not in done.stderr, done.stderr
    return folder / "data"


def copied(data: Path, to: Path) -> Path:
    """The same data folder elsewhere, for one test alone."""
    return Path(shutil.copytree(data, to, ignore=shutil.ignore_patterns("owner.lock")))


def until(holds: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Wait until it holds."""
    limit = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


def posted(mail: MailServer) -> dict[str, str]:
    """The settings with which answers are mailed there."""
    return {"VEDETTE_MAIL_URL": mail.url, "VEDETTE_MAIL_SENDER": "vedette@school.example"}


def work(data: Path, **extra: str) -> str:
    """Answer and mail all that waits, in a process of its own; what it says."""
    done = vedette(data, "worker", "--until-empty", **extra)
    assert done.returncode == 0, done.stderr
    return done.stderr


def letters(mail: MailServer, name: str) -> list[str]:
    """The texts that NAME@example.org was mailed, plain and HTML as one."""
    found = [kept.message for kept in mail.kept if kept.to == (f"{name}@example.org",)]
    return ["\n".join(part.get_content() for part in message.walk() if not part.is_multipart()) for message in found]


@dataclass(frozen=True)
class Student:
    """Somebody with an account, and how they ask."""

    http: httpx.Client

    def post(self, path: str, body: dict[str, Any] | None = None, status: int = 200) -> Any:
        done = self.http.post(path, json=body)
        assert done.status_code == status, done.text
        return done.json() if done.content else None

    def ask(self, text: str = PASSWORDS, **more: Any) -> Any:
        """The question as it stands in the line."""
        return self.post("/v1/questions", {"text": text, **more}, 202)

    def read(self, question: Any) -> Any:
        return self.http.get(f"/v1/questions/{question['id']}").json()

    def comes_to(self, question: Any, state: str, mail: str = "", limit_s: float = LIMIT_S) -> Any:
        """Wait until a question and its mail stand there."""
        until(lambda: self.read(question)["state"] == state and self.read(question)["mail"] == mail, limit_s)
        return self.read(question)


def student(server: Server, name: str) -> Student:
    """NAME@example.org, registered by themselves and signed in."""
    http = httpx.Client(base_url=server.url, timeout=60, trust_env=False)
    new = {"email": f"{name}@example.org", "password": PASSWORD, "name": name.title()}
    assert http.post("/v1/auth/register", json=new).status_code == 204
    return Student(signed_in(http, name))


def signed_in(http: httpx.Client, name: str) -> httpx.Client:
    signed = http.post("/v1/auth/login", json={"email": f"{name}@example.org", "password": PASSWORD})
    assert signed.status_code == 200, signed.text
    http.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
    return http
