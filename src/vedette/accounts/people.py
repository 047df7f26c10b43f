"""People in the database: found, made, changed, removed."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from vedette.accounts import audit, sessions
from vedette.accounts.audit import clean, stamp
from vedette.accounts.office import Office
from vedette.accounts.password import require_strong
from vedette.errors import BadInput, Conflict, NotFound
from vedette.records import ROLES, TLP, AccountChange, Person, Role
from vedette.storage.tables import people

ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\W_]([\w.-]*[^\W_])?")
GROUP = re.compile(r"[\w.-]{1,64}")
LONGEST_ADDRESS, LONGEST_NAME = 254, 200
NO_SUCH = "There is no such account."


def address(email: str) -> str:
    """An address as it is kept: NFKC, lower case. Raises BadInput for what is none.

    >>> address(" Ana@Example.org ")
    'ana@example.org'
    """
    kept = typed(email)
    if len(kept) > LONGEST_ADDRESS or not kept.isprintable() or not ADDRESS.fullmatch(kept):
        raise BadInput("This is no e-mail address; give one such as ana@example.org.")
    return kept


def typed(email: str) -> str:
    """What somebody typed as an address, as `address` writes it, whether it is one or not."""
    return unicodedata.normalize("NFKC", email.strip()[: 2 * LONGEST_ADDRESS]).lower()


def words(email: str, name: str) -> list[str]:
    """What a password must not consist of."""
    return [email, *re.split(r"[^\w]+", email), name, *name.split()]


def by_email(connection: Connection, email: str) -> RowMapping | None:
    # An address that no database can keep belongs to nobody.
    kept = email if email.isprintable() and len(email) <= LONGEST_ADDRESS else ""
    return connection.execute(select(people).where(people.c.email == kept)).mappings().first()


def by_id(connection: Connection, person: str, lock: bool = False) -> RowMapping | None:
    wanted = select(people).where(people.c.id == clean(person, 32))
    return connection.execute(wanted.with_for_update() if lock else wanted).mappings().first()


def person_of(row: RowMapping) -> Person:
    """The record of a row of `people`."""
    return Person(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        groups=tuple(json.loads(row["group_names"])),
        clearance=row["clearance"],
        disabled=bool(row["disabled"]),
        created=row["created"],
        seen=row["seen"],
        language=row["language"],
    )


def store(connection: Connection, office: Office, person: Person, encoded: str) -> Person:
    """Insert a person with a password's hash; `id` and `created` are given here. Raises IntegrityError."""
    values: dict[str, Any] = {
        "id": office.new_id(),
        "email": person.email,
        "name": person.name,
        "password": encoded,
        "role": person.role,
        "group_names": json.dumps(person.groups),
        "clearance": person.clearance,
        "disabled": 0,
        "language": person.language,
        "created": stamp(office.now()),
        "seen": "",
    }
    connection.execute(insert(people).values(**values))
    row = by_id(connection, values["id"])
    assert row is not None
    return person_of(row)


def every(office: Office) -> tuple[Person, ...]:
    with office.database.reading() as connection:
        rows = connection.execute(select(people).order_by(people.c.email)).mappings().all()
    return tuple(person_of(row) for row in rows)


def create(office: Office, new: Person, password: str, by: str) -> Person:
    """Make an account, as an admin does. Raises Conflict, BadInput."""
    email, name = address(new.email), display_name(new.name)
    _require_known(new.role, None, None)
    require_strong(password, words(email, name))
    encoded = office.passwords.hash(password)
    made = Person("", email, name, new.role, language=new.language or office.rules.language)
    try:
        with office.database.writing() as connection:
            person = store(connection, office, made, encoded)
            audit.append(connection, office.now(), by, "account.create", person.id, role=new.role)
    except IntegrityError as error:
        raise Conflict(f"There is an account of {email} already.") from error
    return person


def change(office: Office, person: str, wanted: AccountChange, by: str) -> Person:
    """Change what is given. Raises NotFound, BadInput, Conflict when no admin would be left."""
    _require_known(wanted.role, wanted.clearance, wanted.groups)
    values: dict[str, Any] = {}
    if wanted.role is not None:
        values["role"] = wanted.role
    if wanted.groups is not None:
        values["group_names"] = json.dumps(sorted(set(wanted.groups)))
    if wanted.clearance is not None:
        values["clearance"] = wanted.clearance
    if wanted.disabled is not None:
        values["disabled"] = int(wanted.disabled)
    with office.database.writing() as connection:
        row = _locked(connection, person)
        if wanted.disabled or (wanted.role or "admin") != "admin":
            _require_another_admin(connection, row)
        if values:
            connection.execute(update(people).where(people.c.id == row["id"]).values(**values))
            if wanted.disabled:
                sessions.end_all(connection, row["id"])
            told = {name: str(value) for name, value in values.items()}
            audit.append(connection, office.now(), by, "account.change", row["id"], **told)
        changed = by_id(connection, row["id"])
        assert changed is not None
    return person_of(changed)


def remove(office: Office, person: str, by: str) -> None:
    """Delete an account; its sessions, tokens and keys go with it. Raises NotFound, Conflict."""
    with office.database.writing() as connection:
        row = _locked(connection, person)
        _require_another_admin(connection, row)
        connection.execute(delete(people).where(people.c.id == row["id"]))
        audit.append(connection, office.now(), by, "account.remove", row["id"])
    office.database.scrub()


def rename(office: Office, person: Person, name: str, language: str) -> Person:
    """Change one's own name and language. Raises NotFound, BadInput."""
    values = {"name": display_name(name), "language": clean(language, 16)}
    with office.database.writing() as connection:
        connection.execute(update(people).where(people.c.id == person.id).values(**values))
        row = by_id(connection, person.id)
    if row is None:
        raise NotFound(NO_SUCH)
    return person_of(row)


def display_name(name: str) -> str:
    """A name as it is kept. Raises BadInput for one that is too long."""
    kept = clean(unicodedata.normalize("NFC", name.strip()), LONGEST_NAME + 1)
    if len(kept) > LONGEST_NAME:
        raise BadInput(f"The name is too long; use {LONGEST_NAME} characters at most.")
    return kept


def _locked(connection: Connection, person: str) -> RowMapping:
    # All admins are locked before the one who changes: two who demote each other at once wait for each other here.
    connection.execute(select(people.c.id).where(people.c.role == "admin").order_by(people.c.id).with_for_update())
    row = by_id(connection, person, lock=True)
    if row is None:
        raise NotFound(NO_SUCH)
    return row


def _require_another_admin(connection: Connection, row: RowMapping) -> None:
    if row["role"] != "admin" or row["disabled"]:
        return
    others = select(people.c.id).where(people.c.role == "admin", people.c.disabled == 0, people.c.id != row["id"])
    if connection.execute(others).first() is None:
        raise Conflict("This is the last admin; make another account admin first.")


def _require_known(role: Role | None, clearance: str | None, groups: tuple[str, ...] | None) -> None:
    if role is not None and role not in ROLES:
        raise BadInput(f"There is no role {role!r}; roles are {', '.join(ROLES)}.")
    if clearance is not None and clearance not in TLP:
        raise BadInput(f"There is no clearance {clearance!r}; TLP labels are {', '.join(TLP)}.")
    for group in groups or ():
        if not GROUP.fullmatch(group):
            raise BadInput(f"{group!r} is no name of a group; use letters, digits, dots, dashes, 64 at most.")
