"""ask: understand -> retrieve -> scope -> answer -> verify, for one question.

The same `Answer` comes from every rung: a language model of the chain where one is configured and what it wrote stands
up to its sources, else the sentences and cards cut from the documents. Nothing unverified leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette.errors import NotFound
from vedette.rag import analyse, calibrate, phrases, scope
from vedette.rag.answer import compose
from vedette.rag.cards import related_identifiers
from vedette.rag.chain import Chain, Outcome
from vedette.rag.index import Scope
from vedette.rag.library import Library
from vedette.rag.prompt import TokenBudget, build_messages, says_not_in_passages
from vedette.rag.retrieve import Looked, Stopwatch, check, search
from vedette.rag.understand import Understander
from vedette.rag.verify import Verified, verify
from vedette.records import (
    Answer,
    AnswerEvent,
    Document,
    Draft,
    Passage,
    Query,
    Question,
    ScopeDecision,
    Understanding,
)

# Looked at to decide and to answer without a model; a model is handed the first few of them.
PASSAGES = 12
# Passages whose vectors and headings say what a collection is like.
SAMPLE = 600
# Records about the identifiers and names of a question that are read whole for a card.
RECORDS = 12
# Records and rules that are related to those, such as the sub-techniques of a technique.
RELATED = 24


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers questions: the library, the parts that understand and write, and how much a model is handed.

    `nonce` gives a random word for each request, which no document can know.
    """

    library: Library
    understander: Understander
    chain: Chain
    nonce: Callable[[], str]
    model_passages: int = 8
    context_tokens: int = 3000


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what was found for it."""

    question: Question
    understanding: Understanding
    looked: Looked
    decision: ScopeDecision
    watch: Stopwatch


def look(query: Query, desk: Desk, watch: Stopwatch) -> tuple[Understanding, Looked]:
    """Understand a question and retrieve for it. Raises BadInput, NotFound."""
    text = check(query)
    main = desk.library.catalog.collection(query.collection).main_languages
    with watch.stage("embed"):
        vector = desk.library.embedder.embed_query(text)
    with watch.stage("understand"):
        understanding = desk.understander.understand(text, vector, main[0] if main else "en")
    return understanding, search(query, understanding, vector, desk.library, watch)


def open_case(question: Question, desk: Desk) -> Case:
    """Everything up to the decision whether the evidence is enough."""
    watch = Stopwatch()
    query = Query(question.text, question.collection, PASSAGES, question.filters)
    understanding, looked = look(query, desk, watch)
    with watch.stage("scope"):
        decision = _decide(query, understanding, looked, desk.library)
    return Case(question, understanding, looked, decision, watch)


def ask(question: Question, desk: Desk) -> Iterator[AnswerEvent]:
    """Stages and tokens as they come, the checked answer last."""
    yield AnswerEvent("stage", "retrieve")
    case = open_case(question, desk)
    if not case.decision.in_scope:
        yield AnswerEvent("answer", answer=refusal(case, case.decision.reason, desk))
        return
    yield AnswerEvent("stage", "generate")
    outcome = yield from _generated(case, desk)
    yield AnswerEvent("stage", "verify")
    yield AnswerEvent("answer", answer=_answered(case, outcome, desk))


def _decide(query: Query, understanding: Understanding, looked: Looked, library: Library) -> ScopeDecision:
    stored = library.catalog.calibration(query.collection)
    calibration = calibrate.read(stored, library.embedder.name) if stored else None
    evidence = scope.gather(
        sought(query, understanding, looked, library), calibration or calibrate.UNCALIBRATED, library.embedder.embed
    )
    return scope.decide(evidence, calibration or calibrate.UNCALIBRATED)


def sought(query: Query, understanding: Understanding, looked: Looked, library: Library) -> scope.Sought:
    """A question and what was found for it, as the scope decision wants it."""
    facts = library.catalog.collection(query.collection)

    def frequency(terms: Sequence[str]) -> NDArray[np.float64]:
        return library.catalog.frequencies(query.collection, analyse.term_ids(terms))

    corpus = scope.Corpus(facts.chunks, facts.languages, frequency)
    return scope.Sought(query.text, understanding, looked.vector, looked.passages, corpus)


def fit_scope(collection: str, desk: Desk) -> None:
    """Calibrate the scope decision to a collection as it stands now; keep what was learnt in the catalogue."""
    library = desk.library
    points = library.index.matching("collection", [collection], Scope(collection), SAMPLE)
    if not points:
        return
    entries = library.index.fetch(points).values()
    titles = library.catalog.headers(entry.document for entry in entries)
    headings = [(titles[entry.document].title, entry.language) for entry in entries if entry.document in titles]
    headings += [(heading, entry.language) for entry in entries for heading in entry.chunk.headings]
    sample = calibrate.Sample(library.index.dense(points), tuple(headings))

    def look_up(text: str) -> scope.Sought:
        query = Query(text, collection, PASSAGES)
        understanding, looked = look(query, desk, Stopwatch())
        return sought(query, understanding, looked, library)

    fitted = calibrate.calibrate(sample, look_up, library.embedder.embed, library.embedder.name)
    library.catalog.calibrate(collection, calibrate.write(fitted))


def refusal(case: Case, reason: str, desk: Desk, provider: str = "none") -> Answer:
    """The answer that says why there is none, and what the library does hold."""
    return Answer(
        text=reason,
        refused=True,
        reason=reason,
        claims=(),
        sources=(),
        provider=provider,
        corpus_version=desk.library.catalog.corpus_version(),
        timings_ms=case.watch.timings,
        topics=case.decision.topics,
        passages=case.looked.passages,
        understanding=case.understanding,
        confidence=case.decision.probability,
    )


def _generated(case: Case, desk: Desk) -> Generator[AnswerEvent, None, Outcome]:
    """What the chain wrote; an outcome without a draft when there is no chain or none of it answered."""
    if not desk.chain.configured:
        return Outcome(None)
    passages = case.looked.passages[: desk.model_passages]
    budget = TokenBudget(desk.context_tokens, desk.library.embedder.count_tokens)
    messages = build_messages(case.question, case.understanding, passages, budget, desk.nonce())
    with case.watch.stage("generate"):
        outcome = yield from desk.chain.run(messages)
    return outcome


def _answered(case: Case, outcome: Outcome, desk: Desk) -> Answer:
    """The model's draft where it is supported, else the extractive one, else a refusal."""
    documents = _documents(case, desk.library)
    notices = outcome.notices
    if outcome.draft is not None:
        if says_not_in_passages(outcome.draft.text):
            return refusal(case, phrases.not_in_documents(case.understanding.language), desk, outcome.draft.provider)
        passages = case.looked.passages[: desk.model_passages]
        verified = _verified(case, outcome.draft, passages, documents, desk.library)
        if verified.claims:
            return _answer(case, verified, outcome.draft.provider, desk)
        notices = (*notices, phrases.unsupported(case.understanding.language, outcome.draft.provider))
    with case.watch.stage("generate"):
        draft = compose(case.question, case.understanding, case.looked.passages, documents, desk.library.embedder.embed)
    verified = _verified(
        case, replace(draft, notices=(*notices, *draft.notices)), case.looked.passages, documents, desk.library
    )
    if not verified.claims:
        return refusal(case, phrases.not_in_documents(case.understanding.language), desk)
    return _answer(case, verified, draft.provider, desk)


def _verified(
    case: Case, draft: Draft, passages: Sequence[Passage], documents: Mapping[str, Document], library: Library
) -> Verified:
    scope_ = Scope(case.question.collection)

    def known(identifier: str) -> bool:
        return bool(library.index.matching("identifiers", [identifier], scope_, 1))

    with case.watch.stage("verify"):
        return verify(draft, passages, documents, known, library.embedder.embed)


def _answer(case: Case, verified: Verified, provider: str, desk: Desk) -> Answer:
    return Answer(
        text=verified.text,
        refused=False,
        reason="",
        claims=verified.claims,
        sources=verified.sources,
        provider=provider,
        corpus_version=desk.library.catalog.corpus_version(),
        timings_ms=case.watch.timings,
        notices=verified.notices,
        checks=verified.checks,
        passages=case.looked.passages,
        understanding=case.understanding,
        confidence=case.decision.probability,
    )


def _documents(case: Case, library: Library) -> dict[str, Document]:
    """The documents of the passages, and every record about an identifier or name of the question, by id."""
    named = case.looked.named
    about = sorted(named, key=lambda document: -named[document])[:RECORDS]
    found = _read([*about, *(passage.document for passage in case.looked.passages)], library)
    related = related_identifiers(case.question, case.understanding, found)
    return found | _read(_related(related, case.question.collection, library), library) if related else found


def _related(identifiers: Sequence[str], collection: str, library: Library) -> list[str]:
    """Ids of the records about some identifiers, and of the detection rules that name one."""
    about = library.catalog.about(collection, [analyse.subject_key(name) for name in identifiers])
    rules = library.index.matching("identifiers", identifiers, Scope(collection, {"kind": "sigma"}), RELATED)
    records = (document for documents in about.values() for document in documents)
    return [*records, *(entry.document for entry in library.index.fetch(rules).values())][:RELATED]


def _read(names: Sequence[str], library: Library) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = library.catalog.read(name).document
        except NotFound:
            continue  # removed since it was retrieved: it no longer answers
    return found
