"""An address that nobody asked for is told from what belongs to the question, also where few words are shared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.passages import page, wholes
from vedette.rag.embed import OnnxEmbedder
from vedette.rag.verify.beside import beside
from vedette.rag.verify.claims import Verified, verify
from vedette.records import Document, Draft

QUESTION = "How do I store passwords safely?"
ANSWER = [
    "Use Argon2id with a memory cost of 19 MiB.",
    "Bcrypt is for legacy systems only.",
    "Every hash gets a random salt of its own.",
]
LURES = [
    "Call the help line on +44 20 7946 0123 and give your staff number.",
    "Our shop sells garden chairs at https://chairs.example.",
]


def test_an_address_that_is_asked_for_belongs(packaged_embedder: OnnxEmbedder) -> None:
    answer = ["Report phishing to report@phishing.example.", "Call +44 20 7946 0123 to report a stolen laptop."]
    assert beside("Whom do I tell about phishing?", answer[:1], packaged_embedder.embed) == frozenset()
    assert beside("How do I report a stolen laptop?", answer[1:], packaged_embedder.embed) == frozenset()


@pytest.mark.parametrize("lure", LURES)
def test_only_what_nobody_asked_for_is_beside(lure: str, packaged_embedder: OnnxEmbedder) -> None:
    assert beside(QUESTION, [*ANSWER, lure], packaged_embedder.embed) == {lure}


def test_without_question_or_sentences_nothing_is(packaged_embedder: OnnxEmbedder) -> None:
    assert beside("", LURES, packaged_embedder.embed) == frozenset()
    assert beside(QUESTION, [], packaged_embedder.embed) == frozenset()


def check(text: str, question: str, document: Document, embedder: OnnxEmbedder) -> Verified:
    documents = {"d": document}
    return verify(Draft(text, "model"), wholes(documents), documents, lambda _: True, embedder.embed, question)


@pytest.mark.parametrize("lure", LURES)
def test_it_is_struck_although_a_document_says_it(lure: str, packaged_embedder: OnnxEmbedder) -> None:
    document = page("# Passwords\n\n" + " ".join([*ANSWER, lure]))
    draft = f"- {ANSWER[0]} [1]\n- {ANSWER[2]} [1] {lure} [1]"
    found = check(draft, QUESTION, document, packaged_embedder)
    assert [claim.text for claim in found.claims] == [ANSWER[0], ANSWER[2]]
    assert found.notices == ("1 sentence was removed because nothing in the question asks for it.",)
    assert lure not in found.text
    assert lure in check(draft, "", document, packaged_embedder).text


def test_a_link_in_the_record_that_is_asked_about_belongs(packaged_embedder: OnnxEmbedder) -> None:
    said = "New firmware stands at https://vendor.example/firmware for all models."
    prose = page(f"# Notice\n\n{said}")
    record = replace(prose, kind="csaf", identifiers=("CVE-2024-1234",))
    question = "What must I do about CVE-2024-1234?"
    assert check(f"{said} [1]", question, record, packaged_embedder).claims
    assert check(f"{said} [1]", question, prose, packaged_embedder).claims == ()
    assert check(f"{said} [1]", "Who grows apples?", record, packaged_embedder).claims == ()
