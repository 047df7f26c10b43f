"""Where attempts and requests are counted: in memory, or in a Redis that several servers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from limits.errors import ConfigurationError

from vedette.errors import MissingExtra, SettingsError


@contextmanager
def opening_counters() -> Iterator[None]:
    """Around `limits.storage_from_string`. Raises MissingExtra without the client of Redis, SettingsError for an
    address that is none."""
    try:
        yield
    except ConfigurationError as error:
        if "prerequisite" in str(error):
            raise MissingExtra.of("redis", "redis") from error
        raise SettingsError("accounts.throttle is no address of Redis; give one such as redis://host:6379.") from error
