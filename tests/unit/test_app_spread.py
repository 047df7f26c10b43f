"""What the settings say of forecasts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vedette.app_spread import rules
from vedette.errors import SettingsError
from vedette.settings.sections import ForecastSettings
from vedette.spread.rates import RateRules


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
