"""Questions on spread in the chat: numbers of the forecast, sources that are there, nothing for who may not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fakes.knowledge import ANSWER, FixedKnowledge
from vedette.conversations.seen import answers_seen_by
from vedette.errors import NotFound
from vedette.records import (
    Access,
    Answer,
    AnswerEvent,
    Asset,
    Containment,
    ContainWish,
    Forecast,
    ForecastRequest,
    Link,
    Network,
    Question,
    Scenario,
    Source,
    Turn,
    Weakness,
)
from vedette.sentences.catalogue import understood
from vedette.services import Knowledge
from vedette.spread.chat import STAGE, Foreseeing, network_document
from vedette.spread.jobs import Jobs, Limits
from vedette.spread.rates import RateRules
from vedette.spread.service import LocalForecasting, World
from vedette.spread.store import ForecastStore
from vedette.spread.words import PHRASES, Outlook, answer_text, percent
from vedette.storage.database import open_database, sqlite_url

SUNDAY = date(2026, 11, 22)
EASY = Weakness("CVE-2021-44228", vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", epss=0.94, kev=True)
STAR = Network(
    "acme",
    tuple(
        Asset(name, weaknesses=(EASY,), criticality=1.0 if name == "vault-1" else 0.0)
        for name in ("web-1", "hub-1", "db-1", "db-2", "vault-1")
    ),
    tuple(Link(*pair) for pair in (("web-1", "hub-1"), ("hub-1", "db-1"), ("hub-1", "db-2"), ("hub-1", "vault-1"))),
)
ASKED = "If web-1 is compromised, what do we lose by Friday, and which host should we isolate?"
ANA, BOB = Access(("everyone", "user:ana")), Access(("everyone", "user:bob"))


@pytest.fixture
def forecasting(tmp_path: Path) -> Iterator[LocalForecasting]:
    database = open_database(sqlite_url(tmp_path / "people.db"))
    store, now = ForecastStore(database), lambda: datetime.now(UTC)
    jobs = Jobs(store, Limits(), now, lambda: "1" * 32)
    made = LocalForecasting(store, jobs, FixedKnowledge(), RateRules(), World(now, lambda: "2" * 32, dict, worlds=400))
    made.seen_by(ANA, FixedKnowledge()).store(STAR)
    yield made
    jobs.close()
    database.close()


@pytest.fixture
def chat(forecasting: LocalForecasting) -> Knowledge:
    made: Knowledge = Foreseeing(FixedKnowledge(), lambda: forecasting, lambda: SUNDAY)  # type: ignore[assignment]
    return made


def answer(chat: Knowledge, question: Question | str) -> Answer:
    asked = Question(question) if isinstance(question, str) else question
    found = [event.answer for event in chat.ask(asked)][-1]
    assert found is not None
    return found


def test_the_answer_has_the_numbers_of_the_forecast(chat: Knowledge, forecasting: LocalForecasting) -> None:
    found = answer(chat.seen_by(ANA), ASKED)
    scenario = Scenario("acme", ("web-1",), days=5)
    (*_, again) = forecasting.perform(ForecastRequest("forecast", scenario=scenario))
    assert isinstance(again, Forecast)
    assert found.forecast is not None
    assert found.forecast.total == again.total
    assert f"**{again.total[-1].mean:.1f} hosts**" in found.text
    assert "by 2026-11-27 (5 days)" in found.text
    assert f"hub-1: {percent(again.hosts[1].probability[-1])}" in found.text
    assert "1. hub-1" in found.text
    assert re.search(r"vault-1: falls with a probability of \d+ % \(95 %: \d+ % to", found.text)
    assert any("SIR" in line for line in found.text.splitlines())
    assert found.provider == "forecast"
    assert not found.refused


def test_every_computed_line_cites_the_network(chat: Knowledge) -> None:
    found = answer(chat.seen_by(ANA), ASKED)
    (source,) = found.sources
    stored = chat.seen_by(ANA).document(source.document)
    assert stored.document.text[source.start : source.end] == source.quote
    assert set(re.findall(r"\[(\w+)\]", found.text)) == {source.id}
    assert len(found.claims) > 5
    assert all(claim.sources == (source.id,) for claim in found.claims)


def test_for_who_may_not_read_the_network_it_is_not_there(chat: Knowledge) -> None:
    bob = chat.seen_by(BOB)
    assert answer(bob, ASKED) == ANSWER
    with pytest.raises(NotFound):
        bob.document(network_document("acme"))


def test_who_loses_the_network_loses_what_was_computed(chat: Knowledge, forecasting: LocalForecasting) -> None:
    found = answer(chat.seen_by(ANA), ASKED)
    assert answers_seen_by(chat.seen_by(ANA))(found) == found
    forecasting.share("acme", ("user:bob",))
    left = answers_seen_by(chat.seen_by(ANA))(found)
    assert left.forecast is None
    assert not set(re.findall(r"\d+ %", left.text))
    assert "web-1" not in left.text


def test_hosts_are_those_that_the_caller_may_read_now(chat: Knowledge, forecasting: LocalForecasting) -> None:
    old, new = "If web-1 is compromised, what do we lose?", "If www-1 is compromised, what do we lose?"

    def told(text: str, who: Access = ANA) -> bool:
        return next(chat.seen_by(who).ask(Question(text))) == AnswerEvent("stage", STAGE)

    assert (told(old), told(new)) == (True, False)
    renamed = (replace(STAR.assets[0], id="www-1"), *STAR.assets[1:])
    forecasting.store(replace(STAR, assets=renamed, links=STAR.links[1:]))
    assert (told(old), told(new)) == (False, True)
    forecasting.store(STAR)
    assert (told(old), told(new)) == (True, False)
    forecasting.share("acme", ("user:bob",))
    assert not told(old)
    assert told(old, BOB)
    forecasting.remove("acme")
    assert not told(old, BOB)


def test_a_network_is_read_once_for_its_names(
    chat: Knowledge, forecasting: LocalForecasting, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    load = ForecastStore.network
    monkeypatch.setattr(ForecastStore, "network", lambda self, name: read.append(name) or load(self, name))
    for _ in range(3):
        assert answer(chat.seen_by(ANA), "If web-9 is compromised, what do we lose?") == ANSWER
    assert read == ["acme"]
    monkeypatch.setattr(ForecastStore, "networks", None)
    assert forecasting.seen_by(ANA, FixedKnowledge()).network("acme").name == "acme"  # without the others


def test_other_questions_go_to_the_documents(chat: Knowledge) -> None:
    assert answer(chat.seen_by(ANA), "How are passwords stored?") == ANSWER


def test_what_the_library_says_is_quoted_without_addresses(chat: Knowledge, forecasting: LocalForecasting) -> None:
    found = answer(chat.seen_by(ANA), ASKED).forecast
    assert found is not None
    quote = "Apply updates, see https://evil.example/now?x=1 for how."
    source = Source("s2", "0" * 32, "CVE-2021-44228 (KEV)", "kev#CVE-2021-44228", 0, 0, len(quote), quote, 1.0)
    told = answer_text(Outlook(replace(found, sources=(source,))), "en", SUNDAY)
    assert "Apply updates, see … for how. [s2]" in told
    assert "evil.example" not in told


@pytest.mark.parametrize(
    ("text", "word"),
    [("Si web-1 es comprometido, ¿qué perdemos?", "equipos"), ("Si web-1 est compromis, que perd-on ?", "hôtes")],
)
def test_in_the_language_of_the_question(chat: Knowledge, text: str, word: str) -> None:
    found = answer(chat.seen_by(ANA), Question(text, language="es" if word == "equipos" else "fr"))
    assert f" {word}** " in found.text
    assert found.forecast is not None
    assert not any(understood(said) for said in (*found.forecast.assumptions, *found.forecast.levers))
    assert found.forecast.levers[0] in found.text
    assert found.forecast.assumptions[0] in found.text


def test_a_follow_up_changes_the_scenario(chat: Knowledge) -> None:
    turns = (Turn("If web-1 is compromised, what do we lose by Friday?", "…"),)
    found = answer(chat.seen_by(ANA), Question("And if we isolate hub-1?", history=turns))
    assert found.forecast is not None
    assert found.forecast.total[-1].mean == 1.0
    assert "hub-1 isolated" in found.text


def test_what_is_forbidden_is_not_advised(forecasting: LocalForecasting) -> None:
    def chosen(*forbidden: str) -> list[str]:
        wish = ContainWish(Scenario("acme", ("web-1",)), k=1, forbidden=forbidden)
        (*_, found) = forecasting.perform(ForecastRequest("contain", wish=wish))
        assert isinstance(found, Containment)
        return [measure.target for measure in found.measures]

    assert chosen() == ["hub-1"]
    (other,) = chosen("hub-1")
    assert other in ("db-1", "db-2", "vault-1")


def test_the_phrases_of_all_languages_are_the_same() -> None:
    fields = {
        language: {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in phrases.items()}
        for language, phrases in PHRASES.items()
    }
    assert fields["es"] == fields["en"] == fields["fr"]
