"""`vedette index move`: to a Qdrant server and back, with the client's own engine standing where the server would."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from fakes.process import copied, vedette
from fakes.small_library import write_library
from vedette.app import move_index, opened
from vedette.engines import qdrant
from vedette.errors import BadInput, Conflict, StorageError
from vedette.records import IngestRequest, Passage, Query
from vedette.settings import Settings, load

SERVER = "http://qdrant.example:6333"
QUESTIONS = ["salt of a password hash", "CVE-2021-44228", "when are backups written", "phishing message"]


@pytest.fixture(autouse=True)
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine inside qdrant-client, keeping its data in a folder, at any URL."""
    monkeypatch.setattr(qdrant, "connect", lambda url, key: QdrantClient(path=str(tmp_path / "server")))


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ingested")
    with opened(load({}, folder / "data")) as services:
        list(services.knowledge.ingest(IngestRequest((str(write_library(folder / "docs")),))))
    return folder


@pytest.fixture
def data(ingested: Path, tmp_path: Path) -> Path:
    return copied(ingested, tmp_path) / "data"


def settings(data: Path, url: str = "") -> Settings:
    return load({"VEDETTE_INDEX_URL": url} if url else {}, data)


@contextmanager
def embedding_forbidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise AssertionError("something was embedded again")

    with monkeypatch.context() as patch:
        patch.setattr("vedette.rag.embed.OnnxEmbedder.embed", refuse)
        yield


def found(settings: Settings) -> list[tuple[Passage, ...]]:
    with opened(settings) as services:
        assert services.knowledge.verify().sound
        return [services.knowledge.retrieve(Query(question)).passages for question in QUESTIONS]


def assert_alike(before: list[tuple[Passage, ...]], after: list[tuple[Passage, ...]]) -> None:
    for ours, theirs in zip(before, after, strict=True):
        assert [passage.chunk for passage in ours] == [passage.chunk for passage in theirs]
        assert [p.scores.final for p in ours] == pytest.approx([p.scores.final for p in theirs], abs=1e-4)


def test_there_and_back_without_embedding_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = found(settings(data))
    told: list[int] = []
    with embedding_forbidden(monkeypatch):
        moved = move_index(settings(data), SERVER, "vedette", told.append)
    assert told[-1] == moved > 0
    assert_alike(before, found(settings(data, SERVER)))
    assert move_index(settings(data), SERVER, "vedette", told.append) == moved
    shutil.rmtree(data / "index")
    assert move_index(settings(data, SERVER), "", "", told.append) == moved
    assert_alike(before, found(settings(data)))


def test_a_move_that_broke_off_is_made_whole_by_moving_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = qdrant.QdrantIndex.upsert, []

    def failing(self: qdrant.QdrantIndex, entries: list) -> None:
        real(self, entries[:3])
        calls.append(entries)
        raise StorageError("The server is gone.")

    with monkeypatch.context() as patch:
        patch.setattr(qdrant.QdrantIndex, "upsert", failing)
        with pytest.raises(StorageError):
            move_index(settings(data), SERVER, "vedette", lambda done: None)
    assert len(calls) == 1
    move_index(settings(data), SERVER, "vedette", lambda done: None)
    assert_alike(found(settings(data)), found(settings(data, SERVER)))


def test_an_index_with_something_else_in_it_is_left_alone(data: Path, tmp_path: Path) -> None:
    other = write_library(tmp_path / "other")
    with opened(settings(tmp_path / "elsewhere", SERVER)) as services:
        list(services.knowledge.ingest(IngestRequest((str(other),), "other")))
    with pytest.raises(Conflict, match="--prefix"):
        move_index(settings(data), SERVER, "vedette", lambda done: None)
    assert move_index(settings(data), SERVER, "second", lambda done: None) > 0


def test_two_data_folders_do_not_share_a_collection(data: Path, tmp_path: Path) -> None:
    move_index(settings(data), SERVER, "vedette", lambda done: None)
    before = found(settings(data, SERVER))
    with pytest.raises(Conflict, match="VEDETTE_INDEX_PREFIX"), opened(settings(tmp_path / "elsewhere", SERVER)):
        pass
    assert_alike(before, found(settings(data, SERVER)))
    apart = load({"VEDETTE_INDEX_URL": SERVER, "VEDETTE_INDEX_PREFIX": "second"}, tmp_path / "elsewhere")
    with opened(apart) as services:
        assert services.knowledge.verify().sound


def test_a_collection_without_a_mark_goes_to_the_first_that_opens_it(data: Path, tmp_path: Path) -> None:
    move_index(settings(data), SERVER, "vedette", lambda done: None)
    server = qdrant.connect(SERVER, "")
    server.update_collection("vedette", metadata={qdrant.OWNER: None})
    server.close()
    assert found(settings(data, SERVER))
    with pytest.raises(Conflict, match="another data folder"), opened(settings(tmp_path / "elsewhere", SERVER)):
        pass


def test_a_move_to_where_it_is(data: Path) -> None:
    for where in ("", SERVER):
        with pytest.raises(BadInput, match="there already"):
            move_index(settings(data, where), where, "vedette", lambda done: None)


@pytest.mark.parametrize(
    ("to", "code", "word"),
    [
        ("edge", 2, "there already"),
        ("ftp://x", 2, "http(s)"),
        ("http://127.0.0.1:1", 1, "VEDETTE_INDEX_URL"),
        ("http://x:99999", 2, "6333"),
    ],
)
def test_on_the_command_line(data: Path, to: str, code: int, word: str) -> None:
    done = vedette(data, "index", "move", "--to", to)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert word in done.stderr
    assert len(found(settings(data))[0]) > 0
