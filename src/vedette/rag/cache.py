"""Answers that were given before, for as long as nothing changed that they could depend on.

An answer is kept under everything that made it: the question as it was put, who asked (`Access.key`), the corpus
version, which rises with every document that comes, changes, is shared anew or goes, and how answers are made. So there
is nothing to invalidate, and nothing to leak: what a caller may not read, or nobody may any more, has another key.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from vedette import __version__
from vedette.errors import StorageError
from vedette.rag.ask import Desk, ask
from vedette.rag.load.limits import MB
from vedette.rag.retrieve.search import Stopwatch
from vedette.records import Answer, AnswerEvent, PartHealth, Question
from vedette.records_json import answer_from_json, answer_json, encode

OVERHEAD = 200  # bytes that an entry takes beside its key and value, about


class Store(Protocol):
    """Keeps bytes under names for some time, or less: it may forget anything at any moment."""

    def get(self, key: str) -> bytes | None:
        """What was put under the key; None when it is not there, or not any more. Raises StorageError."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep bytes, in the place of those that are there. Raises StorageError."""
        ...

    def check(self) -> str:
        """What it keeps, or that it works, in a few words. Raises StorageError where it does not."""
        ...

    def close(self) -> None:
        """Release what the store holds."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Where answers are kept, and the name of how they are made: models and settings."""

    store: Store
    making: str = ""


class MemoryStore:
    """A `Store` in this process: the last used that fit into `most` bytes, each for `seconds`."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key not in self._held:
                return None
            until, value = self._held[key]
            if until <= self._clock():
                self._drop(key)
                return None
            self._held.move_to_end(key)
            return value

    def put(self, key: str, value: bytes) -> None:
        with self._lock:
            if key in self._held:
                self._drop(key)
            self._held[key] = (self._clock() + self._seconds, value)
            self._bytes += _size(key, value)
            while self._bytes > self._most:
                self._drop(next(iter(self._held)))

    def check(self) -> str:
        with self._lock:
            return f"{len(self._held)} answers in memory, {self._bytes / MB:.1f} of {self._most / MB:.1f} MB"

    def close(self) -> None:
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def _drop(self, key: str) -> None:
        _, value = self._held.pop(key)
        self._bytes -= _size(key, value)


def cache_health(cache: AnswerCache | None) -> PartHealth:
    """How the cache is; without one, answers are made anew each time."""
    try:
        return PartHealth("answer cache", True, cache.store.check() if cache else "off")
    except StorageError as error:
        return PartHealth("answer cache", False, "does not answer; answers are made anew each time", error.message)


def cached(question: Question, desk: Desk, cache: AnswerCache | None) -> Iterator[AnswerEvent]:
    """The events of `ask`; only the answer, where it was given before. Raises as `ask`."""
    if cache is None:
        yield from ask(question, desk)
        return
    watch = Stopwatch()
    version = desk.library.catalog.corpus_version()
    key = _key(question, desk, cache.making, version)
    with watch.stage("cache"):
        known = _known(key, cache.store)
    if known is not None:
        yield AnswerEvent("answer", answer=replace(known, timings_ms=watch.timings))
        return
    generated = False
    for event in ask(question, desk):
        generated |= event.kind == "stage" and event.text == "generate"
        if event.answer is not None and _lasting(event.answer, generated, desk):
            _keep(key, event.answer, version, desk, cache.store)
        yield event


def _lasting(answer: Answer, generated: bool, desk: Desk) -> bool:
    """Whether the same question would get the same answer: not where a model failed and another rung answered."""
    return not generated or not desk.chain.configured or answer.provider == desk.chain.names[0]


def _key(question: Question, desk: Desk, making: str, version: int) -> str:
    library = desk.library
    catalog = library.catalog
    parts = [
        __version__,
        making,
        catalog.database.library,
        library.reading,
        library.access.key,
        version,
        catalog.collections.calibration(question.collection),
        encode(replace(question, filters=dict(sorted(question.filters.items())), patience_s=0.0, insist=False)),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _known(key: str, store: Store) -> Answer | None:
    try:
        found = store.get(key)
    except StorageError as error:
        _warn(error)
        return None
    return answer_from_json(json.loads(found)) if found else None


def _keep(key: str, answer: Answer, version: int, desk: Desk, store: Store) -> None:
    """Keep an answer, unless something changed while it was made."""
    if not answer.corpus_version == version == desk.library.catalog.corpus_version():
        return
    try:
        store.put(key, json.dumps(answer_json(answer, evidence=True), separators=(",", ":")).encode())
    except StorageError as error:
        _warn(error)


def _warn(error: StorageError) -> None:
    logging.getLogger(__name__).warning("the answer cache does not work", extra={"error": error.message})


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD
