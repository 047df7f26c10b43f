"""Answers: drafts, claims, sources, checks, and what the doors tell of the parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vedette.records.document import Chunk, Source
from vedette.records.forecast import Forecast
from vedette.records.question import Identifier, Passage, Understanding

Support = Literal["supported", "weak", "unsupported"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and the sources it was checked against. `sources` are ids of `Answer.sources`."""

    text: str
    support: Support
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One check made on an answer, for the evidence file."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a generator hands to `verify`: text with markers `[1]`, `[2]` that number the passages it was given.

    An extractive draft also carries `spans`, the sources that its lines were cut from, so that nothing has to be
    guessed: a line that ends with the marker `[n]` is `spans[n - 1]`; a line without a marker heads what follows.
    """

    text: str
    provider: str
    spans: tuple[Source, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The same record on every rung of the provider chain and at every door.

    `refused` with a `reason` (one sentence) and `topics` (nearest topics) when the evidence is not enough.
    `text` is Markdown; it carries markers `[s1]` that resolve in `sources`, and nothing else of the web.
    `confidence` is the probability of the scope decision, 0..1. `forecast` is what an answer on spread was told from.
    """

    text: str
    refused: bool
    reason: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    provider: str
    corpus_version: int
    timings_ms: Mapping[str, float]
    topics: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    passages: tuple[Passage, ...] = ()
    understanding: Understanding | None = None
    confidence: float = 0.0
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One event of a streamed answer.

    kind `stage`: `text` names the stage that begins. kind `token`: `text` is the next piece of the unchecked draft.
    kind `answer`: `answer` is the checked answer; always the last event.
    """

    kind: Literal["stage", "token", "answer"]
    text: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One line of `vedette doctor` and of `/readyz`: `advice` says what to do when it is not `ok`."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """What Vedette makes of a text before it is indexed: the answer of `/v1/preprocess`."""

    text: str
    language: str
    identifiers: tuple[Identifier, ...]
    chunks: tuple[Chunk, ...]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of a card: "Due date" and its value. `document` is where it stands."""

    label: str
    text: str
    document: str


@dataclass(frozen=True, slots=True)
class IdentifierCard:
    """What the library's records say of an identifier (CVE, CWE, ATT&CK id, control): each line from its record.

    `related`: (relation, identifier or document id, title) of what its records name, such as
    `("mitigation", "M1036", "Account Use Policies")`.
    """

    value: str
    kind: str
    title: str
    lines: tuple[CardLine, ...]
    related: tuple[tuple[str, str, str], ...] = ()
