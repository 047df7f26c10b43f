"""One suite for every index: the embedded engine, the server's adapter on the client's own engine, a real server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from qdrant_client import QdrantClient

from vedette.engines.qdrant import QdrantIndex, connect
from vedette.errors import Conflict
from vedette.rag.index.contract import Entry, Hit, Index, Scope, Search, Vectors
from vedette.rag.index.edge import EdgeIndex
from vedette.rag.text.analyse import SparseVector
from vedette.records import EVERYONE, NOBODY, OWNER, Access, Chunk

DIMENSION = 4


@pytest.fixture(params=["edge", "qdrant-in-memory", "qdrant-server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    opened: Index
    if request.param == "edge":
        opened = EdgeIndex(tmp_path / "index", DIMENSION)
    elif request.param == "qdrant-in-memory":
        opened = QdrantIndex(QdrantClient(":memory:"), "test", DIMENSION, "ours")
    else:
        url = os.environ.get("VEDETTE_TEST_QDRANT_URL")
        if not url:
            pytest.skip("no Qdrant server: set VEDETTE_TEST_QDRANT_URL (the service container of the workflow does)")
        opened = QdrantIndex(connect(url, ""), f"test-{uuid.uuid4().hex}", DIMENSION, "ours")
    yield opened
    opened.close()


def entry(document: str, ordinal: int = 0, **given: object) -> Entry:
    text = f"text {ordinal} of {document}"
    chunk = Chunk(f"{document}:0:{ordinal}", document, 0, ordinal, 0, len(text), text, ("Heading",))
    fields: dict[str, object] = {"collection": "library", "document": document, "version": "v1"} | given
    return Entry(chunk=chunk, **fields)  # type: ignore[arg-type]


def sparse(weights: dict[int, float]) -> SparseVector:
    return SparseVector(np.array(list(weights), np.uint32), np.array(list(weights.values()), np.float32))


def vectors(dense: list[float], weights: dict[int, float]) -> Vectors:
    unit = np.array(dense, np.float32)
    return Vectors(unit / np.linalg.norm(unit), sparse(weights))


def fill(index: Index) -> dict[str, int]:
    entries = {
        "a": entry("a", identifiers=("CVE-2021-44228",), metadata={"tags": ("x", "y"), "level": "high", "year": 2021}),
        "b": entry("b", kind="kev"),
        "other": entry("other", collection="private"),
    }
    index.upsert(
        [
            (entries["a"], vectors([1, 0, 0, 0], {7: 2.0, 9: 1.0})),
            (entries["b"], vectors([1, 1, 0, 0], {7: 1.0})),
            (entries["other"], vectors([1, 0, 0, 0], {7: 9.0})),
        ]
    )
    return {name: item.point for name, item in entries.items()}


def found(
    index: Index, vector: NDArray[np.float32] | SparseVector, scope: Scope, within: list[int] | None = None
) -> list[Hit]:
    (hits,) = index.search([Search(vector, scope, 20, within)])
    return hits


def points_of(hits: list[Hit]) -> list[int]:
    return [hit.point for hit in hits]


def test_dense_search_gives_cosines_best_first(index: Index) -> None:
    points = fill(index)
    hits = found(index, np.array([1, 0, 0, 0], np.float32), Scope("library"))
    assert points_of(hits) == [points["a"], points["b"]]
    assert [hit.score for hit in hits] == pytest.approx([1.0, 0.7071], abs=1e-3)


def test_lexical_search_gives_dot_products(index: Index) -> None:
    points = fill(index)
    hits = found(index, sparse({7: 1.5, 9: 1.0}), Scope("library"))
    assert dict(hits) == pytest.approx({points["a"]: 4.0, points["b"]: 1.5})
    assert found(index, sparse({1000: 1.0}), Scope("library")) == []


def test_within_scores_only_the_given_points(index: Index) -> None:
    points = fill(index)
    query = np.array([1, 0, 0, 0], np.float32)
    assert points_of(found(index, query, Scope("library"), within=[points["b"]])) == [points["b"]]
    assert found(index, query, Scope("library"), within=[]) == []
    assert found(index, query, Scope("library"), within=[points["other"]]) == []


def test_several_searches_are_answered_in_their_order(index: Index) -> None:
    points = fill(index)
    dense, lexical, library = np.array([1, 0, 0, 0], np.float32), sparse({7: 1.0}), Scope("library")
    searches = [
        Search(lexical, library, 1),
        Search(dense, library, 5, within=[]),
        Search(dense, library.narrowed("kind", "kev"), 5),
        Search(dense, Scope("private"), 5),
    ]
    assert list(map(points_of, index.search(searches))) == [[points["a"]], [], [points["b"]], [points["other"]]]
    assert index.search([]) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tags": "y"}, ["a"]),
        ({"year": "2021"}, ["a"]),
        ({"tags": "z"}, []),
        ({"level": "high", "tags": "x"}, ["a"]),
        ({"kind": "kev"}, ["b"]),
    ],
)
def test_filters_are_part_of_the_search(index: Index, filters: dict[str, str], expected: list[str]) -> None:
    points = fill(index)
    scope = Scope("library", filters)
    wanted = [points[name] for name in expected]
    assert points_of(found(index, np.array([1, 0, 0, 0], np.float32), scope)) == wanted
    assert points_of(found(index, sparse({7: 1.0}), scope)) == wanted


def test_matching_by_identifier_and_document(index: Index) -> None:
    points = fill(index)
    assert index.matching("identifiers", ["CVE-2021-44228"], Scope("library"), 10) == [points["a"]]
    assert index.matching("identifiers", ["CVE-2021-44228"], Scope("private"), 10) == []
    matching = index.matching("document", ["a", "b"], Scope("library"), 10)
    assert set(matching) == {points["a"], points["b"]}
    assert index.matching("identifiers", [], Scope("library"), 10) == []


def test_fetch_and_scan_give_back_what_was_stored(index: Index) -> None:
    points = fill(index)
    expected = entry("a", identifiers=("CVE-2021-44228",), metadata={"tags": ("x", "y"), "level": "high", "year": 2021})
    assert index.fetch([points["a"], 12345]) == {points["a"]: expected}
    scanned = {item.document: found for batch in index.scan(batch=2) for item, found in batch}
    assert set(scanned) == {"a", "b", "other"}
    assert dict(zip(scanned["a"].lexical.indices.tolist(), scanned["a"].lexical.values.tolist(), strict=True)) == {
        7: 2.0,
        9: 1.0,
    }
    assert scanned["b"].dense == pytest.approx([0.7071, 0.7071, 0, 0], abs=1e-3)


def test_dense_vectors_of_points(index: Index) -> None:
    points = fill(index)
    assert index.dense([points["b"], 12345]).tolist() == pytest.approx(np.array([[0.7071, 0.7071, 0, 0]]), abs=1e-3)


def test_entries_and_lexical_vectors_of_points(index: Index) -> None:
    points = fill(index)
    kept = index.lexical([points["a"], points["b"], 12345])
    assert {point: entry.document for point, (entry, _) in kept.items()} == {points["a"]: "a", points["b"]: "b"}
    assert {point: entry for point, (entry, _) in kept.items()} == index.fetch([points["a"], points["b"]])
    vector = kept[points["a"]][1]
    assert dict(zip(vector.indices.tolist(), vector.values.tolist(), strict=True)) == {7: 2.0, 9: 1.0}
    assert index.lexical([]) == {}


def test_versions_of_a_document_stand_side_by_side_until_one_is_deleted(index: Index) -> None:
    index.upsert([(entry("a", n, version=v), vectors([1, 0, 0, 0], {7: 1.0})) for n in range(3) for v in ("v1", "v2")])
    assert (index.count(), index.count("a"), index.count("a", "v1")) == (6, 6, 3)
    index.delete("a", "v1")
    assert (index.count("a", "v1"), index.count("a", "v2")) == (0, 3)
    index.delete("a")
    assert index.count() == 0


def test_upsert_replaces(index: Index) -> None:
    index.upsert([(entry("a"), vectors([1, 0, 0, 0], {7: 1.0}))])
    index.upsert([(entry("a"), vectors([0, 1, 0, 0], {8: 1.0}))])
    assert index.count() == 1
    assert found(index, sparse({7: 1.0}), Scope("library")) == []


MINE = Access((EVERYONE, "group:soc"), "AMBER")
WHO_READS: list[tuple[Access, str]] = [
    (OWNER, "open red soc soc-and-hr hr green"),
    (MINE, "open soc soc-and-hr green"),
    (Access((EVERYONE,), "GREEN"), "open green"),
    (Access(("group:hr",), "CLEAR"), "open hr soc-and-hr"),
    (Access(("group:hr",), "RED"), "open red hr soc-and-hr green"),
    (NOBODY, "open"),
]


def fill_shared(index: Index) -> dict[str, int]:
    given: dict[str, dict[str, object]] = {
        "open": {},
        "red": {"tlp": "RED"},
        "soc": {"readers": ("group:soc",), "tlp": "AMBER"},
        "hr": {"readers": ("group:hr",)},
        "soc-and-hr": {"readers": ("group:hr", "group:soc")},
        "green": {"tlp": "GREEN"},
    }
    entries = {name: entry(name, identifiers=("T1110",), **fields) for name, fields in given.items()}
    index.upsert([(one, vectors([1, 0, 0, 0], {7: 1.0})) for one in entries.values()])
    return {name: one.point for name, one in entries.items()}


@pytest.mark.parametrize(("access", "seen"), WHO_READS)
def test_what_an_access_does_not_allow_is_not_found_in_any_way(index: Index, access: Access, seen: str) -> None:
    points = fill_shared(index)
    wanted = {points[name] for name in seen.split()}
    scope = Scope("library", access=access)
    dense, lexical = np.array([1, 0, 0, 0], np.float32), sparse({7: 1.0})
    for query in (dense, lexical):
        assert set(points_of(found(index, query, scope))) == wanted
        assert set(points_of(found(index, query, scope, within=list(points.values())))) == wanted
        narrowed = scope.narrowed("document", "red")
        assert set(points_of(found(index, query, narrowed))) == wanted & {points["red"]}
    assert set(index.matching("identifiers", ["T1110"], scope, 10)) == wanted
    # As many as are wanted come although others are nearer: what is hidden takes no place.
    hidden = [(entry("near", n, tlp="RED"), vectors([1, 0, 0, 0], {7: 5.0})) for n in range(30)]
    index.upsert(hidden)
    if access.clearance != "RED" and not access.everything:
        assert set(points_of(found(index, lexical, scope))) == wanted


def test_a_document_is_labelled_anew_without_being_embedded(index: Index) -> None:
    points = fill_shared(index)
    before = index.lexical([points["soc"]])[points["soc"]][1]
    query, scope = np.array([1, 0, 0, 0], np.float32), Scope("library", access=Access((EVERYONE,), "GREEN"))
    index.label("soc", ("everyone",), "GREEN")
    assert points["soc"] in points_of(found(index, query, scope))
    assert index.fetch([points["soc"]])[points["soc"]].tlp == "GREEN"
    assert index.lexical([points["soc"]])[points["soc"]][1].values.tolist() == before.values.tolist()
    index.label("soc", (), "RED")
    assert points["soc"] not in points_of(found(index, query, scope))
    index.label("open", ("user:1",), "")
    assert set(points_of(found(index, query, scope))) == {points["green"]}
    scanned = {one.document: (one.readers, one.tlp) for batch in index.scan() for one, _ in batch}
    assert (scanned["soc"], scanned["open"], scanned["hr"]) == (((), "RED"), (("user:1",), ""), (("group:hr",), ""))


@pytest.mark.slow
def test_labels_outlive_the_graph(index: Index) -> None:
    points = fill_shared(index)
    index.label("open", ("user:1",), "")
    index.optimize()
    query = np.array([1, 0, 0, 0], np.float32)
    assert points["open"] not in points_of(found(index, query, Scope("library", access=MINE)))


@pytest.mark.slow
def test_optimize_loses_nothing(index: Index) -> None:
    fill(index)
    index.optimize()
    assert index.count() == 3


def test_both_engines_rank_alike(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    rows = []
    for n in range(200):
        terms = {int(t): float(w) for t, w in zip(random.choice(50, 8, replace=False), random.random(8), strict=True)}
        rows.append((entry(f"d{n}"), vectors(random.normal(size=DIMENSION).tolist(), terms)))
    edge: Index = EdgeIndex(tmp_path / "index", DIMENSION)
    server: Index = QdrantIndex(QdrantClient(":memory:"), "test", DIMENSION, "ours")
    for index in (edge, server):
        index.upsert(rows)
    ask: list[Callable[[Index], list[Hit]]] = [
        lambda index: found(index, rows[0][1].dense, Scope("library")),
        lambda index: found(index, sparse({1: 1.0, 2: 0.5, 3: 2.0}), Scope("library")),
    ]
    for question in ask:
        ours, theirs = question(edge), question(server)
        assert points_of(ours) == points_of(theirs)
        assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-4)
    edge.close()


def test_another_model_or_another_owner_is_refused_in_words(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path / "index", DIMENSION)
    with pytest.raises(Conflict, match="in use by another process"):
        EdgeIndex(tmp_path / "index", DIMENSION)
    first.close()
    with pytest.raises(Conflict, match="another embedding model"):
        EdgeIndex(tmp_path / "index", DIMENSION + 1)
