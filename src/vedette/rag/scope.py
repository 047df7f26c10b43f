"""scope: is what was found enough to answer the question? If not, one sentence says why.

Four measures of the evidence are weighed, each of which fails in another way:

support    the best passage's share of the question's term weight, times its cosine: right words and right meaning
sentence   the best cosine of the question with a single sentence of the best passages: a detail in a long passage
covered    the share of the question's term weight that stands anywhere in the best passages
topic      how far the question lies on the collection's side of a linear boundary between the collection's passages and
           questions about everything else (`background.txt`)

A word weighs the more, the rarer it is in the collection and in the background questions together. The measures are
taken relative to what background questions reach in this collection (`calibrate`), so that one set of weights serves
a library of ten thousand passages and a CV of two. The weights were fitted by logistic regression on collections made
of the development sets; `benchmarks/scope_transfer.py` prints them, fitted without the collections they are judged on.

What the caller hands over for a question is a `Sought`: its passages with scores (ten are looked at), its vector, and
a `Corpus`, which tells in how many chunks of the collection a term stands.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from vedette.rag import analyse
from vedette.rag.sentences import sentences
from vedette.records import Identifier, Passage, ScopeDecision, Understanding

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

PASSAGES, READ = 10, 2
"""How many passages are looked at, and of how many the sentences are read."""
_WINDOW = 40  # words of a sentence that are embedded at once
# An identifier of these kinds names one record: without it, nothing that is found can be the answer.
_RECORDS = frozenset({"cve", "cwe", "capec", "attack", "ghsa", "icsa", "control"})


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that only ask, beyond the function words that the analyser leaves out.
_ASKING = _set(
    "tell show give explain describe define list name find please mean means meaning know want need like get got "
    "make made use best good better way many much more most long often ever really just still now let help "
    "question answer dime muestra explica significa quiero necesito favor mejor manera forma mucho tengo hago hace "
    "dis montre explique décris définis signifie veux besoin meilleur façon beaucoup"
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A collection in numbers. `frequency(terms)`: in how many of its `chunks` each term stands, (len(terms),)."""

    chunks: int
    languages: tuple[str, ...]
    frequency: Callable[[Sequence[str]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Sought:
    """A question and what was found for it: `passages` best first, `vector` (dimension,) of the question."""

    question: str
    understanding: Understanding
    vector: Vector
    passages: tuple[Passage, ...]
    corpus: Corpus


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures that `calibrate` sets in relation to the background: each 0..1, higher is more evidence."""

    support: float
    sentence: float
    covered: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer. `named` (0..1): how surely the question names what a document is about.
    `unknown`: identifiers that are nowhere in the collection; `missing`: words."""

    measures: Measures
    topic: float
    named: float
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    topics: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a collection was found to be like. `topic` (dimension,) and `offset`: the boundary, positive on the side of
    the collection; `centre`, `spread`: of the three measures over background questions; `threshold` on the weighed
    sum; `refused`, `passed`: shares of background and of the collection's own questions it refuses and lets pass."""

    embedder: str
    topic: tuple[float, ...]
    offset: float
    centre: tuple[float, float, float]
    spread: tuple[float, float, float]
    threshold: float
    refused: float = 0.0
    passed: float = 0.0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the logistic model: on the three measures in units of `spread`, on the topic's score, and the constant."""

    support: float
    sentence: float
    covered: float
    topic: float
    constant: float


WEIGHTS = Weights(support=0.597, sentence=0.784, covered=0.463, topic=2.448, constant=-2.486)
_NAMED = 3.0  # by judgement: the development sets have no names to fit it on
_FARTHEST = 8.0  # spreads: beyond it, more of a measure says nothing more


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: its index terms (one for each language of the corpus), and whether the corpus has any."""

    text: str
    terms: tuple[str, ...]
    weight: float
    known: bool


@dataclass(frozen=True, slots=True)
class Background:
    """Questions about everything: `lines`, the language of each, and in how many of them each word stands."""

    lines: tuple[str, ...]
    languages: tuple[str, ...]
    counts: Mapping[str, int]


@cache
def background() -> Background:
    """The questions of `background.txt`."""
    text = files("vedette.rag").joinpath("background.txt").read_text(encoding="utf-8")
    lines: list[str] = []
    languages: list[str] = []
    language = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            language = line.strip("[]")
        elif not line.startswith("#"):
            lines.append(line)
            languages.append(language)
    counts = Counter(word for line in lines for word in plain_words(line))
    return Background(tuple(lines), tuple(languages), counts)


def plain_words(text: str) -> frozenset[str]:
    """The words of a text, case folded, punctuation off."""
    return frozenset(filter(None, map(_bare, text.split())))


def decide(evidence: Evidence, calibration: Calibration) -> ScopeDecision:
    """Whether the evidence is enough. A record that is asked for by identifier decides by being there or not."""
    probability = 1.0 / (1.0 + math.exp(-_clip(weighed(evidence, calibration) - calibration.threshold)))
    unknown = _say("unknown", evidence.language, ", ".join(evidence.unknown)) if evidence.unknown else ""
    if evidence.unknown and not evidence.known:
        return ScopeDecision(False, min(probability, 0.02), unknown, evidence.topics)
    if evidence.known and evidence.named >= 1.0:
        return ScopeDecision(True, max(probability, 0.95), unknown, evidence.topics)
    if probability >= 0.5:
        return ScopeDecision(True, probability, unknown, evidence.topics)
    return ScopeDecision(False, probability, unknown or _why(evidence), evidence.topics)


def weighed(evidence: Evidence, calibration: Calibration) -> float:
    """The logit before the collection's threshold is taken off; higher is rather in scope."""
    support, sentence, covered = scaled(evidence.measures, calibration)
    found = WEIGHTS.support * support + WEIGHTS.sentence * sentence + WEIGHTS.covered * covered
    return found + WEIGHTS.topic * evidence.topic + _NAMED * evidence.named**2 + WEIGHTS.constant


def scaled(measures: Measures, calibration: Calibration) -> tuple[float, float, float]:
    """The measures as multiples of their spread over what background questions reach, capped."""
    found = (measures.support, measures.sentence, measures.covered)
    known = zip(found, calibration.centre, calibration.spread, strict=True)
    support, sentence, covered = (min((value - centre) / spread, _FARTHEST) for value, centre, spread in known)
    return support, sentence, covered


def gather(sought: Sought, calibration: Calibration, encode: Encode) -> Evidence:
    """The evidence for an answer to a question."""
    words, identifiers = weigh(sought), _identifiers(sought)
    named = max((passage.scores.exact for passage in sought.passages), default=0.0)
    known = tuple(found.value for found, here in identifiers if here)
    unknown = tuple(found.value for found, here in identifiers if not here and found.kind in _RECORDS)
    heaviest = sorted((word for word in words if not word.known), key=lambda word: -word.weight)
    return Evidence(
        measures=measure(sought, words, encode),
        topic=topic_score(sought.vector, calibration),
        named=named,
        known=known,
        unknown=tuple(dict.fromkeys(unknown)),
        missing=tuple(word.text for word in heaviest[:3]),
        topics=_topics(sought.passages),
        language=sought.understanding.language,
    )


def topic_score(vector: Vector, calibration: Calibration) -> float:
    """Signed distance from the boundary in units where passages lie about +1 and background questions about -1."""
    if not calibration.topic:
        return 0.0
    return float(vector @ np.asarray(calibration.topic, dtype=np.float32)) + calibration.offset


def weigh(sought: Sought, without: frozenset[str] = frozenset()) -> tuple[Word, ...]:
    """The content words of a question, weighted: `ln(1 + (N - n + 0.5) / (n + 0.5))`, where n of the N chunks and
    background questions have the word. `without`: words of a background question that is not to count itself."""
    language, corpus = sought.understanding.language, sought.corpus
    pieces = [found.value for found in sought.understanding.identifiers]
    pieces += [word for word in _outside(sought).split() if _bare(word) not in _ASKING]
    spoken = corpus.languages or (language,)
    variants = {_bare(piece): _terms(piece, language, spoken) for piece in pieces}
    variants = {piece: terms for piece, terms in variants.items() if terms}
    flat = [term for terms in variants.values() for term in terms]
    frequencies = dict(zip(flat, corpus.frequency(flat) if flat else (), strict=True))
    asked = background()
    total = corpus.chunks + len(asked.lines) - bool(without)
    words = []
    for piece, terms in variants.items():
        chunks = max(float(frequencies[term]) for term in terms)
        count = min(chunks + asked.counts.get(piece, 0) - (piece in without), total)
        weight = math.log1p((total - count + 0.5) / (count + 0.5))
        words.append(Word(piece, terms, weight, chunks > 0))
    return tuple(words)


def measure(sought: Sought, words: Sequence[Word], encode: Encode) -> Measures:
    """The three measures of what was found for a question."""
    passages = sought.passages[:PASSAGES]
    total = sum(word.weight for word in words)
    held = [_held(passage, words) for passage in passages]
    shares = [sum(words[i].weight for i in one) / total for one in held] if total else [0.0] * len(held)
    anywhere = frozenset().union(*held) if held else frozenset()
    support = max((s * max(p.scores.dense, 0.0) for s, p in zip(shares, passages, strict=True)), default=0.0)
    covered = sum(words[i].weight for i in anywhere) / total if total else 0.0
    return Measures(support, _best_sentence(sought, encode), covered)


def _held(passage: Passage, words: Sequence[Word]) -> frozenset[int]:
    """Which of the words a passage holds, title and headings included."""
    text = "\n".join((passage.title, *passage.chunk.headings, passage.chunk.text))
    terms = set(analyse.terms(text, passage.language))
    return frozenset(i for i, word in enumerate(words) if not terms.isdisjoint(word.terms))


def _best_sentence(sought: Sought, encode: Encode) -> float:
    texts: dict[str, None] = {}
    for passage in sought.passages[:READ]:
        for text in (passage.title, *passage.chunk.headings):
            texts.setdefault(text)
        for start, end in sentences(passage.chunk.text):
            words = passage.chunk.text[start:end].strip(" #*-|>`_").split()
            for first in range(0, len(words), _WINDOW):
                texts.setdefault(" ".join(words[first : first + _WINDOW]))
    kept = [text for text in texts if len(text) > 2]
    return max(float((encode(kept) @ sought.vector).max()), 0.0) if kept else 0.0


def _identifiers(sought: Sought) -> list[tuple[Identifier, bool]]:
    """The identifiers of a question, and whether each stands anywhere in the collection."""
    found = sought.understanding.identifiers
    whole = [max(analyse.terms(one.value, sought.understanding.language), key=len, default=one.value) for one in found]
    frequencies = sought.corpus.frequency(whole) if whole else np.zeros(0)
    named = any(passage.scores.exact >= 1.0 for passage in sought.passages)
    return [(one, n > 0 or (named and len(found) == 1)) for one, n in zip(found, frequencies, strict=True)]


def _terms(piece: str, language: str, spoken: Sequence[str]) -> tuple[str, ...]:
    """The index terms of a word; of an identifier or a compound, the whole one."""
    found = analyse.query_terms(piece, language, spoken)
    longest = max(map(len, found), default=0)
    compound = any(sign in piece.strip(".,;:?!") for sign in "-._/") and any(map(str.isdigit, piece))
    return tuple(term for term in found if not compound or len(term) == longest)


def _outside(sought: Sought) -> str:
    """The question without its identifiers."""
    text = sought.question
    for found in sorted(sought.understanding.identifiers, key=lambda one: -one.start):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _bare(word: str) -> str:
    return word.strip("¿?¡!.,;:()[]\"'“”«»").casefold()


def _topics(passages: Sequence[Passage], most: int = 4) -> tuple[str, ...]:
    titles = (passage.title or (passage.chunk.headings[:1] or ("",))[0] for passage in passages)
    return tuple(dict.fromkeys(filter(None, titles)))[:most]


def _clip(logit: float) -> float:
    return min(max(logit, -30.0), 30.0)


_REASONS: Mapping[str, Mapping[str, str]] = {
    "empty": {
        "en": "There is nothing in this library yet.",
        "es": "Esta biblioteca todavía está vacía.",
        "fr": "Cette bibliothèque est encore vide.",
    },
    "unknown": {
        "en": "{} is not in this library.",
        "es": "{} no está en esta biblioteca.",
        "fr": "{} ne figure pas dans cette bibliothèque.",
    },
    "missing": {
        "en": "This library does not cover the question: {} appears nowhere in it.",
        "es": "Esta biblioteca no trata esa pregunta: {} no aparece en ningún documento.",
        "fr": "Cette bibliothèque ne traite pas cette question : {} n'y figure nulle part.",
    },
    "weak": {
        "en": "This library does not hold enough to answer that.",
        "es": "Esta biblioteca no contiene lo suficiente para responder a eso.",
        "fr": "Cette bibliothèque ne contient pas de quoi répondre à cela.",
    },
}


def _why(evidence: Evidence) -> str:
    if not evidence.topics:
        return _say("empty", evidence.language)
    if evidence.missing:
        return _say("missing", evidence.language, " / ".join(f"“{word}”" for word in evidence.missing))
    return _say("weak", evidence.language)


def _say(reason: str, language: str, about: str = "") -> str:
    wordings = _REASONS[reason]
    return wordings.get(language, wordings["en"]).format(about)
