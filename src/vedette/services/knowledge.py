"""The contract of knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vedette.records import (
    Access,
    AnswerEvent,
    CollectionInfo,
    DocumentInfo,
    IdentifierCard,
    IngestProgress,
    IngestReport,
    IngestRequest,
    Original,
    PartHealth,
    Preprocessed,
    Quarantined,
    Query,
    Question,
    Retrieval,
    ScopeDecision,
    Sharing,
    StoredDocument,
    Upload,
    VerifyReport,
)


class Knowledge(Protocol):
    """Documents in, passages and answers out."""

    def seen_by(self, access: Access) -> Knowledge:
        """The same, with nothing in it that `access` does not allow: for whoever asks, the rest does not exist."""
        ...

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

    def failures(self, collection: str | None = None) -> tuple[Quarantined, ...]:
        """The quarantine: files that could not be read, with page and reason."""
        ...

    def dismiss(self, collection: str, source: str) -> None:
        """Take a file out of the quarantine; it comes back if it is read again in vain. Raises NotFound."""
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

    def share(self, document: str, sharing: Sharing) -> DocumentInfo:
        """Say who may read a document; answers follow at once. Raises NotFound, BadInput for an unknown label."""
        ...

    def share_collection(self, collection: str, readers: tuple[str, ...]) -> CollectionInfo:
        """Say who may read a collection. Raises NotFound."""
        ...

    def remove_collection(self, collection: str) -> int:
        """Remove a collection with all its documents; returns how many there were. Raises NotFound."""
        ...

    def identifier(self, value: str, collection: str) -> IdentifierCard:
        """What the collection's records say of an identifier. Raises NotFound."""
        ...

    def verify(self, repair: bool = False) -> VerifyReport:
        """Compare catalogue, index and originals; with `repair`, remove orphans and re-index what is missing."""
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
