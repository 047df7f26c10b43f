"""A Redis server that several servers keep their answers in: the same `Store` as in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vedette.errors import BadInput, MissingExtra, StorageError

if TYPE_CHECKING:
    from redis import Redis

TIMEOUT_S = 0.5  # an answer from the library takes less than waiting longer for one that may not be there
PAUSE_S = 10.0
PREFIX = "vedette:answer:"


class RedisStore:
    """A `Store` behind a URL; each entry is kept for `seconds`, and how many, is the server's business (`maxmemory`).

    A server that does not answer is left alone for a while. Raises MissingExtra, BadInput for a URL that is none.
    """

    def __init__(self, url: str, seconds: float, clock: Callable[[], float]) -> None:
        try:
            from redis import Redis, RedisError
        except ImportError as error:
            raise MissingExtra.of("redis", "redis") from error
        try:
            self._redis: Redis = Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
        except ValueError as error:
            raise BadInput(f"The address of the Redis server is none ({error}); give redis://host:6379/0.") from error
        self._errors = RedisError
        self._milliseconds = max(1, round(seconds * 1000))
        self._clock = clock
        self._until = 0.0

    def get(self, key: str) -> bytes | None:
        found = self._call(lambda: self._redis.get(PREFIX + key))
        return found if isinstance(found, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        self._call(lambda: self._redis.set(PREFIX + key, value, px=self._milliseconds))

    def check(self) -> str:
        self._call(self._redis.ping)
        return "Redis answers"

    def close(self) -> None:
        self._redis.close()

    def _call(self, command: Callable[[], object]) -> object:
        if self._clock() < self._until:
            raise StorageError("The Redis server of the cache did not answer a moment ago; it is asked again soon.")
        try:
            return command()
        except self._errors as error:
            self._until = self._clock() + PAUSE_S
            raise StorageError(
                f"The Redis server of the cache does not answer ({error}); check VEDETTE_CACHE_URL and its log."
            ) from error
