"""The contract between the doors (CLI, web, MCP) and the flows: Protocols, records in, records out.

Each Protocol has two implementations: the flow's own `service.py` in this process, and `vedette.remote` over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from vedette.records import (
    AnswerEvent,
    CollectionInfo,
    DocumentInfo,
    Failure,
    IngestProgress,
    IngestReport,
    IngestRequest,
    Original,
    PartHealth,
    Preprocessed,
    Query,
    Question,
    Retrieval,
    ScopeDecision,
    StoredDocument,
    Upload,
    VerifyReport,
)


class Knowledge(Protocol):
    """Documents in, passages and answers out."""

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        """Read the targets; progress records as it goes, the report last. What was reported is stored."""
        ...

    def upload(self, upload: Upload) -> IngestReport:
        """Store and index one file; a file that cannot be read stands in `failed`, with the reason."""
        ...

    def preprocess(self, text: str) -> Preprocessed:
        """What would be indexed of a text: language, identifiers, chunks. Stores nothing."""
        ...

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        """Every document of a collection (of all, for None), by source."""
        ...

    def failures(self, collection: str | None = None) -> tuple[Failure, ...]:
        """The quarantine: files that could not be read, with page and reason."""
        ...

    def document(self, document: str) -> StoredDocument:
        """A document by id. Raises NotFound."""
        ...

    def original(self, document: str) -> Original:
        """The bytes that a document was read from. Raises NotFound."""
        ...

    def remove(self, document: str) -> None:
        """Remove a document from catalogue, index and originals at once. Raises NotFound."""
        ...

    def verify(self, repair: bool = False) -> VerifyReport:
        """Compare catalogue and index; with `repair`, remove orphans and re-index what is missing."""
        ...

    def collections(self) -> tuple[CollectionInfo, ...]:
        """All collections, by name."""
        ...

    def retrieve(self, query: Query) -> Retrieval:
        """The `query.k` best passages. Raises NotFound for an unknown collection, BadInput for an empty text."""
        ...

    def scope(self, question: Question) -> ScopeDecision:
        """Whether the collection holds enough to answer, without answering. Raises as `retrieve`."""
        ...

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        """Stages and tokens as they come, the checked answer last. Raises as `retrieve`."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Every part: store, index, embedder, providers, disk."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the doors are handed."""

    knowledge: Knowledge
