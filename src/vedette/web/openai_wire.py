"""Errors as OpenAI's API tells them, on the paths of that API: with "type", "param" and "code" beside what every error
of Vedette has."""

from __future__ import annotations

from vedette.errors import BadInput, Forbidden, NotFound, TooLarge, TooMany, Unauthorized, VedetteError

PATHS = ("/v1/chat/completions", "/v1/models")
_KINDS: tuple[tuple[type[VedetteError], str, str | None], ...] = (
    (Unauthorized, "authentication_error", "invalid_api_key"),
    (Forbidden, "permission_error", "forbidden"),
    (TooMany, "rate_limit_error", "rate_limit_exceeded"),
    (NotFound, "invalid_request_error", "model_not_found"),
    (TooLarge, "invalid_request_error", "request_too_large"),
    (BadInput, "invalid_request_error", None),
)


def speaks_openai(path: str) -> bool:
    """Whether a path belongs to OpenAI's API.

    >>> speaks_openai("/v1/models/vedette"), speaks_openai("/v1/ask")
    (True, False)
    """
    return path in PATHS or path.startswith("/v1/models/")


def openai_body(error: VedetteError) -> dict[str, object]:
    """The body of an error.

    >>> openai_body(TooMany("Wait."))["error"]["code"]
    'rate_limit_exceeded'
    """
    kind, code = next((told[1:] for told in _KINDS if isinstance(error, told[0])), ("server_error", None))
    told = {"class": type(error).__name__, "message": error.message, "retry": error.retry}
    return {"error": {**told, "type": kind, "param": None, "code": code}}
