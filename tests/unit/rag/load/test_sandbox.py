"""What hostile files do: each gives one clear sentence, in time, and the next file is read."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from vedette.errors import LoadError
from vedette.rag.load.discover import Found
from vedette.rag.load.limits import Limits
from vedette.rag.load.registry import READERS
from vedette.rag.load.sandbox import Sandbox
from vedette.records import Document, Failure

PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
GOOD = Found("good.md", 12, lambda: b"# Good\n\ntext")

CODE = """
import os, time
from vedette.records import Document, Failure

def hang(job):
    job.at_page(7)
    while True:
        job.at_page(7)
        time.sleep(0.01)

def hog(job):
    held = [bytearray(50_000_000) for _ in range(200)]
    yield Document(job.source, str(len(held)), "x", "text/plain")

def crash(job):
    job.at_page(3)
    yield Document(job.source + "#1", "first", "x" * 600_000, "text/plain")
    os.kill(os.getpid(), 11)

def write(job):
    with open(job.data.decode(), "w") as out:
        out.write("written")

def environment(job):
    yield Document(job.source, "", " ".join(sorted(os.environ)), "text/plain")

def many(job):
    print("noise that must not land between the frames")
    for number in range(3000):
        yield Document(f"{job.source}#{number}", "t", "word " * 100, "text/plain")

def nothing(job):
    return iter(())
"""


@pytest.fixture
def readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Readers by ending that misbehave, in a module that the child process can import."""
    (tmp_path / "bad_readers.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ["hang", "hog", "crash", "write", "environment", "many", "nothing"]
    return {f".{name}": f"bad_readers:{name}" for name in names} | {".md": "vedette.rag.load.markdown:read"}


def item(source: str, data: bytes = b"x") -> Found:
    return Found(source, len(data), lambda: data)


def reason(records: list[Document | Failure]) -> str:
    [failure] = [record for record in records if isinstance(record, Failure)]
    assert failure.reason.endswith(".")
    return failure.reason


@pytest.fixture
def still_reads() -> Callable[..., None]:
    def check(parse) -> None:
        [document] = parse(GOOD)
        assert isinstance(document, Document)
        assert document.title == "Good"

    return check


def test_a_parser_that_hangs_is_killed_in_time(sandboxed, readers, still_reads) -> None:
    parse = sandboxed(Limits(max_seconds=1), readers=readers)
    started = time.monotonic()
    [failure] = parse(item("slow.hang"))
    assert time.monotonic() - started < 5
    assert failure == Failure(
        "slow.hang", "slow.hang was given up after 1 s of parsing; split it or raise ingest.max_seconds.", 7
    )
    still_reads(parse)


def test_a_parser_that_takes_all_memory_is_stopped(sandboxed, readers, still_reads) -> None:
    parse = sandboxed(Limits(max_memory_mb=400), readers=readers)
    assert "needs more than 400 MB" in reason(parse(item("big.hog")))
    still_reads(parse)


def test_a_crash_names_the_page_and_keeps_what_was_read(sandboxed, readers, still_reads) -> None:
    parse = sandboxed(readers=readers)
    document, failure = parse(item("bad.crash"))
    assert (document.source, failure.page) == ("bad.crash#1", 3)
    assert failure.reason.startswith("The parser crashed on bad.crash (signal 11)")
    still_reads(parse)


def test_the_child_may_not_write_files(sandboxed, readers, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    assert "cannot be read" in reason(sandboxed(readers=readers)(item("a.write", str(target).encode())))
    assert target.read_text() == ""


def test_the_child_sees_no_secret_of_the_environment(sandboxed, readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_LLM_KEY", "canary")
    [document] = sandboxed(readers=readers)(item("a.environment"))
    assert "VEDETTE" not in document.text
    assert "PATH" in document.text


def test_thousands_of_records_stream_through(sandboxed, readers) -> None:
    documents = sandboxed(readers=readers)(item("bundle.many"))
    assert [document.source for document in documents] == [f"bundle.many#{number}" for number in range(3000)]


def test_a_caller_that_stops_early_does_not_confuse_the_next_file(readers) -> None:
    with Sandbox(Limits(), readers) as sandbox:
        assert next(sandbox.parse(item("bundle.many"))).source == "bundle.many#0"
        assert [document.title for document in sandbox.parse(GOOD)] == ["Good"]


@pytest.mark.slow
def test_a_slow_caller_is_not_taken_for_a_slow_parser(readers) -> None:
    with Sandbox(Limits(max_seconds=1), readers) as sandbox:
        seen = 0
        for _ in sandbox.parse(item("bundle.many")):
            seen += 1
            if seen in (1, 2000):
                time.sleep(0.8)
        assert seen == 3000


def test_the_same_child_reads_file_after_file(readers) -> None:
    with Sandbox(Limits(), readers) as sandbox:
        list(sandbox.parse(GOOD))
        first = sandbox._worker
        list(sandbox.parse(GOOD))
        assert first is not None
        assert sandbox._worker is first


def test_a_file_over_the_limit_is_refused_without_reading_it(sandboxed) -> None:
    def read() -> bytes:
        raise AssertionError("it was read")

    [failure] = sandboxed(Limits(max_file_mb=25))(Found("huge.txt", 100_000_000, read))
    assert failure.reason == "huge.txt has 100.0 MB, over the limit of 25 MB; split it or raise ingest.max_file_mb."


def test_a_file_that_cannot_be_opened(sandboxed, still_reads) -> None:
    def read() -> bytes:
        raise PermissionError(13, "Permission denied")

    parse = sandboxed()
    assert parse(Found("secret.md", 5, read)) == [
        Failure("secret.md", "secret.md cannot be opened (Permission denied); check its permissions.")
    ]
    still_reads(parse)


def test_a_file_that_the_area_refuses(sandboxed) -> None:
    def read() -> bytes:
        raise LoadError("The bucket is gone.")

    assert sandboxed()(Found("a.md", 5, read)) == [Failure("a.md", "The bucket is gone.")]


@pytest.mark.parametrize(
    ("source", "data", "expected"),
    [
        ("empty.pdf", b"", "is empty"),
        ("blank.md", b" \n", "has no text in it"),
        ("a.nothing", b"x", "nothing in it"),
        ("fake.pdf", b"<html>not a PDF</html>", "is named a PDF but is none"),
        ("fake.docx", b"Dear all", "is named a Word document but is none"),
        ("photo.txt", bytes(range(256)) * 10, "binary data"),
        ("program.exe", b"MZ", "of a kind that is not read"),
    ],
)
def test_each_gets_one_clear_sentence(sandboxed, readers, source: str, data: bytes, expected: str) -> None:
    [failure] = sandboxed(readers={**READERS, **readers})(item(source, data))
    assert expected in reason([failure])
    assert failure.path == source


def page_of(make_objects, content: bytes, resources: bytes = b"/Font << /F1 5 0 R >>") -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % resources
    return make_objects([*PAGES, page, content, FONT])


def flate(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def test_a_pdf_with_a_password(sandboxed, make_objects) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32)
    data = make_objects([*PAGES, page, lock], b"/Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>]")
    assert "protected by a password" in reason(sandboxed()(item("locked.pdf", data)))


@pytest.mark.slow
def test_a_pdf_whose_text_expands_without_end(sandboxed, make_objects, still_reads) -> None:
    data = page_of(make_objects, flate(b"BT /F1 9 Tf (hello) Tj ET\n" * 2_000_000))
    assert len(data) < 500_000
    parse = sandboxed(Limits(max_memory_mb=300, max_seconds=20))
    [failure] = parse(item("bomb.pdf", data))
    assert isinstance(failure, Failure)
    assert (failure.page, "300 MB" in failure.reason or "given up" in failure.reason) == (1, True)
    still_reads(parse)


def test_a_pdf_that_says_it_has_millions_of_pages(sandboxed, make_objects) -> None:
    kids = b" ".join([b"3 0 R"] * 3000)
    pages = b"<< /Type /Pages /Kids [%s] /Count 5000000 >>" % kids
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    started = time.monotonic()
    assert reason(sandboxed(Limits(max_pages=2000))(item("pages.pdf", make_objects([PAGES[0], pages, page]))))
    assert time.monotonic() - started < 10


def test_a_pdf_with_more_pages_than_the_limit(sandboxed, make_pdf) -> None:
    parse = sandboxed(Limits(max_pages=20))
    assert "has 21 pages, over the limit of 20" in reason(parse(item("long.pdf", make_pdf(["a"] * 21))))


def test_a_loop_in_the_cross_references_ends(sandboxed, make_pdf) -> None:
    data = make_pdf(["Hello world"])
    looped = data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % data.index(b"xref\n0"))
    [document] = sandboxed(Limits(max_seconds=10))(item("loop.pdf", looped))
    assert document.text == "Hello world"


def test_objects_nested_without_end(sandboxed, make_objects, still_reads) -> None:
    catalog = b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 200_000 + b"]" * 200_000 + b" >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    parse = sandboxed(Limits(max_seconds=10))
    assert reason(parse(item("deep.pdf", make_objects([catalog, PAGES[1], page]))))
    still_reads(parse)


def test_a_truncated_pdf(sandboxed, library: Path) -> None:
    data = (library / "pdf/NIST-800-145.pdf").read_bytes()[:20_000]
    assert "not a sound PDF" in reason(sandboxed()(item("half.pdf", data)))


def test_a_pdf_by_its_first_bytes_whatever_its_name(sandboxed, make_pdf) -> None:
    [document] = sandboxed()(item("report.txt", make_pdf(["Hello world"])))
    assert document.media_type == "application/pdf"
