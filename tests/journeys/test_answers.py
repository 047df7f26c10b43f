"""What a person reads, offline, of two small libraries: a CV, and five files about security."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.small_library import write_library
from vedette.app import opened
from vedette.records import Answer, IngestRequest, Question
from vedette.services import Knowledge
from vedette.settings import load

CV = Path(__file__).parents[2] / "examples" / "cv"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knowledge]:
    folder = tmp_path_factory.mktemp("answers")
    docs = write_library(folder / "docs")
    with opened(load({}, folder / "data")) as services:
        for path, collection in ((docs, "default"), (CV, "cv")):
            *_, _report = services.knowledge.ingest(IngestRequest((str(path),), collection))
        yield services.knowledge


def answered(knowledge: Knowledge, question: str, collection: str = "default") -> Answer:
    *_, last = knowledge.ask(Question(question, collection))
    assert last.answer is not None
    for source in last.answer.sources:
        assert knowledge.document(source.document).document.text[source.start : source.end] == source.quote
    return last.answer


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Where does she work now?", "Lead site reliability engineer, Fjordbank, Bergen (March 2021 – today)"),
        ("Where did she work in 2019?", "Systems engineer, Clínica Digital, Valencia (September 2017 – February 2021)"),
        ("When did she work in Oslo?", "Junior administrator, Nordlys Hosting, Oslo (June 2014 – August 2017)"),
        ("What is Tidewatch?", "An open-source program that watches 38 tide gauges on the Norwegian coast"),
        ("Does she speak Spanish?", "- Spanish: fluent (C2)."),
        ("Which programming languages does she know?", "- Area: Programming; Tools: Python, Go, Bash"),
    ],
)
def test_a_cv_answers_with_the_line_that_says_it_first(knowledge: Knowledge, question: str, first: str) -> None:
    assert answered(knowledge, question, "cv").text.startswith(first)


def test_both_jobs_of_a_comparison(knowledge: Knowledge) -> None:
    answer = answered(knowledge, "Compare her job at Fjordbank with her job at Nordlys Hosting", "cv")
    assert "**Her job at Fjordbank**" in answer.text
    assert "**Her job at Nordlys Hosting**" in answer.text
    assert "card-payment platform" in answer.text
    assert "Ansible" in answer.text


def test_a_job_that_she_did_not_have_is_refused(knowledge: Knowledge) -> None:
    assert answered(knowledge, "Has she worked at Google?", "cv").refused


def test_a_misspelt_word_is_read_as_that_of_a_title_and_the_reader_is_told(knowledge: Knowledge) -> None:
    answer = answered(knowledge, "how are pasword hashes stored")
    assert not answer.refused
    assert answer.notices[0].startswith("Did you mean “password”?")


def test_two_questions_in_one_are_answered_in_turn(knowledge: Knowledge) -> None:
    answer = answered(knowledge, "How should I store passwords and when are backups written?")
    first, second = (
        answer.text.index("**How should I store passwords?**"),
        answer.text.index("**When are backups written?**"),
    )
    assert "Argon2id" in answer.text[first:second]
    assert "every night at 02:00" in answer.text[second:]


def test_what_to_do_and_by_when(knowledge: Knowledge) -> None:
    lines = [
        line
        for line in answered(knowledge, "What must I do about CVE-2021-44228 and by when?").text.splitlines()
        if line
    ]
    assert lines[1].startswith("- Required action: Apply updates")
    assert lines[2].startswith("- Due date: 2021-12-24")


def test_what_the_library_does_not_cover_is_refused(knowledge: Knowledge) -> None:
    assert answered(knowledge, "Who won the 1998 World Cup?").refused


@pytest.mark.parametrize(
    ("question", "pronoun"),
    [("How do I mitigate it?", "“it”"), ("How can I fix that vulnerability?", "“that”"), ("¿Cómo lo evito?", "«lo»")],
)
def test_a_question_that_names_nothing_is_told_so(knowledge: Knowledge, question: str, pronoun: str) -> None:
    answer = answered(knowledge, question)
    assert answer.refused
    assert pronoun in answer.text
