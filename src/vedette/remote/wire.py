"""Requests to a Vedette server, and its errors back as the class that was raised there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from vedette.errors import Unreachable, VedetteError, by_name
from vedette.records import Access
from vedette.records_json import ACCESS_HEADER, encode


def open_client(url: str) -> httpx.Client:
    """An HTTP client for a server at `url`; proxies of the environment are left out, answers may take minutes."""
    return httpx.Client(base_url=url, timeout=httpx.Timeout(10.0, read=600.0), trust_env=False)


@dataclass(frozen=True, slots=True)
class Wire:
    """A server at `url`. `token` is the owner token of `server.json`, or an API key; without it only open routes
    answer. With an `access`, the owner and admins are shown no more than that."""

    url: str
    token: str = field(repr=False)
    http: httpx.Client
    access: Access | None = None

    def call(self, method: str, path: str, **parts: Any) -> Any:
        """The JSON of a response."""
        return self.send(method, path, **parts).json()

    def send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """The response, when it is none of an error; else that is raised."""
        response = self.request(method, path, **parts)
        if response.is_error:
            raise failure(response)
        return response

    def request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """The response, whatever it is. Raises VedetteError when none comes."""
        try:
            return self.http.request(method, path, headers=self._headers(), **parts)
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    @contextmanager
    def stream(self, path: str, body: Mapping[str, Any], accept: str) -> Iterator[httpx.Response]:
        """A response that is read while it comes."""
        try:
            with self.http.stream("POST", path, json=body, headers={**self._headers(), "Accept": accept}) as response:
                if response.is_error:
                    response.read()
                    raise failure(response)
                yield response
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    def _headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({ACCESS_HEADER: json.dumps(encode(self.access))} if self.access is not None else {})


def server_sent_events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """(name, data) of each event of a stream whose data is JSON (WHATWG HTML, server-sent events).

    >>> list(server_sent_events(iter([": alive", "", "event: token", 'data: {"text": "a"}', ""])))
    [('token', {'text': 'a'})]
    """
    name, data = "message", ""
    for line in lines:
        if not line:
            if data:
                yield name, json.loads(data)
            name, data = "message", ""
        elif line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data += line[5:]


def segment(name: str) -> str:
    """An id as one path segment; anything else than letters and digits names nothing."""
    return name if name.isascii() and name.isalnum() else "-"


def error_of(body: Any) -> VedetteError:
    """The error that a body tells of."""
    found = body["error"]
    return by_name(found["class"], found["message"])


def failure(response: httpx.Response) -> VedetteError:
    """The error that a response is."""
    try:
        return error_of(response.json())
    except (ValueError, KeyError, TypeError):
        what = f"{response.request.url} answered {response.status_code} in a form that is not Vedette's"
        return VedetteError(f"{what}; check that the address is that of a Vedette server.")


def _unreachable(url: str, error: httpx.TransportError) -> Unreachable:
    return Unreachable(f"The server at {url} does not answer ({error}); see its log or start it again: vedette serve")
