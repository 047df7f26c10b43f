"""Personal data is found, what only looks like it stays: measured on texts that were labelled by hand."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.questions.training.personal_cases import ADDRESSES, NAMES, WITH, WITH_APART, WITHOUT, WITHOUT_APART
from vedette.questions.training.personal import placeholders, redactor

REDACT = redactor(NAMES, ADDRESSES)
PIECES = [text for text, _ in WITH] + list(WITHOUT)
# What is known to go wrong in the texts that were kept apart.
KNOWN_MISSED = {"Gomez Perez, Ana"}  # goes, as three words instead of two
KNOWN_FALSE = {"file size 734003200 bytes", "Part number 0-13-110362-8 and 555-01"}


def test_there_are_enough_texts() -> None:
    assert min(len(WITH), len(WITHOUT)) >= 60
    assert min(len(WITH_APART), len(WITHOUT_APART)) >= 20


@pytest.mark.parametrize(("text", "wanted"), WITH)
def test_personal_data_goes(text: str, wanted: str) -> None:
    assert REDACT(text) == wanted


@pytest.mark.parametrize("text", WITHOUT)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert REDACT(text) == text


def test_texts_that_no_rule_was_corrected_against() -> None:
    """Recall 21 of 22, precision 23 of 25 when they were measured; no more than what is known may go wrong."""
    missed = {text for text, wanted in WITH_APART if REDACT(text) != wanted}
    false = {text for text in WITHOUT_APART if REDACT(text) != text}
    assert missed <= KNOWN_MISSED
    assert false <= KNOWN_FALSE


@pytest.mark.parametrize(
    "text",
    ["INC-612345678", "lib-0612345678.so", "https://example.org/t/612345678", "run_612345678.log", "at 12:612345678"],
)
def test_a_number_that_is_part_of_something_longer_stays(text: str) -> None:
    assert REDACT(text) == text


def test_what_stands_free_once_a_name_is_out_goes_too() -> None:
    assert REDACT("Gómez-612345678") == "[NAME]-[PHONE]"


def test_addresses_of_networks_go_only_when_that_is_asked() -> None:
    text = "10.0.0.1, 2001:db8::7 and fe80::1 called ::ffff:10.1.2.3; see 999.1.1.1, std::vector and 12:30:45"
    assert REDACT(text) == text
    told = redactor(networks=True)(text)
    assert told == "[IP], [IP] and [IP] called [IP]; see 999.1.1.1, std::vector and 12:30:45"


def test_no_account_named_like_a_placeholder_breaks_one() -> None:
    redact = redactor(["Email", "Phone Name"], ["email@name"])
    assert redact("Email wrote to bob@example.org from email@name") == "[NAME] wrote to [EMAIL] from [EMAIL]"
    assert redact("[EMAIL] [NAME]") == "[EMAIL] [NAME]"


def test_accents_that_stand_apart_are_the_same_name() -> None:
    assert REDACT("Ana Go\u0301mez Pe\u0301rez") == "[NAME]"


def test_words_inside_a_name_that_are_no_name_stay() -> None:
    redact = redactor(["María de los Ángeles Ruiz"])
    assert redact("Los riesgos de Ruiz, De nuevo Ángeles") == "Los riesgos de [NAME], De nuevo [NAME]"


def test_nothing_is_wanted_of_nobody() -> None:
    assert redactor(["", " "], [""])("Ana and bob") == "Ana and bob"


def test_what_was_taken_out_is_told() -> None:
    assert placeholders(REDACT("Ana: 612345678, a@b.es [X]")) == ["NAME", "PHONE", "EMAIL"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=4).map(" ".join) | st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_it_takes_any_text_and_doing_so_twice_changes_nothing_more(text: str) -> None:
    once = REDACT(text)
    assert REDACT(once) == once


@given(st.lists(st.text(max_size=12), max_size=4), st.lists(st.text(max_size=12), max_size=3), st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_it_takes_any_names(names: list[str], addresses: list[str], text: str) -> None:
    redact = redactor(names, addresses, networks=True)
    once = redact(" ".join([text, *names, *addresses]))
    assert redact(once) == once


@pytest.mark.parametrize(
    "text",
    ["a" * 50_000, "1 " * 25_000, "1" * 50_000, "a@" * 25_000, "a.b" * 16_000 + "@", "x://" * 12_000, "ES91 " * 10_000,
     "http://a?" + "token" * 10_000, "a" + " " * 50_000 + "(at)", "612-" * 12_000, "f:" * 25_000],
)  # fmt: skip
def test_a_hostile_text_takes_no_time(text: str) -> None:
    began = time.process_time()
    redactor(NAMES, ADDRESSES, networks=True)(text)
    assert time.process_time() - began < 5
