"""Passwords: any text is kept as it is, easy ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.accounts.password import LONGEST, Passwords, common, require_strong
from vedette.errors import BadInput, StorageError

CHEAP = Passwords(memory_mib=1, rounds=1)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=LONGEST))
def test_any_text_comes_back_as_the_same_password(password: str) -> None:
    assert CHEAP.matches(CHEAP.hash(password), password)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=73, max_size=LONGEST), st.data())
def test_every_character_counts(password: str, data: st.DataObject) -> None:
    """Also behind the 72nd byte, where bcrypt stops."""
    place = data.draw(st.integers(0, len(password) - 1))
    encoded = CHEAP.hash(password.replace("\x01", "x"))
    assert not CHEAP.matches(encoded, f"{password[:place]}\x01{password[place + 1 :]}")


def test_accents_may_be_composed_in_either_way() -> None:
    assert CHEAP.matches(CHEAP.hash("contrase\u00f1a larga"), "contrasen\u0303a larga")


def test_hashes_are_argon2id_salted_and_as_set() -> None:
    first, second = Passwords().hash("correct horse battery"), Passwords().hash("correct horse battery")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert CHEAP.outdated(first)
    assert not Passwords().outdated(first)


def test_nobody_has_no_password() -> None:
    for password in ("", "nobody has this password", "x" * 100_000):
        assert not CHEAP.matches(None, password)
    assert not CHEAP.matches(CHEAP.hash("x" * LONGEST), "x" * (LONGEST + 1))


def test_a_damaged_hash_is_told() -> None:
    for damaged in ("", "x", "$argon2id$v=19$m=19456,t=2,p=1$x"):
        with pytest.raises(StorageError):
            CHEAP.matches(damaged, "correct horse battery")


def test_every_common_password_is_refused_however_it_is_dressed_up() -> None:
    assert len(common()) == 10_000
    for word in sorted(common())[::7]:
        for dressed in (word, word * 6, f"!{word}2026!!!!!!" if word.isalpha() else word):
            with pytest.raises(BadInput):
                require_strong(dressed)


WEAK = {
    "too short": "x9Kq2vLm8wZ",
    "too long": "correct horse battery " * 12,
    "one letter": "aaaaaaaaaaaaaaa",
    "two letters": "abababababababab",
    "digits in a row": "123456789012345",
    "and back": "09876543210987",
    "a row of keys": "qwertyuiopas",
    "signs": "!!!!!!!!!!!!!!",
    "a common word and a year": "Password2026!",
    "our own name twice": "vedettevedette",
    "the address": "ana@example.org",
    "the name and digits": "Ana Example 123",
}
STRONG = [
    "correct horse battery",
    "tr0ub4dor&3 x9",
    "ñandú volador 77",
    "🐎🔋 horse staple!",
    "x9Kq2vLm8wZp",
    "48-15-16-23-42 q",
]


@pytest.mark.parametrize("weak", WEAK.values(), ids=WEAK)
def test_a_weak_one_is_refused_with_a_reason(weak: str) -> None:
    with pytest.raises(BadInput, match="password"):
        require_strong(weak, ["ana@example.org", "Ana Example"])


@pytest.mark.parametrize("strong", STRONG)
def test_a_strong_one_is_taken(strong: str) -> None:
    require_strong(strong, ["ana@example.org", "Ana Example", "or"])
