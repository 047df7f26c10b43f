"""API keys: made by a person for a program, shown once, kept as a digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from vedette.accounts import audit, people
from vedette.accounts.audit import clean, stamp
from vedette.accounts.office import Office
from vedette.accounts.tokens import KEY, digest, opaque
from vedette.errors import BadInput, NotFound, Unauthorized
from vedette.records import KeyInfo, Person
from vedette.storage.tables import api_keys
from vedette.storage.tables import people as people_table

SHOWN = 9
USED_EVERY = timedelta(minutes=1)
MOST = 50
MOST_DAYS = 3_650


def make(office: Office, person: Person, name: str, days: int) -> tuple[KeyInfo, str]:
    """A new key and its secret. Raises BadInput."""
    if not 0 <= days <= MOST_DAYS:
        raise BadInput(f"A key holds for 1 to {MOST_DAYS} days, or for ever (0); {days} was given.")
    if not (name := clean(name.strip(), 100)):
        raise BadInput("Give the key a name that says what it is for.")
    secret, now = opaque(KEY, office.world.entropy), stamp(office.now())
    expires = office.in_s(days * 86_400) if days else ""
    info = KeyInfo(office.new_id(), name, secret[:SHOWN], now, "", expires)
    with office.database.writing() as connection:
        if people.by_id(connection, person.id, lock=True) is None:
            raise NotFound(people.NO_SUCH)
        if len(connection.execute(select(api_keys.c.id).where(api_keys.c.person == person.id)).all()) >= MOST:
            raise BadInput(f"There are {MOST} keys already; revoke one that is not used any more.")
        connection.execute(
            insert(api_keys).values(
                id=info.id,
                person=person.id,
                name=name,
                prefix=info.prefix,
                digest=digest(secret),
                created=now,
                used="",
                expires=expires,
            )
        )
        audit.append(connection, office.now(), person.id, "key.make", person.id, key=info.id)
    return info, secret


def listed(office: Office, person: Person) -> tuple[KeyInfo, ...]:
    """The person's keys, the newest first."""
    wanted = select(api_keys).where(api_keys.c.person == person.id)
    with office.database.reading() as connection:
        rows = connection.execute(wanted.order_by(api_keys.c.created.desc(), api_keys.c.id)).all()
    return tuple(_info(row) for row in rows)


def revoke(office: Office, person: Person, key: str) -> None:
    """Raises NotFound, for another's too."""
    with office.database.writing() as connection:
        gone = delete(api_keys).where(api_keys.c.id == clean(key, 32), api_keys.c.person == person.id)
        if connection.execute(gone).rowcount == 0:
            raise NotFound("There is no such key.")
        audit.append(connection, office.now(), person.id, "key.revoke", person.id, key=key)


def holder(office: Office, secret: str) -> Person:
    """Whose key it is. Raises Unauthorized when it is unknown, revoked or expired, or its person disabled."""
    now = office.now()
    wanted = (
        select(people_table, api_keys.c.id.label("key"), api_keys.c.used, api_keys.c.expires)
        .join(api_keys, api_keys.c.person == people_table.c.id)
        .where(api_keys.c.digest == digest(secret), people_table.c.disabled == 0)
    )
    with office.database.reading() as connection:
        row = connection.execute(wanted).mappings().first()
    if row is None or (row["expires"] and row["expires"] <= stamp(now)):
        raise Unauthorized
    if not row["used"] or datetime.fromisoformat(row["used"]) + USED_EVERY < now:
        with office.database.writing() as connection:
            connection.execute(update(api_keys).where(api_keys.c.id == row["key"]).values(used=stamp(now)))
    return people.person_of(row)


def _info(row: Row[Any]) -> KeyInfo:
    return KeyInfo(row.id, row.name, row.prefix, row.created, row.used, row.expires)
