"""`Knowledge` over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import Message
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import httpx

from vedette.records import (
    Access,
    AnswerEvent,
    CollectionInfo,
    DocumentInfo,
    IdentifierCard,
    IngestProgress,
    IngestReport,
    IngestRequest,
    Original,
    PartHealth,
    Preprocessed,
    Quarantined,
    Query,
    Question,
    Retrieval,
    ScopeDecision,
    Sharing,
    StoredDocument,
    Upload,
    VerifyReport,
)
from vedette.records_json import answer_from_json, decode, document_from_json, encode, retrieval_from_json
from vedette.remote.wire import Wire, error_of, failure, segment, server_sent_events
from vedette.services import Knowledge

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RemoteKnowledge:
    """`Knowledge` of a server, as far as the token of `wire` opens it."""

    wire: Wire

    def seen_by(self, access: Access) -> Knowledge:
        return self if access.everything else RemoteKnowledge(replace(self.wire, access=access))

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        body = {"targets": request.targets, "collection": request.collection, "prune": request.prune}
        if request.sharing is not None:
            body["sharing"] = encode(request.sharing)
        with self.wire.stream("/v1/ingest", body, "application/x-ndjson") as response:
            for line in filter(None, response.iter_lines()):
                event = json.loads(line)
                if "progress" in event:
                    yield decode(IngestProgress, event["progress"])
                elif "report" in event:
                    yield decode(IngestReport, event["report"])
                else:
                    raise error_of(event)

    def upload(self, upload: Upload) -> IngestReport:
        form = {"collection": upload.collection, "readers": list(upload.sharing.readers), "tlp": upload.sharing.tlp}
        files = {"file": (upload.name, upload.data)}
        return decode(IngestReport, self.wire.call("POST", "/v1/documents", data=form, files=files))

    def preprocess(self, text: str) -> Preprocessed:
        return decode(Preprocessed, self.wire.call("POST", "/v1/preprocess", json={"text": text}))

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return self._list(DocumentInfo, "/v1/documents", "documents", collection)

    def failures(self, collection: str | None = None) -> tuple[Quarantined, ...]:
        return self._list(Quarantined, "/v1/failures", "failed", collection)

    def dismiss(self, collection: str, source: str) -> None:
        self.wire.send("DELETE", "/v1/failures", params={"collection": collection, "source": source})

    def document(self, document: str) -> StoredDocument:
        return document_from_json(self.wire.call("GET", f"/v1/documents/{segment(document)}"))

    def original(self, document: str) -> Original:
        response = self.wire.send("GET", f"/v1/documents/{segment(document)}/original")
        return Original(_file_name(response.headers), response.headers["content-type"].split(";")[0], response.content)

    def remove(self, document: str) -> None:
        self.wire.send("DELETE", f"/v1/documents/{segment(document)}")

    def share(self, document: str, sharing: Sharing) -> DocumentInfo:
        path = f"/v1/documents/{segment(document)}/sharing"
        return decode(DocumentInfo, self.wire.call("PATCH", path, json=encode(sharing)))

    def share_collection(self, collection: str, readers: tuple[str, ...]) -> CollectionInfo:
        path = f"/v1/collections/{quote(collection, safe='')}"
        return decode(CollectionInfo, self.wire.call("PATCH", path, json={"readers": readers}))

    def remove_collection(self, collection: str) -> int:
        return int(self.wire.call("DELETE", f"/v1/collections/{quote(collection, safe='')}")["removed"])

    def identifier(self, value: str, collection: str) -> IdentifierCard:
        path = f"/v1/identifiers/{quote(value, safe='')}"
        return decode(IdentifierCard, self.wire.call("GET", path, params={"collection": collection}))

    def verify(self, repair: bool = False) -> VerifyReport:
        return decode(VerifyReport, self.wire.call("POST", "/v1/verify", json={"repair": repair}))

    def collections(self) -> tuple[CollectionInfo, ...]:
        return self._list(CollectionInfo, "/v1/collections", "collections", None)

    def retrieve(self, query: Query) -> Retrieval:
        body = {"query": query.text, "collection": query.collection, "k": query.k, "filters": dict(query.filters)}
        return retrieval_from_json(self.wire.call("POST", "/v1/retrieve", json=body))

    def scope(self, question: Question) -> ScopeDecision:
        return decode(ScopeDecision, self.wire.call("POST", "/v1/scope", json=_ask_body(question)))

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        body = {**_ask_body(question), "evidence": True}
        with self.wire.stream("/v1/ask", body, "text/event-stream") as response:
            for name, data in server_sent_events(response.iter_lines()):
                if name == "error":
                    raise error_of(data)
                yield answer_event(name, data)

    def health(self) -> tuple[PartHealth, ...]:
        response = self.wire.request("GET", "/readyz")
        if response.status_code not in (200, 503):
            raise failure(response)
        return tuple(decode(PartHealth, part) for part in response.json()["parts"])

    def _list(self, kind: type[T], path: str, key: str, collection: str | None) -> tuple[T, ...]:
        data = self.wire.call("GET", path, params={"collection": collection} if collection is not None else {})
        return tuple(decode(kind, item) for item in data[key])


def _ask_body(question: Question) -> dict[str, Any]:
    return {
        "question": question.text,
        "collection": question.collection,
        "language": question.language,
        "filters": dict(question.filters),
        "history": encode(question.history),
        "patience_s": question.patience_s,
        "insist": question.insist,
    }


def answer_event(name: str, data: Mapping[str, Any]) -> AnswerEvent:
    if name == "answer":
        return AnswerEvent("answer", answer=answer_from_json(dict(data)))
    return AnswerEvent("stage" if name == "stage" else "token", text=data["text"])


def _file_name(headers: httpx.Headers) -> str:
    message = Message()
    message["Content-Disposition"] = headers["content-disposition"]
    name = message.get_filename() or ""
    return unquote(name)
