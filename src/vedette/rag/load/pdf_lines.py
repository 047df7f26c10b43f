"""The lines of a PDF page: text, box, baseline, size and weight, in the order the page draws them."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from vedette.rag.load.text import one_line

# PDFium ends a line with \r\n, or with U+FFFE where the line ends in a hyphen that it takes for a division of a word.
_BREAK = re.compile("\r\n|[\r\n\ufffe]")
_HYPHENATED = re.compile(r"\w-$")
_HYPHEN = "\ufffe"
# LaTeX sets no space that PDFium could see behind a closing quote or a dash between words.
_GLUED = re.compile(r"(”|(?<= )–)(?=[^\W\d_])")
# A number that touches the word or the stop before it: a footnote's, where it is raised.
_NOTE = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:)”’\"]))\d{1,3}(?=[\s.,;:)]|$)")
_RAISED = 0.15
_BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class Line:
    """`box` is (left, bottom, right, top) and `baseline` a height, in points from the lower left of the page.

    `divided` says that the line ended in a hyphen, left out of `text`, and that its last word goes on in the next line.
    """

    page: int
    text: str
    box: tuple[float, float, float, float]
    baseline: float
    size: float
    bold: bool
    divided: bool = False


def page_lines(page: pdfium.PdfPage, number: int) -> Iterator[Line]:
    """The lines of page `number` that have something to read on them."""
    textpage = page.get_textpage()
    try:
        if textpage.count_chars() == 0:
            return
        text = textpage.get_text_range()
        start = 0
        for found in _BREAK.finditer(text + "\n"):
            piece = text[start : found.start()]
            divided = found[0] == _HYPHEN
            readable = _GLUED.sub(r"\1 ", one_line(_without_notes(textpage.raw, piece, start)))
            if _HYPHENATED.search(readable):
                divided, readable = True, readable[:-1]
            if readable:
                first, usual, last = (start + index for index in _marks(piece))
                yield _line(textpage, number, readable, (first, usual, last), divided)
            start = found.end()
    finally:
        textpage.close()


def _without_notes(handle: raw.FPDF_TEXTPAGE, piece: str, start: int) -> str:
    """A line without the raised numbers of its footnotes; `start` is where it begins in the page's text."""
    if not _NOTE.search(piece):
        return piece
    usual = start + _marks(piece)[1]
    baseline, size = _height(handle, usual), _size(handle, usual)
    kept, done = [], 0
    for found in _NOTE.finditer(piece):
        if _height(handle, start + found.start()) > baseline + _RAISED * size:
            kept.append(piece[done : found.start()])
            done = found.end()
    return "".join((*kept, piece[done:]))


def _height(handle: raw.FPDF_TEXTPAGE, index: int) -> float:
    """The baseline of what stands at an index of the page's text."""
    return _origin(handle, max(raw.FPDFText_GetCharIndexFromTextIndex(handle, index), 0))


def _origin(handle: raw.FPDF_TEXTPAGE, character: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(handle, character, x, y)
    return y.value


def _marks(piece: str) -> tuple[int, int, int]:
    """Its first character that is not white space, the middle of its longest word, and its last character.

    The longest word tells size and baseline: the first character may be a bullet or a raised footnote number, and a
    space that PDFium put in has neither.
    """
    longest = max(piece.split(), key=len)
    usual = piece.index(longest) + (len(longest) - 1) // 2
    return len(piece) - len(piece.lstrip()), usual, len(piece.rstrip()) - 1


def _line(textpage: pdfium.PdfTextPage, number: int, text: str, span: tuple[int, int, int], divided: bool) -> Line:
    handle = textpage.raw
    first, usual, last = (max(raw.FPDFText_GetCharIndexFromTextIndex(handle, index), 0) for index in span)
    return Line(
        page=number,
        text=text,
        box=_box(handle, first, max(last - first, 0) + 1),
        baseline=_origin(handle, usual),
        size=_size(handle, usual),
        bold=_bold(handle, first) and _bold(handle, usual),
        divided=divided,
    )


def _box(handle: raw.FPDF_TEXTPAGE, start: int, count: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    boxes = []
    for index in range(raw.FPDFText_CountRects(handle, start, count)):
        if raw.FPDFText_GetRect(handle, index, left, top, right, bottom):
            boxes.append((left.value, bottom.value, right.value, top.value))
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return (round(min(lefts), 1), round(min(bottoms), 1), round(max(rights), 1), round(max(tops), 1))


def _size(handle: raw.FPDF_TEXTPAGE, index: int) -> float:
    """The font size in points; PDFium tells it before scaling (often 1.0), the character's matrix scales it."""
    matrix = raw.FS_MATRIX()
    scale = hypot(matrix.c, matrix.d) if raw.FPDFText_GetMatrix(handle, index, matrix) else 1.0
    size: float = raw.FPDFText_GetFontSize(handle, index)
    return round(size * scale * 2) / 2


def _bold(handle: raw.FPDF_TEXTPAGE, index: int) -> bool:
    if raw.FPDFText_GetFontWeight(handle, index) >= _BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(handle, index, name, 128, None)
    return b"Bold" in name.value or b"Black" in name.value
