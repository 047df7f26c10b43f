"""Questions, what they ask for, and the passages found for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vedette.records.document import Chunk, MetadataValue

LONGEST_QUESTION = 4000
"""Characters; a longer one is refused."""
Intent = Literal["question", "incident", "forecast", "telemetry", "small_talk"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier found in a text. `value` is normalised (refanged, canonical case); offsets are into that text.

    Kinds: `cve cwe capec attack ghsa icsa control ipv4 ipv6 domain url email md5 sha1 sha256`.
    """

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a question asks for: its identifiers, ISO 639-1 language and intent (confidence 0..1). `wording`: the
    question in the language of the documents, where it was asked in another one and could be read; else ""."""

    identifiers: tuple[Identifier, ...]
    language: str
    intent: Intent
    confidence: float = 1.0
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A request to `/v1/retrieve`. `filters` are exact matches on metadata, all of which must hold."""

    text: str
    collection: str = "default"
    k: int = 10
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LaneScores:
    """Scores of one passage. `dense` is a cosine, `lexical` a BM25 sum, `exact` 1.0 where the document is about an
    identifier or name of the question, `final` the fused score in about 0..1."""

    dense: float
    lexical: float
    exact: float
    final: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk with its document's name and its scores, best first in a `Retrieval`."""

    document: str
    title: str
    kind: str
    language: str
    chunk: Chunk
    scores: LaneScores
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The passages for a query, best first."""

    query: Query
    understanding: Understanding
    passages: tuple[Passage, ...]
    corpus_version: int
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ScopeDecision:
    """Whether a collection holds enough to answer a question.

    `probability` (0..1, higher: rather in scope) is comparable within a collection; the threshold is 0.5 everywhere.
    `reason` is one sentence in the question's language when the question is refused, or when something that it names
    is not in the library; `topics` are titles of the documents that are nearest.
    """

    in_scope: bool
    probability: float
    reason: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question to answer. `language` of the answer: that of the question when empty.

    Where nobody waits at a screen, `patience_s` gives a language model more time than the settings do, and `insist`
    wants its answer or none: where models are set and none of them answers, that is an error."""

    text: str
    collection: str = "default"
    language: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Turn, ...] = ()
    patience_s: float = 0.0
    insist: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the prompt for a language model."""

    role: Literal["system", "user", "assistant"]
    content: str
