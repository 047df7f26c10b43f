"""The knowledge service: everything the doors may ask of the library, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

from vedette.errors import Forbidden, NotFound
from vedette.rag.answer.lookup import identifier_card
from vedette.rag.answer.suggest import suggestions
from vedette.rag.ask import FIRST_FIT, Desk, everything, fit_due, fit_scope, fitted, look, open_case
from vedette.rag.cache import AnswerCache, cache_health, cached
from vedette.rag.ingest import Reader, ingest
from vedette.rag.library import originals, shelf
from vedette.rag.library.audiences import checked
from vedette.rag.load.discover import Found
from vedette.rag.retrieve.search import Stopwatch
from vedette.rag.split import split
from vedette.rag.text import analyse
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import (
    Access,
    AnswerEvent,
    CollectionInfo,
    Document,
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

UPLOADS = "upload:"
ENOUGH_BYTES = 200_000_000
MOST_SUGGESTED = 1000
REPAIR = "Index anew what is missing: vedette documents verify --repair."


def ignored(report: IngestReport) -> None:
    """What hears of an ingest and does nothing."""


class LocalKnowledge:
    """`services.Knowledge` over a data folder that this process owns, as far as the library's access allows.

    What is written goes to the whole library, once it was found in the part that may be read. `reported` hears of every
    ingest that came to its end.
    """

    def __init__(
        self,
        desk: Desk,
        reader: Reader,
        cache: AnswerCache | None = None,
        reported: Callable[[IngestReport], None] = ignored,
    ) -> None:
        self._desk = desk
        self._cache = cache
        self._library = desk.library
        self._reader = reader
        self._reported = reported
        self._suggestions: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}

    def seen_by(self, access: Access) -> LocalKnowledge:
        desk = replace(self._desk, library=self._library.seen_by(access))
        other = LocalKnowledge(desk, self._reader, self._cache, self._reported)
        other._suggestions = self._suggestions
        return other

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        return self._ingest(request, self._reader)

    def upload(self, upload: Upload) -> IngestReport:
        found = Found(upload.name, len(upload.data), lambda: upload.data)
        reader = Reader(lambda target: iter((found,)), self._reader.parser, self._reader.max_bytes)
        # One that says nothing of who may read it leaves that of a file that is there already as it is.
        sharing = upload.sharing if upload.sharing != Sharing() else None
        *_, report = self._ingest(IngestRequest((UPLOADS,), upload.collection, prune=False, sharing=sharing), reader)
        assert isinstance(report, IngestReport)
        return report

    def preprocess(self, text: str) -> Preprocessed:
        document = Document(source="text", title="", text=text, media_type="text/plain")
        options = self._library.options
        chunks = split(document, self._library.embedder.token_offsets, options.tokens, options.overlap)
        return Preprocessed(text, analyse.detect_language(text), find_identifiers(text), tuple(chunks))

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return self._library.catalog.documents.infos(collection)

    def failures(self, collection: str | None = None) -> tuple[Quarantined, ...]:
        return self._library.catalog.files.failures(collection)

    def dismiss(self, collection: str, source: str) -> None:
        self._library.catalog.files.dismiss(collection, source)

    def document(self, document: str) -> StoredDocument:
        return self._library.catalog.documents.read(document)

    def original(self, document: str) -> Original:
        catalog = self._library.catalog
        collection, source = catalog.documents.file_of(document)
        file = catalog.files.find(collection, source)
        # The file of a record may hold others that this caller may not read.
        whole = self._library.whole.catalog.documents.of_file(collection, source)
        if file is None or catalog.documents.of_file(collection, source) != whole:
            raise NotFound(f"The original of '{document}' is not kept any more; ingest it again.")
        data = originals.read(file.sha256, self._library.originals)
        return Original(source.rsplit("/", 1)[-1], file.media_type, data)

    def remove(self, document: str) -> None:
        self._library.catalog.documents.info(document)
        shelf.remove_document(document, self._library.whole)

    def share(self, document: str, sharing: Sharing) -> DocumentInfo:
        self._library.catalog.documents.info(document)
        shelf.share(document, checked(sharing), self._library.whole)
        return self._library.whole.catalog.documents.info(document)

    def share_collection(self, collection: str, readers: tuple[str, ...]) -> CollectionInfo:
        return self._library.catalog.collections.share(collection, checked(Sharing(readers)).readers)

    def remove_collection(self, collection: str) -> int:
        self._library.catalog.collections.named(collection)
        if not self._library.access.everything:
            raise Forbidden("A collection is removed by its owner and admins: it may hold what others put there.")
        return shelf.remove_collection(collection, self._library.whole)

    def identifier(self, value: str, collection: str) -> IdentifierCard:
        return identifier_card(value, collection, self._library)

    def verify(self, repair: bool = False) -> VerifyReport:
        if not self._library.access.everything:
            raise Forbidden("The whole store is checked for its owner and admins only.")
        return shelf.verify(self._library, repair)

    def collections(self) -> tuple[CollectionInfo, ...]:
        return tuple(
            replace(info, suggestions=self._suggested(info)) for info in self._library.catalog.collections.all()
        )

    def retrieve(self, query: Query) -> Retrieval:
        watch = Stopwatch()
        understanding, looked = look(query, self._desk, watch)
        version = self._library.catalog.corpus_version()
        return Retrieval(query, understanding, looked.passages, version, watch.timings)

    def scope(self, question: Question) -> ScopeDecision:
        return open_case(question, self._desk, everything).decision

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        return cached(question, self._desk, self._cache)

    def health(self) -> tuple[PartHealth, ...]:
        library = self._library.whole
        free = shutil.disk_usage(library.folder).free
        known = library.catalog.collections.all()
        documents, expected = sum(info.documents for info in known), sum(info.chunks for info in known)
        chunks = library.index.count()
        return (
            PartHealth("library", documents > 0, f"{documents} documents", "Add some: vedette ingest PATH."),
            PartHealth("index", chunks >= expected, f"{chunks} chunks of {expected}", REPAIR),
            PartHealth("embedder", True, library.embedder.name),
            PartHealth("disk", free > ENOUGH_BYTES, f"{free // 1_000_000} MB free", "Make room in the data folder."),
            cache_health(self._cache),
            *self._desk.chain.health(),
        )

    def _suggested(self, collection: CollectionInfo) -> tuple[str, ...]:
        """Questions to begin with, thought of once for each state of the library."""
        library = self._library
        version, known = library.catalog.corpus_version(), self._suggestions
        key = (collection.name, library.access.key)
        if known.get(key, (-1, ()))[0] != version:
            if len(known) >= MOST_SUGGESTED:
                known.clear()
            known[key] = (version, suggestions(collection, library))
        return known[key][1]

    def _ingest(self, request: IngestRequest, reader: Reader) -> Iterator[IngestProgress | IngestReport]:
        if request.sharing is not None:
            request = replace(request, sharing=checked(request.sharing))
        collection, whole = request.collection, self._library.whole
        desk = replace(self._desk, library=whole)
        unfitted = fitted(collection, whole) is None
        for record in ingest(request, self._library, reader):
            if isinstance(record, IngestProgress):
                if unfitted and record.chunks >= FIRST_FIT:
                    unfitted = False
                    fit_scope(collection, desk)
            else:
                # Here too when nothing changed, but the run that changed it was killed before it came to this.
                if whole.catalog.collections.changed(collection):
                    shelf.optimize(whole)
                if fit_due(collection, whole):
                    fit_scope(collection, desk)
                self._reported(record)
            yield record
