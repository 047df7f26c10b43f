"""Files made for the tests: PDFs written object by object, so that each can be broken in its own way."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from vedette.rag.load.discover import Found
from vedette.rag.load.limits import Job, Limits
from vedette.rag.load.sandbox import Sandbox
from vedette.records import Document, Failure

Parse = Callable[[Found], list[Document | Failure]]
MakePdf = Callable[[Sequence[str]], bytes]

USUAL = Limits()


@pytest.fixture(scope="session")
def library() -> Path:
    """The sample library."""
    return Path(__file__).parents[4] / "examples" / "security"


def read_one(reader: str, data: bytes, source: str = "a.txt", limits: Limits = USUAL) -> Document:
    """The only document that a reader of `vedette.rag.load` gives for these bytes."""
    module = importlib.import_module(f"vedette.rag.load.{reader}")
    [document] = module.read(Job(data, source, limits))
    assert isinstance(document, Document)
    return document


@pytest.fixture
def read() -> Callable[..., Document]:
    return read_one


def found(data: bytes, source: str) -> Found:
    return Found(source, len(data), lambda: data)


@pytest.fixture
def sandboxed() -> Iterator[Callable[..., Parse]]:
    """`sandboxed(limits, readers)` gives a function from `Found` to what came out of the child process."""
    opened: list[Sandbox] = []

    def open_sandbox(limits: Limits = USUAL, **options: dict[str, str]) -> Parse:
        opened.append(Sandbox(limits, **options))
        return lambda item: list(opened[-1].parse(item))

    yield open_sandbox
    for box in opened:
        box.close()


@pytest.fixture(scope="session")
def make_pdf() -> MakePdf:
    """`text_pdf`: a PDF with one page for each text."""
    return text_pdf


@pytest.fixture(scope="session")
def make_objects() -> Callable[..., bytes]:
    """`pdf_file`: a PDF of these objects."""
    return pdf_file


def pdf_file(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, with a sound cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def text_pdf(pages: Sequence[str], size: int = 11) -> bytes:
    """A PDF with one page for each text, one line of the page for each line of the text, from the top."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, text in enumerate(pages):
        lines = [line.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)") for line in text.split("\n")]
        drawn = b"".join(b"(%s) Tj T* " % line for line in lines)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * index)
        )
        objects.append(stream(b"BT /F1 %d Tf 14 TL 72 700 Td %s ET" % (size, drawn)))
    return pdf_file(objects)
