"""Scans read by the real tesseract: text, pages and offsets through the whole system, and what is said without it."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from vedette.app import opened
from vedette.records import IngestReport, IngestRequest, Question
from vedette.settings import load

ENGLISH = [
    "Every stolen laptop is reported to the service desk within two hours.",
    "The disk key is revoked by the operations group, as for CVE-2021-44228.",
]
SPANISH = ["La contraseña de las copias se cambia cada otoño.", "El señor Núñez guarda la llave en la caja fuerte."]
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None and "CI" not in os.environ,
    reason="the program tesseract is not installed (on Debian: apt-get install tesseract-ocr tesseract-ocr-spa)",
)


def scan(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """A PDF of pictures: each line set in type, the page drawn, and the drawing alone put into the file."""
    typed = pdfium.PdfDocument.new()
    font = pdfium_c.FPDFText_LoadStandardFont(typed, b"Helvetica")
    for lines in pages:
        page = typed.new_page(595, 842)
        for number, line in enumerate(lines):
            text = pdfium_c.FPDFPageObj_CreateTextObj(typed, font, 13)
            written = (line + "\0").encode("utf-16-le")
            pdfium_c.FPDFText_SetText(text, (ctypes.c_ushort * (len(written) // 2)).from_buffer_copy(written))
            pdfium_c.FPDFPageObj_Transform(text, 1, 0, 0, 1, 60, 760 - 60 * number)
            pdfium_c.FPDFPage_InsertObject(page, text)
        page.gen_content()
    pictures = [page.render(scale=150 / 72).to_pil().convert("L") for page in typed]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], resolution=150)
    return path


def ingest(data: Path, target: Path, languages: str) -> IngestReport:
    environment = {"VEDETTE_INGEST_OCR": "1", "VEDETTE_INGEST_OCR_LANGUAGES": languages}
    with opened(load(environment, data)) as services:
        *_, report = services.knowledge.ingest(IngestRequest((str(target),)))
    assert isinstance(report, IngestReport)
    return report


@needs_tesseract
def test_a_scan_is_read_with_its_pages_and_can_be_asked(tmp_path: Path) -> None:
    report = ingest(tmp_path / "data", scan(tmp_path / "handbook.pdf", [ENGLISH, SPANISH]), "eng+spa")
    assert (report.documents, report.failed) == (1, ())
    with opened(load({}, tmp_path / "data")) as services:
        [info] = services.knowledge.documents()
        document = services.knowledge.document(info.id).document
        assert document.text == "\n\n".join((*ENGLISH, *SPANISH))
        assert document.metadata["ocr"] is True
        pages = [(page.number, document.text[page.start : page.end].strip()) for page in document.pages]
        assert pages == [(1, "\n\n".join(ENGLISH)), (2, "\n\n".join(SPANISH))]
        *_, last = services.knowledge.ask(Question("Who revokes the disk key of a stolen laptop?"))
        assert last.answer is not None
        assert "operations group" in last.answer.text
        [source, *_] = last.answer.sources
        assert source.page == 1
        assert document.text[source.start : source.end] == source.quote


@needs_tesseract
def test_a_language_that_tesseract_lacks_is_named(tmp_path: Path) -> None:
    report = ingest(tmp_path / "data", scan(tmp_path / "handbook.pdf", [ENGLISH]), "xyz")
    [failure] = report.failed
    assert "'xyz'" in failure.reason
    assert "ingest.ocr_languages" in failure.reason


def test_without_ocr_a_scan_is_named_as_such(tmp_path: Path) -> None:
    with opened(load({}, tmp_path / "data")) as services:
        path = scan(tmp_path / "handbook.pdf", [ENGLISH])
        *_, report = services.knowledge.ingest(IngestRequest((str(path),)))
    [failure] = report.failed
    assert "is a scan" in failure.reason
    assert "set ingest.ocr" in failure.reason
