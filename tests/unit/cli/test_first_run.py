"""What `vedette up` does beside its server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from fakes.knowledge import INFO, FixedKnowledge
from vedette.cli.first_run import SECURITY, first_run, sample_library
from vedette.rag.load.discover import Found, discover
from vedette.records import DocumentInfo
from vedette.services import Conversations, Questions, Services


class Shelf(FixedKnowledge):
    """One that holds a document of a given source."""

    source = "passwords.md"

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return (replace(INFO, source=self.source),) if collection == "default" else ()


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[Shelf], str]:
    def run(shelf: Shelf) -> str:
        services = Services(shelf, cast(Conversations, None), cast(Questions, None))
        first_run(tmp_path, services, None, "http://127.0.0.1:8000", lambda: False)
        return capsys.readouterr().err

    return run


def test_the_example_is_asked_where_the_sample_library_stands(said: Callable[[Shelf], str]) -> None:
    shelf = Shelf()
    shelf.source = "attack/enterprise-attack-trimmed.json#T1110"
    assert SECURITY.question in said(shelf)
    assert [question.text for question in shelf.asked] == [SECURITY.question]


def test_the_example_is_not_asked_of_other_documents(said: Callable[[Shelf], str]) -> None:
    shelf = Shelf()
    told = said(shelf)
    assert (shelf.asked, SECURITY.question in told, "Error" in told) == ([], False, False)


def test_the_records_of_the_sample_library_are_read_before_its_long_pdfs() -> None:
    library = sample_library()
    assert library
    names = [found.source for found in discover(str(library), {}) if isinstance(found, Found)]
    records = [at for at, name in enumerate(names) if name.startswith(("attack/", "kev/", "cve/"))]
    assert max(records) < min(at for at, name in enumerate(names) if name.endswith(".pdf"))
