"""Plain text: find its encoding, then its paragraphs, lists and underlined headings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from vedette.errors import LoadError
from vedette.rag.load.limits import Job
from vedette.rag.load.text import Assembly, clean, one_line, title_from_name
from vedette.records import Document

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY_SHARE = 0.1
_UNDERLINE = re.compile(r"([=\-~^#*])\1{2,}$")
_BULLET = re.compile(r"\s*([-*•]|\d{1,3}[.)])\s+")


def read(job: Job) -> Iterator[Document]:
    """One document. Raises LoadError for binary content and for a file without text."""
    text, encoding = decode(job.data, job.source)
    assembly = Assembly()
    for paragraph in re.split(r"\n[ \t]*\n", clean(text).expandtabs(4)):
        _add(assembly, [line.rstrip() for line in paragraph.split("\n") if line.strip()])
    if not assembly.blocks:
        raise LoadError(f"{job.source} has no text in it; there is nothing to answer from.")
    title = assembly.first_heading() or title_from_name(job.source)
    yield Document(
        job.source, title, assembly.text, "text/plain", blocks=tuple(assembly.blocks), metadata={"encoding": encoding}
    )


def decode(data: bytes, source: str) -> tuple[str, str]:
    """The text and the name of its encoding: byte-order mark, UTF-8, UTF-16 without a mark, else Windows-1252, where
    bytes that it does not define become U+FFFD. Raises LoadError where the bytes are no text.

    >>> decode("Contraseña".encode("cp1252"), "a.txt")
    ('Contraseña', 'cp1252')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    encoding = _utf16(data[:4096])
    if encoding:
        return data.decode(encoding, errors="replace"), encoding
    _refuse_binary(data[:65536], source)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "cp1252"


def _utf16(head: bytes) -> str:
    """Text of a Latin alphabet in UTF-16 has a zero in nearly every second byte, always on the same side."""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if half < 4 or max(even, odd) < 0.7 * half or min(even, odd) > 0.05 * half:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _refuse_binary(head: bytes, source: str) -> None:
    odd = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    if odd > _BINARY_SHARE * len(head):
        raise LoadError(f"{source} holds binary data, not text; give it the ending of its real format or leave it out.")


def _add(assembly: Assembly, lines: list[str]) -> None:
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1].strip()) and len(lines[0]) < 120:
        assembly.add("heading", one_line(lines[0]), 1 if lines[1].strip()[0] == "=" else 2)
        return
    for kind_lines in _items(lines):
        match = _BULLET.match(kind_lines[0])
        if match:
            body = _joined([kind_lines[0][match.end() :], *kind_lines[1:]])
            assembly.add("list_item", body, 1, f"{match[1]} ")
        else:
            assembly.add("paragraph", _joined(kind_lines))


def _items(lines: list[str]) -> Iterator[list[str]]:
    """The lines of a paragraph, cut before every bullet."""
    item: list[str] = []
    for line in lines:
        if item and _BULLET.match(line):
            yield item
            item = []
        item.append(line)
    if item:
        yield item


def _joined(lines: list[str]) -> str:
    """Lines that a program wrapped become one line; lines that somebody ended on purpose stay."""
    wrapped = all(50 <= len(line) <= 120 for line in lines[:-1])
    return one_line(" ".join(lines)) if wrapped else "\n".join(lines)
