"""What `vedette up` does beside its server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from fakes.knowledge import INFO, FixedKnowledge
from vedette.cli.first_run import COURSE, SECURITY, first_run, sample_library
from vedette.rag.load.discover import Found, discover
from vedette.records import DocumentInfo, Person
from vedette.services import Accounts, Conversations, Forecasting, Questions, Services
from vedette.settings import load


class Shelf(FixedKnowledge):
    """One that holds a document of a given source."""

    source = "passwords.md"

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return (replace(INFO, source=self.source),) if collection == "default" else ()


class Registry:
    """Of accounts, what a first run looks at."""

    def __init__(self, *people: Person, registers: bool = True) -> None:
        self._people, self._registers = people, registers

    def people(self) -> tuple[Person, ...]:
        return self._people

    def registers(self) -> bool:
        return self._registers


Said = Callable[..., str]


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    def run(shelf: Shelf, registry: Registry | None = None, **environ: str) -> str:
        nobody = cast(Conversations, None), cast(Questions, None), cast(Forecasting, None)
        services = Services(shelf, *nobody, cast(Accounts, registry))
        first_run(load(environ, tmp_path), services, None, "http://127.0.0.1:8001", lambda: False)
        return capsys.readouterr().err

    return run


def test_the_example_is_asked_where_the_sample_library_stands(said: Said) -> None:
    shelf = Shelf()
    shelf.source = "attack/enterprise-attack-trimmed.json#T1110"
    assert SECURITY.question in said(shelf)
    assert [question.text for question in shelf.asked] == [SECURITY.question]


def test_the_example_is_not_asked_of_other_documents(said: Said) -> None:
    shelf = Shelf()
    told = said(shelf)
    assert (shelf.asked, SECURITY.question in told, "Error" in told) == ([], False, False)


def test_the_records_of_the_sample_library_are_read_before_its_long_pdfs() -> None:
    library = sample_library()
    assert library
    names = [found.source for found in discover(str(library), {}) if isinstance(found, Found)]
    records = [at for at, name in enumerate(names) if name.startswith(("attack/", "kev/", "cve/"))]
    assert max(records) < min(at for at, name in enumerate(names) if name.endswith(".pdf"))


def test_the_library_and_the_question_of_a_course_are_spanish(said: Said) -> None:
    shelf = Shelf()
    shelf.source = "00_Programa_del_curso.md"
    assert COURSE.question in said(shelf, VEDETTE_PROFILE="course")
    library = sample_library(COURSE)
    assert library
    assert (library / COURSE.answered_by).is_file()


def test_without_an_account_it_is_told_how_to_make_one_and_where_the_page_is(said: Said, tmp_path: Path) -> None:
    told = said(Shelf(), Registry(), VEDETTE_PROFILE="course")
    assert "Todavía no hay ninguna cuenta" in told
    assert f"vedette --data {tmp_path} users create-admin" in told
    assert "en http://127.0.0.1:8001/register\n" in told
    elsewhere = said(Shelf(), Registry(), VEDETTE_ACCOUNTS_PAGE_URL="https://ask.example.org/")
    assert "Nobody has an account yet" in elsewhere
    assert "Sign in with it at https://ask.example.org\n" in elsewhere
    assert "/register" not in said(Shelf(), Registry(registers=False))


def test_who_has_an_account_is_told_nothing_of_it(said: Said) -> None:
    assert "create-admin" not in said(Shelf(), Registry(Person("1", "ana@example.org", "Ana", "admin")))
    assert "create-admin" not in said(Shelf())
