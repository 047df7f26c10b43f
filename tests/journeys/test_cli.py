"""A user's path on the command line, with real documents, store and model."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from fakes.process import VEDETTE, clean_environment, serving, vedette, vedette_json
from fakes.small_library import write_labelled, write_library


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("library") / "docs")


@pytest.fixture(scope="module")
def data(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small library, put there by the command."""
    folder = tmp_path_factory.mktemp("data")
    report = vedette_json(folder, "ingest", str(docs))
    assert (report["documents"], len(report["failed"])) == (4, 1)
    assert set(report["failed"][0]) == {"path", "reason", "page"}
    return folder


def test_an_answer_with_quotes_that_are_the_stored_text(data: Path) -> None:
    answer = vedette_json(data, "ask", "What is used to store passwords?")
    assert not answer["refused"]
    assert "Argon2id" in answer["answer"]
    for source in answer["sources"]:
        text = vedette_json(data, "documents", "show", source["document"])["text"]
        assert source["quote"] == text[source["start"] : source["end"]]


def test_the_same_for_people(data: Path) -> None:
    done = vedette(data, "ask", "By when must CVE-2021-44228 be patched?")
    assert done.returncode == 0
    assert "2021-12-24" in done.stdout
    assert "[1]" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_refusal_and_its_exit_codes(data: Path) -> None:
    question = "Who won the 1998 World Cup?"
    assert vedette_json(data, "ask", question)["refused"] is True
    done = vedette(data, "ask", question, "--require-answer")
    assert done.returncode == 3
    assert done.stdout.startswith("No answer from these documents.")


def test_the_second_ingest_skips_and_the_quarantine_stays(data: Path, docs: Path) -> None:
    again = vedette_json(data, "ingest", str(docs))
    assert (again["documents"], again["skipped"]) == (0, 4)
    failed = vedette_json(data, "documents", "list", "--failed")["failed"]
    assert [failure["path"] for failure in failed] == ["broken.pdf"]


def test_retrieve_documents_and_collections(data: Path) -> None:
    found = vedette_json(data, "retrieve", "phishing message", "-k", "2")
    assert len(found["passages"]) <= 2
    assert found["passages"][0]["source"] == "phishing.html"
    assert len(vedette_json(data, "documents", "list")["documents"]) == 4
    assert vedette_json(data, "collections")["collections"][0]["documents"] == 4
    assert vedette_json(data, "documents", "verify")["sound"] is True
    assert vedette_json(data, "doctor")["ok"] is True


def test_what_is_removed_answers_nothing_more(data: Path, tmp_path: Path) -> None:
    note = tmp_path / "heron.md"
    note.write_text("# Heron\n\nThe heron code of the boat house is seven.\n")
    vedette_json(data, "ingest", str(note), "--collection", "birds")
    assert "seven" in vedette_json(data, "ask", "What is the heron code?", "--collection", "birds")["answer"]
    vedette_json(data, "documents", "remove", "heron.md", "--collection", "birds")
    done = vedette(data, "ask", "What is the heron code?", "--collection", "birds", "--json")
    assert done.returncode == 2 or json.loads(done.stdout)["refused"]


def test_evidence(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert vedette(data, "ask", "What is used to store passwords?", "--evidence", str(out)).returncode == 0
    evidence = json.loads(out.read_text())
    assert evidence["question"] == "What is used to store passwords?"
    assert evidence["passages"]
    assert evidence["checks"]
    assert evidence["provider"] == "extractive"
    assert evidence["corpus_version"] >= 1


def test_a_running_server_is_asked_and_named(data: Path, tmp_path: Path) -> None:
    local = vedette_json(data, "ask", "What is used to store passwords?")
    note = tmp_path / "stork.md"
    note.write_text("# Stork\n\nThe stork code of the boat house is nine.\n")
    with serving(data) as server:
        done = vedette(data, "ask", "What is used to store passwords?", "--json")
        assert server.url in done.stderr
        remote = json.loads(done.stdout)
        assert {**remote, "timings_ms": {}} == {**local, "timings_ms": {}}
        report = vedette_json(data, "ingest", str(note), "--collection", "birds2")
        assert report["documents"] == 1
        vedette_json(data, "documents", "remove", "stork.md", "--collection", "birds2")
        assert vedette_json(data, "documents", "verify")["sound"] is True


def test_a_second_server_and_a_port_in_use_are_told(data: Path, tmp_path: Path) -> None:
    with serving(data):
        second = vedette(data, "serve", "--port", "0")
        assert (second.returncode, second.stderr.count("\n")) == (1, 1)
        assert str(data) in second.stderr
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = vedette(tmp_path / "new", "serve", "--port", str(listener.getsockname()[1]))
    assert (taken.returncode, "in use" in taken.stderr, taken.stderr.count("\n")) == (1, True, 1)
    assert not (tmp_path / "new").exists()


def test_a_server_that_was_killed_does_not_stand_in_the_way(docs: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    vedette_json(data, "ingest", str(docs))
    line = [*VEDETTE, "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(line, stderr=subprocess.DEVNULL, env=clean_environment()) as process:
        limit = time.monotonic() + 60
        while not (data / "server.json").exists():
            assert time.monotonic() < limit
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert (data / "server.json").exists()
    assert not vedette_json(data, "ask", "What is used to store passwords?")["refused"]
    with serving(data):
        pass


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["ask", ""], 2, "empty"),
        (["ask", "a" * 100_000], 2, "limit"),
        (["ask", "What is stored?", "--collection", "nowhere"], 2, "nowhere"),
        (["retrieve", "What?", "--collection", "nowhere"], 2, "nowhere"),
        (["ingest", "/no/such/folder"], 2, "/no/such/folder"),
        (["documents", "show", "0" * 16], 2, "0" * 16),
        (["documents", "remove", "nothing.md"], 2, "nothing.md"),
        (["serve", "--host", "256.1.1.1", "--port", "0"], 2, "256.1.1.1"),
    ],
)
def test_wrong_use_is_one_sentence(data: Path, arguments: list[str], code: int, word: str) -> None:
    done = vedette(data, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert done.stderr.startswith("Error: ")
    assert word in done.stderr


def test_an_empty_folder_and_a_folder_of_broken_files(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    nothing = vedette(tmp_path / "data", "ingest", str(tmp_path / "empty"))
    assert (nothing.returncode, "No document was found" in nothing.stderr) == (3, True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    broken = vedette(tmp_path / "data", "ingest", str(tmp_path / "broken"), "--json")
    assert (broken.returncode, len(json.loads(broken.stdout)["failed"])) == (1, 1)


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = vedette(tmp_path / "file" / "data", "ask", "What?")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "--data" in done.stderr
    labelled = tmp_path / "questions.json"
    labelled.write_text(
        json.dumps(
            {
                "data": [
                    {
                        "paragraphs": [
                            {"context": "A.", "qas": [{"id": "1", "question": "A?", "answers": [{"text": "A"}]}]}
                        ]
                    }
                ]
            }
        )
    )
    trial = vedette(tmp_path / "file" / "data", "evaluate", "answers", str(labelled))
    assert (trial.returncode, trial.stderr.count("\n"), "--data" in trial.stderr) == (1, 1, True), trial.stderr
    doctor = vedette(tmp_path / "file" / "data", "doctor")
    assert (doctor.returncode, "DOWN" in doctor.stdout, "--data" in doctor.stdout) == (1, True, True)


@pytest.mark.parametrize(
    "extra", [{"VEDETTE_SERVER_PORT": "many"}, {"VEDETTE_NONSENSE": "1"}, {"VEDETTE_CONFIG": "/no/such.toml"}]
)
def test_wrong_settings_are_named(tmp_path: Path, extra: dict[str, str]) -> None:
    done = vedette(tmp_path, "ask", "What?", **extra)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert next(iter(extra)) in done.stderr or "/no/such.toml" in done.stderr


def test_nothing_is_written_outside_the_data_folder(tmp_path: Path) -> None:
    """Neither by us nor by a library: ONNX Runtime would keep usage data in the home folder and send them."""
    library = write_library(tmp_path / "docs")
    places = {name: tmp_path / name.lower() for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        place.mkdir()
    extra = {name: str(place) for name, place in places.items()} | {"PYTHONDONTWRITEBYTECODE": "1"}
    for line in (["ingest", str(library)], ["ask", "What is used to store passwords?"], ["doctor"]):
        assert vedette(tmp_path / "data", *line, **extra).returncode == 0
    assert {name: list(place.rglob("*")) for name, place in places.items()} == {name: [] for name in places}


def test_evaluate_retrieval_leaves_the_library_alone(data: Path, tmp_path: Path) -> None:
    report = vedette_json(data, "evaluate", "retrieval", str(write_labelled(tmp_path / "labelled")))
    assert report["overall"]["queries"] == 2
    assert report["overall"]["ndcg_at_10"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert "labelled" not in {info["name"] for info in vedette_json(data, "collections")["collections"]}
    missing = vedette(data, "evaluate", "retrieval", str(tmp_path))
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
