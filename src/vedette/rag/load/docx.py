"""DOCX: headings, lists and tables in reading order, once the archive is known to be harmless."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import api
from docx.document import Document as Docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from vedette.errors import LoadError, TooLarge
from vedette.rag.load.limits import MB, Job, Limits
from vedette.rag.load.tables import Cell, grid_rows
from vedette.rag.load.text import Assembly, clean, one_line, title_from_name
from vedette.records import Document, MetadataValue

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_ENTRIES = 10_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADING = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
_LIST = re.compile(r"list (?:bullet|number|continue)(?: (\d))?$", re.IGNORECASE)


def read(job: Job) -> Iterator[Document]:
    """One document. Raises LoadError for a file with a password or broken, TooLarge for one that expands too far."""
    check_archive(job.data, job.source, job.limits)
    try:
        docx = api.Document(io.BytesIO(job.data))
    except (OpcError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
        raise LoadError(f"{job.source} is not a sound Word document ({error}); save it again in Word.") from error
    assembly = Assembly()
    for item in docx.iter_inner_content():
        if isinstance(item, Table):
            for row in grid_rows(_cells(item)):
                assembly.add("table_row", row)
        else:
            _add(assembly, item)
    if not assembly.blocks:
        raise LoadError(f"{job.source} has no text in it; if it holds pictures of text, save it as PDF and use OCR.")
    title = one_line(docx.core_properties.title or "") or assembly.first_heading() or title_from_name(job.source)
    yield Document(
        job.source, title, assembly.text, MEDIA_TYPE, blocks=tuple(assembly.blocks), metadata=_metadata(docx)
    )


def check_archive(data: bytes, source: str, limits: Limits) -> None:
    """Raise for an archive that is broken, expands too far, or declares XML entities, before anything is unpacked.

    `zipfile` never unpacks more of an entry than its declared size, so the declared sizes can be trusted as a bound.
    """
    if data.startswith(_OLE):
        raise LoadError(f"{source} is protected by a password or in the old .doc format; save it as .docx without one.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            expanded = sum(entry.file_size for entry in entries)
            if len(entries) > _MOST_ENTRIES or expanded > limits.max_expansion_mb * MB:
                raise TooLarge(
                    f"{source} would expand to {expanded / MB:.0f} MB in {len(entries)} parts, over the limit of "
                    f"{limits.max_expansion_mb} MB; raise ingest.max_expansion_mb if you trust it."
                )
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    _refuse_entities(archive, entry, source)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise LoadError(f"{source} is not a sound Word document ({error}); save it again in Word.") from error


def _refuse_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: str) -> None:
    with archive.open(entry) as part:
        head = part.read(65536).replace(b"\0", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise LoadError(f"{source} declares XML entities, which no Word document needs; it is not read.")


def _add(assembly: Assembly, paragraph: Paragraph) -> None:
    text = one_line(clean(paragraph.text))
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    heading = _HEADING.match(style)
    if style == "Title":
        assembly.add("heading", text, 1)
    elif heading:
        assembly.add("heading", text, int(heading[1]))
    elif (level := _list_level(paragraph, style)) > 0:
        assembly.add("list_item", text, level, "  " * (level - 1) + "- ")
    elif "code" in style.lower():
        assembly.add("code", clean(paragraph.text))
    else:
        assembly.add("paragraph", text)


def _list_level(paragraph: Paragraph, style: str) -> int:
    """1 for the outermost list, 0 outside lists: the numbering of the paragraph counts first, then its style."""
    properties: Any = paragraph._p.pPr
    numbering = properties.numPr if properties is not None else None
    if numbering is not None and numbering.numId is not None and numbering.numId.val != 0:
        return int(numbering.ilvl.val if numbering.ilvl is not None else 0) + 1
    match = _LIST.match(style)
    return int(match[1] or 1) if match else 0


def _cells(table: Table) -> list[list[Cell]]:
    """Word names no header cells: the first row is taken for one where the table has two columns or more."""
    return [
        [(one_line(cell.text), number == 0 and len(row.cells) > 1, 1, 1) for cell in row.cells]
        for number, row in enumerate(table.rows)
    ]


def _metadata(docx: Docx) -> dict[str, MetadataValue]:
    properties = docx.core_properties
    found = {"author": one_line(properties.author or "")}
    if properties.modified is not None:
        found["modified"] = properties.modified.date().isoformat()
    return {name: value for name, value in found.items() if value}
