"""Who hears of what, in the settings file: `[[notify.rules]]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from vedette.errors import SettingsError
from vedette.settings.values import convert, setting

SEVERITIES = ("info", "warning", "critical")
FROM_ENVIRONMENT = "env:"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class NotifyRule:
    """Who hears of what. `to` are pairs of what the file says and the address: the same, but for `env:NAME`, whose
    address stands in that environment variable. `events` are kinds, `*` for any letters; `least` the least severity.

    `quiet` are hours such as `22:00-07:00` in the time zone `zone`."""

    name: str
    to: tuple[tuple[str, str], ...]
    events: tuple[str, ...] = ("*",)
    least: str = setting("info", "", choices=SEVERITIES)
    digest_minutes: float = setting(0.0, "", most=24 * 60)
    quiet: str = ""
    zone: str = "UTC"
    per_hour: int = setting(20, "", least=1)


def read_rules(section: Any, environ: Mapping[str, str], path: Path) -> tuple[NotifyRule, ...]:
    """The rules of the section `[notify]`, which are taken out of it. Raises SettingsError naming what is wrong."""
    rules = section.pop("rules", []) if isinstance(section, dict) else []
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
        raise SettingsError(f"'notify.rules' in {path} must be a list; begin each rule with [[notify.rules]].")
    read = tuple(_rule(rule, environ, path) for rule in rules)
    names = [rule.name for rule in read]
    if len(set(names)) < len(names):
        raise SettingsError(f"Two [[notify.rules]] in {path} have the same name; each needs one of its own.")
    return read


def _rule(entry: Mapping[str, Any], environ: Mapping[str, str], path: Path) -> NotifyRule:
    known = {item.name for item in fields(NotifyRule)}
    unknown, missing = set(entry) - known, {"name", "to"} - set(entry)
    if unknown or missing:
        what = f"unknown key '{min(unknown)}'" if unknown else f"no '{min(missing)}'"
        raise SettingsError(f"A [[notify.rules]] entry in {path} has {what}; it takes {', '.join(sorted(known))}.")
    name = entry["name"]
    if not isinstance(name, str) or not 0 < len(name) <= 64:
        raise SettingsError(f"The name of a [[notify.rules]] entry in {path} is '{name}'; it must be 1 to 64 letters.")
    hints = get_type_hints(NotifyRule)
    plain = {
        item.name: convert(entry[item.name], item, hints, f"notify.rules.{item.name} of '{name}'", str(path))
        for item in fields(NotifyRule)
        if item.name in entry and item.name not in ("name", "to", "events")
    }
    to = tuple((one, _address(one, environ)) for one in _texts(entry, "to", path))
    if "events" in entry:
        plain["events"] = _texts(entry, "events", path)
    return NotifyRule(name=name, to=to, **plain)


def _texts(entry: Mapping[str, Any], key: str, path: Path) -> tuple[str, ...]:
    found = entry[key]
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(one, str) and 0 < len(one) <= 500 for one in found)
    ):
        raise SettingsError(f"'{key}' of the rule '{entry['name']}' in {path} must be a list of texts.")
    return tuple(found)


def _address(named: str, environ: Mapping[str, str]) -> str:
    if not named.startswith(FROM_ENVIRONMENT):
        return named
    variable = named.removeprefix(FROM_ENVIRONMENT)
    if not environ.get(variable):
        raise SettingsError(f"A [[notify.rules]] reads a recipient from {variable}, which is not set.")
    return environ[variable]
