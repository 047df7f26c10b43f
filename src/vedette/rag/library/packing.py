"""How the catalogue keeps a document and its terms: small, and as they were."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

import numpy as np

from vedette.rag.load import wire
from vedette.records import Document


def pack(terms: Mapping[int, int]) -> bytes:
    """Numbers of terms (u32) and their counts (u32).

    >>> unpack(pack({7: 2, 4_000_000_000: 1}))
    {7: 2, 4000000000: 1}
    """
    pairs = np.array(sorted(terms.items()), dtype=np.uint32)
    return zlib.compress(pairs.tobytes(), 1)


def unpack(packed: bytes) -> dict[int, int]:
    pairs = np.frombuffer(zlib.decompress(packed), dtype=np.uint32).reshape(-1, 2)
    return {int(term): int(count) for term, count in pairs}


def squeeze(document: Document) -> bytes:
    return zlib.compress(json.dumps(wire.to_json(document), ensure_ascii=False).encode(), 3)


def unsqueeze(body: bytes) -> Document:
    document = wire.from_json(json.loads(zlib.decompress(body)))
    assert isinstance(document, Document)
    return document
