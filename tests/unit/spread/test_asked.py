"""What is taken for a question on spread, and what of it is understood."""

from __future__ import annotations

from datetime import date

import pytest

from vedette.spread.asked import Asked, Known, asked, days_of

SUNDAY = date(2026, 11, 22)
HOSTS = ("web-1", "db-1", "mail-1", "vault-1")
ACME = Known("acme", {host: host for host in HOSTS})
LOG4SHELL = "CVE-2021-44228"

# question, (sources, CVE, days, isolated, patched, (k, by) of the measures, focus)
UNDERSTOOD = {
    f"If web-1 is compromised through {LOG4SHELL}, what is lost by Friday, and which five hosts should we isolate?": (
        ("web-1",), LOG4SHELL, 5, (), (), (5, "host"), (),
    ),
    "Which vulnerabilities should we patch first if db-1 is hacked?": (("db-1",), "", 7, (), (), (5, "cve"), ()),
    f"How far would an attack on mail-1 spread in two weeks if we patch {LOG4SHELL}?": (
        ("mail-1",), "", 14, (), (LOG4SHELL,), None, (),
    ),
    f"Si web-1 es comprometido por {LOG4SHELL}, ¿qué perdemos antes del viernes y qué cinco equipos debemos aislar?": (
        ("web-1",), LOG4SHELL, 5, (), (), (5, "host"), (),
    ),
    "Si web-1 est compromis, que perdons-nous d'ici vendredi, et quels trois serveurs faut-il isoler ?": (
        ("web-1",), "", 5, (), (), (3, "host"), (),
    ),
    "If web-1 falls and we isolate db-1, is vault-1 at risk?": (("web-1",), "", 7, ("db-1",), (), None, ("vault-1",)),
    "How likely is it that an attacker on web-1 reaches vault-1 within 3 days?": (
        ("web-1",), "", 3, (), (), None, ("vault-1",),
    ),
    f"If web-1 and mail-1 are compromised, and we isolate db-1, vault-1 and patch {LOG4SHELL}, what do we lose?": (
        ("web-1", "mail-1"), "", 7, ("db-1", "vault-1"), (LOG4SHELL,), None, (),
    ),
    "Which hosts are at risk from WEB-1 tomorrow?": (("web-1",), "", 1, (), (), None, ()),
    "What is the blast radius of web-1?": (("web-1",), "", 7, (), (), None, ()),
}  # fmt: skip


def read(text: str, *earlier: str) -> Asked | None:
    return asked(text, earlier, [ACME], SUNDAY)


@pytest.mark.parametrize("text", list(UNDERSTOOD))
def test_a_question_on_spread_is_understood(text: str) -> None:
    found = read(text)
    assert found is not None
    scenario, wish = found.scenario, found.wish
    changes = scenario.changes
    measures = (wish.k, wish.by) if wish else None
    told = (scenario.sources, scenario.cve, scenario.days, changes.isolate, changes.patch, measures, found.focus)
    assert told == UNDERSTOOD[text]


@pytest.mark.parametrize(
    "text",
    [
        "What is lateral movement?",
        "How do I isolate a compromised host?",
        "What is web-1?",
        "Who administers web-1 and db-1?",
        "Which hosts should we isolate first?",
        f"What must I do about {LOG4SHELL} and by when?",
        "If web-11 is compromised, what do we lose?",
        "If myweb-1 is compromised, what do we lose?",
    ],
)
def test_others_are_left_to_the_documents(text: str) -> None:
    assert read(text) is None


def test_a_follow_up_goes_on_from_the_question_before() -> None:
    first = "If web-1 is compromised, what do we lose by Friday?"
    found = read("And if we isolate mail-1?", first)
    assert found is not None
    assert (found.scenario.sources, found.scenario.days, found.scenario.changes.isolate) == (("web-1",), 5, ("mail-1",))
    longer = read("And in three weeks?", first)
    assert longer is not None
    assert (longer.scenario.sources, longer.scenario.days) == (("web-1",), 21)
    assert read("Thank you.", first) is None
    assert read("And if we isolate mail-1?") is None


def test_the_network_that_has_the_hosts_is_taken() -> None:
    other = Known("other", {"srv-9": "srv-9", "web-1": "web-1"})
    found = asked("If web-1 and srv-9 fall, what do we lose?", (), [ACME, other], SUNDAY)
    assert found is not None
    assert found.scenario.network == "other"
    named = asked("If web-1 of other falls, what do we lose?", (), [ACME, other], SUNDAY)
    assert named is not None
    assert named.scenario.network == "other"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("by Sunday", 7),
        ("by Monday", 1),
        ("until next week", 7),
        ("en tres días", 3),
        ("dans deux semaines", 14),
        ("within 12 hours", 1),
        ("in 900 days", 365),
        ("Why?", 7),
    ],
)
def test_how_far_ahead(text: str, days: int) -> None:
    assert days_of(text, SUNDAY) == days
