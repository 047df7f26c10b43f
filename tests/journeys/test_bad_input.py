"""What a user may hand to Vedette by mistake or malice, and what a machine may lack: one sentence each with what to do,
the right exit code, and the library that stood before still answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.bad_files import write_bad_files, write_odd_files
from fakes.process import VEDETTE, clean_environment, copied, vedette, vedette_json
from fakes.small_library import write_library

QUESTION = "What is used to store passwords?"


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`docs` and `data`, a data folder that answers the question: read once, copied for each who does it harm."""
    folder = tmp_path_factory.mktemp("ingested")
    vedette_json(folder / "data", "ingest", str(write_library(folder / "docs")))
    return folder


@pytest.fixture
def data(ingested: Path, tmp_path: Path) -> Path:
    """A data folder that answers the question."""
    return copied(ingested, tmp_path) / "data"


def assert_still_answers(data: Path) -> None:
    answer = vedette_json(data, "ask", QUESTION)
    assert "Argon2id" in answer["answer"]
    assert vedette_json(data, "documents", "verify")["sound"] is True


def assert_one_sentence(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.rstrip().endswith(".")
    for word in words:
        assert word in done.stderr


def test_a_folder_of_bad_files_costs_nothing_but_sentences(data: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("The secret of the outside is eleven.")
    expected = write_bad_files(tmp_path / "bad", tmp_path / "outside.txt")
    odd = write_odd_files(tmp_path / "bad")
    limits = {"VEDETTE_INGEST_MAX_MEMORY_MB": "400", "VEDETTE_INGEST_MAX_SECONDS": "20"}
    done = vedette(data, "ingest", str(tmp_path / "bad"), "--json", **limits)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    reasons = {failure["path"]: failure["reason"] for failure in report["failed"]}
    assert set(reasons) == set(expected)
    for name, words in expected.items():
        assert re.search(words, reasons[name]), reasons[name]
        assert (reasons[name].count("\n"), reasons[name][-1]) == (0, ".")
    listed = vedette_json(data, "documents", "list", "--failed")["failed"]
    assert {failure["path"] for failure in listed} == {*expected, "broken.pdf"}
    texts = {
        document["source"].split("#")[0]: vedette_json(data, "documents", "show", document["id"])["text"]
        for document in vedette_json(data, "documents", "list")["documents"]
    }
    for name, words in odd.items():
        assert words in texts[name], texts[name]
    assert "eleven" not in "".join(texts.values())
    assert_still_answers(data)


def test_a_file_that_may_not_be_read(data: Path, tmp_path: Path) -> None:
    """Permissions bind everybody but root, so root gives up what lets it read past them."""
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if bound and not shutil.which(bound[0]):
        pytest.skip("NOT TESTED: a file without permission (this is root, and there is no setpriv)")
    docs = tmp_path / "docs"
    (docs / "closed").mkdir()
    (docs / "closed" / "note.md").write_text("# Note\n\nThe closed note.")
    (docs / "secret.md").write_text("# Secret\n\nThe secret is twelve.")
    vedette_json(data, "ingest", str(docs))
    (docs / "secret.md").chmod(0)
    (docs / "closed").chmod(0)
    line = [*bound, *VEDETTE, "ingest", str(docs), "--json", "--data", str(data)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, env=clean_environment())
    (docs / "closed").chmod(0o755)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    reasons = {failure["path"]: failure["reason"] for failure in report["failed"]}
    assert "Permission denied" in reasons["secret.md"]
    assert "check its permissions" in reasons["closed"]
    assert report["removed"] == 0
    assert {"secret.md", "closed/note.md"} <= {
        d["source"] for d in vedette_json(data, "documents", "list")["documents"]
    }
    assert_still_answers(data)


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of its own of 100 MB: mounting one needs root and a loop device."""
    base = tmp_path_factory.mktemp("disk")
    image, place = base / "image", base / "mounted"
    place.mkdir()
    with image.open("wb") as handle:
        handle.truncate(100_000_000)
    for line in (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(place)]):
        try:
            subprocess.run(line, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"NOT TESTED: a full disk and a read-only one ({' '.join(line[:1])}: {error})")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    data = small_disk / "full"
    vedette_json(data, "ingest", str(write_library(tmp_path / "docs")))
    more = tmp_path / "more"
    more.mkdir()
    (more / "heron.md").write_text("# Heron\n\nThe heron code is seven.\n")
    for left in (20_000_000, 0):
        with (small_disk / "fill").open("wb") as fill:
            os.posix_fallocate(fill.fileno(), 0, max(1, shutil.disk_usage(small_disk).free - left))
        assert_one_sentence(vedette(data, "ingest", str(more), "--json"), 1, "free", "nothing stored is lost")
        assert_still_answers(data)
        (small_disk / "fill").unlink()
    assert vedette_json(data, "ingest", str(more))["documents"] == 1
    assert_still_answers(data)


def test_a_full_file_system_in_memory(tmp_path: Path) -> None:
    """There the engine would be ended by SIGBUS when it opens an index for whose holes there is no room."""
    place = tmp_path / "memory"
    place.mkdir()
    mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", str(place)], capture_output=True)
    if mounting.returncode:
        pytest.skip(f"NOT TESTED: a full file system in memory ({mounting.stderr.decode().strip()})")
    try:
        vedette_json(place / "data", "ingest", str(write_library(tmp_path / "docs")))
        with (place / "fill").open("wb") as fill:
            os.posix_fallocate(fill.fileno(), 0, shutil.disk_usage(place).free - 5_000_000)
        for data in (place / "data", place / "new"):
            assert_one_sentence(vedette(data, "ask", QUESTION), 1, "memory are free", "nothing stored is lost")
        (place / "fill").unlink()
        assert_still_answers(place / "data")
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_data_folder_on_a_disk_that_is_read_only(small_disk: Path, tmp_path: Path) -> None:
    data = small_disk / "read-only"
    docs = write_library(tmp_path / "docs")
    vedette_json(data, "ingest", str(docs))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        assert_one_sentence(vedette(data, "ingest", str(docs)), 1, "Read-only file system", "--data")
        assert_one_sentence(vedette(data, "ask", QUESTION), 1, "Read-only file system", "--data")
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert_still_answers(data)


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ('[[providers]]\nname = "a"\nurl = "http://x"\nmodel = "m"\nwire = "telepathy"\n', "telepathy"),
        ('[[providers]]\nname = "a"\nurl = "http://x"\n', "model"),
        ('[[providers]]\nname = "a"\nurl = "http://x"\nmodel = "m"\nkey_env = "NO_SUCH_KEY"\n', "NO_SUCH_KEY"),
        ("[ingest]\nmax_file_mb = -1\n", "max_file_mb"),
        ("[ingest]\nmax_files = 1\n", "max_files"),
        ("[ingest\n", "vedette.toml"),
    ],
)
def test_wrong_settings_and_unknown_providers(data: Path, toml: str, word: str) -> None:
    (data / "vedette.toml").write_text(toml)
    assert_one_sentence(vedette(data, "ask", QUESTION), 2, word)
    (data / "vedette.toml").unlink()
    assert_still_answers(data)


def test_a_model_provider_that_is_not_there_costs_nothing_but_a_notice(data: Path) -> None:
    gone = {"VEDETTE_LLM_URL": "http://127.0.0.1:1/v1", "VEDETTE_LLM_MODEL": "m"}
    done = vedette(data, "ask", QUESTION, "--json", **gone)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["provider"]) == (0, "extractive")
    assert "Argon2id" in answer["answer"]


@pytest.mark.parametrize("what", ["catalog.db", "index"])
def test_a_store_that_is_damaged_is_told_and_can_be_made_again(data: Path, tmp_path: Path, what: str) -> None:
    place = data / what
    if what == "index":
        for path in place.rglob("segment.json"):
            path.write_bytes(b"{")
    else:
        for path in data.glob("catalog.db-*"):
            path.unlink()
        place.write_bytes(b"This is a letter. " * 1000)
    assert_one_sentence(vedette(data, "ask", QUESTION), 1, str(data))
    shutil.rmtree(data / "index")
    (data / "catalog.db").unlink()
    vedette_json(data, "ingest", str(tmp_path / "docs"))
    assert_still_answers(data)


@pytest.mark.parametrize(
    ("target", "code", "word"),
    [
        ("gopher://example.org/x", 2, "gopher"),
        ("http://127.0.0.1/x.md", 2, "127.0.0.1"),
        ("{docs}/../no/such", 2, "no/such"),
        ("{docs}/program.exe", 2, "program.exe"),
    ],
)
def test_targets_that_are_not_read(data: Path, tmp_path: Path, target: str, code: int, word: str) -> None:
    (tmp_path / "docs" / "program.exe").write_bytes(b"MZ")
    assert_one_sentence(vedette(data, "ingest", target.format(docs=tmp_path / "docs")), code, word)
    assert_still_answers(data)
