"""evidence: what speaks for and against an answer in what was found. `decide` weighs it.

Five measures, each of which fails in another way:

support    the best passage's share of the question's term weight, times its cosine: right words and right meaning
sentence   the best cosine of the question with a single sentence of the best passages: a detail in a long passage
covered    the share of the question's term weight that stands anywhere in the best passages
topic      how far the question lies on the collection's side of a linear boundary between the collection's passages and
           questions about everything else (`background.txt`), further than those in the same language
strange    the share of the question's term weight in names (capitals inside a sentence) that stand nowhere in the
           collection: "Did she work at Google?"

A word weighs the more, the rarer it is in the collection and in the background questions together.

What the caller hands over for a question is a `Sought`: its passages with scores (ten are looked at), its vector, and
a `Corpus`, which tells in how many chunks of the collection a term stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette.rag.scope.background import PUNCTUATION, background, bare
from vedette.rag.text import analyse
from vedette.rag.text.outline import headed, plain
from vedette.rag.text.sentences import sentences
from vedette.rag.text.words import word_set
from vedette.rag.understand.asked import section_wanted
from vedette.records import Identifier, Passage, Understanding

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors, shape (texts, dimension)."""

PASSAGES, READ = 10, 2
"""How many passages are looked at, and of how many the sentences are read."""
_WINDOW = 40  # words of a sentence that are embedded at once
_FIRST = 4  # so many are embedded first, then twice as many, and so on: mostly a few are enough
# An identifier of these kinds names one record: without it, nothing that is found can be the answer.
_RECORDS = frozenset({"cve", "cwe", "capec", "attack", "ghsa", "icsa", "control"})


# Words that only ask, beyond the function words that the analyser leaves out.
_ASKING = word_set(
    "tell show give explain describe define list name find please mean means meaning know want need like get got "
    "make made use best good better way many much more most long often ever really just still now let help "
    "question answer dime muestra explica significa quiero necesito favor mejor manera forma mucho tengo hago hace "
    "happen happens mi mis tu tus su sus sé sabe saber sirve sirven servir pasa pasan ocurre puedo puede pueden puedes "
    "poder debo debe deben deber hacer ve ven ver da dan dar dura duran tarda tardan falta existe existen trata usar "
    "usarlo mon ma mes peut peux dois doit faire sait sais sert arrive "
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
    """What speaks for and against an answer. `named` (0..1): how surely the question names what a document is about;
    `strange` (0..1): the share of its weight in names that are nowhere. `unknown`: identifiers that are nowhere in the
    collection; `missing`: words."""

    measures: Measures
    topic: float
    strange: float
    named: float
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    topics: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language as the embedder sees it: `direction` (dimension,) and `offset` score a vector, the highest of all
    languages wins. `level`: where background questions in it lie in relation to the topic's boundary."""

    direction: tuple[float, ...]
    offset: float
    level: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a collection was found to be like. `topic` (dimension,): the direction from questions about everything to
    its passages; `tongues`: the languages of the background; `centre`, `spread`: of the three measures over background
    questions."""

    embedder: str
    topic: tuple[float, ...]
    tongues: tuple[Tongue, ...]
    centre: tuple[float, float, float]
    spread: tuple[float, float, float]
    version: int = 2


_NO_TOPIC = 0.4  # the topic's score where nothing is known of it: between that of background questions and of others


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: its index terms (one for each language of the corpus), whether the corpus has any, and
    whether the question writes it as a name."""

    text: str
    terms: tuple[str, ...]
    weight: float
    known: bool
    name: bool


def gather(sought: Sought, calibration: Calibration) -> Evidence:
    """The evidence for an answer to a question, but for its sentences, which cost most: `read` adds them."""
    words, identifiers = weigh(sought), _identifiers(sought)
    named = max((passage.scores.exact for passage in sought.passages), default=0.0)
    known = tuple(found.value for found, here in identifiers if here)
    unknown = tuple(found.value for found, here in identifiers if not here and found.kind in _RECORDS)
    heaviest = sorted((word for word in words if not word.known), key=lambda word: (not word.name, -word.weight))
    return Evidence(
        measures=measure(sought, words),
        topic=topic_score(sought.vector, calibration),
        strange=strange(words),
        named=named,
        known=known,
        unknown=tuple(dict.fromkeys(unknown)),
        missing=tuple(word.text for word in heaviest[:3]),
        topics=_topics(sought.passages),
        language=sought.understanding.language,
    )


def topic_score(vector: Vector, calibration: Calibration) -> float:
    """How much further on the collection's side of the boundary a question lies than background questions in its
    language, about 1 for the collection's passages. An embedder takes a language that it was not trained on for a
    topic of its own; hence each is compared with its like."""
    if not calibration.topic:
        return _NO_TOPIC
    scores = [float(vector @ np.asarray(one.direction)) + one.offset for one in calibration.tongues]
    level = calibration.tongues[int(np.argmax(scores))].level
    return float(vector @ np.asarray(calibration.topic)) - level


def strange(words: Sequence[Word]) -> float:
    """The share of the words' weight in names that stand nowhere in the collection, 0..1."""
    total = sum(word.weight for word in words)
    return sum(word.weight for word in words if word.name and not word.known) / total if total else 0.0


def weigh(sought: Sought, without: frozenset[str] = frozenset()) -> tuple[Word, ...]:
    """The content words of a question, weighted: `ln(1 + (N - n + 0.5) / (n + 0.5))`, where n of the N chunks and
    background questions have the word. `without`: words of a background question that is not to count itself."""
    language, corpus = sought.understanding.language, sought.corpus
    pieces = [found.value for found in sought.understanding.identifiers]
    pieces += [word for word in _outside(sought).split() if bare(word) not in _ASKING]
    spoken = corpus.languages or (language,)
    variants = {bare(piece): _terms(piece, language, spoken) for piece in pieces}
    variants = {piece: terms for piece, terms in variants.items() if terms}
    flat = [term for terms in variants.values() for term in terms]
    frequencies = dict(zip(flat, corpus.frequency(flat) if flat else (), strict=True))
    asked, names = background(), _names(sought.question, language)
    total = corpus.chunks + len(asked.lines) - bool(without)
    words = []
    for piece, terms in variants.items():
        chunks = max(float(frequencies[term]) for term in terms)
        count = min(chunks + asked.counts.get(piece, 0) - (piece in without), total)
        weight = math.log1p((total - count + 0.5) / (count + 0.5))
        words.append(Word(piece, terms, weight, chunks > 0, piece in names))
    return tuple(words)


def read(sought: Sought, evidence: Evidence, encode: Encode, enough: float = math.inf) -> Evidence:
    """The evidence with its sentences read: all of them, or the likeliest first until one reaches `enough`."""
    sentence = best_sentence(sought, encode, enough)
    return replace(evidence, measures=replace(evidence.measures, sentence=sentence))


def measure(sought: Sought, words: Sequence[Word]) -> Measures:
    """The measures of what was found for a question; that of its sentences is 0 until they are read."""
    passages = sought.passages[:PASSAGES]
    total = sum(word.weight for word in words)
    held = [_held(passage, words) for passage in passages]
    shares = [sum(words[i].weight for i in one) / total for one in held] if total else [0.0] * len(held)
    anywhere = frozenset().union(*held) if held else frozenset()
    support = max((s * max(p.scores.dense, 0.0) for s, p in zip(shares, passages, strict=True)), default=0.0)
    covered = sum(words[i].weight for i in anywhere) / total if total else 0.0
    return Measures(support, 0.0, covered)


def _held(passage: Passage, words: Sequence[Word]) -> frozenset[int]:
    """Which of the words a passage holds, title and headings included; "study" under a heading "Education" too."""
    text = "\n".join((passage.title, *passage.chunk.headings, passage.chunk.text))
    terms, lines = set(analyse.terms(text, passage.language)), text.splitlines()
    return frozenset(
        i for i, word in enumerate(words) if not terms.isdisjoint(word.terms) or section_wanted(word.text, lines)
    )


def best_sentence(sought: Sought, encode: Encode, enough: float = math.inf) -> float:
    """The best cosine of the question with a sentence of the first passages, 0..1; one that reaches `enough` ends it.

    The sentences that share most words with the question are read first. Each is read under its title and heading,
    without which "Norwegian: mother tongue" means nothing.
    """
    asked = set(map(bare, sought.question.split()))
    texts: dict[str, int] = {}
    for passage in sought.passages[:READ]:
        over = headed(passage.title, passage.chunk.headings)
        texts.setdefault(over, len(asked))
        for start, end in sentences(passage.chunk.text):
            words = plain(passage.chunk.text[start:end]).split()
            for first in range(0, len(words), _WINDOW):
                window = words[first : first + _WINDOW]
                texts.setdefault(f"{over}: {' '.join(window)}", len(asked.intersection(map(bare, window))))
    best, waiting, taken = 0.0, sorted(texts, key=lambda text: -texts[text]), _FIRST
    while waiting and best < enough:
        best = max(best, float((encode(waiting[:taken]) @ sought.vector).max()))
        waiting, taken = waiting[taken:], 2 * taken
    return best


def _identifiers(sought: Sought) -> list[tuple[Identifier, bool]]:
    """The identifiers of a question, and whether each stands anywhere in the collection."""
    found = sought.understanding.identifiers
    whole = [max(analyse.terms(one.value, sought.understanding.language), key=len, default=one.value) for one in found]
    frequencies = sought.corpus.frequency(whole) if whole else np.zeros(0)
    named = any(passage.scores.exact >= 1.0 for passage in sought.passages)
    return [(one, n > 0 or (named and len(found) == 1)) for one, n in zip(found, frequencies, strict=True)]


def _terms(piece: str, language: str, spoken: Sequence[str]) -> tuple[str, ...]:
    """The index terms of a word; of an identifier or a compound, the whole one, written as one word too ("SHA-1")."""
    compound = any(sign in piece.strip(".,;:?!") for sign in "-._/") and any(map(str.isdigit, piece))
    if not compound:
        return tuple(analyse.query_terms(piece, language, spoken))
    found = [analyse.query_terms(written, language, spoken) for written in (piece, piece.replace("-", ""))]
    return tuple(dict.fromkeys(term for terms in found for term in terms if len(term) == max(map(len, terms))))


def _outside(sought: Sought) -> str:
    """The question without its identifiers."""
    text = sought.question
    for found in sorted(sought.understanding.identifiers, key=lambda one: -one.start):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _names(question: str, language: str) -> frozenset[str]:
    """The words that a question writes as names: with a capital inside a sentence, or inside the word. Case folded."""
    if question.isupper() or question.istitle() or language == "de":
        return frozenset()  # capitals that say nothing
    names: set[str] = set()
    starts = True
    for token in question.split():
        word = re.sub("^I['’].*|['’]s$", "", token.strip(PUNCTUATION))
        if any(map(str.isupper, word[starts:])):
            names.update((word.casefold(), bare(token)))
        starts = token.endswith((".", "?", "!", ":")) or (starts and not word)
    return frozenset(names)


def _topics(passages: Sequence[Passage], most: int = 4) -> tuple[str, ...]:
    titles = (passage.title or (passage.chunk.headings[:1] or ("",))[0] for passage in passages)
    return tuple(dict.fromkeys(filter(None, titles)))[:most]
