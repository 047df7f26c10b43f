"""The composition root of `vedette worker`: a process that answers through a server, or over the data folder itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace

from vedette import running
from vedette.app import bell_of, open_knowledge
from vedette.app_conversations import open_people, text_tools
from vedette.app_questions import Desk, Reach, open_store, worker
from vedette.conversations.rewrite import Rewriter
from vedette.errors import Forbidden, Unauthorized, Unreachable
from vedette.records import QueueCounts
from vedette.remote.service import connected
from vedette.services import Knowledge
from vedette.settings import Settings

log = logging.getLogger(__name__)
AWAY = "The server that answers questions is away; start it: vedette serve."
NO_ADMIN = "The worker's key is not that of an admin there; set VEDETTE_QUESTIONS_SERVER_KEY to one that is."


@contextmanager
def working(settings: Settings, note: Callable[[str], None], answerers: int) -> Iterator[Callable[[], bool]]:
    """A worker at work: through a server, else over the data folder itself. Yields what tells whether nothing waits."""
    with ExitStack() as stack:
        reach: Reach = lambda: reached(settings)  # noqa: E731
        if settings.questions.server or running.find(settings.data) is not None:
            note(f"Answering through the server of {settings.questions.server or settings.data}.")
        else:
            knowledge = stack.enter_context(open_knowledge(settings))
            reach = lambda: nullcontext(knowledge)  # noqa: E731
        database = open_people(settings, stack)
        store = open_store(settings, database, stack)
        desk = Desk(settings, database, store, reach, Rewriter(text_tools()).standalone)
        bell = bell_of(settings, stack)
        if bell is not None:
            stack.enter_context(bell.ringing())
        at_work = worker(replace(desk, died=bell.given_up) if bell else desk)
        stack.callback(at_work.stop)
        at_work.start(answerers)
        yield lambda: _idle(store.counts(), settings)


def _idle(counts: QueueCounts, settings: Settings) -> bool:
    mails = counts.mails_waiting if settings.mail.url else 0
    return counts.waiting + counts.answering + mails == 0


@contextmanager
def reached(settings: Settings) -> Iterator[Knowledge]:
    """The knowledge of the server that the settings name, else of the one that owns the data folder now: it is found
    anew each time, for it may have been started again. Raises Unreachable, Unauthorized for another's than an admin's
    key."""
    url, key = settings.questions.server, settings.questions.server_key
    if not url:
        server = running.find(settings.data)
        if server is None:
            raise Unreachable(AWAY)
        url, key = server.url, server.token
    with connected(url, key) as services:
        try:
            yield services.knowledge
        except Forbidden as error:  # it is the worker that may not, not whoever asks
            raise Unauthorized(NO_ADMIN) from error
        except Unreachable as error:  # its address is nothing for whoever asks
            log.warning("the server that answers is away", extra={"error": error.message})
            raise Unreachable(AWAY) from error
