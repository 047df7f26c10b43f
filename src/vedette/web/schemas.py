"""Bodies of requests and responses, for validation and for the OpenAPI page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from vedette.records import (
    CollectionInfo,
    DocumentInfo,
    Forecast,
    LaneScores,
    PartHealth,
    Quarantined,
    Question,
    Sharing,
    Turn,
    Understanding,
)

COLLECTION: str = Field("default", min_length=1, max_length=100, description="The collection to look in.")
FILTERS: dict[str, str] = Field({}, max_length=20, description="Exact matches on metadata, all of which must hold.")
MOST_READERS = 100


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TurnBody(Body):
    question: str = Field(max_length=4000)
    answer: str = Field(max_length=50_000)


class AskBody(Body):
    """A question. `evidence` adds passages, checks and understanding to the answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"question": "Which controls mitigate T1110 brute force?"}},
    )
    question: str = Field(description="What you want to know; at most 4,000 characters.")
    collection: str = COLLECTION
    language: str = Field("", pattern="^([a-z]{2})?$", description="Language of the answer, ISO 639-1.")
    filters: dict[str, str] = FILTERS
    history: list[TurnBody] = Field([], max_length=50, description="Earlier exchanges, oldest first.")
    evidence: bool = False
    patience_s: float = Field(0.0, ge=0, le=86_400, description="Longest time of the language models; admins alone.")
    insist: bool = Field(False, description="A language model's answer or none, where any is set.")

    def record(self) -> Question:
        turns = tuple(Turn(turn.question, turn.answer) for turn in self.history)
        asked = Question(self.question, self.collection, self.language, self.filters, turns)
        return replace(asked, patience_s=self.patience_s, insist=self.insist)


class StandaloneBody(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"text": "And for Linux?", "history": [{"question": "What is T1110?", "answer": "…"}]}
        },
    )
    text: str = Field(description="The follow-up; at most 4,000 characters.")
    history: list[TurnBody] = Field([], max_length=50, description="Earlier exchanges, oldest first.")


class RetrieveBody(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"query": "log4j remote code", "k": 5}})
    query: str = Field(validation_alias=AliasChoices("query", "question"), description="At most 4,000 characters.")
    collection: str = COLLECTION
    k: int = Field(10, ge=1, le=1000, description="How many passages.")
    filters: dict[str, str] = FILTERS


class ReadersBody(Body):
    readers: list[str] = Field(
        max_length=MOST_READERS, description="Tags: `everyone`, `user:ID`, `group:NAME`; none: as the collection."
    )


class SharingBody(ReadersBody):
    tlp: str = Field("", max_length=20, description="Label of the Traffic Light Protocol 2.0; empty for none.")

    def record(self) -> Sharing:
        return Sharing(tuple(self.readers), self.tlp)


class RemovedBody(BaseModel):
    removed: int = Field(description="How many documents there were.")


class IngestBody(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"targets": ["https://example.org/policy.html"]}}
    )
    targets: list[str] = Field(min_length=1, max_length=1000, description="http(s) URLs; paths for the owner only.")
    collection: str = COLLECTION
    prune: bool = Field(True, description="Remove documents of a folder that are no longer there.")
    sharing: SharingBody | None = Field(None, description="Who may read them; as it was, or as the collection.")


class PreprocessBody(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "hxxp://evil[.]com uses T1110"}})
    text: str = Field(min_length=1)


class VerifyBody(Body):
    repair: bool = Field(False, description="Remove orphans and index again what is missing.")


class ErrorDetail(BaseModel):
    class_: str = Field(alias="class", description="The class of vedette.errors.")
    message: str = Field(description="What went wrong and what to do, in one sentence.")
    retry: bool = Field(description="Whether the same request may work later.")


class ErrorBody(BaseModel):
    error: ErrorDetail


class ClaimBody(BaseModel):
    text: str
    support: str = Field(description="supported, weak or unsupported")
    sources: list[str] = Field(description="Ids of `sources`.")


class SourceBody(BaseModel):
    id: str
    document: str = Field(description="Id for /v1/documents/{id}.")
    title: str
    source: str
    page: int = Field(description="Counts from 1; 0 where there are no pages.")
    start: int = Field(description="Character offset into the document's stored text.")
    end: int
    quote: str = Field(description="The stored text at start:end, character for character.")
    score: float


class AnswerBody(BaseModel):
    answer: str = Field(description="Markdown with markers such as [s1] that resolve in `sources`.")
    refused: bool
    reason: str
    claims: list[ClaimBody]
    sources: list[SourceBody]
    provider: str
    corpus_version: int
    timings_ms: dict[str, float]
    topics: list[str] = Field(description="Nearest topics, when refused.")
    notices: list[str]
    confidence: float = Field(description="0..1, higher: rather in scope.")
    forecast: Forecast | None = Field(description="What an answer on spread was told from.")


class PassageBody(BaseModel):
    id: str = Field(description="source:page:chunk")
    document: str
    title: str
    source: str
    kind: str
    language: str
    page: int
    ordinal: int
    start: int
    end: int
    headings: list[str]
    text: str
    score: float
    scores: LaneScores
    metadata: dict[str, Any]


class RetrievalBody(BaseModel):
    query: str
    collection: str
    k: int
    filters: Mapping[str, str]
    passages: list[PassageBody]
    understanding: Understanding
    corpus_version: int
    timings_ms: dict[str, float]


class DocumentsBody(BaseModel):
    documents: list[DocumentInfo]


class FailuresBody(BaseModel):
    failed: list[Quarantined]


class CollectionsBody(BaseModel):
    collections: list[CollectionInfo]


class ReadyBody(BaseModel):
    ready: bool
    parts: list[PartHealth]


class StatusBody(BaseModel):
    status: str
    version: str


class DocumentBody(BaseModel):
    id: str
    collection: str
    source: str
    title: str
    kind: str
    language: str
    media_type: str
    chunks: int
    characters: int
    content_hash: str
    ingested_at: str
    sharing: Sharing
    text: str = Field(description="The stored text that all offsets count in.")
    pages: list[dict[str, int]]
    blocks: list[dict[str, Any]]
    boxes: list[dict[str, Any]]
    identifiers: list[str]
    names: list[str]
    metadata: dict[str, Any]
    original: str = Field(description="Path of the original.")
