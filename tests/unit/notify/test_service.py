"""Taking events and handing them over, over SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fakes.postman import Clock, Postman
from unit.notify.conftest import Make
from vedette.errors import MailDelayed, MailRefused, ProviderBusy, ProviderRefused, StorageError
from vedette.notify.rules import Recipient, Rule, quiet_hours
from vedette.records import Event, Severity
from vedette.storage.alone import alone
from vedette.storage.database import Database


def down(key: str = "llm", severity: Severity = "warning", text: str = "no connection") -> Event:
    return Event("provider_down", key, f"{key} is down", text, severity)


def test_an_event_goes_to_everybody_once(make: Make, postman: Postman, ana: Recipient, luis: Recipient) -> None:
    notifier = make(Rule("ops", (ana, luis)))
    assert notifier.tell(down())
    assert [one.state for one in notifier.notices()] == ["waiting"] * 2
    assert notifier.run_once() == 2
    assert notifier.run_once() == 0
    assert sorted(one.to for one in postman.kept) == ["+34600111222", "ana@example.org"]
    assert {one.subject for one in postman.kept} == {"[Vedette] llm is down"}
    assert "no connection" in postman.kept[0].text
    assert {(one.state, one.to) for one in notifier.notices()} == {("sent", ana.name), ("sent", "env:LUIS")}


def test_trouble_that_goes_on_is_counted_and_told_again_after_a_while(
    make: Make, postman: Postman, ana: Recipient, clock: Clock
) -> None:
    notifier = make(Rule("ops", (ana,)), repeat=timedelta(hours=2))
    for _ in range(5):
        notifier.tell(down())
    notifier.run_once()
    clock.pass_(minutes=119)
    notifier.tell(down())
    notifier.run_once()
    assert len(postman.kept) == 1
    assert "5 times" in postman.kept[0].text
    assert [one.count for one in notifier.notices()] == [6]
    clock.pass_(minutes=1)
    notifier.tell(down())
    assert notifier.run_once() == 1
    assert [one.count for one in notifier.notices()] == [1, 6]


def test_trouble_that_ended_is_told_at_once_when_it_comes_back(make: Make, postman: Postman, ana: Recipient) -> None:
    notifier = make(Rule("ops", (ana,)))
    for _ in range(2):
        notifier.tell(down())
        notifier.run_once()
        notifier.over("provider_down", "another")
    assert len(postman.kept) == 1
    notifier.over("provider_down", "llm")
    notifier.tell(down())
    notifier.run_once()
    assert len(postman.kept) == 2


def test_those_of_a_digest_go_out_in_one_message(make: Make, postman: Postman, ana: Recipient, clock: Clock) -> None:
    notifier = make(Rule("ops", (ana,), digest=timedelta(minutes=30)))
    for key in ("a", "b", "c"):
        clock.pass_(minutes=5)
        notifier.tell(down(key))
        assert notifier.run_once() == 0
    clock.pass_(minutes=15)
    assert notifier.run_once() == 1
    (message,) = postman.kept
    assert message.subject == "[Vedette] 3 notices: a is down …"
    assert [told.event.key for told in message.told] == ["a", "b", "c"]


def test_at_night_only_what_is_critical_goes_out(make: Make, postman: Postman, ana: Recipient, clock: Clock) -> None:
    notifier = make(Rule("ops", (ana,), quiet=quiet_hours("22:00-07:00", "Europe/Madrid")))
    clock.pass_(hours=10)
    for key in ("a", "b"):
        notifier.tell(down(key))
    notifier.tell(down("fire", "critical"))
    assert notifier.run_once() == 1
    assert [told.event.key for told in postman.kept[0].told] == ["fire"]
    clock.pass_(hours=8)  # 06:00 UTC, 07:00 in Madrid
    assert notifier.run_once() == 1
    assert [told.event.key for told in postman.kept[1].told] == ["a", "b"]


def test_what_failed_in_the_evening_is_not_tried_at_night(
    make: Make, postman: Postman, ana: Recipient, clock: Clock
) -> None:
    notifier = make(Rule("ops", (ana,), quiet=quiet_hours("22:00-07:00", "UTC")))
    clock.pass_(hours=9, minutes=59, seconds=50)
    notifier.tell(down())
    postman.error = MailDelayed()
    notifier.run_once()
    postman.error = None
    clock.pass_(minutes=5)
    assert notifier.run_once() == 0
    notifier.tell(down("fire", "critical"))  # which what waits does not hold up
    assert notifier.run_once() == 1
    clock.pass_(hours=9)
    assert notifier.run_once() == 1
    assert [message.told[0].event.key for message in postman.kept] == ["fire", "llm"]


def test_over_the_limit_the_rest_goes_together_later(
    make: Make, postman: Postman, ana: Recipient, clock: Clock
) -> None:
    notifier = make(Rule("ops", (ana,), per_hour=2))
    for number in range(10):
        notifier.tell(down(f"p{number}"))
        notifier.run_once()
        clock.pass_(minutes=1)
    assert [len(message.told) for message in postman.kept] == [1, 1]
    clock.pass_(minutes=50)
    assert notifier.run_once() == 1
    assert [told.event.key for told in postman.kept[2].told] == [f"p{number}" for number in range(2, 10)]


def test_a_channel_that_is_down_is_tried_again_and_gets_one_message(
    make: Make, postman: Postman, ana: Recipient, clock: Clock
) -> None:
    notifier = make(Rule("ops", (ana,), per_hour=1000))
    postman.error = ProviderBusy("The server is busy.", retry_after_s=90)
    notifier.tell(down("a"))
    notifier.run_once()
    clock.pass_(seconds=89)
    for number in range(50):
        notifier.tell(down(f"b{number}"))
        notifier.run_once()
    assert postman.asked == 1
    assert not notifier.health()[0].ok
    clock.pass_(seconds=2)
    postman.error = None
    assert notifier.run_once() == 1
    assert notifier.run_once() == 1
    assert [len(message.told) for message in postman.kept] == [1, 50]
    assert notifier.health()[0].ok
    assert {one.tries for one in notifier.notices(100) if one.event.key == "a"} == {2}


@pytest.mark.parametrize("error", [ProviderRefused("No such number."), MailRefused("No such mailbox.")])
def test_what_is_refused_for_good_is_given_up_with_its_reason(
    make: Make, postman: Postman, ana: Recipient, clock: Clock, error: ProviderRefused | MailRefused
) -> None:
    notifier = make(Rule("ops", (ana,)))
    postman.error = error
    notifier.tell(down())
    for _ in range(3):
        notifier.run_once()
        clock.pass_(hours=1)
    (notice,) = notifier.notices()
    assert (postman.asked, notice.state, notice.error) == (1, "refused", error.message)


def test_after_a_day_of_tries_it_is_given_up(make: Make, postman: Postman, ana: Recipient, clock: Clock) -> None:
    notifier = make(Rule("ops", (ana,)))
    postman.error = MailDelayed("The server is away.")
    notifier.tell(down())
    for _ in range(26 * 3):
        notifier.run_once()
        clock.pass_(minutes=20)
    (notice,) = notifier.notices()
    assert (notice.state, notice.error) == ("refused", "The server is away.")
    assert 70 < postman.asked == notice.tries < 78


def test_another_try_is_the_same_message(make: Make, postman: Postman, ana: Recipient, clock: Clock) -> None:
    """Between the channel's "taken" and its being written the process dies: it goes again under its id."""
    notifier = make(Rule("ops", (ana,)))
    notifier.tell(down("a"))

    class Died(BaseException):
        """As a kill would: nothing after it runs."""

    def deliver(message: object) -> None:
        Postman.deliver(postman, message)  # type: ignore[arg-type]
        raise Died

    postman.deliver = deliver  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        notifier.run_once()
    del postman.deliver  # type: ignore[method-assign]
    notifier.tell(down("b"))
    notifier.run_once()
    notifier.run_once()
    assert [[told.event.key for told in one.told] for one in postman.kept] == [["a"], ["a"], ["b"]]
    assert postman.kept[0].id == postman.kept[1].id != postman.kept[2].id


def test_a_rule_that_is_gone_gives_up_what_waits_for_it(make: Make, postman: Postman, ana: Recipient) -> None:
    make(Rule("ops", (ana,))).tell(down())
    notifier = make(Rule("others", (ana,)))
    assert notifier.run_once() == 0
    assert [(one.state, one.error != "") for one in notifier.notices()] == [("refused", True)]


def test_a_clock_set_back_holds_nothing_up(make: Make, postman: Postman, ana: Recipient, clock: Clock) -> None:
    notifier = make(Rule("ops", (ana,), digest=timedelta(minutes=30)))
    clock.pass_(days=365)
    notifier.tell(down())
    clock.pass_(days=-365)
    assert notifier.run_once() == 1


def test_many_tell_the_same_at_once_and_it_goes_out_once(
    make: Make, postman: Postman, ana: Recipient, luis: Recipient
) -> None:
    notifier = make(Rule("ops", (ana, luis), per_hour=1000))
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda number: notifier.tell(down(f"p{number % 2}")), range(40)))
    while notifier.run_once():
        pass
    assert sorted(one.count for one in notifier.notices()) == [20] * 4
    assert sum(len(message.told) for message in postman.kept) == 4


def test_one_at_a_time_sends(make: Make, postman: Postman, ana: Recipient, database: Database) -> None:
    notifier = make(Rule("ops", (ana,)))
    notifier.tell(down())
    with alone(database, "notify") as first:
        assert first
        assert notifier.run_once() == 0
        with alone(database, "something else") as other:
            assert other
    assert notifier.run_once() == 1


def test_several_senders_hand_over_each_message_once(
    make: Make, postman: Postman, ana: Recipient, luis: Recipient
) -> None:
    notifiers = [make(Rule("ops", (ana, luis), per_hour=1000)) for _ in range(4)]
    for number in range(20):
        notifiers[0].tell(down(f"p{number}"))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: one.run_once(), notifiers))
    while notifiers[0].run_once():
        pass
    told = [(message.to, told.event.key) for message in postman.kept for told in message.told]
    assert len(told) == len(set(told)) == 40


def test_a_database_that_is_gone_stops_nobody(
    make: Make, ana: Recipient, database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise StorageError

    notifier = make(Rule("ops", (ana,)))
    monkeypatch.setattr(database, "writing", broken)
    with caplog.at_level(logging.ERROR):
        assert not notifier.tell(down())
        notifier.over("provider_down", "llm")
    assert len(caplog.records) == 2


def test_old_notices_are_forgotten_but_for_those_that_wait(make: Make, ana: Recipient, clock: Clock) -> None:
    notifier = make(Rule("ops", (ana,)))
    notifier.tell(down("old"))
    notifier.run_once()
    notifier.tell(down("waits"))
    clock.pass_(days=91)
    assert notifier.tidy() == 1
    assert [one.event.key for one in notifier.notices()] == ["waits"]


def test_without_rules_nothing_is_stored(make: Make) -> None:
    notifier = make()
    assert notifier.tell(down())
    assert (notifier.notices(), notifier.run_once(), notifier.health(), notifier.test()) == ((), 0, (), ())


def test_a_trial_tells_what_came_of_each(make: Make, postman: Postman, ana: Recipient, luis: Recipient) -> None:
    notifier = make(Rule("ops", (ana, luis), events=("none",)), Rule("more", (ana,)), language="es")
    assert [(one.to, one.error) for one in notifier.test()] == [(ana.name, ""), ("env:LUIS", "")]
    assert {one.subject for one in postman.kept} == {"[Vedette] Una prueba"}
    postman.error = ProviderRefused("No such number.")
    assert [(one.channel, one.error) for one in notifier.test("sms")] == [("sms", "No such number.")]
