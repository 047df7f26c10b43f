"""PDF by PDFium: pages with their offsets, lines with their boxes, structure from bookmarks, sizes and positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from vedette.errors import LoadError, TooLarge
from vedette.rag.load.limits import Job
from vedette.rag.load.ocr import page_texts
from vedette.rag.load.pdf_furniture import without_furniture
from vedette.rag.load.pdf_layout import Group, bookmark_key, groups, style_of
from vedette.rag.load.pdf_lines import Line, page_lines
from vedette.rag.load.pdf_title import designation, title_of
from vedette.rag.load.text import Assembly
from vedette.records import Document, Failure, LineBox, MetadataValue, Page

_MOST_BOOKMARKS = 20_000
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def read(job: Job) -> Iterator[Document | Failure]:
    """One document, and a failure for each page that is broken.

    Raises LoadError for a PDF with a password, a broken one and a scan; TooLarge for one with too many pages.
    """
    with _opened(job) as pdf:
        pages, heights = [], []
        for number in range(1, len(pdf) + 1):
            job.at_page(number)
            try:
                page = pdf[number - 1]
                lines = list(page_lines(page, number))
                heights.append(page.get_height())
                page.close()
            except pdfium.PdfiumError as error:
                yield Failure(job.source, f"Page {number} is broken ({error}); the other pages were read.", number)
                lines = []
                heights.append(0.0)
            pages.append(lines)
        if not any(pages):
            yield from _scanned(job, pdf)
            return
        yield _document(job, pdf, pages, heights)


def _opened(job: Job) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(job.data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise LoadError(f"{job.source} is protected by a password; save it without one.") from error
        raise LoadError(
            f"{job.source} is not a sound PDF ({str(error).rstrip('.')}); open it and save it again."
        ) from error
    count = len(pdf)
    if count > job.limits.max_pages or count < 1:
        pdf.close()
        if count < 1:
            raise LoadError(f"{job.source} has no pages; open it in its own program and save it again.")
        raise TooLarge(
            f"{job.source} has {count} pages, over the limit of {job.limits.max_pages}; "
            "split it or raise ingest.max_pages."
        )
    return pdf


def _document(job: Job, pdf: pdfium.PdfDocument, pages: list[list[Line]], heights: list[float]) -> Document:
    bookmarks = _bookmarks(pdf)
    content = without_furniture(pages, heights)
    words = Counter(word.lower() for page in content for line in page for word in _WORD.findall(line.text))
    assembly = Assembly()
    boxes: list[LineBox] = []
    for group in groups(content, style_of(content, bookmarks)):
        _add(assembly, boxes, group, words)
    metadata = _metadata(pdf)
    title = title_of(pdf.get_metadata_value("Title"), pages[0], job.source)
    name = designation(title)
    return Document(
        source=job.source,
        title=title,
        text=assembly.text,
        media_type="application/pdf",
        pages=_page_spans(len(pages), boxes, len(assembly.text)),
        blocks=tuple(assembly.blocks),
        boxes=tuple(boxes),
        names=(name,) if name else (),
        metadata=metadata,
    )


def _add(assembly: Assembly, boxes: list[LineBox], group: Group, words: Counter[str]) -> None:
    text = ""
    spans = []
    for index, line in enumerate(group.lines):
        if index:
            text += _between(group, index, words)
        spans.append((line, len(text), len(text) + len(line.text)))
        text += line.text
    if group.lines and group.lines[-1].divided:
        text += "-"
    start = assembly.add(group.kind, text, group.level, group.marker)
    if start >= 0:
        boxes.extend(LineBox(line.page, start + first, start + last, line.box) for line, first, last in spans)


def _between(group: Group, index: int, words: Counter[str]) -> str:
    """What stands between the line at `index` and the one before."""
    before, line = group.lines[index - 1], group.lines[index]
    if index in group.cells:
        return "; "
    if before.divided:
        return _hyphen(before.text, line.text, words)
    touching = index in group.tails and line.box[0] - before.box[2] < 0.15 * before.size
    return "" if touching else " "


def _hyphen(before: str, after: str, words: Counter[str]) -> str:
    """`-` or nothing, between the halves of a word divided at the end of a line.

    It stays beside digits and capitals (`SP 800-53`, `CVE-2021-…`), where the document has the word with it more often
    than without, and where both halves are words of the document by themselves and the whole is not.
    """
    left, right = re.search(r"[\w-]*$", before), re.match(r"[^\W_]*", after)
    head, tail = (left[0] if left else "").lower(), (right[0] if right else "").lower()
    last = head.rsplit("-", 1)[-1]
    if not last or not tail or last[-1].isdigit() or not after[0].islower():
        return "-"
    joined, apart = words[head + tail], words[f"{head}-{tail}"]
    if joined != apart:
        return "-" if apart > joined else ""
    return "-" if words[last] > 1 and words[tail] > 1 else ""


def _page_spans(count: int, boxes: list[LineBox], length: int) -> tuple[Page, ...]:
    """Every page, in order, without gaps: from its first line to the first line of a later page."""
    first: dict[int, int] = {}
    for line in boxes:
        first.setdefault(line.page, line.start)
    starts = [length] * (count + 1)
    for number in range(count, 0, -1):
        starts[number - 1] = first.get(number, starts[number])
    starts[0] = 0
    return tuple(Page(number, starts[number - 1], starts[number]) for number in range(1, count + 1))


def _bookmarks(pdf: pdfium.PdfDocument) -> dict[int, dict[str, int]]:
    """The outline: page to title to heading level, 1 the outermost."""
    found: dict[int, dict[str, int]] = {}
    for count, bookmark in enumerate(pdf.get_toc(max_depth=6)):
        destination = bookmark.get_dest()
        index = destination.get_index() if destination is not None else None
        key = bookmark_key(bookmark.get_title())
        if index is not None and key:
            found.setdefault(index + 1, {})[key] = bookmark.level + 1
        if count >= _MOST_BOOKMARKS:
            break
    return found


def _metadata(pdf: pdfium.PdfDocument) -> dict[str, MetadataValue]:
    author = re.sub(r"\s*;\s*", "; ", pdf.get_metadata_value("Author").strip())
    created = re.match(r"D:(\d{4})(\d{2})(\d{2})", pdf.get_metadata_value("CreationDate"))
    found: dict[str, MetadataValue] = {"page_count": len(pdf)}
    if author:
        found["author"] = author
    if created:
        found["created"] = "-".join(created.groups())
    return found


def _scanned(job: Job, pdf: pdfium.PdfDocument) -> Iterator[Document | Failure]:
    """A PDF without a text layer, read by OCR where that is switched on."""
    if not job.limits.ocr:
        raise LoadError(
            f"{job.source} is a scan (or empty): no page of it has a text layer; install 'vedette[ocr]' and the "
            "program tesseract, and set ingest.ocr."
        )
    assembly, pages = Assembly(), []
    for number, text in page_texts(pdf, job):
        start = len(assembly.text)
        for paragraph in re.split(r"\n\s*\n", text):
            assembly.add("paragraph", " ".join(paragraph.split()))
        pages.append((number, start))
    if not assembly.blocks:
        raise LoadError(f"{job.source} is a scan in which no text was recognised; scan it again with more contrast.")
    ends = [start for _, start in pages[1:]] + [len(assembly.text)]
    spans = tuple(Page(number, start, end) for (number, start), end in zip(pages, ends, strict=True))
    yield Document(
        source=job.source,
        title=title_of(pdf.get_metadata_value("Title"), [], job.source),
        text=assembly.text,
        media_type="application/pdf",
        pages=spans,
        blocks=tuple(assembly.blocks),
        metadata={**_metadata(pdf), "ocr": True},
    )
