"""Profiles: defaults of their own below the file and the environment, told where a value comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import SettingsError
from vedette.settings import describe, load
from vedette.settings.profiles import PROFILES
from vedette.settings.sections import SECTIONS


@pytest.mark.parametrize("name", PROFILES)
def test_every_value_of_a_profile_is_one_that_the_environment_could_set(name: str, tmp_path: Path) -> None:
    """So that a profile cannot set what is misspelt, of another type, or out of bounds."""
    spelt = {f"VEDETTE_{key.replace('.', '_')}".upper(): str(value) for key, value in PROFILES[name].items()}
    from_profile, from_environment = load({"VEDETTE_PROFILE": name}, tmp_path), load(spelt, tmp_path)
    for section in SECTIONS:
        assert getattr(from_profile, section) == getattr(from_environment, section)
    # As they are after the type was converted: `1` is no `True` here.
    for key, value in PROFILES[name].items():
        section, _, setting = key.partition(".")
        assert repr(getattr(getattr(from_environment, section), setting)) == repr(value)


def test_a_course_has_people_who_register_and_speaks_spanish(tmp_path: Path) -> None:
    settings = load({}, tmp_path, profile="course")
    assert (settings.profile, settings.accounts.sign_in, settings.accounts.registration) == ("course", True, "reader")
    assert (settings.server.language, settings.embed.workers) == ("es", 1)
    assert settings.server.host == "127.0.0.1"
    assert load({}, tmp_path).server.language == ""


def test_the_file_is_before_the_profile_and_the_environment_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text('profile = "course"\n[server]\nlanguage = "fr"\n[cache]\nmegabytes = 4\n')
    settings = load({"VEDETTE_CACHE_MEGABYTES": "2"}, tmp_path)
    assert (settings.server.language, settings.cache.megabytes, settings.accounts.sign_in) == ("fr", 2, True)
    origins = {name: origin for name, _, origin, _ in describe(settings)}
    assert origins["VEDETTE_SERVER_LANGUAGE"] == str(tmp_path / "vedette.toml")
    assert origins["VEDETTE_CACHE_MEGABYTES"] == "environment"
    assert origins["VEDETTE_ACCOUNTS_SIGN_IN"] == "profile course"
    assert origins["VEDETTE_SERVER_PORT"] == "default"


def test_a_flag_is_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text('profile = "course"')
    assert load({}, tmp_path).profile == "course"
    assert load({"VEDETTE_PROFILE": ""}, tmp_path).accounts.sign_in is False
    assert load({"VEDETTE_PROFILE": "course"}, tmp_path, profile="").profile == ""
    values = {name: value for name, value, _, _ in describe(load({}, tmp_path))}
    assert values["VEDETTE_PROFILE"] == "course"


@pytest.mark.parametrize("where", ["--profile", "VEDETTE_PROFILE", "vedette.toml"])
def test_an_unknown_profile_is_told_with_those_that_there_are(where: str, tmp_path: Path) -> None:
    if where == "vedette.toml":
        (tmp_path / where).write_text('profile = "kourse"')
    environ = {where: "kourse"} if where == "VEDETTE_PROFILE" else {}
    with pytest.raises(SettingsError, match=r"no profile 'kourse'.*there is course") as caught:
        load(environ, tmp_path, profile="kourse" if where == "--profile" else None)
    assert where in caught.value.message


def test_a_language_is_one_that_there_is(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="one of en, es, fr"):
        load({"VEDETTE_SERVER_LANGUAGE": "de"}, tmp_path)
    assert load({"VEDETTE_SERVER_LANGUAGE": ""}, tmp_path).server.language == ""
