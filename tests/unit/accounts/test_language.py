"""The language of whoever has chosen none is that of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.bureau import HERE, OTHER, Bureau
from vedette.accounts.office import Rules
from vedette.records import AccountChange
from vedette.storage.database import open_database, sqlite_url

SPANISH = Rules(registration="reader", page="https://vedette.example", language="es")


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    database = open_database(sqlite_url(tmp_path / "people.db"))
    yield Bureau(database, SPANISH)
    database.close()


def subjects(bureau: Bureau) -> list[str]:
    bureau.run()
    return [mail.subject for mail in bureau.mails]


def test_new_accounts_have_it_until_they_choose(bureau: Bureau) -> None:
    accounts = bureau.accounts
    accounts.register("new@example.org", OTHER, "New", HERE)
    made = bureau.person()
    assert {person.language for person in accounts.people()} == {"es"}
    assert accounts.rename(made, "Ana", "fr").language == "fr"
    assert accounts.change(made.id, AccountChange(role="editor"), "test").language == "fr"
    accounts.forgot("new@example.org", HERE)
    accounts.forgot(made.email, HERE)
    assert subjects(bureau) == ["Vedette: Elija una contraseña nueva", "Vedette: Choisissez un nouveau mot de passe"]


def test_mails_to_accounts_that_were_made_before_have_it_too(bureau: Bureau) -> None:
    before = Bureau(bureau.database, replace(SPANISH, language=""))
    assert before.person().language == ""
    bureau.accounts.forgot("ana@example.org", HERE)
    before.accounts.forgot("ana@example.org", HERE)
    assert subjects(bureau) == ["Vedette: Elija una contraseña nueva"]
    assert subjects(before) == ["Vedette: Set a new password"]
