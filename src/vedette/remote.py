"""The contract over HTTP: `Knowledge` as a client of a running server.

The routes that it calls are those of `vedette.web`, for everybody. Errors come back as the class that was raised there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx

from vedette.errors import VedetteError, by_name
from vedette.records import (
    AnswerEvent,
    CollectionInfo,
    DocumentInfo,
    Failure,
    IngestProgress,
    IngestReport,
    IngestRequest,
    Original,
    PartHealth,
    Preprocessed,
    Query,
    Question,
    Retrieval,
    ScopeDecision,
    StoredDocument,
    Upload,
    VerifyReport,
)
from vedette.records_json import answer_from_json, decode, document_from_json, encode, retrieval_from_json
from vedette.services import Services

T = TypeVar("T")


@contextmanager
def connected(url: str, token: str) -> Iterator[Services]:
    """The services of the server at `url`, for its owner where `token` is right."""
    with open_client(url) as http:
        yield Services(knowledge=RemoteKnowledge(url, token, http))


def open_client(url: str) -> httpx.Client:
    """An HTTP client for a server at `url`; proxies of the environment are left out, answers may take minutes."""
    return httpx.Client(base_url=url, timeout=httpx.Timeout(10.0, read=600.0), trust_env=False)


@dataclass(frozen=True, slots=True)
class RemoteKnowledge:
    """`Knowledge` over HTTP. `token` is the owner token of `server.json`; without it only open routes answer."""

    url: str
    token: str
    http: httpx.Client

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        body = {"targets": request.targets, "collection": request.collection, "prune": request.prune}
        with self._stream("/v1/ingest", body, "application/x-ndjson") as response:
            for line in filter(None, response.iter_lines()):
                event = json.loads(line)
                if "progress" in event:
                    yield decode(IngestProgress, event["progress"])
                elif "report" in event:
                    yield decode(IngestReport, event["report"])
                else:
                    raise _error(event)

    def upload(self, upload: Upload) -> IngestReport:
        parts = {"data": {"collection": upload.collection}, "files": {"file": (upload.name, upload.data)}}
        return decode(IngestReport, self._call("POST", "/v1/documents", **parts))

    def preprocess(self, text: str) -> Preprocessed:
        return decode(Preprocessed, self._call("POST", "/v1/preprocess", json={"text": text}))

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return self._list(DocumentInfo, "/v1/documents", "documents", collection)

    def failures(self, collection: str | None = None) -> tuple[Failure, ...]:
        return self._list(Failure, "/v1/failures", "failed", collection)

    def document(self, document: str) -> StoredDocument:
        return document_from_json(self._call("GET", f"/v1/documents/{_segment(document)}"))

    def original(self, document: str) -> Original:
        response = self._send("GET", f"/v1/documents/{_segment(document)}/original")
        return Original(_file_name(response.headers), response.headers["content-type"].split(";")[0], response.content)

    def remove(self, document: str) -> None:
        self._send("DELETE", f"/v1/documents/{_segment(document)}")

    def verify(self, repair: bool = False) -> VerifyReport:
        return decode(VerifyReport, self._call("POST", "/v1/verify", json={"repair": repair}))

    def collections(self) -> tuple[CollectionInfo, ...]:
        return self._list(CollectionInfo, "/v1/collections", "collections", None)

    def retrieve(self, query: Query) -> Retrieval:
        body = {"query": query.text, "collection": query.collection, "k": query.k, "filters": dict(query.filters)}
        return retrieval_from_json(self._call("POST", "/v1/retrieve", json=body))

    def scope(self, question: Question) -> ScopeDecision:
        return decode(ScopeDecision, self._call("POST", "/v1/scope", json=_ask_body(question)))

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        body = {**_ask_body(question), "evidence": True}
        with self._stream("/v1/ask", body, "text/event-stream") as response:
            for name, data in server_sent_events(response.iter_lines()):
                if name == "error":
                    raise _error(data)
                yield _answer_event(name, data)

    def health(self) -> tuple[PartHealth, ...]:
        response = self._request("GET", "/readyz")
        if response.status_code not in (200, 503):
            raise _failure(response)
        return tuple(decode(PartHealth, part) for part in response.json()["parts"])

    def _list(self, kind: type[T], path: str, key: str, collection: str | None) -> tuple[T, ...]:
        data = self._call("GET", path, params={"collection": collection} if collection is not None else {})
        return tuple(decode(kind, item) for item in data[key])

    def _call(self, method: str, path: str, **parts: Any) -> Any:
        return self._send(method, path, **parts).json()

    def _send(self, method: str, path: str, **parts: Any) -> httpx.Response:
        response = self._request(method, path, **parts)
        if response.is_error:
            raise _failure(response)
        return response

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        try:
            return self.http.request(method, path, headers=self._headers(), **parts)
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    @contextmanager
    def _stream(self, path: str, body: Mapping[str, Any], accept: str) -> Iterator[httpx.Response]:
        try:
            with self.http.stream("POST", path, json=body, headers={**self._headers(), "Accept": accept}) as response:
                if response.is_error:
                    response.read()
                    raise _failure(response)
                yield response
        except httpx.TransportError as error:
            raise _unreachable(self.url, error) from error

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


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


def _ask_body(question: Question) -> dict[str, Any]:
    return {
        "question": question.text,
        "collection": question.collection,
        "language": question.language,
        "filters": dict(question.filters),
        "history": encode(question.history),
    }


def _answer_event(name: str, data: Mapping[str, Any]) -> AnswerEvent:
    if name == "answer":
        return AnswerEvent("answer", answer=answer_from_json(dict(data)))
    return AnswerEvent("stage" if name == "stage" else "token", text=data["text"])


def _segment(document: str) -> str:
    """An id as one path segment; anything else than letters and digits names no document."""
    return document if document.isascii() and document.isalnum() else "-"


def _file_name(headers: httpx.Headers) -> str:
    message = Message()
    message["Content-Disposition"] = headers["content-disposition"]
    name = message.get_filename() or ""
    return unquote(name)


def _error(body: Any) -> VedetteError:
    found = body["error"]
    return by_name(found["class"], found["message"])


def _failure(response: httpx.Response) -> VedetteError:
    try:
        return _error(response.json())
    except (ValueError, KeyError, TypeError):
        what = f"{response.request.url} answered {response.status_code} in a form that is not Vedette's"
        return VedetteError(f"{what}; check that the address is that of a Vedette server.")


def _unreachable(url: str, error: httpx.TransportError) -> VedetteError:
    return VedetteError(f"The server at {url} does not answer ({error}); see its log or start it again: vedette serve")
