"""Time tells nobody whether an account exists."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.bureau import OTHER, PASSWORD, Bureau
from vedette.errors import Unauthorized
from vedette.records import Caller
from vedette.storage.database import open_database, sqlite_url

PAIRS = 500
# How often a known address may take longer than an unknown one that was tried beside it, of PAIRS times, if nothing but
# chance decides: five standard deviations of a fair coin. A difference that could be told in so many tries shows.
LEAST, MOST = 250 - 56, 250 + 56


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    made = Bureau(open_database(sqlite_url(tmp_path / "people.db")), hash_mib=4)
    made.person()
    return made


def longer(known: Callable[[int], object], unknown: Callable[[int], object]) -> int:
    """How often the first took longer than the second, each pair in random order."""
    order = random.Random(5)
    count = 0
    for number in range(PAIRS):
        tasks = [(True, known), (False, unknown)]
        order.shuffle(tasks)
        took = {}
        for is_known, task in tasks:
            begun = time.perf_counter()
            task(number)
            took[is_known] = time.perf_counter() - begun
        count += took[True] > took[False]
    return count


def caller(number: int) -> Caller:
    return Caller(f"192.0.2.{number}")  # else the throttle answers


@pytest.mark.slow
def test_signing_in(bureau: Bureau) -> None:
    def attempt(email: str, number: int) -> None:
        with pytest.raises(Unauthorized):
            bureau.sign_in(email, "wrong password!", caller(number))
        bureau.forgive()

    first = longer(lambda n: attempt("ana@example.org", n), lambda n: attempt("eve@example.org", n))
    assert LEAST <= first <= MOST


@pytest.mark.slow
def test_asking_for_a_link(bureau: Bureau) -> None:
    def ask(email: str, number: int) -> None:
        bureau.accounts.forgot(email, caller(number))
        bureau.later.clear()
        bureau.forgive()

    first = longer(lambda n: ask("ana@example.org", n), lambda n: ask("eve@example.org", n))
    assert LEAST <= first <= MOST


@pytest.mark.slow
def test_registering(bureau: Bureau) -> None:
    def register(email: str, number: int) -> None:
        bureau.accounts.register(email, OTHER, "Eve", caller(number))
        bureau.forgive()
        bureau.later.clear()

    first = longer(lambda n: register("ana@example.org", n), lambda n: register(f"eve{n}@example.org", n))
    assert LEAST <= first <= MOST


@pytest.mark.slow
def test_a_check_that_could_not_fail_would_prove_nothing(bureau: Bureau) -> None:
    """Without the dummy hash, an unknown address answers sooner: the comparison above shows it."""

    def attempt(email: str) -> None:
        passwords = bureau.office.passwords
        if email == "ana@example.org":
            passwords.matches(None, OTHER + PASSWORD)

    assert longer(lambda n: attempt("ana@example.org"), lambda n: attempt("eve@example.org")) > MOST
