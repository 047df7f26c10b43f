"""The title of a PDF as a library would show it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vedette.rag.load.pdf_lines import Line
from vedette.rag.load.text import one_line, title_from_name

_USELESS = re.compile(
    r"^(microsoft word|untitled|document\d*|powerpoint|slide \d|title)\b|\.(docx?|pptx?|pdf|indd|tex|rtf)$",
    re.IGNORECASE,
)
# NIST names its series in more than one way; the designation is what people look for.
_NIST = re.compile(
    r"\b(?:NIST\s+)?(?:(SP|Special Publication)\s+(\d{3,4}-\d{1,3}[A-Z]?)"
    r"|(IR|Interagency Report|NISTIR|FIPS(?: PUB)?)\s+(\d{3,4}(?:-\d{1,3}[A-Z]?)?))"
    r"(?:,?\s*(?:r|Rev(?:ision|\.)?)\s*(\d))?",
)
_SERIES = {"Special Publication": "SP", "Interagency Report": "IR", "NISTIR": "IR", "FIPS PUB": "FIPS"}


def title_of(metadata: str, first_page: Sequence[Line], source: str) -> str:
    """The title the file names, else the largest line of its first page, else its file name; with a NIST designation
    from the first page in front where it has one."""
    title = one_line(metadata)
    if not title or _USELESS.search(title) or not any(map(str.isalpha, title)):
        title = _largest(first_page) or title_from_name(source)
    number = designation(" ".join(line.text for line in first_page)) if _says_nist(first_page) else ""
    return f"{number}: {title}" if number and not designation(title) else title


def designation(text: str) -> str:
    """The first NIST designation in a text, as NIST writes it today, or nothing.

    >>> designation("NIST Special Publication 800-61 Revision 2")
    'NIST SP 800-61r2'
    """
    match = _NIST.search(text)
    if not match:
        return ""
    series, number = match[1] or match[3], match[2] or match[4]
    return f"NIST {_SERIES.get(series, series)} {number}" + (f"r{match[5]}" if match[5] else "")


def _says_nist(lines: Sequence[Line]) -> bool:
    return any("NIST" in line.text or "National Institute of" in line.text for line in lines) or any(
        line.text.startswith("Special Publication") for line in lines
    )


def _largest(lines: Sequence[Line]) -> str:
    readable = [line for line in lines if sum(map(str.isalpha, line.text)) >= 4]
    if not readable:
        return ""
    size = max(line.size for line in readable)
    first = next(index for index, line in enumerate(readable) if line.size == size)
    words: list[str] = []
    for line in readable[first:]:
        if line.size != size or len(words) == 4:
            break
        words.append(line.text)
    title = " ".join(words)
    return title if len(title) <= 200 else title[:200].rsplit(" ", 1)[0] + "…"
