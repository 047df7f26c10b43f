"""Shapes of questions and of what answers them: definitions, lists, verdicts, sides of a comparison, misspellings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakes.passages import asked, example, page, wholes
from vedette.rag.answer.extract import extract
from vedette.rag.embed import OnnxEmbedder
from vedette.rag.understand.parts import parts, sides
from vedette.rag.understand.spelling import corrected
from vedette.records import Document

CSRF = "security/owasp-cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.md"
CV = "cv/curriculum-vitae.md"
Lines = Callable[..., list[str]]


@pytest.fixture
def lines(packaged_embedder: OnnxEmbedder) -> Lines:
    def answer(question: str, *documents: Document, naming: tuple[str, ...] = (), language: str = "en") -> list[str]:
        named = {f"d{place}": document for place, document in enumerate(documents)}
        found = asked(question, language=language)
        draft = extract(*found, wholes(named), named, packaged_embedder.embed, naming)
        for span in draft.spans:
            assert named[span.document].text[span.start : span.end] == span.quote
        return [line.rsplit(" [", 1)[0] for line in draft.text.splitlines() if line]

    return answer


def test_an_abbreviation_is_defined_under_its_long_form(lines: Lines) -> None:
    assert lines("What is CSRF?", example(CSRF))[0].startswith("A Cross-Site Request Forgery (CSRF) attack occurs when")


def test_a_definition_goes_on_with_what_follows_it(lines: Lines) -> None:
    text = "# Tokens\n\nTokens are issued often.\n\nA token is a piece of data that stands for a login. It expires.\n"
    assert lines("What is a token?", page(text)) == ["A token is a piece of data that stands for a login."]
    longer = page(text.replace("It expires.", "It expires after an hour of rest."))
    assert lines("What is a token?", longer)[1] == "It expires after an hour of rest."


def test_where_nothing_defines_it_the_section_of_its_name_introduces_it(lines: Lines) -> None:
    text = (
        "# Work\n\n## Tidewatch — gauges\n\nWatches the gauges of the coast. Written in Go.\n\n## Other\n\nMore work.\n"
    )
    assert lines("What is Tidewatch?", page(text)) == ["Watches the gauges of the coast.", "Written in Go."]


def test_titled_paragraphs_are_a_list_and_footnotes_no_part_of_it(lines: Lines) -> None:
    text = (
        "# Clouds\n\nClouds have three service models.\n\nService Models:\n\n"
        "Software as a Service. The provider runs the application for everybody.\n\n"
        "2 A cloud is a collection of machines.\n\n"
        "Platform as a Service. The consumer deploys applications of his own.\n\nDeployment Models:\n"
    )
    shown = lines("What are the service models of clouds?", page(text))
    assert [line[:12] for line in shown if line.startswith("- ")] == ["- Software a", "- Platform a"]
    assert not any("collection of machines" in line for line in shown)


def test_all_rows_where_the_first_column_is_asked_for(lines: Lines) -> None:
    text = "# Course\n\n| Week | Topic |\n| --- | --- |\n| 1 | Access |\n| 2 | Hashes |\n| 3 | Injection |\n"
    assert len(lines("What are the weeks and their topics?", page(text))) == 3
    assert lines("Which topic does week 2 have?", page(text)) == ["- Week: 2; Topic: Hashes"]


def test_all_of_the_section_that_is_asked_for(lines: Lines) -> None:
    assert len(lines("Where did she study?", example(CV))) == 2
    assert len(lines("How many languages does she speak?", example(CV))) == 4
    assert lines("Does she speak Spanish?", example(CV)) == ["- Spanish: fluent (C2)."]
    assert len(lines("What did she do at Clínica Digital?", example(CV))) == 3
    assert lines("When did she work in Oslo?", example(CV))[0].startswith("Junior administrator, Nordlys Hosting, Oslo")


def test_a_verdict_goes_before_what_only_names_it(lines: Lines) -> None:
    text = (
        "# TLS\n\nThe next version was named TLS 1.0 by its authors.\n\nTLS 1.0 is deprecated and must be disabled.\n"
    )
    assert lines("Is TLS 1.0 allowed?", page(text))[0] == "TLS 1.0 is deprecated and must be disabled."


def test_both_sides_are_in_what_compares_them(lines: Lines) -> None:
    text = (
        "# Access\n\nAuthentication matters. "
        "Authorization is distinct from authentication, which proves who somebody is.\n\n"
        "Logs of authorization and authentication are kept.\n"
    )
    shown = lines("What is the difference?", page(text), naming=("authentication", "authorization"))
    assert shown == ["Authorization is distinct from authentication, which proves who somebody is."]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("¿Cuál es la diferencia entre el cifrado y el hash?", ("cifrado", "hash")),
        ("Compare HS256 with RS256", ("HS256", "RS256")),
        ("How does Argon2id differ from bcrypt?", ("Argon2id", "bcrypt")),
        ("What is the difference?", ()),
    ],
)
def test_sides(question: str, expected: tuple[str, ...]) -> None:
    assert sides(question) == expected


def test_parts_stand_alone_or_are_left_together() -> None:
    assert parts("What is phishing, and who uses it?") == ("What is phishing?", "who uses phishing?")
    assert parts("We are hit by ransomware, what now?") == ()
    assert parts("How do I store passwords and how do I salt them?") == ()


def test_a_short_word_is_only_corrected_within_a_pair_of_a_title() -> None:
    titles = ["T1110 Brute Force", "Cobalt Strike", "SQL Injection Prevention"]

    def known(word: str) -> bool:
        return word.casefold() in ("brute", "cobalt", "prevent", "bake")

    assert corrected("brute forse", known, titles) == (("forse", "force"),)
    assert corrected("Who likes Strke?", known, titles) == ()
    assert corrected("prevent inyection", known, titles) == (("inyection", "injection"),)
    assert corrected("bake bread", known, titles) == ()


def test_what_stands_before_a_number_is_no_misspelt_word() -> None:
    assert corrected("What is Sambaa?", lambda word: word == "What", ["Samba"]) == (("Sambaa", "Samba"),)
    assert corrected("What is Sambaa1?", lambda word: word == "What", ["Samba"]) == ()
