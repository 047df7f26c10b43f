"""Sessions: begun by signing in, carried on by refresh tokens that work once, ended at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from vedette.accounts.audit import clean, stamp
from vedette.accounts.office import Office
from vedette.accounts.tokens import REFRESH, Claims, digest, opaque
from vedette.records import Caller, Person, Session, SessionInfo
from vedette.storage.tables import people, refresh_tokens, sessions

SEEN_EVERY = timedelta(minutes=1)


def begin(connection: Connection, office: Office, person: Person, caller: Caller) -> Session:
    """A new session; those that ended by themselves are swept out."""
    now = stamp(office.now())
    connection.execute(delete(sessions).where(sessions.c.expires <= now))
    lasts = min(office.rules.refresh_s, office.rules.session_s)
    session = office.new_id()
    connection.execute(
        insert(sessions).values(
            id=session,
            person=person.id,
            device=clean(caller.device, 200),
            address=clean(caller.address, 64),
            created=now,
            seen=now,
            expires=office.in_s(lasts),
        )
    )
    connection.execute(update(people).where(people.c.id == person.id).values(seen=now))
    return _tokens(connection, office, person, session, lasts)


def carry_on(connection: Connection, office: Office, person: Person, session: RowMapping) -> Session:
    """New tokens for a session; it lasts from now, but not beyond its absolute end."""
    old = office.now() - datetime.fromisoformat(session["created"])
    lasts = min(office.rules.refresh_s, max(0, office.rules.session_s - int(old.total_seconds())))
    values = {"seen": stamp(office.now()), "expires": office.in_s(lasts)}
    connection.execute(update(sessions).where(sessions.c.id == session["id"]).values(**values))
    return _tokens(connection, office, person, session["id"], lasts)


def of_refresh(connection: Connection, token: str) -> RowMapping | None:
    """(id, person, created, expires) of the session of a refresh token, used or not; locked."""
    session = select(refresh_tokens.c.session).where(refresh_tokens.c.digest == digest(token)).scalar_subquery()
    columns = sessions.c.id, sessions.c.person, sessions.c.created, sessions.c.expires
    wanted = select(*columns).where(sessions.c.id == session)
    return connection.execute(wanted.with_for_update()).mappings().first()


def spend(connection: Connection, token: str) -> bool:
    """Use a refresh token; False when it was used before."""
    unused = refresh_tokens.c.digest == digest(token), refresh_tokens.c.used == 0
    return connection.execute(update(refresh_tokens).where(*unused).values(used=1)).rowcount == 1


def holder(connection: Connection, claims: Claims, now: datetime) -> RowMapping | None:
    """The row of `people` whose session it is, with `session_seen`; None when it ended, or they may not come in."""
    wanted = (
        select(people, sessions.c.seen.label("session_seen"))
        .join(sessions, sessions.c.person == people.c.id)
        .where(sessions.c.id == claims.session, people.c.id == claims.person)
        .where(sessions.c.expires > stamp(now), people.c.disabled == 0)
    )
    return connection.execute(wanted).mappings().first()


def touch(office: Office, session: str, person: str) -> None:
    """Remember that somebody is here."""
    now = stamp(office.now())
    with office.database.writing() as connection:
        connection.execute(update(sessions).where(sessions.c.id == session).values(seen=now))
        connection.execute(update(people).where(people.c.id == person).values(seen=now))


def known_at(connection: Connection, email: str, address: str) -> bool:
    """Whether the person of an e-mail address is signed in at a network address."""
    mine = select(sessions.c.id).join(people, people.c.id == sessions.c.person)
    return connection.execute(mine.where(people.c.email == email, sessions.c.address == address)).first() is not None


def end(connection: Connection, session: str, person: str) -> bool:
    """End one session of a person; False when there is none."""
    gone = delete(sessions).where(sessions.c.id == clean(session, 32), sessions.c.person == person)
    return connection.execute(gone).rowcount == 1


def end_all(connection: Connection, person: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.person == person))


def listed(connection: Connection, person: str, current: str, now: datetime) -> tuple[SessionInfo, ...]:
    """Where the person is signed in, the last used first."""
    wanted = select(sessions).where(sessions.c.person == person, sessions.c.expires > stamp(now))
    rows = connection.execute(wanted.order_by(sessions.c.seen.desc(), sessions.c.id)).all()
    return tuple(
        SessionInfo(row.id, row.device, row.address, row.created, row.seen, current=row.id == current) for row in rows
    )


def _tokens(connection: Connection, office: Office, person: Person, session: str, lasts: int) -> Session:
    refresh = opaque(REFRESH, office.world.entropy)
    connection.execute(insert(refresh_tokens).values(digest=digest(refresh), session=session, used=0))
    holds = min(office.rules.access_s, lasts)
    access = office.signer.sign(Claims(person.id, session), office.now(), holds)
    return Session(person, access, refresh, expires_s=holds, refresh_s=lasts)
