"""What `services.Accounts` promises, over SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fakes.bureau import HERE, OTHER, PASSWORD, THERE, Bureau
from vedette.accounts.office import Rules
from vedette.accounts.service import LocalAccounts
from vedette.errors import BadInput, Conflict, Forbidden, NotFound, Unauthorized
from vedette.records import OWNER, AccountChange, Caller, Person, Session
from vedette.services import Accounts
from vedette.storage.database import Database


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


@pytest.fixture
def accounts(bureau: Bureau) -> Accounts:
    return bureau.accounts


def refused(*attempts: Callable[[], object]) -> set[str]:
    """What the attempts are refused with: one sentence, if they look the same."""
    sentences = set()
    for attempt in attempts:
        with pytest.raises(Unauthorized) as raised:
            attempt()
        sentences.add(raised.value.message)
    return sentences


def test_signing_in_gives_a_token_that_says_who(bureau: Bureau, accounts: Accounts) -> None:
    made = bureau.person("Ana@Example.ORG ", "editor")
    session = bureau.sign_in(" ANA@example.org")
    person = accounts.who(session.access_token)
    assert (person.id, person.email, person.role, person.seen != "") == (made.id, "ana@example.org", "editor", True)
    assert (session.expires_s, session.refresh_s) == (24 * 3600, 14 * 24 * 3600)
    assert session.access_token not in repr(session)
    assert session.refresh_token not in repr(session)


def test_whoever_may_not_come_in_learns_nothing(bureau: Bureau, accounts: Accounts) -> None:
    bureau.person("admin@example.org", "admin")
    bob = bureau.person("bob@example.org")
    bureau.person()
    accounts.change(bob.id, AccountChange(disabled=True), "test")
    told = refused(
        lambda: bureau.sign_in(password="wrong password!"),
        lambda: bureau.sign_in(password=""),
        lambda: bureau.sign_in(password="x" * 10_000),
        lambda: bureau.sign_in("nobody@example.org"),
        lambda: bureau.sign_in("bob@example.org"),
        lambda: bureau.sign_in("no address"),
        lambda: bureau.sign_in("a\x00na@example.org"),
        lambda: bureau.sign_in("ána@example.org"),  # MariaDB's own collation takes it for ana@
        lambda: bureau.sign_in("\ud800"),
    )
    assert len(told) == 1


def test_a_token_ends_by_itself(bureau: Bureau, accounts: Accounts) -> None:
    bureau.person()
    session = bureau.sign_in()
    bureau.pass_time(hours=23, minutes=59)
    assert accounts.who(session.access_token)
    bureau.pass_time(minutes=2)
    refused(lambda: accounts.who(session.access_token))
    assert accounts.who(accounts.refresh(session.refresh_token, HERE).access_token)


def test_a_session_lasts_as_long_as_it_is_used(bureau: Bureau, accounts: Accounts) -> None:
    bureau.person()
    session = bureau.sign_in()
    for _ in range(3):
        bureau.pass_time(days=13)
        session = accounts.refresh(session.refresh_token, HERE)
    bureau.pass_time(days=15)
    refused(lambda: accounts.refresh(session.refresh_token, HERE))


def test_a_session_ends_however_often_it_is_carried_on(bureau: Bureau) -> None:
    bureau.person()
    bureau.office = replace(bureau.office, rules=Rules(session_s=30 * 24 * 3600))
    accounts = bureau.accounts = LocalAccounts(bureau.office)
    session = bureau.sign_in()
    for _ in range(3):
        bureau.pass_time(days=9.9)
        session = accounts.refresh(session.refresh_token, HERE)
        assert accounts.who(session.access_token)
    assert session.refresh_s == session.expires_s == 25_920  # what is left of the thirty days, in seconds
    bureau.pass_time(days=0.3)
    refused(lambda: accounts.who(session.access_token), lambda: accounts.refresh(session.refresh_token, HERE))
    assert bureau.sign_in().refresh_s == 14 * 24 * 3600


def test_a_refresh_token_works_once_and_twice_ends_the_session(bureau: Bureau, accounts: Accounts) -> None:
    person = bureau.person()
    other = bureau.sign_in()
    first = bureau.sign_in()
    second = accounts.refresh(first.refresh_token, HERE)
    assert accounts.who(second.access_token) == accounts.who(first.access_token)
    refused(
        lambda: accounts.refresh(first.refresh_token, THERE),
        lambda: accounts.refresh(second.refresh_token, HERE),
        lambda: accounts.who(second.access_token),
        lambda: accounts.who(first.access_token),
    )
    assert accounts.who(other.access_token) == accounts.people()[0]
    assert accounts.audit(limit=1)[0].action == "session.reused"
    assert accounts.audit(limit=1)[0].target == person.id


def test_signing_out_ends_the_session_at_once(bureau: Bureau, accounts: Accounts) -> None:
    bureau.person()
    session, other = bureau.sign_in(), bureau.sign_in()
    accounts.sign_out(session.access_token)
    refused(
        lambda: accounts.who(session.access_token),
        lambda: accounts.refresh(session.refresh_token, HERE),
        lambda: accounts.sign_out(session.access_token),
    )
    assert accounts.who(other.access_token)


def test_what_an_admin_takes_away_is_gone_at_the_next_request(bureau: Bureau, accounts: Accounts) -> None:
    bureau.person("admin@example.org", "admin")
    ana = bureau.person()
    session = bureau.sign_in()
    _, key = accounts.make_key(ana, "ci")
    change = AccountChange(role="editor", groups=("soc", "cert", "soc"), clearance="AMBER")
    accounts.change(ana.id, change, "test")
    person = accounts.who(session.access_token)
    assert (person.role, person.groups, person.clearance) == ("editor", ("cert", "soc"), "AMBER")
    assert person.access.tags == ("everyone", f"user:{ana.id}", "group:cert", "group:soc")
    accounts.change(ana.id, AccountChange(disabled=True), "test")
    refused(
        lambda: accounts.who(session.access_token),
        lambda: accounts.refresh(session.refresh_token, HERE),
        lambda: accounts.who(key),
        lambda: bureau.sign_in(),
    )
    accounts.change(ana.id, AccountChange(disabled=False), "test")
    refused(lambda: accounts.who(session.access_token))
    assert accounts.who(key).id == ana.id
    accounts.remove(ana.id, "test")
    refused(lambda: accounts.who(key), lambda: bureau.sign_in())
    with pytest.raises(NotFound):
        accounts.change(ana.id, AccountChange(role="reader"), "test")


@pytest.mark.parametrize(
    "change",
    [
        AccountChange(role="owner"),  # type: ignore[arg-type]
        AccountChange(clearance="PINK"),  # type: ignore[arg-type]
        AccountChange(groups=("a b",)),
        AccountChange(groups=("",)),
    ],
)
def test_what_does_not_exist_is_given_to_nobody(bureau: Bureau, accounts: Accounts, change: AccountChange) -> None:
    with pytest.raises(BadInput):
        accounts.change(bureau.person().id, change, "test")


def test_one_admin_always_stays(bureau: Bureau, accounts: Accounts) -> None:
    first, second = bureau.person("a@example.org", "admin"), bureau.person("b@example.org", "admin")
    assert first.access == OWNER
    accounts.change(second.id, AccountChange(disabled=True), "test")
    for attempt in (
        lambda: accounts.change(first.id, AccountChange(role="editor"), "test"),
        lambda: accounts.change(first.id, AccountChange(disabled=True), "test"),
        lambda: accounts.remove(first.id, "test"),
    ):
        with pytest.raises(Conflict):
            attempt()
    accounts.remove(second.id, "test")
    accounts.change(first.id, AccountChange(clearance="RED", disabled=False), "test")
    assert [person.may("admin") for person in accounts.people()] == [True]


def test_accounts_are_made_once(bureau: Bureau, accounts: Accounts) -> None:
    bureau.person()
    with pytest.raises(Conflict):
        bureau.person("ANA@example.org")
    for email in ("", "ana", "@example.org", "ana@", "a b@example.org", "ana@exam\nple.org", "a@" + "x" * 300):
        with pytest.raises(BadInput):
            bureau.person(email)
    with pytest.raises(BadInput):
        accounts.create("bob@example.org", PASSWORD, "Bob", "owner", "test")  # type: ignore[arg-type]


class TestRegistering:
    def test_looks_the_same_when_there_is_an_account(self, bureau: Bureau, accounts: Accounts) -> None:
        accounts.register("ana@example.org", PASSWORD, "Ana", HERE)
        accounts.register("Ana@example.org", OTHER, "Mallory", THERE)
        bureau.run()
        assert [(mail.to, mail.subject) for mail in bureau.mails] == [
            ("ana@example.org", "Vedette: You have an account already")
        ]
        assert bureau.sign_in().person.name == "Ana"
        refused(lambda: bureau.sign_in(password=OTHER))

    def test_gives_the_role_that_the_settings_name(self, database: Database) -> None:
        bureau = Bureau(database, Rules(registration="editor"))
        bureau.accounts.register("ana@example.org", PASSWORD, "Ana", HERE)
        assert bureau.sign_in().person.role == "editor"

    def test_is_closed_where_nothing_else_is_said(self, database: Database) -> None:
        closed = Bureau(database, Rules()).accounts
        with pytest.raises(Forbidden):
            closed.register("ana@example.org", PASSWORD, "Ana", HERE)
        assert (closed.registers(), Bureau(database).accounts.registers()) == (False, True)

    def test_wants_a_strong_password(self, accounts: Accounts) -> None:
        for weak in ("short", "password1234", "ana@example.org"):
            with pytest.raises(BadInput):
                accounts.register("ana@example.org", weak, "Ana", HERE)
        assert accounts.people() == ()


class TestNewPasswords:
    def test_by_a_link_once(self, bureau: Bureau, accounts: Accounts) -> None:
        bureau.person()
        sessions = [bureau.sign_in(), bureau.sign_in()]
        accounts.forgot("ANA@example.org", HERE)
        assert bureau.mails == []  # nothing happens while somebody waits
        token = bureau.link()
        assert bureau.mails[0].to == "ana@example.org"
        assert f"https://vedette.example/reset#token={token}" in bureau.mails[0].text
        with pytest.raises(BadInput):
            accounts.reset(token, "weak", HERE)
        accounts.reset(token, OTHER, HERE)
        refused(
            lambda: accounts.reset(token, "yet another phrase", HERE),
            lambda: bureau.sign_in(),
            *[lambda session=session: accounts.who(session.access_token) for session in sessions],  # type: ignore[misc]
        )
        assert bureau.sign_in(password=OTHER)
        bureau.run()
        assert bureau.mails[-1].subject == "Vedette: Your password was changed"

    def test_not_by_an_old_link(self, bureau: Bureau, accounts: Accounts) -> None:
        ana = bureau.person()
        accounts.forgot(ana.email, HERE)
        first = bureau.link()
        accounts.forgot(ana.email, HERE)
        second = bureau.link()
        accounts.change_password(ana, PASSWORD, OTHER, HERE)
        third = bureau.handed()
        bureau.pass_time(minutes=31)
        tokens = (first, second, third, "", "vp_", "\ud800", first[:-1], first.upper())
        assert len(refused(*[lambda token=token: accounts.reset(token, OTHER, HERE) for token in tokens])) == 1  # type: ignore[misc]

    def test_by_a_link_that_an_admin_hands_over(self, bureau: Bureau, accounts: Accounts) -> None:
        ana = bureau.person()
        accounts.forgot(ana.email, HERE)
        mailed, first = bureau.link(), bureau.handed()
        link = accounts.reset_link(ana.email, "root")
        assert link.startswith("https://vedette.example/reset#token=vp_")
        line = accounts.audit(limit=1)[0]
        assert (line.actor, line.action, line.target) == ("root", "password.link", ana.id)
        assert link.partition("=")[2] not in repr(accounts.audit())
        assert len(bureau.mails) == 1
        refused(lambda: accounts.reset(first, OTHER, HERE), lambda: accounts.reset(mailed, OTHER, HERE))
        accounts.reset(link.partition("=")[2], OTHER, HERE)
        assert bureau.sign_in(password=OTHER)

    def test_a_stranger_gets_no_mail(self, bureau: Bureau, accounts: Accounts) -> None:
        bureau.person("admin@example.org", "admin")
        accounts.change(bureau.person().id, AccountChange(disabled=True), "test")
        accounts.forgot("nobody@example.org", HERE)
        accounts.forgot("ana@example.org", HERE)
        bureau.run()
        assert bureau.mails == []
        with pytest.raises(NotFound):
            accounts.reset_link("nobody@example.org", "test")

    @pytest.mark.parametrize(
        ("language", "subject"), [("es", "Elija una contraseña nueva"), ("fr-CA", "Choisissez un nouveau mot de passe")]
    )
    def test_the_mail_speaks_the_persons_language(
        self, bureau: Bureau, accounts: Accounts, language: str, subject: str
    ) -> None:
        accounts.rename(bureau.person(), "Ana", language)
        accounts.forgot("ana@example.org", HERE)
        bureau.run()
        assert bureau.mails[0].subject == f"Vedette: {subject}"

    def test_by_the_old_one_ends_the_other_sessions(self, bureau: Bureau, accounts: Accounts) -> None:
        ana = bureau.person()
        before = bureau.sign_in()
        with pytest.raises(Forbidden, match="old password"):
            accounts.change_password(ana, "wrong password!", OTHER, HERE)
        with pytest.raises(BadInput):
            accounts.change_password(ana, PASSWORD, "password1234", HERE)
        after = accounts.change_password(ana, PASSWORD, OTHER, HERE)
        refused(lambda: accounts.who(before.access_token), lambda: accounts.refresh(before.refresh_token, HERE))
        assert accounts.who(after.access_token).id == ana.id


class TestSessions:
    def test_are_listed_and_ended_by_their_owner(self, bureau: Bureau, accounts: Accounts) -> None:
        ana, bob = bureau.person(), bureau.person("bob@example.org")
        old = bureau.sign_in(caller=THERE)
        bureau.pass_time(minutes=5)
        new: Session = bureau.sign_in()
        listed = accounts.sessions(ana, new.access_token)
        assert [(one.device, one.address, one.current) for one in listed] == [
            ("Firefox", "192.0.2.1", True),
            ("curl", "198.51.100.7", False),
        ]
        for person, session in ((bob, listed[1].id), (ana, "nonsense"), (ana, "\x00")):
            with pytest.raises(NotFound):
                accounts.end_session(person, session)
        accounts.end_session(ana, listed[1].id)
        refused(lambda: accounts.who(old.access_token))
        assert accounts.who(new.access_token)

    def test_remember_when_they_were_used(self, bureau: Bureau, accounts: Accounts) -> None:
        ana = bureau.person()
        session = bureau.sign_in()
        bureau.pass_time(hours=2)
        accounts.who(session.access_token)
        assert accounts.sessions(ana)[0].seen == accounts.people()[0].seen == "2026-11-21T14:00:00.000+00:00"


class TestKeys:
    def test_work_until_revoked(self, bureau: Bureau, accounts: Accounts) -> None:
        ana, bob = bureau.person(), bureau.person("bob@example.org")
        info, secret = accounts.make_key(ana, " nightly \x00job ")
        assert accounts.who(secret).id == ana.id
        assert secret.startswith(info.prefix)
        assert secret not in repr(accounts.keys(ana))
        assert [(key.name, key.used != "", key.expires) for key in accounts.keys(ana)] == [("nightly job", True, "")]
        assert accounts.keys(bob) == ()
        with pytest.raises(NotFound):
            accounts.revoke_key(bob, info.id)
        accounts.revoke_key(ana, info.id)
        refused(lambda: accounts.who(secret), lambda: accounts.who(secret[:-1]), lambda: accounts.who("vk_"))

    def test_end_by_themselves(self, bureau: Bureau, accounts: Accounts) -> None:
        _, secret = accounts.make_key(bureau.person(), "week", days=7)
        bureau.pass_time(days=6)
        assert accounts.who(secret)
        bureau.pass_time(days=1)
        refused(lambda: accounts.who(secret))

    def test_are_few_and_named(self, bureau: Bureau, accounts: Accounts) -> None:
        ana = bureau.person()
        for name, days in (("", 0), ("x", -1), ("x", 100_000)):
            with pytest.raises(BadInput):
                accounts.make_key(ana, name, days)
        for number in range(50):
            accounts.make_key(ana, str(number))
        with pytest.raises(BadInput):
            accounts.make_key(ana, "one too many")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "💥" * 40, "'; DROP TABLE people; --", "\r\nBcc: x@y", "é" * 150])
def test_text_of_any_kind_does_no_harm(bureau: Bureau, accounts: Accounts, text: str) -> None:
    ana: Person = accounts.create("ana@example.org", PASSWORD, text, "reader", text)
    session = bureau.sign_in(caller=Caller(text * 3, text * 20))
    accounts.rename(ana, text, text)
    accounts.make_key(ana, "k" + text)
    accounts.note(text, text, text * 10, **{"text": text})
    refused(lambda: accounts.who(text), lambda: accounts.refresh(text, HERE), lambda: accounts.reset(text, OTHER, HERE))
    assert accounts.who(session.access_token).id == ana.id
    assert accounts.verify_audit().broken is None
    assert "\n" not in accounts.people()[0].name
