"""text -> terms -> sparse vectors: one lexical analysis for documents and questions, whichever engine keeps the index.

A term is a word, folded (case, accents) and then stemmed by the Snowball algorithm of its language. Identifiers and
names of files, registry keys, genes and the like (`CVE-2021-44228`, `mshta.exe`, `IL-2`) are terms as a whole beside
their parts. Scripts without spaces give overlapping n-grams of characters. The weights are those of BM25 (Robertson &
Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"), split so that a dot product of what the index
keeps and what the question brings is the BM25 score: the document's side holds the saturated term frequency, the
question's side the inverse document frequency.
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import Stemmer
from numpy.typing import NDArray

from vedette.rag.text.identifiers import find_identifiers, normalise
from vedette.rag.text.languages import detect_language, stop_words
from vedette.records import Chunk

__all__ = [
    "TITLE_TOKENS",
    "SparseVector",
    "detect_language",
    "embedded_text",
    "embedded_title",
    "idf",
    "in_context",
    "matches",
    "query_terms",
    "sparse_document",
    "sparse_query",
    "stem",
    "subject_key",
    "subjects_asked",
    "term_ids",
    "terms",
]

K1, B = 1.2, 0.75
MEAN_LENGTH = 100.0  # terms of a full chunk, roughly: a constant, so that no vector has to be written again
CONTEXT = np.float32(0.5)  # weight of a document's mean vector in the vectors of its chunks
TITLE_TOKENS = 48  # of the embedder's: a longer title is cut off in what is embedded
LONGEST_SUBJECT = 8  # words

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
# Where an accent makes another word, or rules of the stemmer hang on it.
_ACCENTS_MATTER = frozenset({"tr", "vi"})

# Letters and digits; vowel signs of Indic and neighbouring scripts count as letters, which `\w` denies.
_LETTER = "(?:[^\\W_]|[\u0300-\u036f\u064b-\u0652\u0900-\u0963\u0971-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u103e])"
_TOKEN = re.compile(rf"{_LETTER}+(?:[._\-'’]+{_LETTER}+)*")
_PART = re.compile(rf"{_LETTER}+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_LATIN_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_STROKES = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term ids (u32) and their weights (f32), same length, ids unique."""

    indices: NDArray[np.uint32]
    values: NDArray[np.float32]


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in reading order, repeated as often as they stand there; function words are left out.

    >>> terms("Attackers abuse mshta.exe (cve-2021–44228)", "en")
    ['attack', 'abus', 'mshta.exe', 'mshta', 'exe', 'cve-2021-44228', 'cve', '2021', '44228']
    >>> terms("Las vulnerabilidades de inyección", "es") == terms("vulnerabilidad de inyeccion", "es")
    True
    """
    found: list[str] = []
    for token in _TOKEN.findall(_refanged(unicodedata.normalize("NFC", text))):
        found += _analysed(token, language)
    return found


def query_terms(text: str, language: str, corpus: Collection[str]) -> dict[str, float]:
    """The terms of a question and their weights, before idf: the square root of how often each stands there.

    A word is looked up under its stem in every language of the corpus, function words of the question's language
    left out. The root keeps the word that a long question repeats from outweighing all others.

    >>> query_terms("hash of a hash of the password", "en", ["en"])
    {'hash': 1.4142135623730951, 'password': 1.0}
    >>> sorted(query_terms("políticas de contraseñas", "es", ["es", "en"]))
    ['contrasen', 'contrasena', 'polit', 'politica']
    """
    stops = stop_words(language)
    counts: Counter[str] = Counter()
    for token in _TOKEN.findall(_refanged(unicodedata.normalize("NFC", text))):
        if token.casefold() not in stops:
            counts.update({term for spoken in corpus or (language,) for term in _analysed(token, spoken)})
    return {term: float(np.sqrt(count)) for term, count in counts.items()}


def stem(word: str, language: str) -> str:
    """One word folded (case, accents) and stemmed, function words too; only folded, where the language has no stemmer.

    >>> stem("Contraseñas", "es"), stem("Contraseñas", "")
    ('contrasen', 'contrasenas')
    """
    return _stemmer(language)(_folded(word, language))


def term_ids(found: Sequence[str]) -> NDArray[np.uint32]:
    """The numbers under which the index keeps terms: CRC-32 of their UTF-8, shape (len(found),)."""
    return np.fromiter((_number(term) for term in found), dtype=np.uint32, count=len(found))


def sparse_document(found: Sequence[str]) -> SparseVector:
    """The document's half of BM25 for the terms of one chunk, title included: `tf (k1 + 1) / (tf + norm)` with
    `norm = k1 (1 - b + b length / mean length)`.

    >>> [round(float(value), 2) for value in sparse_document(["a", "a", "b"]).values]
    [1.89, 1.66]
    """
    counts = Counter(_number(term) for term in found)
    frequency = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    norm = K1 * (1.0 - B + B * len(found) / MEAN_LENGTH)
    values = frequency * np.float32(K1 + 1.0) / (frequency + np.float32(norm))
    return SparseVector(np.fromiter(counts, dtype=np.uint32, count=len(counts)), values.astype(np.float32))


def sparse_query(asked: Mapping[str, float], frequencies: NDArray[np.float64], chunks: int) -> SparseVector:
    """The question's half of BM25: weight x `ln(1 + (N - n + 0.5) / (n + 0.5))`.

    `frequencies[i]` is in how many of the `chunks` chunks the i-th term of `asked` stands. Terms that stand nowhere
    are left out; two terms of one number are one.

    >>> vector = sparse_query({"hash": 1.0, "nowhere": 1.0}, np.array([1.0, 0.0]), 10)
    >>> len(vector.indices), round(float(vector.values[0]), 3)
    (1, 1.992)
    """
    rarity = idf(frequencies, chunks)
    weights: dict[int, float] = {}
    for (term, weight), n, rare in zip(asked.items(), frequencies, rarity, strict=True):
        if n > 0:
            weights[_number(term)] = weight * float(rare)
    return SparseVector(
        np.fromiter(weights, dtype=np.uint32, count=len(weights)),
        np.fromiter(weights.values(), dtype=np.float32, count=len(weights)),
    )


def matches(query: SparseVector, documents: Sequence[SparseVector]) -> NDArray[np.float64]:
    """What each term of the question, in the order of its number, adds to the BM25 score of each chunk: shape
    (len(documents), len(query.indices)), whose rows sum to the dot products.

    >>> asked, said = (SparseVector(np.uint32(i), np.float32(v)) for i, v in (([3, 8], [1, 2]), ([8, 5], [1.5, 9])))
    >>> matches(asked, [said])
    array([[0., 3.]])
    """
    scores = np.zeros((len(documents), len(query.indices)))
    if not scores.size:
        return scores
    order = np.argsort(query.indices)
    numbers, weights = query.indices[order], query.values[order]
    rows = np.repeat(np.arange(len(documents)), [len(document.indices) for document in documents])
    found = np.concatenate([document.indices for document in documents])
    columns = np.minimum(np.searchsorted(numbers, found), len(numbers) - 1)
    same = numbers[columns] == found
    values = np.concatenate([document.values for document in documents])
    scores[rows[same], columns[same]] = values[same] * weights[columns[same]]
    return scores


def idf(frequencies: NDArray[np.float64], chunks: int) -> NDArray[np.float64]:
    """How much a term says that `n` of `N` chunks hold: `ln(1 + (N - n + 0.5) / (n + 0.5))`.

    >>> idf(np.array([1.0, 10.0]), 10).round(2).tolist()
    [1.99, 0.05]
    """
    total = np.maximum(frequencies, chunks)
    rarity: NDArray[np.float64] = np.log1p((total - frequencies + 0.5) / (frequencies + 0.5))
    return rarity


def embedded_title(title: str) -> str:
    """What stands before every chunk that is embedded: the title, with underscores as the spaces they stand for."""
    return " ".join(title.replace("_", " ").split())


def embedded_text(title: str, chunk: Chunk) -> str:
    """What is embedded for a chunk: the title of its document, then the passage."""
    head = embedded_title(title)
    return f"{head}\n{chunk.text}" if head else chunk.text


def in_context(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors of all chunks of one document, (n, dimension), each leaning towards their mean; of length one again.

    A dot product with them interpolates between the passage and its document (Bendersky & Kurland 2008, "Utilizing
    Passage-Based Language Models for Document Retrieval"), without a second vector. The mean of a document of many
    subjects is short, so that it hardly moves its chunks.

    >>> [[round(float(x), 2) for x in row] for row in in_context(np.eye(2, dtype=np.float32))]
    [[0.98, 0.2], [0.2, 0.98]]
    """
    if len(vectors) < 2:
        return vectors
    leaning = vectors + CONTEXT * vectors.mean(axis=0, dtype=np.float32)
    lengths = np.linalg.norm(leaning, axis=1, keepdims=True)
    return np.asarray(leaning / np.maximum(lengths, 1e-9), dtype=np.float32)


def subject_key(name: str) -> str:
    """The key under which a document that is about an identifier or a name is found; "" where the name says too little.

    The same in every language: words folded, a final s taken off.

    >>> subject_key("hxxp://evil[.]com"), subject_key("Web  Shells"), subject_key("cve-2021–44228"), subject_key("—")
    ('http://evil.com', 'web shell', 'cve-2021-44228', '')
    """
    value = normalise(name)
    found = find_identifiers(value)
    if len(found) == 1 and found[0].value == value:
        return value.casefold()
    words = [_key_word(part) for part in _PART.findall(unicodedata.normalize("NFC", value))]
    return " ".join(words) if 0 < len(words) <= LONGEST_SUBJECT and len("".join(words)) > 1 else ""


def subjects_asked(text: str, limit: int = 80) -> dict[str, tuple[int, int]]:
    """Every key that the first `limit` words of a question could name, and the span `[start, end)` that would name it.

    >>> sorted(subjects_asked("Is T1110 brute?"))
    ['brute', 'is', 'is t1110', 'is t1110 brute', 't1110', 't1110 brute']
    """
    parts = [(match.start(), match.end()) for match in _PART.finditer(text)][:limit]
    words = [_key_word(text[start:end]) for start, end in parts]
    keys: dict[str, tuple[int, int]] = {}
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_SUBJECT, len(words))):
            key = " ".join(words[first : last + 1])
            if len(key) > 1:
                keys.setdefault(key, (parts[first][0], parts[last][1]))
    for found in find_identifiers(text):
        keys[found.value.casefold()] = (found.start, found.end)
    return keys


def _refanged(text: str) -> str:
    """The text with its identifiers in canonical spelling: one grammar decides what `T1110/003` or `evil[.]com` is."""
    pieces, done = [], 0
    for found in find_identifiers(text):
        if text[found.start : found.end] != found.value:
            pieces += [text[done : found.start], found.value]
            done = found.end
    return "".join([*pieces, text[done:]]) if pieces else text


@functools.lru_cache(maxsize=1 << 17)
def _analysed(token: str, language: str) -> tuple[str, ...]:
    """The terms of one token: itself as a whole where it is a name, then its words."""
    parts = _PART.findall(token)
    found: list[str] = []
    if len(parts) > 1 and ("." in token or "_" in token or any(map(str.isdigit, token))):
        found.append(_folded(token, language))
    stops, stem = stop_words(language), _stemmer(language)
    for part in parts:
        word = part.casefold()
        if word in stops:
            continue
        if _UNSPACED.search(word):
            found += _grams(word)
        else:
            found.append(stem(_folded(word, language)))
    return tuple(found)


def _folded(word: str, language: str) -> str:
    """Lower case, strokes and accents of Latin letters off; accents of other scripts are part of their letters."""
    word = word.casefold()
    if word.isascii() or language in _ACCENTS_MATTER:
        return word
    plain = _LATIN_ACCENT.sub("", unicodedata.normalize("NFKD", word.translate(_STROKES)))
    return unicodedata.normalize("NFC", plain)


def _grams(word: str) -> list[str]:
    """Overlapping pairs of characters of a word in a script that sets no spaces."""
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


# One set of stemmers for each thread: an instance may not be used by two at once.
_STEMMERS_HERE = threading.local()


def _stemmer(language: str) -> Callable[[str], str]:
    if language not in _STEMMERS:
        return str
    here: dict[str, Callable[[str], str]] = _STEMMERS_HERE.__dict__
    if language not in here:
        here[language] = Stemmer.Stemmer(_STEMMERS[language]).stemWord
    return here[language]


@functools.lru_cache(maxsize=1 << 17)
def _number(term: str) -> int:
    return zlib.crc32(term.encode())


def _key_word(word: str) -> str:
    plain = _folded(word, "")
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain
