"""What each command prints and exits with, over fixed records."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.knowledge import ID, INFO, TEXT, FixedKnowledge
from vedette.records import IngestRequest, Sharing

ASK_KEYS = {"answer", "refused", "reason", "claims", "sources", "provider", "corpus_version", "timings_ms"}


def test_ask_shows_numbered_sources(run) -> None:
    result = run("ask", "How?")
    assert result.code == 0
    assert "Passwords are salted. [1]" in result.out
    assert "[1] Passwords, page 1  passwords.md" in result.out
    assert "“Passwords are salted.”" in result.out
    assert "\x1b" not in result.out + result.err


def test_a_refusal_looks_like_one(run) -> None:
    result = run("ask", "Who won at football?")
    assert result.code == 0
    assert result.out.startswith("No answer from these documents.\nNothing here is about football.\n")
    assert "Nearest topics: Passwords" in result.out
    assert run("ask", "Who won at football?", "--require-answer").code == 3


def test_json_is_one_object_and_nothing_else(run) -> None:
    result = run("ask", "How?", "--json")
    assert set(json.loads(result.out)) >= ASK_KEYS
    assert result.err == ""
    assert run("ask", "Who won at football?", "--json", "--require-answer").code == 3


def test_evidence_holds_all_that_an_answer_stands_on(run, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    assert run("ask", "How?", "--evidence", str(path)).code == 0
    evidence = json.loads(path.read_text())
    assert set(evidence) >= {"question", "corpus_version", "passages", "provider", "checks", "answer"}
    assert evidence["passages"][0]["text"] == TEXT[:21]
    result = run("ask", "How?", "--evidence", str(tmp_path / "no" / "out.json"))
    assert (result.code, "evidence cannot be written" in result.err) == (2, True)


def test_retrieve_shows_scores(run) -> None:
    result = run("retrieve", "hash", "-k", "3")
    assert "0.800 Passwords, page 1" in result.out
    assert json.loads(run("retrieve", "hash", "--json").out)["passages"][0]["scores"]["lexical"] == 3.5
    assert run("retrieve", "hash", "--filter", "nonsense").code == 2


def test_ingest_makes_paths_whole_and_reports(run, knowledge: FixedKnowledge, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    result = run("ingest", "docs", "https://example.org/a", "-c", "cv", "--json")
    assert knowledge.given == [IngestRequest((str(tmp_path / "docs"), "https://example.org/a"), "cv", True)]
    report = json.loads(result.out)
    assert set(report) >= {"documents", "chunks", "skipped", "failed", "seconds"}
    assert "bad.pdf, page 3: It is not a PDF." in run("ingest", "docs").out
    missing = run("ingest", "nowhere")
    assert (missing.code, missing.err) == (2, "Error: There is no file or folder nowhere; check its name.\n")


def test_documents(run) -> None:
    listed = run("documents", "list")
    assert f"{ID}  default     passwords.md  Passwords" in listed.out
    assert json.loads(run("documents", "list", "--json").out)["documents"][0]["id"] == ID
    assert json.loads(run("documents", "list", "--failed", "--json").out)["failed"][0]["page"] == 3
    for line in (["list"], ["list", "--failed"], ["list", "--failed", "--json"]):
        nowhere = run("documents", *line, "-c", "nowhere")
        assert (nowhere.code, nowhere.out, "no collection 'nowhere'" in nowhere.err) == (2, "", True)
    assert run("documents", "show", "passwords.md").out == TEXT + "\n"
    assert json.loads(run("documents", "show", ID, "--json").out)["text"] == TEXT
    assert run("documents", "remove", ID).code == 0
    assert "Mended: " in run("documents", "verify", "--repair").out
    gone = run("documents", "show", "no.md")
    assert (gone.code, gone.err.count("\n")) == (2, 1)
    unsound = run("documents", "verify")
    assert (unsound.code, "--repair" in unsound.out) == (1, True)
    assert "Originals lost: 1. They cannot be made again; ingest these files again: plan.pdf\n" in unsound.out
    repaired = run("documents", "verify", "--repair", "--json")
    assert (repaired.code, json.loads(repaired.out)["repaired"]) == (1, 1)
    assert json.loads(run("collections", "--json").out)["collections"][0]["calibrated"] is True
    assert "default  " in run("collections").out


def test_doctor_says_what_to_do(run, knowledge: FixedKnowledge) -> None:
    assert "ok    index: open" in run("doctor").out
    knowledge.healthy = False
    down = run("doctor")
    assert (down.code, "Run vedette documents verify." in down.out) == (1, True)
    told = json.loads(run("doctor", "--settings", "--json").out)
    assert {"name": "VEDETTE_SERVER_PORT", "value": "8000"}.items() <= told["settings"][-1].items() or any(
        row["name"] == "VEDETTE_SERVER_PORT" and row["value"] == "8000" for row in told["settings"]
    )


def test_the_data_folder_stands_anywhere_on_the_line(run, tmp_path: Path) -> None:
    for line in (
        ["--data", str(tmp_path), "doctor"],
        ["doctor", f"--data={tmp_path}"],
        ["doctor", "--data", str(tmp_path)],
    ):
        rows = json.loads(run(*line, "--settings", "--json").out)["settings"]
        assert rows[0]["value"] == str(tmp_path)


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        (["ask"], 2, "Missing argument"),
        (["ask", "  "], 2, "empty"),
        (["ask", "a" * 1_000_000], 2, "1000000 characters"),
        (["ask", "How?", "--collection", "none"], 2, "no collection"),
        (["ask", "busy"], 1, "busy"),
        (["retrieve", "a", "-k", "0"], 2, "-k"),
        (["nonsense"], 2, "nonsense"),
        (["ingest", ".", "--collection", ""], 2, "needs a name"),
        (["ingest", ".", "--collection", "a\tb"], 2, "needs a name"),
        (["ask", "How?", "--nonsense"], 2, "--nonsense"),
    ],
)
def test_wrong_use(run, line: list[str], code: int, word: str) -> None:
    result = run(*line)
    assert (result.code, result.out) == (code, "")
    assert word in result.err
    assert "Traceback" not in result.err


def test_wrong_settings(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_SERVER_PORT", "many")
    result = run("doctor")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "VEDETTE_SERVER_PORT" in result.err


def test_an_empty_name_is_not_the_working_folder(run) -> None:
    result = run("collections", "--data", "")
    assert (result.code, "name a folder" in result.err) == (2, True)


def test_a_crash_leaves_its_traceback_in_the_data_folder(run, tmp_path: Path) -> None:
    result = run("ask", "crash", "--data", str(tmp_path))
    (log,) = (tmp_path / "logs").glob("crash-*.txt")
    assert (result.code, result.err.count("\n"), str(log) in result.err) == (1, 1, True)
    assert "RuntimeError: secret internals" in log.read_text()
    assert "secret" not in result.err
    run("ask", "crash", f"--data={tmp_path / 'other'}")
    assert len(list((tmp_path / "other" / "logs").glob("crash-*.txt"))) == 1
    elsewhere = run("ask", "crash", "--data", str(log))
    assert (elsewhere.code, "could not be written" in elsewhere.err) == (1, True)


def test_a_document_is_found_in_the_collection_that_is_named_only(run, knowledge: FixedKnowledge, monkeypatch) -> None:
    for command in ("show", "remove"):
        elsewhere = run("documents", command, ID, "-c", "other")
        assert (elsewhere.code, "no document" in elsewhere.err) == (2, True)
        assert run("documents", command, ID, "-c", "default").code == 0
    twice = (INFO, replace(INFO, id="f" * 16, collection="other"))
    monkeypatch.setattr(FixedKnowledge, "documents", lambda self, collection=None: twice)
    result = run("documents", "remove", INFO.source)
    assert (result.code, "(default, other)" in result.err) == (2, True)


def test_what_could_not_be_read_is_dismissed_where_it_is_named(run, knowledge: FixedKnowledge, monkeypatch) -> None:
    assert run("documents", "dismiss", "bad.pdf").out == "Dismissed bad.pdf.\n"
    assert knowledge.given == [("default", "bad.pdf")]
    told = json.loads(run("documents", "dismiss", "bad.pdf", "-c", "default", "--json").out)
    assert told == {"dismissed": "bad.pdf", "collection": "default"}
    unknown = run("documents", "dismiss", "good.pdf")
    assert (unknown.code, unknown.err) == (
        2, "Error: Nothing of 'good.pdf' failed; `vedette documents list --failed` shows what did.\n",
    )  # fmt: skip
    (failure,) = knowledge.failures()
    twice = (failure, replace(failure, page=4), replace(failure, collection="other"))
    monkeypatch.setattr(FixedKnowledge, "failures", lambda self, collection=None: twice)
    result = run("documents", "dismiss", "bad.pdf")
    assert (result.code, "(default, other)" in result.err) == (2, True)


def test_sharing_from_the_command_line(run, knowledge: FixedKnowledge, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A")
    run("ingest", str(tmp_path / "a.md"), "--reader", "group:hr", "--reader", "user:1", "--tlp", "AMBER")
    assert knowledge.given[-1].sharing == Sharing(("group:hr", "user:1"), "AMBER")
    shared = run("documents", "share", ID, "--reader", "group:hr", "--tlp", "RED")
    assert shared.out == f"{ID} can be read by group:hr, as TLP:RED.\n"
    assert run("documents", "share", ID).out == f"{ID} can be read by all readers of default.\n"
    assert json.loads(run("documents", "share", ID, "--tlp", "RED", "--json").out)["sharing"]["tlp"] == "RED"
    assert run("collections", "share", "default", "--reader", "everyone").out == "default can be read by everyone.\n"
    assert "nobody but its owner" in run("collections", "share", "default").out
    assert run("collections", "remove", "default", "--yes").out == "Removed default with 1 documents.\n"
    assert json.loads(run("collections", "remove", "default", "-y", "--json").out) == {"removed": 1}
    assert run("collections", "share", "nowhere").code == 2
    assert json.loads(run("collections", "--json").out)["collections"][0]["name"] == "default"
