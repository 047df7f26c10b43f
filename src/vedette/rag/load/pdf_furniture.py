"""What repeats on the pages of a PDF or only leads to them: running headers, footers, page numbers, contents lists."""

from __future__ import annotations

import re
from collections import defaultdict

from vedette.rag.load.pdf_lines import Line

_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]*\s*$|(?:_\s?){6,}")
_MARGIN = 0.12
_FEWEST_PAGES = 3
_SHARE_IN_MARGIN = 0.05
_SHARE_ELSEWHERE = 0.5


def without_furniture(pages: list[list[Line]], heights: list[float]) -> list[list[Line]]:
    """The pages without what is not content. `heights` of the pages are in points.

    A line is furniture where the same words, numbers aside, stand at the same height on at least three pages: on one
    page in twenty at the top or bottom of the page, on every second page elsewhere (text along the side).
    """
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for page in pages:
        for line in page:
            seen[_key(line)].add(line.page)
    kept = []
    for page, height in zip(pages, heights, strict=True):
        kept.append([line for line in page if not _repeats(line, height, len(pages), seen)])
    return [_without_contents(page) for page in kept]


def _key(line: Line) -> tuple[str, int]:
    return _NUMBER.sub("#", line.text), round(line.baseline / 6)


def _repeats(line: Line, height: float, pages: int, seen: dict[tuple[str, int], set[int]]) -> bool:
    in_margin = not _MARGIN * height < line.baseline < (1 - _MARGIN) * height
    needed = max(_FEWEST_PAGES, pages * (_SHARE_IN_MARGIN if in_margin else _SHARE_ELSEWHERE))
    return len(seen[_key(line)]) >= needed


def _without_contents(page: list[Line]) -> list[Line]:
    """Entries of a contents list (dot leaders and a page number) go; a page that is mostly such entries goes whole."""
    rest = [line for line in page if not _LEADERS.search(line.text)]
    entries = len(page) - len(rest)
    return [] if entries >= 5 and entries * 2 >= len(page) else rest
