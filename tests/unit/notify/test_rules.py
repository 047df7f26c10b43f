"""Who hears of what, and when: quiet hours, digests, limits. The clock is an argument."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vedette.errors import SettingsError
from vedette.notify.rules import HOUR, Quiet, Rule, due, free_at, quiet_hours, quiet_until, recipient, routes
from vedette.records import Event, Severity

ANA, LUIS = recipient("ana", "mailto:ana@example.org"), recipient("luis", "sms:+34600111222")
NIGHT = quiet_hours("22:00-07:00", "Europe/Madrid")
ZONES = ("Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def event(kind: str = "provider_down", severity: Severity = "warning") -> Event:
    return Event(kind, "llm", "It is down", "", severity)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-21 21:59", None),
        ("2026-11-21 22:00", "2026-11-22 07:00"),
        ("2026-11-21 23:59", "2026-11-22 07:00"),
        ("2026-11-22 00:00", "2026-11-22 07:00"),
        ("2026-11-22 06:59", "2026-11-22 07:00"),
        ("2026-11-22 07:00", None),
        ("2026-03-28 23:00", "2026-03-29 07:00"),  # the night in which clocks are put forward: one hour shorter
        ("2026-10-24 23:00", "2026-10-25 07:00"),  # and back: one hour longer
    ],
)
def test_quiet_hours_pass_midnight_by_the_clock_on_the_wall(now: str, until: str | None) -> None:
    wall = "Europe/Madrid"
    assert quiet_until(NIGHT, at(now, wall)) == (at(until, wall) if until else None)


def test_the_nights_in_which_clocks_change_are_shorter_and_longer() -> None:
    for evening, hours in (("2026-03-28 23:00", 7), ("2026-10-24 23:00", 9), ("2026-11-21 23:00", 8)):
        now = at(evening, "Europe/Madrid")
        until = quiet_until(NIGHT, now)
        assert until is not None
        assert until - now == timedelta(hours=hours)


def test_an_end_that_no_clock_shows_is_the_hour_after_the_gap() -> None:
    quiet = quiet_hours("22:00-02:30", "Europe/Madrid")  # on 29 March clocks go from 02:00 to 03:00
    assert quiet_until(quiet, at("2026-03-28 23:00", "Europe/Madrid")) == at("2026-03-29 01:30")
    assert quiet_until(quiet, at("2026-03-29 01:30")) is None


def test_an_end_that_clocks_show_twice_is_the_next_one() -> None:
    quiet = quiet_hours("22:00-02:30", "Europe/Madrid")  # on 25 October 02:30 is at 00:30 and at 01:30 UTC
    assert quiet_until(quiet, at("2026-10-25 00:15")) == at("2026-10-25 00:30")
    assert quiet_until(quiet, at("2026-10-25 01:15")) == at("2026-10-25 01:30")


moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
clocks = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@given(moments, clocks, clocks, st.sampled_from(ZONES))
@example(datetime(2026, 10, 25, 1, 15, tzinfo=UTC), time(22), time(2, 30), ZONES[0])
@settings(max_examples=300, deadline=None)
def test_quiet_hours_end_later_and_within_a_day(now, begin, end, zone) -> None:  # type: ignore[no-untyped-def]
    quiet = Quiet(begin, end, ZoneInfo(zone))
    until = quiet_until(quiet, now)
    if until is not None:
        assert timedelta() < until - now <= timedelta(hours=25)


def test_a_digest_goes_out_at_the_end_of_its_span() -> None:
    rule = Rule("ops", (ANA,), digest=timedelta(minutes=30))
    for minute in ("10:00:01", "10:15", "10:29:59"):
        assert due(rule, "warning", at(f"2026-11-21 {minute}")) == at("2026-11-21 10:30")
    assert due(rule, "warning", at("2026-11-21 10:30")) == at("2026-11-21 11:00")


def test_a_digest_whose_span_ends_at_night_waits_for_the_morning() -> None:
    rule = Rule("ops", (ANA,), digest=timedelta(hours=1), quiet=NIGHT)
    assert due(rule, "warning", at("2026-11-21 20:30")) == at("2026-11-22 06:00")  # 21:00 UTC is 22:00 in Madrid


def test_what_is_critical_waits_for_nothing() -> None:
    rule, night = Rule("ops", (ANA,), digest=timedelta(hours=1), quiet=NIGHT), at("2026-11-22 02:00")
    assert due(rule, "critical", night) == night
    assert due(rule, "warning", night) == at("2026-11-22 06:00")


def test_each_recipient_hears_once_by_the_first_rule_that_fits() -> None:
    rules = (
        Rule("models", (LUIS,), events=("provider_*",), least="critical"),
        Rule("all", (ANA, LUIS)),
        Rule("again", (ANA,)),
    )
    found = routes(event(severity="critical"), rules, at("2026-11-21 10:00"))
    assert [(one.rule, one.to) for one in found] == [("models", LUIS), ("all", ANA)]
    found = routes(event(severity="warning"), rules, at("2026-11-21 10:00"))
    assert [(one.rule, one.to) for one in found] == [("all", ANA), ("all", LUIS)]
    assert [one.rule for one in routes(event("drift", "critical"), rules, at("2026-11-21 10:00"))] == ["all", "all"]
    assert routes(event("drift"), rules[:1], at("2026-11-21 10:00")) == ()


def test_over_the_limit_the_next_one_waits_until_an_hour_has_room() -> None:
    rule, now = Rule("ops", (ANA,), per_hour=3), at("2026-11-21 10:00")
    sent = [now - timedelta(minutes=minutes) for minutes in (5, 50, 30)]
    assert free_at(rule, sent, now) == now + timedelta(minutes=10)
    assert free_at(rule, sent[:2], now) == now
    assert free_at(rule, [*sent[:2], now - HOUR], now) == now
    assert free_at(rule, [now + HOUR] * 5, now) == now  # the clock was set back


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org",
        "mailto:ana",
        "mailto:a b@example.org",
        "sms:600111222",
        "sms:+34",
        "sms:+0123456789",
        "http://hooks.example.org",
        "https://",
        "https://[::1/",
        "http://127.0.0.1:9@hooks.example.org/",
        "ftp://x.org",
        "",
    ],
)
def test_what_is_no_recipient_is_told(address: str) -> None:
    with pytest.raises(SettingsError, match=r"mailto:ana@example\.org"):
        recipient(address, address)


def test_a_secret_address_is_not_told() -> None:
    with pytest.raises(SettingsError) as raised:
        recipient("env:HOOK", "http://hooks.example.org/secret")
    assert "secret" not in raised.value.message


@pytest.mark.parametrize(("text", "zone"), [("22-7", "UTC"), ("24:00-07:00", "UTC"), ("22:00-07:00", "Mars/Olympus")])
def test_hours_that_are_none_are_told(text: str, zone: str) -> None:
    with pytest.raises(SettingsError, match=r"22:00-07:00|Europe/Madrid"):
        quiet_hours(text, zone)
