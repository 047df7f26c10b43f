"""How often somebody may try: counted for an account and for an address, in memory or in Redis.

Attempts wait, accounts are never locked: whoever guesses at an account from afar does not keep its owner out, who is
counted apart at every address where he is signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError as LimitsError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from vedette.counters import opening_counters
from vedette.errors import StorageError, TooMany

WINDOW_MIN = 15
PER_ACCOUNT = RateLimitItemPerMinute(10, WINDOW_MIN, "account")
PER_ADDRESS = RateLimitItemPerMinute(100, WINDOW_MIN, "address")
MAILS = RateLimitItemPerMinute(5, WINDOW_MIN, "mails")
REGISTERED = RateLimitItemPerMinute(20, WINDOW_MIN, "registered")


class Throttle:
    """Counts attempts. Raises StorageError where Redis does not answer: nobody gets in uncounted."""

    def __init__(self, url: str = "", clock: Callable[[], float] = time) -> None:
        self._clock = clock
        with opening_counters():
            self._limits = MovingWindowRateLimiter(storage_from_string(url or "memory://", wrap_exceptions=True))

    def password(self, account: str, address: str, known: bool) -> None:
        """Count a password tried at an account. `known` addresses, where its owner is signed in, count by themselves.

        Raises TooMany before the password may be looked at."""
        self._require(PER_ADDRESS, address)
        self._count(PER_ACCOUNT, *_bucket(account, address, known))

    def wrong(self, address: str) -> None:
        """The password was wrong: this address has one attempt less, at whatever account."""
        with _answering():
            self._limits.hit(PER_ADDRESS, _key(address))

    def right(self, account: str, address: str, known: bool) -> None:
        """The password was right: begin to count anew."""
        with _answering():
            self._limits.clear(PER_ACCOUNT, *map(_key, _bucket(account, address, known)))

    def mail(self, account: str, address: str) -> None:
        """Count a link that somebody asks for. Raises TooMany."""
        self._count(PER_ADDRESS, "mail", address)
        self._count(MAILS, account)

    def registration(self, address: str) -> None:
        """Count an account that somebody makes. Raises TooMany."""
        self._count(REGISTERED, address)

    def _count(self, limit: RateLimitItem, *names: str) -> None:
        with _answering():
            passed = self._limits.hit(limit, *map(_key, names))
        if not passed:
            raise self._too_many(limit, *names)

    def _require(self, limit: RateLimitItem, *names: str) -> None:
        with _answering():
            passed = self._limits.test(limit, *map(_key, names))
        if not passed:
            raise self._too_many(limit, *names)

    def _too_many(self, limit: RateLimitItem, *names: str) -> TooMany:
        with _answering():
            wait = self._limits.get_window_stats(limit, *map(_key, names)).reset_time - self._clock()
        return TooMany("Too many attempts; wait a few minutes and try again.", retry_after_s=max(1.0, round(wait)))


def _bucket(account: str, address: str, known: bool) -> tuple[str, ...]:
    return (account, address) if known else (account,)


def _key(name: str) -> str:
    # No address and no account stands in Redis, and no name is longer than another.
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except LimitsError as error:
        raise StorageError(f"Attempts cannot be counted: Redis fails ({error.__cause__ or error}).") from error
