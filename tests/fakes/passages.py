"""Documents as the readers make them, and passages of them, for tests of what answers and checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from vedette.rag.load import markdown, security
from vedette.rag.load.limits import Job
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import Chunk, Document, Intent, LaneScores, Passage, Question, Understanding

EXAMPLES = Path(__file__).parents[2] / "examples"


def page(text: str, source: str = "page.md", language: str = "en") -> Document:
    """The document that the Markdown reader makes of a text."""
    [document] = (found for found in markdown.read(Job(text.encode(), source)) if isinstance(found, Document))
    return replace(document, language=language)


@cache
def example(path: str, language: str = "en") -> Document:
    """A Markdown page of the examples."""
    return page((EXAMPLES / path).read_text(encoding="utf-8"), path, language)


@cache
def records(path: str) -> Mapping[str, Document]:
    """The records of a JSON file of the examples, by the first of their identifiers."""
    read = security.read_json((EXAMPLES / path).read_bytes(), path)
    return {found.identifiers[0]: found for found in read if isinstance(found, Document)}


def whole(identity: str, document: Document, score: float = 1.0, end: int | None = None) -> Passage:
    """A passage that is the document, to the end or to an offset."""
    text = document.text[:end]
    chunk = Chunk(f"{document.source}:0:0", document.source, 0, 0, 0, len(text), text)
    scores = LaneScores(score, score, 0.0, score)
    return Passage(identity, document.title, document.kind, document.language, chunk, scores, document.metadata)


def wholes(documents: Mapping[str, Document], end: int | None = None) -> list[Passage]:
    """A passage for each document, the first one best."""
    return [whole(name, document, 1.0 - 0.1 * place, end) for place, (name, document) in enumerate(documents.items())]


def asked(text: str, intent: Intent = "question", language: str = "en") -> tuple[Question, Understanding]:
    """A question, and what there is to understand of it."""
    return Question(text), Understanding(find_identifiers(text), language, intent)
