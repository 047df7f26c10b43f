"""Who is asking, and whether they may."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address, ip_address

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from vedette.errors import BadInput, Forbidden, NotFound, Unauthorized
from vedette.records import NOBODY, OWNER, OWNER_ID, ROLES, Access, Caller, Person, Role
from vedette.records_json import ACCESS_HEADER, decode
from vedette.services import Accounts
from vedette.web.config import WebConfig
from vedette.web.rules import RULES, Rule

API_KEY = "vk_"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request.

    `id` names them in the audit log and in their conversations: that of their account, `owner`, or empty for a
    stranger, who has no role. `person` is their account, None for the owner. `proven` is the owner with the token of
    server.json, whose files on this machine may be read.
    """

    id: str = ""
    role: Role | None = None
    access: Access = NOBODY
    person: Person | None = None
    token: str = field(default="", repr=False)
    proven: bool = False

    def may(self, role: Role) -> bool:
        """Whether they may do what `role` may."""
        return self.role is not None and ROLES.index(self.role) >= ROLES.index(role)


STRANGER = Visitor()
HOST = Visitor(OWNER_ID, "admin", OWNER)


async def admitted(request: Request, accounts: Accounts | None, config: WebConfig) -> Visitor:
    """Who sends a request, when the route's rule lets them. Raises Unauthorized, Forbidden, NotFound."""
    route = f"{request.method} {request.scope['route'].path_format}"
    rule = RULES.get(route)
    if rule is None:
        raise Forbidden(f"Nobody may call {route} yet: it has no rule.")
    visitor = STRANGER if rule == "open" else _narrowed(await _visitor(request, accounts, config), request)
    if rule == "self":
        _require_account(visitor, accounts)
    elif rule not in ("open", "anybody"):
        _require_role(visitor, rule)
    return visitor


async def _visitor(request: Request, accounts: Accounts | None, config: WebConfig) -> Visitor:
    token = bearer(request)
    if is_owner(request, config):
        return Visitor(OWNER_ID, "admin", OWNER, proven=True)
    if accounts is None:
        # The demo: whoever reaches this machine's own address is the owner, with or without a token.
        return HOST if config.local else STRANGER
    if not token:
        return STRANGER
    person = await run_in_threadpool(accounts.who, token)
    return Visitor(person.id, None if person.disabled else person.role, person.access, person, token)


def _narrowed(visitor: Visitor, request: Request) -> Visitor:
    """For a worker that answers for somebody else: who sees everything may ask to be shown no more than that person."""
    asked = request.headers.get(ACCESS_HEADER)
    if asked is None:
        return visitor
    if not visitor.access.everything:
        raise Forbidden(f"Only the owner and admins may send {ACCESS_HEADER}; leave it out.")
    try:
        access = decode(Access, json.loads(asked))
    except ValueError as error:
        raise BadInput(f"{ACCESS_HEADER} is no JSON; send an access such as {{}}.") from error
    return replace(visitor, access=access)


def _require_role(visitor: Visitor, rule: Rule) -> None:
    if visitor.role is None:
        raise Unauthorized("Sign in first, or send an API key as 'Authorization: Bearer KEY'.")
    if rule not in ROLES or not visitor.may(rule):
        raise Forbidden(f"This needs the role {rule}; yours is {visitor.role}. Ask an admin.")


def _require_account(visitor: Visitor, accounts: Accounts | None) -> None:
    if accounts is None:
        raise no_accounts()
    if visitor.role is None:
        raise Unauthorized("Sign in first.")
    if visitor.person is None:
        raise Forbidden("The owner token has no account of its own; sign in with an address and a password.")
    if visitor.token.startswith(API_KEY):
        raise Forbidden("An API key cannot change the account it belongs to; sign in with the password.")


def no_accounts() -> NotFound:
    """What everybody is told of accounts where there are none."""
    return NotFound("Nobody signs in to this server; set VEDETTE_ACCOUNTS_SIGN_IN=true where people shall.")


def bearer(connection: HTTPConnection) -> str:
    """The token of `Authorization: Bearer TOKEN`; empty without one."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def is_owner(connection: HTTPConnection, config: WebConfig) -> bool:
    """Whether a request carries the owner token of `server.json`."""
    token = bearer(connection)
    return bool(token and config.token) and hmac.compare_digest(token.encode(), config.token.encode())


def caller(connection: HTTPConnection) -> Caller:
    """Where a request comes from: the address is the client's own, or what a trusted proxy says."""
    return Caller(connection.client.host if connection.client else "local", connection.headers.get("user-agent", ""))


def network(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that an IPv6 caller can choose from.

    >>> network("192.0.2.7"), network("2001:db8::1"), network("testclient")
    ('192.0.2.7', '2001:db8::/64', 'testclient')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
