"""`Conversations` over HTTP: whose they are, the server knows by the token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vedette.records import (
    Conversation,
    ConversationInfo,
    ConversationTurn,
    Feedback,
    Rewritten,
    Thumb,
    Turn,
    TurnEvent,
)
from vedette.records_json import conversation_from_json, decode, encode, turn_from_json
from vedette.remote.knowledge import answer_event
from vedette.remote.wire import Wire, error_of, segment, server_sent_events
from vedette.services import Knowledge

LIST = "/v1/conversations"


@dataclass(frozen=True, slots=True)
class RemoteConversations:
    """`Conversations` of whoever the token of `wire` is; `person` and `knowledge` are the server's to choose.

    Answers come without their passages and checks, which only an export holds."""

    wire: Wire

    def seen_by(self, knowledge: Knowledge) -> RemoteConversations:
        return self

    def list(self, person: str, search: str = "") -> tuple[ConversationInfo, ...]:
        found = self.wire.call("GET", LIST, params={"search": search})["conversations"]
        return tuple(decode(ConversationInfo, info) for info in found)

    def begin(self, person: str, collection: str) -> ConversationInfo:
        return decode(ConversationInfo, self.wire.call("POST", LIST, json={"collection": collection}))

    def get(self, person: str, conversation: str) -> Conversation:
        return conversation_from_json(self.wire.call("GET", _path(conversation)))

    def rename(self, person: str, conversation: str, title: str) -> ConversationInfo:
        return decode(ConversationInfo, self.wire.call("PATCH", _path(conversation), json={"title": title}))

    def remove(self, person: str, conversation: str) -> None:
        self.wire.send("DELETE", _path(conversation))

    def ask(self, person: str, conversation: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        return self._events(f"{_path(conversation)}/ask", text)

    def again(self, person: str, conversation: str, turn: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        return self._events(f"{_path(conversation)}/turns/{segment(turn)}/again", text)

    def standalone(self, text: str, history: tuple[Turn, ...]) -> Rewritten:
        body = {"text": text, "history": encode(history)}
        return decode(Rewritten, self.wire.call("POST", "/v1/standalone", json=body))

    def rate(self, person: str, conversation: str, turn: str, thumb: Thumb, reason: str) -> ConversationTurn:
        path = f"{_path(conversation)}/turns/{segment(turn)}/rating"
        return turn_from_json(self.wire.call("POST", path, json={"thumb": thumb, "reason": reason}))

    def export(self, person: str, conversation: str) -> str:
        return self.wire.send("GET", f"{_path(conversation)}/export").text

    def feedback(self, limit: int = 200) -> tuple[Feedback, ...]:
        found = self.wire.call("GET", "/v1/admin/feedback", params={"limit": limit})["feedback"]
        return tuple(decode(Feedback, one) for one in found)

    def forget(self, person: str) -> None:
        for info in self.list(person):
            self.remove(person, info.id)

    def _events(self, path: str, text: str) -> Iterator[TurnEvent]:
        with self.wire.stream(path, {"text": text}, "text/event-stream") as response:
            for name, data in server_sent_events(response.iter_lines()):
                if name == "error":
                    raise error_of(data)
                yield _turn_event(name, data)


def _turn_event(name: str, data: Any) -> TurnEvent:
    if name == "rewritten":
        return TurnEvent("rewritten", rewritten=decode(Rewritten, data))
    if name == "turn":
        return TurnEvent("turn", turn=turn_from_json(data))
    return TurnEvent("answer", event=answer_event(name, data))


def _path(conversation: str) -> str:
    return f"{LIST}/{segment(conversation)}"
