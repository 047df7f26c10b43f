"""New passwords: by a link that works once, or by whoever knows the old one. All sessions end with the old password."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from vedette.accounts import audit, entry, mails, people, sessions
from vedette.accounts.audit import stamp
from vedette.accounts.office import Office
from vedette.accounts.password import require_strong
from vedette.accounts.tokens import RESET, digest, opaque
from vedette.errors import Forbidden, NotFound, Unauthorized
from vedette.records import Caller, Person, Session
from vedette.storage.tables import people as people_table
from vedette.storage.tables import reset_tokens

SPENT = "This link was used before, or is too old; ask for a new one."
OLD = "The old password is wrong; write the one that you sign in with now."


def forgot(office: Office, email: str, caller: Caller) -> None:
    """Mail a link, off the request's path: to whoever asks, known and unknown addresses look and last the same."""
    email = people.typed(email)
    office.throttle.mail(email, caller.address)
    office.world.later(lambda: _mail_link(office, email, caller))


def _mail_link(office: Office, email: str, caller: Caller) -> None:
    with office.database.writing() as connection:
        row = people.by_email(connection, email)
        if row is None or row["disabled"] or office.world.send is None:
            return
        token = _link(connection, office, row["id"])
        audit.append(connection, office.now(), entry.STRANGER, "password.forgot", row["id"], address=caller.address)
    office.mail(mails.forgot(people.person_of(row), office.rules, token))


def reset_link(office: Office, email: str, by: str) -> str:
    """A link for an admin to hand over. Raises NotFound."""
    with office.database.writing() as connection:
        row = people.by_email(connection, people.typed(email))
        if row is None:
            raise NotFound(people.NO_SUCH)
        token = _link(connection, office, row["id"])
        audit.append(connection, office.now(), by, "password.link", row["id"])
    return mails.reset_url(office.rules.page, token)


def reset(office: Office, token: str, password: str, caller: Caller) -> None:
    """Set a new password by a link. Raises Unauthorized; BadInput for a weak password, and the link still works."""
    hashed = digest(token)
    with office.database.reading() as connection:
        owner = select(reset_tokens.c.person).where(*_open(office, hashed))
        row = people.by_id(connection, connection.execute(owner).scalar() or "")
    if row is None or row["disabled"]:
        raise Unauthorized(SPENT)
    require_strong(password, people.words(row["email"], row["name"]))
    encoded = office.passwords.hash(password)
    with office.database.writing() as connection:
        people.by_id(connection, row["id"], lock=True)
        # One statement looks and takes: of many who redeem a link at once, one changes a row.
        taken = connection.execute(update(reset_tokens).where(*_open(office, hashed)).values(used=1)).rowcount
        if taken != 1:
            raise Unauthorized(SPENT)
        _set(connection, row, encoded)
        audit.append(connection, office.now(), row["id"], "password.reset", row["id"], address=caller.address)
    office.mail(mails.changed(people.person_of(row), office.rules))


def change(office: Office, person: Person, passwords: tuple[str, str], caller: Caller) -> Session:
    """Set a new password, (old, new), and begin a new session. Raises Forbidden, BadInput, TooMany."""
    old, new = passwords
    try:
        row = entry.check(office, person.email, old, caller)
    except Unauthorized as error:
        # Not 401, to which clients renew their token and send the same again: it would be counted twice.
        raise Forbidden(OLD) from error
    require_strong(new, people.words(row["email"], row["name"]))
    encoded = office.passwords.hash(new)
    with office.database.writing() as connection:
        now = people.by_id(connection, row["id"], lock=True)
        if now is None or now["disabled"] or now["password"] != row["password"]:
            raise Forbidden(OLD)
        _set(connection, row, encoded)
        session = sessions.begin(connection, office, people.person_of(row), caller)
        audit.append(connection, office.now(), row["id"], "password.change", row["id"], address=caller.address)
    office.mail(mails.changed(people.person_of(row), office.rules))
    return session


def _set(connection: Connection, row: RowMapping, encoded: str) -> None:
    connection.execute(update(people_table).where(people_table.c.id == row["id"]).values(password=encoded))
    connection.execute(update(reset_tokens).where(reset_tokens.c.person == row["id"]).values(used=1))
    sessions.end_all(connection, row["id"])


def _link(connection: Connection, office: Office, person: str) -> str:
    """A new token; those of before end, so that of several mails the last one works."""
    people.by_id(connection, person, lock=True)
    connection.execute(delete(reset_tokens).where(reset_tokens.c.person == person))
    token = opaque(RESET, office.world.entropy)
    expires = office.in_s(office.rules.reset_s)
    connection.execute(insert(reset_tokens).values(digest=digest(token), person=person, expires=expires, used=0))
    return token


def _open(office: Office, hashed: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a link that still works."""
    columns = reset_tokens.c
    return columns.digest == hashed, columns.used == 0, columns.expires > stamp(office.now())
