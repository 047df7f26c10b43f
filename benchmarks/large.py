"""A library of 100,000 chunks, made once: the chunks of the sample library, and splices of two of them.

A splice has the first half of one text and the second half of another; its vector is the normed mean of both vectors
and of noise drawn from the covariance of the real ones, since embedding 90,000 texts takes half an hour. Both stores
get the same texts and the same vectors. Documents have ten chunks and belong to one of ten groups.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vedette.rag.embed import OnnxEmbedder, packaged_model
from vedette.rag.index.contract import Entry, Vectors
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.library.catalog import open_catalog
from vedette.rag.library.documents import Staged
from vedette.rag.library.shelf import Prepared
from vedette.rag.text import analyse
from vedette.records import Document, DocumentInfo, document_id

CHUNKS, DOCUMENT, GROUPS = 100_000, 10, 10
COLLECTION = "large"
_AT_ONCE = 500  # chunks written together


@dataclass(frozen=True, slots=True)
class Made:
    """A chunk of the large library: text, heading path and language of its first half, and its vector."""

    text: str
    like: Entry
    dense: NDArray[np.float32]


def make(source: Path, target: Path, seed: int = 0, chunks: int = CHUNKS) -> None:
    """Fill the data folder `target` from the index of the data folder `source`; also write `chunks.jsonl` and
    `vectors.npy` there, for the peer."""
    shutil.rmtree(target, ignore_errors=True)
    embedder = OnnxEmbedder(packaged_model(), 1)
    index = EdgeIndex(source / "index", embedder.dimension)
    real = [(entry, vectors.dense) for batch in index.scan() for entry, vectors in batch]
    index.close()
    made = list(_made(real, np.random.default_rng(seed), chunks))
    index, catalog = EdgeIndex(target / "index", embedder.dimension), open_catalog(target / "catalog.db", embedder.name)
    documents = [_document(made[at : at + DOCUMENT], at // DOCUMENT) for at in range(0, chunks, DOCUMENT)]
    step = _AT_ONCE // DOCUMENT
    for first in range(0, len(documents), step):
        part = documents[first : first + step]
        dense = [one.dense for one in made[first * DOCUMENT : (first + step) * DOCUMENT]]
        entries = [pair for document in part for pair in zip(document.entries, document.lexical, strict=True)]
        staged = [document.staged for document in part]
        catalog.documents.stage(staged)
        index.upsert([(entry, Vectors(one, lexical)) for (entry, lexical), one in zip(entries, dense, strict=True)])
        catalog.documents.publish(staged)
    index.optimize()
    index.close()
    catalog.close()
    embedder.close()
    np.save(target / "vectors.npy", np.stack([one.dense for one in made]))
    with (target / "chunks.jsonl").open("w", encoding="utf-8") as out:
        for number, one in enumerate(made):
            out.write(json.dumps({"text": one.text, "group": group(number // DOCUMENT)}) + "\n")


def group(document: int) -> str:
    """The group that a document belongs to."""
    return f"g{document % GROUPS}"


def _made(
    real: Sequence[tuple[Entry, NDArray[np.float32]]], random: np.random.Generator, chunks: int
) -> Iterator[Made]:
    """The real chunks, then splices."""
    for entry, dense in real[:chunks]:
        yield Made(entry.chunk.text, entry, dense)
    matrix = np.stack([dense for _, dense in real])
    factor = np.linalg.cholesky(np.cov(matrix.T) + 1e-6 * np.eye(matrix.shape[1]))
    for _ in range(chunks - len(real)):
        one, other = random.integers(0, len(real), 2)
        noise = factor @ random.standard_normal(matrix.shape[1])
        dense = matrix[one] + matrix[other] + noise
        entry = real[one][0]
        text = f"{_half(entry.chunk.text, 0)} {_half(real[other][0].chunk.text, 1)}"
        yield Made(text, entry, (dense / np.linalg.norm(dense)).astype(np.float32))


def _half(text: str, which: int) -> str:
    words = text.split(" ")
    middle = len(words) // 2
    return " ".join(words[middle:] if which else words[:middle])


def _document(parts: Sequence[Made], number: int) -> Prepared:
    """Ten chunks as one document, analysed as an ingest does."""
    source, version = f"large/{number:06d}.txt", "1"
    name = document_id(COLLECTION, source)
    text = "\n\n".join(part.text for part in parts)
    title = parts[0].like.chunk.headings[0] if parts[0].like.chunk.headings else source
    language = parts[0].like.language
    entries: list[Entry] = []
    start = 0
    for ordinal, part in enumerate(parts):
        end = start + len(part.text)
        chunk = replace(
            part.like.chunk,
            id=f"{source}:0:{ordinal}",
            source=source,
            page=0,
            ordinal=ordinal,
            start=start,
            end=end,
            text=part.text,
        )
        entries.append(
            replace(
                part.like,
                chunk=chunk,
                collection=COLLECTION,
                document=name,
                version=version,
                metadata={"group": group(number)},
            )
        )
        start = end + 2
    title_terms = analyse.terms(title, language)
    lexical = tuple(analyse.sparse_document([*title_terms, *analyse.terms(part.text, language)]) for part in parts)
    counts = Counter(int(term) for vector in lexical for term in vector.indices)
    info = DocumentInfo(
        name, COLLECTION, source, title, "prose", language, "text/plain", 0, len(parts), len(text), version, ""
    )
    document = Document(source, title, text, "text/plain", language=language)
    staged = Staged(info, source, document, counts, (analyse.subject_key(title),) if number < 1000 else ())
    return Prepared(staged, tuple(entries), tuple(part.text for part in parts), lexical)
