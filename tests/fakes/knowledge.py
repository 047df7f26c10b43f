"""A Knowledge that says fixed things, for tests of wire formats and of the guard. No journey uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from vedette.errors import LoadError, NotFound, ProviderBusy
from vedette.records import (
    Access,
    Answer,
    AnswerEvent,
    CardLine,
    Check,
    Chunk,
    Claim,
    CollectionInfo,
    Document,
    DocumentInfo,
    Failure,
    Identifier,
    IdentifierCard,
    IngestProgress,
    IngestReport,
    IngestRequest,
    LaneScores,
    Original,
    Page,
    PartHealth,
    Passage,
    Preprocessed,
    Quarantined,
    Query,
    Question,
    Retrieval,
    ScopeDecision,
    Sharing,
    Source,
    StoredDocument,
    Understanding,
    Upload,
    VerifyReport,
    document_id,
)

TEXT = "Passwords are salted.\nThey are hashed with Argon2id — always.\n"
ID = document_id("default", "passwords.md")
INFO = DocumentInfo(
    ID, "default", "passwords.md", "Passwords", "prose", "en", "text/markdown", 1, 1, len(TEXT), "c0ffee", "2026-11-21"
)
STORED = StoredDocument(
    INFO,
    Document(
        "passwords.md", "Passwords", TEXT, "text/markdown", language="en", pages=(Page(1, 0, len(TEXT)),),
        identifiers=("T1110",), metadata={"tags": ("a", "b"), "year": 2026},
    ),
)  # fmt: skip
UNDERSTANDING = Understanding((Identifier("attack", "T1110", 4, 9),), "en", "question", 0.75)
PASSAGE = Passage(
    ID, "Passwords", "prose", "en",
    Chunk("passwords.md:1:0", "passwords.md", 1, 0, 0, 21, TEXT[:21], ("Storing",)),
    LaneScores(0.7, 3.5, 0.0, 0.8), {"tags": ("a", "b"), "year": 2026},
)  # fmt: skip
ANSWER = Answer(
    text="Passwords are salted. [s1]",
    refused=False,
    reason="",
    claims=(Claim("Passwords are salted.", "supported", ("s1",)),),
    sources=(Source("s1", ID, "Passwords", "passwords.md", 1, 0, 21, TEXT[:21], 0.8),),
    provider="extractive",
    corpus_version=7,
    timings_ms={"retrieve": 2.5, "total": 4.0},
    notices=("asked twice",),
    checks=(Check("citations", True, "1 of 1"),),
    passages=(PASSAGE,),
    understanding=UNDERSTANDING,
    confidence=0.75,
)
REFUSAL = Answer("", True, "Nothing here is about football.", (), (), "none", 7, {"total": 1.0}, ("Passwords",))
REPORT = IngestReport("default", 1, 1, 0, 0, (Failure("bad.pdf", "It is not a PDF.", 3),), 0.5, 7)
QUARANTINE = (Quarantined("default", "bad.pdf", "It is not a PDF.", 3),)


@dataclass
class FixedKnowledge:
    """`closed` is set when an `ask` is closed before its end; `asked`, `given` and `seen` keep what came in."""

    healthy: bool = True
    closed: threading.Event = field(default_factory=threading.Event)
    asked: list[Question] = field(default_factory=list)
    given: list[object] = field(default_factory=list)
    seen: list[Access] = field(default_factory=list)

    def seen_by(self, access: Access) -> FixedKnowledge:
        self.seen.append(access)
        return self

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        self.given.append(request)
        yield IngestProgress(1, 2, 10, 20, 1, 1, "passwords.md", 0.25)
        if "bad" in request.targets[0]:
            raise LoadError("bad cannot be read; look at it.")
        yield REPORT

    def upload(self, upload: Upload) -> IngestReport:
        self.given.append(upload)
        return REPORT

    def preprocess(self, text: str) -> Preprocessed:
        return Preprocessed(text, "en", UNDERSTANDING.identifiers, (PASSAGE.chunk,), {"tokens": 5})

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        return (INFO,) if collection in (None, "default") else ()

    def failures(self, collection: str | None = None) -> tuple[Quarantined, ...]:
        return QUARANTINE if collection in (None, "default") else ()

    def dismiss(self, collection: str, source: str) -> None:
        if (collection, source) not in ((failure.collection, failure.path) for failure in self.failures()):
            raise NotFound(f"Nothing of {source!r} failed in {collection!r}.")
        self.given.append((collection, source))

    def document(self, document: str) -> StoredDocument:
        if document != ID:
            raise NotFound(f"There is no document {document!r}; `vedette documents list` shows what there is.")
        return STORED

    def original(self, document: str) -> Original:
        return Original("contraseñas seguras.md", "text/markdown", TEXT.encode())

    def remove(self, document: str) -> None:
        self.document(document)

    def share(self, document: str, sharing: Sharing) -> DocumentInfo:
        self.given.append(sharing)
        return replace(self.document(document).info, sharing=sharing)

    def share_collection(self, collection: str, readers: tuple[str, ...]) -> CollectionInfo:
        return replace(self._collection(collection), readers=readers)

    def remove_collection(self, collection: str) -> int:
        return self._collection(collection).documents

    def identifier(self, value: str, collection: str) -> IdentifierCard:
        if value != "T1110":
            raise NotFound(f"Nothing here tells of {value}.")
        related = (("mitigation", "M1036", "Account Use Policies"),)
        return IdentifierCard(value, "attack", "Brute Force", (CardLine("Tactic", "Credential Access", ID),), related)

    def verify(self, repair: bool = False) -> VerifyReport:
        return VerifyReport(1, 1, 0, ("a:0:0",), int(repair), ("plan.pdf",))

    def collections(self) -> tuple[CollectionInfo, ...]:
        return (CollectionInfo("default", 1, 1, ("en",), True),)

    def _collection(self, name: str) -> CollectionInfo:
        for info in self.collections():
            if info.name == name:
                return info
        raise NotFound(f"There is no collection {name!r}.")

    def retrieve(self, query: Query) -> Retrieval:
        if query.collection != "default":
            raise NotFound(f"There is no collection {query.collection!r}.")
        return Retrieval(query, UNDERSTANDING, (PASSAGE,), 7, {"retrieve": 2.5})

    def scope(self, question: Question) -> ScopeDecision:
        self.asked.append(question)
        return ScopeDecision("football" not in question.text, 0.25, REFUSAL.reason, REFUSAL.topics)

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        self.asked.append(question)
        if question.collection != "default":
            raise NotFound(f"There is no collection {question.collection!r}.")
        if "known" in question.text:
            yield AnswerEvent("answer", answer=ANSWER)
            return
        yield AnswerEvent("stage", "retrieve")
        if "busy" in question.text:
            raise ProviderBusy("The provider is busy; it is tried again later.", 3.0)
        if "crash" in question.text:
            raise RuntimeError("secret internals")
        if "slow" in question.text:
            threading.Event().wait(0.4)
        if "long" in question.text:
            yield from self._endless()
        yield AnswerEvent("token", "Passwörter ")
        yield AnswerEvent("answer", answer=REFUSAL if "football" in question.text else ANSWER)

    def _endless(self) -> Iterator[AnswerEvent]:
        pause = threading.Event()
        try:
            while True:
                pause.wait(0.02)
                yield AnswerEvent("token", "and ")
        except GeneratorExit:
            self.closed.set()
            raise

    def health(self) -> tuple[PartHealth, ...]:
        return (PartHealth("index", self.healthy, "open", "" if self.healthy else "Run vedette documents verify."),)
