"""`vedette users`, `audit`, `backup` and `restore`, over a real data folder."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from fakes.bureau import HERE, OTHER, PASSWORD
from vedette import running
from vedette.app_people import accounts_of
from vedette.conversations.store import ConversationStore
from vedette.records import ConversationInfo
from vedette.settings import load
from vedette.storage.database import connect, sqlite_url

from .conftest import Run


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_first_admin_signs_in(run: Run, typed: None, data: Path) -> None:
    assert run("users", "create-admin", "Ana@example.org", "--name", "Ana").out == "Made ana@example.org an admin.\n"
    with accounts_of(load(os.environ)) as accounts:
        person = accounts.sign_in("ana@example.org", PASSWORD, HERE).person
    assert (person.name, person.role) == ("Ana", "admin")
    for secret in ("people.db", "secret.key"):
        assert (data / secret).stat().st_mode & 0o077 == 0


def test_a_weak_password_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("password\n"))
    refused = run("users", "create-admin", "ana@example.org")
    assert refused.code == 2
    assert "12 or more" in refused.err


def test_a_link_sets_the_password(run: Run) -> None:
    for line in (("users", "create-admin", "ana@example.org", "--link"), ("users", "reset-link", "ana@example.org")):
        found = re.search(r"http://127.0.0.1:8000/reset#token=(\S+)", run(*line).out)
        assert found
        with accounts_of(load(os.environ)) as accounts:
            accounts.reset(found[1], OTHER, HERE)
            assert accounts.sign_in("ana@example.org", OTHER, HERE)


def test_accounts_are_changed_and_listed(run: Run) -> None:
    for email in ("ana@example.org", "bob@example.org"):
        run("users", "create-admin", email, "--link")
    line = ("--role", "editor", "-g", "soc", "-g", "cert", "--clearance", "AMBER+STRICT")
    assert "role editor, groups cert, soc" in run("users", "set", "BOB@example.org", *line).out
    assert run("users", "disable", "bob@example.org").out == "bob@example.org is disabled.\n"
    bob = json.loads(run("users", "list", "--json").out)["users"][1]
    assert (bob["role"], bob["groups"], bob["clearance"], bob["disabled"]) == (
        "editor",
        ["cert", "soc"],
        "AMBER+STRICT",
        True,
    )
    shown = r"bob@example.org +editor +cert, soc +AMBER\+STRICT +disabled +never"
    assert re.search(shown, run("users", "list").out)
    assert run("users", "disable", "bob@example.org", "--undo").out == "bob@example.org is active.\n"
    assert "groups none" in run("users", "set", "bob@example.org", "--no-groups").out


def test_who_is_removed_takes_their_conversations_along(run: Run, data: Path) -> None:
    for email in ("ana@example.org", "bob@example.org"):
        run("users", "create-admin", email, "--link")
    people = {one["email"]: one["id"] for one in json.loads(run("users", "list", "--json").out)["users"]}
    database = connect(sqlite_url(data / "people.db"))
    store = ConversationStore(database)
    for person in people.values():
        store.begin(person, ConversationInfo(person[::-1], "", "default", 0, "", ""))
    assert run("users", "remove", "Bob@example.org").out == "Removed bob@example.org.\n"
    assert [one["email"] for one in json.loads(run("users", "list", "--json").out)["users"]] == ["ana@example.org"]
    assert [len(store.list(people[f"{name}@example.org"], "")) for name in ("ana", "bob")] == [1, 0]
    database.close()


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        (("users", "disable", "ana@example.org"), 1, "last admin"),
        (("users", "set", "ana@example.org", "--role", "reader"), 1, "last admin"),
        (("users", "remove", "ana@example.org"), 1, "last admin"),
        (("users", "remove", "nobody@example.org"), 2, "no account"),
        (("users", "set", "ana@example.org", "--role", "king"), 2, "no role"),
        (("users", "set", "ana@example.org", "--clearance", "PINK"), 2, "TLP"),
        (("users", "set", "nobody@example.org"), 2, "no account"),
        (("users", "reset-link", "nobody@example.org"), 2, "no such account"),
        (("users", "create-admin", "ana@example.org", "--link"), 1, "already"),
        (("users", "create-admin", "ana", "--link"), 2, "e-mail"),
        (("restore", "nothing.tar.gz"), 2, "no file"),
    ],
)
def test_what_cannot_be_is_told(run: Run, line: tuple[str, ...], code: int, word: str) -> None:
    run("users", "create-admin", "ana@example.org", "--link")
    refused = run(*line)
    assert (refused.code, refused.out) == (code, "")
    assert word in refused.err


def test_the_log_tells_what_was_done_and_whether_it_is_whole(run: Run, data: Path) -> None:
    assert "0 lines" in run("audit", "verify").out
    run("users", "create-admin", "ana@example.org", "--link")
    assert re.search(r"1 .* cli +account.create +ana@example.org +role=admin", run("audit", "show").out)
    entries = json.loads(run("audit", "show", "-n", "1", "--json").out)["entries"]
    assert [entry["action"] for entry in entries] == ["password.link"]
    whole = json.loads(run("audit", "verify", "--json").out)
    assert whole == {"entries": 2, "broken": None, "hash": entries[0]["hash"]}
    database = connect(sqlite_url(data / "people.db"))
    with database.writing() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE number = 2"))
    database.close()
    broken = run("audit", "verify")
    assert (broken.code, "broken at line 2" in broken.out) == (1, True)


def test_back_up_wipe_restore(run: Run, data: Path, tmp_path: Path) -> None:
    run("users", "create-admin", "ana@example.org", "--link")
    (data / "originals").mkdir()
    (data / "originals" / "1").write_text("original")
    file = tmp_path / "backup.tar.gz"
    assert "2 files" in run("backup", str(file)).out
    listed = run("users", "list").out
    assert run("backup", str(file)).code == 1
    assert run("restore", str(file)).code == 1
    other = str(tmp_path / "other")
    assert "Restored 2 files" in run("restore", str(file), "--data", other).out
    assert run("users", "list", "--data", other).out == listed
    assert (tmp_path / "other" / "originals" / "1").read_text() == "original"
    run("users", "create-admin", "bob@example.org", "--link")
    assert json.loads(run("restore", str(file), "--replace", "--json").out)["files"] == 2
    assert run("users", "list").out == listed


def test_a_folder_that_a_server_works_on_is_not_backed_up(run: Run, data: Path, tmp_path: Path) -> None:
    from contextlib import ExitStack

    with ExitStack() as stack:
        running.own(data, stack)
        refused = run("backup", str(tmp_path / "x.tar.gz"))
        assert (refused.code, "Another vedette process" in refused.err) == (1, True)
        assert run("users", "list").code == 0, "accounts open beside it"
