"""Settings: where each value comes from, and one sentence for each wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import SettingsError
from vedette.settings import describe, load, require_safe_to_serve


def test_the_environment_is_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text("[ingest]\nmax_pages = 7\nmax_seconds = 8\n")
    settings = load({"VEDETTE_INGEST_MAX_PAGES": "9"}, tmp_path)
    assert (settings.ingest.max_pages, settings.ingest.max_seconds, settings.ingest.max_file_mb) == (9, 8, 25)
    assert settings.origins["ingest.max_pages"] == "environment"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SERVER_PORT", "99999", "from 0 to 65535"),
        ("SERVER_PORT", "http", "a whole number"),
        ("INGEST_MAX_PAGES", "0", "1 or more"),
        ("INGEST_CHUNK_TOKENS", "5", "64 or more"),
        ("INGEST_OVERLAP_TOKENS", "200", "half of their tokens"),
        ("INGEST_OCR", "perhaps", "true or false"),
        ("ANSWER_DEADLINE_S", "nan", "0 or more"),
        ("ANSWER_DEADLINE_S", "inf", "0 or more"),
        ("LLM_URL", "localhost:11434", "such as http://"),
        ("INDEX_URL", "qdrant", "such as http://"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wanted(name: str, value: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        load({f"VEDETTE_{name}": value}, tmp_path)
    assert name in caught.value.message or "overlap_tokens" in caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ingest = 5", "must be a section"),
        ('[providers]\nname = "a"', r"\[\[providers\]\]"),
        ('providers = ["a"]', r"\[\[providers\]\]"),
        ('[[providers]]\nname = "a"\nurl = "http://x/v1"\nmodel = "m"\ntimeout_s = "soon"', "a number"),
        ('[[providers]]\nname = "a"\nurl = "x/v1"\nmodel = "m"', "such as http://"),
        ('[[providers]]\nname = "a"\nurl = "http://x/v1"\nmodel = "m"\nwire = "telepathy"', "use openai or ollama"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wanted(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "vedette.toml").write_text(text)
    with pytest.raises(SettingsError, match=told):
        load({}, tmp_path)


KUBERNETES = {
    "VEDETTE_SERVICE_HOST": "10.0.0.1",
    "VEDETTE_SERVICE_PORT": "8000",
    "VEDETTE_SERVICE_PORT_HTTP": "8000",
    "VEDETTE_PORT": "tcp://10.0.0.1:8000",
    "VEDETTE_PORT_8000_TCP": "tcp://10.0.0.1:8000",
    "VEDETTE_PORT_8000_TCP_PROTO": "tcp",
    "VEDETTE_PORT_8000_TCP_PORT": "8000",
    "VEDETTE_PORT_8000_TCP_ADDR": "10.0.0.1",
}


def test_what_kubernetes_sets_for_a_service_of_our_name_is_no_setting(tmp_path: Path) -> None:
    assert load(KUBERNETES, tmp_path) == load({}, tmp_path)


@pytest.mark.parametrize(
    "name", ["VEDETTE_PORT", "VEDETTE_SERVICE", "VEDETTE_SERVICE_PROT", "VEDETTE_PORT_TCP", "VEDETTE_SERVER_PROT"]
)
def test_an_unknown_setting_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"Unknown setting {name} "):
        load({name: "8000"}, tmp_path)


def test_beyond_this_machine_people_sign_in(tmp_path: Path) -> None:
    def served(**environ: str) -> None:
        require_safe_to_serve(load(environ, tmp_path))

    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        served(VEDETTE_SERVER_HOST=host)
    for host in ("0.0.0.0", "::", "192.0.2.1", "vedette.example", "localhost.example"):
        with pytest.raises(SettingsError, match="VEDETTE_ACCOUNTS_SIGN_IN"):
            served(VEDETTE_SERVER_HOST=host)
        with pytest.raises(SettingsError, match="VEDETTE_ACCOUNTS_SECRET_KEY"):
            served(VEDETTE_SERVER_HOST=host, VEDETTE_ACCOUNTS_SIGN_IN="true")
        served(VEDETTE_SERVER_HOST=host, VEDETTE_ACCOUNTS_SIGN_IN="true", VEDETTE_ACCOUNTS_SECRET_KEY="x" * 32)


def test_a_setting_with_choices_takes_one_of_them(tmp_path: Path) -> None:
    assert load({"VEDETTE_ACCOUNTS_REGISTRATION": "editor"}, tmp_path).accounts.registration == "editor"
    with pytest.raises(SettingsError, match="closed, reader, editor"):
        load({"VEDETTE_ACCOUNTS_REGISTRATION": "admin"}, tmp_path)


def test_addresses_with_passwords_are_not_shown(tmp_path: Path) -> None:
    secrets = {
        "VEDETTE_DATABASE_URL": "postgresql://ana:secret-word@127.0.0.1/x",
        "VEDETTE_MAIL_URL": "smtps://ana:secret-word@mail.example",
        "VEDETTE_ACCOUNTS_THROTTLE": "redis://:secret-word@127.0.0.1",
        "VEDETTE_ACCOUNTS_SECRET_KEY": "secret-word" * 4,
    }
    assert "secret-word" not in str(describe(load(secrets, tmp_path)))
