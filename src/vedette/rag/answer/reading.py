"""The documents that may answer a question: those of its passages, the records it names, and others related."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vedette.errors import NotFound
from vedette.rag.answer.cards import related_identifiers
from vedette.rag.library.shelf import Library
from vedette.rag.retrieve.search import Looked
from vedette.rag.text import analyse
from vedette.records import Document, Question, Understanding

# Records about the identifiers and names of a question that are read whole for a card.
RECORDS = 12
# Records and rules that are related to those, such as the sub-techniques of a technique.
RELATED = 24


def documents_of(
    question: Question, understanding: Understanding, looked: Looked, library: Library
) -> dict[str, Document]:
    """The documents of the passages, and every record about an identifier or name of the question, by id."""
    named = looked.named
    about = sorted(named, key=lambda document: -named[document])[:RECORDS]
    found = read_documents([*about, *(passage.document for passage in looked.passages)], library)
    related = related_identifiers(question, understanding, found)
    return found | read_documents(_related(related, question.collection, library), library) if related else found


def _related(identifiers: Sequence[str], collection: str, library: Library) -> list[str]:
    """Ids of the records about some identifiers, and of the detection rules that name one."""
    about = library.catalog.documents.about(collection, [analyse.subject_key(name) for name in identifiers])
    rules = library.index.matching("identifiers", identifiers, library.scope(collection, {"kind": "sigma"}), RELATED)
    records = (document for documents in about.values() for document in documents)
    return [*records, *(entry.document for entry in library.index.fetch(rules).values())][:RELATED]


def read_documents(names: Iterable[str], library: Library) -> dict[str, Document]:
    """The documents that are there, by id."""
    found: dict[str, Document] = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = library.catalog.documents.read(name).document
        except NotFound:
            continue  # removed since it was retrieved: it no longer answers
    return found
