"""The library: catalogue, index, embedder and originals of one data folder, and the writing of documents into them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vedette.rag.embed import Embedder
from vedette.rag.index.contract import Entry, Index, Scope, Vectors
from vedette.rag.library import originals
from vedette.rag.library.catalog import Catalog
from vedette.rag.library.documents import Staged
from vedette.rag.library.room import require_room_to_write
from vedette.rag.load import wire
from vedette.rag.split import split
from vedette.rag.text import analyse
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import OWNER, Access, Chunk, Document, DocumentInfo, Sharing, VerifyReport, document_id

# Raised when reading, splitting or analysing changes, so that every document is read again at the next ingest.
READING = "3"
FLAT_UP_TO = 20_000  # chunks outside the graph: an exhaustive search of so many takes about 2 ms


@dataclass(frozen=True, slots=True)
class ChunkOptions:
    """Budget and overlap of a chunk, in tokens of the embedder, title included."""

    tokens: int = 254
    overlap: int = 50


@dataclass(frozen=True, slots=True)
class Library:
    """What every flow of `rag` works on. `spoken`: the languages the embedder was trained on, empty when it is many.

    `writing` is held while index and catalogue are changed together, so that one thread does not clear away what
    another is putting in place.
    """

    catalog: Catalog
    index: Index
    embedder: Embedder
    originals: Path
    options: ChunkOptions
    now: Callable[[], datetime]
    spoken: tuple[str, ...] = ()
    writing: AbstractContextManager[bool] = field(default_factory=threading.RLock)
    access: Access = OWNER

    def seen_by(self, access: Access) -> Library:
        """The same library, with nothing in what is read that `access` does not allow."""
        return replace(self, catalog=self.catalog.seen_by(access), access=access)

    @property
    def whole(self) -> Library:
        """The library as its owner sees it, for what is written and counted of all of it."""
        return self if self.access.everything else self.seen_by(OWNER)

    def scope(self, collection: str, filters: Mapping[str, str] | None = None) -> Scope:
        """Where the index is to look: the only way to a `Scope`, so that nobody forgets who asks. Raises NotFound.

        Where there is nothing to leave out, the index is spared the conditions: at 100,000 chunks they take a quarter
        of the time of a search.
        """
        name = self.catalog.collections.named(collection).name
        open_ = self.catalog.audiences.all_open(name, self.access)
        return Scope(name, filters or {}, OWNER if open_ else self.access)

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.originals.parent

    @property
    def reading(self) -> str:
        """Names how documents are read: part of every fingerprint and version."""
        return f"{READING}/{self.embedder.name}/{self.options.tokens}/{self.options.overlap}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document split and analysed, its chunks waiting for their dense vectors."""

    staged: Staged
    entries: tuple[Entry, ...]
    texts: tuple[str, ...]
    lexical: tuple[analyse.SparseVector, ...]


def prepare(document: Document, collection: str, file: str, library: Library) -> Prepared:
    """Split a document and analyse its chunks. Pure but for the clock."""
    language = document.language or analyse.detect_language(document.text[:20_000])
    version = version_of(document, library)
    name = identity(document, collection)
    title = analyse.embedded_title(document.title)
    reserved = min(library.embedder.count_tokens(title), analyse.TITLE_TOKENS)
    chunks = split(document, library.embedder.token_offsets, library.options.tokens - reserved, library.options.overlap)
    entries = tuple(_entry(chunk, document, collection, name, version, language) for chunk in chunks)
    title_terms = analyse.terms(document.title, language)
    lexical = tuple(analyse.sparse_document([*title_terms, *analyse.terms(c.text, language)]) for c in chunks)
    counts = Counter(int(term) for vector in lexical for term in vector.indices)
    info = DocumentInfo(
        id=name,
        collection=collection,
        source=document.source,
        title=document.title,
        kind=document.kind,
        language=language,
        media_type=document.media_type,
        pages=len(document.pages),
        chunks=len(chunks),
        characters=len(document.text),
        content_hash=version,
        ingested_at=library.now().isoformat(timespec="seconds"),
    )
    keys = dict.fromkeys(analyse.subject_key(name) for name in _subjects(document))
    staged = Staged(info, file, document, counts, tuple(key for key in keys if key))
    texts = tuple(analyse.embedded_text(document.title, chunk) for chunk in chunks)
    return Prepared(staged, entries, texts, lexical)


def write(
    prepared: Sequence[Prepared], dense: NDArray[np.float32], library: Library, sharing: Sharing | None = None
) -> None:
    """Make documents answerable, each wholly or not at all. `dense`: the vectors of all their texts, (n, dimension).

    They are shared as `sharing` says; without it, as the version before them was. Raises StorageError where there is
    no room for them.
    """
    require_room_to_write(len(dense), library.folder)
    lexical = [vector for item in prepared for vector in item.lexical]
    ends = np.cumsum([len(item.entries) for item in prepared])[:-1]
    placed = np.concatenate([analyse.in_context(vectors) for vectors in np.split(dense, ends)])
    with library.writing:
        shared = [_shared(item, sharing, library) for item in prepared]
        staged = [item.staged for item in shared]
        entries = [entry for item in shared for entry in item.entries]
        library.catalog.documents.stage(staged)
        library.index.upsert([(e, Vectors(d, s)) for e, d, s in zip(entries, placed, lexical, strict=True)])
        forget(library.catalog.documents.publish(staged), library)


def share(document: str, sharing: Sharing, library: Library) -> None:
    """Say who may read a document: the catalogue, which every hit is held against, at once, then the index. Raises
    NotFound."""
    with library.writing:
        library.catalog.documents.share(document, sharing)
        label(library)


def label(library: Library) -> None:
    """Have the index say of every document that was shared anew who may read it."""
    for document, sharing in library.catalog.documents.unlabelled():
        library.index.label(document, sharing.readers, sharing.tlp)
        library.catalog.documents.labelled(document)


def remove_collection(collection: str, library: Library) -> int:
    """Take a collection out with all its documents; returns how many there were. Raises NotFound."""
    with library.writing:
        documents = library.catalog.collections.named(collection).documents
        for source in library.catalog.files.roots(collection):
            remove_file(collection, source, library)
        library.catalog.collections.remove(collection)
    return documents


def remove_document(document: str, library: Library) -> None:
    """Take one document out of answers, index and catalogue; with the last one of a file, the file. Raises NotFound."""
    with library.writing:
        collection, file = library.catalog.documents.file_of(document)
        if library.catalog.documents.of_file(collection, file) == {document}:
            remove_file(collection, file, library)
        else:
            forget(library.catalog.documents.retire([document]), library)


def remove_file(collection: str, source: str, library: Library) -> int:
    """Take a file and all its documents out; returns how many documents it had."""
    with library.writing:
        file = library.catalog.files.find(collection, source)
        removed = library.catalog.remove_file(collection, source)
        forget(removed, library)
    if file is not None:
        drop_original(file.sha256, library)
    return len(removed)


def forget(pairs: Sequence[tuple[str, str]], library: Library) -> None:
    """Remove versions that no longer answer from the index, then from the catalogue."""
    for document, version in pairs:
        library.index.delete(document, version)
    library.catalog.documents.forget(pairs)


def optimize(library: Library) -> None:
    """Have the index build what makes searches in a large library fast. Raises StorageError where there is no room."""
    if library.index.unindexed() > FLAT_UP_TO:
        require_room_to_write(library.index.count(), library.folder)
        library.index.optimize()


def recover(library: Library) -> int:
    """Clear what a killed process left behind; returns how many half-written versions there were."""
    leftovers = library.catalog.documents.leftovers()
    forget(leftovers, library)
    label(library)
    originals.drop_half_written(library.originals)
    return len(leftovers)


def unchanged(document: Document, collection: str, library: Library) -> bool:
    """Whether the document stands in the library exactly so."""
    return library.catalog.documents.has(identity(document, collection), version_of(document, library))


def identity(document: Document, collection: str) -> str:
    """The id of a document in a collection."""
    return document_id(collection, document.source)


def version_of(document: Document, library: Library) -> str:
    """Names everything that was read of a document, and how it was read."""
    content = json.dumps(wire.to_json(document), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{library.reading}\0{content}".encode()).hexdigest()[:32]


def verify(library: Library, repair: bool) -> VerifyReport:
    """Hold the catalogue against index and originals; with `repair`, drop from the index what the catalogue does not
    have, and index anew, from the stored text, what is missing there."""
    with library.writing:
        expected = {(info.id, info.content_hash): info for info in library.catalog.documents.infos(None)}
        counted: Counter[tuple[str, str]] = Counter()
        astray: set[str] = set()  # documents whose entries say something else of who may read them
        for batch in library.index.scan():
            for entry, _ in batch:
                pair = (entry.document, entry.version)
                counted[pair] += 1
                if pair in expected and expected[pair].sharing != Sharing(tuple(sorted(entry.readers)), entry.tlp):
                    astray.add(entry.document)
        orphans = {pair: count for pair, count in counted.items() if pair not in expected}
        missing = [info for pair, info in expected.items() if counted[pair] != info.chunks or info.id in astray]
        if repair:
            for document, version in orphans:
                library.index.delete(document, version)
            for info in missing:
                _index_anew(info, library)
        files = library.catalog.files.originals()
    return VerifyReport(
        documents=len(expected),
        chunks=sum(counted.values()),
        orphan_chunks=sum(orphans.values()),
        missing_chunks=tuple(info.source for info in missing),
        repaired=len(orphans) + len(missing) if repair else 0,
        missing_originals=tuple(source for source, sha256 in files if not originals.kept(sha256, library.originals)),
    )


def _index_anew(info: DocumentInfo, library: Library) -> None:
    collection, file = library.catalog.documents.file_of(info.id)
    library.index.delete(info.id, info.content_hash)
    prepared = prepare(library.catalog.documents.read(info.id).document, collection, file, library)
    write([prepared], library.embedder.embed(prepared.texts), library)


def drop_original(sha256: str, library: Library) -> None:
    """Delete an original that no file of any collection refers to any more."""
    if sha256 and not library.catalog.files.refers(sha256):
        originals.drop(sha256, library.originals)


def _shared(item: Prepared, sharing: Sharing | None, library: Library) -> Prepared:
    """The document as it is to be shared, and its entries."""
    info = item.staged.info
    chosen = library.catalog.documents.sharing(info.id) if sharing is None else sharing
    if chosen is None or chosen == info.sharing:
        return item
    staged = replace(item.staged, info=replace(info, sharing=chosen))
    entries = tuple(replace(entry, readers=chosen.readers, tlp=chosen.tlp) for entry in item.entries)
    return replace(item, staged=staged, entries=entries)


def _subjects(document: Document) -> Iterator[str]:
    """Everything the document is about: its identifiers and names, and what its title says."""
    yield from document.identifiers
    yield from document.names
    yield from (found.value for found in find_identifiers(document.title))
    yield document.title
    yield document.title.split(" (")[0]
    yield document.title.rsplit(": ", 1)[-1]
    yield document.title.split(" (")[0].rsplit(": ", 1)[-1]


def _entry(chunk: Chunk, document: Document, collection: str, name: str, version: str, language: str) -> Entry:
    mentioned = {found.value for found in find_identifiers(chunk.text) if found.kind not in ("url", "email")}
    return Entry(
        chunk=chunk,
        collection=collection,
        document=name,
        version=version,
        kind=document.kind,
        language=language,
        identifiers=tuple(sorted(mentioned | set(document.identifiers))),
        metadata=document.metadata,
    )
