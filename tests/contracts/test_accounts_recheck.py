"""Whether who was let in may still be here: `Accounts.recheck`, over SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakes.bureau import HERE, OTHER, Bureau
from vedette.errors import Unauthorized
from vedette.records import AccountChange, Person
from vedette.storage.database import Database


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


def stands(bureau: Bureau, token: str) -> bool:
    try:
        bureau.accounts.recheck(token)
    except Unauthorized:
        return False
    return True


def test_a_token_that_ran_out_ends_nothing_that_it_began(bureau: Bureau) -> None:
    bureau.person()
    token = bureau.sign_in().access_token
    bureau.pass_time(hours=25)
    with pytest.raises(Unauthorized):
        bureau.accounts.who(token)
    assert stands(bureau, token)
    bureau.pass_time(days=14)  # the session itself
    assert not stands(bureau, token)


def sign_out(bureau: Bureau, _: Person, token: str) -> None:
    bureau.accounts.sign_out(token)


def end(bureau: Bureau, ana: Person, token: str) -> None:
    (current,) = (one for one in bureau.accounts.sessions(ana, token) if one.current)
    bureau.accounts.end_session(ana, current.id)


def disable(bureau: Bureau, ana: Person, _: str) -> None:
    bureau.accounts.change(ana.id, AccountChange(disabled=True), "test")


def remove(bureau: Bureau, ana: Person, _: str) -> None:
    bureau.accounts.remove(ana.id, "test")


def set_a_new_password(bureau: Bureau, _: Person, __: str) -> None:
    bureau.accounts.reset(bureau.handed(), OTHER, HERE)


ENDS = [(sign_out, True), (end, True), (disable, False), (remove, False), (set_a_new_password, False)]


@pytest.mark.parametrize(("how", "others_stay"), ENDS)
def test_a_session_that_was_ended(
    bureau: Bureau, how: Callable[[Bureau, Person, str], None], others_stay: bool
) -> None:
    ana = bureau.person()
    other, mine = bureau.sign_in().access_token, bureau.sign_in().access_token
    assert stands(bureau, mine)
    how(bureau, ana, mine)
    assert (stands(bureau, mine), stands(bureau, other)) == (False, others_stay)


def test_a_key(bureau: Bureau) -> None:
    ana = bureau.person()
    (one, first), (_, second) = bureau.accounts.make_key(ana, "ci"), bureau.accounts.make_key(ana, "cron")
    assert stands(bureau, first)
    bureau.accounts.revoke_key(ana, one.id)
    assert (stands(bureau, first), stands(bureau, second)) == (False, True)
    bureau.accounts.change(ana.id, AccountChange(disabled=True), "test")
    assert not stands(bureau, second)


def test_what_nobody_was_let_in_by(bureau: Bureau) -> None:
    bureau.person()
    session = bureau.sign_in()
    for token in ("", "vk_", session.refresh_token, session.access_token[:-1], bureau.handed()):
        assert not stands(bureau, token)
