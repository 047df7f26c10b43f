"""The composition root of notices: settings -> rules, channels, what is told of, and the thread that sends."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property

from vedette.app_conversations import open_people
from vedette.errors import ProviderError, SettingsError, VedetteError
from vedette.notify.contract import Channel
from vedette.notify.mail import MailChannel
from vedette.notify.rules import Rule, quiet_hours, recipient
from vedette.notify.service import Notifier, Plan, World
from vedette.notify.sources import dead_letter, feed_key, ingest_failed, ingest_key, provider_down, stale_feeds
from vedette.records import ChannelName, Event, IngestReport, QueuedQuestion
from vedette.services import Knowledge
from vedette.settings import Settings
from vedette.settings.notify import NotifyRule
from vedette.storage.database import Database

HOURLY_S = 3600.0


class Bell:
    """What hears of trouble wherever it is noticed; `stack` closes what it opens, at the first trouble.

    For a command, which is gone afterwards, `at_end` sends what was told."""

    def __init__(self, settings: Settings, stack: ExitStack, at_end: bool = False) -> None:
        self._settings = settings
        self._stack = stack
        self._at_end = at_end

    @cached_property
    def notifier(self) -> Notifier:
        """Raises SettingsError for rules that cannot be kept, MissingExtra, StorageError."""
        opened = open_notifier(self._settings, open_people(self._settings, self._stack))
        if self._at_end:
            self._stack.callback(_quietly, opened.run_once)
        return opened

    def ingested(self, report: IngestReport) -> None:
        """An ingest that failed in part is told; one that did not ends the trouble of its collection."""
        event = ingest_failed(report, self._language)
        if event is not None:
            self._tell(event)
        else:
            _quietly(lambda: self.notifier.over("pipeline_error", ingest_key(report)))

    def provider(self, name: str, error: ProviderError | None) -> None:
        """A provider is left out, for this error; or answers again."""
        if error is not None:
            self._tell(provider_down(name, error, self._language))
        else:
            _quietly(lambda: self.notifier.over("provider_down", name))

    def given_up(self, question: QueuedQuestion) -> None:
        """A question was given up."""
        self._tell(dead_letter(question, self._language))

    def look(self, knowledge: Knowledge | None) -> None:
        """Forget old notices; tell of every collection that nothing new came into for `notify.feed_days`."""
        chosen = self._settings.notify
        self.notifier.tidy()
        if knowledge is None or not chosen.feed_days:
            return
        watched = {name.strip() for name in chosen.feeds.split(",")} - {""}
        documents = (one for one in knowledge.documents() if not watched or one.collection in watched)
        longest = timedelta(days=chosen.feed_days)
        stale, fresh = stale_feeds(documents, datetime.now(UTC), longest, self._language)
        for event in stale.values():
            self.notifier.tell(event)
        for collection in fresh:
            self.notifier.over("feed_stale", feed_key(collection))

    def _tell(self, event: Event) -> None:
        _quietly(lambda: self.notifier.tell(event))

    @property
    def _language(self) -> str:
        return self._settings.notify.language

    @contextmanager
    def ringing(self, knowledge: Knowledge | None = None) -> Iterator[None]:
        """Send what is told, in a thread, as long as the block runs, and `look` every hour."""
        stopped, looked, notifier = threading.Event(), float("-inf"), self.notifier

        def beside() -> bool:
            nonlocal looked
            if time.monotonic() >= looked + HOURLY_S and not stopped.is_set():
                looked = time.monotonic()
                _quietly(lambda: self.look(knowledge))
            return stopped.is_set()

        thread = threading.Thread(target=notifier.run, args=(beside,), name="notices")
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            notifier.wake()
            thread.join()


@contextmanager
def notifier_of(settings: Settings) -> Iterator[Notifier]:
    """The notifier for a command, beside a running server too."""
    with ExitStack() as stack:
        yield open_notifier(settings, open_people(settings, stack))


def open_notifier(settings: Settings, database: Database) -> Notifier:
    """What tells people of trouble. Raises SettingsError for rules that cannot be kept, MissingExtra."""
    rules = tuple(_rule(rule) for rule in settings.notify_rules)
    wanted = {to.channel for rule in rules for to in rule.to}
    channels: dict[ChannelName, Channel] = {name: _channel(name, settings) for name in wanted}
    plan = Plan(rules, settings.notify.language, timedelta(hours=settings.notify.repeat_hours))
    return Notifier(database, plan, channels, World(lambda: datetime.now(UTC), lambda: secrets.token_hex(16)))


def _quietly(task: Callable[[], object]) -> None:
    try:
        task()
    except VedetteError as error:
        logging.getLogger(__name__).error(f"notices were not looked after: {error.message}")


def _rule(rule: NotifyRule) -> Rule:
    return Rule(
        name=rule.name,
        to=tuple(recipient(name, address) for name, address in rule.to),
        events=rule.events,
        least=rule.least,  # type: ignore[arg-type]  # one of its choices
        digest=timedelta(minutes=rule.digest_minutes),
        quiet=quiet_hours(rule.quiet, rule.zone),
        per_hour=rule.per_hour,
    )


def _channel(name: ChannelName, settings: Settings) -> Channel:
    chosen = settings.notify
    if name == "mail":
        from vedette.engines.mail import Post

        mail = settings.mail
        if not mail.url:
            raise SettingsError("A [[notify.rules]] sends mail, but mail.url is empty; name a server there.")
        post = Post(mail.url, mail.sender, mail.bounces, mail.ca_file)
        return MailChannel(post.send, mail.sender.rpartition("@")[2])
    if name == "webhook":
        from vedette.engines.webhook import Webhook, key_of

        key_of(chosen.webhook_secret)
        return Webhook(chosen.webhook_secret)
    from vedette.engines.twilio_sms import TwilioSms

    for key in ("twilio_account", "twilio_token", "twilio_from"):
        if not getattr(chosen, key):
            raise SettingsError(f"A [[notify.rules]] sends text messages, but notify.{key} is empty; give it.")
    return TwilioSms(chosen.twilio_account, chosen.twilio_token, chosen.twilio_from, chosen.twilio_url)
