"""Coming in: registering, signing in, carrying on, and telling whose token it is.

Whether an account exists shows in nothing: the same statements run, the same hash is computed, the same error comes.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime

from sqlalchemy import RowMapping, delete, update
from sqlalchemy.exc import IntegrityError

from vedette.accounts import audit, keys, mails, people, sessions, tokens
from vedette.accounts.audit import clean
from vedette.accounts.office import Office
from vedette.accounts.password import require_strong
from vedette.errors import Forbidden, Unauthorized
from vedette.records import Caller, Person, Session
from vedette.storage.tables import people as people_table

WRONG = "The address or the password is wrong."
ENDED = "The session was ended, or the account kept out; sign in again to go on."
STRANGER = "anonymous"
JITTER_S = 0.01


def register(office: Office, email: str, password: str, name: str, caller: Caller) -> None:
    """Make an account, or tell the owner of the one there is by mail that somebody tried."""
    role = office.rules.registration
    if role == "closed":
        raise Forbidden("Nobody can register here by themselves; ask an admin for an account.")
    email, name = people.address(email), people.display_name(name)
    require_strong(password, people.words(email, name))
    office.throttle.registration(caller.address)
    encoded = office.passwords.hash(password)
    new = Person("", email, name, role, language=office.rules.language)
    try:
        there = _registered(office, new, encoded, caller)
    except IntegrityError:  # somebody else was quicker by a hair
        there = _registered(office, new, encoded, caller)
    notice = mails.registered_again(there or new, office.rules)
    if there is not None:
        office.mail(notice)
    _blur(office)  # a row that is deleted costs 0.1 ms more than one that is not


def _blur(office: Office) -> None:
    """Wait for a random while, in which what is left of the difference between known and unknown drowns."""
    time.sleep(JITTER_S * int.from_bytes(office.world.entropy(2), "big") / 65536)


def _registered(office: Office, new: Person, encoded: str, caller: Caller) -> Person | None:
    """Store a person; the one who has the address already, if there is one. Raises IntegrityError.

    The same statements run either way, so that time does not tell: for an address that is known, a row comes and goes,
    for a new one, a row that never was is deleted.
    """
    with office.database.writing() as connection:
        row = people.by_email(connection, new.email)
        spare = office.new_id()
        stored = people.store(connection, office, new if row is None else replace(new, email=spare), encoded)
        ghost = spare if row is None else stored.id
        connection.execute(delete(people_table).where(people_table.c.id == ghost))
        actor, action = (stored.id, "account.register") if row is None else (STRANGER, "account.register-again")
        there = stored if row is None else people.person_of(row)
        audit.append(connection, office.now(), actor, action, there.id, address=caller.address)
    return None if row is None else there


def sign_in(office: Office, email: str, password: str, caller: Caller) -> Session:
    """Check a password and begin a session. Raises Unauthorized, TooMany."""
    person = check(office, email, password, caller)
    with office.database.writing() as connection:
        row = people.by_id(connection, person["id"], lock=True)
        # Changed or disabled between the check and now: then what was checked is no longer the password.
        if row is None or row["disabled"] or row["password"] != person["password"]:
            raise Unauthorized(WRONG)
        if office.passwords.outdated(row["password"]):
            encoded = office.passwords.hash(password)
            connection.execute(update(people_table).where(people_table.c.id == row["id"]).values(password=encoded))
        session = sessions.begin(connection, office, people.person_of(row), caller)
        audit.append(connection, office.now(), row["id"], "sign-in", row["id"], address=caller.address)
    return session


def check(office: Office, email: str, password: str, caller: Caller) -> RowMapping:
    """The row of who has this address and this password. Raises Unauthorized, TooMany; attempts are counted."""
    email, address = people.typed(email), clean(caller.address, 64)
    with office.database.reading() as connection:
        row = people.by_email(connection, email)
        known = sessions.known_at(connection, row["email"] if row else "", address)
    office.throttle.password(email, address, known)
    matches = office.passwords.matches(row["password"] if row else None, password)
    if row is None or row["disabled"] or not matches:
        office.throttle.wrong(address)
        with office.database.writing() as connection:
            target = row["id"] if row else ""
            audit.append(connection, office.now(), STRANGER, "sign-in.failed", target, address=address)
        _blur(office)  # a row that is found is read, and looked for among the sessions: some 20 microseconds
        raise Unauthorized(WRONG)
    office.throttle.right(email, address, known)
    return row


def refresh(office: Office, token: str, caller: Caller) -> Session:
    """New tokens for old. Raises Unauthorized; a token used twice was stolen from one of the two: its session ends."""
    with office.database.writing() as connection:
        session = sessions.of_refresh(connection, token)
        if session is None or session["expires"] <= audit.stamp(office.now()):
            raise Unauthorized
        row = people.by_id(connection, session["person"])
        if row is None or row["disabled"]:
            raise Unauthorized
        if sessions.spend(connection, token):
            return sessions.carry_on(connection, office, people.person_of(row), session)
        sessions.end(connection, session["id"], session["person"])
        audit.append(connection, office.now(), STRANGER, "session.reused", session["person"], address=caller.address)
    raise Unauthorized


def who(office: Office, token: str) -> Person:
    """Whose access token or API key it is. Raises Unauthorized."""
    if token.startswith(tokens.KEY):
        return keys.holder(office, token)
    now = office.now()
    claims = office.signer.read(token, now)
    with office.database.reading() as connection:
        row = sessions.holder(connection, claims, now)
    if row is None:
        raise Unauthorized
    if datetime.fromisoformat(row["session_seen"]) + sessions.SEEN_EVERY < now:
        sessions.touch(office, claims.session, claims.person)
    return people.person_of(row)


def recheck(office: Office, token: str) -> None:
    """Raises Unauthorized when the session or key of a token that `who` took has ended, or its person is disabled."""
    if token.startswith(tokens.KEY):
        keys.holder(office, token)
        return
    claims = office.signer.read(token, None)
    with office.database.reading() as connection:
        if sessions.holder(connection, claims, office.now()) is None:
            raise Unauthorized(ENDED)


def sign_out(office: Office, token: str) -> None:
    """End the session of an access token. Raises Unauthorized."""
    claims = office.signer.read(token, office.now())
    with office.database.writing() as connection:
        if not sessions.end(connection, claims.session, claims.person):
            raise Unauthorized
        audit.append(connection, office.now(), claims.person, "sign-out", claims.person)
