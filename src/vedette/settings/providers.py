"""The providers of language models in the settings file: `[[providers]]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from vedette.errors import SettingsError
from vedette.settings.values import convert


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One rung of the provider chain. The key is read from the environment variable `key_env` or the file `key_file`.

    `wire` is the protocol: `openai`, or `ollama` for Ollama's own, where `context_window` (tokens) can be asked for.
    `system_role = false` is for models whose template knows no system message. `proxy` is the URL of an HTTP proxy.
    """

    name: str
    url: str
    model: str
    key: str = ""
    temperature: float = 0.0
    max_tokens: int = 700
    timeout_s: float = 30.0
    wire: str = "openai"
    context_window: int = 8192
    system_role: bool = True
    proxy: str = ""


def read_providers(chain: Any, environ: Mapping[str, str], path: Path) -> tuple[ProviderSettings, ...]:
    """The chain that stands in the file `path`. Raises SettingsError naming what is wrong in it."""
    if not isinstance(chain, list) or not all(isinstance(entry, Mapping) for entry in chain):
        raise SettingsError(f"'providers' in {path} must be a list; begin each provider with [[providers]].")
    return tuple(_provider(entry, environ, path) for entry in chain)


def _provider(entry: Mapping[str, Any], environ: Mapping[str, str], path: Path) -> ProviderSettings:
    known = {item.name for item in fields(ProviderSettings)} | {"key_env", "key_file"}
    unknown = set(entry) - known
    missing = {"name", "url", "model"} - set(entry)
    if unknown or missing:
        what = f"unknown key '{min(unknown)}'" if unknown else f"no '{min(missing)}'"
        raise SettingsError(f"A [[providers]] entry in {path} has {what}; it takes {', '.join(sorted(known))}.")
    if entry.get("wire", "openai") not in ("openai", "ollama"):
        raise SettingsError(f"Provider '{entry['name']}' in {path} has wire '{entry['wire']}'; use openai or ollama.")
    hints = get_type_hints(ProviderSettings)
    plain = {
        item.name: convert(entry[item.name], item, hints, f"providers.{item.name} of '{entry['name']}'", str(path))
        for item in fields(ProviderSettings)
        if item.name in entry
    }
    if name := entry.get("key_env"):
        if not environ.get(name):
            raise SettingsError(f"Provider '{entry['name']}' reads its key from {name}, which is not set.")
        plain["key"] = environ[name]
    if file := entry.get("key_file"):
        try:
            plain["key"] = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"The key file {file} of provider '{entry['name']}' cannot be read: {error}."
            ) from error
    return ProviderSettings(**plain)
