"""Notices by mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vedette.notify.contract import Message
from vedette.records import Letter


@dataclass(frozen=True, slots=True)
class MailChannel:
    """`notify.contract.Channel` over what sends a letter and raises as `deliver` does; `domain` is the sender's."""

    send: Callable[[Letter], object]
    domain: str

    def deliver(self, message: Message) -> None:
        # The same Message-ID at every try (RFC 5322, 3.6.4): a mailbox shows a second one as the first.
        name = f"<notice-{message.id}@{self.domain}>"
        self.send(Letter(to=message.to, subject=message.subject, text=message.text, message_id=name))
