"""A setting and its value: the type, the bounds, and one sentence for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, field
from math import inf, isfinite
from typing import Any
from urllib.parse import urlsplit

from vedette.errors import SettingsError

# Settings of these names, in any section, are addresses.
ADDRESSES = ("url", "endpoint", "proxy", "page_url")


def setting(default: Any, help: str, secret: bool = False, least: float = 0, **more: Any) -> Any:
    """A dataclass field with its help text; `least` and `most` bound a number, `choices` a text.

    `address` says whether a text of such a name is checked as an address; it is, when not given."""
    return field(default=default, metadata={"help": help, "secret": secret, "least": least, **more})


def convert(value: Any, item: Field[Any], hints: Mapping[str, type], name: str, where: str) -> Any:
    """A value of the environment or a file in the type of its field. Raises SettingsError naming it."""
    kind = hints[item.name]
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[str(value).lower()]
        converted = kind(value)
    except (ValueError, KeyError, TypeError) as error:
        wanted = {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "text")
        raise SettingsError(f"{name} in {where} is '{value}'; it must be {wanted}.") from error
    if kind in (int, float):
        least, most = item.metadata.get("least", 0), item.metadata.get("most", inf)
        if not (least <= converted <= most and isfinite(converted)):
            bounds = f"from {least} to {most}" if most < inf else f"{least} or more"
            raise SettingsError(f"{name} in {where} is {value}; it must be {bounds}.")
    choices = item.metadata.get("choices")
    if choices and converted not in choices:
        raise SettingsError(f"{name} in {where} is '{value}'; it must be one of {', '.join(filter(None, choices))}.")
    checked = item.name in ADDRESSES and item.metadata.get("address", True)
    if checked and converted and not (urlsplit(converted).hostname and "://" in converted):
        shown = "****" if item.metadata.get("secret") else value
        raise SettingsError(f"{name} in {where} is '{shown}'; it must be an address such as http://127.0.0.1:8080.")
    return converted
