"""How many requests an address and a person may send, counted in memory or in Redis."""

from __future__ import annotations

import logging
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError as LimitsError
from limits.storage import storage_from_string

from vedette.counters import opening_counters
from vedette.errors import TooMany

log = logging.getLogger(__name__)


class RateLimits:
    """`per_address` and `per_person` requests a minute, 0 for no limit; `url` of a Redis, for several servers."""

    def __init__(self, per_address: int, per_person: int, url: str = "") -> None:
        self._address = RateLimitItemPerMinute(per_address, 1, "web-address") if per_address else None
        self._person = RateLimitItemPerMinute(per_person, 1, "web-person") if per_person else None
        options: dict[str, str | bool] = {"implementation": "redispy", "wrap_exceptions": True} if url else {}
        with opening_counters():
            storage = storage_from_string(f"async+{url or 'memory://'}", **options)
        self._limits = SlidingWindowCounterRateLimiter(storage)

    async def address(self, name: str) -> None:
        """Count a request of an address. Raises TooMany."""
        await self._count(self._address, name)

    async def person(self, name: str) -> None:
        """Count a request of a person. Raises TooMany."""
        await self._count(self._person, name)

    async def _count(self, limit: RateLimitItem | None, name: str) -> None:
        if limit is None:
            return
        try:
            if await self._limits.hit(limit, name):
                return
            reset = (await self._limits.get_window_stats(limit, name)).reset_time
        except LimitsError as error:
            # Signing in is counted elsewhere and does not pass uncounted; other requests had better be answered.
            log.warning("requests cannot be counted: Redis fails", extra={"error.message": str(error.__cause__)})
            return
        wait = max(1.0, round(reset - time.time()))
        raise TooMany(
            f"Too many requests: more than {limit.amount} in a minute; wait {wait:.0f} s.", retry_after_s=wait
        )
