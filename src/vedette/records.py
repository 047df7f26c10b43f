"""The nouns of Vedette: frozen records that every flow hands to the next.

All offsets are character offsets into `Document.text` (the stored text), half-open `[start, end)`.
All scores are higher-is-better. All times are in the unit that the name ends with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BlockKind = Literal["heading", "paragraph", "list_item", "table_row", "code"]
Intent = Literal["question", "incident", "forecast", "telemetry", "small_talk"]
Support = Literal["supported", "weak", "unsupported"]
MetadataValue = str | int | float | bool | tuple[str, ...]

# ── documents ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged document: `number` counts from 1 as a reader would."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One structural unit. `level` is the depth of a heading (1 = title) or of a list item (1 = outermost)."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class LineBox:
    """Where a line of text stands on a PDF page: `(left, bottom, right, top)` in points from the lower left."""

    page: int
    start: int
    end: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Document:
    """One loaded document: its readable text and everything known of its structure.

    `source` is its stable name inside a collection: a path relative to the ingested folder, a URL, or, for a record
    in a file of many, `path#RECORD-ID`. `kind` is `prose` or the type of a security record (`attack-technique`,
    `attack-group`, `attack-software`, `attack-mitigation`, `attack-tactic`, `attack-campaign`, `kev`, `cve`, `csaf`,
    `sigma`, `oscal-control`). `identifiers` are the ids the document *is about*, normalised and upper case where the
    scheme is (`CVE-2021-44228`, `T1110.003`), old ids that lead here included; `names` its name and aliases.
    Readable text of records uses headings (`Mitigations`) and labelled lines (`Due date: 2021-12-24`).
    """

    source: str
    title: str
    text: str
    media_type: str
    kind: str = "prose"
    language: str = ""
    pages: tuple[Page, ...] = ()
    blocks: tuple[Block, ...] = ()
    boxes: tuple[LineBox, ...] = ()
    identifiers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or one page or record of it, that could not be read, and why, in one sentence with what to do."""

    path: str
    reason: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of one document that is indexed as a unit: `text == document.text[start:end]`.

    `id` is `source:page:chunk` (page 0 where the document has no pages; chunk counts from 0 through the document).
    `headings` is the path of headings over it, outermost first, for embedding and display.
    """

    id: str
    source: str
    page: int
    ordinal: int
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A line of `vedette documents list`."""

    id: str
    collection: str
    source: str
    title: str
    kind: str
    language: str
    media_type: str
    pages: int
    chunks: int
    characters: int
    content_hash: str
    ingested_at: str


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as stored: what `GET /v1/documents/{id}` gives."""

    info: DocumentInfo
    document: Document


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes a document was read from, as its owner gave them."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent over the API. `name` is a bare file name, already checked for separators."""

    name: str
    data: bytes
    collection: str = "default"


def document_id(collection: str, source: str) -> str:
    """The opaque, stable id of a document: 16 hex digits.

    >>> document_id("default", "kev.json#CVE-2021-44228") == document_id("default", "kev.json#CVE-2021-44228")
    True
    """
    return hashlib.sha256(f"{collection}\0{source}".encode()).hexdigest()[:16]


# ── ingestion ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """Paths, `http(s)` URLs or `s3://` prefixes to read into a collection.

    With `prune`, documents of a folder that are no longer there are removed from the collection.
    """

    targets: tuple[str, ...]
    collection: str = "default"
    prune: bool = True


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Told after every file: enough for a bar with rate and time left."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    documents: int
    chunks: int
    current: str
    seconds: float


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `documents` and `chunks` count what was written; `skipped` what was unchanged."""

    collection: str
    documents: int
    chunks: int
    skipped: int
    removed: int
    failed: tuple[Failure, ...]
    seconds: float
    corpus_version: int


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A line of `vedette collections`."""

    name: str
    documents: int
    chunks: int
    languages: tuple[str, ...]
    calibrated: bool


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Whether catalogue and index agree: documents checked, and what does not fit."""

    documents: int
    chunks: int
    orphan_chunks: int
    missing_chunks: tuple[str, ...]
    repaired: int

    @property
    def sound(self) -> bool:
        return self.orphan_chunks == 0 and not self.missing_chunks


# ── questions and retrieval ──────────────────────────────────────────────────────────────────────


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
    """What a question asks for: its identifiers, ISO 639-1 language and intent (confidence 0..1)."""

    identifiers: tuple[Identifier, ...]
    language: str
    intent: Intent
    confidence: float = 1.0


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
    """A question to answer. `language` of the answer: that of the question when empty."""

    text: str
    collection: str = "default"
    language: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the prompt for a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim stands. `quote == text[start:end]` of the stored document `document`. `id` is opaque ("s1")."""

    id: str
    document: str
    title: str
    source: str
    page: int
    start: int
    end: int
    quote: str
    score: float


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

    An extractive draft also carries `spans`: for each sentence, in order, the source it was cut from, so that nothing
    has to be guessed. Sentences are separated by newlines in `text` where `spans` is given.
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
    `confidence` is the probability of the scope decision, 0..1.
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
