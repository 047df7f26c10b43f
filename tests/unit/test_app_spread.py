"""What the settings say of forecasts."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.knowledge import FixedKnowledge
from fakes.networks import COLLECTION, SMALL, zipped
from vedette.app_spread import kept_in_memory, rules, scores
from vedette.errors import BadInput, SettingsError, TooLarge
from vedette.records import ForecastRequest, Scenario
from vedette.settings import load
from vedette.settings.sections import ForecastSettings
from vedette.spread.rates import RateRules


def test_a_scenario_that_does_not_say_how_many_worlds_has_those_of_the_settings(tmp_path: Path) -> None:
    settings = load({"VEDETTE_FORECAST_WORLDS": "150", "VEDETTE_FORECAST_DRAWS": "5"}, tmp_path)
    with ExitStack() as stack:
        forecasting = kept_in_memory(settings, SMALL, FixedKnowledge(), stack)
        asked = ForecastRequest("forecast", Scenario("small", ("web-1",)))
        scenario = forecasting.submit("ana", asked).request.scenario
    assert scenario is not None
    assert (scenario.worlds, scenario.draws) == (150, 5)


def test_a_zip_unpacks_to_as_much_as_the_settings_say(tmp_path: Path) -> None:
    settings = load({"VEDETTE_INGEST_MAX_EXPANSION_MB": "1"}, tmp_path)
    long = {"computers.json": COLLECTION["computers.json"] + b" " * 1_000_000}
    with ExitStack() as stack:
        forecasting = kept_in_memory(settings, SMALL, FixedKnowledge(), stack)
        with pytest.raises(TooLarge, match=r"1 MB.*VEDETTE_INGEST_MAX_EXPANSION_MB"):
            forecasting.add({"c.zip": zipped(long)})


def test_rules_of_the_settings_file_stand_over_ours(tmp_path: Path) -> None:
    assert rules(ForecastSettings()) == RateRules()
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"intruder": 5, "controls": {"edr": {"reach": 0.25}}}), encoding="utf-8")
    found = rules(ForecastSettings(rates=str(file)))
    assert (found.intruder, found.controls["edr"].reach, found.kev) == (5.0, 0.25, RateRules().kev)
    assert found.controls["edr"].recovery == RateRules().controls["edr"].recovery


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), ("{", "is no JSON"), ("[1]", "not a rule"), ('{"intruder": -1}', "intruder")],
)
def test_a_wrong_file_of_rules_names_the_setting(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "rules.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=said) as told:
        rules(ForecastSettings(rates=str(file)))
    assert "forecast.rates" in told.value.message


def test_a_cve_without_a_score_of_its_own_has_that_of_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "epss.csv"
    bare = [replace(one, weaknesses=tuple(replace(w, epss=None) for w in one.weaknesses)) for one in SMALL.assets]
    network = replace(SMALL, assets=tuple(bare))
    cve = next(weakness.cve for asset in bare for weakness in asset.weaknesses)
    settings = load({"VEDETTE_FORECAST_EPSS": str(file)}, tmp_path)
    with ExitStack() as stack, pytest.raises(SettingsError, match=r"forecast\.epss is .*epss_scores CSV"):
        kept_in_memory(settings, network, FixedKnowledge(), stack)

    def reasons() -> str:
        return str([line for line in forecasting.rates(SMALL.name) if cve in str(line)])

    with ExitStack() as stack:
        file.write_text(f"cve,epss\n{cve},0.123\n", encoding="utf-8")
        forecasting = kept_in_memory(settings, network, FixedKnowledge(), stack)
        assert "EPSS 0.123" in reasons()
        file.write_text(f"cve,epss\n{cve},0.456\n", encoding="utf-8")
        os.utime(file, (1, 1))
        assert "EPSS 0.456" in reasons()  # tomorrow's file counts without a restart
        file.unlink()
        with pytest.raises(BadInput, match="cannot be read"):
            reasons()
    assert scores(ForecastSettings())(cve) is None
