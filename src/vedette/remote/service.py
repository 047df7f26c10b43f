"""The services of a running server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vedette.remote.conversations import RemoteConversations
from vedette.remote.forecasts import RemoteForecasting
from vedette.remote.knowledge import RemoteKnowledge
from vedette.remote.notices import RemoteNotices
from vedette.remote.questions import RemoteQuestions
from vedette.remote.wire import Wire, open_client
from vedette.services import Services


@contextmanager
def connected(url: str, token: str) -> Iterator[Services]:
    """The services of the server at `url`, for its owner where `token` is right. Accounts are managed beside it."""
    with open_client(url) as http:
        wire = Wire(url, token, http)
        yield Services(
            knowledge=RemoteKnowledge(wire),
            conversations=RemoteConversations(wire),
            questions=RemoteQuestions(wire),
            forecasting=RemoteForecasting(wire),
            notices=RemoteNotices(wire),
        )
