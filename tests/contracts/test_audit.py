"""The audit log over SQLite, PostgreSQL and MariaDB: whatever is done to it behind its back shows."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Executable, delete, insert, select, text, update

from fakes.bureau import Bureau
from vedette.accounts import audit as log
from vedette.storage.database import Database
from vedette.storage.tables import audit, audit_head


@pytest.fixture
def bureau(database: Database) -> Bureau:
    filled = Bureau(database)
    for number in range(1, 8):
        filled.accounts.note("ana", "document.remove", f"d{number}", title=f"Title {number} é💥", pages="3")
    return filled


def after(bureau: Bureau, *statements: Executable) -> int | None:
    """The line that is named as broken after the statements ran."""
    with bureau.database.writing() as connection:
        for statement in statements:
            connection.execute(statement)
    return bureau.accounts.verify_audit().broken


def test_a_whole_log_is_whole(bureau: Bureau) -> None:
    report = bureau.accounts.verify_audit()
    assert (report.entries, report.broken) == (7, None)
    newest, second = bureau.accounts.audit(limit=2)
    assert (newest.number, newest.actor, newest.action, newest.target) == (7, "ana", "document.remove", "d7")
    assert newest.details == {"title": "Title 7 é💥", "pages": "3"}
    assert [entry.number for entry in bureau.accounts.audit(before=second.number, limit=2)] == [5, 4]


@pytest.mark.parametrize(
    "forged",
    [
        {"actor": "bob"},
        {"action": "document.add"},
        {"target": "d4 "},
        {"target": "D4"},
        {"at": "2026-11-21T12:00:00.001+00:00"},
        {"details": "{}"},
        {"details": "not JSON"},
        {"hash": "0" * 64},
    ],
    ids=lambda forged: "-".join(forged),
)
def test_a_changed_line_is_named(bureau: Bureau, forged: dict[str, str]) -> None:
    assert after(bureau, update(audit).where(audit.c.number == 4).values(**forged)) == 4


def test_a_line_taken_out_is_named(bureau: Bureau) -> None:
    assert after(bureau, delete(audit).where(audit.c.number == 4)) == 4


def test_lines_moved_up_over_a_gap_are_named(bureau: Bureau) -> None:
    move = [update(audit).where(audit.c.number == number).values(number=number - 1) for number in (5, 6, 7)]
    assert after(bureau, delete(audit).where(audit.c.number == 4), *move) == 4


def test_lines_taken_off_the_end_are_missed(bureau: Bureau) -> None:
    assert after(bureau, delete(audit).where(audit.c.number >= 6)) == 6


def test_lines_put_in_are_named(bureau: Bureau) -> None:
    with bureau.database.reading() as connection:
        row = dict(connection.execute(select(audit).where(audit.c.number == 7)).mappings().one())
    assert after(bureau, insert(audit).values(**{**row, "number": 8})) == 8
    assert after(bureau, update(audit_head).values(number=8)) == 8
    assert after(bureau, delete(audit_head)) == 8


def test_the_first_line_hangs_on_nothing(bureau: Bureau) -> None:
    assert after(bureau, delete(audit).where(audit.c.number == 1)) == 1
    assert after(bureau, delete(audit)) == 1


def test_a_line_goes_with_what_it_tells_of(bureau: Bureau) -> None:
    def fails(connection: Connection) -> None:
        log.append(connection, bureau.now, "ana", "never")
        connection.execute(text("SELECT 1"))
        raise RuntimeError

    with pytest.raises(RuntimeError), bureau.database.writing() as connection:
        fails(connection)
    assert bureau.accounts.audit(limit=1)[0].number == 7
    assert bureau.accounts.verify_audit().broken is None


def test_a_long_log_is_followed_page_by_page(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGE", 3)
    assert bureau.accounts.verify_audit().entries == 7
    assert after(bureau, update(audit).where(audit.c.number == 7).values(actor="bob")) == 7
