"""Questions in Spanish and French over five small files in English, offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.small_library import write_library
from vedette.app import opened
from vedette.records import Answer, IngestRequest, Question
from vedette.services import Knowledge
from vedette.settings import load


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knowledge]:
    folder: Path = tmp_path_factory.mktemp("languages")
    with opened(load({}, folder / "data")) as services:
        list(services.knowledge.ingest(IngestRequest((str(write_library(folder / "docs")),))))
        yield services.knowledge


def answered(knowledge: Knowledge, question: str) -> Answer:
    *_, last = knowledge.ask(Question(question))
    assert last.answer is not None
    return last.answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("¿Cómo se guardan las contraseñas?", "Store passwords with Argon2id"),
        ("¿Cuándo se hacen las copias de seguridad?", "every night at 02:00"),
        ("¿Qué hago con un mensaje de suplantación de identidad?", "phishing message"),
        ("Comment stocker les mots de passe ?", "Store passwords with Argon2id"),
        ("Qui garde les clés des sauvegardes ?", "head of operations"),
    ],
)
def test_they_are_answered_in_the_words_of_the_documents(knowledge: Knowledge, question: str, said: str) -> None:
    answer = answered(knowledge, question)
    assert not answer.refused
    assert said in answer.text


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("¿Cómo se guardan las patatas en la cocina?", "“cocina” no aparece en ningún documento"),
        ("¿Quién ganó el mundial de fútbol?", "“fútbol” no aparece en ningún documento"),
        ("Combien de temps faut-il pour cuire un œuf ?", "n'y figure nulle part"),
    ],
)
def test_what_is_about_something_else_is_refused(knowledge: Knowledge, question: str, why: str) -> None:
    answer = answered(knowledge, question)
    assert answer.refused
    assert why in answer.reason
