"""The composition root of notices: settings -> rules, channels, what is told of, and the thread that sends."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from vedette.app_conversations import open_people
from vedette.errors import ProviderError, SettingsError, VedetteError
from vedette.notify.contract import Channel
from vedette.notify.mail import MailChannel
from vedette.notify.rules import ChannelName, Rule, quiet_hours, recipient
from vedette.notify.service import Notifier, Plan, World
from vedette.notify.sources import dead_letter, feed_key, ingest_failed, ingest_key, provider_down, stale_feeds
from vedette.records import IngestReport, QueuedQuestion
from vedette.services import Knowledge
from vedette.settings import Settings
from vedette.settings.notify import NotifyRule
from vedette.storage.database import Database

HOURLY_S = 3600.0


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


@contextmanager
def notifying(settings: Settings, notifier: Notifier, knowledge: Knowledge | None = None) -> Iterator[None]:
    """Sends what is told, in a thread, as long as the block runs; and looks every hour whether collections go stale.

    Nothing runs where there are no rules."""
    if not settings.notify_rules:
        yield
        return
    stopped = threading.Event()
    looked = float("-inf")

    def beside() -> bool:
        nonlocal looked
        if time.monotonic() >= looked + HOURLY_S and not stopped.is_set():
            looked = time.monotonic()
            _look(settings, notifier, knowledge)
        return stopped.is_set()

    thread = threading.Thread(target=notifier.run, args=(beside,), name="notices")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        notifier.wake()
        thread.join()


def tell_ingest(notifier: Notifier) -> Callable[[IngestReport], None]:
    """What hears of every ingest: one that failed in part is told; one that did not ends the trouble of its
    collection."""

    def tell(report: IngestReport) -> None:
        event = ingest_failed(report, notifier.language)
        if event is not None:
            notifier.tell(event)
        else:
            notifier.over("pipeline_error", ingest_key(report))

    return tell


def tell_provider(notifier: Notifier) -> Callable[[str, ProviderError | None], None]:
    """What hears of every provider that is left out (with its error), and that answers again (with None)."""

    def tell(provider: str, error: ProviderError | None) -> None:
        if error is not None:
            notifier.tell(provider_down(provider, error, notifier.language))
        else:
            notifier.over("provider_down", provider)

    return tell


def tell_dead_letter(notifier: Notifier) -> Callable[[QueuedQuestion], object]:
    """What hears of every question that was given up."""
    return lambda question: notifier.tell(dead_letter(question, notifier.language))


def tell_stale_feeds(settings: Settings, notifier: Notifier, knowledge: Knowledge) -> None:
    """Tell of every collection that nothing new came into for `notify.feed_days`."""
    watched = {name.strip() for name in settings.notify.feeds.split(",")} - {""}
    documents = (one for one in knowledge.documents() if not watched or one.collection in watched)
    longest = timedelta(days=settings.notify.feed_days)
    stale, fresh = stale_feeds(documents, datetime.now(UTC), longest, notifier.language)
    for event in stale.values():
        notifier.tell(event)
    for collection in fresh:
        notifier.over("feed_stale", feed_key(collection))


def _look(settings: Settings, notifier: Notifier, knowledge: Knowledge | None) -> None:
    try:
        notifier.tidy()
        if knowledge is not None and settings.notify.feed_days:
            tell_stale_feeds(settings, notifier, knowledge)
    except VedetteError as error:
        logging.getLogger(__name__).error("the hourly look failed", extra={"error": error.message})


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
