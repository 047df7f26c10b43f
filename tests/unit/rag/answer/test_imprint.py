"""Who wrote a document and when it came out, read off its first pages; advice that is spread over headings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fakes.passages import asked, example, page, wholes
from vedette.rag.answer.compose import compose
from vedette.rag.embed import OnnxEmbedder
from vedette.records import Document, Page

Lines = Callable[..., list[str]]
GUIDE = """# NIST SP 800-999r2: Guide to Fire Drills

Special Publication 800-999

Jane Roe Juan Pérez

August 2021

Updated October 29, 2022

## Drills

Drills are held every year. A drill was published in the newspaper of 3 May 1999 by Ann Other.
"""
DOCKER = "security/owasp-cheatsheets/Docker_Security_Cheat_Sheet.md"
PROMPTS = "security/owasp-cheatsheets/LLM_Prompt_Injection_Prevention_Cheat_Sheet.md"


@pytest.fixture
def lines(packaged_embedder: OnnxEmbedder) -> Lines:
    def answer(question: str, *documents: Document, end: int | None = None) -> list[str]:
        named = {f"d{place}": document for place, document in enumerate(documents)}
        draft = compose(*asked(question), wholes(named, end), named, packaged_embedder.embed)
        for span in draft.spans:
            assert named[span.document].text[span.start : span.end] == span.quote
        return [line.rsplit(" [", 1)[0] for line in draft.text.splitlines() if line]

    return answer


def guide(author: str = "") -> Document:
    document = page(GUIDE)
    whole = (Page(1, 0, len(document.text)),)
    return replace(document, pages=whole, metadata={"author": author} if author else {})


@pytest.mark.parametrize(
    "question",
    [
        "When was NIST SP 800-999 published?",
        "What is the publication date of the guide to fire drills?",
        "¿Cuándo se publicó NIST SP 800-999?",
    ],
)
def test_the_date_of_a_document_is_the_one_of_its_title_page(lines: Lines, question: str) -> None:
    assert lines(question, guide()) == [
        "**NIST SP 800-999r2: Guide to Fire Drills**",
        "August 2021",
        "Updated October 29, 2022",
    ]


@pytest.mark.parametrize("author", ["", "Roe, Jane; Pérez, Juan"])
def test_the_authors_are_the_line_of_names(lines: Lines, author: str) -> None:
    assert lines("Who wrote the Guide to Fire Drills?", guide(author))[1:] == ["Jane Roe Juan Pérez"]


def test_who_wrote_a_page_without_names_is_not_made_up(lines: Lines) -> None:
    assert lines("Who wrote the Docker Security Cheat Sheet?", example(DOCKER)) == []


def test_a_date_of_something_else_is_not_that_of_the_document(lines: Lines) -> None:
    assert "August 2021" not in lines("When was the newspaper published?", guide())


def test_numbered_headings_are_the_advice_of_a_guide(lines: Lines) -> None:
    shown = lines("How do I secure a docker container?", example(DOCKER))
    assert shown[0] == "- RULE #0 - Keep Host and Docker up to date"
    assert shown[-1] == "- RULE #13 - Enhance Supply Chain Security"


def test_a_checklist_of_good_practice_is_the_advice_of_a_guide_without_rules(lines: Lines) -> None:
    shown = lines("How do I prevent prompt injection?", example(PROMPTS), end=1500)
    assert shown[0] == "- Design system prompts with clear role definitions and security constraints"
    assert "- Apply principle of least privilege" in shown


def test_a_detail_of_a_guide_is_not_answered_with_all_its_rules(lines: Lines) -> None:
    shown = lines("How do I set a user in a docker container?", example(DOCKER))
    assert not any(line.startswith("- RULE #0") for line in shown)


def test_a_row_that_shares_less_than_the_best_is_another_record(lines: Lines) -> None:
    rows = "| Name | Event | Log |\n| --- | --- | --- |\n| Failed Login | 4625 | Security |\n"
    rows += (
        "| Special Logon | 4672 | Security |\n| Temp Profile Logon | 1511 | Application |\n| Query Failed | 7 | DNS |\n"
    )
    assert lines("Which events show failed logons?", page(f"# Recommended events\n\n{rows}")) == [
        "- Name: Failed Login; Event: 4625; Log: Security"
    ]
