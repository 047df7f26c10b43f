"""Builds the graph of a copy of the embedded index: `python -m vedette.rag.index.edge_build DIR`, a process of its own.

The engine holds Python's global lock until it is done, and uses all cores; others go first.
"""

from __future__ import annotations

import os
import sys


def build(folder: str) -> None:
    """Build what is missing in the index in `folder`, which nobody else has open."""
    from qdrant_edge import EdgeShard

    os.nice(10)
    shard = EdgeShard.load(folder)
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    build(sys.argv[1])
