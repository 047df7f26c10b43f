"""One suite for `Notices`: in this process, and over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from fakes.people import demo
from fakes.postman import Clock, Postman
from fakes.server import serving_app
from vedette.errors import MailDelayed, ProviderRefused
from vedette.notify.rules import Rule, recipient
from vedette.notify.service import Notifier, Plan, World
from vedette.records import Event
from vedette.remote.notices import RemoteNotices
from vedette.remote.wire import Wire, open_client
from vedette.services import Notices
from vedette.storage.database import open_database, sqlite_url
from vedette.web.api import create_app
from vedette.web.config import WebConfig

HOOK = "https://hooks.example.org/secret-path"
TO = tuple(recipient(to, to) for to in ("mailto:ana@example.org", "sms:+34600111222", HOOK))


@dataclass
class Office:
    """`notices` is the one under test, `notifier` what is behind it."""

    notices: Notices
    notifier: Notifier
    postman: Postman
    clock: Clock


@pytest.fixture(params=["local", "remote"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    postman, clock = Postman(), Clock()
    channels = {"mail": postman, "sms": postman, "webhook": postman}
    with closing(open_database(sqlite_url(tmp_path / "notices.db"))) as database:
        world = World(lambda: clock.now, lambda: secrets.token_hex(16))
        notifier = Notifier(database, Plan((Rule("ops", TO),)), channels, world)  # type: ignore[arg-type]
        if request.param == "local":
            yield Office(notifier, notifier, postman, clock)
            return
        with demo(tmp_path) as services:
            app = create_app(replace(services, notices=notifier), WebConfig("1", token="t"))
            with serving_app(app) as url, open_client(url) as http:
                yield Office(RemoteNotices(Wire(url, "t", http)), notifier, postman, clock)


def test_what_was_told_is_listed_with_what_became_of_it(office: Office) -> None:
    office.notifier.tell(Event("drift", "a", "Drift in a", "Text", "info"))
    office.notifier.run_once()
    office.clock.pass_(minutes=1)
    office.postman.error = MailDelayed("The server is away.")
    office.notifier.tell(Event("drift", "b", "Drift in b", "Text"))
    office.notifier.run_once()
    listed = office.notices.notices()
    assert listed == office.notifier.notices()
    assert [(one.event.key, one.state, one.error) for one in listed] == [
        *[("b", "waiting", "The server is away.")] * 3,
        *[("a", "sent", "")] * 3,
    ]
    assert len(office.notices.notices(2)) == 2
    assert not any("secret-path" in str(one) for one in listed)


def test_a_trial_goes_to_everybody_now(office: Office) -> None:
    assert [(one.channel, one.error) for one in office.notices.test()] == [("mail", ""), ("sms", ""), ("webhook", "")]
    assert [message.to for message in office.postman.kept] == ["ana@example.org", "+34600111222", HOOK]
    office.postman.error = ProviderRefused("No such number.")
    assert [(one.to, one.error) for one in office.notices.test("sms")] == [("sms:+34600111222", "No such number.")]
    assert office.notices.notices() == ()


def test_health_tells_what_did_not_arrive(office: Office) -> None:
    (part,) = office.notices.health()
    assert (part.name, part.ok) == ("notices", True)
    office.postman.error = ProviderRefused("No such number.")
    office.notifier.tell(Event("drift", "a", "Drift in a", ""))
    office.notifier.run_once()
    (part,) = office.notices.health()
    assert (part.ok, part.advice) == (False, "No such number.")


def test_where_no_rule_names_anybody_the_lists_are_empty(tmp_path: Path) -> None:
    with demo(tmp_path) as services, serving_app(create_app(services, WebConfig("1", token="t"))) as url:
        owner = {"Authorization": "Bearer t"}
        listed = httpx.get(f"{url}/v1/admin/notices", headers=owner, trust_env=False)
        tried = httpx.post(f"{url}/v1/admin/notices/test", json={}, headers=owner, trust_env=False)
        wrong = httpx.post(f"{url}/v1/admin/notices/test", json={"channel": "fax"}, headers=owner, trust_env=False)
    assert (listed.json(), tried.json(), wrong.status_code) == ({"notices": []}, {"tried": []}, 400)
