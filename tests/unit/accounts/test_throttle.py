"""How often somebody may try, counted in memory and in a real Redis."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakes.bureau import HERE, PASSWORD, THERE, Bureau
from vedette.accounts.throttle import Throttle
from vedette.errors import Forbidden, SettingsError, StorageError, TooMany, Unauthorized
from vedette.records import Caller
from vedette.storage.database import Database


@pytest.fixture(params=["memory", "redis"])
def throttle(request: pytest.FixtureRequest) -> Throttle:
    if request.param == "memory":
        return Throttle()
    url: str = request.getfixturevalue("redis_url")
    import redis

    redis.Redis.from_url(url).flushall()
    return Throttle(url)


def passes(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except TooMany as error:
        return not 0 < (error.retry_after_s or 0) <= 15 * 60
    return True


def test_ten_attempts_at_an_account_from_wherever(throttle: Throttle) -> None:
    attempts = [passes(lambda n=n: throttle.password("ana", f"192.0.2.{n}", False)) for n in range(12)]  # type: ignore[misc]
    assert attempts == [True] * 10 + [False] * 2
    assert passes(lambda: throttle.password("bob", "192.0.2.1", False))


def test_its_owner_is_not_kept_out(throttle: Throttle) -> None:
    for _ in range(10):
        throttle.password("ana", "203.0.113.9", False)
    assert not passes(lambda: throttle.password("ana", "192.0.2.1", False))
    assert passes(lambda: throttle.password("ana", "192.0.2.1", True))


def test_a_right_password_begins_anew(throttle: Throttle) -> None:
    for _ in range(3):
        for _ in range(9):
            throttle.password("ana", "192.0.2.1", False)
        throttle.right("ana", "192.0.2.1", False)
    assert passes(lambda: throttle.password("ana", "192.0.2.1", False))


def test_a_hundred_wrong_ones_from_an_address_at_whatever_account(throttle: Throttle) -> None:
    for number in range(100):
        throttle.password(f"a{number}", "192.0.2.1", False)
        throttle.wrong("192.0.2.1")
    assert not passes(lambda: throttle.password("another", "192.0.2.1", True))
    assert passes(lambda: throttle.password("another", "192.0.2.2", False))


def test_links_and_registrations(throttle: Throttle) -> None:
    assert [passes(lambda: throttle.mail("ana", "192.0.2.1")) for _ in range(6)] == [True] * 5 + [False]
    assert passes(lambda: throttle.mail("bob", "192.0.2.1"))
    assert [passes(lambda: throttle.registration("192.0.2.1")) for _ in range(21)] == [True] * 20 + [False]


def test_nobody_gets_in_uncounted() -> None:
    gone = Throttle("redis://127.0.0.1:1")
    with pytest.raises(StorageError):
        gone.password("ana", "192.0.2.1", False)
    with pytest.raises(SettingsError):
        Throttle("carrier-pigeon://x")


def test_guessing_stops_and_the_owner_gets_in_from_where_she_is_signed_in(database: Database) -> None:
    bureau = Bureau(database)
    bureau.person()
    bureau.sign_in()
    guesser = Caller("203.0.113.9", "")
    for _ in range(10):
        with pytest.raises(Unauthorized):
            bureau.sign_in(password="wrong password!", caller=guesser)
    for caller in (guesser, THERE):
        with pytest.raises(TooMany):
            bureau.sign_in(password=PASSWORD, caller=caller)
    assert bureau.sign_in(caller=HERE)


def test_a_wrong_old_password_counts_once(database: Database) -> None:
    bureau = Bureau(database)
    ana = bureau.person()
    bureau.sign_in()
    for wrong, caller in (("wrong password!", HERE), ("also wrong!!", THERE)):
        outcomes = []
        for _ in range(12):
            with pytest.raises((Forbidden, TooMany)) as raised:
                bureau.accounts.change_password(ana, wrong, "another pass phrase", caller)
            outcomes.append(type(raised.value))
        assert outcomes == [Forbidden] * 10 + [TooMany] * 2


def test_an_unknown_account_is_throttled_like_a_known_one(database: Database) -> None:
    bureau = Bureau(database)
    bureau.person()
    for email in ("ana@example.org", "nobody@example.org"):
        outcomes = []
        for _ in range(12):
            with pytest.raises((Unauthorized, TooMany)) as raised:
                bureau.sign_in(email, "wrong password!")
            outcomes.append(type(raised.value))
        assert outcomes == [Unauthorized] * 10 + [TooMany] * 2
