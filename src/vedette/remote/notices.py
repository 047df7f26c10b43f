"""`Notices` over HTTP, for admins."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.records import ChannelName, Notice, PartHealth, Tried
from vedette.records_json import decode
from vedette.remote.wire import Wire

LIST = "/v1/admin/notices"


@dataclass(frozen=True, slots=True)
class RemoteNotices:
    """`Notices` of the server at the other end of `wire`."""

    wire: Wire

    def notices(self, limit: int = 50) -> tuple[Notice, ...]:
        told = self.wire.call("GET", LIST, params={"limit": limit})
        return tuple(decode(Notice, one) for one in told["notices"])

    def test(self, channel: ChannelName | None = None) -> tuple[Tried, ...]:
        told = self.wire.call("POST", f"{LIST}/test", json={"channel": channel})
        return tuple(decode(Tried, one) for one in told["tried"])

    def health(self) -> tuple[PartHealth, ...]:
        parts = self.wire.call("GET", "/v1/admin/health")["parts"]
        return tuple(part for part in (decode(PartHealth, one) for one in parts) if part.name == "notices")
