"""Routes of one's own account: come in, carry on, leave; sessions, keys, password."""

from __future__ import annotations

from secrets import token_hex
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRouter
from pydantic import ValidationError

from vedette.errors import BadInput, Unauthorized
from vedette.records import ROLES, Person, Session
from vedette.records_json import encode
from vedette.web.parts import Handed, Visit, errors, founding_name, json_of, reply
from vedette.web.schemas_people import (
    ForgotBody,
    KeysBody,
    LoginBody,
    MadeKeyBody,
    MeBody,
    NewKeyBody,
    PasswordBody,
    RegisterBody,
    RenameBody,
    ResetBody,
    SessionsBody,
    TokenBody,
)
from vedette.web.security import error_body, error_headers

router = APIRouter(tags=["account"])
COOKIE, COOKIE_PATH = "vedette_refresh", "/v1/auth"
# Scripts may read it: it tells nothing but that a new refresh cookie came. A page that is loaded anew while one is on
# its way waits for that instead of sending the old one a second time (`ui/src/api/alone.ts`).
TURN = "vedette_turn"
DONE: dict[str, Any] = {"status_code": 204, "response_class": Response}
CREDENTIALS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": LoginBody.model_json_schema()},
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["password"]},
                        "username": {"type": "string", "maxLength": 1000, "description": "E-mail address."},
                        "password": {"type": "string", "maxLength": 1000},
                    },
                }
            },
        },
    }
}


@router.get("/v1/me", summary="Who am I", responses={**json_of(MeBody), **errors()})
def me(visit: Handed) -> Response:
    """Who sends this request, whether people sign in here at all, and whether they can register."""
    terms = visit.questions.terms()
    return reply(
        {
            "sign_in": visit.sign_in,
            "person": encode(visit.visitor.person),
            "registration": visit.sign_in and visit.accounts.registers(),
            "language_default": visit.config.language,
            "version": visit.config.version,
            "roles": list(ROLES),
            "mail": terms.mail and visit.visitor.person is not None,
            "training": terms.training,
        }
    )


@router.patch("/v1/me", summary="Change my name", responses={**json_of(Person), **errors(400, 404)})
def rename(body: RenameBody, visit: Handed) -> Response:
    """Change one's own name and language."""
    return reply(encode(visit.accounts.rename(visit.person, body.name, body.language)))


def register(body: RegisterBody, visit: Handed) -> Response:
    """Make an account, where the settings allow it. The answer is the same when there is one already."""
    visit.accounts.register(body.email, body.password, body.name, visit.caller)
    return Response(status_code=204)


async def login(request: Request, visit: Handed) -> Response:
    """Sign in with JSON, or with the form of OAuth 2.0's password grant. The refresh token comes as a cookie that no
    script can read.

    A wrong password and an unknown address are answered alike."""
    given = await _credentials(request)
    signed = await run_in_threadpool(visit.accounts.sign_in, given.email, given.password, visit.caller)
    return _signed_in(signed, request, visit)


async def _credentials(request: Request) -> LoginBody:
    try:
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            form = await request.form()
            return LoginBody(email=str(form.get("username", "")), password=str(form.get("password", "")))
        return LoginBody.model_validate_json(await request.body())
    except ValidationError as error:
        raise BadInput("Send an address and a password: {'email', 'password'} as JSON, or a form.") from error


@router.post("/v1/auth/refresh", summary="Carry on", responses={**json_of(TokenBody), **errors(404)})
def refresh(request: Request, visit: Handed) -> Response:
    """A new access token for the cookie's refresh token, which works once and is replaced."""
    accounts, token = visit.accounts, request.cookies.get(COOKIE, "")
    try:
        if not token:
            raise Unauthorized
        return _signed_in(accounts.refresh(token, visit.caller), request, visit)
    except Unauthorized as error:
        return _signed_out(JSONResponse(error_body(error), error.status, error_headers(error)))


@router.post("/v1/auth/logout", summary="Sign out", responses=errors(404), **DONE)
def logout(visit: Handed) -> Response:
    """End this session at once."""
    visit.accounts.sign_out(visit.visitor.token)
    return _signed_out(Response(status_code=204))


def forgot(body: ForgotBody, visit: Handed) -> Response:
    """Mail a link that sets a new password, once, for half an hour. The answer is the same for unknown addresses."""
    visit.accounts.forgot(body.email, visit.caller)
    return Response(status_code=204)


@router.post("/v1/auth/reset", summary="Set a new password by a link", responses=errors(400, 404), **DONE)
def reset(body: ResetBody, visit: Handed) -> Response:
    """Set a new password and end all sessions."""
    visit.accounts.reset(body.token, body.password, visit.caller)
    return Response(status_code=204)


def change_password(body: PasswordBody, request: Request, visit: Handed) -> Response:
    """Set a new password, end all other sessions, go on with a new one."""
    return _signed_in(visit.accounts.change_password(visit.person, body.old, body.new, visit.caller), request, visit)


@router.get("/v1/auth/sessions", summary="Where I am signed in", responses={**json_of(SessionsBody), **errors(404)})
def sessions(visit: Handed) -> Response:
    """Every session, the last used first."""
    return reply({"sessions": encode(visit.accounts.sessions(visit.person, visit.visitor.token))})


@router.delete("/v1/auth/sessions/{session}", summary="End a session", responses=errors(404), **DONE)
def end_session(session: Annotated[str, Path(max_length=64)], visit: Handed) -> Response:
    """End one of one's own sessions at once."""
    visit.accounts.end_session(visit.person, session)
    return Response(status_code=204)


@router.get("/v1/auth/keys", summary="List my API keys", responses={**json_of(KeysBody), **errors(404)})
def keys(visit: Handed) -> Response:
    """Every API key, by its beginning; the rest is not kept."""
    return reply({"keys": encode(visit.accounts.keys(visit.person))})


@router.post(
    "/v1/auth/keys",
    summary="Make an API key",
    status_code=201,
    responses={201: {"model": MadeKeyBody, "description": "Made."}, **errors(400, 404)},
)
def make_key(body: NewKeyBody, visit: Handed) -> Response:
    """A key for programs, which may do what its owner may, but not change their account. It is shown this once."""
    key, secret = visit.accounts.make_key(visit.person, body.name, body.days)
    return reply({"key": encode(key), "secret": secret}, 201)


@router.delete("/v1/auth/keys/{key}", summary="Revoke an API key", responses=errors(404), **DONE)
def revoke_key(key: Annotated[str, Path(max_length=64)], visit: Handed) -> Response:
    """It stops working at once."""
    visit.accounts.revoke_key(visit.person, key)
    return Response(status_code=204)


def _signed_in(session: Session, request: Request, visit: Visit) -> JSONResponse:
    response = reply({"access_token": session.access_token, "token_type": "bearer", "expires_in": session.expires_s})
    lasts: dict[str, Any] = {
        "max_age": session.refresh_s,
        "secure": visit.config.secure or request.url.scheme == "https",
        "samesite": "strict",
    }
    response.set_cookie(COOKIE, session.refresh_token, path=COOKIE_PATH, httponly=True, **lasts)
    response.set_cookie(TURN, token_hex(4), **lasts)
    return response


def _signed_out(response: Response) -> Response:
    response.delete_cookie(COOKIE, COOKIE_PATH)
    response.delete_cookie(TURN)
    return response


router.post("/v1/auth/register", summary="Register", responses=errors(400, 403, 404, 429), **DONE)(register)
router.post("/v1/auth/forgot", summary="Forgot my password", responses=errors(400, 404, 429), **DONE)(forgot)
router.post(
    "/v1/auth/login",
    summary="Sign in",
    responses={**json_of(TokenBody), **errors(400, 404, 429)},
    openapi_extra=CREDENTIALS,
)(login)
router.post(
    "/v1/auth/password",
    summary="Change my password",
    responses={**json_of(TokenBody), **errors(400, 403, 404, 429)},
)(change_password)
founding_name(router, "/register", "POST /v1/auth/register", register, status_code=204)
founding_name(router, "/login", "POST /v1/auth/login", login, openapi_extra=CREDENTIALS)
founding_name(router, "/forgot-password", "POST /v1/auth/forgot", forgot, status_code=204)
founding_name(router, "/change-password", "POST /v1/auth/password", change_password)
