"""The metrics against values worked out by hand, and a labelled set through the real library."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from vedette.app import opened
from vedette.errors import LoadError, NotFound
from vedette.learning.beir import read_labelled
from vedette.learning.evaluate_retrieval import evaluate_retrieval, score, write_pages
from vedette.learning.intervals import mean
from vedette.settings import load

DOCUMENTS = [
    {"_id": "hash", "title": "Passwords", "text": "Store passwords with Argon2id & a salt.\nNever in plain <text>."},
    {"_id": "copy", "title": "Backups", "text": "Backups are written every night and copied to a second site."},
    {"_id": "mail", "title": "Phishing", "text": "Block the sender of a phishing message at the gateway."},
]
QUERIES = [
    {"_id": "1", "text": "How are passwords stored?", "source": "people"},
    {"_id": "2", "text": "When are backups written?", "source": "people"},
    {"_id": "3", "text": "What happens to the sender of phishing?", "source": "program"},
    {"_id": "4", "text": "Nobody judged this one.", "source": "program"},
]
QRELS = "query-id\tcorpus-id\tscore\n1\thash\t2\n1\tcopy\t1\n2\tcopy\t1\n3\tmail\t1\n3\thash\t0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set"
    made.mkdir()
    for name, lines in (("corpus.jsonl", DOCUMENTS), ("queries.jsonl", QUERIES)):
        (made / name).write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    (made / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    "qrels",
    [
        QRELS.replace("\n", "\r\n"),
        QRELS.partition("\n")[2],
        QRELS.replace("\t1\n", "\t1.0\n"),
        "1 0 hash 2\n1 0 copy 1\n2 0 copy 1\n3 0 mail 1\n3 0 hash 0\n",
    ],
    ids=["Windows", "no header", "decimals", "TREC"],
)
def test_judgments_are_the_same_in_every_form_they_come_in(qrels: str, folder: Path) -> None:
    wanted = [query.relevant for query in read_labelled(folder).queries]
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    assert [query.relevant for query in read_labelled(folder).queries] == wanted
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert [query.relevant for query in read_labelled(folder).queries] == wanted


@pytest.mark.slow
def test_a_query_without_words_and_one_that_is_very_long_are_queries_too(folder: Path, tmp_path: Path) -> None:
    lines = [{"_id": "1", "text": "passwords " * 2000}, {"_id": "2", "text": " "}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with opened(load({}, tmp_path / "data")) as services:
        report = evaluate_retrieval(services.knowledge, read_labelled(folder), tmp_path / "pages", "labelled")
    assert (report.overall.queries, report.overall.mrr_at_10.value) == (2, 0.5)


def test_a_corpus_may_lack_titles_texts_and_have_numbers_for_ids(folder: Path) -> None:
    lines = [{"_id": 7, "title": None, "text": "Herons."}, {"_id": "8", "text": "Owls."}, {"_id": "9", "text": " "}]
    (folder / "corpus.jsonl").write_text("\ufeff" + "\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert [(one.id, one.title) for one in read_labelled(folder).documents] == [("7", ""), ("8", "")]


def test_graded_ranking_by_hand() -> None:
    scores = score(["x", "b", "a", "y"], {"a": 3, "b": 1, "c": 2})
    ideal = 3 + 2 / log2(3) + 1 / 2
    assert scores.ndcg_at_10 == pytest.approx((1 / log2(3) + 3 / 2) / ideal)
    assert scores.recall_at_10 == pytest.approx(2 / 3)
    assert scores.mrr_at_10 == pytest.approx(1 / 2)


def test_what_stands_below_the_cut_counts_for_deep_recall_only() -> None:
    scores = score([f"other {rank}" for rank in range(10)] + ["a"], {"a": 1})
    assert (scores.ndcg_at_10, scores.recall_at_10, scores.mrr_at_10, scores.recall_at_100) == (0.0, 0.0, 0.0, 1.0)


def test_ideal_gain_is_that_of_ten_documents() -> None:
    many = {f"d{number}": 1 for number in range(20)}
    assert score(list(many)[:10], many).ndcg_at_10 == pytest.approx(1.0)
    assert score(list(many)[:10], many).recall_at_10 == pytest.approx(0.5)


def test_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = mean([0.0, 1.0] * 10), mean([0.0, 1.0] * 1000)
    assert few.low < few.value == 0.5 < few.high
    # Standard error of a share of one half: 0.5 / sqrt(n); 1.96 of them on both sides.
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.5 / 2000**0.5, rel=0.1)


def test_reading_keeps_judged_queries_and_their_parts(folder: Path) -> None:
    labelled = read_labelled(folder)
    assert [query.id for query in labelled.queries] == ["1", "2", "3"]
    assert labelled.queries[0].relevant == {"hash": 2, "copy": 1}
    assert labelled.queries[2].parts == ("source=program",)
    assert labelled.queries[2].relevant == {"mail": 1}


def test_broken_lines_and_missing_files_are_named(folder: Path) -> None:
    (folder / "qrels.tsv").write_text("head\n1 hash\n", encoding="utf-8")
    with pytest.raises(LoadError, match=r"Line 2 of .*qrels\.tsv"):
        read_labelled(folder)
    (folder / "queries.jsonl").write_text('{"_id": "1"}\n', encoding="utf-8")
    with pytest.raises(LoadError, match=r"Line 1 of .*queries\.jsonl"):
        read_labelled(folder)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(NotFound, match=r"corpus\.jsonl"):
        read_labelled(folder)


def test_pages_that_are_gone_from_the_corpus_go(folder: Path, tmp_path: Path) -> None:
    documents = read_labelled(folder).documents
    write_pages(documents, tmp_path / "pages")
    assert write_pages(documents[:1], tmp_path / "pages") == {"000000.html": "hash"}
    assert [path.name for path in (tmp_path / "pages").iterdir()] == ["000000.html"]


@pytest.mark.slow
def test_a_set_is_read_and_asked_as_a_user_would(folder: Path, tmp_path: Path) -> None:
    with opened(load({}, tmp_path / "data")) as services:
        report = evaluate_retrieval(services.knowledge, read_labelled(folder), tmp_path / "pages", "set")
        [stored] = [info for info in services.knowledge.documents("set") if info.title == "Passwords"]
        text = services.knowledge.document(stored.id).document.text
    assert "Argon2id & a salt." in text
    assert "Never in plain <text>." in text
    assert (report.documents, report.overall.queries) == (3, 3)
    assert report.parts["source=program"].ndcg_at_10.value == 1.0
    assert report.overall.recall_at_100.value == 1.0
