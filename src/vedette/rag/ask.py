"""ask: understand -> retrieve -> scope -> answer -> verify, for one question.

The same `Answer` comes from every rung: a language model of the chain where one is configured and what it wrote stands
up to its sources, else the sentences and cards cut from the documents. Nothing unverified leaves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vedette.errors import ProviderBusy, ProviderTimeout
from vedette.rag.answer.imprint import asks_imprint, imprint
from vedette.rag.answer.offline import Found, offline
from vedette.rag.answer.reading import documents_of
from vedette.rag.generate.chain import Chain, Outcome
from vedette.rag.generate.prompt import TokenBudget, build_messages, says_not_in_passages
from vedette.rag.library.shelf import Library
from vedette.rag.retrieve.search import Looked, Stopwatch, beside, check, search
from vedette.rag.retrieve.turns import Turns
from vedette.rag.scope import calibrate, decide
from vedette.rag.scope import evidence as scope
from vedette.rag.scope.reasons import say
from vedette.rag.text import analyse, phrases
from vedette.rag.understand.gloss import as_written, in_words_of_documents, worded
from vedette.rag.understand.intent import Understander, read_question
from vedette.rag.understand.parts import points_nowhere
from vedette.rag.understand.spelling import corrected
from vedette.rag.verify.claims import Verified, verify
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

Enough = Callable[[scope.Evidence, scope.Calibration], float]
"""How near the question a sentence must be for the others not to be read."""

# Looked at to decide and to answer without a model; a model is handed the first few of them.
PASSAGES = 12
# The scope decision is fitted once a first ingest has brought so many chunks, and again when this share has changed.
FIRST_FIT, CHANGED = 500, 0.1


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers questions: the library, the parts that understand and write, and how much a model is handed.

    `nonce` gives a random word for each request, which no document can know. `encode` embeds the sentences that are
    looked at on the way; it may remember them.
    """

    library: Library
    understander: Understander
    chain: Chain
    nonce: Callable[[], str]
    encode: scope.Encode
    turns: Turns
    model_passages: int = 8
    context_tokens: int = 3000


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence of what was found for a question, but for its sentences, and what it is held against.

    `asked`: the question as it was asked, while `sought` may be in the words of the documents."""

    asked: str
    sought: scope.Sought
    evidence: scope.Evidence
    calibration: scope.Calibration


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what was found for it, and what the reader is told of how it was read."""

    question: Question
    understanding: Understanding
    looked: Looked
    weighed: Weighed
    decision: ScopeDecision
    watch: Stopwatch
    notices: tuple[str, ...] = ()


def look(query: Query, desk: Desk, watch: Stopwatch, in_words: bool = True) -> tuple[Understanding, Looked]:
    """Understand a question and retrieve for it; `in_words` of the documents, if it is asked in another language that
    can be read. Raises BadInput, NotFound."""
    text = check(query)
    main = desk.library.catalog.collections.named(query.collection).main_languages
    with watch.stage("understand"):
        read = read_question(text, main[0] if main else "en")
        read = worded(text, read, main) if in_words else read
    embedding = beside(partial(desk.library.embedder.embed_query, read.wording or text))
    looked = search(query, read, embedding, desk.library, watch)
    with watch.stage("understand"):
        return desk.understander.understand(read, looked.vector), looked


def open_case(question: Question, desk: Desk, enough: Enough = decide.enough) -> Case:
    """Everything up to the decision whether the evidence is enough.

    Words that no document has are read as those of a title where that brings the question into scope. As `_decide`.
    """
    watch = Stopwatch()
    case = _case(question, desk, watch, enough)
    read = _misspelt(case, desk.library)
    if not read:
        return case
    text = question.text
    for written, as_ in read:
        text = re.sub(rf"\b{re.escape(written)}\b", as_, text)
    again = _case(replace(question, text=text), desk, watch, enough)
    notices = tuple(phrases.read_as(again.understanding.language, *pair) for pair in read)
    return replace(again, notices=notices) if again.decision.in_scope else case


def _case(question: Question, desk: Desk, watch: Stopwatch, enough: Enough) -> Case:
    query = Query(question.text, question.collection, PASSAGES, question.filters)
    understanding, looked = look(query, desk, watch)
    with watch.stage("scope"):
        weighed = _weigh(query, understanding, looked, desk.library)
        decision = _decide(weighed, desk, enough)
        if not decision.in_scope and _titled(question, understanding, looked, desk.library):
            decision = replace(decision, in_scope=True, reason="")
    return Case(question, understanding, looked, weighed, decision, watch)


def _titled(question: Question, understanding: Understanding, looked: Looked, library: Library) -> bool:
    """Whether who wrote a document, or when it came out, is asked by its title, and it says so."""
    if asks_imprint(question.text) is None:
        return False
    draft = imprint(question, looked.passages, documents_of(question, understanding, looked, library))
    return draft is not None and bool(draft.text)


def _misspelt(case: Case, library: Library) -> tuple[tuple[str, str], ...]:
    """The words of a question that stand in no document, and the word of a title that each is taken for."""
    facts = library.catalog.collections.named(case.question.collection)
    language = case.understanding.language
    if case.looked.frequencies.all() or case.understanding.wording:
        return ()

    def known(word: str) -> bool:
        forms = list(analyse.query_terms(word, language, facts.languages))
        return not forms or bool(library.catalog.collections.frequencies(facts.name, analyse.term_ids(forms)).any())

    return corrected(case.question.text, known, library.catalog.documents.titles(facts.name))


def ask(question: Question, desk: Desk) -> Iterator[AnswerEvent]:
    """Stages and tokens as they come, the checked answer last. Raises BadInput, NotFound before anything comes."""
    check(Query(question.text, question.collection))
    desk.library.catalog.collections.named(question.collection)
    yield AnswerEvent("stage", "retrieve")
    with desk.turns.to_begin():
        case = open_case(question, desk)
    if not case.decision.in_scope:
        yield AnswerEvent("answer", answer=refusal(case, case.decision.reason, desk))
        return
    yield AnswerEvent("stage", "generate")
    outcome = yield from _generated(case, desk)
    yield AnswerEvent("stage", "verify")
    with desk.turns.to_check():
        answer = _answered(_read_whole(case, desk), outcome, desk)
    yield AnswerEvent("answer", answer=answer)


def _weigh(query: Query, understanding: Understanding, looked: Looked, library: Library) -> Weighed:
    calibration = fitted(query.collection, library) or calibrate.UNCALIBRATED
    found = sought(query, understanding, looked, library)
    evidence = scope.gather(found, calibration)
    if understanding.wording:
        spoken = understanding.language
        missing = tuple(dict.fromkeys(as_written(word, query.text, spoken) for word in evidence.missing))
        evidence = replace(evidence, language=spoken, missing=missing)
    return Weighed(query.text, found, evidence, calibration)


def _decide(weighed: Weighed, desk: Desk, enough: Enough = decide.enough) -> ScopeDecision:
    """Whether the evidence is enough. Reading ends once it is: the probability is then at least so high; with
    `everything` for `enough`, it is exact."""
    evidence, calibration = weighed.evidence, weighed.calibration
    pronoun = points_nowhere(weighed.asked)
    if pronoun:
        return ScopeDecision(False, 0.0, say("unnamed", evidence.language, pronoun), evidence.topics)
    evidence = scope.read(weighed.sought, evidence, desk.encode, enough(evidence, calibration))
    return decide.decide(evidence, calibration)


def everything(evidence: scope.Evidence, calibration: scope.Calibration) -> float:
    """No sentence is so good that the others need not be read."""
    return math.inf


def _read_whole(case: Case, desk: Desk) -> Case:
    """The case with the exact probability of its decision, for which nobody had to wait."""
    with case.watch.stage("scope"):
        probability = _decide(case.weighed, desk, everything).probability
    return replace(case, decision=replace(case.decision, probability=probability))


def sought(query: Query, understanding: Understanding, looked: Looked, library: Library) -> scope.Sought:
    """A question and what was found for it, as the scope decision wants it."""
    facts = library.catalog.collections.named(query.collection)

    def frequency(terms: Sequence[str]) -> NDArray[np.float64]:
        return library.catalog.collections.frequencies(query.collection, analyse.term_ids(terms))

    corpus = scope.Corpus(facts.chunks, facts.languages, frequency)
    question, read = in_words_of_documents(Question(query.text), understanding)
    return scope.Sought(question.text, read, looked.vector, looked.passages, corpus)


def fitted(collection: str, library: Library) -> scope.Calibration | None:
    """What the scope decision learnt about a collection; None when it never was fitted, or for another embedder."""
    stored = library.catalog.collections.calibration(collection)
    return calibrate.read(stored, library.embedder.name) if stored else None


def fit_due(collection: str, library: Library) -> bool:
    """Whether a fit of the scope decision would say something new, after an ingest that may have been killed before."""
    chunks = sum(info.chunks for info in library.catalog.collections.all() if info.name == collection)
    changed = library.catalog.collections.changed(collection) >= max(CHANGED * chunks, 1)
    return changed or (chunks > 0 and fitted(collection, library) is None)


def fit_scope(collection: str, desk: Desk) -> None:
    """Calibrate the scope decision to a collection as it stands now; keep what was learnt in the catalogue."""
    library = desk.library
    changed = library.catalog.collections.changed(collection)  # before: what comes in meanwhile is not in the sample
    points = library.index.matching("collection", [collection], library.scope(collection), calibrate.SAMPLE)
    if not points:
        return

    def look_up(text: str) -> scope.Sought:
        query = Query(text, collection, PASSAGES)
        understanding, looked = look(query, desk, Stopwatch(), in_words=False)
        return sought(query, understanding, looked, library)

    vectors = library.index.dense(points)
    learnt = calibrate.calibrate(vectors, look_up, desk.encode, library.embedder.name)
    library.catalog.collections.calibrate(collection, calibrate.write(learnt), changed)


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
    """What the chain wrote; an outcome without a draft when there is no chain or none of it answered.

    Where the question insists on a model's answer and none came: raises ProviderTimeout if that took most of its
    patience, else ProviderBusy."""
    if not desk.chain.configured:
        return Outcome(None)
    passages = case.looked.passages[: desk.model_passages]
    budget = TokenBudget(desk.context_tokens, desk.library.embedder.count_tokens)
    messages = build_messages(case.question, case.understanding, passages, budget, desk.nonce())
    with case.watch.stage("generate"):
        outcome = yield from desk.chain.run(messages, case.question.patience_s)
    if outcome.draft is None and case.question.insist:
        why = "; ".join(error.brief for error in outcome.failures) or "all are left out for now"
        # Models that were given all their time and did not end are another matter than models that are away.
        slow = 0 < case.question.patience_s <= 2 * case.watch.timings["generate"] / 1000
        failed = ProviderTimeout if slow else ProviderBusy
        raise failed(f"No language model answers now ({why}); ask again later.")
    return outcome


def _answered(case: Case, outcome: Outcome, desk: Desk) -> Answer:
    """The model's draft where it is supported, else the extractive one, else a refusal."""
    documents = documents_of(case.question, case.understanding, case.looked, desk.library)
    notices = outcome.notices
    if outcome.draft is not None:
        if says_not_in_passages(outcome.draft.text):
            return refusal(case, phrases.not_in_documents(case.understanding.language), desk, outcome.draft.provider)
        passages = case.looked.passages[: desk.model_passages]
        verified = _verified(case, outcome.draft, passages, documents, desk)
        if verified.claims:
            return _answer(case, verified, outcome.draft.provider, desk)
        notices = (*notices, phrases.unsupported(case.understanding.language, outcome.draft.provider))
    with case.watch.stage("generate"):
        found = Found(case.question, case.understanding, case.looked.passages, documents)
        draft, cited = offline(found, partial(_find, case, desk), desk.encode)
    noticed = replace(draft, notices=(*notices, *draft.notices))
    verified = _verified(case, noticed, case.looked.passages, cited, desk)
    if not verified.claims:
        return refusal(case, phrases.not_in_documents(case.understanding.language), desk)
    return _answer(case, verified, draft.provider, desk)


def _find(case: Case, desk: Desk, text: str, filters: Mapping[str, str]) -> Found:
    """What is found for another wording of a question, in its collection and under its filters."""
    question = replace(case.question, text=text, filters={**case.question.filters, **filters})
    query = Query(text, question.collection, PASSAGES, question.filters)
    understanding, looked = look(query, desk, case.watch)
    decision = _decide(_weigh(query, understanding, looked, desk.library), desk)
    documents = documents_of(question, understanding, looked, desk.library)
    return Found(question, understanding, looked.passages, documents, decision.in_scope)


def _verified(
    case: Case, draft: Draft, passages: Sequence[Passage], documents: Mapping[str, Document], desk: Desk
) -> Verified:
    scope_ = desk.library.scope(case.question.collection)

    def known(identifier: str) -> bool:
        return bool(desk.library.index.matching("identifiers", [identifier], scope_, 1))

    with case.watch.stage("verify"):
        return verify(draft, passages, documents, known, desk.encode, case.question.text)


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
        notices=(*case.notices, *verified.notices),
        checks=verified.checks,
        passages=case.looked.passages,
        understanding=case.understanding,
        confidence=case.decision.probability,
    )
