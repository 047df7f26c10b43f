"""Reading documents in: requests, progress, reports, collections."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.records.document import Failure, Sharing


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """Paths, `http(s)` URLs or `s3://` prefixes to read into a collection.

    With `prune`, documents of a folder that are no longer there are removed from the collection. `sharing` is what the
    documents get; without it, new ones are open to all readers of the collection and known ones keep what they have.
    """

    targets: tuple[str, ...]
    collection: str = "default"
    prune: bool = True
    sharing: Sharing | None = None


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Told after every file, and again and again within a long one: enough for a bar with rate and time left.

    `current` is the last file that was read to its end and is safe, empty before the first.
    """

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
    """A line of `vedette collections`.

    `languages`: the most frequent first; `main_languages`: those of at least 5 % of the documents, so that a document
    or two of another language, or taken for one, do not decide how all are searched. `readers`: the tags of who may
    read it. `suggestions`: questions to begin with.
    """

    name: str
    documents: int
    chunks: int
    languages: tuple[str, ...]
    calibrated: bool
    main_languages: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Whether catalogue, index and originals agree: documents checked, and what does not fit.

    `missing_chunks` names documents, `missing_originals` files, which nothing but reading them again brings back.
    """

    documents: int
    chunks: int
    orphan_chunks: int
    missing_chunks: tuple[str, ...]
    repaired: int
    missing_originals: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return self.orphan_chunks == 0 and not self.missing_chunks and not self.missing_originals
