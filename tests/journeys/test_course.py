"""A teacher starts the course; a student registers, asks inside the syllabus and outside it, now and for later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fakes.process import Server, serving, vedette

pytestmark = pytest.mark.slow
PASSWORD = "tres garzas en un tejado"
WAIT_S = 120


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`vedette up --profile course` on an empty folder, once it has read the whole library."""
    with serving(tmp_path_factory.mktemp("course") / "data", "up", "--profile", "course") as server:
        lessons = len(list((Path(__file__).parents[2] / "examples" / "curso").glob("*.md")))
        with httpx.Client(base_url=server.url, headers=server.owner, trust_env=False) as owner:
            until(lambda: len(owner.get("/v1/documents").json()["documents"]) == lessons)
        yield server


@pytest.fixture(scope="module")
def student(course: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=course.url, trust_env=False, timeout=60) as http:
        new = {"email": "alba@example.org", "password": PASSWORD, "name": "Alba"}
        assert http.post("/v1/auth/register", json=new).status_code == 204
        signed = http.post("/v1/auth/login", json={"email": new["email"], "password": PASSWORD}).json()
        http.headers["Authorization"] = f"Bearer {signed['access_token']}"
        yield http


def until(reached: Callable[[], bool]) -> None:
    limit = time.monotonic() + WAIT_S
    while not reached():
        assert time.monotonic() < limit
        time.sleep(0.2)


def ask(student: httpx.Client, question: str) -> dict[str, Any]:
    answer: dict[str, Any] = student.post("/v1/ask", json={"question": question}).json()
    return answer


def test_a_stranger_is_told_the_language_and_that_they_may_register_and_no_more(course: Server) -> None:
    with httpx.Client(base_url=course.url, trust_env=False) as stranger:
        told = stranger.get("/v1/me").json()
        assert (told["sign_in"], told["registration"], told["language_default"]) == (True, True, "es")
        assert stranger.post("/v1/ask", json={"question": "¿Qué es la inyección?"}).status_code == 401


def test_inside_the_syllabus_there_is_an_answer_in_spanish_from_its_lesson(student: httpx.Client) -> None:
    answer = ask(student, "¿Cómo se previene la inyección SQL?")
    assert not answer["refused"], answer["reason"]
    assert any("A03_2021" in source["source"] for source in answer["sources"])
    assert "consultas" in answer["answer"]
    schedule = ask(student, "¿Cuándo se entrega el proyecto final?")
    assert "semana 12" in schedule["answer"]


def test_outside_the_syllabus_there_is_none(student: httpx.Client) -> None:
    answer = ask(student, "¿Quién ganó el Mundial de fútbol de 1998?")
    assert (answer["refused"], answer["sources"], answer["claims"]) == (True, [], [])
    assert "1998" in answer["answer"]


def test_a_question_for_later_is_answered_by_the_worker_inside(student: httpx.Client) -> None:
    put = student.post("/v1/questions", json={"text": "¿Qué peso tiene el proyecto final en la nota?"})
    assert put.status_code == 202, put.text
    place = f"/v1/questions/{put.json()['id']}"
    until(lambda: student.get(place).json()["state"] == "answered")
    assert "40 %" in student.get(place).json()["answer"]["answer"]


def test_the_teacher_makes_the_first_account_beside_the_running_server(course: Server, student: httpx.Client) -> None:
    made = vedette(course.data, "users", "create-admin", "maria@example.org", "--link")
    assert made.returncode == 0, made.stderr
    token = made.stdout.partition("#token=")[2].strip()
    assert student.post("/v1/auth/reset", json={"token": token, "password": PASSWORD}).status_code == 204
    signed = student.post("/v1/auth/login", json={"email": "maria@example.org", "password": PASSWORD}).json()
    teacher = {"Authorization": f"Bearer {signed['access_token']}"}
    people = student.get("/v1/admin/people", headers=teacher).json()["people"]
    roles = {person["email"]: (person["role"], person["language"]) for person in people}
    assert roles["alba@example.org"] == ("reader", "es")
    assert roles["maria@example.org"][0] == "admin"


def test_an_unknown_profile_is_one_sentence(tmp_path: Path) -> None:
    done = vedette(tmp_path / "data", "up", "--profile", "kourse")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "there is course" in done.stderr
