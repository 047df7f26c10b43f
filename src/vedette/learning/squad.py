"""Question sets in the layout of SQuAD 2.0 (Rajpurkar et al. 2018), and its two measures of an answer's words."""

from __future__ import annotations

import json
import re
import string
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.errors import LoadError, NotFound
from vedette.learning.beir import Record

_ARTICLES = re.compile(r"\b(?:an?|the|el|la|los|las|una?|unos|unas|le|les|une|des)\b")
_PUNCTUATION = frozenset(string.punctuation + "«»“”‘’¿¡–—…")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a paragraph. `answers` are the accepted wordings, none where the paragraphs do not answer it."""

    id: str
    text: str
    paragraph: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Paragraphs as documents, and what is asked of them."""

    paragraphs: tuple[Record, ...]
    questions: tuple[Asked, ...]


def read_squad(path: Path) -> QuestionSet:
    """The set in a file. Raises NotFound where there is none, LoadError where it is not in the layout."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}; name a question set in the layout of SQuAD 2.0.")
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        paragraphs: list[Record] = []
        questions: list[Asked] = []
        for article in articles:
            for paragraph in article["paragraphs"]:
                name = f"p{len(paragraphs)}"
                title = str(article.get("title", "")).replace("_", " ")
                paragraphs.append(Record(name, title, paragraph["context"]))
                questions += [_asked(entry, name) for entry in paragraph["qas"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(f"{path} is not in the layout of SQuAD 2.0 ({type(error).__name__}: {error}).") from error
    if not questions:
        raise LoadError(f"{path} has no questions; a question set has data, paragraphs and qas.")
    return QuestionSet(tuple(paragraphs), tuple(questions))


def _asked(entry: dict[str, Any], paragraph: str) -> Asked:
    wordings = [] if entry.get("is_impossible") else [answer["text"] for answer in entry["answers"]]
    return Asked(str(entry["id"]), entry["question"], paragraph, tuple(dict.fromkeys(wordings)))


def exact_match(said: str, answers: tuple[str, ...]) -> float:
    """1 where the words are those of an accepted answer, or where nothing is said and nothing is accepted."""
    return float(any(words(said) == words(answer) for answer in answers or ("",)))


def f1(said: str, answers: tuple[str, ...]) -> float:
    """The best harmonic mean of precision and recall of words over the accepted answers, 0..1.

    >>> round(f1("in the year 1998", ("1998",)), 2), f1("", ()), f1("Paris", ())
    (0.5, 1.0, 0.0)
    """
    if not answers:
        return float(not words(said))
    return max(_overlap(words(said), words(answer)) for answer in answers)


def contains(text: str, answers: tuple[str, ...]) -> bool:
    """Whether an accepted answer stands in the text, word for word."""
    have = f" {' '.join(words(text))} "
    return any(f" {' '.join(words(answer))} " in have for answer in answers)


def words(text: str) -> list[str]:
    """The words that SQuAD compares: lower case, without punctuation and articles (here of three languages), and
    without accents."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return _ARTICLES.sub(" ", "".join(c for c in folded if c not in _PUNCTUATION)).split()


def _overlap(said: list[str], answer: list[str]) -> float:
    shared = sum((Counter(said) & Counter(answer)).values())
    return 2 * shared / (len(said) + len(answer)) if shared else 0.0
