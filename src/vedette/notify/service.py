"""The notifier: takes events, and hands over what is due.

What was taken is stored; of all processes over one database, one at a time sends (`storage.alone`), so nothing goes out
twice, except where a process dies between the channel's "taken" and its being written: then the same message goes out
again, under the same id.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from vedette.errors import (
    BadInput,
    MailRefused,
    ProviderBusy,
    ProviderRefused,
    SettingsError,
    StorageError,
    VedetteError,
)
from vedette.notify.contract import Channel, Message, Told
from vedette.notify.rules import HOUR, Recipient, Rule, free_at, quiet_until, routes
from vedette.notify.store import Begun, Lane, NoticeStore, Taken, stamp
from vedette.notify.words import WORDS
from vedette.records import ChannelName, Event, Notice, PartHealth, Tried
from vedette.storage.alone import alone
from vedette.storage.database import Database

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
GIVE_UP = timedelta(days=1)
FINAL = (ProviderRefused, MailRefused, SettingsError, BadInput)
LONGEST_WAIT = timedelta(days=3)  # a digest of a day, then a quiet day; whatever is due later, the clock was set back
KEPT = timedelta(days=90)
# More would make no readable message; what is left goes with the next one.
MOST_TOGETHER = 100
LATELY = 100
SHOWN_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class World:
    """What the notifier needs of the world: the time, aware; a new id of 32 hexadecimal digits."""

    now: Callable[[], datetime]
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the settings say: the first rule that fits decides; trouble that goes on is told again after `repeat`."""

    rules: tuple[Rule, ...]
    language: str = "en"
    repeat: timedelta = timedelta(hours=24)


class Notifier:
    """`services.Notices`: tells people what happened. May be used by many threads; `run` belongs into one."""

    def __init__(self, database: Database, plan: Plan, channels: Mapping[ChannelName, Channel], world: World) -> None:
        self._database = database
        self._store = NoticeStore(database)
        self._plan = plan
        self._channels = channels
        self._world = world
        self._known = {(rule.name, to.name): (rule, to) for rule in plan.rules for to in rule.to}
        self._told = threading.Event()

    def tell(self, event: Event) -> bool:
        """Store an event for those who are to hear of it. False where it could not be stored, which is logged: telling
        never stops what it tells of."""
        now = self._world.now()
        event = event if event.at else replace(event, at=stamp(now))
        found = routes(event, self._plan.rules, now)
        if not found:
            return True
        ids = tuple(self._world.new_id() for _ in found)
        try:
            new = self._store.take(Taken(event, ids, stamp(now), stamp(now - self._plan.repeat)), found)
        except StorageError as error:
            log.error("a notice was not stored", extra={"event.kind": event.kind, "error": error.message})
            return False
        if new:
            self._told.set()
        return True

    def over(self, kind: str, key: str) -> None:
        """A trouble has ended: should it come back, it is told at once."""
        if not self._plan.rules:
            return
        try:
            self._store.over(kind, key)
        except StorageError as error:
            log.error("the end of a trouble was not stored", extra={"event.kind": kind, "error": error.message})

    def run_once(self) -> int:
        """Hand over what is due; returns how many messages. 0 where another process is at it. Raises StorageError."""
        with alone(self._database, "notify") as first:
            if not first:
                return 0
            now = self._world.now()
            due = self._store.waiting(stamp(now), stamp(now + LONGEST_WAIT))
            return sum(self._next(lane, due[lane]) for lane in sorted(due))

    def run(self, stopped: Callable[[], bool], pause_s: float = 2.0) -> None:
        """`run_once` again and again: as long as there is more, as soon as something is told here, every `pause_s`."""
        while not stopped():
            self._told.clear()
            try:
                pause = 0.0 if self.run_once() else pause_s
            except StorageError as error:
                log.error("notices could not be sent", extra={"error": error.message})
                pause = FIRST_PAUSE.seconds
            except Exception:  # whatever a channel's library raises: later ones are told all the same
                log.exception("notices could not be sent")
                pause = FIRST_PAUSE.seconds
            self._told.wait(pause)

    def wake(self) -> None:
        """Let `run` look at once, whether something is due or it is to stop."""
        self._told.set()

    def tidy(self) -> int:
        """Forget what was told more than 90 days ago. Raises StorageError."""
        return self._store.expire(stamp(self._world.now() - KEPT))

    def test(self, channel: ChannelName | None = None) -> tuple[Tried, ...]:
        """Send a trial message to every recipient (of a channel), now, whatever the rules say; what came of it."""
        subject, text = WORDS[self._plan.language].trial
        now = stamp(self._world.now())
        event = Event("test", self._world.new_id(), subject, text, "info", now)
        tried = []
        for to in dict.fromkeys(to for rule in self._plan.rules for to in rule.to):
            if channel in (None, to.channel):
                message = Message(self._world.new_id(), to.address, f"[Vedette] {subject}", text, (Told(event),), now)
                try:
                    self._channels[to.channel].deliver(message)
                    tried.append(Tried(to.name, to.channel))
                except VedetteError as error:
                    tried.append(Tried(to.name, to.channel, error.message))
        return tuple(tried)

    def notices(self, limit: int = 50) -> tuple[Notice, ...]:
        """The last told first. Raises StorageError."""
        return self._store.list(limit)

    def health(self) -> tuple[PartHealth, ...]:
        """Whether the last notices arrived; nothing where nobody is to be told."""
        if not self._plan.rules:
            return ()
        lately = self._store.list(LATELY)
        since = stamp(self._world.now() - GIVE_UP)
        failing = [one for one in lately if one.error and (one.state == "waiting" or one.made > since)]
        waiting = sum(one.state == "waiting" for one in lately)
        if not failing:
            return (PartHealth("notices", True, f"{waiting} waiting"),)
        return (PartHealth("notices", False, f"{len(failing)} of the last {len(lately)} failed", failing[0].error),)

    def _next(self, lane: Lane, due: Sequence[Notice]) -> int:
        """Send one message of a lane, unless it has to wait; how many were handed over."""
        now = self._world.now()
        found = self._known.get((lane.rule, lane.to))
        if found is None:
            self._store.refuse(due, "No rule names this recipient any more.")
            return 0
        rule, to = found
        # One message at a time: those of a channel that is down become one, not hundreds when it is back.
        begun = self._store.begun(lane)
        if stamp(now) < begun.due <= stamp(now + LONGEST_WAIT):
            return 0
        some = begun.notices or tuple(due[:MOST_TOGETHER])
        wait = free_at(rule, self._store.sent_since(lane, stamp(now - HOUR)), now)
        if not lane.urgent:
            wait = quiet_until(rule.quiet, wait) or wait
        if wait > now:
            self._store.put_off(some, stamp(wait))
            return 0
        if not begun.id:
            begun = Begun(some[0].id, notices=some)
            self._store.begin(begun.id, some)
        return self._hand_over(begun, to)

    def _hand_over(self, begun: Begun, to: Recipient) -> int:
        try:
            self._channels[to.channel].deliver(written(begun, to.address, self._plan.language))
        except VedetteError as error:
            now = self._world.now()
            first = min(one.made for one in begun.notices)
            lost = isinstance(error, FINAL) or first < stamp(now - GIVE_UP)
            due = None if lost else stamp(now + pause_after(error, begun.notices[0].tries))
            self._store.failed(begun.id, error.message, due)
            log.warning("a notice was not delivered", extra={"to": to.name, "error": error.message, "given_up": lost})
            return 0
        self._store.sent(begun.id, stamp(self._world.now()))
        return 1


def pause_after(error: VedetteError, tries: int) -> timedelta:
    """How long to wait before the next try: twice as long after each of `tries`, or as long as was asked for.

    >>> [pause_after(VedetteError(), tries).seconds for tries in (0, 1, 2, 40)]
    [30, 60, 120, 600]
    """
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries, 10)))
    asked = error.retry_after_s if isinstance(error, ProviderBusy) else None
    return max(pause, min(timedelta(seconds=asked or 0.0), GIVE_UP))


def written(begun: Begun, address: str, language: str) -> Message:
    """The message that tells everything that was begun with it."""
    words = WORDS[language]
    told = tuple(Told(one.event, one.count) for one in begun.notices)
    subject = told[0].event.subject
    if len(told) > 1:
        subject = words.several.format(count=len(told), subject=subject)
    blocks = []
    for notice in begun.notices:
        event = notice.event
        when = f"{datetime.fromisoformat(event.at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        if notice.count > 1:
            when = words.times.format(count=notice.count, at=when)
        head = f"{event.subject} ({event.severity}, {when})" if len(told) > 1 else f"{when} ({event.severity})"
        blocks.append(f"{head}\n\n{event.text}\n")
    line = " ".join(f"[Vedette] {subject}".split())[:SHOWN_SUBJECT]
    return Message(begun.id, address, line, "\n\n".join(blocks), told, begun.notices[0].event.at)
