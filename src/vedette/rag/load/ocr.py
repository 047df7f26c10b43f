"""Pages of a scan as text, by the recogniser that the limits name."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pypdfium2 as pdfium

from vedette.rag.load.limits import Job
from vedette.rag.load.text import clean

_DOTS_PER_INCH = 200
_MOST_PIXELS = 40_000_000


def page_texts(pdf: pdfium.PdfDocument, job: Job) -> Iterator[tuple[int, str]]:
    """(page number, text) of every page. Raises MissingExtra where the recogniser is not installed."""
    module, _, name = job.limits.ocr.partition(":")
    recognise = getattr(importlib.import_module(module), name)
    for number in range(1, len(pdf) + 1):
        job.at_page(number)
        page = pdf[number - 1]
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
        picture = _graymap(page.render(scale=scale, grayscale=True))
        page.close()
        yield number, clean(recognise(picture, job.limits.ocr_languages))


def _graymap(bitmap: pdfium.PdfBitmap) -> bytes:
    """The picture in the PGM format (Netpbm), which needs no library to write."""
    data = bytes(bitmap.buffer)
    rows = (data[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height))
    return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(rows)
