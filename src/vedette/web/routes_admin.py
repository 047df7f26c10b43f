"""Routes of those who manage people: accounts, audit log, what was rated, state of the parts."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import Response
from fastapi.routing import APIRouter

from vedette.errors import NotFound
from vedette.records import AuditReport, Person
from vedette.records_json import encode
from vedette.web.parts import Handed, errors, json_of, reply
from vedette.web.schemas_people import (
    AuditBody,
    ChangeBody,
    FeedbackBody,
    HealthBody,
    LinkBody,
    NewPersonBody,
    NoticesBody,
    PeopleBody,
    TriedBody,
    TryBody,
)

router = APIRouter(tags=["administration"])
PersonId = Annotated[str, Path(description="Id of an account.", max_length=64)]


@router.get("/v1/admin/people", summary="List accounts", responses={**json_of(PeopleBody), **errors(404)})
def people(visit: Handed) -> Response:
    """All accounts, by address."""
    return reply({"people": encode(visit.accounts.people())})


@router.post(
    "/v1/admin/people",
    summary="Make an account",
    status_code=201,
    responses={201: {"model": Person, "description": "Made."}, **errors(400, 404, 409)},
)
def create(body: NewPersonBody, visit: Handed) -> Response:
    """Make an account with a first password, which its owner had better change."""
    made = visit.accounts.create(body.email, body.password, body.name, body.role, visit.visitor.id)
    return reply(encode(made), 201)


@router.patch(
    "/v1/admin/people/{person}",
    summary="Change an account",
    responses={**json_of(Person), **errors(400, 404, 409)},
)
def change(person: PersonId, body: ChangeBody, visit: Handed) -> Response:
    """Change role, groups or clearance, or keep somebody out. What is taken away is gone at the next request."""
    return reply(encode(visit.accounts.change(person, body.record(), visit.visitor.id)))


@router.delete(
    "/v1/admin/people/{person}",
    summary="Delete an account",
    status_code=204,
    response_class=Response,
    responses=errors(404, 409),
)
def remove(person: PersonId, visit: Handed) -> Response:
    """Delete an account with its sessions, keys, conversations, questions and forecasts."""
    visit.accounts.remove(person, visit.visitor.id)
    visit.conversations.forget(person)
    visit.questions.forget(person)
    visit.forecasting.forget(person)
    return Response(status_code=204)


@router.post(
    "/v1/admin/people/{person}/reset-link",
    summary="Make a link for a new password",
    status_code=201,
    responses={201: {"model": LinkBody, "description": "Made."}, **errors(404)},
)
def reset_link(person: PersonId, visit: Handed) -> Response:
    """A link to hand over, which sets a new password once, within half an hour; it is shown this once. Links of before
    stop working. Nothing is mailed."""
    email = next((one.email for one in visit.accounts.people() if one.id == person), None)
    if email is None:
        raise NotFound("There is no such account.")
    return reply({"link": visit.accounts.reset_link(email, visit.visitor.id)}, 201)


@router.get("/v1/admin/audit", summary="Read the audit log", responses={**json_of(AuditBody), **errors(404)})
def audit(
    visit: Handed,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="Only entries before this number.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 100,
) -> Response:
    """Who did what, newest first. Each entry's hash covers the entry before it; `vedette audit verify` checks them."""
    return reply({"entries": encode(visit.accounts.audit(before, limit))})


@router.get("/v1/admin/audit/state", summary="Check the audit log", responses={**json_of(AuditReport), **errors(404)})
def audit_state(visit: Handed) -> Response:
    """Whether no line was changed, taken out or put in; `broken` is the number of the first that does not fit."""
    return reply(encode(visit.accounts.verify_audit()))


@router.get("/v1/admin/feedback", summary="Read what was rated", responses={**json_of(FeedbackBody), **errors()})
def feedback(visit: Handed, limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 200) -> Response:
    """Rated answers of everybody, newest first."""
    return reply({"feedback": encode(visit.conversations.feedback(limit))})


@router.get("/v1/admin/notices", summary="Read what people were told", responses={**json_of(NoticesBody), **errors()})
def notices(visit: Handed, limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 100) -> Response:
    """The last notices of trouble, newest first: to whom they went and what became of them."""
    told = visit.notices.notices(limit) if visit.notices else ()
    return reply({"notices": encode(told)})


@router.post("/v1/admin/notices/test", summary="Try the notices", responses={**json_of(TriedBody), **errors(400)})
def try_notices(body: TryBody, visit: Handed) -> Response:
    """Send a trial message to everybody whom a rule names, now; what came of each."""
    tried = visit.notices.test(body.channel) if visit.notices else ()
    visit.note("notices.tried", body.channel or "all")
    return reply({"tried": encode(tried)})


@router.get("/v1/admin/health", summary="State of every part", responses={**json_of(HealthBody), **errors()})
def health(visit: Handed) -> Response:
    """Store, index, embedder, providers, disk, database and mail, each with advice when it is not well."""
    accounts = visit.accounts.health() if visit.sign_in else ()
    told = visit.notices.health() if visit.notices else ()
    parts = (
        visit.knowledge.health()
        + visit.questions.health()
        + visit.forecasting.health()
        + accounts
        + told
        + visit.watched
    )
    return reply({"parts": encode(parts)})
