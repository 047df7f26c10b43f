"""`vedette worker` and servers that come and go, with real processes; slow models, and a mail server that is down."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes import provider
from fakes.later import BACKUPS, PASSWORDS, Student, copied, letters, posted, read_library, student, until, work
from fakes.process import VEDETTE, Server, clean_environment, serving, vedette, vedette_json
from fakes.staffed import SIGN_IN, Staffed, staffed
from servers import smtp

SECRET = "head of operations"
SCHOOL = {"VEDETTE_ACCOUNTS_REGISTRATION": "reader"}
ALONE = {"VEDETTE_QUESTIONS_WORKERS": "0"}


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return read_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def data(library: Path, tmp_path: Path) -> Path:
    return copied(library, tmp_path / "data")


@contextmanager
def at_work(data: Path, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """`vedette worker` until the end of the block, stopped as an admin stops it."""
    line = [*VEDETTE, "worker", "--data", str(data)]
    process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=clean_environment() | extra)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "Traceback" not in told


def limit_backups(school: Staffed, *readers: str) -> None:
    admin = school.sign_in("admin")
    documents = school.http.get("/v1/documents", headers=admin).json()["documents"]
    (backups,) = [one["id"] for one in documents if one["source"] == "backups.txt"]
    path = f"/v1/documents/{backups}/sharing"
    assert school.http.patch(path, json={"readers": readers}, headers=admin).status_code == 200


def kept(data: Path, question: Any) -> str:
    """A question of ana's as it is stored: the other doors leave out of an answer what may not be read when it is."""
    return str(vedette_json(data, "questions", "show", question["id"], "--for", "ana@example.org"))


def test_a_worker_beside_a_server_answers_as_the_student_sees_it_through_a_restart(data: Path) -> None:
    given = SCHOOL | ALONE
    with staffed(data, **given) as school, at_work(data, **SIGN_IN):
        limit_backups(school, "group:board")
        ana = student(school.server, "ana")
        first = ana.comes_to(ana.ask(), "answered")
        assert "Argon2id" in first["answer"]["answer"]
        hidden = ana.comes_to(ana.ask(BACKUPS), "answered")
        assert SECRET not in str(hidden) + kept(data, hidden)
        admin = school.sign_in("admin")
        asked = school.http.post("/v1/questions", json={"text": BACKUPS}, headers=admin).json()
        place = f"/v1/questions/{asked['id']}"
        until(lambda: school.http.get(place, headers=admin).json()["state"] == "answered")
        assert SECRET in str(school.http.get(place, headers=admin).json()["answer"])
        school.server.process.send_signal(signal.SIGTERM)
        school.server.process.wait(timeout=60)
        with serving(data, **SIGN_IN | given) as again:
            ana.http.base_url = httpx.URL(again.url)
            assert ana.comes_to(ana.ask("How is a password hashed?"), "answered")["tries"] == 1


def test_a_worker_without_any_server_answers_over_the_data_folder(data: Path) -> None:
    assert vedette(data, "questions", "ask", PASSWORDS).returncode == 0
    assert "Answering through" not in work(data)
    assert "Argon2id" in vedette_json(data, "questions", "show", "1")["answer"]["answer"]


def test_a_worker_on_another_machine_answers_through_the_server_by_its_key(data: Path, tmp_path: Path) -> None:
    """Another data folder, the same database, the server's address and an admin's key."""
    with staffed(data, **SCHOOL | ALONE) as school:
        ana, admin = student(school.server, "ana"), school.sign_in("admin")
        key = school.http.post("/v1/auth/keys", json={"name": "worker"}, headers=admin).json()["secret"]
        limit_backups(school, "group:board")
        asked = [ana.ask(text) for text in (PASSWORDS, BACKUPS)]
        far = {
            "VEDETTE_DATABASE_URL": f"sqlite:///{data / 'people.db'}",
            "VEDETTE_QUESTIONS_SERVER": school.server.url,
            "VEDETTE_QUESTIONS_SERVER_KEY": key,
        }
        assert school.server.url in work(tmp_path / "far", **SIGN_IN, **far)
        first, second = (ana.read(one) for one in asked)
        assert (first["state"], second["state"]) == ("answered", "answered")
        assert "Argon2id" in first["answer"]["answer"]
        assert SECRET not in str(second) + kept(data, second)


def llm(model: provider.FakeProvider, **more: str) -> dict[str, str]:
    return {"VEDETTE_LLM_URL": model.url, "VEDETTE_LLM_MODEL": provider.MODEL, "VEDETTE_LLM_KEY": provider.KEY} | more


@contextmanager
def owned(data: Path, model: provider.FakeProvider, **more: str) -> Iterator[tuple[Server, Student]]:
    """A server with this model, and its owner, who asks."""
    with (
        serving(data, **llm(model, **more)) as server,
        httpx.Client(base_url=server.url, timeout=60, trust_env=False) as http,
    ):
        yield server, Student(http)


def test_a_model_too_slow_for_a_screen_answers_later(data: Path) -> None:
    """A third of a second for whoever waits, half an hour for the line."""
    quick = {"VEDETTE_ANSWER_DEADLINE_S": "0.3", "VEDETTE_ANSWER_FIRST_TOKEN_S": "0.3"}
    with provider.serving("openai", "slow") as model, owned(data, model, **quick) as (_, owner):
        now = owner.post("/v1/ask", {"question": PASSWORDS})
        assert now["provider"] == "extractive"
        later = owner.comes_to(owner.ask(), "answered")
        assert (later["answer"]["provider"], later["tries"]) == ("llm", 1)


def test_a_question_waits_for_its_model_and_is_not_given_up(data: Path) -> None:
    with provider.serving("openai", "broken") as model, owned(data, model) as (_, owner):
        asked = owner.ask()
        until(lambda: owner.read(asked)["reason"] == "provider_down")
        waiting = owner.read(asked)
        assert (waiting["state"], waiting["answer"]) == ("waiting", None)
        assert "language model" in waiting["error"]
        assert "answered" not in waiting["error"]
        model.fault = ""
        assert owner.comes_to(asked, "answered")["answer"]["provider"] == "llm"


def test_a_cancelled_question_lets_its_model_go(data: Path) -> None:
    with provider.serving("openai", "hang") as model, owned(data, model) as (_, owner):
        asked = owner.ask()
        until(lambda: model.requests)
        assert owner.post(f"/v1/questions/{asked['id']}/cancel")["state"] == "cancelled"
        assert model.disconnected.wait(20)
        model.fault = ""
        assert owner.comes_to(owner.ask(BACKUPS), "answered")["answer"]["provider"] == "llm"
        assert owner.read(asked)["state"] == "cancelled"


def test_a_server_that_stops_gives_back_what_it_was_answering(data: Path) -> None:
    with provider.serving("openai", "hang") as model:
        with owned(data, model) as (server, owner):
            asked = owner.ask()
            until(lambda: model.requests)
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(timeout=60)
            assert time.monotonic() - begun < 20
        (left,) = vedette_json(data, "questions", "list")["questions"]
        assert (left["state"], left["tries"], left["place"]) == ("waiting", 0, 1)
        model.fault = ""
        with owned(data, model) as (_, owner):
            assert owner.comes_to(asked, "answered")["tries"] == 1
    assert "Traceback" not in (data / "logs" / "vedette.json").read_text(encoding="utf-8")


def test_a_worker_whose_server_stops_in_the_midst_asks_the_next_one(data: Path) -> None:
    with provider.serving("openai", "hang") as model, ExitStack() as stack:
        with owned(data, model, **ALONE) as (server, owner):
            stack.enter_context(at_work(data))
            asked = owner.ask()
            until(lambda: model.requests)
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(timeout=60)
        until(lambda: standing(data) == ("waiting", "provider_down"))
        model.fault = ""
        with owned(data, model, **ALONE) as (_, owner):
            assert owner.comes_to(asked, "answered")["answer"]["provider"] == "llm"


def standing(data: Path) -> tuple[str, str]:
    (found,) = vedette_json(data, "questions", "list")["questions"]
    return found["state"], found["reason"]


def test_what_was_withdrawn_before_the_letter_left_is_not_in_it(data: Path) -> None:
    """The mail server is down for so long; the letter is written when it is sent."""
    with smtp.serving(listening=False) as mail, staffed(data, **SCHOOL, **posted(mail)) as school:
        ana = student(school.server, "ana")
        asked = ana.ask(BACKUPS, by_mail=True)
        until(lambda: ana.read(asked)["mail_error"])
        assert SECRET in str(ana.read(asked)["answer"])
        limit_backups(school, "group:board")
        mail.start()
        ana.comes_to(asked, "answered", "sent", limit_s=120)
        (letter,) = letters(mail, "ana")
        assert BACKUPS in letter
        for hidden in (SECRET, "02:00", "rehearsed"):
            assert hidden not in letter
