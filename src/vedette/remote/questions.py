"""`Questions` over HTTP: whose they are, the server knows by the token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.records import (
    Asker,
    PartHealth,
    QueueCounts,
    QueuedQuestion,
    QueueFilter,
    QueueTerms,
    Submission,
    Thumb,
)
from vedette.records_json import decode, queued_from_json
from vedette.remote.wire import Wire, segment
from vedette.services import Knowledge

LIST = "/v1/questions"
ALL = "/v1/admin/questions"


@dataclass(frozen=True, slots=True)
class RemoteQuestions:
    """`Questions` of whoever the token of `wire` is; `person`, `asker` and `knowledge` are the server's to choose.

    Answers come without their passages and checks."""

    wire: Wire

    def seen_by(self, knowledge: Knowledge) -> RemoteQuestions:
        return self

    def terms(self) -> QueueTerms:
        me = self.wire.call("GET", "/v1/me")
        return decode(QueueTerms, {"mail": me["mail"], "training": me["training"]})

    def submit(self, asker: Asker, submission: Submission) -> QueuedQuestion:
        body = {
            "text": submission.text,
            "collection": submission.collection,
            "language": submission.language,
            "by_mail": submission.by_mail,
            "training": submission.training,
            "key": submission.key,
        }
        return queued_from_json(self.wire.call("POST", LIST, json=body))

    def get(self, person: str, question: str) -> QueuedQuestion:
        return queued_from_json(self.wire.call("GET", f"{LIST}/{segment(question)}"))

    def list(self, person: str, limit: int = 100, before: str = "") -> tuple[QueuedQuestion, ...]:
        return self._list(LIST, {"limit": limit, "before": before})

    def cancel(self, person: str, question: str) -> QueuedQuestion:
        return self._post(f"{LIST}/{segment(question)}/cancel")

    def retry(self, person: str, question: str) -> QueuedQuestion:
        return self._post(f"{LIST}/{segment(question)}/retry")

    def rate(self, person: str, question: str, thumb: Thumb, reason: str) -> QueuedQuestion:
        return self._post(f"{LIST}/{segment(question)}/rating", {"thumb": thumb, "reason": reason})

    def forget(self, person: str) -> int:
        return int(self.wire.call("DELETE", LIST)["deleted"])

    def queue(self, state: QueueFilter | None = None, limit: int = 100) -> tuple[QueuedQuestion, ...]:
        return self._list(ALL, {"limit": limit, **({"state": state} if state else {})})

    def counts(self) -> QueueCounts:
        return decode(QueueCounts, self.wire.call("GET", ALL, params={"limit": 1})["counts"])

    def retry_any(self, question: str) -> QueuedQuestion:
        return self._post(f"{ALL}/{segment(question)}/retry")

    def health(self) -> tuple[PartHealth, ...]:
        parts = self.wire.call("GET", "/v1/admin/health")["parts"]
        return tuple(decode(PartHealth, part) for part in parts if part["name"] == "questions")

    def _list(self, path: str, params: dict[str, Any]) -> tuple[QueuedQuestion, ...]:
        return tuple(queued_from_json(one) for one in self.wire.call("GET", path, params=params)["questions"])

    def _post(self, path: str, body: dict[str, str] | None = None) -> QueuedQuestion:
        return queued_from_json(self.wire.call("POST", path, json=body or {}))
