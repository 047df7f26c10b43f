"""Every setting, with its help: the only reader of the environment.

Precedence: command-line flag > environment (`VEDETTE_SECTION_NAME`) > file (`vedette.toml`) > profile > default. The
origin of each value is kept: `vedette doctor --settings` shows it, and an error says where it was looked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, get_type_hints

from vedette.errors import SettingsError
from vedette.settings.notify import read_rules
from vedette.settings.profiles import PROFILE_HELP, Values, defaults_of
from vedette.settings.providers import ProviderSettings, read_providers
from vedette.settings.sections import SECTIONS, IngestSettings, LlmSettings, Settings
from vedette.settings.values import convert

__all__ = ["Settings", "describe", "is_loopback", "load", "require_safe_to_serve", "variable", "with_server"]

# What Kubernetes tells every container about a service named `vedette`, besides VEDETTE_PORT.
_KUBERNETES = re.compile(r"VEDETTE_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_TCP(_(PROTO|PORT|ADDR))?)")


def load(
    environ: Mapping[str, str], data: Path | None = None, config: Path | None = None, profile: str | None = None
) -> Settings:
    """The settings of this process. Raises SettingsError naming the setting, its value and where it was looked for."""
    origins: dict[str, str] = {}
    data = data or Path(environ.get("VEDETTE_DATA") or "data")
    path = config or Path(environ.get("VEDETTE_CONFIG") or data / "vedette.toml")
    named = config is not None or "VEDETTE_CONFIG" in environ
    table = _read(path, named)
    profile, preset = _profile(profile, table, environ, path)
    origins.update(dict.fromkeys(preset, f"profile {profile}"))
    rules = read_rules(table.get("notify"), environ, path)
    sections = {name: _section(name, table.get(name, {}), environ, path, preset, origins) for name in SECTIONS}
    _refuse_unknown(table, environ, path)
    providers = read_providers(table.get("providers", []), environ, path)
    ingest: IngestSettings = sections["ingest"]
    if 2 * ingest.overlap_tokens > ingest.chunk_tokens:
        raise SettingsError(
            f"ingest.overlap_tokens is {ingest.overlap_tokens} and ingest.chunk_tokens {ingest.chunk_tokens}; "
            "neighbouring chunks may share half of their tokens at most."
        )
    llm: LlmSettings = sections["llm"]
    if llm.url:
        if not llm.model:
            raise SettingsError("VEDETTE_LLM_URL is set but VEDETTE_LLM_MODEL is not; name the model to ask there.")
        providers = (ProviderSettings("llm", llm.url, llm.model, llm.key), *providers)
    return Settings(
        data=data.absolute(), notify_rules=rules, providers=providers, profile=profile, origins=origins, **sections
    )


def with_server(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the flags of `vedette serve` over them."""
    server = settings.server
    return replace(
        settings, server=replace(server, host=host or server.host, port=server.port if port is None else port)
    )


def require_safe_to_serve(settings: Settings) -> None:
    """Beyond this machine nobody is served who has not signed in. Raises SettingsError."""
    if is_loopback(settings.server.host):
        return
    if not settings.accounts.sign_in:
        raise SettingsError(
            f"server.host is {settings.server.host}, which others can reach; set VEDETTE_ACCOUNTS_SIGN_IN=true so that "
            "people sign in, or listen on 127.0.0.1."
        )
    if not settings.accounts.secret_key:
        raise SettingsError(
            f"server.host is {settings.server.host}, which others can reach; set VEDETTE_ACCOUNTS_SECRET_KEY to 32 "
            "random bytes or more, such as what `openssl rand -base64 48` prints."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def describe(settings: Settings) -> list[tuple[str, str, str, str]]:
    """(variable, value, origin, help) of every setting; secrets masked."""
    rows = [("VEDETTE_DATA", str(settings.data), "flag, environment or default", "Folder that holds everything.")]
    chosen = "flag, environment or file" if settings.profile else "default"
    rows.append(("VEDETTE_PROFILE", settings.profile, chosen, PROFILE_HELP))
    for name in SECTIONS:
        section = getattr(settings, name)
        for item in fields(section):
            key = f"{name}.{item.name}"
            value = getattr(section, item.name)
            shown = "****" if item.metadata.get("secret") and value else str(value)
            rows.append((variable(name, item.name), shown, settings.origins.get(key, "default"), item.metadata["help"]))
    return rows


def variable(section: str, name: str) -> str:
    """The environment variable of a setting.

    >>> variable("ingest", "max_pages")
    'VEDETTE_INGEST_MAX_PAGES'
    """
    return f"VEDETTE_{section}_{name}".upper()


def _read(path: Path, named: bool) -> dict[str, Any]:
    if not path.exists():
        if named:
            raise SettingsError(f"The settings file {path} does not exist; correct VEDETTE_CONFIG or create it.")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error


def _profile(given: str | None, table: dict[str, Any], environ: Mapping[str, str], path: Path) -> tuple[str, Values]:
    """The name of the profile, taken out of the file's `table`, and the defaults that it sets."""
    in_file = str(table.pop("profile", ""))
    if given is not None:
        return given, defaults_of(given, "--profile")
    if "VEDETTE_PROFILE" in environ:
        return environ["VEDETTE_PROFILE"], defaults_of(environ["VEDETTE_PROFILE"], "VEDETTE_PROFILE")
    return in_file, defaults_of(in_file, str(path))


def _section(
    name: str,
    table: Mapping[str, Any],
    environ: Mapping[str, str],
    path: Path,
    preset: Values,
    origins: dict[str, str],
) -> Any:
    kind = SECTIONS[name]
    hints = get_type_hints(kind)
    if not isinstance(table, Mapping):
        raise SettingsError(f"'{name}' in {path} is '{table}'; it must be a section, [{name}].")
    unknown = set(table) - set(hints)
    if unknown:
        raise SettingsError(
            f"Unknown setting '{name}.{min(unknown)}' in {path}; `vedette doctor --settings` lists all."
        )
    values: dict[str, Any] = {item: preset[f"{name}.{item}"] for item in hints if f"{name}.{item}" in preset}
    for item in fields(kind):
        from_env = environ.get(variable(name, item.name))
        if from_env is not None:
            values[item.name] = convert(from_env, item, hints, variable(name, item.name), "the environment")
            origins[f"{name}.{item.name}"] = "environment"
        elif item.name in table:
            values[item.name] = convert(table[item.name], item, hints, f"{name}.{item.name}", str(path))
            origins[f"{name}.{item.name}"] = str(path)
    return kind(**values)


def _refuse_unknown(table: Mapping[str, Any], environ: Mapping[str, str], path: Path) -> None:
    unknown = set(table) - set(SECTIONS) - {"providers"}
    if unknown:
        raise SettingsError(
            f"Unknown section '{min(unknown)}' in {path}; it may have {', '.join(SECTIONS)}, providers and `profile`."
        )
    known = {variable(name, item.name) for name, kind in SECTIONS.items() for item in fields(kind)}
    known |= {"VEDETTE_DATA", "VEDETTE_CONFIG", "VEDETTE_PROFILE", "VEDETTE_DEV_DATA"}
    known |= {"VEDETTE_TEST_QDRANT_URL", "VEDETTE_TEST_MONGODB_URL"}  # of the tests
    for name, value in environ.items():
        if name.startswith("VEDETTE_") and name not in known and not _of_kubernetes(name, value):
            raise SettingsError(f"Unknown setting {name} in the environment; `vedette doctor --settings` lists all.")


def _of_kubernetes(name: str, value: str) -> bool:
    """Whether Kubernetes set this for a service named `vedette`. Source: Kubernetes, Service, "Environment variables".

    >>> _of_kubernetes("VEDETTE_PORT", "tcp://10.0.0.1:8000"), _of_kubernetes("VEDETTE_PORT", "8000")
    (True, False)
    """
    if name == "VEDETTE_PORT":
        return value.startswith("tcp://")
    return _KUBERNETES.fullmatch(name) is not None
