"""`[notify]` and `[[notify.rules]]`: what is read, what is refused, and what becomes of it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from vedette.app_conversations import open_people
from vedette.app_notify import open_notifier
from vedette.errors import SettingsError
from vedette.settings import describe, load

RULE = '[[notify.rules]]\nname = "ops"\nto = ["mailto:ana@example.org"]\n'
MAIL = '[mail]\nurl = "smtp://127.0.0.1:1"\n'
TWILIO = '[notify]\ntwilio_account = "AC1"\ntwilio_token = "t0ken"\ntwilio_from = "+15005550006"\n'


def test_a_rule_is_read_with_its_secrets_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text(
        '[notify]\nlanguage = "es"\nfeed_days = 3\n[[notify.rules]]\nname = "ops"\nevents = ["provider_*"]\n'
        'to = ["mailto:ana@example.org", "env:HOOK"]\nleast = "warning"\ndigest_minutes = 15\n'
        'quiet = "22:00-07:00"\nzone = "Europe/Madrid"\nper_hour = 5\n'
    )
    settings = load({"HOOK": "https://hooks.example.org/secret"}, tmp_path)
    (rule,) = settings.notify_rules
    assert rule.to == (
        ("mailto:ana@example.org", "mailto:ana@example.org"),
        ("env:HOOK", "https://hooks.example.org/secret"),
    )
    assert (rule.events, rule.least, rule.digest_minutes, rule.per_hour) == (("provider_*",), "warning", 15.0, 5)
    assert (settings.notify.language, settings.notify.feed_days) == ("es", 3.0)


def test_secrets_are_not_described(tmp_path: Path) -> None:
    settings = load({"VEDETTE_NOTIFY_TWILIO_TOKEN": "t0ken", "VEDETTE_NOTIFY_WEBHOOK_SECRET": "whsec_x"}, tmp_path)
    shown = {name: value for name, value, _, _ in describe(settings)}
    assert (shown["VEDETTE_NOTIFY_TWILIO_TOKEN"], shown["VEDETTE_NOTIFY_WEBHOOK_SECRET"]) == ("****", "****")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("notify = 5", "must be a section"),
        ("[notify]\nrules = 5", r"\[\[notify\.rules\]\]"),
        ('[notify]\nlanguage = "de"', "one of en, es, fr"),
        ('[notify]\nlangauge = "en"', "Unknown setting"),
        ('[[notify.rules]]\nname = "a"', "no 'to'"),
        ('[[notify.rules]]\nname = "a"\nto = "mailto:a@b.c"', "list of texts"),
        ('[[notify.rules]]\nname = "a"\nto = []', "list of texts"),
        ('[[notify.rules]]\nname = ""\nto = ["mailto:a@b.c"]', "1 to 64 letters"),
        (f"{RULE}color = 1", "unknown key 'color'"),
        (f'{RULE}least = "bad"', "one of info, warning, critical"),
        (f"{RULE}digest_minutes = 1441", "from 0 to 1440"),
        (f"{RULE}per_hour = 0", "1 or more"),
        (f"{RULE}events = [1]", "list of texts"),
        (f"{RULE}{RULE}", "the same name"),
        ('[[notify.rules]]\nname = "a"\nto = ["env:NOT_THERE"]', "NOT_THERE, which is not set"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wanted(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text(text)
    with pytest.raises(SettingsError, match=told):
        load({}, tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULE, "mail.url is empty"),
        (f'{MAIL}{RULE}quiet = "late"', "22:00-07:00"),
        (f'{MAIL}{RULE}quiet = "22:00-07:00"\nzone = "Nowhere"', "Europe/Madrid"),
        ('[[notify.rules]]\nname = "a"\nto = ["ana"]', "is no recipient"),
        ('[[notify.rules]]\nname = "a"\nto = ["sms:+34600111222"]', "notify.twilio_account is empty"),
        ('[notify]\nwebhook_secret = "short"\n[[notify.rules]]\nname = "a"\nto = ["https://x.org"]', "webhook_secret"),
    ],
)
def test_rules_that_cannot_be_kept_are_told_at_the_start(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text(text)
    settings = load({}, tmp_path)
    with ExitStack() as stack, pytest.raises(SettingsError, match=told):
        open_notifier(settings, open_people(settings, stack))


def test_every_channel_is_put_together(tmp_path: Path) -> None:
    to = 'to = ["mailto:ana@example.org", "sms:+34600111222", "https://127.0.0.1:1/x"]'
    (tmp_path / "vedette.toml").write_text(f'{MAIL}{TWILIO}[[notify.rules]]\nname = "a"\n{to}\n')
    settings = load({}, tmp_path)
    with ExitStack() as stack:
        notifier = open_notifier(settings, open_people(settings, stack))
        tried = notifier.test("webhook")
    assert [one.to.partition("…")[0] for one in tried] == ["https://127.0.0.1:1/"]
    assert "cannot be reached" in tried[0].error
    assert settings.notify.repeat_hours == timedelta(hours=24) / timedelta(hours=1)
