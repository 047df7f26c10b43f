"""The knowledge service: everything the doors may ask of the library, in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from vedette.errors import NotFound
from vedette.rag.ask import FIRST_FIT, Desk, ask, fit_due, fit_scope, fitted, look, open_case
from vedette.rag.ingest import Reader, ingest
from vedette.rag.library import originals, shelf
from vedette.rag.load.discover import Found
from vedette.rag.retrieve.search import Stopwatch
from vedette.rag.split import split
from vedette.rag.text import analyse
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import (
    AnswerEvent,
    CollectionInfo,
    Document,
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

UPLOADS = "upload:"
ENOUGH_BYTES = 200_000_000
REPAIR = "Index anew what is missing: vedette documents verify --repair."


class LocalKnowledge:
    """`services.Knowledge` over a data folder that this process owns."""

    def __init__(self, desk: Desk, reader: Reader) -> None:
        self._desk = desk
        self._library = desk.library
        self._reader = reader

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        return self._ingest(request, self._reader)

    def upload(self, upload: Upload) -> IngestReport:
        found = Found(upload.name, len(upload.data), lambda: upload.data)
        reader = Reader(lambda target: iter((found,)), self._reader.parser, self._reader.max_bytes)
        *_, report = self._ingest(IngestRequest((UPLOADS,), upload.collection, prune=False), reader)
        assert isinstance(report, IngestReport)
        return report

    def preprocess(self, text: str) -> Preprocessed:
        document = Document(source="text", title="", text=text, media_type="text/plain")
        options = self._library.options
        chunks = split(document, self._library.embedder.token_offsets, options.tokens, options.overlap)
        return Preprocessed(text, analyse.detect_language(text), find_identifiers(text), tuple(chunks))

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return self._library.catalog.documents.infos(collection)

    def failures(self, collection: str | None = None) -> tuple[Failure, ...]:
        return self._library.catalog.files.failures(collection)

    def document(self, document: str) -> StoredDocument:
        return self._library.catalog.documents.read(document)

    def original(self, document: str) -> Original:
        collection, source = self._library.catalog.documents.file_of(document)
        file = self._library.catalog.files.find(collection, source)
        if file is None:
            raise NotFound(f"The original of '{document}' is not kept any more; ingest it again.")
        data = originals.read(file.sha256, self._library.originals)
        return Original(source.rsplit("/", 1)[-1], file.media_type, data)

    def remove(self, document: str) -> None:
        shelf.remove_document(document, self._library)

    def verify(self, repair: bool = False) -> VerifyReport:
        return shelf.verify(self._library, repair)

    def collections(self) -> tuple[CollectionInfo, ...]:
        return self._library.catalog.collections.all()

    def retrieve(self, query: Query) -> Retrieval:
        watch = Stopwatch()
        understanding, looked = look(query, self._desk, watch)
        version = self._library.catalog.corpus_version()
        return Retrieval(query, understanding, looked.passages, version, watch.timings)

    def scope(self, question: Question) -> ScopeDecision:
        return open_case(question, self._desk).decision

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        return ask(question, self._desk)

    def health(self) -> tuple[PartHealth, ...]:
        library = self._library
        free = shutil.disk_usage(library.folder).free
        known = library.catalog.collections.all()
        documents, expected = sum(info.documents for info in known), sum(info.chunks for info in known)
        chunks = library.index.count()
        return (
            PartHealth("library", documents > 0, f"{documents} documents", "Add some: vedette ingest PATH."),
            PartHealth("index", chunks >= expected, f"{chunks} chunks of {expected}", REPAIR),
            PartHealth("embedder", True, library.embedder.name),
            PartHealth("disk", free > ENOUGH_BYTES, f"{free // 1_000_000} MB free", "Make room in the data folder."),
            *self._desk.chain.health(),
        )

    def _ingest(self, request: IngestRequest, reader: Reader) -> Iterator[IngestProgress | IngestReport]:
        collection, catalog = request.collection, self._library.catalog
        unfitted = fitted(collection, self._library) is None
        for record in ingest(request, self._library, reader):
            if isinstance(record, IngestProgress):
                if unfitted and record.chunks >= FIRST_FIT:
                    unfitted = False
                    fit_scope(collection, self._desk)
            else:
                # Here too when nothing changed, but the run that changed it was killed before it came to this.
                if catalog.collections.changed(collection):
                    shelf.optimize(self._library)
                if fit_due(collection, self._library):
                    fit_scope(collection, self._desk)
            yield record
