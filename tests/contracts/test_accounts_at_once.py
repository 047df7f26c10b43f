"""Accounts when many do the same at once, over SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from fakes.bureau import HERE, OTHER, PASSWORD, Bureau
from vedette.errors import Unauthorized, VedetteError
from vedette.records import AccountChange
from vedette.storage.database import Database

MANY = 50


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


def at_once(*tasks: Callable[[], object]) -> Counter[str]:
    """How often each outcome came: `done`, or the name of an error. All tasks start together."""
    outcomes: Counter[str] = Counter()
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        start.wait()
        try:
            task()
        except VedetteError as error:
            outcomes[type(error).__name__] += 1
        else:
            outcomes["done"] += 1

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.total() == len(tasks), "a task broke with something that Vedette does not raise"
    return outcomes


def test_of_fifty_who_redeem_a_link_one_wins(bureau: Bureau) -> None:
    bureau.person()
    bureau.accounts.forgot("ana@example.org", HERE)
    token = bureau.link()
    phrases = [f"{OTHER} {number}" for number in range(MANY)]
    redeem = [lambda phrase=phrase: bureau.accounts.reset(token, phrase, HERE) for phrase in phrases]
    assert at_once(*redeem) == {"done": 1, "Unauthorized": MANY - 1}
    bureau.run()
    assert [mail.subject for mail in bureau.mails].count("Vedette: Your password was changed") == 1
    resets = [entry for entry in bureau.accounts.audit() if entry.action == "password.reset"]
    assert len(resets) == 1
    right = 0
    for number, phrase in enumerate(phrases):
        if number % 9 == 8:
            bureau.forgive()
        try:
            bureau.sign_in(password=phrase)
            right += 1
        except Unauthorized:
            pass
    assert right == 1


def test_of_many_who_use_a_refresh_token_at_most_one_wins_and_the_session_ends(bureau: Bureau) -> None:
    bureau.person()
    session = bureau.sign_in()
    outcomes = at_once(*[lambda: bureau.accounts.refresh(session.refresh_token, HERE)] * 20)
    assert outcomes == {"done": 1, "Unauthorized": 19}
    with pytest.raises(Unauthorized):
        bureau.accounts.who(session.access_token)


def test_two_admins_who_demote_each_other_leave_one(bureau: Bureau) -> None:
    pair = [bureau.person(name, "admin") for name in ("a@example.org", "b@example.org")]
    reader, admin = AccountChange(role="reader"), AccountChange(role="admin")
    for _ in range(10):
        outcomes = at_once(*[lambda who=who: bureau.accounts.change(who.id, reader, "test") for who in pair])
        assert outcomes == {"done": 1, "Conflict": 1}
        for person in pair:
            bureau.accounts.change(person.id, admin, "test")


def test_an_address_gets_one_account(bureau: Bureau) -> None:
    outcomes = at_once(*[lambda: bureau.person()] * 10)
    assert outcomes == {"done": 1, "Conflict": 9}
    outcomes = at_once(*[lambda: bureau.accounts.register("bob@example.org", PASSWORD, "", HERE)] * 10)
    assert outcomes == {"done": 10}
    assert [person.email for person in bureau.accounts.people()] == ["ana@example.org", "bob@example.org"]


def test_no_session_begins_with_a_password_that_was_just_replaced(bureau: Bureau) -> None:
    ana = bureau.person()
    sign_in = [lambda: bureau.sign_in()] * 8
    change = [lambda: bureau.accounts.change_password(ana, PASSWORD, OTHER, HERE)]
    outcomes = at_once(*sign_in, *change)
    assert outcomes["done"] >= 1
    assert len(bureau.accounts.sessions(ana)) == 1, "only the one that the change began"


def test_the_audit_log_never_forks(bureau: Bureau) -> None:
    def write() -> None:
        for number in range(5):
            bureau.accounts.note("test", "note", str(number))

    assert at_once(*[write] * 10) == {"done": 10}
    report = bureau.accounts.verify_audit()
    assert (report.entries, report.broken) == (50, None)
