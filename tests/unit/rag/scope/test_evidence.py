"""The scope decision on small collections with the packaged encoder, calibrated as an ingest would do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from vedette.rag.embed import OnnxEmbedder, packaged_model
from vedette.rag.scope import calibrate
from vedette.rag.scope import evidence as scope
from vedette.rag.scope.background import background
from vedette.rag.scope.decide import decide, enough
from vedette.rag.text import analyse
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import Chunk, LaneScores, Passage, ScopeDecision, Understanding

CV = {
    "Profile": "Marta Quintela is a data engineer in Porto with nine years of experience in streaming pipelines.",
    "Experience": "Since 2021 she leads a team of four at Navis Freight, where she rebuilt shipment tracking on Kafka "
    "and Flink. Before that she worked for Lojas Aurora in Lisbon on demand forecasting with Spark.",
    "Education": "MSc in Informatics, University of Coimbra, 2015. Her thesis was on anomaly detection in tide gauges.",
    "Languages": "Portuguese (mother tongue), English (fluent), Spanish (good), German (beginner).",
}
SECURITY = {
    "T1558.003 Kerberoasting": "Adversaries may abuse a valid Kerberos ticket-granting ticket to obtain a service "
    "ticket whose hash can be cracked offline. Mitigation: long passwords for service accounts.",
    "T1110 Brute Force": "Adversaries may guess passwords by brute force. Mitigations: account lockout, multi-factor "
    "authentication, password policies.",
    "Password Storage": "Hash passwords with Argon2id, a salt for each user and a work factor. Never encrypt them.",
    "Session Management": "A session identifier is long, random and sent in a cookie that is Secure and HttpOnly. "
    "Renew it after login.",
    "Ransomware": "Isolate infected machines, keep backups offline, and report the attack. Do not pay the ransom.",
    "Zero Trust": "No network location is trusted: every request is authenticated and authorised by a policy engine.",
    "CVE-2021-34527": "PrintNightmare: the Windows print spooler lets remote attackers run code. Install the update.",
    "Inyección": "Una aplicación es vulnerable a la inyección SQL cuando los datos del usuario no se validan. Use "
    "consultas parametrizadas.",
}  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """A collection in memory: enough of retrieval to gather evidence with."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    encode: Callable[[Sequence[str]], NDArray[np.float32]]

    def look(self, question: str) -> scope.Sought:
        vector, identifiers = self.encode([question])[0], find_identifiers(question)
        held = [set(analyse.terms(f"{p.title}\n{p.chunk.text}", p.language)) for p in self.passages]
        counts = Counter(term for terms in held for term in terms)
        cosines = self.vectors @ vector
        about = [any(f.value in p.title for f in identifiers) for p in self.passages]
        order = sorted(range(len(cosines)), key=lambda i: -(cosines[i] + about[i]))
        found = tuple(
            replace(self.passages[i], scores=LaneScores(float(cosines[i]), 0.0, float(about[i]), 0.0)) for i in order
        )
        corpus = scope.Corpus(
            len(self.passages), ("en", "es"), lambda terms: np.array([counts[term] for term in terms], dtype=np.float64)
        )
        understanding = Understanding(identifiers, analyse.detect_language(question), "question")
        return scope.Sought(question, understanding, vector, found[: scope.PASSAGES], corpus)

    def calibrated(self) -> scope.Calibration:
        return calibrate.calibrate(self.vectors, self.look, self.encode, "test")


@pytest.fixture(scope="module")
def encode() -> Iterator[Callable[[Sequence[str]], NDArray[np.float32]]]:
    embedder = OnnxEmbedder(packaged_model(), 2)
    known: dict[str, NDArray[np.float32]] = {}

    def remembered(texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, embedder.embed(new), strict=True))
        return np.array([known[text] for text in texts])

    yield remembered
    embedder.close()


def shelve(texts: dict[str, str], encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> Shelf:
    passages = tuple(
        Passage(
            title, title, "prose", analyse.detect_language(text),
            Chunk(f"{title}:0:0", title, 0, 0, 0, len(text), text), LaneScores(0.0, 0.0, 0.0, 0.0),
        )
        for title, text in texts.items()
    )  # fmt: skip
    return Shelf(passages, encode([f"{title}\n{text}" for title, text in texts.items()]), encode)


@pytest.fixture(scope="module")
def security(encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> tuple[Shelf, scope.Calibration]:
    shelf = shelve(SECURITY, encode)
    return shelf, shelf.calibrated()


@pytest.fixture(scope="module")
def cv(encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> tuple[Shelf, scope.Calibration]:
    shelf = shelve(CV, encode)
    return shelf, shelf.calibrated()


def ask(collection: tuple[Shelf, scope.Calibration], question: str) -> ScopeDecision:
    shelf, calibration = collection
    return decide(whole(shelf.look(question), shelf, calibration), calibration)


def whole(sought: scope.Sought, shelf: Shelf, calibration: scope.Calibration) -> scope.Evidence:
    return scope.read(sought, scope.gather(sought, calibration), shelf.encode)


ON_SECURITY = (
    "what is kerberoasting?", "T1110", "password storage", "How do I store passwords safely?", "brute force mitigation",
    "what does zero trust mean?", "¿Qué es la inyección SQL?", "session identifiers in cookies", "offline backups",
    "Which controls mitigate T1110 brute force?", "What must I do about CVE-2021-34527?", "ransomware",
)  # fmt: skip
OFF_TOPIC = (
    "Who won the 1998 World Cup?", "what is the capital of Peru?", "how do I bake sourdough bread", "pizza",
    "¿Cuál es la capital de Perú?", "Combien coûte un billet de cinéma ?", "convert 10 miles to kilometres",
    "is my flight on time", "who sang Bohemian Rhapsody", "what is dark matter", "cheap hotels in Barcelona",
    "recomiéndame un libro",
)  # fmt: skip


def test_short_questions_on_the_topic_are_let_through(security: tuple[Shelf, scope.Calibration]) -> None:
    wrong = [question for question in ON_SECURITY if not ask(security, question).in_scope]
    assert len(wrong) <= 1, wrong


def test_other_questions_are_refused_with_a_reason(security: tuple[Shelf, scope.Calibration]) -> None:
    decisions = {question: ask(security, question) for question in OFF_TOPIC}
    wrong = [question for question, decision in decisions.items() if decision.in_scope]
    assert len(wrong) <= 1, wrong
    assert all(decision.reason and decision.topics for decision in decisions.values() if not decision.in_scope)


def test_a_cv_takes_questions_on_the_person_and_refuses_others(cv: tuple[Shelf, scope.Calibration]) -> None:
    on = ("does she speak German?", "what was her thesis about", "Kafka experience", "where does Marta work now")
    off = (*OFF_TOPIC, "what is kerberoasting?", "how do I store passwords safely")
    assert [question for question in on if not ask(cv, question).in_scope] == []
    assert len([question for question in off if ask(cv, question).in_scope]) <= 1


def test_a_name_that_stands_nowhere_is_not_in_the_cv(cv: tuple[Shelf, scope.Calibration]) -> None:
    absent = ("Did she work at Google?", "What did she do at Spotify?", "Does she know Rust?", "¿Trabajó en Oracle?")
    there = ("Did she work at Navis Freight?", "What did she do at Lojas Aurora?", "Does she know Kafka?")
    assert [question for question in absent if ask(cv, question).in_scope] == []
    assert [question for question in there if not ask(cv, question).in_scope] == []
    assert "“google”" in ask(cv, "Did she work at Google?").reason


def test_one_word_in_common_with_a_tiny_collection_is_no_proof(cv: tuple[Shelf, scope.Calibration]) -> None:
    off = (
        "weather in Lisbon",
        "hotels in Porto",
        "who leads the league",
        "spark plugs for my car",
        "shipment of my parcel",
    )
    assert [question for question in off if ask(cv, question).in_scope] == []


def test_a_name_is_known_however_it_is_hyphenated(encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> None:
    shelf = shelve({"Hash functions": "SHA1 is broken: do not use it for signatures."}, encode)
    assert scope.strange(scope.weigh(shelf.look("is SHA-1 safe?"))) == 0.0
    assert scope.strange(scope.weigh(shelf.look("is SHA-3 safe?"))) > 0.5


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Did she work at Google?", 0.5), ("Google", 0.0), ("did she work at google", 0.0),
        ("Who is Marta's boss?", 0.0), ("DID SHE WORK AT GOOGLE?", 0.0), ("Did She Work At Google?", 0.0),
        ("iPhone repairs. I've one.", 0.3),
    ],
)  # fmt: skip
def test_names_are_written_with_capitals_inside_a_sentence(
    cv: tuple[Shelf, scope.Calibration], question: str, share: float
) -> None:
    assert scope.strange(scope.weigh(cv[0].look(question))) == pytest.approx(share, abs=0.15)


def test_a_language_the_embedder_does_not_speak_is_no_topic(security: tuple[Shelf, scope.Calibration]) -> None:
    shelf, calibration = security
    off = {"en": "what is the capital of Peru?", "es": "¿Cuál es la capital de Perú?", "fr": "la capitale du Pérou ?"}
    scores = [scope.topic_score(shelf.look(question).vector, calibration) for question in off.values()]
    assert max(scores) < 0.25 < scope.topic_score(shelf.look("¿Qué es la inyección SQL?").vector, calibration)


def test_an_unknown_record_is_refused_by_name(security: tuple[Shelf, scope.Calibration]) -> None:
    decision = ask(security, "What must I do about CVE-2099-0001 in the Windows print spooler?")
    assert not decision.in_scope
    assert decision.reason == "CVE-2099-0001 is not in this library."
    assert ask(security, "¿Qué es CVE-2099-0001?").reason == "CVE-2099-0001 no está en esta biblioteca."


def test_a_known_record_beside_an_unknown_one_is_answered_with_a_note(
    security: tuple[Shelf, scope.Calibration],
) -> None:
    decision = ask(security, "Compare CVE-2021-34527 with CVE-2099-0001")
    assert decision.in_scope
    assert decision.reason == "CVE-2099-0001 is not in this library."


def test_the_reason_names_what_is_missing_in_the_language_of_the_question(
    security: tuple[Shelf, scope.Calibration],
) -> None:
    assert "“pizza”" in ask(security, "pizza").reason
    assert ask(security, "¿Cuál es la capital de Perú?").reason.startswith("Esta biblioteca no trata")


@pytest.mark.parametrize("question", [*ON_SECURITY, *OFF_TOPIC, "What is CVE-2021-34527?", "CVE-1999-0001"])
def test_reading_that_ends_early_decides_the_same(security: tuple[Shelf, scope.Calibration], question: str) -> None:
    shelf, calibration = security
    sought = shelf.look(question)
    read: list[str] = []

    def counted(texts: Sequence[str]) -> NDArray[np.float32]:
        read.extend(texts)
        return shelf.encode(texts)

    found = scope.gather(sought, calibration)
    hasty = decide(scope.read(sought, found, counted, enough(found, calibration)), calibration)
    once = len(read)
    patient = decide(scope.read(sought, found, counted), calibration)
    assert (hasty.in_scope, hasty.reason) == (patient.in_scope, patient.reason)
    assert hasty.probability <= patient.probability
    assert once <= len(read) - once
    if not patient.in_scope and not found.unknown:
        assert hasty == patient


@pytest.mark.parametrize("topic", [-0.2, 0.2, 0.6])
def test_a_sentence_is_enough_from_where_it_decides(security: tuple[Shelf, scope.Calibration], topic: float) -> None:
    shelf, calibration = security
    found = replace(scope.gather(shelf.look("password storage"), calibration), topic=topic, named=0.0)
    found = replace(found, measures=scope.Measures(support=0.05, sentence=0.0, covered=0.3))
    least = enough(found, calibration)

    def decided(sentence: float) -> bool:
        return decide(replace(found, measures=replace(found.measures, sentence=sentence)), calibration).in_scope

    assert decided(least)
    assert not decided(least - 0.01)


def test_nothing_found_is_an_empty_library(security: tuple[Shelf, scope.Calibration]) -> None:
    shelf, calibration = security
    sought = replace(shelf.look("anything"), passages=())
    decision = decide(whole(sought, shelf, calibration), calibration)
    assert not decision.in_scope
    assert decision.reason == "There is nothing in this library yet."


def test_more_evidence_is_never_less_probable(security: tuple[Shelf, scope.Calibration]) -> None:
    shelf, calibration = security
    found = whole(shelf.look("password storage"), shelf, calibration)
    evidence = replace(found, measures=scope.Measures(support=0.1, sentence=0.4, covered=0.5), topic=-0.5)
    weaker = replace(evidence, measures=replace(evidence.measures, support=evidence.measures.support / 2))
    off = replace(evidence, topic=evidence.topic - 1.0)
    best = decide(evidence, calibration).probability
    assert best > decide(weaker, calibration).probability
    assert best > decide(off, calibration).probability


def test_a_calibration_is_stored_and_found_again(security: tuple[Shelf, scope.Calibration]) -> None:
    calibration = security[1]
    assert calibrate.read(calibrate.write(calibration), "test") == calibration
    assert calibrate.read(calibrate.write(calibration), "another embedder") is None
    assert calibrate.read(calibrate.write(replace(calibration, version=1)), "test") is None
    assert calibrate.read('{"version":1,"embedder":"test","threshold":0.5}', "test") is None


def test_before_calibration_the_decision_is_still_sensible(security: tuple[Shelf, scope.Calibration]) -> None:
    uncalibrated = (security[0], calibrate.UNCALIBRATED)
    assert ask(uncalibrated, "How do I store passwords safely?").in_scope
    assert not ask(uncalibrated, "Who won the 1998 World Cup?").in_scope


def test_the_background_is_large_varied_and_without_doubles() -> None:
    lines = background().lines
    assert len(lines) >= 300
    assert len(set(lines)) == len(lines)
    assert {analyse.detect_language(line) for line in lines} >= {"en", "es", "fr"}


def test_scores_of_background_questions_leave_themselves_out() -> None:
    """The closed form agrees with fitting again without the question."""
    random = np.random.default_rng(0)
    passages, questions = (random.normal(mean, 1.0, (n, 5)).astype(np.float32) for mean, n in ((0.5, 30), (-0.5, 20)))
    _, _, alone = calibrate.boundary(passages, questions)
    direction, offset, _ = calibrate.boundary(passages, questions[1:])
    assert alone[0] == pytest.approx(float(questions[0] @ direction + offset), abs=0.05)
