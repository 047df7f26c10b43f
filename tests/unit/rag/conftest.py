from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.shelf import Shelf, open_shelf
from vedette.rag.embed import OnnxEmbedder, packaged_model


@pytest.fixture(scope="session")
def packaged_embedder() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(packaged_model(), 1)
    yield embedder
    embedder.close()


@pytest.fixture
def shelf(tmp_path: Path, packaged_embedder: OnnxEmbedder) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "data", packaged_embedder) as opened:
        yield opened
