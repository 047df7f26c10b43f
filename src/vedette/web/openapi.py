"""The OpenAPI document: FastAPI's, with what the table of rules says of each route."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from vedette.web.parts import TOLD, errors
from vedette.web.rules import RULES, Rule

NEEDS: dict[Rule, str] = {
    "open": "Open to anybody.",
    "anybody": "Open to anybody; a token that is sent must hold.",
    "reader": "Needs the role reader.",
    "editor": "Needs the role editor.",
    "admin": "Needs the role admin.",
    "self": "Needs an account, signed in with its password.",
}
SCHEMES = {
    "password": {
        "type": "oauth2",
        "description": "Sign in with an address and a password.",
        "flows": {"password": {"tokenUrl": "/v1/auth/login", "scopes": {}}},
    },
    "token": {"type": "http", "scheme": "bearer", "description": "An access token, or an API key of your account."},
}


def described(app: FastAPI) -> dict[str, Any]:
    """The document of an application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        document["components"]["securitySchemes"] = SCHEMES
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _add_rule(operation, RULES.get(f"{method.upper()} {path}"))
        app.openapi_schema = document
    return app.openapi_schema


def _add_rule(operation: dict[str, Any], rule: Rule | None) -> None:
    operation["x-rule"] = rule or "nobody"
    if rule is None:
        return
    operation["description"] = f"{operation['description']}\n\n{NEEDS[rule]}"
    operation["security"] = [] if rule == "open" else [{"password": []}, {"token": []}]
    if rule == "anybody":
        operation["security"].append({})
    refusals = {"open": (429,), "anybody": (401, 429), "reader": (401, 429)}.get(rule, (401, 403, 429))
    for code in refusals:
        operation["responses"].setdefault(str(code), _response(code))


def _response(code: int) -> dict[str, Any]:
    described = errors(code)[code]
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    return {
        "description": TOLD[code][1],
        "content": {"application/json": {"schema": schema, **described["content"]["application/json"]}},
    }
