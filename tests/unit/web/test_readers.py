"""Whom an editor can name as a reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.door import OWNER_HEADER, Door, opened_door
from vedette.records import AccountChange, Person, readers_among


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened_door(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def test_an_editor_is_told_of_groups_and_people_but_no_addresses(door: Door) -> None:
    accounts, people = door.bureau.accounts, door.people
    accounts.change(people["reader"].id, AccountChange(groups=("soc", "cert")), "test")
    accounts.change(people["other"].id, AccountChange(groups=("secret",), disabled=True), "test")
    told = door.http.get("/v1/readers", headers=door.session("editor"))
    assert told.status_code == 200, told.text
    tags = [one["tag"] for one in told.json()["readers"]]
    assert tags[:3] == ["everyone", "group:cert", "group:soc"]
    assert tags[3:] == [f"user:{people[name].id}" for name in ("admin", "editor", "reader")]
    assert "@" not in told.text
    assert door.http.get("/v1/readers", headers=door.session("reader")).status_code == 403
    shared = door.http.patch("/v1/collections/default", headers=door.session("editor"), json={"readers": tags})
    assert shared.status_code == 200, shared.text
    assert door.http.get("/v1/readers", headers=OWNER_HEADER).json() == told.json()


def test_nobody_passes_for_another_by_a_name() -> None:
    people = (
        Person("1", "ana@example.org", "Ana", "editor"),
        Person("2", "mallory@example.org", "Ana", "reader"),
        Person("3", "mallory2@example.org", "Ana (ana)", "reader"),
        Person("4", "ana@elsewhere.example", "Ana", "reader"),
        Person("5", "bob@example.org", "", "reader"),
    )
    assert [reader.name for reader in readers_among(people)[1:]] == [
        "Ana (ana) (mallory2)",
        "Ana (ana@elsewhere.example)",
        "Ana (ana@example.org)",
        "Ana (mallory)",
        "bob",
    ]
